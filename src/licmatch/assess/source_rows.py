"""Where a row of the inventory came from: the file and the line in it, for the rows that became evidence and no others."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

# Readers put these beside every row; a frame that was handed over has neither.
SOURCE_COLUMNS = ("source_file", "source_row")


@dataclass(frozen=True, slots=True)
class SourceRows:
    """`frame`: row (of the inventory, from 0), source_file, source_row."""

    frame: pl.DataFrame

    def said_on(self, pieces: pl.DataFrame) -> pl.DataFrame:
        """Return the pieces, in order, with file and line in place of the row of the inventory, where they are known."""
        met = pieces.join(self.frame, on="row", how="left", maintain_order="left")
        located = pl.col("source_file").is_not_null()
        return met.with_columns(
            source=pl.coalesce("source_file", "source"), row=pl.when(located).then("source_row").otherwise("row")
        ).select(pieces.columns)


def find_sources(software: pl.LazyFrame, evidence: list[pl.DataFrame]) -> SourceRows:
    """Return where the rows that the pieces of evidence name came from. One streamed pass over two columns."""
    wanted = pl.concat([pieces.select("row") for pieces in evidence]).drop_nulls().unique()
    known = software.collect_schema().names()
    if wanted.is_empty() or not all(column in known for column in SOURCE_COLUMNS):
        return SourceRows(pl.DataFrame(schema={"row": pl.Int64, "source_file": pl.String, "source_row": pl.Int64}))
    found = (
        software.select(pl.col("source_file").cast(pl.String), pl.col("source_row").cast(pl.Int64))
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
        .join(wanted.lazy(), on="row", how="semi")
        .collect(engine="streaming")
    )
    return SourceRows(found)
