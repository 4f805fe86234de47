"""How a frame with canonical column names becomes the `software` frame: one set of expressions for small files and huge ones."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from licmatch.ingest.product_keys import without_keys
from licmatch.ingest.values import SAYS_NOTHING, iso_date, known, version_text
from licmatch.schema import SOFTWARE

# Where a row came from, carried along behind the other further columns.
PROVENANCE = {"source_file": pl.String(), "source_row": pl.Int64()}


def software_columns(present: Sequence[str]) -> list[pl.Expr]:
    """Return the expressions that make the software frame out of String columns of these names.

    The columns of `schema.SOFTWARE` come first, all of them; further ones follow in the order given.
    """
    text = pl.String()
    made = {column: software_cell(column, pl.col(column)) for column in SOFTWARE if column in present}
    blank = pl.lit(None, dtype=text)
    canonical = [(made[column] if column in present else blank).alias(column) for column in SOFTWARE]
    further = [without_keys(pl.col(column)).alias(column) for column in present if column not in SOFTWARE and column not in PROVENANCE]
    provenance = [pl.col(column) for column in PROVENANCE if column in present]
    return [*canonical, *further, *provenance]


def software_cell(column: str, cell: pl.Expr) -> pl.Expr:
    """Return what a cell of one of the columns of `schema.SOFTWARE` stands for: the text the software frame has in its place."""
    match column:
        case "source":
            return cell
        case "device_id":
            return without_keys(cell.str.strip_chars())
        case "name":
            return without_keys(cell)
        case "version":
            return without_keys(version_text(cell))
        case "install_date":
            return without_keys(iso_date(cell))
    return without_keys(known(cell))


def says_nothing(column: pl.Expr) -> pl.Expr:
    """Return whether a cell is null or a placeholder."""
    return column.is_null() | column.str.contains(SAYS_NOTHING)


def lost_text(column: pl.Expr) -> pl.Expr:
    """Return whether a cell has runs of `?` and nothing beyond ASCII: Chinese written through an ASCII encoding."""
    return column.str.contains("??", literal=True) & (column.str.len_bytes() == column.str.len_chars())
