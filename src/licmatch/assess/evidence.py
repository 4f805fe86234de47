"""Evidence: one fact with its source row. Built once per name or ruling, gathered per device, never worded per row."""

from __future__ import annotations

import polars as pl

from licmatch.schema import EVIDENCE

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


def no_evidence() -> pl.Expr:
    """Return an empty evidence list."""
    return pl.lit([], dtype=pl.List(EVIDENCE))


def joined(first: str, second: str) -> pl.Expr:
    """Return two evidence lists as one, the first before the second, cut to what is kept; null counts as empty."""
    return pl.concat_list(pl.col(first).fill_null([]), pl.col(second).fill_null([])).list.head(2 * KEPT)
