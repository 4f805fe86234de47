"""Findings a reader must look at, with the evidence that stands behind each."""

from __future__ import annotations

import polars as pl

from licmatch.report.result_view import ResultView

GRADES = ("conclusive", "strong", "indication")
EVIDENCE_SHOWN = 8

RANK = pl.col("grade").replace_strict({grade: rank for rank, grade in enumerate(GRADES)}, default=len(GRADES), return_dtype=pl.Int64)


# A ruling settles, a trace accuses, the recognised name only says what the finding is about: that goes last, however sure.
_RECOGNITION = 2
_ORDER = pl.col("kind").replace_strict(
    {"ruling": 0, "installed_program": _RECOGNITION, "os": _RECOGNITION, "unsettled_name": 3}, default=1, return_dtype=pl.Int64
)


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
    keys = findings.select("device_id", "category").unique(maintain_order=True).with_row_index("at")
    facts = (
        evidence_pieces(result, keys)
        .group_by("at", maintain_order=True)
        .agg(pl.struct("kind", "source", "row", "rule_id", "text", "weight").alias("evidence"))
        .join(keys, on="at", maintain_order="left")
        .drop("at")
    )
    joined = findings.select(pl.exclude("evidence", "products")).join(
        product_names(result, keys), on=["device_id", "category"], how="left", maintain_order="left"
    )
    return joined.join(facts, on=["device_id", "category"], how="left", maintain_order="left")


def product_names(result: ResultView, keys: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return device_id, category and `products`: the labels of what is installed, joined by `; `; of these keys or of all."""
    held = result.installations if keys is None else result.installations.join(keys, on=["device_id", "category"], how="semi")
    return (
        held.filter(pl.col("family").is_not_null())
        .select("device_id", "category", product=product_label())
        .group_by("device_id", "category")
        .agg(pl.col("product").unique().sort().str.join("; ").alias("products"))
    )


def evidence_pieces(result: ResultView, keys: pl.DataFrame) -> pl.DataFrame:
    """Return at, kind, source, row, rule_id, text, weight: a row a piece of evidence, in the order in which a person should read them.

    `keys`: device_id, category and `at`, a number of one's own for each finding; the pieces come sorted by it.
    """
    held = result.installations.join(keys, on=["device_id", "category"], how="semi")
    told = ["kind", "rule_id", "text", "weight"]
    pieces = (
        _facts(result, held, keys)
        .join(keys.select("device_id", "category", "at"), on=["device_id", "category"])
        .select("at", "evidence")
        .unnest("evidence")
    )
    # What many computers share is put in order once; a million texts are then sorted as numbers.
    order = (
        pieces.select(told)
        .unique()
        .sort(_ORDER, "weight", "kind", "rule_id", "text", descending=[False, True, False, False, False], nulls_last=True)
        .with_row_index("rank")
    )
    return (
        pieces.join(order, on=told, nulls_equal=True)
        .select("at", "rank", "source", "row")
        .unique()
        .sort("at", "rank", "source", "row", nulls_last=True)
        .join(order, on="rank", maintain_order="left")
        .select("at", "kind", "source", "row", "rule_id", "text", "weight")
    )


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
        .filter(pl.col("rule_id").is_not_null() & (_ORDER < _RECOGNITION) & (pl.col("weight").fill_null(0) > 0))
        .group_by("kind", "rule_id")
        .agg(pl.col("device_id").n_unique().alias("devices"), pl.col("text").min(), pl.col("weight").max())
        .sort("devices", "weight", "rule_id", "kind", descending=[True, True, False, False])
        .head(limit)
    )


def rules_fired(result: ResultView, rules: list[str]) -> pl.DataFrame:
    """Return which of these rules and signatures stand behind findings: rule, devices; the most frequent first."""
    held = _facts(result, result.installations, result.findings).select("device_id", rule=pl.col("evidence").struct.field("rule_id"))
    return (
        held.filter(pl.col("rule").is_in(rules))
        .group_by("rule")
        .agg(pl.col("device_id").n_unique().alias("devices"))
        .sort("devices", "rule", descending=[True, False])
    )
