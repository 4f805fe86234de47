"""One pass over the texts of a big software table: its rows as numbers, how many can be used, and what it says of each device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from licmatch.ingest.canonical import lost_text, says_nothing, software_cell
from licmatch.ingest.numbered import CODED, CodedColumn, NumberedRows, TablePlaces, coded, numbered, read_categories

_TEXT = pl.col("text")


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
    table: pl.LazyFrame, naming: Sequence[str], otherwise: str | None, about: Sequence[str], *, stands: TablePlaces | None = None
) -> TableNumbers:
    """Return the rows of a table of String columns as numbers.

    `naming`: the columns that may name the device, the first that says something counts; `otherwise` names it where none does.
    `about`: columns that describe a device; of several values the smallest counts, whatever the order of the rows.
    `stands`: where the table stands, if its rows follow each other there line by line.
    """
    present = table.collect_schema().names()
    software = [column for column in CODED if column in present and column != "device_id"]
    read = read_categories(table, dict.fromkeys([*naming, *software, *about]))
    columns = {"device_id": _devices(read, naming, otherwise)}
    for column in software:
        made = software_cell(column, _TEXT)
        [columns[column]] = coded([read[column]], [pl.when(says_nothing(_TEXT)).then(None).otherwise(made) if column == "name" else made])
    name, device = columns["name"], columns["device_id"]
    usable = device.numbers.is_not_null() & name.numbers.is_not_null()
    described = {column: coded([read[column]], [_said()])[0] for column in about}
    every = bool(usable.all())
    places = stands if stands is None or every else replace(stands, lines=usable.arg_true())
    return TableNumbers(
        replace(numbered(columns, None if every else usable), places=places),
        read.height,
        int(usable.sum()),
        int((name.where(lost_text(_TEXT)) & usable).sum()),
        int((name.where(_TEXT.str.starts_with("{") & _TEXT.str.ends_with("}")) & usable).sum()),
        _described(device, described, usable),
    )


def _said() -> pl.Expr:
    return pl.when(says_nothing(_TEXT)).then(None).otherwise(_TEXT.str.strip_chars())


def _devices(read: pl.DataFrame, naming: Sequence[str], otherwise: str | None) -> CodedColumn:
    """Return the device of each row: by the first column that says one, else by what the place of the file says."""
    place = pl.Series("place", [otherwise], dtype=pl.Categorical(pl.Categories.random()))
    named = [software_cell("device_id", _said()) for _ in naming]
    *told, fallback = coded([*(read[column] for column in naming), place], [*named, software_cell("device_id", _TEXT)])
    found = pl.DataFrame([one.numbers.alias(str(at)) for at, one in enumerate(told)]) if told else pl.DataFrame()
    numbers = found.select(pl.coalesce(pl.all(), pl.lit(fallback.numbers[0], pl.UInt32))).to_series() if told else None
    if numbers is None:
        numbers = fallback.numbers.new_from_index(0, read.height)
    return CodedColumn(numbers, fallback.texts)


def _described(device: CodedColumn, about: dict[str, CodedColumn], usable: pl.Series) -> pl.DataFrame:
    rows = pl.DataFrame([device.numbers.alias("device_id"), *(one.numbers.alias(column) for column, one in about.items())])
    # Texts are sorted, so that the smallest number is the smallest text.
    seen = (
        rows.lazy()
        .with_row_index("first")
        .filter(usable)
        .group_by("device_id")
        .agg(pl.col("first").min(), *(pl.col(column).min() for column in about))
        .sort("first")
        .collect()
    )
    told = {"device_id": device, **about}
    return seen.select(
        (pl.lit(one.texts).gather(pl.col(column)) if one.texts.len() else pl.lit(None, pl.String)).alias(column)
        for column, one in told.items()
    )
