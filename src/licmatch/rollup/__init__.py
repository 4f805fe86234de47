"""Rolling up: units as a tree, integer counts that conserve, rates and points as intervals, unknown names by what they hold open."""

from __future__ import annotations

from licmatch.rollup.conserve import conserve, conserve_rows
from licmatch.rollup.counts import count_columns, count_units, sum_upwards
from licmatch.rollup.rates import score, score_columns
from licmatch.rollup.unit_scores import score_units
from licmatch.rollup.units import EVERYTHING, UNASSIGNED, Placed, UnitTree, place_devices
from licmatch.rollup.unknown import unknown_names

__all__ = [
    "EVERYTHING",
    "UNASSIGNED",
    "Placed",
    "UnitTree",
    "conserve",
    "conserve_rows",
    "count_columns",
    "count_units",
    "place_devices",
    "score",
    "score_columns",
    "score_units",
    "sum_upwards",
    "unknown_names",
]
