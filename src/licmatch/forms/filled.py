"""A form with something in it: what the writer prints, what the reader found, and what the validators look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from licmatch.forms.definition import Form, Part

Values = dict[str, Any]


@dataclass(slots=True)
class Block:
    """One part, filled: rows by field, the printed totals, and for what was read the address of each cell by (row, field)."""

    part: Part
    rows: list[Values]
    total: Values | None = None
    lines: list[int] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    total_line: int | None = None
    columns_at: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Filled:
    """One form for one unit, jurisdiction or licence. `name` is the sheet, `about` what the line under the title says."""

    form: Form
    name: str
    blocks: dict[str, Block]
    unit_id: str | None = None
    unit_name: str | None = None
    folder: str | None = None  # the jurisdiction a workbook of its own is made for, where one does not hold all
    about: Mapping[str, str] = field(default_factory=dict)
    file: str = ""

    def rows(self, part: str) -> list[Values]:
        """Return the rows of a part."""
        return self.blocks[part].rows

    def first(self, part: str) -> Values:
        """Return the only row of a part of pairs; an empty one where it has none."""
        rows = self.blocks[part].rows if part in self.blocks else []
        return rows[0] if rows else {}


def block(part: Part, rows: list[Values]) -> Block:
    """Return a part with its totals worked out: sums of what is there, nothing where nothing is."""
    return Block(part, rows, totals(part, rows) if part.total and rows else None)


def totals(part: Part, rows: list[Values]) -> Values:
    """Return the sum of every column that has one; rates are sums over sums (REGULATION I13), 0/0 is nothing.

    A rate whose two figures do not stand on the form is left to the caller.
    """
    made: Values = {}
    for column in part.columns:
        if column.total == "sum":
            known = [row[column.field] for row in rows if row.get(column.field) is not None]
            made[column.field] = sum(known[1:], known[0]) if known else None
    for check in part.checks:
        if check.kind == "rate":
            made[check.whole] = percent(made.get(check.parts[0]), made.get(check.parts[1]))
    return made


def percent(part: int | None, whole: int | None) -> Decimal | None:
    """Return a rate in percent with two places, halves away from zero; nothing of nothing is no rate.

    >>> percent(1, 3), percent(0, 0)
    (Decimal('33.33'), None)
    """
    if part is None or not whole:
        return None
    # Whole numbers all the way, so that no machine rounds differently.
    return Decimal((part * 20000 + whole) // (2 * whole)).scaleb(-2)
