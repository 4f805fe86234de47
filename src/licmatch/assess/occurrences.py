"""Which device has which name that matters, and how many rows of each status: the one join over all rows."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.names import STATUS_CODES, Names
from licmatch.schema import NAME_KEY, STATUSES


@dataclass(frozen=True, slots=True)
class Occurrences:
    """`pairs`: device_id, match (UInt32), rows (Int64), row (Int64, the first row of the inventory, from 0).

    `rows`: device_id and the number of its rows that are recognised, ambiguous and unknown (Int64).
    """

    pairs: pl.DataFrame
    rows: pl.DataFrame


def count_occurrences(software: pl.LazyFrame, names: Names) -> Occurrences:
    """Return the pairs of device and relevant name, and the rows of each device by status. One streamed pass.

    Names that do not matter for judging are folded into three codes before grouping, so memory grows with devices, not rows.
    """
    codes = names.frame.lazy().select(*NAME_KEY, "code")
    grouped = (
        software.select("device_id", *NAME_KEY)
        .with_row_index("row")
        .join(codes, on=NAME_KEY, how="left", nulls_equal=True)
        .group_by("device_id", "code")
        .agg(rows=pl.len(), row=pl.col("row").min())
        .collect(engine="streaming")
        .cast({"rows": pl.Int64, "row": pl.Int64})
    )
    pairs = grouped.filter(pl.col("code") >= 0).select("device_id", pl.col("code").cast(pl.UInt32).alias("match"), "rows", "row")
    folded = {code: status for status, code in STATUS_CODES.items()}
    status_of = names.frame.select("match", "lm_status")
    statuses = pl.concat(
        [
            grouped.filter(pl.col("code") < 0).select("device_id", "rows", pl.col("code").replace_strict(folded, return_dtype=pl.String).alias("lm_status")),
            pairs.join(status_of, on="match").select("device_id", "rows", "lm_status"),
        ]
    )
    per_device = statuses.group_by("device_id").agg(
        pl.when(pl.col("lm_status") == status).then("rows").otherwise(0).sum().alias(status) for status in STATUSES
    )
    return Occurrences(pairs, per_device)
