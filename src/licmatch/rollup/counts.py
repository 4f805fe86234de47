"""Integer counts per unit. They add up over units in any order and grouping; every rate is made of sums of them."""

from __future__ import annotations

import polars as pl

from licmatch.rollup.units import UnitTree
from licmatch.schema import STATUSES

# Of each category: copies on devices in scope by state, then devices in scope, then unsettled names (a device and name each).
COPIES = ("installed", "genuine", "not_genuine", "undetermined")
MACHINES = ("absent", "covered", "coverable")
FLAGS = ("domestic", "end_of_support", "official")
CATEGORY_COUNTS = (*COPIES, *MACHINES, "open_names", *FLAGS)
DEVICE_COUNTS = ("devices", "in_use", "rows", *STATUSES, "pirated_devices", "suspected_devices")


def count_columns(categories: list[str]) -> list[str]:
    """Return the names of all count columns, in the order of the scores table."""
    return [*DEVICE_COUNTS, *(f"{category}_{count}" for category in categories for count in CATEGORY_COUNTS)]


def count_units(
    devices: pl.DataFrame, installations: pl.DataFrame, findings: pl.DataFrame, categories: list[str], single: frozenset[str] = frozenset()
) -> pl.DataFrame:
    """Return unit_id and every count (Int64) of the devices that belong to it directly.

    `devices`: unit_id, device, in_scope and rows by status. `single`: categories every device has one of, so that a
    device where none was seen may still be covered.
    """
    wide = _device_counts(devices, findings)
    for category in categories:
        of_category = _category_counts(
            installations.filter(pl.col("category") == category),
            findings.filter(pl.col("category") == category),
            category,
            category in single,
        )
        wide = wide.join(of_category, on="unit_id", how="left", maintain_order="left")
    return wide.select("unit_id", *(pl.col(name).fill_null(0).cast(pl.Int64) for name in count_columns(categories)))


def sum_upwards(own: pl.DataFrame, tree: UnitTree) -> pl.DataFrame:
    """Return the counts of every unit of the tree with all units below it, in the tree's order."""
    counts = [name for name in own.columns if name != "unit_id"]
    total = tree.ancestors.join(own, on="unit_id").group_by("ancestor").agg(pl.col(counts).sum())
    every = tree.frame.select("unit_id").join(total, left_on="unit_id", right_on="ancestor", how="left", maintain_order="left")
    return every.with_columns(pl.col(counts).fill_null(0))


def _device_counts(devices: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    accused = (
        findings.filter("in_scope")
        .group_by("device")
        .agg(
            pirated=(pl.col("verdict") == "cracked").any(),
            suspected=((pl.col("grade") != "none") & pl.col("state").is_in(["undetermined", "not_genuine"])).any(),
        )
    )
    marked = devices.join(accused, on="device", how="left")
    return (
        marked.group_by("unit_id")
        .agg(
            devices=pl.len(),
            in_use=pl.col("in_scope").sum(),
            rows=pl.sum_horizontal(*STATUSES).sum(),
            **{status: pl.col(status).sum() for status in STATUSES},
            pirated_devices=pl.col("pirated").fill_null(False).sum(),
            suspected_devices=(pl.col("suspected").fill_null(False) & ~pl.col("pirated").fill_null(False)).sum(),
        )
        .sort("unit_id")
    )


def _category_counts(installations: pl.DataFrame, findings: pl.DataFrame, category: str, single: bool) -> pl.DataFrame:
    copies = (
        installations.filter("in_scope")
        .group_by("unit_id")
        .agg(
            pl.len().alias(f"{category}_installed"),
            *((pl.col("state") == state).sum().alias(f"{category}_{state}") for state in ("genuine", "not_genuine", "undetermined")),
            (pl.col("origin") == "domestic").sum().alias(f"{category}_domestic"),
            pl.col("end_of_support").fill_null(False).sum().alias(f"{category}_end_of_support"),
            pl.col("official").sum().alias(f"{category}_official"),
        )
    )
    covered = pl.col("genuine") > 0
    # What could still turn out to be a genuine copy: something undetermined, a name nobody settled, or, where every
    # device must have one, silence.
    may_be = ~covered & ((pl.col("undetermined") > 0) | (pl.col("open_names") > 0) | (pl.lit(single) & (pl.col("installations") == 0)))
    machines = (
        findings.filter("in_scope")
        .group_by("unit_id")
        .agg(
            (pl.col("installations") == 0).sum().alias(f"{category}_absent"),
            covered.sum().alias(f"{category}_covered"),
            may_be.sum().alias(f"{category}_coverable"),
            pl.col("open_names").sum().alias(f"{category}_open_names"),
        )
    )
    return machines.join(copies, on="unit_id", how="left")
