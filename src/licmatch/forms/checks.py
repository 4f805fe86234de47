"""The identities of REGULATION 1.6 on a form, written or read: which do not hold, and in which cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from licmatch.forms.definition import NUMBERS, Check, Column, Counting
from licmatch.forms.filled import Block, Filled, Values, percent

# A person rounds to cents, to whole yuan in 10,000s, or to one place of a rate.
_NEAR = {"money": Decimal("0.01"), "wan": Decimal("0.01"), "percent": Decimal("0.05"), "count": Decimal(0)}


@dataclass(frozen=True, slots=True)
class Fault:
    """One identity that does not hold: its id, the cell, what stands there and what should."""

    check: str
    kind: str
    address: str
    header: str
    says: str
    should: str


def faults(filled: Filled, counting: Counting) -> list[Fault]:
    """Return what does not add up on a form, in the order of its rows. An empty cell says nothing and breaks nothing.

    Kinds of checks: `sum` whole = parts added; `at_most` parts added <= whole; `product` whole = first x second; `gap`
    whole = max(0, first - second); `rate` whole = 100 x first / second, empty where second is 0; `bounded` 0..100;
    `number_by_mode` a number must stand beside a counted licence and none beside an unlimited one (I12). Totals are sums of
    their rows (I9), and no number is negative.
    """
    found = []
    for block in filled.blocks.values():
        columns = {column.field: column for column in block.part.columns}
        for place, row in enumerate(block.rows):
            found += [_fault(filled, block, place, columns, *each) for each in _of_row(block, columns, row, counting)]
        if block.total is not None:
            found += [_fault(filled, block, None, columns, *each) for each in _of_total(block, columns)]
    return found


def address(filled: Filled, block: Block, place: int | None, field: str) -> str:
    """Return where a cell is: `sheet!D14`; place None is the row of totals. Before a form is written, the row in its part."""
    line = block.total_line if place is None else block.lines[place] if place < len(block.lines) else None
    if line is None or field not in block.columns_at:
        return f"{filled.name}!{block.part.id}[{'total' if place is None else place + 1}].{field}"
    return f"{filled.name}!{letters(block.columns_at[field])}{line}"


def letters(column: int) -> str:
    """Return the letters of a column counted from 0.

    >>> letters(0), letters(25), letters(26), letters(51)
    ('A', 'Z', 'AA', 'AZ')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


_Broken = tuple[str, str, str, Any, Any]


def _of_row(block: Block, columns: dict[str, Column], row: Values, counting: Counting) -> Iterator[_Broken]:
    for column in columns.values():
        value = row.get(column.field)
        if column.type in NUMBERS and value is not None and value < 0:
            yield "I4", "negative", column.field, value, 0
    for check in block.part.checks:
        if check.kind == "number_by_mode":
            yield from _by_mode(check, row, counting)
        else:
            yield from _broken(check, row, columns)


def _of_total(block: Block, columns: dict[str, Column]) -> Iterator[_Broken]:
    total = block.total or {}
    for column in columns.values():
        if column.total != "sum":
            continue
        said = total.get(column.field)
        known = [row[column.field] for row in block.rows if row.get(column.field) is not None]
        added = sum(known[1:], known[0]) if known else None
        if said is not None and not _same(said, added or 0, column):
            yield "I9", "total", column.field, said, added or 0
    for check in block.part.checks:
        if check.kind == "rate":
            yield from _broken(check, total, columns)


def _broken(check: Check, row: Values, columns: dict[str, Column]) -> Iterator[_Broken]:
    said = row.get(check.whole)
    parts = [row.get(name) for name in check.parts]
    column = columns[check.whole]
    if check.kind == "bounded":
        if said is not None and not 0 <= said <= 100:
            yield check.id, check.kind, check.whole, said, "0–100"
        return
    if check.kind == "rate":
        right = percent(parts[0], parts[1])
        if said is not None and (right is None or not _same(said, right, column)):
            yield check.id, check.kind, check.whole, said, "" if right is None else right
        return
    if said is None or all(part is None for part in parts):
        return
    if check.kind in ("product", "gap") and any(part is None for part in parts):
        return
    numbers = [part if part is not None else 0 for part in parts]
    should: Any
    if check.kind == "product":
        should = numbers[0] * numbers[1]
    elif check.kind == "gap":
        should = max(0, numbers[0] - numbers[1])
    else:
        should = sum(numbers[1:], numbers[0])
    if check.kind != "at_most":
        if not _same(said, should, column):
            yield check.id, check.kind, check.whole, said, should
    elif should > said:
        # Of a part that is more than its whole the part is told; of several, the whole.
        alone = len(check.parts) == 1
        yield (
            (check.id, check.kind, check.parts[0], should, f"<= {said}")
            if alone
            else (check.id, check.kind, check.whole, said, f">= {should}")
        )


def _by_mode(check: Check, row: Values, counting: Counting) -> Iterator[_Broken]:
    mode, number = str(row.get(check.parts[0]) or "").strip().casefold(), row.get(check.whole)
    if mode in counting.modes.unlimited and number is not None:
        yield check.id, "unlimited", check.whole, number, ""
    if mode in counting.modes.limited and number is None:
        yield check.id, "limited", check.whole, "", ">= 1"


def _same(said: Any, right: Any, column: Column) -> bool:
    return bool(abs(Decimal(said) - Decimal(right)) <= _NEAR.get(column.type, Decimal(0)))


def _fault(
    filled: Filled, block: Block, place: int | None, columns: dict[str, Column], check: str, kind: str, field: str, said: Any, right: Any
) -> Fault:
    return Fault(check, kind, address(filled, block, place, field), columns[field].zh, str(said), str(right))
