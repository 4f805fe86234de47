"""Joint needs as an integer program over counts: what like copies, like computers and like lots do together.

Copies of a class draw seats from *ports*: a port is what one owner's lots do for a class or a group, so what a county's lots do for the
copies of three hundred units is written once. Groups of copies of one computer draw one seat for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from licmatch.licences.bundles import MOST_ALIKE, Group, Way, groups, packings, suites
from licmatch.licences.flow import Ints
from licmatch.licences.problem import BASE, Problem

LEVELS = 5  # covered, proved, kept, -cents, -rank
_Seats = tuple[tuple[int, int, int, int, int], ...]  # stock, covered, proved, kept, rank


@dataclass(slots=True)
class Program:
    """Columns are counts of 0 or more; rows are sums of columns that are at most `most`, those of ports exactly 0.

    A column either `draws` from a port for a user, or `gives` it seats of a stock, which is what gains, or `packs` the groups of a bundle.
    """

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    by: list[int] = field(default_factory=list)
    most: list[int] = field(default_factory=list)
    exact: list[bool] = field(default_factory=list)
    ports: dict[tuple[int, _Seats], tuple[int, int]] = field(default_factory=dict)  # -> place, row
    draws: dict[int, tuple[int, User]] = field(default_factory=dict)  # column -> port, user
    gives: dict[int, tuple[int, int]] = field(default_factory=dict)  # column -> port, stock
    gains: dict[int, tuple[int, int, int, int, int]] = field(default_factory=dict)
    packs: dict[int, tuple[int, tuple[Group, ...]]] = field(default_factory=dict)  # column -> bundle, groups on one of its computers
    columns: int = 0
    stock_rows: dict[int, int] = field(default_factory=dict)

    def add_row(self, most: int, *, exact: bool = False) -> int:
        self.most.append(most)
        self.exact.append(exact)
        return len(self.most) - 1

    def add_column(self, entries: Sequence[tuple[int, int]]) -> int:
        for row, by in entries:
            self.row.append(row)
            self.column.append(self.columns)
            self.by.append(by)
        self.columns += 1
        return self.columns - 1

    def gain(self) -> Ints:
        """Return what one of each column gains: an array, a row a level."""
        made = np.zeros((LEVELS, self.columns), dtype=np.int64)
        if self.gains:
            made[:, list(self.gains)] = np.array(list(self.gains.values()), dtype=np.int64).T
        return made

    def matrix(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return row, column and factor of all entries, by row and column."""
        row, column, by = (np.array(each, dtype=np.int64) for each in (self.row, self.column, self.by))
        order = np.lexsort((column, row))
        return row[order], column[order], by[order]


@dataclass(frozen=True, slots=True)
class User:
    """What draws from a port: copies of a class `alone`, `based` ones, their `base`, or the group of a bundle that shares."""

    kind: str
    one: int
    group: Group = ()


