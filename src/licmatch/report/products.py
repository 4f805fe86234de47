"""What is installed, as both reports show it: products, and product lines by version and state."""

from __future__ import annotations

import polars as pl

from licmatch.report.result_view import ResultView

STATES = ("genuine", "not_genuine", "undetermined", "out_of_scope")


def products(result: ResultView) -> pl.DataFrame:
    """Return what is installed: a row a product with devices and states, by category and devices."""
    return (
        result.installations.filter(pl.col("family").is_not_null())
        .group_by("category", "vendor", "family", "release", "edition", "origin")
        .agg(
            pl.len().alias("installations"),
            pl.col("device_id").n_unique().alias("devices"),
            *((pl.col("state") == state).sum().alias(state) for state in STATES),
        )
        .sort(
            "category",
            "devices",
            "vendor",
            "family",
            "release",
            "edition",
            "origin",
            descending=[False, True, False, False, False, False, False],
            nulls_last=True,
        )
    )


def releases(result: ResultView, most: int) -> pl.DataFrame:
    """Return the product lines of each category by copies: category, line, copies by state, how many are no longer supported.

    After `most` lines of a category one row (`line` null) holds all the others, so that every copy is in some row.
    """
    ended = pl.col("end_of_support").fill_null(False) if "end_of_support" in result.installations.columns else pl.lit(False)
    release = pl.when(pl.col("family").str.ends_with(pl.col("release"))).then(None).otherwise(pl.col("release"))
    lines = (
        result.installations.with_columns(line=pl.concat_str([pl.col("family"), release], separator=" ", ignore_nulls=True), ended=ended)
        .group_by("category", "line")
        .agg(pl.len().alias("copies"), *((pl.col("state") == state).sum().alias(state) for state in STATES), pl.col("ended").sum())
        .sort("category", "copies", "line", descending=[False, True, False], nulls_last=True)
        .with_columns(nth=pl.int_range(pl.len()).over("category"))
        .with_columns(line=pl.when(pl.col("nth") < most).then("line"), nth=pl.col("nth").clip(0, most))
    )
    return (
        lines.group_by("category", "line", "nth")
        .agg(pl.len().alias("lines"), pl.col("copies", *STATES, "ended").sum())
        .sort("category", "nth")
        .drop("nth")
    )
