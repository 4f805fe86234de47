"""Evidence: one fact with its source row. Built once per name or ruling, gathered per device, never worded per row."""

from __future__ import annotations

import polars as pl

# Pieces kept for one installation or finding; `rows_collapsed` says how many rows there were.
KEPT = 8
NAME_SEEN = "installed_program"
OS_FACT = "os"
SIGNATURE = "signature"
UNSETTLED = "unsettled_name"
RULING = "ruling"


def name_text() -> pl.Expr:
    """Return name, publisher and version as they stood, parted by ` | `; nothing is worded, so no language is chosen."""
    return pl.concat_str(pl.col("name", "publisher", "version"), separator=" | ", ignore_nulls=True)


def evidence(kind: pl.Expr, source: pl.Expr, row: pl.Expr, rule_id: pl.Expr, text: pl.Expr, weight: pl.Expr) -> pl.Expr:
    """Return the struct of `schema.EVIDENCE` made of these six."""
    return pl.struct(
        kind=kind.cast(pl.String), source=source.cast(pl.String), row=row.cast(pl.Int64), rule_id=rule_id.cast(pl.String),
        text=text.cast(pl.String), weight=weight.cast(pl.Float64),
    ).alias("evidence")  # fmt: skip


def merged(first: pl.Series, second: pl.Series) -> pl.Series:
    """Return two columns of evidence lists as one, the first's pieces before the second's; null counts as nothing.

    Lists are put together only where both have one: most devices have no second list, and copying all of them costs seconds.
    """
    both = first.is_not_null() & second.is_not_null()
    alone = pl.select(pl.when(first.is_null()).then(second).otherwise(first)).to_series()
    at = both.arg_true()
    if at.is_empty():
        return alone.rename(first.name)
    joined = pl.select(pl.concat_list(first.gather(at), second.gather(at)).list.head(2 * KEPT)).to_series()
    rest = (~both).arg_true()
    order = pl.concat([rest, at]).arg_sort()
    return pl.concat([alone.gather(rest), joined]).gather(order).rename(first.name)
