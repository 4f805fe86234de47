"""Suspicious names that no other reading can beat: told of all of them at once, so that only the others are read again one by one.

A name is left out where it is proved to stay: each code page's reading of it costs more, by the least that its characters can cost in any
language, than the name as it stands less the lead that a repair needs. All names are turned into bytes and read again in one piece, a line
each: no byte of a character is a line break in any of these codes, so that what is wrong in one line ends with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from licmatch.normalize.mojibake import CODE_PAGE, JUDGED_CHARACTERS, LEAD, WRITTEN_IN
from licmatch.normalize.plausibility import BIT, Bits, Codes, Flags, as_chinese, codes_of, least_of_characters

_LINE = "\n"
_READ = "gb18030"
_FIRST_OF_CJK = 0x2E80  # below, no double-byte code was read
_LOST = 0xFFFD
_LOST_IN_UTF_8 = b"\xef\xbf\xbd"  # a reading may hold the very character that a decoder puts where it cannot read on
_NEVER = 1 << 44  # units of bits: no text costs so much


def undoubted(names: Sequence[str]) -> NDArray[np.bool_]:
    """Return which of these names `repair` is sure to leave as they are; of the others it may leave some, too.

    >>> undoubted(["腾讯 视频 客户端", "Î¢ÐÅµçÄÔ°æ"]).tolist()
    [True, False]
    """
    lengths = np.fromiter(map(len, names), np.intp, len(names))
    told: Flags = np.zeros(len(names), dtype=np.bool_)
    judged = np.flatnonzero((lengths > 0) & (lengths <= JUDGED_CHARACTERS))
    lines = [names[at] for at in judged.tolist()]
    text = _LINE.join([*lines, ""])
    codes = codes_of(text)
    starts = _line_starts(codes)
    # A name with a line break of its own: all are looked at one by one.
    if not lines or starts.size != len(lines):
        return told
    raw = text.encode(_READ)
    stands = as_chinese(lines)
    # What cp1252 holds as a whole was perhaps read by it; below the CJK signs and beyond cp1252 there is no wrong reading at all.
    sure = np.maximum.reduceat(codes, starts) >= _FIRST_OF_CJK
    for written in WRITTEN_IN:
        if written == _READ:
            continue
        least = _least(raw, written, len(lines))
        if least is None:
            return told
        if written == "utf-8":  # a second round may follow
            sure &= least >= _NEVER
        else:
            sure &= stands - least < round((LEAD + CODE_PAGE) * BIT)
    if _LOST_IN_UTF_8 in raw:
        sure &= np.fromiter((_LOST_IN_UTF_8 not in line for line in raw.split(b"\n")[:-1]), np.bool_, len(lines))
    told[judged] = sure
    return told


def _line_starts(codes: Codes) -> NDArray[np.intp]:
    ends = np.flatnonzero(codes == ord(_LINE))
    return np.append(0, ends[:-1] + 1)


def _least(raw: bytes, written: str, lines: int) -> Bits | None:
    """Return the least that each line can cost where it was written in this code; at least `_NEVER` where it was not."""
    codes = codes_of(raw.decode(written, "replace"))
    starts = _line_starts(codes)
    if starts.size != lines:
        return None
    least: Bits = np.add.reduceat(_table()[codes], starts)
    return least


@lru_cache(maxsize=1)
def _table() -> Bits:
    table = least_of_characters().copy()
    table[ord(_LINE)] = 0
    table[_LOST] = _NEVER
    return table
