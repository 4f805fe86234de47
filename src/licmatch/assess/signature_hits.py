"""Traces of unlicensed tools on a device, laid at the door of the categories they can have been used on.

A tool is no installation of a category; it is evidence about the copies beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.engine_view import EngineView, category_ids
from licmatch.assess.evidence import SIGNATURE, TRACES_KEPT, name_text, pieces
from licmatch.assess.installations import RISK_RANK
from licmatch.assess.names import Names
from licmatch.assess.policy import Policy


@dataclass(frozen=True, slots=True)
class SignatureHits:
    """`frame`: one row a device and category that a trace bears on; `pieces`: the evidence, by device and category.

    Columns of `frame`: device, category, hit_risk (Int64, rank of the worst), hit_confidence, hit_named (the tool or its
    name says that it is for this category).
    """

    frame: pl.DataFrame
    pieces: pl.DataFrame


def signature_hits(pairs: pl.DataFrame, names: Names, engine: EngineView, policy: Policy) -> SignatureHits:
    """Return the traces of a case by device and category. `pairs`: device, match, rows, row.

    A name that is itself an installation (a cracked suite) bears on that installation only and is not here.
    """
    reach = _reach(names, engine, policy)
    hits = pairs.join(reach, on="match").sort("device", "category", -pl.col("hit_risk"), -pl.col("confidence"), "match")
    on = ["device", "category"]
    frame = hits.group_by(on, maintain_order=True).agg(
        pl.col("hit_risk").max(), hit_confidence=pl.col("confidence").max(), hit_named=pl.col("named").any()
    )
    kept = hits.group_by(on, maintain_order=True).head(TRACES_KEPT)
    seen = pieces(
        kept, on, kind=SIGNATURE, source="software", row=pl.col("row"), rule_id=pl.col("signature_id"), text=pl.col("text"),
        weight=pl.col("confidence"),
    )  # fmt: skip
    return SignatureHits(frame, seen)


def _reach(names: Names, engine: EngineView, policy: Policy) -> pl.DataFrame:
    """One row a signed name and category: match, category, hit_risk, confidence, named, signature_id, text. Loops over names only."""
    categories = set(category_ids(engine))
    known = {row["signature_id"]: row for row in engine.signatures.iter_rows(named=True)}
    rows = []
    signed = names.frame.filter(pl.col("signed") & ~pl.col("licensable")).select(
        "match", "lm_category", "witness", "lm_signature_id", "lm_risk", "lm_score", text=name_text()
    )
    for row in signed.iter_rows(named=True):
        facts = known.get(row["lm_signature_id"], {})
        said = [category for category in (row["lm_category"], row["witness"]) if category in categories]
        affects = list(facts.get("affects") or ())
        by_kind = policy.signatures.get(str(facts.get("kind")), policy.signatures["default"])
        risk = RISK_RANK[row["lm_risk"] or "none"]
        named = bool(said or affects)
        if named:
            targets = said or affects
        else:
            targets, risk = list(by_kind.categories), min(risk, RISK_RANK[by_kind.most])
        confidence = float(facts.get("confidence") or row["lm_score"] or 0.0)
        rows += [
            (row["match"], target, risk, confidence, named, row["lm_signature_id"], row["text"])
            for target in targets
            if target in categories
        ]
    return pl.DataFrame(
        rows,
        schema={"match": pl.UInt32, "category": pl.String, "hit_risk": pl.Int64, "confidence": pl.Float64, "named": pl.Boolean,
                "signature_id": pl.String, "text": pl.String},
        orient="row",
    )  # fmt: skip
