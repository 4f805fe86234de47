"""Zipf-like popularity: few titles nearly everywhere, many on a single machine."""

from __future__ import annotations

from itertools import accumulate

import polars as pl

from licmatch.demo.draw import noise


def zipf_ends(count: int, *, exponent: float, shift: float) -> pl.Series:
    """Return the upper ends (0 to 1, rising) of each rank's share where a rank's weight is 1 / (rank + shift) ** exponent."""
    ends = list(accumulate(1.0 / (rank + shift) ** exponent for rank in range(count)))
    return pl.Series([end / ends[-1] for end in ends], dtype=pl.Float64)


def stratified_ranks(draws: pl.DataFrame, ends: pl.Series, seed: int, purpose: str) -> pl.Series:
    """Return a rank for each row of `draws` (counter u64, nth, of): the nth of a device's draws falls in its own slice of all shares.

    So a device has the popular titles with the probability of their share, and few twice.
    """
    share = draws.select((pl.col("nth") + noise(pl.col("counter"), seed, purpose)) / pl.col("of")).to_series()
    return ends.search_sorted(share, side="right").clip(0, len(ends) - 1).cast(pl.UInt32)


def unroll(devices: pl.DataFrame, count: str) -> pl.DataFrame:
    """Return device, nth, of and a counter for every draw of every device; `count` names the column with the number of draws."""
    many = devices.select("device", pl.int_ranges(0, pl.col(count)).alias("nth"), pl.col(count).alias("of")).explode(
        "nth", empty_as_null=False
    )
    return many.with_columns((pl.col("device").cast(pl.UInt64) * 4096 + pl.col("nth").cast(pl.UInt64)).alias("counter"))
