"""The scores of a result worked out anew: counts from its tables, unit by unit, then rates and points from the counts."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from licmatch.assess.policy import Policy, load_policy
from licmatch.result.fault import Fault
from licmatch.result.record import Result
from licmatch.rollup import POOLS, REPORTING, UnitTree, count_columns, pool_bars, reporting_bars, score
from licmatch.rollup.bar_rates import ACCEPTED, BARS, NOT_ACCEPTED, PARTS
from licmatch.schema import STATUSES

# Two figures that were worked out in another order may differ in their last bits.
_CLOSE = 1e-9
_STATES = ("genuine", "not_genuine", "undetermined")


def score_faults(result: Result, categories: list[str]) -> Iterable[Fault]:
    """Yield what does not hold of `scores`: every count of a unit against its own tables and the units below it, every rate."""
    ancestors = _ancestors(result.scores)
    if ancestors is None:
        yield Fault("circle", "scores.parquet")
        return
    policy = load_policy({"phase": result.manifest["policy"]["phase"]})
    stated = own_counts(result.scores, count_columns(categories))
    yield from _count_faults(result, stated, categories, policy)
    yield from _derived_faults(result, stated, ancestors, policy)
    yield from _rate_faults(result, categories, policy)


def own_counts(scores: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return unit_id and the counts that belong to each unit itself: its total less those of the units directly below."""
    below = scores.drop_nulls("parent_id").group_by("parent_id").agg(pl.col(names).sum())
    joined = scores.join(below, left_on="unit_id", right_on="parent_id", how="left", suffix="_below", maintain_order="left")
    return joined.select("unit_id", *((pl.col(name) - pl.col(f"{name}_below").fill_null(0)).alias(name) for name in names))


def _count_faults(result: Result, stated: pl.DataFrame, categories: list[str], policy: Policy) -> Iterable[Fault]:
    counted = _counted(result, categories, policy)
    strays = counted.join(result.scores, on="unit_id", how="anti")
    yield from (Fault("stray_unit", "scores.parquet", {"unit": unit}) for unit in strays["unit_id"].sort().head(5))
    names = [name for name in counted.columns if name != "unit_id"]
    withheld = pl.col("unit_id").is_in(result.manifest.get("withheld") or [])
    joined = stated.join(counted, on="unit_id", how="left", suffix="_counted", maintain_order="left")
    for name in names:
        found = pl.col(f"{name}_counted").fill_null(0)
        apart = joined.filter(pl.when(withheld).then(pl.col(name) < found).otherwise(pl.col(name).ne_missing(found)))
        for unit, said, seen in apart.select("unit_id", stated=name, counted=found).head(3).iter_rows():
            yield Fault("count", "scores.parquet", {"unit": unit, "column": name, "stated": said, "counted": seen})
    for name in count_columns(categories):
        for unit, said in stated.filter(pl.col(name) < 0).select("unit_id", name).head(3).iter_rows():
            yield Fault("count", "scores.parquet", {"unit": unit, "column": name, "stated": said, "counted": 0})


def _counted(result: Result, categories: list[str], policy: Policy) -> pl.DataFrame:
    """The counts of each unit's own devices that can be told from the tables of a result."""
    devices = result.devices
    in_scope = devices.filter("in_scope").select("device_id")
    own = devices.group_by("unit_id").agg(
        devices=pl.len().cast(pl.Int64),
        in_use=pl.col("in_scope").sum().cast(pl.Int64),
        **{status: pl.col(status).sum() for status in STATUSES},
    )
    found = result.findings.join(in_scope, on="device_id", how="semi")
    pirated = found.filter(pl.col("verdict") == "cracked").group_by("unit_id")
    parts = [pirated.agg(pirated_devices=pl.col("device_id").n_unique().cast(pl.Int64))]
    copies = result.installations.join(in_scope, on="device_id", how="semi")
    infringing = pl.col("verdict").is_in(policy.infringing())
    loose = found.filter(pl.col("installations") == 0).filter(infringing).select("unit_id", over_deployed=pl.lit(0, pl.Int64))
    wrong = copies.filter(infringing).select("unit_id", over_deployed=(pl.col("verdict") == "over_deployed").cast(pl.Int64))
    parts.append(
        pl.concat([wrong, loose]).group_by("unit_id").agg(infringing=pl.len().cast(pl.Int64), over_deployed=pl.col("over_deployed").sum())
    )
    for category in categories:
        of_state = [(pl.col("state") == name).sum().cast(pl.Int64).alias(f"{category}_{name}") for name in _STATES]
        of_category = copies.filter(pl.col("category") == category).group_by("unit_id")
        parts.append(of_category.agg(pl.len().cast(pl.Int64).alias(f"{category}_installed"), *of_state,
                                     pl.col("official").sum().cast(pl.Int64).alias(f"{category}_official")))  # fmt: skip
        none = found.filter((pl.col("category") == category) & (pl.col("installations") == 0))
        parts.append(none.group_by("unit_id").agg(pl.len().cast(pl.Int64).alias(f"{category}_absent")))
    for part in parts:
        own = own.join(part, on="unit_id", how="left")
    return own.with_columns(pl.exclude("unit_id").fill_null(0))


