"""Assignment where needs hang together (a suite and its parts, an upgrade and its base): an integer program, solved to the last copy."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

MAX_SECONDS = 300.0


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
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    edges = joint.edges
    top = [min(joint.count[e.one], _cap(joint, e.stock)) for e in edges]
    alone = {at: model.new_int_var(0, top[at], f"a{at}") for at, e in enumerate(edges) if not e.needs_base}
    based = {at: model.new_int_var(0, top[at], f"b{at}") for at, e in enumerate(edges) if e.with_base is not None and joint.bases.get(e.one)}
    shared, seats = {}, {}
    of_bundle: dict[int, list[Any]] = defaultdict(list)
    for bundle, stocks in sorted(joint.options.items()):
        for stock in stocks:
            seats[bundle, stock] = model.new_int_var(0, min(joint.size[bundle], _cap(joint, stock)), f"s{bundle}_{stock}")
            of_bundle[bundle].append(seats[bundle, stock])
    wholes: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for at, edge in enumerate(edges):
        key = (joint.bundle.get(edge.one, -1), edge.stock)
        if key in seats and not edge.needs_base:
            shared[at] = model.new_int_var(0, joint.size[key[0]], f"z{at}")
            model.add(shared[at] <= seats[key])
            if not edge.part:
                wholes[key].append(shared[at])
    for key, each in sorted(wholes.items()):
        if len(each) > 1:
            model.add(sum(each) <= seats[key])
    for bundle, each in sorted(of_bundle.items()):
        if joint.size[bundle] > 1:
            model.add(sum(each) <= joint.size[bundle])
    spent = {(one, s): model.new_int_var(0, min(joint.count[one], _cap(joint, s)), f"u{one}_{s}") for one, of in sorted(joint.bases.items()) for s in of}
    taken: dict[int, list[Any]] = defaultdict(list)
    covering: dict[int, list[Any]] = defaultdict(list)
    standing: dict[int, list[Any]] = defaultdict(list)
    for group in (alone, based, shared):
        for at, variable in group.items():
            covering[edges[at].one].append(variable)
            if group is not shared:
                taken[edges[at].stock].append(variable)
    for at, variable in based.items():
        standing[edges[at].one].append(variable)
    for (_, stock), variable in [*seats.items(), *spent.items()]:
        taken[stock].append(variable)
    for one, each in sorted(covering.items()):
        model.add(sum(each) <= joint.count[one])
    for one, of in sorted(joint.bases.items()):
        model.add(sum(standing[one]) <= sum(spent[one, s] for s in of))
    for stock, each in sorted(taken.items()):
        cap = joint.cap[stock]
        if cap is not None:
            model.add(sum(each) <= cap)
    goals = []
    for level in range(5):
        terms = [edges[at].gain[level] * v for at, v in alone.items() if edges[at].gain[level]]
        terms += [edges[at].with_base[level] * v for at, v in based.items() if edges[at].with_base[level]]  # type: ignore[index]
        # A shared copy costs nothing by itself: its seat does.
        terms += [edges[at].gain[level] * v for at, v in shared.items() if level != 3 and edges[at].gain[level]]
        if level == 3:
            terms += [-joint.cents[s] * v for (_, s), v in [*seats.items(), *spent.items()] if joint.cents[s]]
        if level == 4:
            # Of equal answers the one that spends fewer seats.
            terms += [-v for v in [*seats.values(), *spent.values()]]
        goals.append(sum(terms))
    gain, bound = [], []
    solver = cp_model.CpSolver()
    for goal in goals:
        if isinstance(goal, int):
            gain.append(0)
            bound.append(0)
            continue
        model.maximize(goal)
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = MAX_SECONDS
        status = solver.solve(model)
        if status != cp_model.OPTIMAL:
            raise RuntimeError(f"the assignment was not solved to the end: {solver.status_name(status)}")
        value = round(solver.objective_value)
        gain.append(value)
        bound.append(round(solver.best_objective_bound))
        model.add(goal >= value)
        every = [*alone.values(), *based.values(), *shared.values(), *seats.values(), *spent.values()]
        model.clear_hints()
        for variable in every:
            model.add_hint(variable, solver.value(variable))

    def values(of: dict[Any, Any]) -> dict[Any, int]:
        return {key: solver.value(variable) for key, variable in of.items() if solver.value(variable)} if gain else {}

    return Shares(values(alone), values(based), values(shared), values(seats), values(spent), tuple(gain), tuple(bound))


def _cap(joint: Joint, stock: int) -> int:
    cap = joint.cap[stock]
    return (1 << 40) if cap is None else cap
