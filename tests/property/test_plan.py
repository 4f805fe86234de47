"""The plan against brute force on small estates, and what more money and more offers may do."""

from __future__ import annotations

from decimal import Decimal
from itertools import product as every

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.plan.estate import copies, copy, made, prices

from licmatch.plan import Plan

WPS = ("office.wps-office", "2019")
WORD, EXCEL = ("office.microsoft-word", "2016"), ("office.microsoft-excel", "2016")
SUITE = ("office.microsoft-office.standard", "2016")
COPIES = (WPS, WORD, EXCEL, SUITE)
# What is offered, and which copies a seat licenses (w), licenses as part of it (p), or stands in for (r).
OFFERS = (
    ({"product": "office.wps-office", "release": "2019"}, {WPS: "w", SUITE: "r"}),
    (
        {"product": "office.microsoft-office", "edition": "standard", "release": "2016", "channel": "volume"},
        {SUITE: "w", WORD: "p", EXCEL: "p", WPS: "r"},
    ),
    ({"product": "office.microsoft-word", "release": "2016"}, {WORD: "w"}),
    ({"product": "office.microsoft-excel", "release": "2016"}, {EXCEL: "w"}),
)
Estate = list[list[tuple[str, str]]]
Steps = list[list[tuple[int, int]]]

estates = st.lists(st.lists(st.sampled_from(COPIES), min_size=1, max_size=3, unique=True), min_size=1, max_size=4)
one_offer = st.tuples(st.integers(1, 9), st.integers(2, 4), st.integers(1, 9)).map(
    lambda one: [(1, one[0] * 50), (one[1], min(one[0], one[2]) * 50)]
)
lists = st.lists(one_offer, min_size=4, max_size=4)
offered_sets = st.sets(st.sampled_from(range(4)), min_size=1)


def planned(estate: Estate, steps: Steps, offered: set[int], **more: object) -> Plan:
    rows = [copy(f"d{at}", family, release) for at, held in enumerate(estate) for family, release in held]
    rows_of_list = [
        {**OFFERS[at][0], "unit_price": str(price), "from_quantity": start}
        for at in sorted(offered)
        for start, price in dict(steps[at]).items()
    ]
    return made(copies(*rows), prices(*rows_of_list), **more)  # type: ignore[arg-type]


def met_by(held: list[tuple[str, str]], seats: tuple[int, ...]) -> int:
    """Copies of one computer that a set of seats puts right: licensed, replaced, or removed beside a licensed suite."""
    right = {one for one in held if any(one in OFFERS[seat][1] for seat in seats)}
    suites = {WPS, SUITE}
    if right & suites:
        right |= suites & set(held)
    return len(right)


def cost(numbers: tuple[int, ...], steps: Steps) -> int:
    """The cheapest purchase of at least so many of each."""
    return sum(min(max(number, start) * price for start, price in dict(steps[at]).items()) for at, number in enumerate(numbers) if number)


def by_brute_force(estate: Estate, steps: Steps, offered: set[int], budget: int | None = None) -> tuple[int, int]:
    """(copies put right, yuan) of the best of all ways to give seats to computers."""
    sets = [tuple(at for at, taken in enumerate(row) if taken) for row in every(*([0, 1] if at in offered else [0] for at in range(4)))]
    # What matters of a way is how many seats of each it takes; of equal ways the one that puts most right.
    best: dict[tuple[int, ...], int] = {(0, 0, 0, 0): 0}
    for held in estate:
        now: dict[tuple[int, ...], int] = {}
        for numbers, met in best.items():
            for seats in sets:
                key = tuple(number + (at in seats) for at, number in enumerate(numbers))
                now[key] = max(now.get(key, -1), met + met_by(held, seats))
        best = now
    ways = [(-met, cost(numbers, steps)) for numbers, met in best.items() if budget is None or cost(numbers, steps) <= budget]
    met, yuan = min(ways)
    return -met, yuan


@settings(max_examples=60, deadline=None)
@given(estates, lists, offered_sets)
def test_the_cheapest_plan_is_the_cheapest(estate: Estate, steps: Steps, offered: set[int]):
    found = planned(estate, steps, offered)
    met = found.actions.filter(pl.col("action") != "open").height
    assert (met, found.money["this"].software) == (lambda one: (one[0], one[1] * 100))(by_brute_force(estate, steps, offered))
    assert found.proved


@settings(max_examples=40, deadline=None)
@given(estates, lists, st.integers(0, 2000), st.integers(0, 600))
def test_a_budget_is_kept_used_best_and_more_never_buys_less(estate: Estate, steps: Steps, budget: int, more: int):
    everything = {0, 1, 2, 3}
    right = []
    for limit in (budget, budget + more):
        found = planned(estate, steps, everything, budget=Decimal(limit))
        assert found.money["this"].total <= limit * 100
        this = found.actions.filter(pl.col("year") == "this").height
        assert (this, found.money["this"].software) == (lambda one: (one[0], one[1] * 100))(
            by_brute_force(estate, steps, everything, limit)
        )
        right.append(this)
    assert right[0] <= right[1]


@settings(max_examples=30, deadline=None)
@given(estates, lists, offered_sets)
def test_another_offer_never_puts_less_right(estate: Estate, steps: Steps, offered: set[int]):
    few, all_of_them = planned(estate, steps, offered), planned(estate, steps, {0, 1, 2, 3})
    right = [one.actions.filter(pl.col("action") != "open").height for one in (few, all_of_them)]
    assert right[0] <= right[1]
    if right[0] == right[1]:
        assert all_of_them.money["this"].software <= few.money["this"].software
