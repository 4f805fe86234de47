"""Conditions: from the tables of a rule file to typed tests, with every fault told by the path to its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from licmatch.rules.fields import BOOL, DAY, FLOAT, INT, TEXT, TEXTS, TIME, Field
from licmatch.rules.operands import BadValue, day_or_time, like_patterns, text, value_of
from licmatch.rules.records import MAX_VALUES

Path = tuple[str | int, ...]
Told = list[tuple[Path, str]]  # faults: where in the rule, and what

COUNT, FIRED, NOT_FIRED = SPECIAL = ("count", "fired", "not_fired")
BOUNDS = ("above", "at_least", "below", "at_most")
CHANCE = "chance"
KEY_FIELD = "last5"  # the field whose chance collisions are known
DEVICE_ID = "device_id"
_EQUALITY = ("in", "not_in", "is_not", "same_as", "differs_from", "known")
OPERATORS: dict[str, tuple[str, ...]] = {
    TEXT: (*_EQUALITY, "like", "not_like"),
    INT: (*_EQUALITY, *BOUNDS),
    FLOAT: (*_EQUALITY, *BOUNDS),
    BOOL: ("same_as", "differs_from", "known"),
    DAY: (*_EQUALITY, *BOUNDS, "near", "days_since"),
    TIME: (*_EQUALITY, *BOUNDS, "near", "days_since"),
    TEXTS: ("has", "has_not", "known"),
}
_COMPARED_WITH = {INT: (INT, FLOAT), FLOAT: (INT, FLOAT), DAY: (DAY, TIME), TIME: (DAY, TIME)}


@dataclass(frozen=True, slots=True)
class Test:
    """One field, one operator, and a value of the field's type (or another field)."""

    field: Field
    operator: str  # "is" for a plain value, else a word of OPERATORS
    value: Any

    def fields(self) -> Iterator[Field]:
        """Yield every field that must be there to answer."""
        yield self.field
        other = self.value[0] if self.operator == "days_since" else self.value
        if isinstance(other, Field):
            yield other


@dataclass(frozen=True, slots=True)
class Count:
    """At least so many distinct values among the rows of the table that agree with this one in some fields."""

    distinct: Field | None  # None: rows are counted
    per: tuple[Field, ...]
    among: tuple[Test, ...]
    at_least: int | None  # None: more than chance explains

    def fields(self) -> Iterator[Field]:
        """Yield every field that must be there to answer; the device is, as a number, in every table."""
        for field in (*self.per, self.distinct):
            if field is not None and field.name != DEVICE_ID:
                yield field
        for test in self.among:
            yield from test.fields()


@dataclass(frozen=True, slots=True)
class Fired:
    """Any of these rules stands on the same row or, in another grain, on the same device and category; or none of them does."""

    rules: tuple[str, ...]
    wanted: bool

    def fields(self) -> Iterator[Field]:
        """Yield nothing: other rules answer this."""
        yield from ()


Condition = tuple[Test | Count | Fired, ...]


def read_condition(raw: Mapping[str, Any], fields: Mapping[str, Field], told: Told, at: Path = ()) -> Condition:
    """Return the tests of a table, all of which must hold; what is wrong goes to `told` and is left out."""
    tests: list[Test | Count | Fired] = []
    for key, value in raw.items():
        here = (*at, key)
        if key == COUNT:
            counts = value if isinstance(value, list) else [value]
            for place, each in enumerate(counts):
                tests += _count(each, fields, told, (*here, place) if isinstance(value, list) else here)
        elif key in (FIRED, NOT_FIRED):
            try:
                ids = value if isinstance(value, list) else [value]
                if not ids:
                    raise BadValue("names no rule")
                tests.append(Fired(tuple(text(each) for each in ids), key == FIRED))
            except BadValue as fault:
                told.append((here, str(fault)))
        else:
            tests += _field_tests(key, value, fields, told, here)
    return tuple(tests)


def _field_tests(name: str, value: Any, fields: Mapping[str, Field], told: Told, at: Path) -> Iterator[Test]:
    field = _field(name, fields, told, at)
    if field is None:
        return
    if isinstance(value, dict):
        operands = list(value.items())
        if not operands:
            told.append((at, "an empty table asks nothing"))
    else:
        operands = [("in" if isinstance(value, list) else "is", value)]
    for operator, operand in operands:
        here = (*at, operator) if isinstance(value, dict) else at
        if isinstance(value, dict) and operator not in OPERATORS[field.type]:
            allowed = ", ".join(OPERATORS[field.type])
            told.append((here, f"no operator of a {field.type} field; there are: {allowed}"))
            continue
        try:
            yield Test(field, operator, _operand(field, operator, operand, fields))
        except BadValue as fault:
            told.append((here, str(fault)))


def _field(name: Any, fields: Mapping[str, Field], told: Told, at: Path) -> Field | None:
    field = fields.get(name) if isinstance(name, str) else None
    if field is None:
        near = get_close_matches(str(name), [*fields, *SPECIAL], n=1)
        told.append((at, f"there is no field {name!r} here" + (f"; did you mean {near[0]!r}?" if near else "")))
    return field


