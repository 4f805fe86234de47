"""Which device has which name, counted in whole numbers: the one join over all rows."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.names import Names
from licmatch.schema import NAME_KEY, STATUSES

# Two whole numbers packed in one, so that a pair sorts and compares as fast as a number.
_DEVICE_BITS = 1 << 32


@dataclass(frozen=True, slots=True)
class Occurrences:
    """`pairs`: device, match (UInt32), rows, row (Int64; `row` is the first of the inventory, from 0), needed names only.

    `rows`: device and the number of its rows that are recognised, ambiguous and unknown (Int64). `devices`: match and the
    number of devices that have the name (Int64). `days`: device, day (Date; null where none is said) and how many programs,
    updates and components left out, were installed on it.
    """

    pairs: pl.DataFrame
    rows: pl.DataFrame
    devices: pl.DataFrame
    days: pl.DataFrame


def count_occurrences(software: pl.LazyFrame, names: Names, devices: pl.DataFrame) -> Occurrences:
    """Return how the rows of the software fall on devices and names. One streamed pass; 12 bytes a row are held.

    `devices`: device_id, device. Grouping by texts would hold every pair of them; a distinct count of texts is the dearest
    thing in the whole run, so both sides become numbers first.
    """
    dated = "install_date" in software.collect_schema().names()
    day = pl.col("install_date").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False) if dated else pl.lit(None, pl.Date)
    numbered = (
        software.select("device_id", *NAME_KEY, day=day)
        .with_row_index("row")
        .join(names.frame.lazy().select(*NAME_KEY, "match"), on=NAME_KEY, how="left", nulls_equal=True)
        .join(devices.lazy().select("device_id", "device"), on="device_id", how="left")
        .select("row", "day", pair=pl.col("match").cast(pl.UInt64) * _DEVICE_BITS + pl.col("device"))
        .collect(engine="streaming")
    )
    match, device = (pl.col("pair") // _DEVICE_BITS).cast(pl.UInt32), (pl.col("pair") % _DEVICE_BITS).cast(pl.UInt32)
    needed = names.frame.select("match", "needed", "lm_status")
    return Occurrences(
        pairs=_pairs(numbered, needed.filter("needed")["match"], match, device),
        rows=_rows_by_status(numbered, needed, match, device),
        devices=_devices(numbered["pair"]),
        days=_days(numbered, names.frame, match, device, dated),
    )


def _pairs(numbered: pl.DataFrame, needed: pl.Series, match: pl.Expr, device: pl.Expr) -> pl.DataFrame:
    return (
        numbered.lazy()
        .filter(match.is_in(needed.implode()))
        .group_by("pair")
        .agg(rows=pl.len().cast(pl.Int64), row=pl.col("row").min().cast(pl.Int64))
        .select(device.alias("device"), match.alias("match"), "rows", "row")
        .collect(engine="streaming")
    )


def _rows_by_status(numbered: pl.DataFrame, names: pl.DataFrame, match: pl.Expr, device: pl.Expr) -> pl.DataFrame:
    # `match` counts the names from 0 in the order of the frame, so its status is looked up by place.
    status = names["lm_status"].cast(pl.Enum(STATUSES)).to_physical()
    by_code = (
        numbered.lazy()
        .select(device=device, status=pl.lit(status).gather(match))
        .group_by("device", "status")
        .agg(rows=pl.len().cast(pl.Int64))
        .collect()
    )
    return by_code.group_by("device").agg(
        pl.when(pl.col("status") == code).then("rows").otherwise(0).sum().alias(name) for code, name in enumerate(STATUSES)
    )


def _devices(pairs: pl.Series) -> pl.DataFrame:
    """Count each name's devices on the sorted pairs: a pair that differs from the one before is a new one."""
    ordered = pairs.sort().to_frame()
    first = (pl.col("pair") != pl.col("pair").shift()).fill_null(True)
    return (
        ordered.filter(first)
        .select(match=(pl.col("pair") // _DEVICE_BITS).cast(pl.UInt32))
        .group_by("match")
        .agg(devices=pl.len().cast(pl.Int64))
    )


def _days(numbered: pl.DataFrame, names: pl.DataFrame, match: pl.Expr, device: pl.Expr, dated: bool) -> pl.DataFrame:
    """Programs by device and install day. Where no day was ever said, one row a device tells that software was listed."""
    if not dated:
        listed = numbered.select(device=device).unique()
        return listed.sort("device").select("device", day=pl.lit(None, pl.Date), programs=pl.lit(0, pl.UInt32))
    # Updates and components follow the vendor's calendar, not the day somebody set the computer up.
    program = ~names["lm_role"].is_in(["component", "update", "language_pack", "driver"]).fill_null(False)
    return (
        numbered.lazy()
        .select("day", device=device, program=pl.lit(program).gather(match))
        .filter("program")
        .group_by("device", "day")
        .agg(programs=pl.len())
        .sort("device", "day")
        .collect()
    )
