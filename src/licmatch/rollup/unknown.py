"""The names nobody could settle, ranked by how much of the score interval each holds open."""

from __future__ import annotations

import polars as pl

from licmatch.rules.columns import rows_of
from licmatch.schema import UNKNOWN


def unknown_names(names: pl.DataFrame, held_open: pl.DataFrame, devices: pl.DataFrame, top: pl.DataFrame) -> pl.DataFrame:
    """Return unknown and ambiguous names, those that hold most open first, then by devices, rows and name.

    `names`: the decided names; `held_open`: device, match; `devices`: device, in_scope; `top`: counts of the whole (one row).
    `interval_open` is the share of its category's rate that stays open because of this name: its devices in scope over
    all copies and open names of the category. 0 for names without a witness.
    """
    unsettled = names.filter(pl.col("lm_status") != "recognised")
    in_scope = devices["in_scope"].gather(rows_of(devices["device"], held_open["device"]))
    held = held_open.filter(in_scope).group_by("match").agg(held=pl.len())
    listed = unsettled.join(held, on="match", how="left", maintain_order="left")
    return ranked_unknown(listed.with_columns(category="opens", held_open=pl.col("held").fill_null(0)), top)


def ranked_unknown(unsettled: pl.DataFrame, top: pl.DataFrame) -> pl.DataFrame:
    """Return names with `held_open` (and the other columns of `schema.UNKNOWN`) with the share of the interval that each holds open."""
    categories = unsettled["category"].drop_nulls().unique().sort().to_list()
    whole = {category: int(top[f"{category}_installed"].sum()) + int(top[f"{category}_open_names"].sum()) for category in categories}
    wholes = pl.col("category").replace_strict(whole, default=None, return_dtype=pl.Int64)
    told = unsettled.with_columns(interval_open=pl.when(wholes > 0).then(pl.col("held_open") / wholes).otherwise(0.0).fill_null(0.0))
    return told.select(pl.col(name).cast(dtype) for name, dtype in UNKNOWN.items()).sort(
        "interval_open", "devices", "rows", "name", "publisher", "version", "lm_status", "category",
        descending=[True, True, True, False, False, False, False, False], nulls_last=True, maintain_order=True,
    )  # fmt: skip
