"""Lots as a file writes them: text cells under canonical names, before anything was checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from licmatch.ingest.records import Notice
from licmatch.schema import ENTITLEMENTS


@dataclass(frozen=True, slots=True)
class Lots:
    """Unchecked lots of one table. `cells`: the columns of `schema.ENTITLEMENTS` as text; `lines[i]` and `raw(i)` are of row i.

    `order` ("mdy", "dmy") says how the tool writes days where that is known. `unit_required` is False for tools that know
    no units: their lots are the whole organisation's. `unusable` (row -> reason) was refused by the reader itself.
    """

    cells: pl.DataFrame
    lines: Sequence[int]
    raw: Callable[[int], bytes]
    format: str
    order: str | None = None
    unit_required: bool = True
    unusable: Mapping[int, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()


def lots_of(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """Return rows of canonical cells as a frame of text, all columns there."""
    cells = {column: [_text(row.get(column)) for row in rows] for column in ENTITLEMENTS}
    return pl.DataFrame(cells, schema=dict.fromkeys(ENTITLEMENTS, pl.String()))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
