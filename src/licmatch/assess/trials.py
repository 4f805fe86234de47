"""When evaluation copies end, as the activation records say."""

from __future__ import annotations

import polars as pl

from licmatch.assess.policy import Policy


def evaluation_ends(activations: pl.DataFrame, devices: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return device, category and the latest `evaluation_end` (Date) of its activation records; unknown dates are left out.

    The latest counts: a device that was given a longer trial is judged by the one it runs on.
    """
    category = pl.col("application").str.to_lowercase().replace_strict(dict(policy.applications), default=None, return_dtype=pl.String)
    return (
        activations.select(
            "device_id", category=category, evaluation_end=pl.col("evaluation_end").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        )
        .drop_nulls()
        .join(devices.select("device_id", "device"), on="device_id")
        .group_by("device", "category")
        .agg(pl.col("evaluation_end").max())
    )
