"""What a line's copies would cost the other ways: licensed as they stand, replaced, or removed. For the reader; the solver has compared them all."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from licmatch.plan.offers import Offer
from licmatch.plan.patterns import Item
from licmatch.plan.rounds import Planner

Ways = tuple[int | None, int | None, int]


def other_ways(actions: pl.DataFrame, planner: Planner) -> dict[int, Ways]:
    """Return line -> cents for keeping, replacing and removing its copies, each way by itself; null where some copy has no such way.

    Each kind of copy is priced alone, at the step its number reaches. `actions`: line, cp, role, side.
    """
    kinds = actions.group_by("line", "cp", "role", "side").agg(count=pl.len().cast(pl.Int64)).sort("line", "cp", "role", "side")
    work = planner.rules.work
    found: dict[int, Ways] = {}
    for line, cp, role, side, count in kinds.iter_rows():
        item = Item(cp, role, side)
        kept = _cheapest(item, count, planner, lambda said: said in ("part", "whole"), work.keep)
        replaced = _cheapest(item, count, planner, lambda said: said == "replace", work.replace)
        before = found.get(line, (0, 0, 0))
        found[line] = (_plus(before[0], kept), _plus(before[1], replaced), before[2] + count * work.remove * 100)
    return found


def _cheapest(item: Item, count: int, planner: Planner, fits: Callable[[str | None], bool], work: int) -> int | None:
    made = [_price(offer, count) for offer in planner.offers if fits(planner.options.does(item, offer))]
    priced = [one for one in made if one is not None]
    return min(priced) + count * work * 100 if priced else None


def _price(offer: Offer, count: int) -> int | None:
    found = offer.price_for(1 if offer.site else count)
    return None if found is None else found[1] if offer.site else found[0] * found[1]


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
