"""Which encoding a file is in, decided on all of its bytes: BOM, NUL parity, strict UTF-8, detector, GB18030."""

from __future__ import annotations

import codecs
import mmap
import re

import chardetng_py

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# From the first byte that is not ASCII to the end of its cell. Trail bytes of GBK, Big5 and Shift-JIS are never one of
# the delimiters, so no character is cut; leaving the ASCII out makes the detector several times faster.
FOREIGN_TEXT = re.compile(rb"[\x80-\xff][^\n\r\t,;\"]*")
CHUNK = 1 << 20
ENOUGH_FOREIGN = 4 << 20
# So little text that a detector guesses; if it reads as the plain Chinese of GB 2312, that is what it is here.
LITTLE = 256
GB2312_PAIRS = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xa3\xb0-\xf7][\xa1-\xfe])*")
# GBK and EUC-KR share their byte range. Korean text is full of these syllables; Chinese read as Korean is not.
COMMON_HAN = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
HIGH = re.compile(rb"[\x80-\xff]+")
COMMON_HAN_SHARE = 0.8
COMMON_HANGUL = frozenset(
    "이다는의에을지고가하한로사도기리어아스시트드프그램소웨글오피자인정은를서일대수전나해라보제구원부동장공주성신유조"
)
COMMON_HANGUL_SHARE = 0.2
Buffer = bytes | mmap.mmap


def decide_encoding(data: Buffer) -> str:
    """Return the Python codec name for these bytes; where none decodes them all, "gb18030".

    >>> decide_encoding("软件名称,版本".encode("gb18030")), decide_encoding("软件".encode("utf-16-le") + b",\\x00")
    ('gb18030', 'utf-16-le')
    """
    start = data[:4]
    for bom, codec in BOMS:
        if start.startswith(bom):
            return codec
    parity = _nul_parity(data)
    if parity is not None:
        return parity
    if can_decode(data, "utf-8"):
        return "utf-8"
    codec = _detected(data)
    return codec if codec != "gb18030" and can_decode(data, codec) else "gb18030"


def can_decode(data: Buffer, codec: str) -> bool:
    """Return whether all bytes are valid in this encoding, looking at a megabyte at a time."""
    try:
        decoder = codecs.getincrementaldecoder(codec)()
        for start in range(0, len(data), CHUNK):
            decoder.decode(data[start : start + CHUNK])
        decoder.decode(b"", final=True)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _detected(data: Buffer) -> str:
    distinct: dict[bytes, None] = {}
    size = 0
    for found in FOREIGN_TEXT.finditer(data):
        text = found.group()
        if text not in distinct:
            distinct[text] = None
            size += len(text)
            if size > ENOUGH_FOREIGN:
                break
    foreign = b"\n".join(distinct)
    if len(foreign) <= LITTLE and GB2312_PAIRS.fullmatch(foreign) and not _is_korean(foreign):
        return "gb18030"
    detector = chardetng_py.EncodingDetector()
    detector.feed(foreign, last=True)
    guess = detector.guess(tld=None, allow_utf8=False).lower()
    if guess == "euc-kr" and not _is_korean(foreign):
        return "gb18030"
    # One broken byte, such as a file cut off, makes the detector give up on GBK for an encoding where every byte is legal.
    if guess.startswith(("windows-", "iso-8859-")) and _is_mostly_chinese(foreign):
        return "gb18030"
    return "gb18030" if guess in ("gbk", "gb2312") else guess


def _is_mostly_chinese(foreign: bytes) -> bool:
    high = sum(map(len, HIGH.findall(foreign)))
    return 2 * len(COMMON_HAN.findall(foreign)) > COMMON_HAN_SHARE * high


def _is_korean(foreign: bytes) -> bool:
    letters = [letter for letter in foreign.decode("euc-kr", errors="replace") if letter > "\x7f"]
    return sum(letter in COMMON_HANGUL for letter in letters) > COMMON_HANGUL_SHARE * len(letters)


def _nul_parity(data: Buffer) -> str | None:
    """UTF-16 without a BOM: nearly all NUL bytes sit at even places, or nearly all at odd ones."""
    sample = data[:CHUNK]
    nul = sample.count(0)
    if len(sample) < 4 or nul == 0 or nul * 8 < len(sample) or (nul == 1 and len(data) % 2):
        return None
    odd = sample[1::2].count(0)
    if odd * 10 >= nul * 9:
        return "utf-16-le"
    return "utf-16-be" if (nul - odd) * 10 >= nul * 9 else None


def decode(data: bytes, encoding: str) -> tuple[str, int]:
    """Return the text and how many characters could not be decoded (they stand as U+FFFD)."""
    try:
        return data.decode(encoding).removeprefix("\ufeff"), 0
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
        return text.removeprefix("\ufeff"), text.count("\ufffd")
