"""What a line's copies would cost the other ways: licensed as they stand, replaced, or removed. The solver has compared them all."""

from __future__ import annotations

import polars as pl

from licmatch.plan.offers import Offer
from licmatch.plan.patterns import Item
from licmatch.plan.rounds import Planner

Ways = tuple[int | None, int | None, int]


def other_ways(actions: pl.DataFrame, planner: Planner) -> dict[int, Ways]:
    """Return line -> cents for licensing its copies as they are, for one product on all its computers, and for removing them.

    Null where some copy has no such way. Licences are priced product by product, at the step their number reaches.
    `actions`: line, device_id, cp, role, side.
    """
    work = planner.rules.work
    found: dict[int, Ways] = {}
    for (line,), own in sorted(actions.partition_by("line", as_dict=True).items(), key=lambda one: str(one[0][0]).zfill(12)):
        kinds = own.group_by("cp", "role", "side").agg(count=pl.len().cast(pl.Int64)).sort("cp", "role", "side")
        items = [(Item(cp, role, side), int(count)) for cp, role, side, count in kinds.iter_rows()]
        copies, computers = own.height, own["device_id"].n_unique()
        kept: int | None = copies * work.keep * 100
        for item, count in items:
            kept = _plus(kept, _cheapest(planner, count, [item], ("part", "whole")))
        one = _cheapest(planner, computers, [item for item, _ in items], ("part", "whole", "replace"))
        found[int(str(line))] = (kept, _plus(one, copies * work.replace * 100), copies * work.remove * 100)
    return found


def _cheapest(planner: Planner, count: int, items: list[Item], ways: tuple[str, ...]) -> int | None:
    """What so many licences cost of the cheapest offer that serves all the items in one of the ways."""
    fitting = [offer for offer in planner.offers if all(planner.options.does(item, offer) in ways for item in items)]
    priced = [price for offer in fitting if (price := _price(offer, count)) is not None]
    return min(priced, default=None)


def _price(offer: Offer, count: int) -> int | None:
    found = offer.price_for(1 if offer.site else count)
    return None if found is None else found[1] if offer.site else found[0] * found[1]


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other
