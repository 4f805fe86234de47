"""Rolling up: units as a tree, integer counts that conserve, rates and points as intervals, unknown names by what they hold open."""

from __future__ import annotations

from licmatch.rollup.bars import POOLS, REPORTING, each_pool_once, pool_bars, reporting_bars
from licmatch.rollup.conserve import conserve, conserve_rows
from licmatch.rollup.counts import added_columns, all_suspected, count_columns, count_units, sum_upwards
from licmatch.rollup.rates import score, score_columns
from licmatch.rollup.unit_scores import score_tree, score_units
from licmatch.rollup.units import EVERYTHING, UNASSIGNED, Placed, UnitTree, nameless, place_devices, unit_tree
from licmatch.rollup.unknown import ranked_unknown, unknown_names

__all__ = [
    "EVERYTHING",
    "POOLS",
    "REPORTING",
    "UNASSIGNED",
    "Placed",
    "UnitTree",
    "added_columns",
    "all_suspected",
    "conserve",
    "conserve_rows",
    "count_columns",
    "count_units",
    "each_pool_once",
    "nameless",
    "place_devices",
    "pool_bars",
    "ranked_unknown",
    "reporting_bars",
    "score",
    "score_columns",
    "score_tree",
    "score_units",
    "sum_upwards",
    "unit_tree",
    "unknown_names",
]
