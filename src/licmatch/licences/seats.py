"""From counts to computers: which copy takes which seat of which lot."""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from licmatch.licences.problem import BASE, Problem

_PLACED = {"class": pl.UInt32(), "place": pl.Int64(), "stock": pl.UInt32(), "seat_of": pl.Int64(), "with_base": pl.Boolean()}


def spread(
    problem: Problem, taken: pl.DataFrame, edges: pl.DataFrame, shared: pl.DataFrame | None, bases: pl.DataFrame | None
) -> pl.DataFrame:
    """Return `frames.COVERS` for all copies that need a licence.

    Copies of a class are served in the order of unit, computer and row, the better ways first; so the ones left over are the last.
    """
    placed = _joint_first(problem, shared)
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


def _joint_first(problem: Problem, shared: pl.DataFrame | None) -> pl.DataFrame:
    """Copies that share a seat: the seats of a bundle go to its computers one after the other, and each copy stands where its seat does."""
    rows: list[tuple[int, int, int, int, bool]] = []
    if shared is not None:
        by_bundle: dict[int, list[tuple[int, int, int, int, bool]]] = defaultdict(list)
        for bundle, one, stock, count, seats, part in shared.sort("bundle", "stock", "class").iter_rows():
            by_bundle[bundle].append((one, stock, count, seats, part))
        counter = 0
        for _, ways in sorted(by_bundle.items()):
            size = _size(problem, ways[0][0])
            start: dict[int, int] = {}
            whole: dict[int, int] = defaultdict(int)
            begin = 0
            for one, stock, count, seats, part in ways:
                if stock not in start:
                    start[stock] = begin
                    begin = 0 if size == 1 else begin + seats
                    counter += seats
                first = 0 if part else whole[stock]
                if not part:
                    whole[stock] += count
                for turn in range(first, first + count):
                    rows.append((one, (start[stock] + turn) % size, stock, counter - seats + turn, False))
    return pl.DataFrame(rows, schema=_PLACED, orient="row")


def _repeated(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row as often as it counts."""
    return rows.select(pl.all().repeat_by("count")).explode(rows.columns).drop("count")


def _size(problem: Problem, one: int) -> int:
    return int(problem.classes.filter(pl.col("class") == one)["count"].item())


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
