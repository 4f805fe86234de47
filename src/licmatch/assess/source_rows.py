"""Where a row of the inventory came from: the file and the line in it, for the rows that became evidence and no others."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.counted_rows import CountedRows

# What pieces of evidence call the inventory; readers put file and line beside each of its rows.
SOFTWARE = "software"


@dataclass(frozen=True, slots=True)
class SourceRows:
    """`frame`: row (of the inventory, from 0), source_file, source_row, install_date."""

    frame: pl.DataFrame

    def said_on(self, pieces: pl.DataFrame) -> pl.DataFrame:
        """Return the pieces, in order, with file and line in place of the row of the inventory, where they are known."""
        met = pieces.join(self.frame, on="row", how="left", maintain_order="left")
        # Rows of other frames are numbered by themselves.
        located = pl.col("source_file").is_not_null() & (pl.col("source") == SOFTWARE)
        return met.with_columns(
            source=pl.when(located).then("source_file").otherwise("source"), row=pl.when(located).then("source_row").otherwise("row")
        ).select(pieces.columns)

    def dates(self, pieces: pl.DataFrame) -> pl.DataFrame:
        """Return at, name and installed_on of the copies whose evidence (at, source, row, text) these pieces are: the earliest day."""
        day = pl.col("install_date").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        dated = self.frame.filter(pl.col("install_date").is_not_null()).select("row", day=day)
        met = pieces.filter(pl.col("source") == SOFTWARE).select("at", "row").join(dated, on="row")
        return pieces.group_by("at").agg(name=pl.col("text").first()).join(
            met.group_by("at").agg(installed_on=pl.col("day").min()), on="at", how="left"
        )  # fmt: skip


def find_sources(software: pl.LazyFrame | CountedRows, rows: pl.Series) -> SourceRows:
    """Return where these rows of the inventory came from, and their dates. One streamed pass over three columns."""
    if isinstance(software, CountedRows):
        return software.sources()
    wanted = rows.drop_nulls().unique().to_frame("row")
    known = software.collect_schema().names()
    asked = {"source_file": pl.String, "source_row": pl.Int64, "install_date": pl.String}
    if wanted.is_empty() or not any(column in known for column in asked):
        return SourceRows(pl.DataFrame(schema={"row": pl.Int64, **asked}))
    found = (
        software.select((pl.col(column) if column in known else pl.lit(None)).cast(dtype).alias(column) for column, dtype in asked.items())
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .join(wanted.lazy(), on="row", how="semi")
        .collect(engine="streaming")
    )
    return SourceRows(found)
