"""Decisions of the copyright department: where one applies exactly, its verdict stands and is official."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.assess.accusers import accusers_in_evidence, with_accusers
from licmatch.assess.evidence import RULING, pieces
from licmatch.assess.names import Names
from licmatch.assess.policy import Policy
from licmatch.assess.ruling_scope import FILE, NO_COPY, fitting, on_products, usable
from licmatch.ingest.records import Notice
from licmatch.schema import EVIDENCE, REJECTED, empty

__all__ = ["Ruled", "apply_rulings", "rule_on_traces", "with_accusers"]

# What is known of each copy afterwards, besides its verdict; the log and the queue are made of it.
TRAIL: dict[str, pl.DataType] = {
    "provisional_verdict": pl.String(),
    "ruling_id": pl.String(),
    "rulings_clashing": pl.List(pl.String()),
    "rulings_overruled": pl.List(pl.String()),
}


@dataclass(frozen=True, slots=True)
class Ruled:
    """`installations` with rulings applied and the columns of `TRAIL`, their `pieces` of evidence, rulings that could not be used.

    `notices` is empty: what became of each ruling is told once traces without a copy are ruled on too (`ruling_outcomes`).
    """

    installations: pl.DataFrame
    pieces: pl.DataFrame | None
    rejected: pl.DataFrame
    notices: tuple[Notice, ...]


def apply_rulings(installations: pl.DataFrame, rulings: pl.DataFrame, names: Names, policy: Policy, as_of: date) -> Ruled:
    """Return the installations with the verdicts of rulings that apply to them; same rows, same order.

    A ruling applies where everything it names agrees. Of several, the one on a device decides, then the one on the smaller
    unit, then the one that names more, then the later one; where the last two differ and are equal in all, none is applied.
    A ruling on a `name` is one on the product that name is recognised as; one on a unit covers the units below it where
    `rulings` went through `over_units`. `installations` needs at, device_id, unit_id, product_id, verdict, in_scope, and
    `accused_by` for rulings on rules (without it they apply to nothing).
    """
    provisional = installations.with_columns(provisional_verdict="verdict")
    if rulings.is_empty():
        return Ruled(_with_trail(provisional, None), None, empty(REJECTED), ())
    good, rejected = usable(rulings, policy)
    named = on_products(_standing(good, as_of), names).filter(pl.col("product_id").fill_null("") != NO_COPY)
    copies = provisional.filter("in_scope")
    if "accused_by" not in copies.columns:
        copies = copies.with_columns(accused_by=pl.lit(None, pl.List(pl.String)))
    trail = _chosen(fitting(copies, named))
    answered = _answered(_with_trail(provisional, trail), good)
    applied = (
        answered.filter(pl.col("ruling_id").is_not_null())
        .select("at", "ruling_id")
        .join(_papers(good), on="ruling_id", maintain_order="left")
    )
    return Ruled(
        answered,
        pieces(applied, ["at"], kind=RULING, source=FILE, rule_id=pl.col("ruling_id"), text=pl.col("paper"), weight=1.0),
        rejected,
        (),
    )


def rule_on_traces(findings: pl.DataFrame, rulings: pl.DataFrame, policy: Policy, as_of: date) -> pl.DataFrame:
    """Return the findings with rulings on traces without a copy applied, and the columns of `TRAIL`; same rows, same order.

    Such rulings name `no-copy` as their product and the signatures they are on. Findings that have a copy follow its verdict.
    """
    placed = findings.with_columns(provisional_verdict="verdict").with_row_index("at")
    traced = pl.col("in_scope") & (pl.col("installations") == 0) & (pl.col("evidence").list.len() > 0)
    good = _standing(usable(rulings, policy)[0], as_of).filter(pl.col("product_id") == NO_COPY) if rulings.height else rulings
    if good.is_empty():
        return _with_trail(placed, None).drop("at")
    loose = accusers_in_evidence(placed.filter(traced.fill_null(False)), "at").filter(pl.col("accused_by").list.len() > 0)
    copies = loose.with_columns(product_id=pl.lit(NO_COPY))
    answered = _answered(_with_trail(placed, _chosen(fitting(copies, good))), good)
    papers = answered.join(_papers(good), on="ruling_id", how="left", maintain_order="left")
    said = pl.struct(
        kind=pl.lit(RULING), source=pl.lit(FILE), row=pl.lit(None, pl.Int64), rule_id="ruling_id", text="paper", weight=pl.lit(1.0)
    ).cast(EVIDENCE)
    ruled = pl.col("ruling_id").is_not_null()
    return papers.with_columns(
        evidence=pl.when(ruled).then(pl.concat_list(said, "evidence")).otherwise("evidence"),
        state=pl.when(ruled)
        .then(pl.col("verdict").replace_strict(policy.states(), default=None, return_dtype=pl.String))
        .otherwise("state"),
    ).drop("at", "paper")


def _standing(rulings: pl.DataFrame, as_of: date) -> pl.DataFrame:
    return rulings.filter((pl.col("expires") >= as_of).fill_null(True))


def _chosen(pairs: pl.DataFrame) -> pl.DataFrame:
    """One row a copy: the ruling that decides, or those that clash, and those that others overruled."""
    met = pairs.unique(["at", "line"]).with_columns(rulings=pl.len().over("at"))
    nobody = pl.lit(None, pl.List(pl.String))
    # Nearly every copy has one ruling, and nothing to be ranked.
    alone = met.filter(pl.col("rulings") == 1).select("at", "ruling_id", rulings_clashing=nobody, rulings_overruled=nobody)
    return pl.concat([alone, _ranked(met.filter(pl.col("rulings") > 1))])


def _ranked(pairs: pl.DataFrame) -> pl.DataFrame:
    rank = pl.struct("one_device", "depth", "width", pl.col("ruled").fill_null(date.min)).rank("dense").over("at")
    marked = pairs.with_columns(rank=rank).with_columns(top=pl.col("rank") == pl.col("rank").max().over("at"))
    clash = pl.col("top") & (pl.col("verdict").filter("top").n_unique().over("at") > 1)
    sorted_pairs = marked.with_columns(clash=clash).sort("at", "ruling_id")
    decides = pl.col("ruling_id").filter(pl.col("top") & ~pl.col("clash")).first()
    # Equal rulings with equal verdicts: the first is named, the others stand beside it.
    beside = ~pl.col("clash") & (pl.col("ruling_id") != decides).fill_null(True)
    listed = sorted_pairs.group_by("at", maintain_order=True).agg(
        ruling_id=decides, rulings_clashing=pl.col("ruling_id").filter("clash"), rulings_overruled=pl.col("ruling_id").filter(beside)
    )
    return listed.with_columns(
        pl.when(pl.col(name).list.len() > 0).then(name).alias(name) for name in ("rulings_clashing", "rulings_overruled")
    )


def _with_trail(copies: pl.DataFrame, trail: pl.DataFrame | None) -> pl.DataFrame:
    if trail is None:
        return copies.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in TRAIL.items() if name != "provisional_verdict")
    return copies.join(trail, on="at", how="left", maintain_order="left")


def _answered(copies: pl.DataFrame, rulings: pl.DataFrame) -> pl.DataFrame:
    verdicts = rulings.unique("ruling_id", keep="first", maintain_order=True).select("ruling_id", ruled_verdict="verdict")
    met = copies.join(verdicts, on="ruling_id", how="left", maintain_order="left")
    hit = pl.col("ruled_verdict").is_not_null()
    if "decided_by" in met.columns:
        met = met.with_columns(decided_by=pl.coalesce("ruling_id", "decided_by"))
    return met.with_columns(
        verdict=pl.coalesce("ruled_verdict", "verdict"),
        official=pl.when(hit).then(True).otherwise("official"),
        confidence=pl.when(hit).then(1.0).otherwise("confidence"),
    ).drop("ruled_verdict")


def _papers(rulings: pl.DataFrame) -> pl.DataFrame:
    paper = pl.concat_str(pl.col("ruled_by"), pl.col("document_no"), pl.col("ruled").cast(pl.String), separator=" | ", ignore_nulls=True)
    return rulings.unique("ruling_id", keep="first", maintain_order=True).select("ruling_id", paper=paper)
