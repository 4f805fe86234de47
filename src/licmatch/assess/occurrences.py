"""Which device has which name, counted in whole numbers: the one join over all rows."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import polars as pl

from licmatch.assess.counted_rows import CountedRows, SoftwareRows
from licmatch.assess.names import Names
from licmatch.ingest.numbered import DAY, DEVICE, NAME, looked_up
from licmatch.schema import NAME_KEY, STATUSES

# What a key of 64 bits can tell apart; a key of more takes 128.
_MOST = 1 << 64


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


def match_numbers(rows: SoftwareRows, names: Names) -> pl.Series:
    """Return the `match` (UInt32) of each name number of the rows: to be looked up once, however often rows are counted."""
    if isinstance(rows, CountedRows):
        return pl.Series("match", [], pl.UInt32)
    told = rows.names.join(names.frame.select(*NAME_KEY, "match"), on=NAME_KEY, how="left", nulls_equal=True)
    return looked_up(told[NAME], told["match"])


def count_occurrences(rows: SoftwareRows, names: Names, devices: pl.DataFrame, matches: pl.Series | None = None) -> Occurrences:
    """Return how the rows of the software fall on devices and names. `devices`: device_id, device; `matches`: `match_numbers`."""
    if isinstance(rows, CountedRows):
        return rows.occurrences(names, devices)
    match_of = match_numbers(rows, names) if matches is None else matches
    listed = rows.devices.join(devices.select("device_id", "device"), on="device_id", how="left")
    device_of, day_of = looked_up(listed[DEVICE], listed["device"]), looked_up(rows.days[DAY], rows.days["day"])
    day = pl.lit(day_of).gather(pl.col(DAY)) if rows.days.height else pl.lit(None, pl.Date)
    numbered = rows.frame.lazy().select(
        "row", *([day.alias("day")] if rows.dated else []),
        device=pl.lit(device_of).gather(pl.col(DEVICE)), match=pl.lit(match_of).gather(pl.col(NAME)),
    ).collect()  # fmt: skip
    pairs = _counted(numbered)
    by_status = _rows_by_status(pairs, names.frame["lm_status"])
    return Occurrences(
        # `match` counts the names from 0 in the order of the frame, so what is said of a name is looked up by place.
        pairs=pairs.filter(pl.lit(names.frame["needed"]).gather(pl.col("match"))),
        rows=by_status,
        devices=pairs["match"].sort().rle().struct.unnest().select(match="value", devices=pl.col("len").cast(pl.Int64)),
        days=_days(numbered, names.frame) if rows.dated else _no_days(by_status["device"]),
    )


def is_program() -> pl.Expr:
    """Which names are of programs: updates and components follow the vendor's calendar, not the day somebody set the computer up."""
    return ~pl.col("lm_role").is_in(["component", "update", "language_pack", "driver"]).fill_null(False)


def _counted(numbered: pl.DataFrame) -> pl.DataFrame:
    """device, match, rows, row (the first) of every pair, sorted by device and match.

    Device, match and row are packed into one number: numbers sort in a fraction of the time in which pairs are grouped.
    """
    if numbered.is_empty():
        return numbered.select("device", "match", rows=pl.lit(0, pl.Int64), row=pl.col("row").cast(pl.Int64))
    many = {one: int(numbered[one].max()) + 1 for one in ("device", "match", "row")}  # type: ignore[arg-type]
    dtype: pl.DataType = pl.UInt64() if prod(many.values()) <= _MOST else pl.Int128()
    matches, rows = (pl.lit(many[one], dtype) for one in ("match", "row"))
    packed = (pl.col("device").cast(dtype) * matches + pl.col("match")) * rows + pl.col("row")
    keys = numbered.select(packed.alias("key")).to_series().sort().to_frame()
    pairs = keys.select(pl.col("key") // rows).to_series()
    starts = (pairs != pairs.shift()).fill_null(True).arg_true().cast(pl.Int64)
    return pl.DataFrame({"key": keys["key"].gather(starts), "pair": pairs.gather(starts), "at": starts}).select(
        (pl.col("pair") // matches).cast(pl.UInt32).alias("device"),
        (pl.col("pair") % matches).cast(pl.UInt32).alias("match"),
        rows=pl.col("at").shift(-1, fill_value=keys.height) - pl.col("at"),
        row=(pl.col("key") - pl.col("pair") * rows).cast(pl.Int64),
    )


def _rows_by_status(pairs: pl.DataFrame, status: pl.Series) -> pl.DataFrame:
    """Count each device's rows on its pairs, which follow each other: what was counted up to its end, less what was before it."""
    ends = (pairs["device"] != pairs["device"].shift(-1)).fill_null(True).arg_true()
    first, *others = STATUSES
    code, rows = status.cast(pl.Enum(STATUSES)).to_physical().gather(pairs["match"]), pairs["rows"]
    upto = pl.DataFrame({"rows": rows.cum_sum().gather(ends)})
    for name in others:
        places = (code == STATUSES.index(name)).arg_true()
        before = pl.DataFrame({"end": ends}).with_columns(pl.lit(places).search_sorted(pl.col("end"), side="right").alias("held"))
        sums = pl.concat([pl.Series([0], dtype=pl.Int64), rows.gather(places).cum_sum()])
        upto = upto.with_columns(sums.gather(before["held"]).alias(name))
    counted = upto.select(pairs["device"].gather(ends), *(pl.col(name) - pl.col(name).shift(fill_value=0) for name in ("rows", *others)))
    return counted.select("device", (pl.col("rows") - pl.sum_horizontal(others)).alias(first), *others)


def _days(numbered: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Programs by device and install day."""
    program = names.select(program=is_program())["program"]
    return (
        numbered.lazy()
        .select("day", "device", program=pl.lit(program).gather(pl.col("match")))
        .filter("program")
        .group_by("device", "day")
        .agg(programs=pl.len())
        .sort("device", "day")
        .collect()
    )


def _no_days(devices: pl.Series) -> pl.DataFrame:
    """Where no day was ever said, one row a device tells that software was listed."""
    return devices.to_frame("device").select("device", day=pl.lit(None, pl.Date), programs=pl.lit(0, pl.UInt32))
