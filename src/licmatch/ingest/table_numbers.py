"""One pass over the texts of a big software table: its rows as numbers, how many can be used, and what it says of each device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from licmatch.ingest.canonical import lost_text, says_nothing, software_cell
from licmatch.ingest.numbered import CODED, CodedColumn, NumberedRows, TablePlaces, coded, numbered, read_codes, usable_rows

_TEXT = pl.col("text")
_PLACE = " place"  # no header of a table is this: they are stripped


@dataclass(frozen=True, slots=True)
class TableNumbers:
    """`numbered`: the usable rows. Counts of rows: `rows`, `usable`, `lost` (characters of the name are lost), `guids` (it is a code).

    `devices`: device_id and the columns asked for, one row a device with usable rows, in the order of their first one.
    `named`: some row says itself which device it is of, so that the place of the file names none.
    """

    numbered: NumberedRows
    rows: int
    usable: int
    lost: int
    guids: int
    devices: pl.DataFrame
    named: bool


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

    `naming`: the columns that may name the device, the first that says something counts; `otherwise` names it where none does in any row.
    `about`: columns that describe a device; of several values the smallest counts, whatever the order of the rows.
    `stands`: where the table stands, if its rows follow each other there line by line. With a `spool` folder numbers wait in files.
    """
    present = table.collect_schema().names()
    software = [column for column in CODED if column in present and column != "device_id"]
    read = read_codes(table, dict.fromkeys([*naming, *software, *about]), spool)
    named, device = _devices(read.texts, naming, otherwise)
    columns = {"device_id": device}
    for column in software:
        made = software_cell(column, _TEXT)
        said = pl.when(says_nothing(_TEXT)).then(None).otherwise(made) if column == "name" else made
        columns[column] = coded(read.texts, {column: said})
    described = {column: coded(read.texts, {column: _said()}) for column in about}
    height, devices, wanted = 0, [], []
    for part in read.parts:
        usable = usable_rows(part, columns)
        numbers = {column: one.numbers(part) for column, one in described.items()}
        devices.append(_described(columns["device_id"].numbers(part), numbers, usable, height))
        wanted.append((part.height, usable))
        height += part.height
    places = stands if stands is None or all(usable is None for _, usable in wanted) else replace(stands, lines=_lines(wanted))
    del wanted
    rows = numbered(read.parts, columns, spool)
    names = rows.names.rename({"name": "text"})
    told = _texts_of(pl.concat(devices), {"device_id": columns["device_id"], **described})
    return TableNumbers(
        replace(rows, places=places), height, int(names["rows"].sum()),
        lost=int(names.filter(lost_text(_TEXT))["rows"].sum()),
        guids=int(names.filter(_TEXT.str.starts_with("{") & _TEXT.str.ends_with("}"))["rows"].sum()),
        devices=told, named=named,
    )  # fmt: skip


def _lines(wanted: Sequence[tuple[int, pl.Series | None]]) -> pl.Series:
    """Return which rows (UInt32) of a table are wanted. `wanted`: the height of each part, and its wanted rows (None: all)."""
    every = (pl.repeat(True, height, dtype=pl.Boolean, eager=True) if usable is None else usable for height, usable in wanted)
    return pl.concat([each.alias("usable") for each in every]).arg_true()


def _said() -> pl.Expr:
    return pl.when(says_nothing(_TEXT)).then(None).otherwise(_TEXT.str.strip_chars())


def _devices(texts: Mapping[str, pl.Series], naming: Sequence[str], otherwise: str | None) -> tuple[bool, CodedColumn]:
    """Return whether some row says its device, and the device of each row: by the first column that says one.

    Only where no row does, what the place of the file says counts: a file that names computers is not itself named after one.
    """
    said = dict.fromkeys(naming, software_cell("device_id", _said()))
    found = coded(texts, said)
    if otherwise is None or found.texts.len():
        return bool(found.texts.len()), found
    found = coded({**texts, _PLACE: pl.Series("text", [otherwise], dtype=pl.String)}, {**said, _PLACE: software_cell("device_id", _TEXT)})
    return False, CodedColumn(found.sources[:-1], found.texts, found.sources[-1][1][0])


def _described(device: pl.Series, about: Mapping[str, pl.Series], usable: pl.Series | None, before: int) -> pl.DataFrame:
    """One row a device of a part: the row it is met on first, and of each column the smallest number: that of the smallest text."""
    rows = pl.DataFrame([device.alias("device_id"), *(one.alias(column) for column, one in about.items())])
    placed = rows.lazy().with_row_index("first", before)
    return (
        (placed if usable is None else placed.filter(usable))
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
