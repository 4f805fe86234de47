"""Assignment where every copy takes one seat: a flow of least cost, level after level, with potentials and a cut that prove it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
NO_LIMIT = np.int64(1) << 40


@dataclass(frozen=True, slots=True)
class Network:
    """`count`: copies of each class. `cap`: seats of each stock, NO_LIMIT without number. Edges: `left` a class, `right` a stock.

    `costs`: one array a level, over the edges; a level decides where all before it are equal. The first is negative, for covering.
    """

    count: Ints
    cap: Ints
    left: Ints
    right: Ints
    costs: tuple[Ints, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """`used`: copies over each edge. `potentials`: an array a level, over classes, stocks and the sink. `in_cut`: classes, stocks."""

    used: Ints
    potentials: tuple[Ints, ...]
    in_cut: npt.NDArray[np.bool_]


def solve(net: Network) -> Flow:
    """Return the optimal flow: the first level at its best, of those the second, and so on; with its proof."""
    edges = np.arange(len(net.left), dtype=np.int64)
    open_edge = np.ones(len(edges), dtype=np.bool_)
    closed_sink = np.zeros(len(net.cap), dtype=np.int8)  # 1: spends nothing; 2: is spent whole
    may_miss = np.ones(len(net.count), dtype=np.bool_)
    must_miss = np.zeros(len(net.count), dtype=np.bool_)
    used = np.zeros(len(edges), dtype=np.int64)
    potentials: list[Ints] = []
    for level, cost in enumerate(net.costs):
        if level == 0 or cost.any():
            used = _least(net, cost, open_edge, closed_sink, may_miss)
        arcs = _residual(net, used, cost, open_edge, closed_sink, may_miss, must_miss)
        height = _heights(arcs, len(net.count) + len(net.cap) + 1)
        potentials.append(height)
        # What does not cost the least now can have no part in any optimum: the next level chooses among the rest.
        sink = height[-1]
        classes, stocks = height[: len(net.count)], height[len(net.count) : -1]
        open_edge &= cost + classes[net.left] - stocks[net.right] == 0
        slack = stocks - sink
        closed_sink = np.where(closed_sink > 0, closed_sink, np.where(slack > 0, 1, np.where(slack < 0, 2, 0))).astype(np.int8)
        may_miss &= classes - sink == 0
    return Flow(used, tuple(potentials), _cut(net, used))


def _least(
    net: Network, cost: Ints, open_edge: npt.NDArray[np.bool_], closed: npt.NDArray[np.int8], may_miss: npt.NDArray[np.bool_]
) -> Ints:
    from ortools.graph.python import min_cost_flow  # a third of a second to import, and only needed here

    classes, stocks = len(net.count), len(net.cap)
    sink = classes + stocks
    total = int(net.count.sum())
    at = np.flatnonzero(open_edge)
    free = np.flatnonzero(closed == 0)
    whole = np.flatnonzero(closed == 2)
    missing = np.flatnonzero(may_miss)
    tail = np.concatenate([net.left[at], classes + free, missing])
    head = np.concatenate([classes + net.right[at], np.full(len(free) + len(missing), sink, dtype=np.int64)])
    cap = np.concatenate([net.count[net.left[at]], np.minimum(net.cap[free], total), net.count[missing]])
    price = np.concatenate([cost[at], np.zeros(len(free) + len(missing), dtype=np.int64)])
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail, head, cap, price)
    supply = np.concatenate([net.count, np.zeros(stocks + 1, dtype=np.int64)])
    supply[classes + whole] = -net.cap[whole]
    supply[sink] = -(total - int(net.cap[whole].sum()))
    solver.set_nodes_supplies(np.arange(sink + 1), supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise AssertionError(f"a flow that exists was not found: {status}")
    used = np.zeros(len(net.left), dtype=np.int64)
    used[at] = solver.flows(arcs)[: len(at)]
    return used


def _residual(
    net: Network,
    used: Ints,
    cost: Ints,
    open_edge: npt.NDArray[np.bool_],
    closed: npt.NDArray[np.int8],
    may_miss: npt.NDArray[np.bool_],
    must_miss: npt.NDArray[np.bool_],
) -> tuple[Ints, Ints, Ints]:
    """The changes that are possible from a flow: from, to, cost."""
    classes = len(net.count)
    sink = classes + len(net.cap)
    missed = net.count - np.bincount(net.left, weights=used, minlength=classes).astype(np.int64)
    spent = np.bincount(net.right, weights=used, minlength=len(net.cap)).astype(np.int64)
    on, back = np.flatnonzero(open_edge), np.flatnonzero(open_edge & (used > 0))
    more, less = np.flatnonzero((closed == 0) & (spent < net.cap)), np.flatnonzero((closed == 0) & (spent > 0))
    drop, pick = np.flatnonzero(may_miss), np.flatnonzero(may_miss & (missed > 0))
    tail = [net.left[on], classes + net.right[back], classes + more, np.full(len(less), sink), drop, np.full(len(pick), sink)]
    head = [classes + net.right[on], net.left[back], np.full(len(more), sink), classes + less, np.full(len(drop), sink), pick]
    price = [cost[on], -cost[back], *(np.zeros(len(each), dtype=np.int64) for each in (more, less, drop, pick))]
    return np.concatenate(tail).astype(np.int64), np.concatenate(head).astype(np.int64), np.concatenate(price)


def _heights(arcs: tuple[Ints, Ints, Ints], nodes: int) -> Ints:
    """Heights with head <= tail + cost on every arc; there are some exactly if no cycle of changes saves anything."""
    order = np.argsort(arcs[1], kind="stable")
    tail, head, cost = (each[order] for each in arcs)
    height = np.zeros(nodes, dtype=np.int64)
    if len(head) == 0:
        return height
    starts = np.flatnonzero(np.r_[True, head[1:] != head[:-1]])
    for _ in range(nodes + 1):
        least = np.minimum.reduceat(height[tail] + cost, starts)
        lower = np.minimum(height[head[starts]], least)
        if np.array_equal(lower, height[head[starts]]):
            return height
        height[head[starts]] = lower
    raise AssertionError("the solver's flow is not of least cost")


def _cut(net: Network, used: Ints) -> npt.NDArray[np.bool_]:
    """What can be reached by changes from copies without a licence: all stocks in it are spent."""
    classes = len(net.count)
    missed = net.count - np.bincount(net.left, weights=used, minlength=classes).astype(np.int64)
    reached = np.zeros(classes + len(net.cap), dtype=np.bool_)
    reached[:classes] = missed > 0
    taken = used > 0
    while True:
        before = int(reached.sum())
        reached[classes + net.right[reached[net.left]]] = True
        reached[net.left[taken & reached[classes + net.right]]] = True
        if int(reached.sum()) == before:
            return reached
