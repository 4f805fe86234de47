"""Times of any spelling as ISO text: for whole columns, and for the few single cells of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from licmatch.ingest.values import day_of, iso_date

_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T ]{1,2}(?:\D{0,3})?(\d{1,2}):(\d{2})(?::(\d{2}))?")
_CIM = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d+[+-]\d+)?$")
_SLASHED = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:\D|$)")
_MONTHS = {
    month: number for number, month in enumerate(("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1)
}
_MAIL = re.compile(r"(?:\w{3}, )?(\d{1,2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2})")
_COLUMN_TIME = r"^\s*\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2}))?"
_COLUMN_SLASHED = r"^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:\s+(\d{1,2}:\d{2}(?::\d{2})?)\s*$|\D.*$|$)"
_COLUMN_CIM = r"^\s*(?:19|20)\d{6}(\d{2})(\d{2})(\d{2})(?:\.\d+[+-]\d+)?\s*$"


def moment_of(value: object) -> str | None:
    """Return one cell as YYYY-MM-DDTHH:MM:SS, as YYYY-MM-DD where it says no time of day, or None.

    >>> moment_of("20261122090501.000000+480"), moment_of("2026/11/22 9:05"), moment_of("/Date(1795338000000)/"), moment_of("soon")
    ('2026-11-22T09:05:01', '2026-11-22T09:05:00', '2026-11-22', None)
    """
    if isinstance(value, dict):
        # What PowerShell 5.1 makes of a time that it gave a property of its own.
        value = value.get("value") or value.get("Value") or value.get("DateTime")
    text = str(value).strip()[:60] if value is not None else ""
    if text.startswith(("/Date(", "\\/Date(")):
        digits = text[text.index("(") + 1 :].split(")")[0].split("+")[0]
        return None if digits.startswith("-") else day_of(digits)
    mail = _MAIL.match(text)
    if mail is not None and mail.group(2) in _MONTHS:
        day, month, year, *clock = mail.groups()
        text = f"{year}-{_MONTHS[month]}-{day} {':'.join(clock)}"
    for pattern in (_ISO, _CIM):
        match = pattern.match(text)
        if match is not None:
            found = day_of("-".join(match.groups()[:3]))
            hour, minute, second = (int(part or 0) for part in match.groups()[3:])
            return None if found is None or max(hour // 24, minute // 60, second // 60) else f"{found}T{hour:02}:{minute:02}:{second:02}"
    return day_of(text)


def iso_moment(column: pl.Expr) -> pl.Expr:
    """Return a column of times as ISO text, the time of day kept where there is one.

    >>> pl.select(iso_moment(pl.lit("2026/11/22 9:05:07"))).item()
    '2026-11-22T09:05:07'
    """
    day = iso_date(column)
    clock = column.str.extract_groups(_COLUMN_TIME)
    packed = column.str.extract_groups(_COLUMN_CIM)
    hour, minute, second = (
        pl.coalesce(clock.struct.field(str(place)), packed.struct.field(str(place))).str.zfill(2).fill_null("00") for place in (1, 2, 3)
    )
    timed = column.str.contains(f"{_COLUMN_TIME}|{_COLUMN_CIM}") & day.str.contains(r"^\d{4}-\d{2}-\d{2}$")
    return pl.when(timed).then(day.str.slice(0, 10) + "T" + hour + ":" + minute + ":" + second).otherwise(day)


def slashed_order(values: Iterable[str | None]) -> str | None:
    """Return how the dates of one file that end in the year are written: "mdy", "dmy", or None where no date tells.

    >>> slashed_order(["3/4/2021", "12/25/2021"]), slashed_order(["3/4/2021"])
    ('mdy', None)
    """
    first = second = 0
    for value in values:
        match = _SLASHED.match(value.strip()[:40]) if value else None
        if match is not None:
            first, second = max(first, int(match.group(1))), max(second, int(match.group(2)))
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else None


def slashed_iso(column: pl.Expr, order: str | None) -> pl.Expr:
    """Return days that end in the year as ISO text, a clock of 24 hours kept, by the order that `slashed_order` found.

    Other texts stay, and so do all of them where the order is not known.

    >>> pl.select(slashed_iso(pl.Series(["22/11/2026 09:00:00", "4/3/2021 12:00:00 AM", "soon"]), "dmy")).to_series().to_list()
    ['2026-11-22 09:00:00', '2021-03-04', 'soon']
    """
    if order is None:
        return column
    parts = column.str.extract_groups(_COLUMN_SLASHED)
    first, second, year = (parts.struct.field(str(place)).str.zfill(2) for place in (1, 2, 3))
    month, day = (second, first) if order == "dmy" else (first, second)
    told = (year + "-" + month + "-" + day).str.to_date("%Y-%m-%d", strict=False).dt.strftime("%Y-%m-%d")
    return pl.coalesce(told + (" " + parts.struct.field("4")).fill_null(""), column)
