"""Compiling rules: conditions to polars expressions over the fact table of their grain.

Null never satisfies a test: every expression here gives null for an unknown fact, and a null is no hit.
What one row cannot answer, counts and other rules, is asked of columns that `evaluate` puts beside the facts.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any

import polars as pl

from licmatch.errors import CatalogError
from licmatch.rules.conditions import Condition, Count, Fired, Test, read_condition
from licmatch.rules.fields import DAY, DEVICE, TIME, Field
from licmatch.rules.records import Rule
from licmatch.rules.tables import AS_OF

DEFAULT_CATEGORY = "os"  # of a rule about devices that names none
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "is": operator.eq,
    "is_not": operator.ne,
    "above": operator.gt,
    "at_least": operator.ge,
    "below": operator.lt,
    "at_most": operator.le,
    "same_as": operator.eq,
    "differs_from": operator.ne,
}
_REGEX_SIGNS = frozenset("\\.+*?()|[]{}^$#&-~")


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule as expressions; none of them holds where a fact they need is unknown."""

    rule: Rule
    met: pl.Expr  # `when` and one of `any`
    unless: tuple[tuple[str, pl.Expr], ...]  # id and expression of each explanation, in the order of the rule
    needs: frozenset[str]  # columns of the fact table; the day of the run is always there
    required: frozenset[str]  # those of them without which `when` cannot hold
    counts: tuple[tuple[str, Count], ...]  # columns `evaluate` makes from counts over the table
    fired: tuple[tuple[str, str], ...]  # rule id and the column that says whether it stands

    @property
    def category(self) -> str | None:
        """The category a rule about devices speaks about; null where the row says it."""
        return (self.rule.category or DEFAULT_CATEGORY) if self.rule.about == DEVICE else None


def compile_rule(rule: Rule, fields: Mapping[str, Field]) -> CompiledRule:
    """Return a rule as expressions over a fact table with these fields (`fields_of(rule.about)`).

    Raises CatalogError with all faults of the rule's conditions.
    """
    faults: list[tuple[tuple[str | int, ...], str]] = []
    when = read_condition(rule.when, fields, faults, ("when",))
    branches = [read_condition(branch, fields, faults, ("any", place)) for place, branch in enumerate(rule.any)]
    explained = [read_condition(each.when, fields, faults, ("unless", place)) for place, each in enumerate(rule.unless)]
    if faults:
        told = tuple(f"{'.'.join(map(str, path))}: {text}" for path, text in faults)
        raise CatalogError("the rule has faults:", faults=told, where=rule.where)
    counts: list[tuple[str, Count]] = []
    met = _all(when, rule, counts)
    if branches:
        met = met & pl.any_horizontal([_all(branch, rule, counts).fill_null(False) for branch in branches])
    unless = tuple((each.id, _all(condition, rule, counts)) for each, condition in zip(rule.unless, explained, strict=True))
    tests = [test for condition in (when, *branches, *explained) for test in condition]
    asked = sorted({other for test in tests if isinstance(test, Fired) for other in test.rules})
    return CompiledRule(
        rule,
        met,
        unless,
        frozenset(field.name for test in tests for field in test.fields()) - {AS_OF},
        frozenset(name for test in when for name in _required(test)) - {AS_OF},
        tuple(counts),
        tuple((other, _fired_column(other, rule)) for other in asked),
    )


def _required(test: Test | Count | Fired) -> list[str]:
    if isinstance(test, Test):
        return [] if test.operator == "known" and not test.value else [field.name for field in test.fields()]
    return [field.name for field in test.per] if isinstance(test, Count) else []


def all_of(tests: Condition | tuple[Test, ...]) -> pl.Expr:
    """Return that all these tests of single rows hold; unknown counts as no."""
    return _joined([_test(test) for test in tests if isinstance(test, Test)])


def _joined(parts: list[pl.Expr]) -> pl.Expr:
    return reduce(operator.and_, parts) if parts else pl.lit(True)


