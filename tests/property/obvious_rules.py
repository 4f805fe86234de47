"""The rule language row by row in plain Python, straight from the tables of a rule: slow, obvious, and the judge of the fast one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import comb
from typing import Any

Row = Mapping[str, Any]
VALUES = 24**5


def holds(condition: Mapping[str, Any], row: Row, table: Sequence[Row], fired: Mapping[str, bool]) -> bool:
    """Say whether every test of a condition holds on a row; what is unknown never does."""
    for key, value in condition.items():
        if key == "count":
            if not all(count_holds(each, row, table) for each in (value if isinstance(value, list) else [value])):
                return False
        elif key in ("fired", "not_fired"):
            ids = value if isinstance(value, list) else [value]
            if any(fired[each] for each in ids) != (key == "fired"):
                return False
        elif not field_holds(row[key], value, row):
            return False
    return True


def field_holds(fact: Any, value: Any, row: Row) -> bool:
    if isinstance(value, dict):
        return all(operator_holds(fact, word, operand, row) for word, operand in value.items())
    return operator_holds(fact, "in" if isinstance(value, list) else "is", value, row)


def operator_holds(fact: Any, word: str, operand: Any, row: Row) -> bool:
    if word == "known":
        return (fact is not None) == operand
    if fact is None:
        return False
    if word == "is":
        return equal(fact, moment(fact, operand))
    if word == "is_not":
        return not equal(fact, moment(fact, operand))
    if word == "in":
        return any(equal(fact, moment(fact, each)) for each in operand)
    if word == "not_in":
        return not any(equal(fact, moment(fact, each)) for each in operand)
    if word in ("above", "at_least", "below", "at_most"):
        compared = isinstance(operand, str) and operand.startswith("field:")
        other = row[operand.removeprefix("field:")] if compared else moment(fact, operand)
        return other is not None and bound(fact, word, other)
    if word == "same_as":
        return row[operand] is not None and fact == row[operand]
    if word == "differs_from":
        return row[operand] is not None and fact != row[operand]
    if word in ("like", "not_like"):
        patterns = operand if isinstance(operand, list) else [operand]
        alike = any(re.fullmatch(".*".join(map(re.escape, each.split("*"))), fact, re.DOTALL) for each in patterns)
        return alike == (word == "like")
    if word in ("has", "has_not"):
        wanted = operand if isinstance(operand, list) else [operand]
        return bool(set(wanted) & set(fact)) == (word == "has")
    if word == "near":
        wanted = moment(fact, operand["time"])
        ours = fact.date() if isinstance(fact, datetime) and not isinstance(wanted, datetime) else fact
        return abs(ours - wanted) <= timedelta(days=operand["days"])
    assert word == "days_since"
    other = row[operand["field"]]
    if other is None:
        return False
    days = (day(fact) - day(other)).days
    return all(bound(days, each, limit) for each, limit in operand.items() if each != "field")


def day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def moment(fact: Any, operand: Any) -> Any:
    """Read ISO text where the fact is a day or time."""
    if not isinstance(fact, date) or not isinstance(operand, str):
        return operand
    if len(operand) == 10:
        return date.fromisoformat(operand)
    read = datetime.fromisoformat(operand)
    return read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read


def same_kind(fact: Any, other: Any) -> tuple[Any, Any]:
    if isinstance(fact, datetime) != isinstance(other, datetime) and isinstance(other, date):
        return day(fact), day(other)
    return fact, other


def equal(fact: Any, other: Any) -> bool:
    left, right = same_kind(fact, other)
    return bool(left == right)


def bound(fact: Any, word: str, limit: Any) -> bool:
    left, right = same_kind(fact, limit)
    return bool({"above": left > right, "at_least": left >= right, "below": left < right, "at_most": left <= right}[word])


def count_holds(count: Mapping[str, Any], row: Row, table: Sequence[Row]) -> bool:
    per = count["per"]
    if any(row[name] is None for name in per):
        return False
    agree = [other for other in table if all(other[name] == row[name] for name in per)]
    among = [other for other in agree if holds(count.get("among", {}), other, table, {})]
    distinct = count.get("distinct")
    counted = len({other[distinct] for other in among if other[distinct] is not None}) if distinct else len(among)
    least = count["at_least"]
    if least == "chance":
        product = [name for name in per if name != "last5"]
        keyed = {
            other["device_id"]
            for other in table
            if other["last5"] is not None and all(other[name] is not None and other[name] == row[name] for name in product)
        }
        least = smallest_k(len(keyed))
    return bool(counted >= least)


def smallest_k(devices: int) -> int:
    """The definition, in exact fractions' spirit: N * P(Binomial(n, 1/N) >= k) < 0.01."""
    for k in range(2, 20):
        tail = sum(comb(devices, n) * (1 / VALUES) ** n * (1 - 1 / VALUES) ** (devices - n) for n in range(k, min(devices, k + 12) + 1))
        if VALUES * tail < 0.01:
            return k
    raise AssertionError(devices)
