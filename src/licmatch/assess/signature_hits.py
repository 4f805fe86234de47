"""Traces of unlicensed tools on a device, laid at the door of the categories they can have been used on.

A tool is no installation of a category; it is evidence about the copies beside it. Names of installed programs and every
other kind of trace go the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from licmatch.assess.engine_view import EngineView, TraceMatcher, category_ids
from licmatch.assess.evidence import name_text
from licmatch.assess.facts.traces import Found
from licmatch.assess.installations import RISK_RANK
from licmatch.assess.names import Names
from licmatch.assess.policy import Policy

INSTALLED = "installed_program"
INDICATION_BELOW = 0.70
# One row a trace and each category and vendor (null: any) whose copies it bears on.
HITS: dict[str, type[pl.DataType] | pl.DataType] = {
    "device": pl.UInt32, "category": pl.String, "copies_of": pl.String, "risk": pl.Int64, "confidence": pl.Float64, "named": pl.Boolean,
    "memory": pl.Boolean, "signature_id": pl.String, "evidence_kind": pl.String, "found_as": pl.String, "value": pl.String,
    "seen_at": pl.String, "source": pl.String, "row": pl.Int64,
}  # fmt: skip


def signature_hits(
    pairs: pl.DataFrame, names: Names, found: Found, matcher: TraceMatcher | None, engine: EngineView, policy: Policy
) -> pl.DataFrame:
    """Return the traces of a case, with the columns of `HITS` and `hit` (UInt32), in a stated order.

    `pairs`: device, match, rows, row; `found`: as of `facts.traces.found_traces`. A name that is itself an installation (a
    cracked suite) bears on that installation only and is not here.
    """
    parts = [_of_names(pairs, names, engine, policy)]
    if matcher is not None and not found.rows.is_empty():
        parts.append(_of_traces(found, matcher, engine, policy))
    order = ["device", "category", "copies_of", "risk", "confidence", "signature_id", "evidence_kind", "value", "row"]
    down = [False, False, False, True, True, False, False, False, False]
    return pl.concat(parts).sort(order, descending=down, nulls_last=True).with_row_index("hit")


def emulator_epids(licences_said: pl.Series, matcher: TraceMatcher | None, engine: EngineView) -> list[str]:
    """Return the extended ids of KMS hosts that only emulators answer with, of those that were said."""
    epids = licences_said.drop_nulls().unique().sort()
    if matcher is None or epids.is_empty():
        return []
    asked = _asked(pl.DataFrame({"kind": ["kms_epid"] * len(epids), "value": epids}))
    activators = engine.signatures.filter((pl.col("kind") == "activator") & ~pl.col("memory"))["signature_id"]
    rows = matcher.hits(asked).filter(pl.col("signature_id").is_in(activators.implode()))["row"].unique().sort()
    return epids.gather(rows).to_list()


def _of_names(pairs: pl.DataFrame, names: Names, engine: EngineView, policy: Policy) -> pl.DataFrame:
    signed = names.frame.filter(pl.col("signed") & ~pl.col("licensable")).select(
        "match", "lm_category", "witness", "lm_signature_id", "lm_risk", "lm_score", text=name_text()
    )
    known = _known(engine)
    rows = []
    for row in signed.iter_rows(named=True):
        facts = known.get(row["lm_signature_id"], {})
        confidence = float(facts["confidence"] if "confidence" in facts else row["lm_score"] or 0.0)
        risk = RISK_RANK[row["lm_risk"] or "none"]
        said = tuple(category for category in (row["lm_category"], row["witness"]) if category)
        for category, vendor, reached, named in reach(row["lm_signature_id"], said, risk, known, engine, policy):
            memory = bool(facts.get("memory"))
            rows.append((row["match"], category, vendor, reached, confidence, named, memory, row["lm_signature_id"], row["text"]))
    schema = {
        "match": pl.UInt32,
        **{key: HITS[key] for key in ("category", "copies_of", "risk", "confidence", "named", "memory", "signature_id", "value")},
    }
    reached_by = pl.DataFrame(rows, schema=schema, orient="row")
    return pairs.select("device", "match", "row").join(reached_by, on="match").with_columns(
        evidence_kind=pl.lit(INSTALLED), found_as=pl.lit(INSTALLED), seen_at=pl.lit(None, pl.String), source=pl.lit("software")
    ).select(pl.col(name).cast(dtype) for name, dtype in HITS.items())  # fmt: skip


def _of_traces(found: Found, matcher: TraceMatcher, engine: EngineView, policy: Policy) -> pl.DataFrame:
    """The traces that bear a signature; each distinct text is asked once."""
    met = matcher.hits(_asked(found.texts))
    known = _known(engine)
    rows = []
    pairs = met.select("signature_id", "confidence", "memory").unique().sort("signature_id", "confidence")
    for signature, confidence, memory in pairs.iter_rows():
        risk = RISK_RANK["indication" if memory or confidence < INDICATION_BELOW else "strong"]
        for category, vendor, reached, named in reach(signature, (), risk, known, engine, policy):
            rows.append((signature, category, vendor, reached, confidence, named, memory))
    schema = {key: HITS[key] for key in ("signature_id", "category", "copies_of", "risk", "confidence", "named", "memory")}
    reached_by = pl.DataFrame(rows, schema=schema, orient="row")
    placed = met.select("row", "signature_id", "confidence", "memory").join(reached_by, on=["signature_id", "confidence", "memory"])
    texts = found.texts.with_row_index("text").join(placed.rename({"row": "text"}), on="text")
    return (
        found.of(texts)
        # A trace one reader saw twice is one trace.
        .sort("device", "signature_id", "value", "source", "row", "kind", nulls_last=True)
        .unique(["device", "category", "copies_of", "signature_id", "value", "found_as"], keep="first", maintain_order=True)
        # What kind of evidence it is, the trace says, and not the signature: a task that is called like a program is one fact.
        .with_columns(evidence_kind=pl.col("kind"))
        .select(pl.col(name).cast(dtype) for name, dtype in HITS.items())
    )


def reach(
    signature: str | None, said: tuple[str, ...], risk: int, known: dict[str, dict[str, Any]], engine: EngineView, policy: Policy
) -> Iterator[tuple[str, str | None, int, bool]]:
    """Yield (category, vendor or null for any, risk there, whether the category was named) of a signature.

    `said`: the categories the trace itself names; they go before what the signature affects, and that before what its kind can affect.
    """
    categories = set(category_ids(engine))
    facts = known.get(signature or "", {})
    affects = facts.get("affects")
    mentioned = [category for category in said if category in categories]
    named_by = list(affects) if isinstance(affects, list) else []
    by_kind = policy.signatures.get(str(facts.get("kind")), policy.signatures["default"])
    # A name that says its category itself may be of any vendor; the kind of tool knows whose copies it works on.
    # A signature that names its category and whose software it works on says so itself.
    maker = facts.get("vendor") if named_by and not mentioned else None
    vendors: tuple[str | None, ...] = (maker,) if maker else (None,) if mentioned or not by_kind.vendors else by_kind.vendors
    named = bool(mentioned or named_by)
    targets = mentioned or named_by if named else list(by_kind.categories)
    most = risk if named else min(risk, RISK_RANK[by_kind.most])
    for target in targets:
        if target in categories:
            for vendor in vendors:
                yield target, vendor, most, named


def _known(engine: EngineView) -> dict[str, dict[str, Any]]:
    return {row["signature_id"]: row for row in engine.signatures.iter_rows(named=True)}


def _asked(distinct: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.String)
    return distinct.select(nothing.alias("device_id"), "kind", "value", nothing.alias("seen_at"))
