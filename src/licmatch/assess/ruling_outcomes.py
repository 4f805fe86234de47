"""What became of each ruling: applied, expired, contradicted, overruled by a narrower one, or without anything to apply to."""

from __future__ import annotations

from datetime import date

import polars as pl

from licmatch.assess.policy import Policy
from licmatch.assess.ruling_scope import FILE, usable
from licmatch.ingest.records import Notice

APPLIED, EXPIRED, CONFLICT, OVERRULED, NOT_APPLIED = "applied", "expired", "conflict", "overruled", "not_applied"
_NAMED = 10


_RULED = ("ruling_id", "rulings_clashing", "rulings_overruled")


def ruled_on(frame: pl.DataFrame) -> pl.DataFrame:
    """Return device_id and the rulings of the copies or findings that some ruling is on."""
    return frame.filter(pl.any_horizontal(pl.col(_RULED).is_not_null())).select("device_id", *_RULED)


def ruling_outcomes(
    rulings: pl.DataFrame, installations: pl.DataFrame, findings: pl.DataFrame, policy: Policy, as_of: date
) -> pl.DataFrame:
    """Return a row a usable ruling, by its id: what it says and is bound to, `outcome`, `installations` and `devices` it decides.

    `installations` and `findings` are ruled on (they have the columns of `rulings.TRAIL`); a ruling that decides one copy
    and clashes over another is applied, with `clashing` of the latter beside it.
    """
    good = usable(rulings, policy)[0].unique("line", keep="first", maintain_order=True)
    seen = pl.concat(
        [
            ruled_on(frame).with_columns(copy=pl.lit(copies, pl.Int64))
            for frame, copies in ((installations, 1), (findings, 0))
        ]
    )
    decided = seen.group_by("ruling_id").agg(devices=pl.col("device_id").n_unique(), installations=pl.col("copy").sum())
    clashed = _times(seen, "rulings_clashing", "clashing")
    overruled = _times(seen, "rulings_overruled", "overruled")
    joined = good.sort("ruling_id")
    for part in (decided, clashed, overruled):
        joined = joined.join(part, on="ruling_id", how="left", maintain_order="left")
    outcome = (
        pl.when(pl.col("expires") < as_of).then(pl.lit(EXPIRED))
        .when(pl.col("devices").is_not_null()).then(pl.lit(APPLIED))
        .when(pl.col("clashing").is_not_null()).then(pl.lit(CONFLICT))
        .when(pl.col("overruled").is_not_null()).then(pl.lit(OVERRULED))
        .otherwise(pl.lit(NOT_APPLIED))
    )  # fmt: skip
    return joined.select(
        "ruling_id", "verdict", "ruled_by", "document_no", "ruled_on", "expires_on", "reason",
        "device_id", pl.col("named_unit").alias("unit_id"), "product_id", "name", "rule_id", "provisional_verdict",
        outcome=outcome,
        devices=pl.col("devices").fill_null(0).cast(pl.Int64),
        installations=pl.col("installations").fill_null(0).cast(pl.Int64),
        clashing=pl.col("clashing").fill_null(0).cast(pl.Int64),
    )  # fmt: skip


def outcome_notices(outcomes: pl.DataFrame) -> tuple[Notice, ...]:
    """Return what a person should know of the rulings that did not decide everything they are bound to."""
    told = (
        ("RULING_EXPIRED", pl.col("outcome") == EXPIRED),
        ("RULING_CONFLICT", pl.col("clashing") > 0),
        ("RULING_OVERRULED", pl.col("outcome") == OVERRULED),
        ("RULING_NOT_APPLIED", pl.col("outcome") == NOT_APPLIED),
    )
    notices = []
    for code, concerns in told:
        ids = outcomes.filter(concerns)["ruling_id"].to_list()
        if ids:
            shown = ", ".join(ids[:_NAMED])
            notices.append(Notice(code, FILE, len(ids), shown if len(ids) <= _NAMED else f"{shown}, …"))
    return tuple(notices)


def _times(seen: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """How many copies each ruling of a list column stands on."""
    single = seen.select(pl.col(column).alias("ruling_id")).drop_nulls().explode("ruling_id", empty_as_null=True, keep_nulls=True)
    return single.drop_nulls().group_by("ruling_id").agg(pl.len().alias(name))
