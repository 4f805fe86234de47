"""The tree of a merged result: every unit that a part or the office's own table names, described once."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from licmatch.assess.case import canonical
from licmatch.errors import ResultError
from licmatch.merge.parts import Part
from licmatch.result.verify_scores import own_counts
from licmatch.rollup import EVERYTHING, UNASSIGNED, UnitTree, added_columns, unit_tree
from licmatch.schema import UNITS

_TOLD = [name for name in UNITS if name != "unit_id"]


def joined_tree(parts: Sequence[Part], own: pl.DataFrame | None = None, name: str | None = None) -> UnitTree:
    """Return the tree of all parts. `own`: the office's own units table, which goes before what the parts say of a unit.

    Where several units are left at the top they hang under one node, called `name` if that is given. Parts may leave out what
    others say of a unit. Raises ResultError where two say different things and `own` does not settle it.
    """
    rows = pl.concat([_described(part.result.units, place) for place, part in enumerate(parts)])
    settled = canonical("units", own)
    _agree(parts, rows.filter(~pl.col("unit_id").is_in(settled["unit_id"].implode())))
    once = rows.group_by("unit_id").agg(pl.col(_TOLD).drop_nulls().first())
    both = once.join(settled, on="unit_id", how="full", coalesce=True, suffix="_own")
    told = both.select("unit_id", *(pl.coalesce(f"{column}_own", column).alias(column) for column in _TOLD))
    real = told.filter(~pl.col("unit_id").is_in([EVERYTHING, UNASSIGNED]))
    if real.is_empty():
        real = pl.DataFrame([{"unit_id": EVERYTHING, "tier": "other"}], schema=UNITS)
    elif (told["unit_id"] == UNASSIGNED).any() or _loose(parts):
        real = pl.concat([real.select(*UNITS), pl.DataFrame([{"unit_id": UNASSIGNED, "tier": "other"}], schema=UNITS)])
    tree = unit_tree(real.with_columns(name=pl.coalesce("name", "unit_id")).select(*UNITS).sort("unit_id"))
    if name is None:
        return tree
    named = pl.when(pl.col("unit_id") == EVERYTHING).then(pl.lit(name)).otherwise("name").alias("name")
    return UnitTree(tree.frame.with_columns(named), tree.ancestors)


def placed(frame: pl.DataFrame, tree: UnitTree) -> pl.DataFrame:
    """Return a table with its unit ids as they are in the tree: what belonged to nobody in particular is unassigned beside real units."""
    if not (tree.frame["unit_id"] == UNASSIGNED).any():
        return frame
    return frame.with_columns(pl.col("unit_id").replace({EVERYTHING: UNASSIGNED}))


def _described(units: pl.DataFrame, place: int) -> pl.DataFrame:
    """What a part says of its units, without what licmatch filled in: a node over all, a name that is only the id."""
    return (
        units.filter(pl.col("unit_id") != EVERYTHING)
        .with_columns(
            parent_id=pl.when(pl.col("parent_id") != EVERYTHING).then("parent_id"),
            name=pl.when(pl.col("name") != pl.col("unit_id")).then("name"),
            part=pl.lit(place),
        )
        .select(*UNITS, "part")
    )


def _loose(parts: Sequence[Part]) -> bool:
    """Whether some part counts anything that belongs to no unit at all."""
    for part in parts:
        names = added_columns([category["id"] for category in part.result.manifest["categories"]])
        own = own_counts(part.result.scores, names).filter(pl.col("unit_id") == EVERYTHING)
        if own.filter(pl.any_horizontal(pl.col(name) != 0 for name in names)).height:
            return True
    return False


def _agree(parts: Sequence[Part], rows: pl.DataFrame) -> None:
    """Raise where two parts describe one unit differently, naming field and folders."""
    for column in _TOLD:
        said = rows.drop_nulls(column).group_by("unit_id").agg(pl.col(column), pl.col("part")).filter(pl.col(column).list.n_unique() > 1)
        if said.height:
            unit, values, places = said.sort("unit_id").row(0)
            words = ", ".join(f"{value!r} in {parts[place].folder}" for value, place in zip(values[:3], places[:3], strict=True))
            raise ResultError(
                f"unit {unit!r} has a different {column}: {words}",
                hint="give the office's own table with --units, which goes before the parts",
            )  # fmt: skip
