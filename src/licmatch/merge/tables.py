"""The tables of a merged result. Each is a sum or a sorted union, so that no order or grouping of the parts can show in it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from licmatch.merge.parts import Part
from licmatch.merge.places import placed
from licmatch.result import numbered_lots, seats_follow
from licmatch.result.verify_scores import own_counts
from licmatch.rollup import UnitTree, added_columns, each_pool_once, ranked_unknown
from licmatch.schema import MATCHES

# One row a device in one part only; within a device the order of its run is kept.
OF_DEVICES = ("installations", "findings", "devices")


def own_sums(parts: Sequence[Part], tree: UnitTree, categories: list[str]) -> pl.DataFrame:
    """Return unit_id and the counts that belong to each unit directly, added up over the parts."""
    names = added_columns(categories)
    own = pl.concat([placed(own_counts(part.result.scores, names), tree) for part in parts])
    counted = own.filter(pl.any_horizontal(pl.col(name) != 0 for name in names))
    return counted.group_by("unit_id").agg(pl.col(names).sum()).sort("unit_id")


def of_devices(parts: Sequence[Part], table: str, tree: UnitTree) -> pl.DataFrame:
    """Return a table of devices of all parts, sorted by device."""
    frames = [placed(getattr(part.result, table), tree) for part in parts]
    return _together(frames).sort("device_id", maintain_order=True)


def lots_and_seats(parts: Sequence[Part], tree: UnitTree) -> dict[str, pl.DataFrame]:
    """Return the lots of all parts, numbered anew, and the seats of them, which follow their copies to where `of_devices` puts them."""
    lots, numbers = numbered_lots([placed(part.result.entitlements, tree) for part in parts])
    copies = [
        part.result.installations.select("device_id").with_row_index("was").with_columns(part=pl.lit(at)) for at, part in enumerate(parts)
    ]
    order = pl.concat(copies).sort("device_id", maintain_order=True).with_row_index("row")
    seats = []
    for at, part in enumerate(parts):
        own = order.filter(pl.col("part") == at).sort("was")
        seats.append(seats_follow(placed(part.result.assignment, tree), own["row"], numbers[at]))
    return {"entitlements": lots, "assignment": pl.concat(seats).sort("installation", maintain_order=True)}


def matches(parts: Sequence[Part]) -> pl.DataFrame:
    """Return the names of all parts: rows and devices of the same name and decision add up, as no device is in two parts."""
    keys = [name for name in MATCHES if name not in ("rows", "devices")]
    every = pl.concat([part.result.matches for part in parts])
    return every.group_by(keys).agg(pl.col("rows", "devices").sum()).sort(keys, nulls_last=True).select(*MATCHES)


def unknown(parts: Sequence[Part], scores: pl.DataFrame) -> pl.DataFrame:
    """Return the names nobody settled, with what each holds open of the whole."""
    keys = ["name", "publisher", "version", "lm_status", "category"]
    every = pl.concat([part.result.unknown for part in parts])
    summed = every.group_by(keys).agg(pl.col("rows", "devices", "held_open").sum())
    return ranked_unknown(summed, scores.filter(pl.col("parent_id").is_null()))


def position(parts: Sequence[Part], tree: UnitTree) -> pl.DataFrame:
    """Return the position of all parts. A unit is in one part only; what belongs to everybody in a part is its top unit's here."""
    every = pl.concat([placed(part.result.position.with_columns(pl.col("unit_id").fill_null(_top(part))), tree) for part in parts])
    return each_pool_once(every)


def _top(part: Part) -> str:
    return str(part.result.scores.filter(pl.col("parent_id").is_null())["unit_id"][0])


def listed(parts: Sequence[Part], table: str) -> pl.DataFrame:
    """Return any other table of all parts, its rows sorted by all of their columns."""
    every = _together([getattr(part.result, table) for part in parts])
    plain = [name for name, dtype in every.schema.items() if not dtype.is_nested()]
    return every.sort(plain, nulls_last=True, maintain_order=True)


def _together(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The frames below each other; where their columns differ, in the order of the columns' names, whoever comes first."""
    if len({tuple(frame.columns) for frame in frames}) == 1:
        return pl.concat(frames)
    every = pl.concat(frames, how="diagonal")
    return every.select(sorted(every.columns))
