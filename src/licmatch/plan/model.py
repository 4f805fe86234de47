"""The cheapest purchase as an integer program: level after level, each with the bound that proves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, gcd
from typing import Any

from licmatch.errors import UsageError
from licmatch.plan.offers import Offer
from licmatch.plan.patterns import Pattern
from licmatch.plan.rules import Work

MAX_SECONDS = 60
_CLOSE = 1e-4
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
    """`shares`: by group, computers each pattern is given to. `gain`, `bound`: copies met, -cents in ten-thousandths, -rank."""

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
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetNumThreads(1)
    solver.set_time_limit(MAX_SECONDS * 1000)
    # With money enough each computer is put right as far as it goes, and only the ways that do so are compared.
    ways: list[dict[int, Any]] = []
    for g, group in enumerate(groups):
        best = max(pattern.met for pattern in group.patterns)
        able = [p for p, pattern in enumerate(group.patterns) if budget is not None or pattern.met == best]
        ways.append({p: solver.IntVar(0, group.count, f"x{g}_{p}") for p in able})
    seats: dict[tuple[str, int], list[Any]] = defaultdict(list)
    buyers: dict[str, str | None] = {}
    most: dict[str, int] = defaultdict(int)
    for group, each in zip(groups, ways, strict=True):
        solver.Add(sum(each.values()) == group.count)
        buyers[group.buyer or ""] = group.buyer
        most[group.buyer or ""] += group.count
        for p, variable in each.items():
            for offer in group.patterns[p].seats:
                seats[group.buyer or "", offer].append(variable)
    steps: list[_Step] = []
    for (buyer, place), wanted in sorted(seats.items(), key=lambda one: one[0]):
        own = list(_steps(solver, buyer, offers[place], most[buyer]))
        solver.Add(sum(one.chosen for one in own) <= 1)
        solver.Add(sum(wanted) <= sum((most[buyer] * one.chosen if offers[place].site else one.number) for one in own))
        steps += own
    rate = round(work.rate * _PARTS)
    given = [(group.patterns[p], variable) for group, row in zip(groups, ways, strict=True) for p, variable in row.items()]
    if budget is not None:
        room = max(budget - work.amount * 100, 0)
        spent = [((_PARTS + rate) * one.cents, one.number) for one in steps if one.offer.fund == "software"]
        _limit(solver, spent + [(_PARTS * 100 * pattern.work, variable) for pattern, variable in given], _PARTS * room)
    paid = [((_PARTS + (rate if one.offer.fund == "software" else 0)) * one.offer.times * one.cents, one.number) for one in steps]
    paid += [(_PARTS * 100 * pattern.work, variable) for pattern, variable in given]
    rank = [(-pattern.rank, variable) for pattern, variable in given] + [(-1, one.number) for one in steps]
    goals = [[(pattern.met, variable) for pattern, variable in given], [(-amount, variable) for amount, variable in paid], rank]
    gain, bound = [], []
    for goal in goals:
        value, most_there_is = _level(solver, goal, hold=goal is not goals[-1])
        gain.append(value)
        bound.append(most_there_is)
    found = {variable.index(): round(variable.solution_value()) for variable in solver.variables()}
    shares = tuple(
        tuple(found[row[p].index()] if p in row else 0 for p in range(len(group.patterns))) for group, row in zip(groups, ways, strict=True)
    )
    bought = []
    for one in steps:
        if found[one.chosen.index()]:
            used = sum(found[variable.index()] for variable in seats[one.buyer, one.offer.place])
            if used:
                bought.append(Bought(buyers[one.buyer], one.offer.place, found[one.number.index()], used, one.cents))
    return Solved(shares, tuple(bought), tuple(gain), tuple(bound), gain[:2] == bound[:2])


@dataclass(frozen=True, slots=True)
class _Step:
    buyer: str
    offer: Offer
    cents: int
    number: Any
    chosen: Any


def _steps(solver: Any, buyer: str, offer: Offer, computers: int) -> Iterator[_Step]:
    """Of the steps of an offer one may be chosen; then at least so many are bought at its price."""
    for at, step in enumerate(offer.steps):
        chosen = solver.BoolVar(f"b{buyer}_{offer.place}_{at}")
        if offer.site:
            yield _Step(buyer, offer, step.cents, chosen, chosen)
            continue
        number = solver.IntVar(0, max(computers, step.start), f"n{buyer}_{offer.place}_{at}")
        solver.Add(number >= step.start * chosen)
        solver.Add(number <= max(computers, step.start) * chosen)
        yield _Step(buyer, offer, step.cents, number, chosen)


def _limit(solver: Any, terms: list[tuple[int, Any]], most: int) -> None:
    unit = gcd(*(factor for factor, _ in terms)) or 1
    solver.Add(sum(factor // unit * variable for factor, variable in terms if factor) <= most // unit)


def _level(solver: Any, goal: list[tuple[int, Any]], *, hold: bool) -> tuple[int, int]:
    """Maximise a sum and, for the next, hold it there; return value and bound. What all factors have in common is taken out."""
    from ortools.linear_solver import pywraplp

    unit = gcd(*(factor for factor, _ in goal)) or 1
    terms = [(factor // unit, variable) for factor, variable in goal if factor]
    solver.Maximize(sum(factor * variable for factor, variable in terms) if terms else 0)
    parameters = pywraplp.MPSolverParameters()
    parameters.SetDoubleParam(pywraplp.MPSolverParameters.RELATIVE_MIP_GAP, 0.0)
    if solver.Solve(parameters) != pywraplp.Solver.OPTIMAL:
        raise UsageError("the cheapest plan was not found in time", hint="leave offers out of the price list, or plan a part of the units")
    value = sum(factor * round(variable.solution_value()) for factor, variable in terms)
    bound = floor(solver.Objective().BestBound() + _CLOSE) if terms else 0
    if terms and hold:
        solver.Add(sum(factor * variable for factor, variable in terms) >= value)
    return value * unit, bound * unit
