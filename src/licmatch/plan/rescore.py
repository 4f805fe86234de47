"""The scores of a result whose copies changed: its counts, less what the tables say of before, plus what they say of after."""

from __future__ import annotations

import polars as pl

from licmatch.assess import EngineView, Policy
from licmatch.assess.devices import is_partial
from licmatch.result import Result
from licmatch.rollup import count_columns, count_units, score

_KEYS = ["device_id", "category"]


def rescored(result: Result, copies: pl.DataFrame, engine: EngineView, policy: Policy) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (before, after): the score table by the same policy. `copies`: the licensable copies as they would be, with `at`.

    What hangs on names nobody recognised stays as it was: the tables of a result do not say on which device they are.
    """
    categories = [str(one["id"]) for one in result.manifest["categories"]]
    single = frozenset(one.id for one in engine.categories if one.one_per_device)
    rank = {str(one["verdict"]): place for place, one in enumerate(result.manifest["verdicts"])}
    devices = result.devices.with_row_index("device")
    old = result.installations.drop("evidence", "flags", strict=False).with_row_index("at")
    touched = _touched(old, copies)
    rest = old.join(touched, on=_KEYS, how="anti")
    untouchable = old.join(touched, on=_KEYS, how="semi").filter(pl.col("state") == "out_of_scope")
    new = pl.concat([rest, untouchable, copies.select(old.columns).join(touched, on=_KEYS, how="semi")])
    own = [
        count_units(devices, _with_devices(table, devices), _findings(result, table, touched, devices, rank), categories, single, policy)
        for table in (old, new)
    ]
    names = [name for name in own[0].columns if name != "unit_id"]
    moved = own[1].join(own[0], on="unit_id", suffix="_old").select("unit_id", *(pl.col(name) - pl.col(f"{name}_old") for name in names))
    up = _ancestors(result.scores).join(moved, on="unit_id").group_by("ancestor").agg(pl.col(names).sum())
    counts = result.scores.join(up, left_on="unit_id", right_on="ancestor", how="left", suffix="_moved", maintain_order="left")
    after = counts.with_columns((pl.col(name) + pl.col(f"{name}_moved").fill_null(0)).alias(name) for name in names)
    most = (
        pl.min_horizontal(f"{one}_coverable", pl.col("in_use") - pl.col(f"{one}_covered")).clip(lower_bound=0).alias(f"{one}_coverable")
        for one in categories
    )
    head = ["unit_id", "parent_id", "name", "tier", "level", *count_columns(categories)]
    return score(result.scores.select(head), categories, policy), score(after.with_columns(most).select(head), categories, policy)


def _touched(old: pl.DataFrame, copies: pl.DataFrame) -> pl.DataFrame:
    """Devices and categories of which some copy is another one now, or gone."""
    said = ["at", "product_id", "verdict", "state"]
    was = old.select(*_KEYS, *said).filter(pl.col("state") != "out_of_scope")
    same = was.join(copies.select(said), on=said, nulls_equal=True, how="semi")
    candidates = was.join(same, on="at", how="anti")
    # Rows that were never among the licensable copies did not change.
    changed = candidates.join(copies.select("at"), on="at", how="semi")
    gone = candidates.join(copies.select("at"), on="at", how="anti").filter(pl.col("product_id").is_not_null())
    return pl.concat([changed, gone]).select(_KEYS).unique()


def _with_devices(table: pl.DataFrame, devices: pl.DataFrame) -> pl.DataFrame:
    return table.drop("unit_id").join(devices.select("device_id", "device", "unit_id", "in_scope"), on="device_id")


def _findings(result: Result, table: pl.DataFrame, touched: pl.DataFrame, devices: pl.DataFrame, rank: dict[str, int]) -> pl.DataFrame:
    """The findings with the counts of `table`; of touched devices the worst verdict anew."""
    counted = table.with_columns(rank=pl.col("verdict").replace_strict(rank, default=len(rank), return_dtype=pl.Int64)).sort("rank", "at")
    now = counted.group_by(_KEYS, maintain_order=True).agg(
        now_installations=pl.len().cast(pl.Int64),
        genuine=(pl.col("state") == "genuine").sum().cast(pl.Int64),
        undetermined=(pl.col("state") == "undetermined").sum().cast(pl.Int64),
        now_verdict=pl.col("verdict").first(),
        now_state=pl.col("state").first(),
        now_grade=pl.col("grade").first(),
    )
    joined = result.findings.drop("unit_id").join(now, on=_KEYS, how="left", maintain_order="left")
    joined = joined.join(touched.with_columns(again=pl.lit(True)), on=_KEYS, how="left", maintain_order="left")
    again = pl.col("again").fill_null(False)
    # Of a list that is not whole, what is taken away was one copy that was seen: whether there is another, nobody knows.
    partial = devices.filter(is_partial(devices)).select("device_id", partial=pl.lit(True))
    joined = joined.join(partial, on="device_id", how="left", maintain_order="left").with_columns(pl.col("partial").fill_null(False))
    unknown, nothing = pl.col("partial"), pl.col("now_installations").is_null()
    none = {
        "verdict": pl.when(unknown).then(pl.lit("undetermined")).otherwise(pl.lit("absent")),
        "state": pl.when(unknown).then(pl.lit("undetermined")).otherwise(pl.lit("out_of_scope")),
        "grade": pl.lit("none"),
    }
    made = joined.with_columns(
        installations=pl.col("now_installations").fill_null(0),
        genuine=pl.col("genuine").fill_null(0),
        undetermined=pl.col("undetermined").fill_null(0),
        open_names=pl.lit(0, pl.Int64),
        unlisted=unknown & nothing,
        **{name: pl.when(again).then(pl.col(f"now_{name}").fill_null(value)).otherwise(name) for name, value in none.items()},
    )
    return made.join(devices.select("device_id", "device", "unit_id", "in_scope"), on="device_id", how="inner")


def _ancestors(scores: pl.DataFrame) -> pl.DataFrame:
    parents = dict(scores.select("unit_id", "parent_id").iter_rows())
    pairs = []
    for unit in parents:
        at: str | None = unit
        seen: set[str] = set()
        while at is not None and at not in seen:
            seen.add(at)
            pairs.append((unit, at))
            at = parents.get(at)
    return pl.DataFrame(pairs, schema={"unit_id": pl.String, "ancestor": pl.String}, orient="row")
