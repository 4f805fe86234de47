"""Movement of every count of every unit, taken apart by what moved it: the causes of a count add up to its whole movement."""

from __future__ import annotations

import polars as pl

from licmatch.errors import ResultError
from licmatch.result.record import Result

# What moved a finding, and the cause a person can do something about.
CAUSES = {
    "device_new": "scan", "device_gone": "scan", "unit": "scan", "scope": "scan", "software": "scan", "arranged": "units",
    "ruling": "rulings", "papers": "papers", "recognition": "catalog", "evidence": "catalog", "policy": "policy", "judging": "judging",
    "not_told": "not_told",
}  # fmt: skip
COUNTS = ("installed", "genuine", "not_genuine", "undetermined")
ARRANGED, NOT_TOLD = "arranged", "not_told"
_KEYS = ["device_id", "category"]
_OF_DEVICES = ("devices", "in_use")


def copies_of(side: Result) -> pl.DataFrame:
    """Return device_id, category and the counts of `COUNTS` of the copies in scope."""
    in_scope = side.devices.filter("in_scope").select("device_id")
    states = {name: (pl.col("state") == name).sum().cast(pl.Int64) for name in COUNTS[1:]}
    copies = side.installations.join(in_scope, on="device_id", how="semi")
    return copies.group_by(_KEYS).agg(installed=pl.len().cast(pl.Int64), **states)


def moves(old: Result, new: Result, why: pl.DataFrame) -> pl.DataFrame:
    """Return unit_id, name, figure, why, cause, change: no row where nothing moved; sorted.

    `why`: device_id, category, why, and unit_id and verdict before and after, of every device and category of either result.
    Figures are `devices`, `in_use` and `<category>_<count>`. For each unit and figure the changes add up to the difference of the
    two scores tables; what tables do not tell, because a side withholds its details, is `not_told`. Raises ResultError where they
    do not add up.
    """
    sides = [_contributions(side) for side in (old, new)]
    keys = ["unit_id", "device_id", "category", "figure"]
    both = (
        sides[0]
        .join(sides[1], on=keys, how="full", coalesce=True, suffix="_new")
        .with_columns(change=pl.col("value_new").fill_null(0) - pl.col("value").fill_null(0))
    )
    told = both.filter(pl.col("change") != 0).join(_reasons(why), on=_KEYS, how="left", nulls_equal=True)
    summed = told.group_by("unit_id", "figure", why=pl.col("why").fill_null(ARRANGED)).agg(pl.col("change").sum())
    figures = [*_OF_DEVICES, *(f"{category}_{count}" for category in _categories(old, new) for count in COUNTS)]
    rest = _whole(old, new, figures).join(
        summed.group_by("unit_id", "figure").agg(told=pl.col("change").sum()), on=["unit_id", "figure"], how="full", coalesce=True
    )
    rest = rest.select("unit_id", "figure", why=pl.lit(NOT_TOLD), change=pl.col("change").fill_null(0) - pl.col("told").fill_null(0))
    rest = rest.filter(pl.col("change") != 0)
    if rest.height and not (old.manifest.get("withheld") or new.manifest.get("withheld")):
        unit, figure = rest.sort("unit_id", "figure").select("unit_id", "figure").row(0)
        raise ResultError(
            f"the movement of {figure} of unit {unit!r} is not explained by the tables", hint="`licmatch verify` both results"
        )
    every = pl.concat([summed.select(rest.columns), rest]).filter(pl.col("change") != 0)
    return _shaped(every, old, new, figures)


def _shaped(every: pl.DataFrame, old: Result, new: Result, figures: list[str]) -> pl.DataFrame:
    units = pl.concat([new.scores.select("unit_id", "name"), old.scores.select("unit_id", "name")]).unique("unit_id", maintain_order=True)
    placed = units.with_row_index("place").join(every, on="unit_id", maintain_order="left")
    step = {figure: place for place, figure in enumerate(figures)}
    rank = {reason: place for place, reason in enumerate(CAUSES)}
    return (
        placed.with_columns(
            cause=pl.col("why").replace_strict(CAUSES, return_dtype=pl.String),
            step=pl.col("figure").replace_strict(step, return_dtype=pl.Int64),
            rank=pl.col("why").replace_strict(rank, return_dtype=pl.Int64),
        )
        .sort("place", "step", "rank")
        .select("unit_id", "name", "figure", "why", "cause", "change")
    )


def _categories(old: Result, new: Result) -> list[str]:
    """Categories of either side; one that is missing on a side counts nothing there."""
    return list(dict.fromkeys(str(one["id"]) for side in (new, old) for one in side.manifest["categories"]))


def _contributions(side: Result) -> pl.DataFrame:
    """unit_id (of the device and all above), device_id, category (null for what is of the device), figure, value."""
    devices = side.devices.select(
        "device_id", "unit_id", category=pl.lit(None, pl.String), devices=pl.lit(1, pl.Int64), in_use=pl.col("in_scope").cast(pl.Int64)
    )
    copies = copies_of(side).join(side.devices.select("device_id", "unit_id"), on="device_id")
    of_devices = devices.unpivot(_OF_DEVICES, index=["device_id", "unit_id", "category"], variable_name="figure")
    of_copies = copies.unpivot(COUNTS, index=["device_id", "unit_id", "category"], variable_name="figure").with_columns(
        figure=pl.concat_str("category", "figure", separator="_")
    )
    own = pl.concat([of_devices, of_copies]).filter(pl.col("value") != 0)
    ways = _ancestors(side.units)
    return own.join(ways, on="unit_id").drop("unit_id").rename({"ancestor": "unit_id"})


def _ancestors(units: pl.DataFrame) -> pl.DataFrame:
    parents = dict(units.select("unit_id", "parent_id").iter_rows())
    pairs = []
    for unit in parents:
        at: str | None = unit
        while at is not None:
            pairs.append((unit, at))
            at = parents.get(at)
    return pl.DataFrame(pairs, schema={"unit_id": pl.String, "ancestor": pl.String}, orient="row")


def _reasons(why: pl.DataFrame) -> pl.DataFrame:
    """The reasons as given, and for each device as such whether it came, went, changed its unit or its use."""
    in_use = [pl.col(f"verdict_{when}") != "not_in_scope" for when in ("old", "new")]
    about = (
        pl.when(pl.col("unit_id_old").is_null()).then(pl.lit("device_new"))
        .when(pl.col("unit_id_new").is_null()).then(pl.lit("device_gone"))
        .when(pl.col("unit_id_old") != pl.col("unit_id_new")).then(pl.lit("unit"))
        .when(in_use[0] != in_use[1]).then(pl.lit("scope"))
    )  # fmt: skip
    of_devices = why.with_columns(why=about).drop_nulls("why").group_by("device_id").agg(pl.col("why").first())
    return pl.concat(
        [why.select("device_id", "category", "why"), of_devices.select("device_id", category=pl.lit(None, pl.String), why="why")]
    )


def _whole(old: Result, new: Result, figures: list[str]) -> pl.DataFrame:
    sides = []
    for side in (old, new):
        known = [figure for figure in figures if figure in side.scores.columns]
        sides.append(side.scores.select("unit_id", *known).unpivot(known, index="unit_id", variable_name="figure"))
    both = sides[0].join(sides[1], on=["unit_id", "figure"], how="full", coalesce=True, suffix="_new")
    return both.select("unit_id", "figure", change=pl.col("value_new").fill_null(0) - pl.col("value").fill_null(0))
