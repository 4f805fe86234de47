"""Prices that cannot be right: an amount for so many copies that makes each cost far more than the others, or than any cap."""

from __future__ import annotations

import polars as pl

TIMES_MEDIAN = 3
TIMES_CAP = 2


def price_outliers(purchases: pl.DataFrame, *, cap: float | None = None) -> pl.DataFrame:
    """Return the purchases with `each` (price of one copy), `flagged` and `why` ("median", "cap" or null). Same rows, same order.

    `purchases`: amount and copies, any further columns. Flagged is a price above three times the median of all, or twice the cap.
    Without copies there is no price, and no flag.

    >>> price_outliers(pl.DataFrame({"amount": [5000, 6000, 50160], "copies": [10, 10, 10]}))["flagged"].to_list()
    [False, False, True]
    """
    priced = purchases.with_columns(each=pl.when(pl.col("copies") > 0).then(pl.col("amount").cast(pl.Float64) / pl.col("copies")))
    dear = pl.col("each") > TIMES_MEDIAN * pl.col("each").median()
    above = pl.lit(False) if cap is None else pl.col("each") > TIMES_CAP * cap
    return priced.with_columns(
        why=pl.when(dear.fill_null(False) & (pl.len() > 2)).then(pl.lit("median")).when(above.fill_null(False)).then(pl.lit("cap"))
    ).with_columns(flagged=pl.col("why").is_not_null())
