"""What the assignment means for each copy: genuine by which licence, or why no licence covers it."""

from __future__ import annotations

import polars as pl

from licmatch.licences.assignment import Assignment
from licmatch.licences.frames import OUTCOMES
from licmatch.licences.problem import BASE, line_pairs, near_lots

_GENUINE = {"oem": "genuine_oem", "site": "genuine_site", "allocated": "genuine_allocated"}


def outcomes(assignment: Assignment) -> pl.DataFrame:
    """Return one row a copy that needs a licence, columns of `frames.OUTCOMES`, sorted by `at`.

    outcome: genuine_purchased, genuine_site, genuine_oem, genuine_allocated; no_evidence (covered, `missing` says what the proof
    lacks); over_deployed (licences that cover this copy are there, and used up); version_mismatch (licences of the line are there, no
    right reaches this copy); expired (only licences that are over reach it); null: no licence speaks of it.
    """
    problem, read = assignment.problem, assignment.problem.lots
    kinds = read.frame.select("lot", "kind").with_columns(genuine=pl.col("kind").replace_strict(_GENUINE, default="genuine_purchased"))
    rows = assignment.covers.join(kinds, on="lot", how="left", maintain_order="left")
    rows = rows.with_columns(outcome=pl.when("proved").then("genuine").when(pl.col("lot").is_not_null()).then(pl.lit("no_evidence")))
    open_rows = (
        rows.filter(pl.col("lot").is_null())
        .select("at")
        .join(problem.demanded, on="at")
        .join(problem.copies.select("at", "class"), on="at", how="left")
    )
    rivals = problem.edges.group_by("class").agg(usable=(~pl.col("needs_base")).any())
    open_rows = open_rows.join(rivals, on="class", how="left")
    near = near_lots(problem)
    open_rows = open_rows.join(near, on=["unit_id", "cp"], how="left")
    own = read.frame.filter(pl.col("hard")).select("device_id", "lp", "lapsed")
    own = open_rows.select("at", "device_id", "cp").join(own, on="device_id").join(line_pairs(problem), on=["lp", "cp"])
    own = own.group_by("at").agg(own_line=(~pl.col("lapsed")).any(), own_lapsed=(pl.col("lapsed") & pl.col("reached")).any())
    open_rows = open_rows.join(own, on="at", how="left").with_columns(
        why=pl.when(pl.col("usable").fill_null(False))
        .then(pl.lit("over_deployed"))
        .when(pl.col("usable").is_not_null() | pl.col("line").fill_null(False) | pl.col("own_line").fill_null(False))
        .then(pl.lit("version_mismatch"))
        .when(pl.col("lapsed").fill_null(False) | pl.col("own_lapsed").fill_null(False))
        .then(pl.lit("expired")),
        lacks=pl.when(pl.col("usable").is_not_null() & ~pl.col("usable")).then(pl.lit([BASE], dtype=pl.List(pl.String))),
    )
    rows = rows.join(open_rows.select("at", "why", "lacks"), on="at", how="left", maintain_order="left")
    rows = rows.with_columns(
        outcome=pl.coalesce("outcome", "why"),
        missing=pl.coalesce("missing", "lacks").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        covered_by="lot",
    )
    return rows.select(pl.col(name).cast(dtype) for name, dtype in OUTCOMES.items()).sort("at")
