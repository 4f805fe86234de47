"""What prices of seats prove: no assignment gains more than the seats cost and each computer could still gain at these prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import gcd

import polars as pl

from licmatch.licences.bundles import suites
from licmatch.licences.problem import BASE, Problem

PRICED = 4  # covered, proved, kept, -cents; the order among equals is not proved
_BASE_OF_DIGITS = 1 << 90  # more than any sum of a level, so that levels in one number never mix
Row = tuple[int, ...]


def bound(problem: Problem, classes: Sequence[int], prices: Mapping[int, Row], parts: Row) -> Row | None:
    """Return what an assignment can gain at most, a number a level in `parts` of one; null where the prices prove nothing.

    Weak duality, in the order of the levels: whatever is assigned gains no more than all priced seats at their prices, and of each copy or
    computer the most that it could gain beyond the prices of the seats it takes. All sets of copies that may share a seat are tried.
    """
    levels = len(parts)
    told = {stock: _one(row[:levels]) for stock, row in prices.items()}
    if any(price < 0 for price in told.values()):
        return None
    stocks = {row[0]: (row[1], row[2]) for row in problem.stocks.select("stock", "cap", "cents").iter_rows()}
    if any(price and stocks[stock][0] is None for stock, price in told.items()):
        return None

    def beyond(stock: int, covered: int, proved: int, kept: int) -> int:
        """What the seat gains beyond its price."""
        gain = (covered, proved, kept, -stocks[stock][1])
        return _one([gain[level] * parts[level] for level in range(levels)]) - told.get(stock, 0)

    mine = pl.DataFrame({"class": list(classes)}, schema={"class": pl.UInt32()})
    edges = problem.edges.join(mine, on="class", how="semi")
    bases: dict[int, int] = {}
    for one, stock in problem.bases.join(mine, on="class", how="semi").select("class", "stock").iter_rows():
        bases[one] = max(bases.get(one, beyond(stock, 0, 0, 0)), beyond(stock, 0, 0, 0))
    best: dict[int, int] = defaultdict(int)
    asked = edges.select("class", "stock", "proved", "kept", "needs_base", "upgrade", "missing")
    for one, stock, proved, kept, needs_base, upgrade, missing in asked.iter_rows():
        if not needs_base:
            best[one] = max(best[one], beyond(stock, 1, int(proved), int(kept)))
        if upgrade and one in bases:
            whole = int(not [paper for paper in missing if paper != BASE])
            best[one] = max(best[one], beyond(stock, 1, whole, int(kept)) + bases[one])
    left = dict(problem.classes.join(mine, on="class", how="semi").select("class", "count").iter_rows())
    total = sum(cap * told.get(stock, 0) for stock, (cap, _) in stocks.items() if cap is not None)
    ways = suites(edges, problem.stocks)
    for size, of in problem.bundles.select("size", "classes").iter_rows():
        if of[0] not in left:
            continue
        shares: dict[int, int] = {}
        for stock in {stock for one in of for stock in ways[one]}:
            reach = [(slot, ways[one][stock]) for slot, one in enumerate(of) if stock in ways[one]]
            sets = [(0, 0, 0, 0, 0, 0)]  # slots, wholes, parts, then what they gain
            for slot, way in reach:
                sets += [
                    (taken | 1 << slot, wholes + (not way.part), some + way.part, c + way.gain[0], p + way.gain[1], k + way.gain[2])
                    for taken, wholes, some, c, p, k in sets
                    if way.part or not wholes
                ]
            for taken, _, some, c, p, k in sets:
                if some and c > 1:
                    shares[taken] = max(shares.get(taken, 0), beyond(stock, c, p, k))
        total += size * _most([best[one] for one in of], shares)
        for one in of:
            left[one] -= size
    total += sum(count * best[one] for one, count in left.items())
    return _many(total, levels)


def _most(alone: Sequence[int], shares: Mapping[int, int]) -> int:
    """The most that the copies of one computer gain, each alone or in one of the sets that share a seat."""
    found = [0] * (1 << len(alone))
    pays = [(taken, gain) for taken, gain in sorted(shares.items()) if gain > 0]
    for taken in range(1, len(found)):
        first = taken & -taken
        value = found[taken ^ first] + alone[first.bit_length() - 1]
        for some, gain in pays:
            if some & first and some & taken == some:
                value = max(value, gain + found[taken ^ some])
        found[taken] = value
    return found[-1]


def _one(levels: Sequence[int]) -> int:
    """Levels as one number: the earlier decide."""
    made = 0
    for level in levels:
        made = made * _BASE_OF_DIGITS + level
    return made


def _many(number: int, levels: int) -> Row:
    made = []
    for _ in range(levels):
        digit = (number + _BASE_OF_DIGITS // 2) % _BASE_OF_DIGITS - _BASE_OF_DIGITS // 2
        made.append(digit)
        number = (number - digit) // _BASE_OF_DIGITS
    return tuple(reversed(made))


def met(bounds: Row, parts: Row, gain: Row, cents: Sequence[int]) -> bool:
    """Return whether the gains reach the bounds: exactly, and on the last level as far as whole numbers of copies (or of prices) can."""
    unit = gcd(*cents) or 1
    for level, most in enumerate(bounds):
        step = parts[level] * (unit if level == PRICED - 1 else 1)
        reached = gain[level] * parts[level]
        if level == len(bounds) - 1:
            return most // step * step == reached
        if most != reached:
            return False
    return True
