"""Where a row of the inventory came from: the file and the line in it, for the rows that became evidence and no others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from licmatch.assess.counted_rows import CountedRows, SoftwareRows
from licmatch.ingest.numbered import DAY, NumberedRows, TablePlaces, looked_up

# What pieces of evidence call the inventory; readers put file and line beside each of its rows.
SOFTWARE = "software"


class SourceRows(ABC):
    """Rows of the inventory by their number, from 0."""

    @abstractmethod
    def told(self, rows: pl.Series) -> pl.DataFrame:
        """Return source_file, source_row (Int64) and day (Date) of each row (Int64); null for null, and for what is not known."""

    def said_on(self, pieces: pl.DataFrame) -> pl.DataFrame:
        """Return the pieces, in order, with file and line in place of the row of the inventory, where they are known."""
        told = self.told(_rows_of(pieces))
        located = told["source_file"].is_not_null()
        if not located.any():
            return pieces
        return pieces.with_columns(
            source=pl.when(located).then(told["source_file"]).otherwise("source"),
            row=pl.when(located).then(told["source_row"]).otherwise("row"),
        )

    def dates(self, pieces: pl.DataFrame) -> pl.DataFrame:
        """Return at, name and installed_on of the copies whose evidence (at, source, row, text) these pieces are: the earliest day."""
        day = self.told(_rows_of(pieces))["day"]
        return pieces.select("at", "text", day=day).group_by("at").agg(name=pl.col("text").first(), installed_on=pl.col("day").min())


@dataclass(frozen=True)
class ListedRows(SourceRows):
    """`frame`: row, source_file, source_row, install_date of the rows that are needed, each once."""

    frame: pl.DataFrame

    @cached_property
    def _sorted(self) -> pl.DataFrame:
        day = pl.col("install_date").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        return self.frame.select("row", "source_file", "source_row", day=day).sort("row")

    def told(self, rows: pl.Series) -> pl.DataFrame:
        listed = self._sorted
        if listed.is_empty():
            return listed.drop("row").clear(rows.len())
        # Numbers of rows may be of a cluster's table: too many to have a place for each.
        at = listed["row"].search_sorted(rows.fill_null(-1)).clip(upper_bound=listed.height - 1)
        met = listed["row"].gather(at) == rows
        return listed.drop("row")[pl.select(pl.when(met.fill_null(False)).then(at)).to_series()]


@dataclass(frozen=True)
class TableRows(SourceRows):
    """The rows of one table that was numbered: where each stands follows from its number."""

    numbered: NumberedRows
    places: TablePlaces

    def told(self, rows: pl.Series) -> pl.DataFrame:
        lines = self.places.lines
        own = rows if lines is None else lines.gather(rows.cast(pl.UInt32)).cast(pl.Int64)
        file = pl.select(pl.when(rows.is_not_null()).then(pl.lit(self.places.label)).alias("source_file")).to_series()
        day = pl.Series("day", [None], pl.Date).new_from_index(0, rows.len())
        if self.numbered.dated and self.numbered.days.height:
            by_row = self.numbered.frame.lazy().select("row", DAY)
            asked = rows.cast(pl.UInt32).to_frame("row").lazy()
            numbers = asked.join(by_row, on="row", how="left", maintain_order="left").collect()
            day = looked_up(self.numbered.days[DAY], self.numbered.days["day"]).gather(numbers[DAY]).alias("day")
        return pl.DataFrame([file, (own + self.places.first_line).alias("source_row"), day])


def _rows_of(pieces: pl.DataFrame) -> pl.Series:
    """Return the row of the inventory that each piece is of; null for pieces of other frames, which are numbered by themselves."""
    return pieces.select(pl.when(pl.col("source") == SOFTWARE).then("row")).to_series()


def find_sources(software: pl.LazyFrame | CountedRows, numbered: SoftwareRows, rows: pl.Series) -> SourceRows:
    """Return where these rows of the inventory came from, and their dates.

    One table that was numbered while it was read tells it of all its rows; else it takes one streamed pass over three columns.
    """
    if isinstance(software, CountedRows):
        return software.sources()
    if isinstance(numbered, NumberedRows) and numbered.places is not None:
        return TableRows(numbered, numbered.places)
    wanted = rows.drop_nulls().unique().to_frame("row")
    known = software.collect_schema().names()
    asked = {"source_file": pl.String, "source_row": pl.Int64, "install_date": pl.String}
    if wanted.is_empty() or not any(column in known for column in asked):
        return ListedRows(pl.DataFrame(schema={"row": pl.Int64, **asked}))
    found = (
        software.select((pl.col(column) if column in known else pl.lit(None)).cast(dtype).alias(column) for column, dtype in asked.items())
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .join(wanted.lazy(), on="row", how="semi")
        .collect(engine="streaming")
    )
    return ListedRows(found)
