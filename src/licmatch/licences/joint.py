"""Assignment where needs hang together (a suite and its parts, an upgrade and its base): an integer program, solved to the last copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import floor
from typing import Any

MAX_SECONDS = 600.0
CENTS, RANK = 3, 4  # places of the levels in a gain


@dataclass(frozen=True, slots=True)
class Edge:
    """Stock `stock` may cover copies of class `one`. `with_base`: what the proof is once a base is spent on it, null: none can be."""

    one: int
    stock: int
    part: bool
    gain: tuple[int, int, int, int, int]  # covered, proved, kept, -cents, -rank; the earlier the more it counts
    needs_base: bool
    with_base: tuple[int, int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class Joint:
    """A part of the estate that hangs together. `cap`: null without number. `bundle`: class -> (bundle, computers in it)."""

    count: dict[int, int]
    cap: dict[int, int | None]
    cents: dict[int, int]
    edges: list[Edge]
    bases: dict[int, list[int]]  # class -> stocks an upgrade of it could stand on
    options: dict[int, list[int]]  # bundle -> stocks of which one seat covers several copies
    bundle: dict[int, int]
    size: dict[int, int]


@dataclass(frozen=True, slots=True)
class Shares:
    """How many copies each way: by edge place. `alone`, `based`: a seat each; `shared`: by a seat of the bundle. `gain` and `bound` a level."""

    alone: dict[int, int]
    based: dict[int, int]
    shared: dict[int, int]
    seats: dict[tuple[int, int], int]  # (bundle, stock) -> seats given to computers of the bundle
    spent: dict[tuple[int, int], int]  # (class, stock) -> base seats
    gain: tuple[int, ...]
    bound: tuple[int, ...]


def solve_joint(joint: Joint) -> Shares:
    """Return the optimal shares: level after level, each proved by a bound equal to its value.

    Raises `RuntimeError` where the search does not end in time: no answer is given then rather than one nobody proved.
    """
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("SCIP")
    if solver is None:
        raise RuntimeError("the solver of integer programs is not there")
    edges = joint.edges
    top = [min(joint.count[e.one], _cap(joint, e.stock)) for e in edges]

    def column(most: int) -> Any:
        return solver.IntVar(0, most, "")

    def at_most(limit: float, plus: Iterable[Any], minus: Iterable[Any] = ()) -> None:
        row = solver.Constraint(-solver.infinity(), limit)
        for variable in plus:
            row.SetCoefficient(variable, 1)
        for variable in minus:
            row.SetCoefficient(variable, -1)

    alone = {at: column(top[at]) for at, e in enumerate(edges) if not e.needs_base}
    based = {at: column(top[at]) for at, e in enumerate(edges) if e.with_base is not None and joint.bases.get(e.one)}
    seats = {(b, s): column(min(joint.size[b], _cap(joint, s))) for b, stocks in sorted(joint.options.items()) for s in stocks}
    shared = {at: column(top[at]) for at, e in enumerate(edges) if not e.needs_base and (joint.bundle.get(e.one, -1), e.stock) in seats}
    spent = {(one, s): column(min(joint.count[one], _cap(joint, s))) for one, of in sorted(joint.bases.items()) for s in of}
    wholes: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for at, variable in shared.items():
        key = (joint.bundle[edges[at].one], edges[at].stock)
        if edges[at].part:
            at_most(0, [variable], [seats[key]])
        else:
            wholes[key].append(variable)
    for key, each in wholes.items():
        at_most(0, each, [seats[key]])
    for bundle, stocks in sorted(joint.options.items()):
        if joint.size[bundle] > 1:
            at_most(joint.size[bundle], [seats[bundle, stock] for stock in stocks])
    taken: dict[int, list[Any]] = defaultdict(list)
    covering: dict[int, list[Any]] = defaultdict(list)
    standing: dict[int, list[Any]] = defaultdict(list)
    for group in (alone, based, shared):
        for at, variable in group.items():
            covering[edges[at].one].append(variable)
            if group is not shared:
                taken[edges[at].stock].append(variable)
            if group is based:
                standing[edges[at].one].append(variable)
    for (_, stock), variable in [*seats.items(), *spent.items()]:
        taken[stock].append(variable)
    for one, each in sorted(covering.items()):
        at_most(joint.count[one], each)
    for one, of in sorted(joint.bases.items()):
        at_most(0, standing[one], [spent[one, s] for s in of])
    for stock, each in sorted(taken.items()):
        if joint.cap[stock] is not None:
            at_most(_cap(joint, stock), each)
    goals = []
    for level in range(5):
        goal = [(v, edges[at].gain[level]) for at, v in alone.items()]
        goal += [(v, with_base[level]) for at, v in based.items() if (with_base := edges[at].with_base) is not None]
        # A shared copy costs nothing by itself: its seat does. Of equal answers the one that spends fewer seats.
        goal += [(v, edges[at].gain[level]) for at, v in shared.items() if level != CENTS]
        more = {CENTS: joint.cents, RANK: dict.fromkeys(joint.cap, 1)}.get(level, {})
        goal += [(v, -more[s]) for (_, s), v in [*seats.items(), *spent.items()] if s in more]
        goals.append([(v, by) for v, by in goal if by])
    gain, bound = [], []
    held: list[tuple[Any, int]] = []
    floor_of_held = 0
    for goal in goals:
        value = most = 0
        if goal:
            if held:
                row = solver.Constraint(floor_of_held, solver.infinity())
                for variable, by in held:
                    row.SetCoefficient(variable, by)
            value, most = _best(solver, goal)
            held, floor_of_held = goal, value
        gain.append(value)
        bound.append(most)

    def values(of: dict[Any, Any]) -> dict[Any, int]:
        return {key: round(variable.solution_value()) for key, variable in of.items() if round(variable.solution_value())} if held else {}

    shares = Shares(values(alone), values(based), values(shared), values(seats), values(spent), tuple(gain), tuple(bound))
    counted = tuple(sum(by * round(variable.solution_value()) for variable, by in goal) for goal in goals)
    if counted != shares.gain or shares.gain != shares.bound:
        raise RuntimeError(f"the assignment was not solved to the last copy: {counted}, {shares.gain}, at most {shares.bound}")
    return shares


def _best(solver: Any, goal: list[tuple[Any, int]]) -> tuple[int, int]:
    """The best value of a goal, and the bound that no answer passes."""
    from ortools.linear_solver import pywraplp

    objective = solver.Objective()
    objective.Clear()
    for variable, by in goal:
        objective.SetCoefficient(variable, by)
    objective.SetMaximization()
    solver.SetTimeLimit(int(MAX_SECONDS * 1000))
    exact = pywraplp.MPSolverParameters()
    exact.SetDoubleParam(exact.RELATIVE_MIP_GAP, 0.0)
    if solver.Solve(exact) != pywraplp.Solver.OPTIMAL:
        raise RuntimeError("the assignment was not solved in time")
    return round(objective.Value()), floor(objective.BestBound() + 1e-6)


def _cap(joint: Joint, stock: int) -> int:
    cap = joint.cap[stock]
    return (1 << 40) if cap is None else cap
