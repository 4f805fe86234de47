"""What a person typed into a cell, as the value its column asks for; or why it is none."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from licmatch.ingest.headers import plain_header

EMPTY = frozenset({"", "/", "\\", "-", "--", "—", "——", "无", "n/a", "null"})
# Words that are an answer in a text cell but no number.
_TEXT_EMPTY = frozenset({"", "/", "\\", "-", "--", "—", "——"})
_COUNT = re.compile(r"(-?\d{1,3}(?:,\d{3})+|-?\d{1,12})(?:\.0+)?(?:[台套个人份次件枚份])?")
_AMOUNT = re.compile(r"[¥￥]?(-?\d{1,3}(?:,\d{3})+|-?\d{1,15})(\.\d{1,8})?(?:元|万元|%)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:月|[-/.]\d{1,2})?")
_YES = frozenset({"是", "有", "yes", "y", "true", "√", "✓", "已成立", "1"})
_NO = frozenset({"否", "无", "没有", "no", "n", "false", "×", "x", "未成立", "0"})


class Unreadable(ValueError):
    """A cell that is not what its column asks for; the text says why."""


def value_of(text: str, kind: str) -> Any:
    """Return the value of a cell for a column of that type, None where it is empty. Raises Unreadable.

    >>> value_of("１６．０", "count"), value_of("1,200.50元", "money"), value_of("2026年11月3日", "date"), value_of("有", "yesno")
    (16, Decimal('1200.50'), datetime.date(2026, 11, 3), '是')
    """
    said = " ".join(unicodedata.normalize("NFKC", text).split())
    if said.casefold() in (_TEXT_EMPTY if kind in ("text", "long", "yesno") else EMPTY):
        return None
    if kind in ("text", "long"):
        # Line ends inside a paragraph are kept; wide letters are what a person chose.
        return text.strip()
    plain = said.replace(" ", "")
    if kind == "count":
        return _count(plain)
    if kind in ("money", "wan", "percent"):
        return _amount(plain, kind)
    if kind == "date":
        return _day(said)
    if kind == "month":
        return _month(plain)
    answer = plain.casefold()
    if answer in _YES or answer in _NO:
        return "是" if answer in _YES else "否"
    raise Unreadable(f"'{said[:60]}' is neither yes nor no")


def _count(text: str) -> int:
    match = _COUNT.fullmatch(text)
    if match is None:
        raise Unreadable(f"'{text[:60]}' is no whole number")
    number = int(match[1].replace(",", ""))
    if number < 0:
        raise Unreadable(f"'{text[:60]}' is negative")
    return number


def _amount(text: str, kind: str) -> Decimal:
    match = _AMOUNT.fullmatch(text)
    if match is None or (kind == "money" and text.endswith(("万元", "%"))) or (kind == "percent" and text.endswith("元")):
        raise Unreadable(f"'{text[:60]}' is no {'rate' if kind == 'percent' else 'amount'}")
    number = Decimal(match[1].replace(",", "") + (match[2] or ""))
    if number < 0:
        raise Unreadable(f"'{text[:60]}' is negative")
    return number / 10000 if kind == "wan" and text.endswith("元") and not text.endswith("万元") else number


def _day(text: str) -> date:
    match = _DAY.fullmatch(text)
    if match is None:
        raise Unreadable(f"'{text[:60]}' is no day; write it as 2026-03-04")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise Unreadable(f"'{text[:60]}' is an impossible day") from None


def _month(text: str) -> str:
    match = _MONTH.fullmatch(text)
    if match is None or not 1 <= int(match[2]) <= 12:
        raise Unreadable(f"'{text[:60]}' is no month; write it as 2026-03")
    return f"{match[1]}-{int(match[2]):02d}"


@lru_cache(maxsize=20_000)
def keys_of(cell: str) -> tuple[str, ...]:
    """Return what a cell may say as a header: all of it, and its first line, where an English label stands under the Chinese one.

    >>> keys_of("编制人数\\nStaff quota")
    ('编制人数staffquota', '编制人数')
    """
    if not cell.strip() or len(cell) > 200:
        return ()
    return tuple(dict.fromkeys(key for key in (plain_header(cell), plain_header(cell.strip().split("\n", 1)[0])) if key))
