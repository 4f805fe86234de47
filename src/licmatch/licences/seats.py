"""From counts to computers: which copy takes which seat of which lot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import polars as pl

from licmatch.licences.bundles import Group
from licmatch.licences.joint import Shares, counts
from licmatch.licences.problem import BASE, Problem

_PLACED = {"class": pl.UInt32(), "place": pl.Int64(), "stock": pl.UInt32(), "seat_of": pl.Int64(), "with_base": pl.Boolean()}


def spread(
    problem: Problem, taken: pl.DataFrame, edges: pl.DataFrame, shares: Sequence[Shares], bases: pl.DataFrame | None
) -> pl.DataFrame:
    """Return `frames.COVERS` for all copies that need a licence.

    Copies of a class are served in the order of unit, computer and row, the better ways first; so the ones left over are the last.
    """
    placed = _shared(problem, shares)
    ways = taken.join(edges.select("class", "stock", "proved", "order"), on=["class", "stock"], how="left")
    ways = ways.sort("class", ~pl.col("with_base"), ~pl.col("proved"), "order", "stock").select("class", "stock", "count", "with_base")
    single = _repeated(ways).with_columns(turn=pl.int_range(pl.len()).over("class"))
    open_places = problem.copies.select("at", "class", "place").join(placed.select("class", "place"), on=["class", "place"], how="anti")
    open_places = open_places.sort("class", "place").with_columns(turn=pl.int_range(pl.len()).over("class"))
    got = open_places.join(single, on=["class", "turn"]).select(
        "class", "place", "stock", seat_of=pl.lit(None, pl.Int64), with_base=pl.col("with_base")
    )
    every = pl.concat([placed, got])
    held = _seats(problem, every, bases)
    told = edges.select("class", "stock", "right", "missing", "kept", "upgrade")
    held = held.join(told, on=["class", "stock"], how="left")
    missing = pl.when("with_base").then(pl.col("missing").list.filter(pl.element() != BASE)).otherwise("missing")
    held = held.with_columns(missing=missing).with_columns(proved=pl.col("missing").list.len() == 0)
    covers = problem.copies.select("at", "class", "place").join(held.drop("stock"), on=["class", "place"], how="left")
    columns = ["at", "lot", "right", "proved", "missing", "kept", "seat", "base_lot"]
    settled = problem.settled.select(
        "at", "lot", "right", "missing", proved=pl.lit(True), kept=pl.lit(True), seat=pl.lit(0, pl.Int64), base_lot=pl.lit(None, pl.UInt32)
    )
    return pl.concat([covers.select(columns), settled.select(columns)])


def _shared(problem: Problem, shares: Sequence[Shares]) -> pl.DataFrame:
    """Copies that share a seat: the computers of a bundle are packed with groups one after the other, and each group takes a seat."""
    packs: dict[int, list[tuple[tuple[Group, ...], int]]] = defaultdict(list)
    seats: dict[int, dict[Group, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for found in shares:
        for bundle, pack, count in found.packs:
            packs[bundle].append((pack, count))
        for one in counts(found, "shared"):
            seats[one.one][one.group].append((one.stock, one.count))
    rows: list[tuple[int, int, int, int, int]] = []
    size = dict(problem.bundles.select("bundle", "size").iter_rows())
    seat = 0
    for bundle, wanted in sorted(seats.items()):
        left = {group: iter([stock for stock, count in of for _ in range(count)]) for group, of in wanted.items()}
        for turn, groups in enumerate(_turns(wanted, packs[bundle], size[bundle])):
            for group in groups:
                stock = next(left[group], None) if group in left else None
                if stock is not None:
                    rows += [(bundle, turn, slot, stock, seat) for slot in group]
                    seat += 1
    schema = {"bundle": pl.UInt32(), "turn": pl.Int64(), "slot": pl.Int64(), "stock": pl.UInt32(), "seat_of": pl.Int64()}
    placed = pl.DataFrame(rows, schema=schema, orient="row").join(problem.held, on=["bundle", "turn", "slot"])
    placed = placed.join(problem.copies.select("at", "class", "place"), on="at").with_columns(with_base=pl.lit(False))
    return placed.select(pl.col(name).cast(dtype) for name, dtype in _PLACED.items())


def _turns(
    wanted: dict[Group, list[tuple[int, int]]], packs: list[tuple[tuple[Group, ...], int]], size: int
) -> Iterator[tuple[Group, ...]]:
    """Which groups stand on the first computer of a bundle, on the second, and so on."""
    if packs:
        yield from (pack for pack, count in packs for _ in range(count))
    elif size == 1:
        yield tuple(wanted)
    else:
        yield from ((group,) for group, of in wanted.items() for _, count in of for _ in range(count))


def _repeated(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row as often as it counts."""
    return rows.select(pl.all().repeat_by("count")).explode(rows.columns).drop("count")


def _seats(problem: Problem, every: pl.DataFrame, bases: pl.DataFrame | None) -> pl.DataFrame:
    """Add lot, seat and base_lot: seats of a stock are counted in the order of its copies, and are its lots' one after the other."""
    own = every.with_columns(base=pl.lit(False))
    if bases is not None and bases.height:
        standing = every.filter("with_base").sort("class", "place").with_columns(turn=pl.int_range(pl.len()).over("class"))
        spent = _repeated(bases.sort("class", "stock"))
        spent = spent.with_columns(turn=pl.int_range(pl.len()).over("class"))
        used = standing.drop("stock").join(spent, on=["class", "turn"]).with_columns(base=pl.lit(True), seat_of=pl.lit(None, pl.Int64))
        own = pl.concat([own, used.select(own.columns)])
    keys = ["stock", "base", "class", "place"]
    holder = (
        pl.when(pl.col("seat_of").is_null())
        .then(pl.struct("base", "class", "place").rank("dense").cast(pl.Int64) + (1 << 40))
        .otherwise("seat_of")
    )
    own = own.with_columns(holder=holder).sort("stock", "holder", *keys[1:])
    number = own.select("stock", "holder").unique(maintain_order=True).with_columns(turn=pl.int_range(pl.len()).over("stock"))
    number = number.join(problem.stocks.select("stock", "cap"), on="stock", how="left")
    counted = number.filter(pl.col("cap").is_not_null()).sort("stock", "turn")
    # Seats of all stocks on one line, so that one search finds the lot.
    reach = problem.members.filter(pl.col("end").is_not_null()).sort("stock", "end")
    line = pl.col("stock").cast(pl.Int64) * (1 << 40)
    found = counted.with_columns(key=line + pl.col("turn")).join_asof(
        reach.select("lot", "start", "offset", key=line + pl.col("start"), of=pl.col("stock")), on="key", strategy="backward"
    )
    found = found.select("stock", "holder", "lot", seat=pl.col("turn") - pl.col("start") + pl.col("offset"))
    first = problem.members.unique("stock", keep="first", maintain_order=True).select("stock", "lot")
    boundless = number.filter(pl.col("cap").is_null()).join(first, on="stock", how="left").select("stock", "holder", "lot", seat="turn")
    own = own.join(pl.concat([found, boundless]), on=["stock", "holder"], how="left")
    cover = own.filter(~pl.col("base")).select("class", "place", "stock", "with_base", "lot", "seat")
    below = own.filter("base").select("class", "place", base_lot="lot")
    return cover.join(below, on=["class", "place"], how="left")
