"""The plan's three bars, 过细, 精确 and 严格, and whether a unit is accepted, where the scores have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from licmatch.report.result_view import ResultView, Title
from licmatch.report.wording import code_title, words

BARS = ("thorough", "exact", "strict")
# What a bar is made of, where the scores have it: shares from 0 to 1.
PARTS = {
    "thorough": ("units_rate", "devices_rate", "fields_rate", "settled_rate", "ledger_match"),
    "exact": ("sufficiency",),
    "strict": ("evidence_rate",),
}
# Why a unit is not accepted, codes with `; ` between.
NOT_ACCEPTED = "not_accepted"
ACCEPTED = "accepted"
_ENDS = ("", "_low", "_high")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar as it stands and with both ends, and its parts; shares from 0 to 1, None where there is nothing to measure."""

    code: str
    title: Title
    value: float | None
    low: float | None
    high: float | None
    parts: tuple[tuple[Title, float], ...] = ()


def bar_codes(result: ResultView) -> tuple[str, ...]:
    """Return the bars that the scores have, in the plan's order; results of earlier versions have none."""
    return tuple(code for code in BARS if code in result.scores.columns)


def bars_of(result: ResultView, row: Row) -> tuple[Bar, ...]:
    """Return the bars of one row of the scores; parts that nobody can tell are left out."""
    return tuple(_bar(row, code) for code in bar_codes(result))


def _bar(row: Row, code: str) -> Bar:
    value, low, high = map(_number, ends_of(row, code))
    parts = tuple((words(f"page.{part}"), float(row[part])) for part in PARTS[code] if row.get(part) is not None)
    return Bar(code, words(f"page.{code}"), value, low, high, parts)


def reasons_of(row: Row) -> tuple[Title, ...]:
    """Return in words why a unit is not accepted; none where it is, or where the scores do not say."""
    return tuple(code_title(NOT_ACCEPTED, code) for code in str(row.get(NOT_ACCEPTED) or "").split("; ") if code)


def ends_of(row: Row, code: str) -> tuple[Any, Any, Any]:
    """Return a figure as it stands, low and high; where a table has no ends, the figure is both.

    >>> ends_of({"strict": 0.5, "strict_low": 0.25, "strict_high": 0.5}, "strict")
    (0.5, 0.25, 0.5)
    >>> ends_of({"accepted": False}, "accepted")
    (False, False, False)
    """
    value, low, high = (row.get(f"{code}{end}", row.get(code)) for end in _ENDS)
    return value, low, high


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
