"""The owner's papers set against the copies: which right covers which, what that makes of its verdict, and where each unit stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.assess.evidence import pieces
from licmatch.assess.facts.lots import Lots
from licmatch.assess.policy import Policy
from licmatch.licences import Assignment, Rights, assign, outcomes, position
from licmatch.schema import ASSIGNMENT, HOLDINGS, POSITION, empty

ENTITLEMENT = "entitlement"
# Verdicts that say only that no paper was seen; papers settle them either way. A copy in doubt they can prove, not blame.
_UNPROVED = ("no_evidence", "label_missing")
_DOUBTED = "undetermined"


@dataclass(frozen=True, slots=True)
class Papers:
    """`installations` with the verdicts papers give, the `pieces` of evidence by `at`, the `position` of units, the lots as judged
    (`holdings`) and which copy got which (`assignment`; all three in `schema`), and how that was proved (`described`, for the manifest)."""

    installations: pl.DataFrame
    pieces: pl.DataFrame
    position: pl.DataFrame
    holdings: pl.DataFrame
    assignment: pl.DataFrame
    described: dict[str, object]


def set_against(
    installations: pl.DataFrame, devices: pl.DataFrame, qualified: pl.DataFrame, lots: Lots, rights: Rights, policy: Policy, as_of: date
) -> Papers:
    """Return what the papers make of the copies; same rows, same order. Without entitlements nothing changes: silence is no answer.

    `installations`: as of `category_judges`; `devices`: device, device_id, unit_id, in_scope; `qualified`: device, qualifying_licence.
    """
    if not lots.entitlements_given:
        return Papers(installations, _pieces(None, lots), empty(POSITION), empty(HOLDINGS), empty(ASSIGNMENT), {})
    demand = _demand(installations, devices, qualified)
    assignment = assign(demand, lots.papers, lots.ancestors, rights, as_of)
    answers = outcomes(assignment).filter(pl.col("outcome").is_not_null())
    described = {
        "case": assignment.case,
        "copies": demand.height,
        "parts": [{"case": proof.case, "copies": proof.copies, "covered": proof.covered} for proof in assignment.proofs],
    }
    judged, told = _judged(installations, answers, policy), _pieces(answers, lots)
    return Papers(judged, told, position(assignment, rights), _holdings(lots, assignment), _assigned(demand, assignment, lots), described)


def _holdings(lots: Lots, assignment: Assignment) -> pl.DataFrame:
    """The lots as judged, with the seats spent of each."""
    spent = [
        assignment.covers.filter(pl.col("lot").is_not_null()).select("lot", "seat").unique().select("lot"),
        assignment.covers.filter(pl.col("base_lot").is_not_null()).select(lot="base_lot"),
    ]
    used = pl.concat(spent).group_by("lot").agg(used=pl.len().cast(pl.Int64))
    told = lots.papers.rename({"name": "product"}).join(used, on="lot", how="left", maintain_order="left")
    told = told.with_columns(pl.col("used").fill_null(0)).sort("lot")
    return told.select(pl.col(name).cast(dtype) for name, dtype in HOLDINGS.items())


def _assigned(demand: pl.DataFrame, assignment: Assignment, lots: Lots) -> pl.DataFrame:
    """Every copy in scope with what its need rests on, and the seat it got."""
    got = assignment.covers.join(lots.papers.select("lot", "entitlement_id"), on="lot", how="left")
    told = demand.join(got, on="at", how="left").sort("at").rename({"at": "installation"})
    return told.select(pl.col(name).cast(dtype) for name, dtype in ASSIGNMENT.items())


def _demand(installations: pl.DataFrame, devices: pl.DataFrame, qualified: pl.DataFrame) -> pl.DataFrame:
    """The copies that are in scope; what is on a computer nobody uses is nobody's need."""
    placed = installations.join(
        devices.select("device", "device_id", "unit_id", "in_scope"), on="device", how="left", maintain_order="left"
    )
    told = placed.filter("in_scope").join(qualified.select("device", qualified="qualifying_licence"), on="device", how="left")
    return told.select(
        "at", "device", "device_id", "unit_id", "category", "family_id", "edition_id", "release", "role", "channel", "licence", "vendor",
        "approved_free", "qualified",
    )  # fmt: skip


def _judged(installations: pl.DataFrame, answers: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    genuine = [code for code, state in policy.states().items() if state == "genuine"]
    base = policy.verdict_table().select(outcome="verdict", sure="base_confidence")
    told = installations.join(answers.select("at", "outcome"), on="at", how="left", maintain_order="left").join(
        base, on="outcome", how="left", maintain_order="left"
    )
    proves = pl.col("outcome").is_in(genuine).fill_null(False)
    heard = (pl.col("verdict").is_in(_UNPROVED) & pl.col("outcome").is_not_null()) | ((pl.col("verdict") == _DOUBTED) & proves)
    return told.with_columns(
        verdict=pl.when(heard).then("outcome").otherwise("verdict"),
        confidence=pl.when(heard).then(pl.col("sure") * pl.col("score").fill_null(1.0)).otherwise("confidence"),
    ).drop("outcome", "sure")


def _pieces(answers: pl.DataFrame | None, lots: Lots) -> pl.DataFrame:
    """What each answer rests on: the right that covers the copy and its lot, or what the proof lacks."""
    empty = pl.DataFrame(
        schema={"at": pl.UInt32, "covered_by": pl.UInt32, "right": pl.String, "outcome": pl.String, "missing": pl.List(pl.String)}
    )
    told = (empty if answers is None else answers).join(
        lots.papers.select(covered_by="lot", entitlement_id="entitlement_id"), on="covered_by", how="left", maintain_order="left"
    )
    lacks = pl.when(pl.col("missing").list.len() > 0).then(pl.lit("missing=") + pl.col("missing").list.join(","))
    right = pl.when(pl.col("right").is_not_null()).then(pl.lit("right=") + pl.col("right"))
    text = pl.concat_str(pl.lit("outcome=") + pl.col("outcome"), right, lacks, separator="; ", ignore_nulls=True)
    return pieces(
        told, ["at"], kind=ENTITLEMENT, source="entitlements", row=pl.col("covered_by").cast(pl.Int64), rule_id=pl.col("entitlement_id"),
        text=text, weight=0.0,
    )  # fmt: skip
