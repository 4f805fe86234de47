"""Decisions as columns: each distinct answer is one row of a small table, and names point to it by an integer."""

from __future__ import annotations

import polars as pl

from licmatch.catalog import lexicon as lx
from licmatch.match.decide import Decision
from licmatch.schema import DECISION_COLUMNS
from licmatch.signatures import Hit
from licmatch.signatures.compiled import TOOL_KINDS

Answer = tuple[object, ...]
TOOL_CATEGORY = "unlicensed_tool"


def answer_of(decision: Decision, hits: tuple[Hit, ...], vendors: tuple[lx.VendorRecord, ...]) -> Answer:
    """Return the values of `DECISION_COLUMNS` for one decision and the signatures its name bears, strongest first."""
    signature = hits[0].signature if hits else None
    risk = hits[0].risk if hits else "none"
    family = decision.family
    licensable = decision.status == "recognised" and decision.role in ("product", "standalone_app", "server")
    tool = next((hit for hit in hits if hit.signature.kind in TOOL_KINDS), None)
    if tool is not None and not licensable:
        slug = (
            "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in tool.signature.title.casefold()).split())
            or tool.signature.id.casefold()
        )
        return (
            "recognised",
            f"{TOOL_CATEGORY}.{slug}",
            TOOL_CATEGORY,
            None,
            tool.signature.title,
            None,
            None,
            "tool",
            "exact",
            tool.confidence,
            tool.confidence,
            tool.signature.id,
            tool.signature.id,
            risk,
            f"{TOOL_CATEGORY}.{slug}",
            None,
            None,
            None,
            None,
            tool.signature.memory,
        )
    signature_id = signature.id if signature else None
    if decision.status != "recognised" or family is None:
        return (
            decision.status,
            None,
            None,
            None,
            None,
            None,
            None,
            None,
            None,
            decision.score,
            decision.margin,
            None,
            signature_id,
            risk,
            None,
            None,
            None,
            None,
            decision.category,
            False,
        )
    edition = decision.edition
    return (
        "recognised",
        decision.product_id,
        family.category,
        vendors[family.vendor].name,
        family.name,
        edition.title if edition else None,
        decision.release,
        decision.role,
        decision.method,
        decision.score,
        decision.margin,
        decision.rule_id,
        signature_id,
        risk,
        family.id,
        edition.id if edition else None,
        decision.release,
        decision.channel,
        None,
        decision.memory,
    )


def answer_frame(answers: list[Answer]) -> pl.DataFrame:
    """Return answers as a frame with `DECISION_COLUMNS`."""
    return pl.DataFrame(answers, schema=DECISION_COLUMNS, orient="row")
