"""The rows of an inventory as numbers: their texts are read once, and every later count and join works on whole numbers.

Millions of rows share some ten thousand texts. Grouping, joining or checking rows by their texts would read all of them again each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

import polars as pl

from licmatch.schema import NAME_KEY

DEVICE, NAME, DAY = "device_number", "name_number", "day_number"
_MOST = 1 << 64  # what a number of 64 bits can tell apart
CODED = ("device_id", *NAME_KEY, "install_date")


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """A column as numbers (UInt32, null where it says nothing); number i stands for `texts[i]`, and the texts are sorted."""

    numbers: pl.Series
    texts: pl.Series

    def where(self, holds: pl.Expr) -> pl.Series:
        """Return for each row what an expression over `pl.col("text")` says of its text: Boolean; False for null."""
        flags = self.texts.rename("text").to_frame().select(holds.fill_null(False)).to_series()
        return _gathered(flags, self.numbers).fill_null(False)


@dataclass(frozen=True, slots=True)
class TablePlaces:
    """Where the rows of one table stand: in the file `label`, from the line `first_line` on; `lines` (UInt32), where rows are left out,
    tells how many lines below it each stands."""

    label: str
    first_line: int
    lines: pl.Series | None = None


@dataclass(frozen=True, slots=True)
class NumberedRows:
    """`frame`: one row a row of the software, in no order: row (UInt32, its place in the software, from 0), device_number, name_number,
    day_number (UInt32; the day's is null where none is said).

    `names`: name_number, name, publisher, version, rows (Int64), one row a distinct name. `devices`: device_number, device_id.
    `days`: day_number, day (Date; null for a text that is no day); `dated` tells whether the software has a column of days at all.
    `places`: where the rows stand, where they are of one table whose lines can be counted.
    """

    frame: pl.DataFrame
    names: pl.DataFrame
    devices: pl.DataFrame
    days: pl.DataFrame
    dated: bool
    places: TablePlaces | None = None

    def of_devices(self, devices: pl.DataFrame, theirs: pl.Expr) -> NumberedRows:
        """Return the rows of some of the devices, those of which an expression over `frame` holds; names keep their numbers."""
        return replace(self, frame=self.frame.filter(theirs), devices=devices)


def read_categories(rows: pl.LazyFrame, columns: Iterable[str]) -> pl.DataFrame:
    """Return these columns as categories. One streamed pass over the texts."""
    # Sets of categories of their own: what one run read is not kept for the next.
    kinds = {column: pl.Categorical(pl.Categories.random()) for column in columns}
    return rows.select(pl.col(column).cast(kind) for column, kind in kinds.items()).collect(engine="streaming")


def coded(columns: Sequence[pl.Series], says: Sequence[pl.Expr]) -> list[CodedColumn]:
    """Return columns of categories as numbers over one list of texts; an expression each says what a text, `pl.col("text")`, stands for."""
    told = []
    for column, said in zip(columns, says, strict=True):
        # The categories of a column are counted from 0 on, in the order in which they were met, and none is without a row.
        met = pl.int_range(_distinct(column), dtype=pl.UInt32, eager=True)
        written = pl.DataFrame({"number": met, "text": met.cat.to(column.dtype).cast(pl.String)})
        told.append(written.with_columns(said.alias("text")))
    texts = pl.concat([one["text"] for one in told]).drop_nulls().unique().sort()
    places = texts.to_frame("text").with_row_index("place")
    found = []
    for column, one in zip(columns, told, strict=True):
        placed = one.join(places, on="text", how="left")
        found.append(CodedColumn(_gathered(looked_up(placed["number"], placed["place"]), column.to_physical()), texts))
    return found


def _distinct(column: pl.Series) -> int:
    last = column.to_physical().max()
    return 0 if last is None else int(last) + 1  # type: ignore[arg-type]


def number_rows(software: pl.LazyFrame) -> NumberedRows:
    """Return the rows of the software as numbers. 16 bytes a row are kept."""
    known = software.collect_schema().names()
    columns = [column for column in CODED if column in known]
    read = read_categories(software, columns)
    as_it_is = pl.col("text")
    return numbered({column: coded([read[column]], [as_it_is])[0] for column in columns})


def numbered(columns: Mapping[str, CodedColumn], usable: pl.Series | None = None) -> NumberedRows:
    """Put coded columns of the software together; `usable` leaves rows out."""
    rows = pl.DataFrame([one.numbers.alias(column) for column, one in columns.items()])
    if usable is not None:
        rows = rows.filter(usable)
    key = [column for column in NAME_KEY if column in columns]
    # The three texts of a name as one number: it groups and joins in a third of the time that three take.
    parts = _packings({one: columns[one].texts.len() for one in key})
    on = [f"key_{place}" for place in range(len(parts))]
    day = pl.col("install_date") if "install_date" in columns else pl.lit(None, pl.UInt32)
    packed = [_packed(sizes).alias(name) for sizes, name in zip(parts, on, strict=True)]
    slim = rows.select(*packed, pl.col("device_id").alias(DEVICE), day.alias(DAY)).lazy()
    counted = slim.group_by(on).agg(rows=pl.len().cast(pl.Int64)).with_row_index(NAME).collect(engine="streaming")
    # The join keeps no order, which would cost more than all the rest: each row carries its place.
    frame = (
        slim.with_row_index("row")
        .join(counted.lazy().select(*on, NAME), on=on, how="left")
        .select("row", DEVICE, NAME, DAY)
        .collect(engine="streaming")
    )
    nobody = pl.lit(None, pl.String)
    numbers = {one: part for sizes, name in zip(parts, on, strict=True) for one, part in _unpacked(counted[name], sizes).items()}
    written = {one: _gathered(columns[one].texts, numbers[one]) if one in columns else nobody for one in NAME_KEY}
    names = counted.select(NAME, **written).with_columns(counted["rows"])
    devices = frame[DEVICE].unique().drop_nulls()
    dates = columns["install_date"].texts if "install_date" in columns else pl.Series([], dtype=pl.String)
    days = dates.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).alias("day").to_frame().with_row_index(DAY)
    return NumberedRows(
        frame,
        names,
        pl.DataFrame({DEVICE: devices, "device_id": _gathered(columns["device_id"].texts, devices)}),
        days,
        "install_date" in columns,
    )


def _packings(texts: Mapping[str, int]) -> list[dict[str, int]]:
    """Return which columns go into one number together, and how many values each has: null is the last. Nearly always one number holds all.

    >>> _packings({"name": 60_000, "publisher": 1_500, "version": 130_000})
    [{'name': 60001, 'publisher': 1501, 'version': 130001}]
    """
    parts: list[dict[str, int]] = [{}]
    for name, count in texts.items():
        if prod(parts[-1].values()) * (count + 1) >= _MOST:
            parts.append({})
        parts[-1][name] = count + 1
    return parts


def _packed(sizes: Mapping[str, int]) -> pl.Expr:
    """Return the columns of numbers as one of UInt64, never null."""
    packed = pl.lit(0, pl.UInt64)
    for name, size in sizes.items():
        packed = packed * size + pl.col(name).cast(pl.UInt64).fill_null(size - 1)
    return packed


def _unpacked(packed: pl.Series, sizes: Mapping[str, int]) -> dict[str, pl.Series]:
    """Return the numbers (UInt32) of each column that was packed; null where it was."""
    numbers = {}
    for name, size in reversed(sizes.items()):
        rest = (packed % size).cast(pl.UInt32)
        numbers[name] = rest.set(rest == size - 1, None)
        packed = packed // size
    return numbers


def looked_up(numbers: pl.Series, values: pl.Series) -> pl.Series:
    """Return the value of each number from 0 on, null where a number has none: a table to gather from."""
    if numbers.len() == 0:
        return values.clear()
    table = pl.Series(values.name, [None], dtype=values.dtype).new_from_index(0, int(numbers.max()) + 1)  # type: ignore[arg-type]
    return table.scatter(numbers, values)


def _gathered(values: pl.Series, places: pl.Series) -> pl.Series:
    """Return the value at each place; null for a null place, or where there are no values."""
    if values.len() == 0:
        return pl.Series(values.name, [None], dtype=values.dtype).new_from_index(0, places.len())
    return values.gather(places)
