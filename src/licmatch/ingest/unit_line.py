"""The unit that a form names in its head, above the header of its table: 填报单位：某县财政局（盖章）."""

from __future__ import annotations

import re
from collections.abc import Sequence

from licmatch.ingest.grid import HEADER_WITHIN

_UNIT_LINE = re.compile(r"(?:填报单位|单位名称|使用单位|单位)\s*[(（]?[^:：]{0,6}[)）]?\s*[:：]\s*([^\s:：(（]{1,60})")


def unit_above(rows: Sequence[Sequence[str]]) -> str | None:
    """Return the unit that the first rows of a form name, or None.

    >>> unit_above([["台账"], ["填报单位：某县财政局（盖章）", "", "填报日期：2026年11月22日"]])
    '某县财政局'
    """
    for row in rows[:HEADER_WITHIN]:
        for place, cell in enumerate(row):
            match = _UNIT_LINE.search(cell)
            if match is not None:
                return match.group(1)
            if cell.strip().rstrip(":：") == "填报单位" and place + 1 < len(row) and row[place + 1].strip():
                return row[place + 1].strip()
    return None
