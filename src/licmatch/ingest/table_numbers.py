"""One pass over the texts of a big software table: its rows as numbers, how many can be used, and what it says of each device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from licmatch.ingest.canonical import lost_text, says_nothing, software_cell
from licmatch.ingest.numbered import CODED, CodedColumn, NumberedRows, TablePlaces, coded, numbered, read_codes

_TEXT = pl.col("text")
_PLACE = " place"  # no header of a table is this: they are stripped


@dataclass(frozen=True, slots=True)
class TableNumbers:
    """`numbered`: the usable rows. Counts of rows: `rows`, `usable`, `lost` (characters of the name are lost), `guids` (it is a code).

    `devices`: device_id and the columns asked for, one row a device with usable rows, in the order of their first one.
    """

    numbered: NumberedRows
    rows: int
    usable: int
    lost: int
    guids: int
    devices: pl.DataFrame


def number_table(
    table: pl.LazyFrame,
    naming: Sequence[str],
    otherwise: str | None,
    about: Sequence[str],
    *,
    stands: TablePlaces | None = None,
    spool: Path | None = None,
) -> TableNumbers:
    """Return the rows of a table of String columns as numbers.

    `naming`: the columns that may name the device, the first that says something counts; `otherwise` names it where none does.
    `about`: columns that describe a device; of several values the smallest counts, whatever the order of the rows.
    `stands`: where the table stands, if its rows follow each other there line by line. With a `spool` folder numbers wait in files.
    """
    present = table.collect_schema().names()
    software = [column for column in CODED if column in present and column != "device_id"]
    read = read_codes(table, dict.fromkeys([*naming, *software, *about]), spool)
    columns = {"device_id": _devices(read.texts, naming, otherwise)}
    for column in software:
        made = software_cell(column, _TEXT)
        said = pl.when(says_nothing(_TEXT)).then(None).otherwise(made) if column == "name" else made
        columns[column] = coded(read.texts, {column: said})
    described = {column: coded(read.texts, {column: _said()}) for column in about}
    counted, devices, lines = _Counted(), [], []
    for part in read.parts:
        name, device = columns["name"].numbers(part), columns["device_id"].numbers(part)
        usable = device.is_not_null() & name.is_not_null()
        lines.append(usable.arg_true() + counted.rows)
        devices.append(_described(device, {column: one.numbers(part) for column, one in described.items()}, usable, counted.rows))
        counted = counted.with_part(
            rows=part.height,
            usable=int(usable.sum()),
            lost=int((columns["name"].where(name, lost_text(_TEXT)) & usable).sum()),
            guids=int((columns["name"].where(name, _TEXT.str.starts_with("{") & _TEXT.str.ends_with("}")) & usable).sum()),
        )
    places = stands
    if stands is not None and counted.usable < counted.rows:
        places = replace(stands, lines=pl.concat(lines))
    del lines
    rows = numbered(read.parts, columns, spool)
    told = _texts_of(pl.concat(devices), {"device_id": columns["device_id"], **described})
    return TableNumbers(replace(rows, places=places), counted.rows, counted.usable, counted.lost, counted.guids, told)


@dataclass(frozen=True, slots=True)
class _Counted:
    rows: int = 0
    usable: int = 0
    lost: int = 0
    guids: int = 0

    def with_part(self, *, rows: int, usable: int, lost: int, guids: int) -> _Counted:
        return _Counted(self.rows + rows, self.usable + usable, self.lost + lost, self.guids + guids)


def _said() -> pl.Expr:
    return pl.when(says_nothing(_TEXT)).then(None).otherwise(_TEXT.str.strip_chars())


def _devices(texts: Mapping[str, pl.Series], naming: Sequence[str], otherwise: str | None) -> CodedColumn:
    """Return the device of each row: by the first column that says one, else by what the place of the file says."""
    place = {**texts, _PLACE: pl.Series("text", [otherwise], dtype=pl.String)}
    said = dict.fromkeys(naming, software_cell("device_id", _said()))
    found = coded(place, {**said, _PLACE: software_cell("device_id", _TEXT)})
    return CodedColumn(found.sources[:-1], found.texts, found.sources[-1][1][0])


def _described(device: pl.Series, about: Mapping[str, pl.Series], usable: pl.Series, before: int) -> pl.DataFrame:
    """One row a device of a part: the row it is met on first, and of each column the smallest number: that of the smallest text."""
    rows = pl.DataFrame([device.alias("device_id"), *(one.alias(column) for column, one in about.items())])
    return (
        rows.lazy()
        .with_row_index("first", before)
        .filter(usable)
        .group_by("device_id")
        .agg(pl.col("first").min(), *(pl.col(column).min() for column in about))
        .collect()
    )


def _texts_of(parts: pl.DataFrame, told: Mapping[str, CodedColumn]) -> pl.DataFrame:
    seen = parts.group_by("device_id").agg(pl.all().min()).sort("first")
    return seen.select(
        (pl.lit(one.texts).gather(pl.col(column)) if one.texts.len() else pl.lit(None, pl.String)).alias(column)
        for column, one in told.items()
    )