def _operand(field: Field, operator: str, value: Any, fields: Mapping[str, Field]) -> Any:
    """Return the checked operand: Python values of the field's type, or a Field where one is compared with."""
    if operator == "known":
        if not isinstance(value, bool):
            raise BadValue("known is true or false")
        return value
    if operator in ("same_as", "differs_from"):
        return _other(field, value, fields, (field.type,))
    if operator in BOUNDS:
        if isinstance(value, str) and value.startswith("field:"):
            return _other(field, value.removeprefix("field:"), fields, _COMPARED_WITH[field.type])
        return value_of(field, value)
    if operator in ("in", "not_in"):
        return tuple(value_of(field, each) for each in _list(value))
    if operator in ("like", "not_like"):
        return like_patterns(_list(value) if isinstance(value, list) else [value])
    if operator in ("has", "has_not"):
        return tuple(text(each) for each in (_list(value) if isinstance(value, list) else [value]))
    if operator == "near":
        return _near(field, value)
    if operator == "days_since":
        return _days_since(field, value, fields)
    if field.type == TEXTS:
        raise BadValue("is a list; ask with { has = ... } or { has_not = ... }")
    return value_of(field, value)


def _other(field: Field, name: Any, fields: Mapping[str, Field], types: tuple[str, ...]) -> Field:
    other = fields.get(name) if isinstance(name, str) else None
    if other is None:
        raise BadValue(f"there is no field {name!r} here")
    if other.type not in types:
        raise BadValue(f"{other.name} is a {other.type} field and cannot be compared with a {field.type} field")
    if other == field:
        raise BadValue("compares a field with itself")
    return other


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise BadValue("wants a list of values")
    if len(value) > MAX_VALUES:
        raise BadValue(f"lists more than {MAX_VALUES} values")
    return value


def _keys(value: Any, wanted: set[str], word: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not wanted <= value.keys():
        raise BadValue(f"{word} wants {', '.join(sorted(wanted))}")
    return value


def _days(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 1_000_000:
        raise BadValue("days are a whole number")
    return value


def _near(field: Field, value: Any) -> tuple[date | datetime, int]:
    asked = _keys(value, {"time", "days"}, "near")
    if extra := asked.keys() - {"time", "days"}:
        raise BadValue(f"near knows time and days, not {', '.join(sorted(extra))}")
    moment, days = day_or_time(field, asked["time"]), _days(asked["days"])
    if days < 0:
        raise BadValue("days are a whole number, zero or more")
    return moment, days


def _days_since(field: Field, value: Any, fields: Mapping[str, Field]) -> tuple[Field, tuple[tuple[str, int], ...]]:
    asked = _keys(value, {"field"}, "days_since")
    other = _other(field, asked["field"], fields, (DAY, TIME))
    bounds = {word: days for word, days in asked.items() if word != "field"}
    if not bounds or not bounds.keys() <= set(BOUNDS):
        raise BadValue(f"days_since wants field and one or more of {', '.join(BOUNDS)}")
    return other, tuple((word, _days(days)) for word, days in bounds.items())


def _count(value: Any, fields: Mapping[str, Field], told: Told, at: Path) -> Iterator[Count]:
    if not isinstance(value, dict):
        told.append((at, "count is a table: { distinct, per, among, at_least }"))
        return
    before = len(told)
    for key in value.keys() - {"distinct", "per", "among", "at_least"}:
        told.append(((*at, key), "count knows distinct, per, among and at_least"))
    distinct = _field(value["distinct"], fields, told, (*at, "distinct")) if "distinct" in value else None
    if distinct is not None and distinct.type == TEXTS:
        told.append(((*at, "distinct"), "a list cannot be counted"))
    names = value.get("per")
    per: tuple[Field, ...] = ()
    if not isinstance(names, list) or not names or len(set(map(str, names))) < len(names):
        told.append(((*at, "per"), "wants a list of different fields in which the counted rows agree with this one"))
    else:
        found = [_field(name, fields, told, (*at, "per", place)) for place, name in enumerate(names)]
        per = tuple(field for field in found if field is not None)
        told += [((*at, "per"), f"{field.name} is a list") for field in per if field.type == TEXTS]
    among = value.get("among", {})
    tests: tuple[Test, ...] = ()
    if not isinstance(among, dict) or among.keys() & set(SPECIAL):
        told.append(((*at, "among"), "wants a table of fields"))
    else:
        tests = tuple(test for test in read_condition(among, fields, told, (*at, "among")) if isinstance(test, Test))
    least = value.get("at_least")
    if least == CHANCE:
        if distinct is None or distinct.name != DEVICE_ID or KEY_FIELD not in {field.name for field in per}:
            told.append(((*at, "at_least"), f'"{CHANCE}" counts {DEVICE_ID} per {KEY_FIELD}'))
    elif isinstance(least, bool) or not isinstance(least, int) or not 1 <= least <= 1_000_000_000:
        told.append(((*at, "at_least"), f'wants a whole number above 0, or "{CHANCE}"'))
    if len(told) == before:
        yield Count(distinct, per, tests, None if least == CHANCE else least)
