"""Where each unit stands, pool by pool: required, entitled, usable, used, surplus, shortfall; and who is beyond the licence."""

from __future__ import annotations

import polars as pl

from licmatch.licences.assignment import Assignment
from licmatch.licences.outcomes import outcomes
from licmatch.licences.proof import missing_proof
from licmatch.licences.reach import Product
from licmatch.licences.rights import Rights
from licmatch.schema import POSITION

_KEYS = ["unit_id", "category", "pool"]


def pool(product: Product) -> str:
    """Return the name of the pool of a product: its line, class of edition and release; `-` for what nobody said.

    >>> pool(Product("os", "os.windows", "os.windows-10", "professional", "10"))
    'os.windows|professional|10'
    """
    return "|".join((product.line, product.edition or "-", product.release or "-"))


def position(assignment: Assignment, rights: Rights) -> pl.DataFrame:
    """Return the position, columns of `schema.POSITION`, one row a unit and pool, sorted.

    Copies count where they are installed, seats where they are owned; what a pool lends or borrows is settled by the assignment, so
    rows may be added up to counties and cities and nothing counts twice. For each row the identities of the programme hold:
    shortfall = max(0, required - usable), surplus = max(0, usable - required). An OEM licence whose computer is gone is gone too.
    """
    problem = assignment.problem
    kinds = pl.DataFrame(
        {"cp": range(len(problem.kinds)), "pool": [pool(one) for one in problem.kinds]}, schema={"cp": pl.UInt32(), "pool": pl.String()}
    )
    copies = problem.demanded.join(kinds, on="cp", how="left").join(assignment.covers.select("at", "lot", "proved"), on="at", how="left")
    asked = copies.group_by(_KEYS).agg(
        required=pl.col("need").sum().cast(pl.Int64),
        covered=pl.col("lot").is_not_null().sum().cast(pl.Int64),
        proved=pl.col("proved").fill_null(False).sum().cast(pl.Int64),
        free=(~pl.col("need")).sum().cast(pl.Int64),
    )
    owned = _owned(assignment, rights)
    both = asked.join(owned, on=_KEYS, how="full", coalesce=True, nulls_equal=True)
    both = both.with_columns(pl.col("limited").fill_null(True), pl.col(pl.Int64).fill_null(0))
    short = pl.col("required") - pl.col("proved")
    both = both.with_columns(shortfall=short, surplus=pl.when(short == 0).then("idle_proved").otherwise(0))
    both = both.with_columns(
        usable=pl.col("proved") + pl.col("surplus"),
        blocked=pl.col("idle") - pl.col("surplus"),
        entitled=pl.when("limited").then("entitled"),
        entitled_proved=pl.when("limited").then("entitled_proved"),
    )
    return both.select(pl.col(name).cast(dtype) for name, dtype in POSITION.items()).sort(_KEYS, nulls_last=True)


def _owned(assignment: Assignment, rights: Rights) -> pl.DataFrame:
    """unit_id, category, pool, limited, entitled, entitled_proved, used, idle, idle_proved."""
    problem, read = assignment.problem, assignment.problem.lots
    never = ("trial", "free")
    counts = [one.kind not in never and one.product.edition not in rights.editions.never for one in read.licences]
    licences = pl.DataFrame(
        {
            "lp": range(len(read.licences)),
            "category": [one.product.category for one in read.licences],
            "pool": [pool(one.product) for one in read.licences],
            "counts": counts,
        },
        schema={"lp": pl.UInt32(), "category": pl.String(), "pool": pl.String(), "counts": pl.Boolean()},
    )
    whole = [not missing_proof(*one, rights) for one in read.proofs]
    proofs = pl.DataFrame({"proof": range(len(whole)), "whole": whole}, schema={"proof": pl.UInt32(), "whole": pl.Boolean()})
    lots = read.frame.filter(~pl.col("lapsed")).drop("category").join(licences, on="lp").join(proofs, on="proof").filter("counts")
    there = pl.col("device_id").is_in(problem.demanded["device_id"].unique().implode())
    lots = lots.filter(~pl.col("hard") | there.fill_null(False))
    spent = assignment.covers.filter(pl.col("lot").is_not_null()).select("lot", "seat").unique()
    bases = assignment.covers.filter(pl.col("base_lot").is_not_null()).group_by("base_lot").agg(based=pl.len().cast(pl.Int64))
    lots = lots.join(spent.group_by("lot").agg(_seats=pl.col("seat")), on="lot", how="left")
    first = pl.when(pl.col("seats").is_null()).then(pl.col("_seats").list.len()).otherwise(_below("_seats", "seats"))
    lots = lots.with_columns(used=first.fill_null(0).cast(pl.Int64)).join(bases, left_on="lot", right_on="base_lot", how="left")
    lots = lots.with_columns(used=pl.col("used") + pl.col("based").fill_null(0))
    idle = (pl.col("seats") - pl.col("used")).fill_null(0)
    # An OEM licence goes nowhere: what its own computer does not use, nobody can.
    return lots.group_by(_KEYS).agg(
        limited=pl.col("seats").is_not_null().all(),
        entitled=pl.col("seats").sum(),
        entitled_proved=pl.col("seats").filter("whole").sum(),
        used=pl.col("used").sum(),
        idle=idle.sum(),
        idle_proved=idle.filter(pl.col("whole") & ~pl.col("hard")).sum(),
    )


def _below(seats: str, limit: str) -> pl.Expr:
    """How many seats of a list are a lot's own; those beyond are further computers of the same persons."""
    return pl.min_horizontal(pl.col(seats).list.len().fill_null(0), pl.col(limit))


def beyond_licence(assignment: Assignment) -> pl.DataFrame:
    """Return the copies that are too many: at, device_id, unit_id, pool; the last of their unit in the order of computers."""
    problem = assignment.problem
    kinds = pl.DataFrame(
        {"cp": range(len(problem.kinds)), "pool": [pool(one) for one in problem.kinds]}, schema={"cp": pl.UInt32(), "pool": pl.String()}
    )
    over = outcomes(assignment).filter(pl.col("outcome") == "over_deployed").select("at")
    return (
        problem.demanded.join(over, on="at", how="semi")
        .join(kinds, on="cp", how="left")
        .select("at", "device_id", "unit_id", "pool")
        .sort("at")
    )
