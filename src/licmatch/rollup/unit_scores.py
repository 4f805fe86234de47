"""The scores table: one row a unit and every unit above it, checked before it is handed on."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from licmatch.assess.policy import Policy
from licmatch.rollup.bars import ledger_bars, pool_bars, reporting_bars
from licmatch.rollup.conserve import conserve
from licmatch.rollup.counts import count_columns, sum_upwards, with_counts
from licmatch.rollup.rates import score, score_columns
from licmatch.rollup.units import UnitTree

HEAD = ("unit_id", "parent_id", "name", "tier", "level")


def score_units(
    counts: Sequence[pl.DataFrame], devices: pl.DataFrame, tree: UnitTree, categories: list[str], policy: Policy,
    *, position: pl.DataFrame, licences: pl.DataFrame, ledger: pl.DataFrame | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Return unit_id, parent_id, name, tier, level, then counts, rates, points and grades; parents before children.

    `counts`: as of `count_units`, of parts of the devices; `position`: columns of `licences.frames.POSITION`; `licences`: unit_id,
    category, licences, licences_domestic; `ledger`: device_id, unit_id of the computers in use that a ledger lists. Raises
    ResultError where counts do not conserve.
    """
    own, *more = counts
    for part in (*more, ledger_bars(ledger, devices, tree)):
        own = with_counts(own, part)
    own = with_counts(own, _bought(licences, tree, categories))
    return score_tree(own, tree, categories, policy, position)


def score_tree(own: pl.DataFrame, tree: UnitTree, categories: list[str], policy: Policy, position: pl.DataFrame) -> pl.DataFrame:
    """Return the scores table of counts that belong to units directly (unit_id, `added_columns`), whoever counted them."""
    whole = own
    for more in (reporting_bars(tree, own, policy.unit_fields), pool_bars(position, tree)):
        whole = whole.join(more, on="unit_id", how="full", coalesce=True)
    whole = whole.select("unit_id", *(pl.col(name).fill_null(0) for name in count_columns(categories))).sort("unit_id")
    totals = sum_upwards(whole, tree)
    conserve(whole, totals, tree, categories)
    scored = score(totals, categories, policy)
    placed = tree.frame.select(HEAD).join(scored, on="unit_id", how="left", maintain_order="left")
    return placed.select(*HEAD, *count_columns(categories), *score_columns(categories))


def _bought(licences: pl.DataFrame, tree: UnitTree, categories: list[str]) -> pl.DataFrame:
    """unit_id and `<category>_licences`, `<category>_licences_domestic`; licences of a unit nobody knows count at the top."""
    top = tree.frame["unit_id"][0]
    placed = licences.with_columns(
        unit_id=pl.when(pl.col("unit_id").is_in(tree.frame["unit_id"].implode())).then("unit_id").otherwise(pl.lit(top))
    )
    figures = ("licences", "licences_domestic")
    sums = [pl.col(name).filter(pl.col("category") == one).sum().alias(f"{one}_{name}") for one in categories for name in figures]
    return placed.group_by("unit_id").agg(sums)
