"""Findings a reader must look at, with the evidence that stands behind each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from licmatch.report.pieces import ORDER, RECOGNITION, Pieces, exploded, pieces_of
from licmatch.report.result_view import ResultView
from licmatch.report.wording import shown_texts, worded
from licmatch.rules.numbers import first_and_place, numbered

GRADES = ("conclusive", "strong", "indication")
EVIDENCE_IN_CELL = 4
_PIECE_SHOWN = 300
KEY = ("device_id", "category")

RANK = pl.col("grade").replace_strict({grade: rank for rank, grade in enumerate(GRADES)}, default=len(GRADES), return_dtype=pl.Int64)


def is_suspected() -> pl.Expr:
    """True where a finding rests on a trace of unlicensed use, or a ruling says so."""
    return (pl.col("grade").is_in(GRADES) & pl.col("state").is_in(["not_genuine", "undetermined"])) | (pl.col("verdict") == "cracked")


def listed_findings(result: ResultView) -> pl.DataFrame:
    """Return findings that are not genuine, undetermined or suspected: suspected first, official first, strongest first.

    The columns of findings, then `suspected` (Boolean).
    """
    return (
        result.findings.with_columns(is_suspected().fill_null(False).alias("suspected"))
        .filter(pl.col("suspected") | (pl.col("state").is_in(["not_genuine", "undetermined"]) & (pl.col("verdict") != "absent")))
        .sort(
            pl.col("suspected"),
            pl.col("official").fill_null(False),
            RANK,
            pl.col("state") == "not_genuine",
            "verdict",
            "confidence",
            "unit_id",
            "device_id",
            "category",
            descending=[True, True, False, True, False, True, False, False, False],
            nulls_last=True,
        )
    )


def with_evidence(result: ResultView, findings: pl.DataFrame) -> pl.DataFrame:
    """Return the same findings, in order, with `products` (text) and `evidence` (list, heaviest first) of their installations.

    Evidence is looked up for these findings only: of 150,000 devices few are in a report's list.
    """
    keys = findings.select(KEY).unique(maintain_order=True)
    places = finding_places(result, keys)
    facts = (
        evidence_pieces(result, places)
        .in_words()
        .group_by("at", maintain_order=True)
        .agg(pl.struct("kind", "source", "row", "rule_id", "text", "weight").alias("evidence"))
    )
    return _with_told(result, findings, keys, places, facts)


def in_words(result: ResultView, findings: pl.DataFrame, kind: Callable[[str], str]) -> pl.DataFrame:
    """Return the same findings, in order, with `products` and `evidence` as texts: a line a piece, the first few of them.

    `kind` words the kind of a piece. A text that has no piece to hold is null.
    """
    keys = findings.select(KEY).unique(maintain_order=True)
    places = finding_places(result, keys)
    pieces = evidence_pieces(result, places)
    rule = pl.when(pl.col("rule_id") != "").then(pl.format(" [{}]", "rule_id")).otherwise(pl.lit(""))
    told = pieces.told.with_columns(
        said=shown_texts(pieces.told["text"], _PIECE_SHOWN).fill_null(""), kind=worded(pieces.told["kind"], kind)
    )
    said = told.select(pl.format("{}: {}{}", "kind", "said", rule)).to_series()
    rows = pieces.rows.select("at", "told", nth=pl.int_range(pl.len()).over("at"), pieces=pl.len().over("at"))
    first = rows.filter(pl.col("nth") < EVIDENCE_IN_CELL)
    more = pl.when(pl.col("pieces") > EVIDENCE_IN_CELL).then(pl.format("\n+{}", pl.col("pieces") - EVIDENCE_IN_CELL)).otherwise(pl.lit(""))
    facts = (
        first.with_columns(said=said.gather(first["told"]))
        .group_by("at", maintain_order=True)
        .agg(pl.col("said").str.join("\n"), pl.col("pieces").first())
        .select("at", evidence=pl.col("said") + more)
    )
    return _with_told(result, findings, keys, places, facts)


def _with_told(result: ResultView, findings: pl.DataFrame, keys: pl.DataFrame, places: Places, facts: pl.DataFrame) -> pl.DataFrame:
    named = keys.with_row_index("at").join(product_names(result, places.copies), on="at", how="left", maintain_order="left")
    told = named.join(facts, on="at", how="left", maintain_order="left").drop("at")
    return findings.select(pl.exclude("evidence", "products")).join(told, on=KEY, how="left", nulls_equal=True, maintain_order="left")


@dataclass(frozen=True, slots=True)
class Places:
    """Of each row of the installations (`copies`) and of the findings the row of some keys (UInt32), null where it has none there."""

    copies: pl.Series
    findings: pl.Series


def finding_places(result: ResultView, keys: pl.DataFrame) -> Places:
    """Return where each copy and finding stands among keys: a table whose pairs of device_id and category are distinct."""
    numbers = keys.select(KEY).with_row_index("at")
    tables = (result.installations, result.findings)
    copies, findings = (table.select(KEY).join(numbers, on=KEY, how="left", maintain_order="left")["at"] for table in tables)
    return Places(copies, findings)


def product_names(result: ResultView, places: pl.Series) -> pl.DataFrame:
    """Return `at` and `products`: the labels of what is installed, joined by `; `; `places` as of `Places.copies`."""
    held = result.installations.select("family", "release", "edition").with_columns(at=places)
    held = held.filter(pl.col("at").is_not_null() & pl.col("family").is_not_null())
    first, place = first_and_place(numbered(held, ["family", "release", "edition"]))
    labels = held[first].select(product=product_label()).to_series()
    # Numbers that sort like the labels; two products may read alike.
    order = labels.rank("dense").gather(place).alias("label")
    said = labels.unique().sort()
    listed = held.select("at", order - 1).unique().sort("at", "label")
    alone = listed.filter(pl.col("at").is_unique())
    several = listed.filter(~pl.col("at").is_unique())
    named = [rows.select("at", said.gather(rows["label"]).alias("products")) for rows in (alone, several)]
    joined = named[1].group_by("at", maintain_order=True).agg(pl.col("products").str.join("; "))
    return pl.concat([named[0], joined])


def evidence_pieces(result: ResultView, places: Places) -> Pieces:
    """Return the pieces of evidence of copies and findings, numbered by the key they belong to."""
    parts = [(result.installations, places.copies)]
    # A finding holds those for which there is no installation.
    if "evidence" in result.findings.columns:
        parts.append((result.findings, places.findings))
    return pieces_of((table["evidence"].filter(at.is_not_null()), at.drop_nulls()) for table, at in parts)


def _facts(result: ResultView, installations: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """One row a piece of evidence: of the installations, and of the findings where there is no installation to hold it."""
    held = [installations]
    if "evidence" in result.findings.columns:
        held.append(result.findings.join(findings.select("device_id", "category"), on=["device_id", "category"], how="semi"))
    pieces = pl.concat([frame.select("device_id", "category", "evidence") for frame in held])
    return pieces.explode("evidence", empty_as_null=True, keep_nulls=True).drop_nulls("evidence")


def product_label() -> pl.Expr:
    """Family, release and edition as one label; the release is not said twice where the family's name ends in it."""
    release = pl.when(pl.col("family").str.ends_with(pl.col("release"))).then(None).otherwise(pl.col("release"))
    return pl.concat_str([pl.col("family"), release, pl.col("edition")], separator=" ", ignore_nulls=True)


