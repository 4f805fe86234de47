"""Integer counts of each place out of a result: what the rubric and the target are reckoned from. A count nobody has is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.programme.places import Places
from licmatch.result import Result

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """`of`: place -> count -> number. `with_devices`: units that have a device in the result. `elsewhere`: devices of no place."""

    day: date | None
    of: Mapping[str, Counts]
    with_devices: frozenset[str]
    elsewhere: int
    categories: tuple[str, ...]
    titles: Mapping[str, tuple[str, str]]  # category -> Chinese and English


NOTHING = Figures(None, {}, frozenset(), 0, (), {})


def place_figures(result: Result | None, places: Places) -> Figures:
    """Return the counts of every place: of its own level, so that no device is counted in two places that report for themselves.

    Columns of scores.parquet by name, `position.<column>`, `verdict.<code>` (copies in scope), `finding.<code>` and `official.<code>`
    (devices in scope, the latter by a ruling). What the result does not hold is absent, never 0: of a place in which no computer in use
    was seen nothing is known, and nothing found there is no merit.
    """
    if result is None:
        return NOTHING
    parents: dict[str, str | None] = dict(result.scores.select("unit_id", "parent_id").iter_rows())
    reporting = {place.unit_id for place in places.all if place.reporting}
    towns = {place.unit_id for place in places.all if not place.reporting}
    counted: dict[str, dict[str, int]] = {}
    own = _own(result.scores)
    for among in (reporting, towns):
        placed = _placed(parents, among)
        for frame in _tables(result, own):
            summed = frame.join(placed, on="unit_id").drop("unit_id").group_by("place").sum()
            zero = dict.fromkeys((column for column in frame.columns if column != "unit_id"), 0)
            for place in set(placed["place"]):
                counted.setdefault(place, {}).update(zero)
            for row in summed.iter_rows(named=True):
                place = row.pop("place")
                counted[place].update({column: int(value or 0) for column, value in row.items()})
    counted = {place: counts for place, counts in counted.items() if counts.get("in_use")}
    with_devices = frozenset(own.filter(pl.col("devices") > 0)["unit_id"])
    inside = set(_placed(parents, reporting)["unit_id"])
    elsewhere = own.filter(~pl.col("unit_id").is_in(list(inside)))["devices"].sum()
    titles = {
        str(one["id"]): (str(one.get("title_zh") or one["id"]), str(one.get("title_en") or one["id"]))
        for one in result.manifest["categories"]
    }
    return Figures(date.fromisoformat(result.manifest["as_of"]), counted, with_devices, int(elsewhere), tuple(titles), titles)


def _own(scores: pl.DataFrame) -> pl.DataFrame:
    """The counts of the devices that belong to a unit directly: its row without those of its children."""
    counts = [name for name, dtype in scores.schema.items() if dtype.is_integer() and name != "level"]
    below = scores.filter(pl.col("parent_id").is_not_null()).group_by(unit_id="parent_id").agg(pl.col(counts).sum())
    both = scores.select("unit_id", *counts).join(below, on="unit_id", how="left", suffix="_below")
    return both.select("unit_id", *(pl.col(name) - pl.col(f"{name}_below").fill_null(0) for name in counts))


def _placed(parents: Mapping[str, str | None], among: set[str]) -> pl.DataFrame:
    pairs = []
    for unit in parents:
        at: str | None = unit
        while at is not None and at not in among:
            at = parents.get(at)
        if at is not None:
            pairs.append((unit, at))
    return pl.DataFrame(pairs, schema={"unit_id": pl.String, "place": pl.String}, orient="row")


def _tables(result: Result, own: pl.DataFrame) -> list[pl.DataFrame]:
    """The tables to add up. One without rows says nothing: a merged result may have no rows of devices at all."""
    tables = [own]
    if not result.position.is_empty():
        numbers = [name for name, dtype in result.position.schema.items() if dtype.is_integer()]
        tables.append(result.position.select("unit_id", *(pl.col(name).fill_null(0).alias(f"position.{name}") for name in numbers)))
    if result.findings.is_empty() or "in_scope" not in result.devices.columns:
        return tables
    in_scope = result.devices.filter("in_scope").select("device_id")
    codes = [str(one["verdict"]) for one in result.manifest.get("verdicts") or []]
    copies = result.installations.join(in_scope, on="device_id", how="semi")
    devices = result.findings.join(in_scope, on="device_id", how="semi")
    if not copies.is_empty():
        tables.append(copies.select("unit_id", *((pl.col("verdict") == code).cast(pl.Int64).alias(f"verdict.{code}") for code in codes)))
    of_device = devices.group_by("unit_id", "device_id").agg(
        *((pl.col("verdict") == code).any().cast(pl.Int64).alias(f"finding.{code}") for code in codes),
        *(
            ((pl.col("verdict") == code) & pl.col("official").fill_null(False)).any().cast(pl.Int64).alias(f"official.{code}")
            for code in codes
        ),
    )
    return [*tables, of_device.drop("device_id")]
