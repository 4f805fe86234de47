"""Integer counts per unit. They add up over units in any order and grouping; every rate is made of sums of them."""

from __future__ import annotations

import polars as pl

from licmatch.assess.policy import Policy
from licmatch.rollup.bars import POOLS, REPORTING, STRICT, SURVEYED, device_bars
from licmatch.rollup.units import UnitTree
from licmatch.schema import STATUSES

# Of each category: copies on devices in scope by state, then devices in scope, then unsettled names (a device and name each).
COPIES = ("installed", "genuine", "not_genuine", "undetermined")
MACHINES = ("absent", "covered", "coverable")
FLAGS = ("domestic", "end_of_support", "official")
# Licences bought for it, and those of domestic makers.
LICENCES = ("licences", "licences_domestic")
CATEGORY_COUNTS = (*COPIES, *MACHINES, "open_names", *FLAGS, *LICENCES)
# The bars whose counts add up; `REPORTING` and `POOLS` are worked out from the tree and the position.
ADDED_BARS = (*SURVEYED, *STRICT)
DERIVED_BARS = (*REPORTING, *POOLS)
DEVICE_COUNTS = ("devices", "in_use", "rows", *STATUSES, "pirated_devices", "suspected_devices")


def all_suspected() -> pl.Expr:
    """Devices with any suspected finding: those found cracked are counted apart, and are suspected too until somebody rules."""
    return (pl.col("pirated_devices") + pl.col("suspected_devices")).alias("suspected_devices")


# What counting looks at: filtering tables by their columns of evidence would cost more than all the rest.
_OF_COPIES = ("device", "unit_id", "category", "in_scope", "verdict", "state", "origin", "end_of_support", "official")
_OF_FINDINGS = ("device", "unit_id", "category", "in_scope", "verdict", "state", "grade", "installations", "genuine",
                "undetermined", "open_names", "unlisted")  # fmt: skip


def count_columns(categories: list[str]) -> list[str]:
    """Return the names of all count columns, in the order of the scores table."""
    of_categories = (f"{category}_{count}" for category in categories for count in CATEGORY_COUNTS)
    return [*DEVICE_COUNTS, *of_categories, *ADDED_BARS, *DERIVED_BARS]


def added_columns(categories: list[str]) -> list[str]:
    """Return the count columns that are sums over computers and papers: what merging adds up."""
    return [name for name in count_columns(categories) if name not in DERIVED_BARS]


def count_units(
    devices: pl.DataFrame, installations: pl.DataFrame, findings: pl.DataFrame, categories: list[str], single: frozenset[str],
    policy: Policy,
) -> pl.DataFrame:  # fmt: skip
    """Return unit_id and the counts (Int64, `added_columns`) of the devices that belong to it directly.

    `devices`: unit_id, device, in_scope, rows by status and the fields that a survey asks. `single`: categories every device
    has one of, so that a device where none was seen may still be covered. What comes from a ledger or from papers is 0.
    """
    installations, findings = installations.select(_OF_COPIES), findings.select(_OF_FINDINGS)
    wide = _device_counts(devices, findings)
    for category in categories:
        of_category = _category_counts(
            installations.filter(pl.col("category") == category),
            findings.filter(pl.col("category") == category),
            category,
            category in single,
        )
        wide = wide.join(of_category, on="unit_id", how="left", maintain_order="left")
    wide = wide.join(device_bars(devices, installations, findings, policy), on="unit_id", how="left", maintain_order="left")
    return wide.select("unit_id", *(_count(name, wide) for name in added_columns(categories)))


def with_counts(own: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """Return the counts with those of another table added, unit by unit; units of either, sorted."""
    names = [name for name in own.columns if name != "unit_id"]
    return pl.concat([own, more], how="diagonal").group_by("unit_id").agg(pl.col(names).sum()).sort("unit_id")


def _count(name: str, wide: pl.DataFrame) -> pl.Expr:
    return pl.col(name).fill_null(0).cast(pl.Int64) if name in wide.columns else pl.lit(0, pl.Int64).alias(name)


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
    # What could still turn out to be a genuine copy: something undetermined, a name nobody settled, what a list that is not whole
    # lacks, or, where every device must have one, silence.
    silent = pl.lit(single) & (pl.col("installations") == 0) | pl.col("unlisted")
    may_be = ~covered & ((pl.col("undetermined") > 0) | (pl.col("open_names") > 0) | silent)
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
