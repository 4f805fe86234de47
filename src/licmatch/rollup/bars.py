"""The three bars of the founding plan as integer counts: how thorough the survey is, how exact the licences, how strict acceptance.

Three sources: the computers of a unit (counts add up over units and results), its licence position, and its place in the tree.
The last two are always worked out anew from their tables, also when results are merged: a unit without computers is missing only
from a tree that names it.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from licmatch.assess.policy import Policy
from licmatch.rollup.units import EVERYTHING, UNASSIGNED, UnitTree
from licmatch.schema import POSITION

# 过细. Of computers: fields asked and filled; listed in a ledger, surveyed where there is a ledger, and both.
SURVEYED = ("device_fields", "device_fields_filled", "ledger_listed", "ledger_surveyed", "ledger_both")
# 严格. Copies and traces that infringe, or nobody settled; computers without either, and without the first but with the second.
STRICT = ("infringing", "in_doubt", "over_deployed", "devices_accepted", "devices_in_doubt")
# 过细 again, from the tree: units that should report, those that did, and the fields their forms ask.
REPORTING = ("units_expected", "units_reported", "unit_fields", "unit_fields_filled")
# 精确, from the position; a pool is either short or has too many, and one never makes up for the other.
POOLS = (
    "pools", "pools_exact", "pools_short", "pools_over", "required", "usable", "shortfall", "surplus", "entitled", "entitled_proved",
)  # fmt: skip
OVER_DEPLOYED = "over_deployed"
_SAYS_NOTHING = ("", "unknown")


def device_bars(devices: pl.DataFrame, installations: pl.DataFrame, findings: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return unit_id and the counts of `STRICT` and the device fields of the computers in scope that belong to it directly.

    Columns as in `counts.count_units`. A computer is accepted if nothing on it infringes and nothing is in doubt.
    """
    infringing = pl.col("verdict").is_in(policy.infringing())
    of_copies = (
        installations.filter("in_scope")
        .group_by("device")
        .agg(
            infringing=infringing.sum().cast(pl.Int64),
            in_doubt=(pl.col("state") == "undetermined").sum().cast(pl.Int64),
            over_deployed=(pl.col("verdict") == OVER_DEPLOYED).sum().cast(pl.Int64),
        )
    )
    # A category without a copy: a trace accuses or leaves in doubt; so does every name nobody settled.
    bare = pl.col("installations") == 0
    in_doubt = pl.max_horizontal(pl.col("open_names"), (bare & (pl.col("state") == "undetermined")).cast(pl.Int64))
    of_findings = (
        findings.filter("in_scope")
        .group_by("device")
        .agg(loose_infringing=(bare & infringing).sum().cast(pl.Int64), loose_in_doubt=in_doubt.sum().cast(pl.Int64))
    )
    asked = [name for name in policy.device_fields if name in devices.columns]
    filled = [_filled(name).cast(pl.Int64) for name in asked]
    counted = (
        devices.filter("in_scope")
        .select("device", "unit_id", device_fields_filled=pl.sum_horizontal(pl.lit(0, pl.Int64), *filled))
        .join(of_copies, on="device", how="left")
        .join(of_findings, on="device", how="left")
        .with_columns(pl.exclude("device", "unit_id").fill_null(0))
        .with_columns(infringing=pl.col("infringing") + pl.col("loose_infringing"), in_doubt=pl.col("in_doubt") + pl.col("loose_in_doubt"))
    )
    clean, doubted = pl.col("infringing") == 0, pl.col("in_doubt") > 0
    return counted.group_by("unit_id").agg(
        pl.col("infringing", "in_doubt", "over_deployed").sum(),
        devices_accepted=(clean & ~doubted).sum().cast(pl.Int64),
        devices_in_doubt=(clean & doubted).sum().cast(pl.Int64),
        device_fields=pl.len().cast(pl.Int64) * len(policy.device_fields),
        device_fields_filled=pl.col("device_fields_filled").sum(),
    )


def ledger_bars(listed: pl.DataFrame | None, devices: pl.DataFrame, tree: UnitTree) -> pl.DataFrame:
    """Return unit_id, ledger_listed, ledger_surveyed, ledger_both; no row where there is no ledger.

    `listed`: device_id, unit_id of what the ledger says is in use. A computer counts where it was found; one that was not found, for
    the unit the ledger gives it, else for no unit in particular.
    """
    columns = {"unit_id": pl.String(), "ledger_listed": pl.Int64(), "ledger_surveyed": pl.Int64(), "ledger_both": pl.Int64()}
    if listed is None:
        return pl.DataFrame(schema=columns)
    known, elsewhere = tree.frame["unit_id"], nobodys(tree)
    surveyed = devices.filter("in_scope").select("device_id", at="unit_id")
    placed = listed.unique("device_id", keep="first", maintain_order=True).join(surveyed, on="device_id", how="full", coalesce=True)
    named = pl.when(pl.col("unit_id").is_in(known.implode())).then("unit_id").otherwise(pl.lit(elsewhere))
    is_listed = pl.col("device_id").is_in(listed["device_id"].implode())
    found = pl.col("at").is_not_null()
    return (
        placed.select(unit_id=pl.coalesce("at", named), listed=is_listed, found=found)
        .group_by("unit_id")
        .agg(
            ledger_listed=pl.col("listed").sum().cast(pl.Int64),
            ledger_surveyed=pl.col("found").sum().cast(pl.Int64),
            ledger_both=(pl.col("listed") & pl.col("found")).sum().cast(pl.Int64),
        )
    )