def _all(condition: Condition, rule: Rule, counts: list[tuple[str, Count]]) -> pl.Expr:
    parts = []
    for test in condition:
        if isinstance(test, Test):
            parts.append(_test(test))
        elif isinstance(test, Count):
            counts.append((f"count:{rule.id}:{len(counts)}", test))
            parts.append(pl.col(counts[-1][0]))
        else:
            fired = pl.any_horizontal([pl.col(_fired_column(other, rule)).fill_null(False) for other in test.rules])
            parts.append(fired if test.wanted else ~fired)
    return _joined(parts)


def _fired_column(other: str, rule: Rule) -> str:
    # Rules about devices are on one row for all categories: which hits of another grain count depends on the asking rule's own.
    return f"fired:{other}@{rule.category or DEFAULT_CATEGORY}" if rule.about == DEVICE else f"fired:{other}"


def _test(test: Test) -> pl.Expr:
    field, word, value = test.field, test.operator, test.value
    column = pl.col(field.name)
    if word == "known":
        return column.is_not_null() if value else column.is_null()
    if word in _COMPARE:
        return _compare(field, _COMPARE[word], value)
    if word in ("in", "not_in"):
        # Not `is_in` for moments: one list may hold days and times.
        if field.type in (DAY, TIME):
            found = reduce(operator.or_, [_compare(field, operator.eq, each) for each in value])
        else:
            found = column.is_in(list(value))
        return found if word == "in" else ~found
    if word in ("like", "not_like"):
        alike = _like_any(column, value)
        return alike if word == "like" else ~alike
    if word in ("has", "has_not"):
        held = reduce(operator.or_, [column.list.contains(pl.lit(each)) for each in value])
        return held if word == "has" else ~held
    if word == "near":
        return _near(field, *value)
    other, bounds = value
    days = (_as_day(column) - _as_day(pl.col(other.name))).dt.total_days()
    return _joined([_COMPARE[bound](days, limit) for bound, limit in bounds])


def _as_day(column: pl.Expr) -> pl.Expr:
    return column.cast(pl.Date)


def _compare(field: Field, compare: Callable[[Any, Any], Any], value: Any) -> pl.Expr:
    """Compare a field with a value or another field; where only one of two moments has a time of day, days are compared."""
    column = pl.col(field.name)
    if isinstance(value, Field):
        other = pl.col(value.name)
        moments = {field.type, value.type}
        compared = compare(_as_day(column), _as_day(other)) if moments == {DAY, TIME} else compare(column, other)
    elif field.type == TIME and not isinstance(value, datetime):
        compared = compare(_as_day(column), pl.lit(value, dtype=pl.Date))
    else:
        compared = compare(column, pl.lit(value))
    expr: pl.Expr = compared
    return expr


def _near(field: Field, moment: date | datetime, days: int) -> pl.Expr:
    column = pl.col(field.name)
    if field.type == TIME and not isinstance(moment, datetime):
        column = _as_day(column)
    reach = timedelta(days=days)
    # Reaching past the calendar's ends cannot be compared; no fact lies there either.
    first = moment - reach if moment.toordinal() > days else type(moment).min
    last = moment + reach if moment.toordinal() + days <= date.max.toordinal() else type(moment).max
    return (column >= pl.lit(first)) & (column <= pl.lit(last))


def _like_any(column: pl.Expr, patterns: Sequence[str]) -> pl.Expr:
    pieces = {pattern: pattern.split("*") for pattern in patterns}
    # Texts that may stand anywhere are looked for together.
    anywhere = [pattern for pattern, parts in pieces.items() if len(parts) == 3 and not parts[0] and not parts[2]]
    if len(anywhere) < 2:
        return reduce(operator.or_, [_like(column, pattern) for pattern in patterns])
    together = column.str.contains_any([pieces[pattern][1] for pattern in anywhere])
    return reduce(operator.or_, [together, *(_like(column, pattern) for pattern in patterns if pattern not in anywhere)])


def _like(column: pl.Expr, pattern: str) -> pl.Expr:
    start, *middle, end = pattern.split("*")
    if not any(middle) and not (start and end):
        return column.str.starts_with(start) if start else column.str.ends_with(end)
    if not start and not end and len(middle) == 1:
        return column.str.contains(middle[0], literal=True)
    pieces = ("".join("\\" + sign if sign in _REGEX_SIGNS else sign for sign in piece) for piece in (start, *middle, end))
    return column.str.contains("(?s)^" + ".*".join(pieces) + "$")
