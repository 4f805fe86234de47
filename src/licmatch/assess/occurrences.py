"""Which device has which name, counted in whole numbers: the one join over all rows."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.counted_rows import CountedRows, SoftwareRows
from licmatch.assess.names import Names
from licmatch.ingest.numbered import DAY, DEVICE, NAME, looked_up
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


def count_occurrences(rows: SoftwareRows, names: Names, devices: pl.DataFrame) -> Occurrences:
    """Return how the rows of the software fall on devices and names. `devices`: device_id, device."""
    if isinstance(rows, CountedRows):
        return rows.occurrences(names, devices)
    told = rows.names.join(names.frame.select(*NAME_KEY, "match"), on=NAME_KEY, how="left", nulls_equal=True)
    listed = rows.devices.join(devices.select("device_id", "device"), on="device_id", how="left")
    match_of, device_of = looked_up(told[NAME], told["match"]), looked_up(listed[DEVICE], listed["device"])
    day_of = looked_up(rows.days[DAY], rows.days["day"])
    numbered = rows.frame.lazy().select(
        "row",
        pl.lit(day_of).gather(pl.col(DAY)).alias("day") if rows.days.height else pl.lit(None, pl.Date).alias("day"),
        pair=pl.lit(match_of).gather(pl.col(NAME)).cast(pl.UInt64) * _DEVICE_BITS + pl.lit(device_of).gather(pl.col(DEVICE)),
    ).collect()  # fmt: skip
    match, device = (pl.col("pair") // _DEVICE_BITS).cast(pl.UInt32), (pl.col("pair") % _DEVICE_BITS).cast(pl.UInt32)
    needed = names.frame.select("match", "needed", "lm_status")
    return Occurrences(
        pairs=_pairs(numbered, needed.filter("needed")["match"], match, device),
        rows=_rows_by_status(numbered, needed, match, device),
        devices=_devices(numbered["pair"]),
        days=_days(numbered, names.frame, match, device, rows.dated),
    )


def is_program() -> pl.Expr:
    """Which names are of programs: updates and components follow the vendor's calendar, not the day somebody set the computer up."""
    return ~pl.col("lm_role").is_in(["component", "update", "language_pack", "driver"]).fill_null(False)


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
    many = len(STATUSES)
    counted = (
        numbered.lazy()
        .select(both=device.cast(pl.UInt64) * many + pl.lit(status).gather(match))
        .collect()
        .lazy()
        .group_by("both")
        .agg(rows=pl.len().cast(pl.Int64))
        .collect(engine="streaming")
    )
    by_code = counted.select("rows", device=(pl.col("both") // many).cast(pl.UInt32), status=pl.col("both") % many)
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
    program = names.select(program=is_program())["program"]
    return (
        numbered.lazy()
        .select("day", device=device, program=pl.lit(program).gather(match))
        .filter("program")
        .group_by("device", "day")
        .agg(programs=pl.len())
        .sort("device", "day")
        .collect()
    )
