"""The best assignment of lots to copies: cover the most, of them the most with complete proof, keep what is assigned, spend the least."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from licmatch.licences.flow import NO_LIMIT, Ints, Network, solve
from licmatch.licences.frames import CERTIFICATE, COVERS
from licmatch.licences.joint import Shares, counts, solve_joint
from licmatch.licences.prices import PRICED
from licmatch.licences.problem import Problem, state_problem
from licmatch.licences.program import state_program
from licmatch.licences.rights import Rights
from licmatch.licences.seats import spread

_TAKEN = {"class": pl.UInt32(), "stock": pl.UInt32(), "count": pl.Int64(), "with_base": pl.Boolean()}
_SPENT = {"class": pl.UInt32(), "stock": pl.UInt32(), "count": pl.Int64()}


@dataclass(frozen=True, slots=True)
class Proof:
    """One part of the estate that was solved by itself. Levels: covered, proved, kept, -cents, -rank.

    `case`: "settled" (own OEM licences), "flow" (cut and potentials in the certificate) or "milp" (value and bound of each level; for the
    first levels, one a number in `parts`, the certificate has prices that prove the bound, in so many parts of one).
    """

    case: str
    copies: int
    covered: int
    gain: tuple[int, ...] = ()
    bound: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """`covers`: see `frames.COVERS`. `case`: "milp" if any part needed one, else "flow". `certificate`: see `frames.CERTIFICATE`."""

    covers: pl.DataFrame
    case: str
    proofs: tuple[Proof, ...]
    certificate: pl.DataFrame
    problem: Problem


def assign(demand: pl.DataFrame, lots: pl.DataFrame, ancestors: pl.DataFrame, rights: Rights, as_of: date) -> Assignment:
    """Return the best assignment of the lots to the copies on a day; same rows in any order, same assignment.

    demand, lots, ancestors: the columns of `frames.DEMAND`, `LOTS`, `ANCESTORS`. A lot is its unit's and all below it, unless its scope
    says `unit`; one without a unit is everybody's. Raises `UsageError` where joint needs are not solved in time.
    """
    problem = state_problem(demand, lots, ancestors, rights, as_of)
    edges = problem.edges.with_row_index("edge")
    part = _parts(problem)
    joint_parts = set(part.filter("joint")["group"].to_list())
    edges = edges.join(part.select("class", "group", "joint"), on="class", how="left", maintain_order="left")
    proofs = [Proof("settled", problem.settled.height, problem.settled.height)] if problem.settled.height else []
    simple = edges.filter(~pl.col("joint") & ~pl.col("needs_base"))
    taken, certificate, proof = _flow(problem, simple, part.filter(~pl.col("joint")))
    proofs.append(proof)
    rows, bases = [taken], []
    shares, prices = [], [certificate]
    by_part = edges.filter("joint").partition_by("group", as_dict=True, maintain_order=True)
    for each in sorted(joint_parts):
        mine = by_part.get((each,))
        if mine is None:
            continue
        found, got, spent, proof = _milp(problem, mine, part.filter(pl.col("group") == each))
        rows.append(got)
        bases.append(spent)
        proofs.append(proof)
        shares.append(found)
        prices.append(_priced(found, len(proofs) - 1, part.filter(pl.col("group") == each)))
    covers = spread(problem, pl.concat(rows), edges, shares, pl.concat(bases) if bases else None)
    case = "milp" if any(one.case == "milp" for one in proofs) else "flow"
    return Assignment(covers.select(*COVERS).sort("at"), case, tuple(proofs), pl.concat(prices), problem)


def _priced(shares: Shares, place: int, part: pl.DataFrame) -> pl.DataFrame:
    """What proves a part that was solved as an integer program: its classes, and the price of each of its stocks."""
    rows: list[tuple[str, int, bool, list[int]]] = [(f"class of {place}", one, False, []) for one in part["class"].sort()]
    rows += [(f"price of {place}", stock, False, list(prices[:PRICED])) for stock, prices in sorted(shares.prices.items())]
    return pl.DataFrame(rows, schema=CERTIFICATE, orient="row")


def _parts(problem: Problem) -> pl.DataFrame:
    """class, group, joint: classes that compete for the same stocks hang together, and copies of one bundle do."""
    count = problem.classes.height
    ties = [
        problem.edges.select("class", tie=pl.col("stock").cast(pl.Int64)),
        problem.bases.select("class", tie=pl.col("stock").cast(pl.Int64)),
    ]
    together = problem.bundles.select("bundle", pl.col("classes").alias("class")).explode("class").unique().sort("bundle", "class")
    ties.append(together.select("class", tie=pl.col("bundle").cast(pl.Int64) + problem.stocks.height))
    # A stock without number is nobody's rival.
    counted = problem.stocks.filter(pl.col("cap").is_not_null())["stock"].cast(pl.Int64)
    every = pl.concat(ties).filter(pl.col("tie").is_in(counted.implode()) | (pl.col("tie") >= problem.stocks.height))
    left, right = every["class"].to_numpy().astype(np.int64), every["tie"].to_numpy().astype(np.int64)
    label = np.arange(count, dtype=np.int64)
    ends = int(right.max()) + 1 if len(right) else 0
    while len(left):
        low = np.full(ends, count, dtype=np.int64)
        np.minimum.at(low, right, label[left])
        new = label.copy()
        np.minimum.at(new, left, low[right])
        new = new[new]
        if np.array_equal(new, label):
            break
        label = new
    bundled = problem.classes["class"].is_in(together["class"].unique().implode())
    based = problem.classes["class"].is_in(problem.bases["class"].unique().implode())
    table = problem.classes.select("class", "count").with_columns(group=pl.Series(label, dtype=pl.Int64), joint=bundled | based)
    return table.with_columns(pl.col("joint").any().over("group"))


def _rank() -> pl.Expr:
    """The order among equals: the nearer right first, then the nearer unit."""
    return (pl.col("order") * 128 + pl.col("distance")).cast(pl.Int64)


def _flow(problem: Problem, edges: pl.DataFrame, part: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, Proof]:
    classes = part.select("class", "count").sort("class")
    stocks = problem.stocks.join(edges.select("stock").unique(), on="stock", how="semi").sort("stock")
    left = _places(classes["class"], edges["class"])
    right = _places(stocks["stock"], edges["stock"])
    net = network(classes["count"], stocks["cap"], left, right, edges)
    found = solve(net)
    taken = edges.select("class", "stock", count=pl.Series(found.used, dtype=pl.Int64), with_base=pl.lit(False)).filter(pl.col("count") > 0)
    sides = ["class"] * classes.height + ["stock"] * stocks.height + ["sink"]
    nodes = pl.concat([classes["class"], stocks["stock"], pl.Series([None], dtype=pl.UInt32)])
    heights = np.stack(found.potentials, axis=1)
    certificate = pl.DataFrame(
        {"side": sides, "node": nodes, "in_cut": np.r_[found.in_cut, False], "potentials": heights.tolist()}, schema=CERTIFICATE
    )
    gain = tuple(int((found.used * cost).sum()) for cost in levels(edges))
    return taken, certificate, Proof("flow", int(classes["count"].sum()), gain[0] if gain else 0, gain)


def network(count: pl.Series, cap: pl.Series, left: Ints, right: Ints, edges: pl.DataFrame) -> Network:
    """Return the network of classes and stocks; what counts most is one level, so that a proof has three."""
    covered, proved, kept, cents, rank = levels(edges)
    weight = np.int64(2 * (min(len(count), len(cap)) + 2) + 1)  # more than any chain of changes can move
    return Network(
        count.to_numpy().astype(np.int64),
        cap.fill_null(int(NO_LIMIT)).to_numpy().astype(np.int64),
        left,
        right,
        (-(covered * weight * weight + proved * weight + kept), -cents, -rank),
    )


def levels(edges: pl.DataFrame) -> tuple[Ints, ...]:
    """Return what one copy over each edge gains: covered, proved, kept, -cents, -rank."""
    return tuple(
        edges.select(one.cast(pl.Int64)).to_series().to_numpy().astype(np.int64)
        for one in (pl.col("order") * 0 + 1, pl.col("proved"), pl.col("kept"), -pl.col("cents"), -_rank())
    )


def _places(known: pl.Series, asked: pl.Series) -> Ints:
    return np.searchsorted(known.to_numpy(), asked.to_numpy()).astype(np.int64)


def _milp(problem: Problem, edges: pl.DataFrame, part: pl.DataFrame) -> tuple[Shares, pl.DataFrame, pl.DataFrame, Proof]:
    classes = problem.classes.join(part.select("class"), on="class", how="semi")
    first = problem.bundles.select("bundle", **{"class": pl.col("classes").list.first()})
    bundles = problem.bundles.join(first.join(classes, on="class", how="semi"), on="bundle", how="semi")
    found = solve_joint(state_program(problem, edges.with_columns(rank=_rank()), classes, bundles))
    rows = [(one.one, one.stock, one.count, one.kind == "based") for kind in ("alone", "based") for one in counts(found, kind)]
    spent = [(one.one, one.stock, one.count) for one in counts(found, "base")]
    proof = Proof("milp", int(classes["count"].sum()), found.gain[0], found.gain, found.bound, found.parts[:PRICED])
    return found, pl.DataFrame(rows, schema=_TAKEN, orient="row"), pl.DataFrame(spent, schema=_SPENT, orient="row"), proof
