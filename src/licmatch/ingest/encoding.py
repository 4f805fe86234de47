"""Which encoding a file is in, decided on all of its bytes: BOM, NUL parity, strict UTF-8, detector, GB18030."""

from __future__ import annotations

import codecs
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


def decide_encoding(data: bytes) -> str:
    """Return the Python codec name for these bytes; always one that can decode them, if need be with replacements.

    >>> decide_encoding("软件名称,版本".encode("gb18030")), decide_encoding("软件".encode("utf-16-le") + b",\\x00")
    ('gb18030', 'utf-16-le')
    """
    for bom, codec in BOMS:
        if data.startswith(bom):
            return codec
    parity = _nul_parity(data)
    if parity is not None:
        return parity
    if is_utf8(data):
        return "utf-8"
    detector = chardetng_py.EncodingDetector()
    detector.feed(b"\n".join(FOREIGN_TEXT.findall(data)), last=True)
    guess = detector.guess(tld=None, allow_utf8=False).lower()
    codec = "gb18030" if guess in ("gbk", "gb18030", "gb2312") else guess
    for candidate in (codec, "gb18030"):
        try:
            data.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
        return candidate
    return "gb18030"


def is_utf8(data: bytes | memoryview) -> bool:
    """Return whether all bytes are strict UTF-8, looking at a megabyte at a time."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), CHUNK):
            decoder.decode(data[start : start + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _nul_parity(data: bytes) -> str | None:
    """UTF-16 without a BOM: nearly all NUL bytes sit at even places, or nearly all at odd ones."""
    sample = data[: CHUNK]
    nul = sample.count(0)
    if len(data) < 4 or nul == 0 or nul * 8 < len(sample):
        return None
    odd = sample[1::2].count(0)
    if odd * 10 >= nul * 9:
        return "utf-16-le"
    if (nul - odd) * 10 >= nul * 9:
        return "utf-16-be"
    return None


def decode(data: bytes, encoding: str) -> tuple[str, int]:
    """Return the text and how many characters could not be decoded (they stand as U+FFFD)."""
    try:
        text = data.decode(encoding)
        return text.removeprefix("\ufeff"), 0
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
        return text.removeprefix("\ufeff"), text.count("\ufffd")