def common_traces(result: ResultView, limit: int) -> pl.DataFrame:
    """Return the traces behind suspected findings by devices: kind, rule_id, text of one example, devices."""
    marked = result.findings.filter(is_suspected()).select("device_id", "category")
    held = result.installations.join(marked, on=["device_id", "category"], how="semi")
    return (
        _facts(result, held, marked)
        .unnest("evidence")
        # What weighs nothing says something about the copy, such as the end of its support, but accuses nobody.
        .filter(pl.col("rule_id").is_not_null() & (ORDER < RECOGNITION) & (pl.col("weight").fill_null(0) > 0))
        .group_by("kind", "rule_id")
        .agg(pl.col("device_id").n_unique().alias("devices"), pl.col("text").min(), pl.col("weight").max())
        .sort("devices", "weight", "rule_id", "kind", descending=[True, True, False, False])
        .head(limit)
    )


def rules_fired(result: ResultView, rules: list[str]) -> pl.DataFrame:
    """Return which of these rules and signatures stand behind findings: rule, devices; the most frequent first."""
    tables = [table for table in (result.installations, result.findings) if "evidence" in table.columns]
    fired = []
    for table in tables:
        pieces, row = exploded(table["evidence"], pl.int_range(table.height, dtype=pl.UInt32, eager=True))
        rule = pieces.struct.field("rule_id").alias("rule")
        # Most pieces tell how a copy was recognised, by no rule.
        asked = rule.is_in(rules)
        fired.append(pl.DataFrame([rule.filter(asked), table["device_id"].gather(row.filter(asked))]))
    return (
        pl.concat(fired)
        .group_by("rule")
        .agg(pl.col("device_id").n_unique().alias("devices"))
        .sort("devices", "rule", descending=[True, False])
    )
