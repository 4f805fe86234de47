"""What is particular to antivirus software when a licence is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from licmatch import JudgeContext

_PAID = ("commercial", "subscription")
# The Security Center says the day itself; a licence that ran out before anybody looked is as sure as that report.
_EXPIRED_CONFIDENCE = 0.90


def judge(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Return the antivirus software with its verdicts; same rows, same order.

    What comes built into the system (Windows Defender) is licensed with it and counts as genuine. A free antivirus counts
    only where the organisation has put it on its list of free software, with the licence text read; until then it is
    `undetermined`, never an accusation: free editions are as a rule free for persons. A paid one whose licence had run out on
    the day of the report is `expired`; one that ran out since may have been renewed, and stays as it was.
    """
    judged = context.with_rights(installations)
    if context.states.is_empty():
        return judged
    asked = _reported_on(context)
    ends = asked.filter(pl.col("expires") < pl.col("seen")).group_by("device", "family_id").agg(ran_out=pl.lit(True))
    valid = asked.filter(pl.col("expires") >= pl.col("seen")).group_by("device", "family_id").agg(valid=pl.lit(True))
    on = ["device", "family_id"]
    placed = judged.join(ends, on=on, how="left", maintain_order="left").join(valid, on=on, how="left", maintain_order="left")
    paid = pl.col("licence").is_in(_PAID) & pl.col("verdict").is_in(["no_evidence", "undetermined"])
    over = paid & pl.col("ran_out").fill_null(False) & pl.col("valid").is_null()
    return placed.with_columns(
        verdict=pl.when(over).then(pl.lit("expired")).otherwise("verdict"),
        confidence=pl.when(over).then(_EXPIRED_CONFIDENCE * pl.col("score").fill_null(1.0)).otherwise("confidence"),
    ).drop("ran_out", "valid")


def remark(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Return how well devices are protected, as they report it: a protection that is off or old, two at once, or none.

    Windows turns its own antivirus off while another one runs: that is no fault. What was not reported is not known.
    """
    empty = pl.DataFrame(schema={"device": pl.UInt32, "at": pl.UInt32, "flag": pl.String, "text": pl.String})
    if context.states.is_empty():
        return empty
    runs = (pl.col("enabled") & pl.col("real_time").fill_null(True)).fill_null(False)
    off = ~pl.col("enabled").fill_null(True) | ~pl.col("real_time").fill_null(True)
    # Two records of one product (one name a version, say) are one product.
    one = pl.coalesce("family_id", "product")
    seen = context.states.with_columns(runs=runs, off=off, one=one)
    running = seen.filter("runs").group_by("device").agg(running=pl.col("one").n_unique())
    known = seen.join(running, on="device", how="left", maintain_order="left").with_columns(pl.col("running").fill_null(0))
    copies = installations.select("device", "family_id", "at").unique(["device", "family_id"], keep="first", maintain_order=True)
    # A built-in one that is off beside another that runs is off by design; so is any other the user replaced.
    unprotecting = known.filter((pl.col("off") & (pl.col("running") == 0)) | (pl.col("runs") & ~pl.col("up_to_date").fill_null(True)))
    weak = unprotecting.join(copies, on=["device", "family_id"], how="left", maintain_order="left")
    several = _listed(known.filter(pl.col("runs") & (pl.col("running") > 1)), "several_products", "running=")
    return pl.concat(
        [
            empty,
            weak.select("device", "at", flag=pl.lit("protection_off"), text=_state_text()),
            several,
            _unprotected(known, installations),
        ]
    )


def _unprotected(known: pl.DataFrame, installations: pl.DataFrame) -> pl.DataFrame:
    """Devices on which every reported product is off, and nothing else is installed that might run unreported."""
    standing = known.filter(~pl.col("off")).select("device").unique()
    others = installations.filter(pl.col("licence") != "bundled").select("device").unique()
    bare = known.join(standing, on="device", how="anti").join(others, on="device", how="anti")
    return _listed(bare, "no_protection", "off=")


def _listed(states: pl.DataFrame, flag: str, said: str) -> pl.DataFrame:
    """One remark a device, with its products by name."""
    names = states.select("device", "product").unique().sort("device", "product").group_by("device", maintain_order=True).agg("product")
    return names.select("device", at=pl.lit(None, pl.UInt32), flag=pl.lit(flag), text=pl.lit(said) + pl.col("product").list.join(","))


def _reported_on(context: JudgeContext) -> pl.DataFrame:
    """The states of recognised products with the day each was seen; a report without a day was made when the device was asked."""
    days = context.devices.select("device", "collected_at")
    known = context.states.drop_nulls("family_id").join(days, on="device", how="left", maintain_order="left")
    # The report cannot be later than the day that is judged.
    return known.with_columns(seen=pl.min_horizontal(pl.coalesce("seen_on", "collected_at"), pl.lit(context.as_of)))


def _state_text() -> pl.Expr:
    said = [
        pl.when(pl.col(name).is_not_null()).then(pl.lit(f"{name}=") + pl.when(name).then(pl.lit("yes")).otherwise(pl.lit("no")))
        for name in ("enabled", "real_time", "up_to_date")
    ]
    return pl.concat_str([pl.lit("product=") + pl.col("product"), *said], separator="; ", ignore_nulls=True)