def state_program(problem: Problem, edges: pl.DataFrame, classes: pl.DataFrame, bundles: pl.DataFrame) -> Program:
    """Return the program of a part of the estate. `edges`: those of the part, with `rank`; `classes`, `bundles`: its own."""
    made = Program()
    owner = _owners(problem.stocks)
    cap = dict(problem.stocks.select("stock", "cap").iter_rows())
    cents = dict(problem.stocks.select("stock", "cents").iter_rows())
    for stock in sorted(set(edges["stock"]) | set(problem.bases["stock"])):
        if cap[stock] is not None:
            made.stock_rows[stock] = made.add_row(cap[stock])
    room = {one: made.add_row(count) for one, count in classes.select("class", "count").sort("class").iter_rows()}

    def draw(user: User, seats: Sequence[tuple[int, int, int, int, int]], entries: Sequence[tuple[int, int]]) -> None:
        by_owner: dict[int, list[tuple[int, int, int, int, int]]] = defaultdict(list)
        for seat in seats:
            by_owner[owner[seat[0]]].append(seat)
        for own, mine in sorted(by_owner.items()):
            key = (own, tuple(mine))
            if key not in made.ports:
                place, row = len(made.ports), made.add_row(0, exact=True)
                made.ports[key] = (place, row)
                for stock, covered, proved, kept, rank in mine:
                    limit = [(made.stock_rows[stock], 1)] if stock in made.stock_rows else []
                    column = made.add_column([(row, -1), *limit])
                    made.gives[column] = (place, stock)
                    made.gains[column] = (covered, proved, kept, -cents[stock], -rank)
            place, row = made.ports[key]
            made.draws[made.add_column([(row, 1), *entries])] = (place, user)

    alone: dict[int, list[tuple[int, int, int, int, int]]] = defaultdict(list)
    based: dict[int, list[tuple[int, int, int, int, int]]] = defaultdict(list)
    near: dict[tuple[int, int], int] = {}
    asked = edges.sort("class", "stock").select("class", "stock", "proved", "kept", "needs_base", "upgrade", "missing", "rank", "distance")
    for one, stock, proved, kept, needs_base, upgrade, missing, rank, distance in asked.iter_rows():
        near[one, stock] = distance
        if not needs_base:
            alone[one].append((stock, 1, int(proved), int(kept), rank + 1))
        if upgrade:
            whole = not [paper for paper in missing if paper != BASE]
            based[one].append((stock, 1, int(whole), int(kept), rank + 1))
    for one, seats in alone.items():
        draw(User("alone", one), seats, [(room[one], 1)])
    bases = problem.bases.join(classes.select("class"), on="class", how="semi").group_by("class").agg("stock").sort("class")
    for one, stocks in bases.iter_rows():
        if one in based:
            stands = made.add_row(0)
            draw(User("based", one), based[one], [(room[one], 1), (stands, 1)])
            draw(User("base", one), [(stock, 0, 0, 0, 1) for stock in sorted(stocks)], [(stands, -1)])
    ways = suites(edges, problem.stocks)
    packed: dict[tuple[Group, ...], list[tuple[Group, ...]]] = {}
    for bundle, size, of in bundles.select("bundle", "size", "classes").sort("bundle").iter_rows():
        found = groups(of, ways)
        limits = _limits(made, bundle, size, len(of), tuple(found), packed)
        for group, stocks in found.items():
            seats = [_seat(stock, [(of[slot], ways[of[slot]][stock]) for slot in group], near) for stock in stocks]
            entries: dict[int, int] = defaultdict(int)
            for slot in group:
                entries[room[of[slot]]] += 1
            draw(User("shared", bundle, group), seats, [*sorted(entries.items()), *limits[group]])
    return made


def _owners(stocks: pl.DataFrame) -> dict[int, int]:
    places = stocks.select("stock", pl.col("unit_id").rank("dense").fill_null(0).cast(pl.Int64))
    return dict(places.iter_rows())


def _seat(stock: int, covered: Sequence[tuple[int, Way]], near: dict[tuple[int, int], int]) -> tuple[int, int, int, int, int]:
    gain = [sum(way.gain[level] for _, way in covered) for level in range(3)]
    return (stock, gain[0], gain[1], gain[2], 1 + min(near[one, stock] for one, _ in covered))


def _limits(
    made: Program, bundle: int, size: int, slots: int, found: tuple[Group, ...], packed: dict[tuple[Group, ...], list[tuple[Group, ...]]]
) -> dict[Group, list[tuple[int, int]]]:
    """The rows that see to it that the groups fit on the computers: of each group, in which it stands.

    Groups of which no two fit on one computer share the computers out; else it is counted how many computers are packed in which way.
    A single computer with many such copies needs no counting: each is in one group at most.
    """
    if not any(set(one).isdisjoint(other) for at, one in enumerate(found) for other in found[:at]):
        row = made.add_row(size)
        return {group: [(row, 1)] for group in found}
    if slots > MOST_ALIKE:
        rows = [made.add_row(1) for _ in range(slots)]
        return {group: [(rows[slot], 1) for slot in group] for group in found}
    if found not in packed:
        packed[found] = packings(found)
    computers = made.add_row(size)
    fits = {group: made.add_row(0) for group in found}
    for pack in packed[found]:
        made.packs[made.add_column([(computers, 1), *((fits[group], -1) for group in pack)])] = (bundle, pack)
    return {group: [(fits[group], 1)] for group in found}