def _derived_faults(result: Result, stated: pl.DataFrame, ancestors: pl.DataFrame, policy: Policy) -> Iterable[Fault]:
    """Pools against the position and reporting against the tree. Fields asked of a unit are the office's own; they are not worked out."""
    tree = UnitTree(result.units, ancestors)
    for again, names in (
        (pool_bars(result.position, tree), POOLS),
        (reporting_bars(tree, stated.select("unit_id", "devices"), ()), REPORTING[:2]),
    ):
        joined = stated.join(again, on="unit_id", how="left", suffix="_counted", maintain_order="left")
        for name in names:
            found = pl.col(f"{name}_counted").fill_null(0)
            apart = joined.filter(pl.col(name).ne_missing(found)).select("unit_id", stated=name, counted=found)
            for unit, said, seen in apart.head(3).iter_rows():
                yield Fault("count", "scores.parquet", {"unit": unit, "column": name, "stated": said, "counted": seen})


def _ancestors(scores: pl.DataFrame) -> pl.DataFrame | None:
    """Each unit with all above it and itself; None where the units lie in a circle or one is there twice."""
    parents = dict(scores.select("unit_id", "parent_id").iter_rows())
    if len(parents) != scores.height:
        return None
    pairs = []
    for unit in parents:
        at, seen = unit, set[str]()
        while at is not None:
            if at in seen:
                return None
            seen.add(at)
            pairs.append((unit, at))
            at = parents.get(at)
    return pl.DataFrame(pairs, schema={"unit_id": pl.String, "ancestor": pl.String}, orient="row")


def _rate_faults(result: Result, categories: list[str], policy: Policy) -> Iterable[Fault]:
    scores = result.scores
    figures = [f"{category}_{kind}" for category in categories for kind in ("rate", "coverage")]
    for name in [*figures, "points", "strict"]:
        wide = scores.filter(pl.col(f"{name}_low") > pl.col(f"{name}_high"))
        if wide.height:
            yield Fault("interval", "scores.parquet", {"count": wide.height, "example": wide["unit_id"][0], "column": name})
    again = score(scores.select(count_columns(categories)), categories, policy)
    # Points and grades depend on the office's own table; they are worked out again where it is the built-in one.
    names = [f"{name}{end}" for name in figures for end in ("", "_low", "_high")]
    names += [*PARTS, *(f"{category}_domestic_rate" for category in categories), *BARS]
    if policy.sha256 == result.manifest["policy"]["sha256"]:
        names += ["points", "points_low", "points_high"]
    for name in names:
        apart = (pl.col("stated").is_null() != pl.col("counted").is_null()) | ((pl.col("stated") - pl.col("counted")).abs() > _CLOSE)
        both = pl.DataFrame({"unit": scores["unit_id"], "stated": scores[name], "counted": again[name]}).filter(apart)
        for unit, stated, counted in both.head(3).iter_rows():
            yield Fault("count", "scores.parquet", {"unit": unit, "column": name, "stated": stated, "counted": counted})
    for name in (ACCEPTED, NOT_ACCEPTED):
        told = pl.DataFrame({"unit": scores["unit_id"], "stated": scores[name], "counted": again[name]})
        for unit, stated, counted in told.filter(pl.col("stated").ne_missing(pl.col("counted"))).head(3).iter_rows():
            yield Fault("count", "scores.parquet", {"unit": unit, "column": name, "stated": stated, "counted": counted})
