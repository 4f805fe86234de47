"""Assignment where needs hang together (a suite and its parts, an upgrade and its base): an integer program, solved to the last copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import floor
from typing import Any

MAX_SECONDS = 600.0
WHOLE = 1e-6
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
    """Copies by edge place: `alone`, `based` take a seat each, `shared` the seat of the bundle. `gain`, `bound`: a number a level."""

    alone: dict[int, int]
    based: dict[int, int]
    shared: dict[int, int]
    seats: dict[tuple[int, int], int]  # (bundle, stock) -> seats given to computers of the bundle
    spent: dict[tuple[int, int], int]  # (class, stock) -> base seats
    gain: tuple[int, ...]
    bound: tuple[int, ...]


def solve_joint(joint: Joint) -> Shares:
    """Return the optimal shares: level after level, each proved by a bound equal to its value.

    The relaxation comes first: its values are bounds, and its duals say which answers reach them. Whole answers are looked for among
    those; a level that no whole answer brings to the bound is searched to the end. Raises `RuntimeError` where that takes too long.
    """
    relaxed = _stated(joint, "GLOP")
    faces: list[_Face] = []
    tops: list[int] = []
    for goal in relaxed.goals:
        if goal and not _best_is_whole(relaxed.solver, goal):
            break  # no whole answer reaches this bound, nor those behind it
        tops.append(round(relaxed.solver.Objective().Value()) if goal else 0)
        faces.append(_face(relaxed) if goal else _Face({}, []))
        _restrict(relaxed, faces[-1])
    for known in range(len(tops), -1, -1):
        found = _whole(joint, faces[:known], tops[:known])
        if found is not None:
            return found
    raise RuntimeError("the assignment was not solved to the last copy")


def _whole(joint: Joint, faces: list[_Face], tops: list[int]) -> Shares | None:
    """The best whole answer among those that reach the bounds of the first levels; null where none does."""
    stated = _stated(joint, "SCIP")
    for face in faces:
        _restrict(stated, face)
    gain, bound = list(tops), list(tops)
    last = _values(stated) if _solve(stated.solver, []) else None
    for goal in stated.goals[len(tops) :]:
        if last is None:
            return None
        value = most = 0
        if goal:
            value, most = _best(stated.solver, goal)
            last = _values(stated)
            row = stated.solver.Constraint(value, stated.solver.infinity())
            for variable, by in goal:
                row.SetCoefficient(variable, by)
        gain.append(value)
        bound.append(most)
    if last is None:
        return None
    counted = [sum(by * last[variable.index()] for variable, by in goal) for goal in stated.goals]
    if not counted == gain == bound:
        return None
    ways: list[dict[Any, int]] = [{key: last[v.index()] for key, v in of.items() if last[v.index()]} for of in stated.ways]
    return Shares(ways[0], ways[1], ways[2], ways[3], ways[4], tuple(gain), tuple(bound))


@dataclass(frozen=True, slots=True)
class _Face:
    """What the answers of a level's value have in common: variables at a bound, rows without slack."""

    fixed: dict[int, int]
    tight: list[int]


@dataclass(frozen=True, slots=True)
class _Stated:
    """A program: `ways` are the variables alone, based, shared, seats, spent; `goals` a list of terms a level."""

    solver: Any
    ways: tuple[dict[Any, Any], ...]
    goals: list[list[tuple[Any, int]]]


def _face(stated: _Stated) -> _Face:
    values = {v.index(): v.solution_value() for v in stated.solver.variables()}
    fixed = {v.index(): round(values[v.index()]) for v in stated.solver.variables() if abs(v.reduced_cost()) > WHOLE}
    return _Face(fixed, [row.index() for row in stated.solver.constraints() if abs(row.dual_value()) > WHOLE])


def _restrict(stated: _Stated, face: _Face) -> None:
    variables, rows = stated.solver.variables(), stated.solver.constraints()
    for index, at in face.fixed.items():
        variables[index].SetBounds(at, at)
    for index in face.tight:
        rows[index].SetLb(rows[index].ub())


def _values(stated: _Stated) -> dict[int, int]:
    return {variable.index(): round(variable.solution_value()) for variable in stated.solver.variables()}


def _stated(joint: Joint, name: str) -> _Stated:
    from ortools.linear_solver import pywraplp  # slow to import, and few estates need it

    solver = pywraplp.Solver.CreateSolver(name)
    if solver is None:
        raise RuntimeError(f"the solver {name} is not there")
    edges = joint.edges
    top = [min(joint.count[e.one], _cap(joint, e.stock)) for e in edges]

    def column(most: int) -> Any:
        return solver.IntVar(0, most, "") if solver.IsMip() else solver.NumVar(0, most, "")

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
    return _Stated(solver, (alone, based, shared, seats, spent), goals)


def _solve(solver: Any, goal: list[tuple[Any, int]]) -> bool:
    """Solve to the end; False where there is no answer at all."""
    from ortools.linear_solver import pywraplp

    objective = solver.Objective()
    objective.Clear()
    for variable, by in goal:
        objective.SetCoefficient(variable, by)
    objective.SetMaximization()
    solver.SetTimeLimit(int(MAX_SECONDS * 1000))
    exact = pywraplp.MPSolverParameters()
    exact.SetDoubleParam(exact.RELATIVE_MIP_GAP, 0.0)
    status = solver.Solve(exact)
    if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.INFEASIBLE):
        raise RuntimeError("the assignment was not solved in time")
    return bool(status == pywraplp.Solver.OPTIMAL)


def _best_is_whole(solver: Any, goal: list[tuple[Any, int]]) -> bool:
    _best(solver, goal)
    value = solver.Objective().Value()
    return bool(abs(value - round(value)) <= max(1e-5, abs(value) * 1e-9))


def _best(solver: Any, goal: list[tuple[Any, int]]) -> tuple[int, int]:
    """The best value of a goal, and the bound that no whole answer passes."""
    if not _solve(solver, goal):
        raise RuntimeError("an assignment that exists was not found")
    objective = solver.Objective()
    most = objective.BestBound() if solver.IsMip() else objective.Value()
    return round(objective.Value()), floor(most + 1e-5)


def _cap(joint: Joint, stock: int) -> int:
    cap = joint.cap[stock]
    return (1 << 40) if cap is None else cap
