"""The rows of an inventory as numbers: their texts are read once, and every later count and join works on whole numbers.

Millions of rows share some ten thousand texts. Grouping, joining or checking rows by their texts would read all of them again each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

import polars as pl

from licmatch.errors import InputError
from licmatch.ingest.frame_parts import FrameParts
from licmatch.schema import NAME_KEY

DEVICE, NAME, DAY = "device_number", "name_number", "day_number"
# Rows worked on at a time where memory is limited: 100 MB of numbers.
ROWS_A_PART = 2_000_000
_MOST = 1 << 64  # what a number of 64 bits can tell apart
MOST_ROWS = (1 << 32) - 1  # what the number of a row can tell apart; polars counts no further either
CODED = ("device_id", *NAME_KEY, "install_date")


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """A column as numbers (UInt32, null where it says nothing); number i stands for `texts[i]`, and the texts are sorted.

    `sources`: columns of codes (`Codes`), each with the number that every code stands for; the first that says something counts, and
    `otherwise` where none does.
    """

    sources: tuple[tuple[str, pl.Series], ...]
    texts: pl.Series
    otherwise: int | None = None

    def numbers(self, codes: pl.DataFrame) -> pl.Series:
        """Return the number of each row of a part of the codes."""
        told = [_gathered(number_of, codes[name]) for name, number_of in self.sources]
        fallback = pl.lit(self.otherwise, pl.UInt32)
        if len(told) == 1 and self.otherwise is None:
            return told[0]
        among = pl.DataFrame([one.alias(str(at)) for at, one in enumerate(told)])
        if not told:
            return pl.repeat(self.otherwise, codes.height, dtype=pl.UInt32, eager=True)
        return among.select(pl.coalesce(pl.all(), fallback)).to_series()

    def said(self, codes: pl.DataFrame) -> pl.Series | None:
        """Return whether it says something of each row of a part of the codes (Boolean); None where it does of all."""
        always = (number_of.null_count() == 0 and codes[name].null_count() == 0 for name, number_of in self.sources)
        return None if self.otherwise is not None or any(always) else self.numbers(codes).is_not_null()


@dataclass(frozen=True, slots=True)
class Codes:
    """Columns of a table as codes (UInt32), part by part in the order of its rows: code i of a column stands for `texts[column][i]`."""

    parts: FrameParts
    texts: dict[str, pl.Series]


@dataclass(frozen=True, slots=True)
class TablePlaces:
    """Where the rows of one table stand: in the file `label`, from the line `first_line` on; `lines` (UInt32), where rows are left out,
    tells how many lines below it each stands."""

    label: str
    first_line: int
    lines: pl.Series | None = None


@dataclass(frozen=True, slots=True)
class NumberedRows:
    """`frame`: one row a row of the software, in no order, held or a scan of files: row (UInt32, its place in the software, from 0),
    device_number, name_number and, where it is `dated`, day_number (UInt32, null where no day is said).

    `names`: name_number, name, publisher, version, rows (Int64), one row a distinct name, in their order and numbered in it, from 0,
    null first. `devices`: device_number, device_id.
    `days`: day_number, day (Date; null for a text that is no day); `dated` tells whether the software has a column of days at all.
    `places`: where the rows stand, where they are of one table whose lines can be counted.
    """

    frame: pl.DataFrame | pl.LazyFrame
    names: pl.DataFrame
    devices: pl.DataFrame
    days: pl.DataFrame
    dated: bool
    places: TablePlaces | None = None

    def of_devices(self, devices: pl.DataFrame, theirs: pl.Expr) -> NumberedRows:
        """Return the rows of some of the devices, those of which an expression over `frame` holds; names keep their numbers."""
        return replace(self, frame=self.frame.lazy().filter(theirs).collect(), devices=devices)


def read_codes(rows: pl.LazyFrame, columns: Iterable[str], spool: Path | None = None) -> Codes:
    """Return these columns as codes. One streamed pass over the texts; with a `spool` folder the codes wait in files there.

    InputError where there are more rows than can be numbered.
    """
    # Sets of categories of their own: what one run read is not kept for the next.
    kinds = {column: pl.Categorical(pl.Categories.random()) for column in columns}
    read = rows.select(pl.col(column).cast(kind) for column, kind in kinds.items())
    parts, distinct, height = FrameParts(spool, "codes"), dict.fromkeys(kinds, 0), 0
    for part in _in_parts(read, spool is not None):
        height += part.height
        if height > MOST_ROWS:
            raise InputError(f"more than {MOST_ROWS:,} rows in one inventory", hint="assess it place by place, then: licmatch merge")
        codes = part.select(pl.all().to_physical())
        # The categories of a column are counted from 0 on, in the order in which they were met, and none is without a row.
        distinct = {name: max(count, _count(codes[name])) for name, count in distinct.items()}
        parts.add(codes)
    texts = {
        name: pl.int_range(distinct[name], dtype=pl.UInt32, eager=True).cat.to(kind).cast(pl.String) for name, kind in kinds.items()
    }  # fmt: skip
    return Codes(parts, texts)


def _in_parts(rows: pl.LazyFrame, parted: bool) -> Iterator[pl.DataFrame]:
    if not parted:
        yield rows.collect(engine="streaming")
        return
    yield from rows.collect_batches(chunk_size=ROWS_A_PART, maintain_order=True, engine="streaming")


def _count(codes: pl.Series) -> int:
    last = codes.max()
    return 0 if last is None else int(last) + 1  # type: ignore[arg-type]


def coded(texts: Mapping[str, pl.Series], says: Mapping[str, pl.Expr]) -> CodedColumn:
    """Return columns of codes, the first that says something, as numbers over one list of texts.

    `texts`: those of each column's codes; `says`: what such a text, `pl.col("text")`, stands for.
    """
    told = {name: texts[name].rename("text").to_frame().select(said.alias("text")) for name, said in says.items()}
    every = pl.concat([one["text"] for one in told.values()] or [pl.Series("text", [], pl.String)]).drop_nulls().unique().sort()
    places = every.to_frame("text").with_row_index("place")
    placed = {name: one.join(places, on="text", how="left", maintain_order="left")["place"] for name, one in told.items()}
    return CodedColumn(tuple(placed.items()), every)


def number_rows(software: pl.LazyFrame, spool: Path | None = None) -> NumberedRows:
    """Return the rows of the software as numbers. 16 bytes a row are kept, in memory or in a `spool` folder."""
    known = software.collect_schema().names()
    columns = [column for column in CODED if column in known]
    codes = read_codes(software, columns, spool)
    return numbered(codes.parts, {column: coded(codes.texts, {column: pl.col("text")}) for column in columns}, spool)


def usable_rows(codes: pl.DataFrame, columns: Mapping[str, CodedColumn]) -> pl.Series | None:
    """Return which rows of a part have a device and a name (Boolean); None where all have."""
    said = [told for told in (columns[column].said(codes) for column in ("device_id", "name")) if told is not None]
    return None if not said else said[0] if len(said) == 1 else said[0] & said[1]


def numbered(codes: FrameParts, columns: Mapping[str, CodedColumn], spool: Path | None = None) -> NumberedRows:
    """Put coded columns of the software together, those rows that have a device and a name. The codes are used up.

    Rows are grouped by their codes as they were read, and what these stand for is looked up once a distinct one.
    """
    key = [column for column in NAME_KEY if column in columns]
    # The texts of a name as one number: it groups and joins in a third of the time that three take.
    packings = _packings({source: number_of.len() for column in key for source, number_of in columns[column].sources})
    on = [f"key_{place}" for place in range(len(packings))]
    packed = [_packed(sizes).alias(name) for sizes, name in zip(packings, on, strict=True)]
    dated = "install_date" in columns
    slim, met = FrameParts(spool, "keys"), []
    for part in codes:
        usable = usable_rows(part, columns)
        kept = part if usable is None else part.filter(usable)
        told = {DEVICE: columns["device_id"].numbers(kept)} | ({DAY: columns["install_date"].numbers(kept)} if dated else {})
        keys = kept.lazy().select(packed).collect(engine="streaming").with_columns(**told)
        met.append(keys.lazy().group_by(on).agg(rows=pl.len().cast(pl.Int64)).collect(engine="streaming"))
        slim.add(keys)
    codes.clear()
    summed = met[0] if len(met) == 1 else pl.concat(met).group_by(on).agg(pl.col("rows").sum())
    read = pl.DataFrame([part for sizes, name in zip(packings, on, strict=True) for part in _unpacked(summed[name], sizes)])
    spelled = summed.with_columns(columns[column].numbers(read).alias(column) for column in key)
    counted = spelled.group_by(key).agg(pl.col("rows").sum()).sort(key, nulls_last=False).with_row_index(NAME)
    names = spelled.join(counted, on=key, how="left", nulls_equal=True).select(*on, NAME)
    frame, devices = _by_name(slim, names, on, FrameParts(spool, "rows"))
    nobody = pl.lit(None, pl.String)
    written = {one: _gathered(columns[one].texts, counted[one]) if one in columns else nobody for one in NAME_KEY}
    dates = columns["install_date"].texts if dated else pl.Series([], dtype=pl.String)
    return NumberedRows(
        frame,
        counted.select(NAME, **written).with_columns(counted["rows"]),
        pl.DataFrame({DEVICE: devices, "device_id": _gathered(columns["device_id"].texts, devices)}),
        dates.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False).alias("day").to_frame().with_row_index(DAY),
        dated,
    )


def _by_name(slim: FrameParts, names: pl.DataFrame, on: list[str], rows: FrameParts) -> tuple[pl.DataFrame | pl.LazyFrame, pl.Series]:
    """Return the rows with the numbers of their names, and the numbers of the devices they have."""
    before, devices = 0, []
    for part in slim:
        # The join keeps no order, which would cost more than all the rest: each row carries its place.
        placed = part.lazy().with_row_index("row", before).join(names.lazy(), on=on, how="left")
        rows.add(placed.select("row", DEVICE, NAME, *([DAY] if DAY in part.columns else [])).collect(engine="streaming"))
        devices.append(part[DEVICE].unique())
        before += part.height
    slim.clear()
    return rows.table(), devices[0] if len(devices) == 1 else pl.concat(devices).unique()


def _packings(texts: Mapping[str, int]) -> list[dict[str, int]]:
    """Return which columns go into one number together, and how many values each has: null is one. Nearly always one number holds all.

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


def _unpacked(packed: pl.Series, sizes: Mapping[str, int]) -> list[pl.Series]:
    """Return the numbers (UInt32) of each column that was packed; null where it was."""
    numbers = []
    for name, size in reversed(list(sizes.items())):
        rest = (packed % size).cast(pl.UInt32)
        numbers.append(rest.set(rest == size - 1, None).alias(name))
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
    return places if is_place(values) else values.gather(places)


def is_place(numbers: pl.Series) -> bool:
    """Return whether each number is its own place, from 0 on: then nothing has to be looked up in it.

    >>> is_place(pl.Series([0, 1, 2], dtype=pl.UInt32)), is_place(pl.Series([0, 2, 1], dtype=pl.UInt32))
    (True, False)
    """
    return numbers.dtype == pl.UInt32 and numbers.equals(pl.int_range(numbers.len(), dtype=pl.UInt32, eager=True))
