"""Which rules and signatures speak against a copy: what a ruling may be bound to, and what the queue groups by."""

from __future__ import annotations

import polars as pl

from licmatch.assess.evidence import NAME_SEEN, OS_FACT, RULING, UNSETTLED

# How a copy was recognised, what was ruled on it and what the owner's facts explain accuse nobody.
_SILENT = (NAME_SEEN, OS_FACT, UNSETTLED, RULING, "explained")


def accusing() -> pl.Expr:
    """True where a piece of evidence (kind, rule_id, weight) speaks against what it stands on."""
    return ~pl.col("kind").is_in(_SILENT) & pl.col("rule_id").is_not_null() & (pl.col("weight").fill_null(1.0) > 0)


def evidence_rows(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Return one row a piece of evidence of the frame's `evidence` lists: the keys, then the fields of `schema.EVIDENCE`."""
    return (
        frame.select(*keys, "evidence").explode("evidence", empty_as_null=True, keep_nulls=True).drop_nulls("evidence").unnest("evidence")
    )


def with_accusers(installations: pl.DataFrame, parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the installations (by `at`) with `accused_by`: a sorted list of ids, empty where nothing accuses.

    `parts`: tables of pieces with at, kind, rule_id and weight. Same rows, same order.
    """
    said = pl.concat(part.select("at", "kind", "rule_id", "weight") for part in parts).filter(accusing())
    listed = said.group_by("at").agg(accused_by=pl.col("rule_id").unique().sort())
    return _joined(installations, listed, "at")


def accusers_in_evidence(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the frame, one row a `key`, with `accused_by` out of its `evidence` lists. Same rows, same order."""
    accused = accused_rows(frame["evidence"])
    return _joined(frame, accused.select(frame[key].gather(accused["row"]), "accused_by"), key)


def accused_rows(evidence: pl.Series) -> pl.DataFrame:
    """Return row (UInt32) and accused_by of the lists of evidence in which something accuses, in their order."""
    pieces = evidence.explode(empty_as_null=False, keep_nulls=False).struct
    told = pl.DataFrame([pieces.field(name) for name in ("kind", "rule_id", "weight")])
    # Only what accuses is looked at: most pieces tell how a copy was recognised.
    at = told.select(accusing()).to_series().arg_true()
    ends = evidence.list.len().fill_null(0).cast(pl.UInt64).cum_sum()
    found = pl.DataFrame({"row": ends.search_sorted(at.cast(pl.UInt64), side="right"), "rule_id": told["rule_id"].gather(at)})
    return found.group_by("row", maintain_order=True).agg(accused_by=pl.col("rule_id").unique().sort())


def _joined(frame: pl.DataFrame, listed: pl.DataFrame, key: str) -> pl.DataFrame:
    nobody = pl.lit([], dtype=pl.List(pl.String))
    joined = frame.join(listed, on=key, how="left", maintain_order="left")
    return joined.with_columns(pl.col("accused_by").fill_null(nobody))
