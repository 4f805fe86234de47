"""The names nobody could settle, ranked by how much of the score interval each holds open."""

from __future__ import annotations

import polars as pl

from licmatch.schema import UNKNOWN


def unknown_names(names: pl.DataFrame, held_open: pl.DataFrame, devices: pl.DataFrame, top: pl.DataFrame) -> pl.DataFrame:
    """Return unknown and ambiguous names, those that hold most open first, then by devices, rows and name.

    `names`: the decided names; `held_open`: device, match; `devices`: device, in_scope; `top`: counts of the whole (one row).
    `interval_open` is the share of its category's rate that stays open because of this name: its devices in scope over
    all copies and open names of the category. 0 for names without a witness.
    """
    unsettled = names.filter(pl.col("lm_status") != "recognised")
    opening = unsettled.filter(pl.col("opens").is_not_null()).select("match", "opens")
    held = (
        held_open.join(opening, on="match")
        .join(devices.filter("in_scope").select("device"), on="device")
        .group_by("match", "opens")
        .agg(held=pl.len())
    )
    categories = opening["opens"].unique().sort().to_list()
    whole = {category: int(top[f"{category}_installed"].sum()) + int(top[f"{category}_open_names"].sum()) for category in categories}
    wholes = pl.col("opens").replace_strict(whole, default=None, return_dtype=pl.Int64)
    return (
        unsettled.join(held.drop("opens"), on="match", how="left", maintain_order="left")
        .with_columns(
            category="opens",
            interval_open=pl.when(wholes > 0).then(pl.col("held").fill_null(0) / wholes).otherwise(0.0).fill_null(0.0),
        )
        .sort("interval_open", "devices", "rows", "name", "publisher", "version",
              descending=[True, True, True, False, False, False], nulls_last=True, maintain_order=True)
        .select(pl.col(name).cast(dtype) for name, dtype in UNKNOWN.items())
    )  # fmt: skip
