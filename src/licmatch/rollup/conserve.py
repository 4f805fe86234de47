"""Nothing is lost and nothing is counted twice: checked on every run, in code, before a result exists."""

from __future__ import annotations

import polars as pl

from licmatch.errors import ResultError
from licmatch.rollup.units import UnitTree
from licmatch.schema import STATUSES


def conserve(own: pl.DataFrame, totals: pl.DataFrame, tree: UnitTree, categories: list[str]) -> None:
    """Raise ResultError unless every unit equals itself plus its children in every count, and counts agree among themselves."""
    counts = [name for name in own.columns if name != "unit_id"]
    placed = own.join(tree.frame.select("unit_id"), on="unit_id", how="anti")
    if placed.height:
        raise ResultError(f"devices count for unit {placed['unit_id'][0]!r}, which is not in the tree")
    children = (
        totals.join(tree.frame.select("unit_id", "parent_id"), on="unit_id")
        .drop("unit_id")
        .drop_nulls("parent_id")
        .rename({"parent_id": "unit_id"})
    )
    parts = pl.concat([own, children.select(own.columns)]).group_by("unit_id").agg(pl.col(counts).sum())
    compared = totals.join(parts, on="unit_id", how="left", suffix="_parts").with_columns(
        pl.col(f"{name}_parts").fill_null(0) for name in counts
    )
    for name in counts:
        _all_hold(compared, pl.col(name) == pl.col(f"{name}_parts"), f"{name} of a unit is not its own plus its children's")
    _all_hold(totals, pl.sum_horizontal(*STATUSES) == pl.col("rows"), "rows are not recognised + ambiguous + unknown")
    _bars_hold(totals)
    for category in categories:
        copies = pl.sum_horizontal(f"{category}_genuine", f"{category}_not_genuine", f"{category}_undetermined")
        _all_hold(totals, pl.col(f"{category}_installed") == copies, f"{category}: installed is not genuine + not genuine + undetermined")
        machines = pl.col(f"{category}_covered") + pl.col(f"{category}_coverable")
        _all_hold(totals, machines <= pl.col("in_use"), f"{category}: more devices are covered than in use")


def _bars_hold(totals: pl.DataFrame) -> None:
    """The counts of the three bars agree among themselves; a shortage and a surplus of one pool exclude each other."""
    kinds = pl.sum_horizontal("pools_exact", "pools_short", "pools_over")
    covered = pl.col("required") - pl.col("shortfall")
    for holds, message in (
        (pl.col("pools") == kinds, "pools are not exact + short + over"),
        (covered == pl.col("usable") - pl.col("surplus"), "required less what is short is not usable less what is over"),
        (pl.col("devices_accepted") + pl.col("devices_in_doubt") <= pl.col("in_use"), "more devices are accepted than in use"),
        (pl.col("over_deployed") <= pl.col("infringing"), "more copies are over-deployed than infringe"),
        (pl.col("units_reported") <= pl.col("units_expected"), "more units reported than should"),
        (pl.col("ledger_both") <= pl.min_horizontal("ledger_listed", "ledger_surveyed"), "ledger and scan share more than either has"),
        (pl.col("device_fields_filled") <= pl.col("device_fields"), "more fields of devices are filled in than asked"),
        (pl.col("unit_fields_filled") <= pl.col("unit_fields"), "more fields of units are filled in than asked"),
    ):
        _all_hold(totals, holds, message)


def conserve_rows(rows_in: int | None, matches: pl.DataFrame, top_rows: int, rejected: int) -> dict[str, int]:
    """Return the totals of rows, having checked that rows in = recognised + ambiguous + unknown + rejected.

    `rows_in` as the readers counted; None where the input was a frame. `top_rows`: rows counted over all devices.
    """
    by_status = {status: int(matches.filter(pl.col("lm_status") == status)["rows"].sum()) for status in STATUSES}
    matched = sum(by_status.values())
    if matched != top_rows:
        raise ResultError(f"{matched} rows have a name but {top_rows} rows count for a device")
    if rows_in is not None and rows_in != matched + rejected:
        raise ResultError(f"{rows_in} rows were read, but {matched} were matched and {rejected} rejected")
    return {"rows_in": matched + rejected, **by_status, "rejected": rejected}


def _all_hold(frame: pl.DataFrame, holds: pl.Expr, message: str) -> None:
    broken = frame.filter(~holds.fill_null(False))
    if broken.height:
        raise ResultError(f"{message}: unit {broken['unit_id'][0]!r}", hint="this is a fault in licmatch; please report it")
