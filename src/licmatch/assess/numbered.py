"""The rows of an inventory as numbers: their texts are read once, and every later count and join works on whole numbers.

Millions of rows share some ten thousand texts. Grouping or joining rows by texts would read all of them again each time.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.counted_rows import CountedRows
from licmatch.schema import NAME_KEY

DEVICE, NAME, DAY = "device_number", "name_number", "day_number"


@dataclass(frozen=True, slots=True)
class NumberedRows:
    """`frame`: one row a row of the software, in no order: row (UInt32, its place in the software, from 0), device_number, name_number,
    day_number (UInt32; the day's is null where none is said).

    `names`: name_number, name, publisher, version, rows (Int64), one row a distinct name. `devices`: device_number, device_id.
    `days`: day_number, day (Date; null for a text that is no day); `dated` tells whether the software has a column of days at all.
    """

    frame: pl.DataFrame
    names: pl.DataFrame
    devices: pl.DataFrame
    days: pl.DataFrame
    dated: bool


# What every later step takes: the rows as numbers, or rows that are counted elsewhere.
SoftwareRows = NumberedRows | CountedRows


def number_rows(software: pl.LazyFrame | CountedRows) -> SoftwareRows:
    """Return the rows of the software as numbers. One streamed pass over the texts; 16 bytes a row are kept.

    Rows that are counted elsewhere stay what they are.
    """
    if isinstance(software, CountedRows):
        return software
    known = software.collect_schema().names()
    # Sets of categories of their own: what one run read is not kept for the next.
    kinds = {column: pl.Categorical(pl.Categories.random()) for column in ("device_id", *NAME_KEY, "install_date") if column in known}
    coded = software.select(pl.col(column).cast(kind) for column, kind in kinds.items()).collect(engine="streaming")
    texts = {column: _texts(coded[column]) for column in kinds}
    numbers = coded.lazy().select(pl.all().to_physical())
    counted = numbers.group_by(NAME_KEY).agg(rows=pl.len().cast(pl.Int64)).with_row_index(NAME).collect(engine="streaming")
    day = pl.col("install_date") if "install_date" in kinds else pl.lit(None, pl.UInt32)
    # The join keeps no order, which would cost more than all the rest: each row carries its place.
    frame = (
        numbers.with_row_index("row")
        .join(counted.lazy().select(*NAME_KEY, NAME), on=NAME_KEY, how="left", nulls_equal=True)
        .select("row", pl.col("device_id").alias(DEVICE), NAME, day.alias(DAY))
        .collect(engine="streaming")
    )
    names = counted
    for column in NAME_KEY:
        written = texts[column].select(pl.col(column), pl.col("text").alias(f"{column}_text"))
        names = names.join(written, on=column, how="left", maintain_order="left")
    said = pl.col("text").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    dates = texts.get("install_date", pl.DataFrame(schema={"install_date": pl.UInt32, "text": pl.String}))
    return NumberedRows(
        frame,
        names.select(NAME, *(pl.col(f"{column}_text").alias(column) for column in NAME_KEY), "rows"),
        texts["device_id"].select(pl.col("device_id").alias(DEVICE), pl.col("text").alias("device_id")),
        dates.select(pl.col("install_date").alias(DAY), day=said),
        "install_date" in kinds,
    )


def _texts(column: pl.Series) -> pl.DataFrame:
    """Return the number and the `text` of each category that occurs."""
    distinct = column.unique().drop_nulls()
    return pl.DataFrame({column.name: distinct.to_physical(), "text": distinct.cast(pl.String)})


def looked_up(numbers: pl.Series, values: pl.Series) -> pl.Series:
    """Return the value of each number from 0 on, null where a number has none: a table to gather from."""
    size = int(numbers.max()) + 1 if numbers.len() else 0  # type: ignore[arg-type]
    table = pl.Series(values.name, [None], dtype=values.dtype).new_from_index(0, size)
    return table.scatter(numbers, values) if numbers.len() else table
