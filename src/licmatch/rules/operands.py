"""Values in conditions: checked against the type of their field, days and times read from ISO text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from licmatch.rules.fields import BOOL, DAY, FLOAT, INT, TEXT, TEXTS, Field
from licmatch.rules.records import MAX_STARS, MAX_TEXT

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")
_INT64 = 2**63


class BadValue(ValueError):
    """A value that does not fit its field; the text says why."""


def text(value: Any) -> str:
    """Return a text, or raise BadValue."""
    if not isinstance(value, str):
        raise BadValue(f"{value!r} is not a text")
    if len(value) > MAX_TEXT:
        raise BadValue(f"a text of more than {MAX_TEXT} characters")
    return value


def value_of(field: Field, value: Any) -> Any:
    """Return a value as Python compares it with the field: text, number, switch, day or time. A time may be compared with a day."""
    if field.type in (TEXT, TEXTS):
        return text(value)
    if field.type == BOOL:
        if not isinstance(value, bool):
            raise BadValue(f"{value!r} is not true or false")
        return value
    if field.type == INT:
        if isinstance(value, bool) or not isinstance(value, int) or not -_INT64 <= value < _INT64:
            raise BadValue(f"{value!r} is not a whole number")
        return value
    if field.type == FLOAT:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _INT64:  # catches nan too
            raise BadValue(f"{value!r} is not a number")
        return float(value)
    return day_or_time(field, value)


def day_or_time(field: Field, value: Any) -> date | datetime:
    """Return a day, or for a time field a day or a time in UTC without a zone."""
    if isinstance(value, str):
        try:
            if _DAY.fullmatch(value):
                value = date.fromisoformat(value)
            elif _TIME.fullmatch(value):
                value = datetime.fromisoformat(value)
        except ValueError as fault:
            raise BadValue(f"{value!r}: {fault}") from None
    if isinstance(value, datetime):
        if field.type == DAY:
            raise BadValue(f"{field.name} is a day, {value.isoformat()} a time of day")
        try:
            return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        except OverflowError:
            raise BadValue(f"{value!r} is beyond the calendar") from None
    if isinstance(value, date):
        return value
    raise BadValue(f"{value!r} is neither a day (2026-11-30) nor a time (2026-11-30T08:00:00Z)")


def like_patterns(values: Iterable[Any]) -> tuple[str, ...]:
    """Return patterns in which only `*` is special."""
    patterns = tuple(text(value) for value in values)
    for pattern in patterns:
        if "*" not in pattern or not pattern.strip("*"):
            raise BadValue(f"{pattern!r} wants a `*` and something beside it; a plain value asks for an equal text")
        if pattern.count("*") > MAX_STARS:
            raise BadValue(f"{pattern!r} has more than {MAX_STARS} stars")
    return patterns
