"""What is installed, as both reports show it: products, and product lines by version and state."""

from __future__ import annotations

import numpy as np
import polars as pl

from licmatch.report.result_view import ResultView, numbers_of
from licmatch.rules.number_order import each_once

STATES = ("genuine", "not_genuine", "undetermined", "out_of_scope")
_PRODUCT = ("category", "vendor", "family", "release", "edition", "origin")


def products(result: ResultView) -> pl.DataFrame:
    """Return what is installed: a row a product with devices and states, by category and devices."""
    numbers = numbers_of(result)
    made = numbers.made.with_row_index("made").filter(pl.col("family").is_not_null())
    rows = made.group_by(_PRODUCT, maintain_order=True).agg(pl.col("made"), pl.col("copies").sum().alias("installations"), *_by_state())
    # The devices of each product: pairs of both numbers, each once.
    product = np.full(numbers.made.height, rows.height, dtype=np.int64)
    product[rows["made"].explode().to_numpy()] = np.repeat(np.arange(rows.height), rows["made"].list.len().to_numpy())
    owned = product[numbers.copies["made"].to_numpy()] * numbers.devices.len() + numbers.copies["device"].fill_null(0).to_numpy()
    devices = np.bincount(each_once(owned) // max(1, numbers.devices.len()), minlength=rows.height + 1)[: rows.height]
    return (
        rows.drop("made")
        .with_columns(devices=pl.Series(devices, dtype=pl.UInt32))
        .select(*_PRODUCT, "installations", "devices", *STATES)
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
    release = pl.when(pl.col("family").str.ends_with(pl.col("release"))).then(None).otherwise(pl.col("release"))
    lines = (
        numbers_of(result)
        .made.with_columns(line=pl.concat_str([pl.col("family"), release], separator=" ", ignore_nulls=True))
        .group_by("category", "line")
        .agg(pl.col("copies").sum(), *_by_state(), ended=pl.col("copies").filter(pl.col("end_of_support").fill_null(False)).sum())
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


def _by_state() -> list[pl.Expr]:
    return [pl.col("copies").filter(pl.col("state") == state).sum().alias(state) for state in STATES]
