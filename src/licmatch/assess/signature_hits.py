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
    """`frame`: one row a device, category and vendor (null: any) that a trace bears on; `pieces`: the evidence of each.

    Columns of `frame`: device, category, vendor, hit_risk (Int64, rank of the worst), hit_confidence, hit_named (the tool
    or its name says that it is for this category). `pieces` has these first three and `hit`, its number.
    """

    frame: pl.DataFrame
    pieces: pl.DataFrame

    def by_category(self) -> pl.DataFrame:
        """Return the frame without vendors: what bears on a device and category at all."""
        return _worst(self.frame, ["device", "category"])

    def on_installations(self, installations: pl.DataFrame) -> pl.DataFrame:
        """Return at, hit_risk, hit_confidence of the installations (at, device, category, vendor) that a trace bears on."""
        met = installations.select("at", "device", "category", copy="vendor").join(self.frame, on=["device", "category"])
        return _worst(met.filter(_concerns()), ["at"])

    def pieces_on(self, installations: pl.DataFrame) -> pl.DataFrame:
        """Return the pieces that are evidence on these installations (at, device, category, vendor), by `at`."""
        met = installations.select("at", "device", "category", copy="vendor").join(
            self.pieces, on=["device", "category"], maintain_order="left_right"
        )
        return met.filter(_concerns()).drop("copy", "device", "category", "vendor")


def signature_hits(pairs: pl.DataFrame, names: Names, engine: EngineView, policy: Policy) -> SignatureHits:
    """Return the traces of a case by device and category. `pairs`: device, match, rows, row.

    A name that is itself an installation (a cracked suite) bears on that installation only and is not here.
    """
    reach = _reach(names, engine, policy)
    place = ["device", "category", "vendor"]
    hits = pairs.join(reach, on="match").sort(*place, -pl.col("hit_risk"), -pl.col("hit_confidence"), "match")
    kept = hits.group_by(place, maintain_order=True).head(TRACES_KEPT).with_row_index("hit")
    seen = pieces(
        kept, [*place, "hit"], kind=SIGNATURE, source="software", row=pl.col("row"), rule_id=pl.col("signature_id"), text=pl.col("text"),
        weight=pl.col("hit_confidence"),
    )  # fmt: skip
    return SignatureHits(_worst(hits, place), seen)


def _worst(hits: pl.DataFrame, place: list[str]) -> pl.DataFrame:
    return (
        hits.group_by(place)
        .agg(pl.col("hit_risk").max(), pl.col("hit_confidence").max(), pl.col("hit_named").any())
        .sort(place)
    )  # fmt: skip


def _concerns() -> pl.Expr:
    return pl.col("vendor").is_null() | pl.col("vendor").eq_missing(pl.col("copy"))


def _reach(names: Names, engine: EngineView, policy: Policy) -> pl.DataFrame:
    """One row a signed name, category and vendor (null: any) it bears on. Loops over names only."""
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
        # A name that says its category itself may be of any vendor; the kind of tool knows whose copies it works on.
        vendors = (None,) if said or not by_kind.vendors else by_kind.vendors
        named = bool(said or affects)
        if named:
            targets = said or affects
        else:
            targets, risk = list(by_kind.categories), min(risk, RISK_RANK[by_kind.most])
        confidence = float(facts.get("confidence") or row["lm_score"] or 0.0)
        rows += [
            (row["match"], target, vendor, risk, confidence, named, row["lm_signature_id"], row["text"])
            for target in targets if target in categories for vendor in vendors
        ]  # fmt: skip
    return pl.DataFrame(
        rows,
        schema={
            "match": pl.UInt32, "category": pl.String, "vendor": pl.String, "hit_risk": pl.Int64, "hit_confidence": pl.Float64,
            "hit_named": pl.Boolean, "signature_id": pl.String, "text": pl.String,
        },
        orient="row",
    )  # fmt: skip