def reporting_bars(tree: UnitTree, devices: pl.DataFrame, unit_fields: Sequence[str]) -> pl.DataFrame:
    """Return unit_id and the counts of `REPORTING`, the unit itself only. `devices`: unit_id, devices (its own).

    A unit is expected to report if it has none below it, or computers of its own; the others only hold units.
    """
    real = tree.frame.filter(~pl.col("unit_id").is_in([EVERYTHING, UNASSIGNED]))
    own = real.join(devices.select("unit_id", "devices"), on="unit_id", how="left", maintain_order="left")
    parents = real["parent_id"].drop_nulls().unique()
    reported = pl.col("devices").fill_null(0) > 0
    filled = [_filled(name).cast(pl.Int64) for name in unit_fields]
    return own.filter(reported | ~pl.col("unit_id").is_in(parents.implode())).select(
        "unit_id",
        units_expected=pl.lit(1, pl.Int64),
        units_reported=reported.cast(pl.Int64),
        unit_fields=pl.lit(len(unit_fields), pl.Int64),
        unit_fields_filled=pl.sum_horizontal(pl.lit(0, pl.Int64), *filled),
    )


def pool_bars(position: pl.DataFrame, tree: UnitTree) -> pl.DataFrame:
    """Return unit_id and the counts of `POOLS`, the unit itself only; what belongs to everybody counts at the top.

    A pool that holds nothing but free software asks for no licence and is not counted.
    """
    placed = pl.when(pl.col("unit_id").is_in(tree.frame["unit_id"].implode())).then("unit_id").otherwise(pl.lit(_top(tree)))
    once = each_pool_once(position.with_columns(unit_id=placed))
    asks = (pl.col("required") > 0) | (pl.col("usable") > 0) | (pl.col("entitled").fill_null(0) > 0)
    short, over = pl.col("shortfall") > 0, pl.col("surplus") > 0
    return (
        once.filter(asks)
        .group_by("unit_id")
        .agg(
            pools=pl.len().cast(pl.Int64),
            pools_exact=(~short & ~over).sum().cast(pl.Int64),
            pools_short=short.sum().cast(pl.Int64),
            pools_over=over.sum().cast(pl.Int64),
            **{name: pl.col(name).fill_null(0).sum() for name in POOLS[4:]},
        )
    )


def each_pool_once(position: pl.DataFrame) -> pl.DataFrame:
    """Return a position with its rows of one unit and pool added up, sorted.

    What is short stays short: the idle licences of one row do not make up for another row, they count as blocked.
    """
    keys = ["unit_id", "category", "pool"]
    once = position.group_by(keys).agg(
        limited=pl.col("limited").all(),
        proved=(pl.col("usable") - pl.col("surplus")).sum(),
        idle=(pl.col("surplus") + pl.col("blocked")).sum(),
        numbered=pl.col("entitled").is_not_null().all(),
        **{name: pl.col(name).sum() for name in ("required", "entitled", "entitled_proved", "used", "covered", "surplus", "free")},
    )
    short = pl.col("required") - pl.col("proved")
    settled = once.with_columns(shortfall=short, surplus=pl.when(short == 0).then("surplus").otherwise(0)).with_columns(
        usable=pl.col("proved") + pl.col("surplus"),
        blocked=pl.col("idle") - pl.col("surplus"),
        entitled=pl.when("numbered").then("entitled"),
        entitled_proved=pl.when("numbered").then("entitled_proved"),
    )
    return settled.select(pl.col(name).cast(dtype) for name, dtype in POSITION.items()).sort(keys, nulls_last=True)


def nobodys(tree: UnitTree) -> str:
    """Return the unit that takes what no unit claims: the unassigned, or the top where there is none."""
    return UNASSIGNED if (tree.frame["unit_id"] == UNASSIGNED).any() else _top(tree)


def _top(tree: UnitTree) -> str:
    return str(tree.frame.filter(pl.col("parent_id").is_null())["unit_id"][0])


def _filled(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String).str.strip_chars().str.to_lowercase()
    return (text.is_not_null() & ~text.is_in(_SAYS_NOTHING)).fill_null(False)
