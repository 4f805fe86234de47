"""An assignment checked without its solver: nothing is spent that is not there, and nothing better is possible."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from licmatch.licences.assignment import Assignment, network
from licmatch.licences.flow import Ints, Network
from licmatch.licences.prices import PRICED, bound, met
from licmatch.licences.problem import Problem, state_problem
from licmatch.licences.rights import Rights


def verify_assignment(
    assignment: Assignment, demand: pl.DataFrame, lots: pl.DataFrame, ancestors: pl.DataFrame, rights: Rights, as_of: date
) -> tuple[str, ...]:
    """Return what does not hold, nothing where all does. Only `covers`, `proofs` and `certificate` are looked at; no solver is asked.

    Checked: every copy once; every cover allowed by a right; no lot spent beyond its seats; a seat shared only by parts and one whole
    on one computer; upgrades stand on a base. Of a flow: the cut bounds what can be covered and is met, and the heights show that no
    chain of changes gains on any level. Of an integer program: each level's value, counted anew, equals its bound, and prices of seats
    prove the bounds of the first levels (as many as `Proof.parts` has numbers); the bounds behind them are the solver's word.
    """
    problem = state_problem(demand, lots, ancestors, rights, as_of)
    faults = _feasible(assignment.covers, problem)
    if not faults:
        faults = [*_best_flow(assignment, problem), *_best_joint(assignment, problem)]
    return tuple(faults)


def _feasible(covers: pl.DataFrame, problem: Problem) -> list[str]:
    faults = []
    asked = problem.demanded.filter("need")
    if covers["at"].sort().to_list() != asked["at"].sort().to_list():
        faults.append("not every copy that needs a licence stands there once")
    used = _ways(covers, problem)
    told = problem.settled.select("at", "lot", "right")
    apart = covers.join(told.select("at"), on="at", how="semi").filter(pl.col("lot").is_not_null())
    allowed = used.filter(pl.col("right") == pl.col("edge_right")).height + apart.join(told, on=["at", "lot", "right"], how="semi").height
    taken = covers.filter(pl.col("lot").is_not_null())
    if allowed != taken.height:
        faults.append(f"{taken.height - allowed} copies are covered by a lot that no right leads from")
    limits = problem.members.group_by("lot").agg(
        limit=pl.when(pl.col("end").is_null().any()).then(None).otherwise((pl.col("end") - pl.col("start")).sum())
    )
    spent = taken.select("lot", "seat").unique().group_by("lot").agg(seats=pl.len())
    based = taken.filter(pl.col("base_lot").is_not_null()).group_by(lot="base_lot").agg(bases=pl.len())
    both = spent.join(based, on="lot", how="full", coalesce=True).join(limits, on="lot", how="left")
    over = both.filter(pl.col("seats").fill_null(0) + pl.col("bases").fill_null(0) > pl.col("limit"))
    faults += [f"lot {lot} is spent beyond its seats" for lot in over["lot"].sort().to_list()]
    shared = used.join(problem.demanded.select("at", "device_id"), on="at").filter(pl.len().over("lot", "seat") > 1)
    groups = shared.group_by("lot", "seat").agg(pl.col("device_id").n_unique(), wholes=(~pl.col("part")).sum())
    if groups.filter((pl.col("device_id") > 1) | (pl.col("wholes") > 1)).height:
        faults.append("a seat is shared by what no suite holds together")
    bare = used.filter(pl.col("needs_base") & pl.col("base_lot").is_null())
    pairs = problem.bases.join(problem.members, on="stock").select("class", base_lot="lot")
    strange = used.filter(pl.col("base_lot").is_not_null()).join(pairs, on=["class", "base_lot"], how="anti")
    if bare.height or strange.height:
        faults.append("an upgrade stands on nothing")
    wrong = used.filter(pl.col("proved") & ~pl.col("edge_proved") & pl.col("base_lot").is_null())
    if wrong.height:
        faults.append("a proof is said to be complete that is not")
    return faults


def _ways(covers: pl.DataFrame, problem: Problem) -> pl.DataFrame:
    """Covered copies with the edge each took."""
    lot_of = problem.members.select("lot", "stock", "offset", many=pl.len().over("lot"))
    taken = covers.filter(pl.col("lot").is_not_null()).join(problem.copies.select("at", "class"), on="at")
    met = taken.join(lot_of, on="lot").filter((pl.col("many") == 1) | ((pl.col("seat") >= pl.col("offset")) & _in_stock()))
    edges = problem.edges.select(
        "class", "stock", "part", "needs_base", edge_right="right", edge_proved="proved", edge_kept="kept", cents="cents"
    )
    return met.join(edges, on=["class", "stock"])


def _in_stock() -> pl.Expr:
    """Of the two stocks of a lot with further computers, the one whose seat it is."""
    return pl.col("offset") == pl.col("offset").filter(pl.col("offset") <= pl.col("seat")).max().over("at")


def _best_flow(assignment: Assignment, problem: Problem) -> list[str]:
    told = assignment.certificate.filter(pl.col("side").is_in(["class", "stock", "sink"]))
    classes = told.filter(pl.col("side") == "class").select(pl.col("node").alias("class"), "in_cut", "potentials")
    nodes = told.filter(pl.col("side") == "stock").select(pl.col("node").alias("stock"), "in_cut", "potentials")
    edges = problem.edges.join(classes.select("class"), on="class", how="semi").filter(~pl.col("needs_base"))
    if edges.join(nodes.select("stock"), on="stock", how="anti").height:
        return ["the certificate leaves lots out"]
    apart = assignment.certificate.filter(pl.col("side").str.starts_with("class"))["node"]
    if apart.sort().to_list() != problem.classes["class"].sort().to_list():
        return ["the parts of the estate do not add up"]
    count = classes.join(problem.classes.select("class", "count"), on="class", how="left", maintain_order="left")["count"]
    cap = nodes.join(problem.stocks.select("stock", "cap"), on="stock", how="left", maintain_order="left")["cap"]
    left = np.searchsorted(classes["class"].to_numpy(), edges["class"].to_numpy()).astype(np.int64)
    right = np.searchsorted(nodes["stock"].to_numpy(), edges["stock"].to_numpy()).astype(np.int64)
    net = network(count, cap, left, right, edges)
    ways = _ways(assignment.covers, problem).group_by("class", "stock").agg(used=pl.len().cast(pl.Int64))
    used = edges.join(ways, on=["class", "stock"], how="left", maintain_order="left")["used"].fill_null(0).to_numpy().astype(np.int64)
    cut = np.r_[classes["in_cut"].to_numpy(), nodes["in_cut"].to_numpy()].astype(np.bool_)
    heights = np.array(told["potentials"].to_list(), dtype=np.int64).reshape(told.height, -1)
    return [*_cut_holds(net, used, cut), *_heights_hold(net, used, heights)]


def _cut_holds(net: Network, used: Ints, cut: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[str]:
    classes, stocks = cut[: len(net.count)], cut[len(net.count) :]
    if np.any(classes[net.left] & ~stocks[net.right]):
        return ["the cut is none: an edge leads out of it"]
    most = int(net.count[~classes].sum()) + int(net.cap[stocks].sum())
    return [] if most == int(used.sum()) else [f"the cut allows {most} copies, {int(used.sum())} are covered"]


def _heights_hold(net: Network, used: Ints, heights: Ints) -> list[str]:
    classes, stocks, sink = heights[: len(net.count)], heights[len(net.count) : -1], heights[-1]
    costs = np.stack(net.costs, axis=1)
    missed = net.count - np.bincount(net.left, weights=used, minlength=len(net.count)).astype(np.int64)
    spent = np.bincount(net.right, weights=used, minlength=len(net.cap)).astype(np.int64)
    if np.any(missed < 0) or np.any(spent > net.cap):
        return ["the flow spends what is not there"]
    edge = costs + classes[net.left] - stocks[net.right]
    last, none = stocks - sink, classes - sink
    taken, idle, lacking = used > 0, spent < net.cap, missed > 0
    changes = [edge, -edge[taken], last[idle], -last[spent > 0], none, -none[lacking]]
    return [] if all(_not_below(change) for change in changes) else ["a chain of changes would gain"]


def _not_below(change: Ints) -> bool:
    """Whether no row is below zero, the first level first."""
    equal = np.ones(len(change), dtype=np.bool_)
    for level in range(change.shape[1]):
        if np.any(equal & (change[:, level] < 0)):
            return False
        equal &= change[:, level] == 0
    return True


def _best_joint(assignment: Assignment, problem: Problem) -> list[str]:
    """Each level's value, counted anew, is its bound; and the prices prove the bounds of the levels that have some."""
    faults = []
    ways = _ways(assignment.covers, problem)
    stood = assignment.covers.filter(pl.col("base_lot").is_not_null()).join(problem.copies.select("at", "class"), on="at")
    # A lot is of one price, whichever of its stocks the seat is of; further computers of a person are free.
    cents = problem.members.join(problem.stocks.select("stock", "cents"), on="stock").group_by("lot").agg(pl.col("cents").max())
    stood = stood.join(cents, left_on="base_lot", right_on="lot", how="left")
    for place, proof in enumerate(assignment.proofs):
        if proof.case != "milp":
            continue
        if proof.gain != proof.bound:
            faults.append(f"a value {proof.gain} that is not its bound {proof.bound}")
        rows = assignment.certificate.filter(pl.col("side") == f"class of {place}")
        mine = rows.select(pl.col("node").alias("class"))
        own = ways.join(mine, on="class", how="semi")
        paid = int(own.unique(["lot", "seat"])["cents"].sum()) + int(stood.join(mine, on="class", how="semi")["cents"].sum())
        seen = (own.height, int(own["proved"].sum()), int(own["edge_kept"].sum()), -paid)
        if seen != proof.gain[:PRICED]:
            faults.append(f"counted anew a joint part gains {seen}, not {proof.gain[:PRICED]}")
        told = assignment.certificate.filter(pl.col("side") == f"price of {place}").select("node", "potentials")
        prices = {stock: tuple(row) for stock, row in told.iter_rows()}
        if proof.parts:
            most = bound(problem, mine["class"].to_list(), prices, proof.parts)
            prices_of = problem.stocks.filter(pl.col("stock").is_in(sorted(prices)))["cents"].to_list()
            if most is None or not met(most, proof.parts, proof.gain, prices_of):
                faults.append(f"the prices allow {most} (in parts of {proof.parts}), not {proof.gain}")
    return faults
