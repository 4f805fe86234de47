"""Assignment where needs hang together (a suite and its parts, an upgrade and its base): an integer program, solved to the last copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from licmatch.errors import UsageError
from licmatch.licences.bundles import Group
from licmatch.licences.flow import Ints
from licmatch.licences.program import LEVELS, Program

MAX_SECONDS = 300
CLOSE = 1e-6  # what the relaxation's numbers may be away from those meant
MOST_PARTS = 60  # prices are counted in at most so many parts of one
_Floats = npt.NDArray[np.float64]
_Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Drawn:
    """So many seats of a stock go to one use: copies of a class `alone` or `based`, a `base` of them, a `shared` group of a bundle."""

    kind: str
    one: int
    group: Group
    stock: int
    count: int


@dataclass(frozen=True, slots=True)
class Shares:
    """`packs`: of a bundle, which groups stand on one computer, on how many. `gain`, `bound`: a number a level.

    `prices`: of each stock with a number of seats, a price for each of the first levels, counted in `parts` of one: the relaxation's
    duals, which prove the bounds of those levels without the solver.
    """

    drawn: tuple[Drawn, ...]
    packs: tuple[tuple[int, tuple[Group, ...], int], ...]
    gain: tuple[int, ...]
    bound: tuple[int, ...]
    prices: dict[int, tuple[int, ...]]
    parts: tuple[int, ...]


@dataclass(slots=True)
class _Region:
    """What is left to choose among: columns that are not nought in all answers wanted, rows that are met exactly, values that are kept."""

    open: _Marks
    exact: _Marks
    kept: list[tuple[Ints, int]]


def solve_joint(program: Program) -> Shares:
    """Return the optimal shares, level after level.

    The relaxation of a level gives a bound; where its answer is not whole, the best whole one is looked for among those that lose no more
    than a gap, which is doubled until there is one: what is outside loses more. Deterministic. Raises `UsageError` where it takes
    too long.
    """
    gains, most = program.gain(), np.array(program.most, dtype=np.int64)
    matrix = program.matrix()
    region = _Region(np.ones(program.columns, dtype=np.bool_), np.array(program.exact, dtype=np.bool_), [])
    values = np.zeros(program.columns, dtype=np.int64)
    found: list[int] = []
    prices: list[tuple[Ints, int]] = []
    tight = True  # whether the prices of all levels so far prove the values
    for level in range(LEVELS):
        unit = int(np.gcd.reduce(np.abs(gains[level]))) if program.columns else 0
        if not unit:
            found.append(0)
            prices += [(np.zeros(len(most), dtype=np.int64), 1)] if tight else []
            continue
        gain = gains[level] // unit
        answer, value, reduced, duals = _relaxed(matrix, most, region, gain)
        whole = np.rint(answer).astype(np.int64)
        best = int(np.floor(value + max(CLOSE, abs(value) * 1e-12)))
        if np.abs(answer - whole).max(initial=0.0) > CLOSE or int(gain @ whole) != best:
            whole, best = _whole(matrix, most, region, gain, value, reduced, duals)
        else:
            _narrow(region, reduced, duals, value - best)
        values = whole
        gap = value - best
        if gap > CLOSE:
            region.kept.append((gain, best))
        found.append(best * unit)
        if tight:
            told = _in_parts(duals * unit)
            if told is not None:
                prices.append(told)
            tight = told is not None and gap <= CLOSE
    counted = [int(gain @ values) for gain in gains]
    if counted != found or not _holds(matrix, most, np.array(program.exact, dtype=np.bool_), values):
        raise AssertionError("the solver's answer is not what it says")
    priced = {stock: tuple(int(one[row]) for one, _ in prices) for stock, row in program.stock_rows.items()}
    drawn, packs = _decoded(program, values)
    return Shares(drawn, packs, tuple(found), tuple(found), priced, tuple(parts for _, parts in prices))


def _whole(
    matrix: tuple[Ints, Ints, Ints], most: Ints, region: _Region, gain: Ints, value: float, reduced: _Floats, duals: _Floats
) -> tuple[Ints, int]:
    """Return the best whole answer and its value; the region is narrowed to the answers that are as good."""
    bound = np.floor(value + max(CLOSE, abs(value) * 1e-12))
    loss = 0
    while True:
        near = _Region(region.open.copy(), region.exact.copy(), [*region.kept, (gain, int(bound) - loss)])
        _narrow(near, reduced, duals, value - bound + loss)
        answer = _solved(matrix, most, near, gain, whole=True)
        if answer is not None:
            whole = np.rint(answer[0]).astype(np.int64)
            best = int(gain @ whole)
            _narrow(region, reduced, duals, value - best)
            return whole, best
        if loss > abs(bound) + 1:
            raise AssertionError("there is no whole answer at all")
        loss = max(1, 2 * loss)


def _narrow(region: _Region, reduced: _Floats, duals: _Floats, gap: float) -> None:
    """Close what costs more than the gap: a column of that reduced cost is nought, a row of that price is met exactly."""
    region.open &= np.abs(reduced) <= gap + CLOSE
    region.exact |= np.abs(duals) > gap + CLOSE


def _relaxed(matrix: tuple[Ints, Ints, Ints], most: Ints, region: _Region, gain: Ints) -> tuple[_Floats, float, _Floats, _Floats]:
    answer = _solved(matrix, most, region, gain, whole=False)
    if answer is None:
        raise AssertionError("the region has no answer")
    values, reduced, duals = answer
    return values, float(gain @ values), reduced, duals[: len(most)]


def _solved(
    matrix: tuple[Ints, Ints, Ints], most: Ints, region: _Region, gain: Ints, *, whole: bool
) -> tuple[_Floats, _Floats, _Floats] | None:
    """Return the values, reduced costs and duals; null where there is no answer."""
    from ortools.math_opt.python import mathopt  # slow to import, and few estates need it

    model, open_columns = _model(matrix, most, region, gain, whole)
    limit = mathopt.SolveParameters(time_limit=timedelta(seconds=MAX_SECONDS), relative_gap_tolerance=0.0 if whole else None)
    solver = mathopt.SolverType.GSCIP if whole else mathopt.SolverType.GLOP
    result = mathopt.solve(mathopt.Model.from_model_proto(model), solver, params=limit)
    if result.termination.reason == mathopt.TerminationReason.INFEASIBLE:
        return None
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        raise UsageError(
            f"the assignment of licences was not solved in {MAX_SECONDS} seconds", hint="assess the counties by themselves and merge them"
        )
    best = result.to_proto().solutions[0]
    values = _spread(best.primal_solution.variable_values, len(region.open), open_columns)
    if whole:
        return values, values, values
    reduced = _spread(best.dual_solution.reduced_costs, len(region.open), open_columns)
    return values, reduced, _spread(best.dual_solution.dual_values, len(most) + len(region.kept), None)


def _spread(pairs: Any, size: int, places: Ints | None) -> _Floats:
    made = np.zeros(size, dtype=np.float64)
    at = np.array(pairs.ids, dtype=np.int64)
    made[at if places is None else places[at]] = pairs.values
    return made


def _model(matrix: tuple[Ints, Ints, Ints], most: Ints, region: _Region, gain: Ints, whole: bool) -> tuple[Any, Ints]:
    from ortools.math_opt import model_pb2

    row, column, by = matrix
    places = np.flatnonzero(region.open).astype(np.int64)
    renamed = np.full(len(region.open), -1, dtype=np.int64)
    renamed[places] = np.arange(len(places))
    kept = region.open[column]
    rows, columns, factors = [row[kept]], [renamed[column[kept]]], [by[kept]]
    for at, (level, _) in enumerate(region.kept):
        told = np.flatnonzero(level[places])
        rows.append(np.full(len(told), len(most) + at, dtype=np.int64))
        columns.append(told.astype(np.int64))
        factors.append(level[places][told])
    made = model_pb2.ModelProto()
    made.variables.ids.extend(range(len(places)))
    made.variables.lower_bounds.extend([0.0] * len(places))
    made.variables.upper_bounds.extend([np.inf] * len(places))
    made.variables.integers.extend([whole] * len(places))
    made.objective.maximize = True
    pays = np.flatnonzero(gain[places])
    made.objective.linear_coefficients.ids.extend(pays.tolist())
    made.objective.linear_coefficients.values.extend(gain[places][pays].astype(np.float64).tolist())
    limits = made.linear_constraints
    limits.ids.extend(range(len(most) + len(region.kept)))
    limits.lower_bounds.extend([*np.where(region.exact, most, -np.inf).tolist(), *(float(value) for _, value in region.kept)])
    limits.upper_bounds.extend([*most.astype(np.float64).tolist(), *(np.inf for _ in region.kept)])
    cells = made.linear_constraint_matrix
    cells.row_ids.extend(np.concatenate(rows).tolist())
    cells.column_ids.extend(np.concatenate(columns).tolist())
    cells.coefficients.extend(np.concatenate(factors).astype(np.float64).tolist())
    return made, places


def _in_parts(duals: _Floats) -> tuple[Ints, int] | None:
    """Return the duals as whole numbers of parts of one, and how many parts; null where they are no such numbers."""
    for parts in range(1, MOST_PARTS + 1):
        told = np.rint(duals * parts)
        if np.abs(duals * parts - told).max(initial=0.0) <= CLOSE * max(1.0, np.abs(duals).max(initial=0.0)):
            return told.astype(np.int64), parts
    return None


def _holds(matrix: tuple[Ints, Ints, Ints], most: Ints, exact: _Marks, values: Ints) -> bool:
    row, column, by = matrix
    sums = np.bincount(row, weights=by * values[column], minlength=len(most)).astype(np.int64)
    return bool((values >= 0).all() and (sums <= most).all() and (sums[exact] == most[exact]).all())


def _decoded(program: Program, values: Ints) -> tuple[tuple[Drawn, ...], tuple[tuple[int, tuple[Group, ...], int], ...]]:
    """What draws from a port gets the seats that the port gives, one after the other."""
    given: dict[int, list[list[int]]] = {}
    for column, (port, stock) in program.gives.items():
        if values[column]:
            given.setdefault(port, []).append([stock, int(values[column])])
    drawn = []
    for column, (port, user) in program.draws.items():
        left = int(values[column])
        while left:
            stock, there = given[port][0]
            count = min(left, there)
            drawn.append(Drawn(user.kind, user.one, user.group, stock, count))
            given[port][0][1] -= count
            left -= count
            if there == count:
                given[port].pop(0)
    packs = [(bundle, pack, int(values[column])) for column, (bundle, pack) in program.packs.items() if values[column]]
    return tuple(drawn), tuple(packs)


def counts(shares: Shares, kind: str) -> Sequence[Drawn]:
    """Return what was drawn in one way, by use and stock."""
    return sorted((one for one in shares.drawn if one.kind == kind), key=lambda one: (one.one, one.group, one.stock))
