"""Copies of one computer that one seat of a suite covers together: which computers are alike, and which copies may share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import polars as pl

MOST_ALIKE = 6  # copies that may share on computers that are counted together; beyond, each computer is looked at by itself
MOST_SHARING = 12  # copies of one computer that may share at all: sets of them are listed
BUNDLES: dict[str, pl.DataType] = {"bundle": pl.UInt32(), "size": pl.Int64(), "classes": pl.List(pl.UInt32())}
HELD: dict[str, pl.DataType] = {"at": pl.UInt32(), "bundle": pl.UInt32(), "turn": pl.Int64(), "slot": pl.Int64()}
Group = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """How a seat of a suite covers copies of a class: as a part, with what it gains (covered, proved, kept), and whether `free` to
    join any seat that is there anyway: proved, and not assigned to this computer by any lot."""

    part: bool
    gain: tuple[int, int, int]
    free: bool


Near = Mapping[int, Mapping[int, Way]]  # class -> suite -> way


def suites(edges: pl.DataFrame, stocks: pl.DataFrame) -> dict[int, dict[int, Way]]:
    """Return how the suites with a number of seats cover copies: class -> stock -> way."""
    counted = stocks.filter(pl.col("cap").is_not_null()).select("stock")
    of_suites = edges.filter("part").select("stock").unique().join(counted, on="stock", how="semi")
    bound = pl.col("class").is_in(edges.filter("kept")["class"].unique().implode())
    found: dict[int, dict[int, Way]] = defaultdict(dict)
    made = edges.filter(~pl.col("needs_base")).join(of_suites, on="stock", how="semi").with_columns(bound=bound)
    for one, stock, part, proved, kept, held in made.select("class", "stock", "part", "proved", "kept", "bound").iter_rows():
        found[one][stock] = Way(part, (1, int(proved), int(kept)), proved and not held)
    return found


def bundled(wanted: pl.DataFrame, edges: pl.DataFrame, stocks: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `BUNDLES`, one row a kind of like computers, and `HELD`, their copies that may share a seat: which computer, which slot.

    Copies of a class are the same to every lot; so computers are alike when the classes of what may share are the same.
    """
    near = suites(edges, stocks)
    held = wanted.filter(pl.col("class").is_in(sorted(near)))
    held = held.filter(pl.len().over("device") > 1).sort("device", "class", "at").select("at", "device", "device_id", "unit_id", "class")
    if held.is_empty():
        return pl.DataFrame(schema=BUNDLES), pl.DataFrame(schema=HELD)
    devices = held.group_by("device", maintain_order=True).agg(pl.col("class").alias("all"), pl.col("at", "device_id", "unit_id"))
    signatures = devices.select("all").unique().sort("all")
    kept = [_sharing(row, near) for row in signatures["all"].to_list()]
    told = signatures.with_columns(pl.Series("kept", kept, dtype=pl.List(pl.Boolean)))
    devices = devices.join(told, on="all", how="left", maintain_order="left").filter(pl.col("kept").list.any())
    rows = devices.select(pl.all().exclude("all"), pl.col("all").alias("class")).explode("at", "device_id", "unit_id", "kept", "class")
    rows = rows.filter("kept").sort("device", "class", "at")
    alike = rows.group_by("device", maintain_order=True).agg(
        pl.col("class").alias("classes"), pl.col("device_id").first(), pl.col("unit_id").first()
    )
    alone = pl.col("classes").list.len() > MOST_ALIKE
    alike = alike.with_columns(own=pl.when(alone).then("device_id"))
    bundles = alike.group_by("classes", "own").agg(size=pl.len().cast(pl.Int64)).sort("classes", "own", nulls_last=True)
    bundles = bundles.with_row_index("bundle")
    alike = alike.join(bundles, on=["classes", "own"], nulls_equal=True, how="left", maintain_order="left")
    alike = alike.sort("bundle", "unit_id", "device_id", nulls_last=True).with_columns(turn=pl.int_range(pl.len()).over("bundle"))
    rows = rows.with_columns(slot=pl.int_range(pl.len()).over("device")).join(alike.select("device", "bundle", "turn"), on="device")
    tables = (bundles, BUNDLES), (rows.sort("bundle", "turn", "slot"), HELD)
    made = [frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items()) for frame, schema in tables]
    return made[0], made[1]


def _sharing(classes: Sequence[int], near: Near) -> list[bool]:
    """Which copies of a computer some suite covers together with another: any number of parts, and one whole."""
    found = [False] * len(classes)
    for stock in {stock for one in classes for stock in near[one]}:
        reached = [slot for slot, one in enumerate(classes) if stock in near[one]]
        if len(reached) > 1 and any(near[classes[slot]][stock].part for slot in reached):
            for slot in reached:
                found[slot] = True
    return found if sum(found) <= MOST_SHARING else [mark and sum(found[:slot]) < MOST_SHARING for slot, mark in enumerate(found)]


def groups(classes: Sequence[int], near: Near) -> dict[Group, list[int]]:
    """Return which copies (by slot) may share a seat, and of which suites.

    Left out is what is never better: a copy that may freely join a seat of its computer joins it, for it covers no less, proves no
    less, and sets another seat free.
    """
    found: dict[Group, list[int]] = defaultdict(list)
    for stock in sorted({stock for one in classes for stock in near[one]}):
        ways = [near[one].get(stock) for one in classes]
        shape = tuple(None if way is None else (way.part, way.free) for way in ways)
        for group in _shared(shape):
            found[group].append(stock)
    return dict(sorted(found.items()))


@cache
def _shared(shape: tuple[tuple[bool, bool] | None, ...]) -> tuple[Group, ...]:
    parts = [slot for slot, way in enumerate(shape) if way is not None and way[0]]
    wholes = [slot for slot, way in enumerate(shape) if way is not None and not way[0]]
    must = [slot for slot in parts if shape[slot] == (True, True)]
    may = [slot for slot in parts if slot not in must]
    # Some whole joins where one may freely.
    heads: list[tuple[int, ...]] = [(slot,) for slot in wholes]
    if not any(shape[slot] == (False, True) for slot in wholes):
        heads.append(())
    made = []
    for head in heads:
        for number in range(len(may) + 1):
            for some in combinations(may, number):
                group = tuple(sorted((*head, *must, *some)))
                if len(group) > 1 and (must or some):
                    made.append(group)
    return tuple(made)


def packings(found: Sequence[Group]) -> list[tuple[Group, ...]]:
    """Return the largest sets of groups that fit on one computer: no copy is in two of them."""
    every = [tuple(sorted(pack)) for pack in _packs(tuple(found), frozenset())]
    return sorted({pack for pack in every if not any(set(pack) < set(other) for other in every)})


def _packs(left: tuple[Group, ...], taken: frozenset[int]) -> Iterator[tuple[Group, ...]]:
    open_to = [group for group in left if not taken.intersection(group)]
    if not open_to:
        yield ()
    for place, group in enumerate(open_to):
        for more in _packs(tuple(open_to[place + 1 :]), taken.union(group)):
            yield (group, *more)
