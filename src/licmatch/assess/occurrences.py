"""Which device has which name, counted in whole numbers: the one join over all rows."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import polars as pl

from licmatch.assess.counted_rows import CountedRows, SoftwareRows
from licmatch.assess.names import Names
from licmatch.ingest.numbered import DAY, DEVICE, NAME, is_place, looked_up
from licmatch.rules.numbers import above
from licmatch.schema import NAME_KEY, STATUSES

# What a key of 64 bits can tell apart; a key of more takes 128.
_MOST = 1 << 64


@dataclass(frozen=True, slots=True)
class Occurrences:
    """`pairs`: device, match (UInt32), rows, row (Int64; `row` is the first of the inventory, from 0), sorted by device and match.

    Only those of names that judging needs are there: `needed` ones, and on devices that may have traces those it needs beside traces.
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
    if rows.names.height == names.frame.height:
        # Both hold the names in their order, and none was told elsewhere.
        return rows.names[NAME].alias("match")
    told = rows.names.join(names.frame.select(*NAME_KEY, "match"), on=NAME_KEY, how="left", nulls_equal=True)
    return looked_up(told[NAME], told["match"])


def count_occurrences(
    rows: SoftwareRows, names: Names, devices: pl.DataFrame, matches: pl.Series | None = None, traced: pl.Series | None = None
) -> Occurrences:
    """Return how the rows of the software fall on devices and names.

    `devices`: device_id, device; `matches`: `match_numbers`; `traced`: the numbers of devices of which something besides software
    is reported, for traces may be among that.
    """
    if isinstance(rows, CountedRows):
        return rows.occurrences(names, devices)
    match_of = match_numbers(rows, names) if matches is None else matches
    listed = rows.devices.join(devices.select("device_id", "device"), on="device_id", how="left")
    device_of, day_of = looked_up(listed[DEVICE], listed["device"]), looked_up(rows.days[DAY], rows.days["day"])
    day = pl.lit(day_of).gather(pl.col(DAY)) if rows.days.height else pl.lit(None, pl.Date)
    numbered = rows.frame.lazy().select(
        "row", *([day.alias("day")] if rows.dated else []), device=_looked_up(DEVICE, device_of), match=_looked_up(NAME, match_of)
    ).collect()  # fmt: skip
    by_status = _rows_by_status(numbered, names.frame["lm_status"])
    # Of all rows, the rows of a name are known; names told elsewhere may stand between.
    all_of_them = numbered.height == rows.names["rows"].sum() and rows.names.height == names.frame.height
    return Occurrences(
        pairs=_pairs(numbered.lazy().select("row", "device", "match").filter(_needed(numbered, names, traced)).collect()),
        rows=by_status,
        devices=_devices(numbered, names.frame.height, rows.names["rows"] if all_of_them else None),
        days=_days(numbered, names.frame) if rows.dated else _no_days(by_status["device"]),
    )


def _looked_up(column: str, table: pl.Series) -> pl.Expr:
    """The value of each number in a table; millions of rows are not looked up where each number stands for itself."""
    return pl.col(column) if is_place(table) else pl.lit(table).gather(pl.col(column))


def _needed(numbered: pl.DataFrame, names: Names, traced: pl.Series | None) -> pl.Expr:
    """Which rows judging looks at. `match` counts the names from 0 in the order of the frame, so it is their place in a column."""
    needed = pl.lit(names.frame["needed"]).gather(pl.col("match"))
    beside = names.frame["beside_traces"] if "beside_traces" in names.frame.columns else None
    if beside is None or numbered.is_empty() or not beside.any():
        return needed
    signed = numbered.lazy().filter(pl.lit(names.frame["signed"]).gather(pl.col("match"))).select("device").collect()["device"]
    may_have = pl.concat([signed, *([] if traced is None else [traced.cast(pl.UInt32)])]).unique()
    if may_have.is_empty():
        return needed
    on = pl.repeat(False, max(above(numbered["device"]), above(may_have)), dtype=pl.Boolean, eager=True)
    return needed | (pl.lit(on.scatter(may_have, True)).gather(pl.col("device")) & pl.lit(beside).gather(pl.col("match")))


def is_program() -> pl.Expr:
    """Which names are of programs: updates and components follow the vendor's calendar, not the day somebody set the computer up."""
    return ~pl.col("lm_role").is_in(["component", "update", "language_pack", "driver"]).fill_null(False)


def _pairs(numbered: pl.DataFrame) -> pl.DataFrame:
    """device, match, rows, row (the first) of every pair, sorted by device and match.

    Device, match and row are packed into one number: numbers sort in a fraction of the time in which pairs are grouped.
    """
    if numbered.is_empty():
        return numbered.select("device", "match", rows=pl.lit(0, pl.Int64), row=pl.col("row").cast(pl.Int64))
    many = {one: above(numbered[one]) for one in ("device", "match", "row")}
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


def _devices(numbered: pl.DataFrame, names: int, counted: pl.Series | None) -> pl.DataFrame:
    """match and its devices: its rows (`counted`, where they are known), less those that a device has once more. Few have any."""
    if numbered.is_empty():
        return pl.DataFrame(schema={"match": pl.UInt32, "devices": pl.Int64})
    if counted is None:
        met = numbered.lazy().group_by("match").agg(rows=pl.len().cast(pl.Int64)).collect(engine="streaming")
        counted = pl.repeat(0, names, dtype=pl.Int64, eager=True).scatter(met["match"], met["rows"])
    pair = pl.col("device").cast(pl.UInt64) * names + pl.col("match")
    pairs = numbered.lazy().select(pair=pair).collect(engine="streaming")["pair"].sort()
    again = (pairs.filter(pairs == pairs.shift()) % names).cast(pl.UInt32).alias("match").value_counts(name="again")
    less = pl.repeat(0, names, dtype=pl.Int64, eager=True).scatter(again["match"], again["again"].cast(pl.Int64))
    told = (counted - less).alias("devices").to_frame().with_row_index("match")
    return told.filter(pl.col("devices") > 0)


def _rows_by_status(numbered: pl.DataFrame, status: pl.Series) -> pl.DataFrame:
    """Count each device's rows of each status. Only the first status is not looked for: it is what is left."""
    code = pl.lit(status.cast(pl.Enum(STATUSES)).to_physical()).gather(pl.col("match"))
    first, *others = STATUSES
    counted = (
        numbered.lazy()
        .select("device", code=code)
        .group_by("device")
        .agg(
            pl.len().cast(pl.Int64).alias("rows"),
            *((pl.col("code") == STATUSES.index(one)).sum().cast(pl.Int64).alias(one) for one in others),
        )
        .collect(engine="streaming")
    )
    return counted.select("device", (pl.col("rows") - pl.sum_horizontal(others)).alias(first), *others).sort("device")


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
