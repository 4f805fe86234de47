"""The cheapest purchase as an integer program: level after level, each with the bound that proves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from licmatch.errors import UsageError
from licmatch.plan.offers import Offer
from licmatch.plan.patterns import Pattern
from licmatch.plan.rules import Work

MAX_EFFORT = 120.0
_PARTS = 10_000  # rates of work are counted in ten-thousandths


@dataclass(frozen=True, slots=True)
class Group:
    """Computers of one purchaser with the same copies short, and the ways to put one right."""

    buyer: str | None
    count: int
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Bought:
    """What a purchaser buys of an offer: `quantity` licences at `cents` each, of which `used` have a computer."""

    buyer: str | None
    offer: int
    quantity: int
    used: int
    cents: int

    @property
    def amount(self) -> int:
        """What it costs, in cents."""
        return self.quantity * self.cents


@dataclass(frozen=True, slots=True)
class Solved:
    """`shares`: by group, computers each pattern is given to. `gain`, `bound`: copies met, -cents, -licences, -rank; equal where proved."""

    shares: tuple[tuple[int, ...], ...]
    bought: tuple[Bought, ...]
    gain: tuple[int, ...]
    bound: tuple[int, ...]
    proved: bool


def solve(groups: Sequence[Group], offers: Sequence[Offer], work: Work, *, budget: int | None = None) -> Solved:
    """Return the purchase that puts the most copies right, of these the cheapest, with the fewest licences.

    `budget`: cents that software and work of this year may cost together; hardware is not in it. What is paid again within the
    minimum life counts as often for what is cheapest, once for the budget. A step's price holds for all licences bought at it.
    Deterministic. Raises `UsageError` where the search does not end.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    ways = [[model.new_int_var(0, group.count, f"x{g}_{p}") for p in range(len(group.patterns))] for g, group in enumerate(groups)]
    seats: dict[tuple[str, int], list[Any]] = defaultdict(list)
    buyers: dict[str, str | None] = {}
    for group, each in zip(groups, ways, strict=True):
        model.add(sum(each) == group.count)
        buyers[group.buyer or ""] = group.buyer
        for pattern, variable in zip(group.patterns, each, strict=True):
            for offer in pattern.seats:
                seats[group.buyer or "", offer].append(variable)
    most = defaultdict(int)
    for group in groups:
        most[group.buyer or ""] += group.count
    steps: list[tuple[str, Offer, int, int, Any, Any]] = []  # buyer, offer, start, cents, number, chosen
    for (buyer, place), wanted in sorted(seats.items(), key=lambda one: one[0]):
        offer = offers[place]
        top = max(most[buyer], *(step.start for step in offer.steps))
        made = []
        for at, step in enumerate(offer.steps):
            chosen = model.new_bool_var(f"b{buyer}_{place}_{at}")
            if offer.site:
                number: Any = chosen
            else:
                number = model.new_int_var(0, top, f"n{buyer}_{place}_{at}")
                model.add(number >= step.start).only_enforce_if(chosen)
                model.add(number == 0).only_enforce_if(~chosen)
            made.append((buyer, offer, step.start, step.cents, number, chosen))
        model.add(sum(one[5] for one in made) <= 1)
        room = most[buyer] * sum(one[5] for one in made) if offer.site else sum(one[4] for one in made)
        model.add(sum(wanted) <= room)
        steps += made
    each_work = [(pattern.work * 100, variable) for group, row in zip(groups, ways, strict=True) for pattern, variable in zip(group.patterns, row, strict=True)]
    labour = sum(cents * variable for cents, variable in each_work if cents)
    software = sum(cents * number for _, offer, _, cents, number, _ in steps if offer.fund == "software")
    rate = round(work.rate * _PARTS)
    if budget is not None:
        room = max(budget - work.amount * 100, 0)
        model.add((_PARTS + rate) * software + _PARTS * labour <= _PARTS * room)
    # What is cheapest counts everything that somebody pays, and as often as it is paid.
    whole = sum(
        (_PARTS + (rate if offer.fund == "software" else 0)) * offer.times * cents * number for _, offer, _, cents, number, _ in steps
    )
    met = sum(pattern.met * variable for group, row in zip(groups, ways, strict=True) for pattern, variable in zip(group.patterns, row, strict=True))
    rank = sum(pattern.rank * variable for group, row in zip(groups, ways, strict=True) for pattern, variable in zip(group.patterns, row, strict=True))
    goals = [met, -(whole + _PARTS * labour), -sum(number for *_, number, _ in steps), -rank]
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = MAX_EFFORT
    variables = [*(v for row in ways for v in row), *(one[4] for one in steps), *(one[5] for one in steps if not one[1].site)]
    gain, bound = [], []
    for level, goal in enumerate(goals):
        if isinstance(goal, int):
            gain.append(goal)
            bound.append(goal)
            continue
        model.maximize(goal)
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE) or (status == cp_model.FEASIBLE and level < 2):
            raise UsageError("the cheapest plan was not found in time", hint="leave offers out of the price list, or plan a part of the units")
        gain.append(round(solver.objective_value))
        bound.append(round(solver.best_objective_bound))
        if level + 1 < len(goals):
            model.add(goal >= gain[-1])
            model.clear_hints()
            for variable in variables:
                model.add_hint(variable, solver.value(variable))
    value = solver.value if variables else (lambda _: 0)
    shares = tuple(tuple(value(v) for v in row) for row in ways)
    bought = []
    for buyer, offer, start, cents, number, chosen in steps:
        if value(chosen):
            used = sum(value(v) for v in seats[buyer, offer.place])
            quantity = 1 if offer.site else value(number)
            bought.append(Bought(buyers[buyer], offer.place, max(quantity, 1 if offer.site else start), used, cents))
    return Solved(shares, tuple(bought), tuple(gain), tuple(bound), gain[:2] == bound[:2])
