"""Product keys: only the last five characters are ever kept, in whatever column, row or rejected line a whole one stands."""

from __future__ import annotations

import re

import polars as pl

# Five groups of five with any dash between, wherever they stand: no boundary is asked for, because a Chinese character
# before the key is a letter too.
_DASH = r"[-\u2010-\u2015\u2212\uff0d_]"
_GROUP = r"[0-9A-Za-z]{5}"
DASHED = rf"{_GROUP}{_DASH}{_GROUP}{_DASH}{_GROUP}{_DASH}{_GROUP}{_DASH}({_GROUP})"
# Without dashes only the letters that keys are made of count: no vowels, so that no word and no hash in lower case is one.
_LETTERS = "BCDFGHJKMNPQRTVWXY2346789"
BARE = rf"[{_LETTERS}]{{5}} ?[{_LETTERS}]{{5}} ?[{_LETTERS}]{{5}} ?[{_LETTERS}]{{5}} ?([{_LETTERS}]{{5}})"
EITHER = f"{DASHED}|{BARE}"
CUT = "*****-$1"
# A cell shorter than a key cannot hold one, and most cells are.
SHORTEST = 25

# In bytes of any encoding: in UTF-16 and UTF-32 NUL bytes stand between the characters.
_NUL = rb"\x00{0,3}"
_CHAR = rb"[0-9A-Za-z]" + _NUL
_BYTE_GROUP = rb"(?:" + _CHAR + rb"){5}"
# The dash alone, in UTF-16 either way round, as UTF-8 or GBK write the wide ones.
_BYTE_DASH = (
    rb"(?:[-_]|[\x10-\x15\x12]\x20|\x20[\x10-\x15]|\x0d\xff|\xff\x0d|\xe2\x80[\x90-\x95]|\xe2\x88\x92|\xef\xbc\x8d|\xa3\xad|\xa1\xaa)"
    + _NUL
)
_DASHED_BYTES = re.compile(rb"((?:" + _BYTE_GROUP + _BYTE_DASH + rb"){4})(?=" + _CHAR + _CHAR + _CHAR + _CHAR + rb"[0-9A-Za-z])", re.DOTALL)
_BARE_CHAR = b"[" + _LETTERS.encode() + b"]" + _NUL
_BARE_GROUP = rb"(?:" + _BARE_CHAR + rb"){5}(?:\x20" + _NUL + rb")?"
_BARE_BYTES = re.compile(rb"((?:" + _BARE_GROUP + rb"){4})(?=(?:" + _BARE_CHAR + rb"){4}[" + _LETTERS.encode() + rb"])")
_LETTER = re.compile(rb"[0-9A-Za-z]")


def without_keys(column: pl.Expr) -> pl.Expr:
    """Return the text with every whole product key cut down to its last five characters.

    >>> pl.select(without_keys(pl.lit("密钥AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"))).item()
    '密钥*****-EEEEE'
    """
    # Cells without a key become null first: nulls cost the expressions behind nothing.
    long = pl.when(column.str.len_bytes() >= SHORTEST).then(column)
    held = pl.when(long.str.contains(EITHER)).then(long)
    return pl.coalesce(held.str.replace_all(DASHED, CUT).str.replace_all(BARE, CUT), column)


def key_text(text: str) -> str:
    """Return one text with its product keys cut, for the few texts that stand in no frame.

    >>> key_text("key AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
    'key *****-EEEEE'
    """
    if len(text) < SHORTEST:
        return text
    return _BARE_TEXT.sub(r"*****-\1", _DASHED_TEXT.sub(r"*****-\1", text))


_DASHED_TEXT = re.compile(DASHED)
_BARE_TEXT = re.compile(BARE)


def key_bytes(raw: bytes) -> bytes:
    """Return raw bytes with the letters of every product key but its last five made stars.

    >>> key_bytes("x;AAAAA-BBBBB-CCCCC-DDDDD-EEEEE".encode("utf-16-le")).decode("utf-16-le")
    'x;*****-*****-*****-*****-EEEEE'
    """
    if len(raw) < SHORTEST:
        return raw
    raw = _BARE_BYTES.sub(_starred, _DASHED_BYTES.sub(_starred, raw))
    if raw.isascii() or b"\0" in raw:
        return raw
    # Dashes of other kinds have letters among their bytes in GBK; only the text shows them.
    for codec in ("utf-8", "gb18030"):
        text = raw.decode(codec, errors="replace")
        cut = key_text(text)
        if cut != text:
            return cut.encode(codec, errors="replace")
    return raw


def _starred(match: re.Match[bytes]) -> bytes:
    return _LETTER.sub(b"*", match.group(1))


def frame_without_keys(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the frame with the keys of all its text columns cut, and how many cells held one."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if not texts or frame.is_empty():
        return frame, 0
    long = [name for name in texts if (frame[name].str.len_bytes().max() or 0) >= SHORTEST]  # type: ignore[operator]
    if not long:
        return frame, 0
    cut = frame.with_columns(without_keys(pl.col(name)) for name in long)
    return cut, sum(int((cut[name] != frame[name]).sum()) for name in long)
