"""The scores table: one row a unit and every unit above it, checked before it is handed on."""

from __future__ import annotations

import polars as pl

from licmatch.assess.policy import Policy
from licmatch.rollup.conserve import conserve
from licmatch.rollup.counts import count_columns, count_units, sum_upwards
from licmatch.rollup.rates import score, score_columns
from licmatch.rollup.units import UnitTree


def score_units(
    devices: pl.DataFrame, installations: pl.DataFrame, findings: pl.DataFrame, tree: UnitTree,
    categories: list[str], single: frozenset[str], policy: Policy,
) -> pl.DataFrame:  # fmt: skip
    """Return unit_id, parent_id, name, tier, level, then counts, rates, points and grades; parents before children.

    Raises ResultError where counts do not conserve.
    """
    own = count_units(devices, installations, findings, categories, single)
    totals = sum_upwards(own, tree)
    conserve(own, totals, tree, categories)
    scored = score(totals, categories, policy)
    placed = tree.frame.select("unit_id", "parent_id", "name", "tier", "level").join(
        scored, on="unit_id", how="left", maintain_order="left"
    )
    return placed.select("unit_id", "parent_id", "name", "tier", "level", *count_columns(categories), *score_columns(categories))
