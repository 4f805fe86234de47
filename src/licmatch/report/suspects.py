"""Findings a reader must look at, with the evidence that stands behind each."""

from __future__ import annotations

import numpy as np
import polars as pl

from licmatch.report.pieces import ORDER, RECOGNITION, Pieces
from licmatch.report.result_view import ResultView, numbers_of
from licmatch.rules.number_order import order_of

GRADES = ("conclusive", "strong", "indication")

RANK = pl.col("grade").replace_strict({grade: rank for rank, grade in enumerate(GRADES)}, default=len(GRADES), return_dtype=pl.Int64)


def is_suspected() -> pl.Expr:
    """True where a finding rests on a trace of unlicensed use, or a ruling says so."""
    return (pl.col("grade").is_in(GRADES) & pl.col("state").is_in(["not_genuine", "undetermined"])) | (pl.col("verdict") == "cracked")


def listed_findings(result: ResultView) -> pl.DataFrame:
    """Return findings that are not genuine, undetermined or suspected: suspected first, official first, strongest first.

    The columns of findings, then `suspected` (Boolean).
    """
    rows = listed_rows(result)
    return result.findings[rows].with_columns(suspected_rows(result, rows))


def listed_rows(result: ResultView, most: int | None = None) -> pl.Series:
    """Return the rows of these findings in that order; with `most` only the first ones, so many of them."""
    place, rows = _listed(result)
    rows, place = rows.filter(place.is_not_null()), place.drop_nulls()
    if most is not None and place.len() > most:
        # What comes after the last one that is wanted need not be put in order.
        near = place <= int(np.searchsorted(np.cumsum(np.bincount(place)), most))
        rows, place = rows.filter(near), place.filter(near)
    who = numbers_of(result).findings.select("unit", "device", "category")[rows]
    order = order_of(who.insert_column(0, place))
    return rows.gather(order if most is None else order.head(most))


def suspected_rows(result: ResultView, rows: pl.Series) -> pl.Series:
    """Return `suspected` (Boolean) of findings, given as rows."""
    numbers = numbers_of(result)
    return _suspected(numbers.judged).gather(numbers.findings["judged"].gather(rows))


def listed_counts(result: ResultView) -> tuple[int, int]:
    """Return how many findings `listed_findings` has, and how many of them are suspected."""
    numbers = numbers_of(result)
    suspected, listed = _suspected(numbers.judged), numbers.judged.select(_is_listed()).to_series()
    counts = pl.Series(np.bincount(numbers.findings["judged"].to_numpy(), minlength=numbers.judged.height))
    return int(counts.filter(listed).sum()), int(counts.filter(suspected).sum())


def _listed(result: ResultView) -> tuple[pl.Series, pl.Series]:
    """Of each finding the place of what it says among what is listed (null where it is not), and its row."""
    numbers = numbers_of(result)
    listed = (
        numbers.judged.with_row_index("judged")
        .filter(_is_listed())
        .select(
            "judged", suspected=is_suspected().fill_null(False), official=pl.col("official").fill_null(False), rank=RANK,
            gone=pl.col("state") == "not_genuine", verdict="verdict", confidence="confidence",
        )
    )  # fmt: skip
    said = ["suspected", "official", "rank", "gone", "verdict", "confidence"]
    distinct = listed.select(said).unique().sort(said, descending=[True, True, False, True, False, True], nulls_last=True)
    placed = listed.join(distinct.with_row_index("place"), on=said, nulls_equal=True)
    place = pl.repeat(None, numbers.judged.height, dtype=pl.UInt32, eager=True).scatter(placed["judged"], placed["place"])
    return place.gather(numbers.findings["judged"]), pl.int_range(numbers.findings.height, dtype=pl.UInt32, eager=True)


def _suspected(judged: pl.DataFrame) -> pl.Series:
    return judged.select(is_suspected().fill_null(False).alias("suspected")).to_series()


def _is_listed() -> pl.Expr:
    doubtful = pl.col("state").is_in(["not_genuine", "undetermined"]) & (pl.col("verdict") != "absent")
    return is_suspected().fill_null(False) | doubtful.fill_null(False)


def common_traces(result: ResultView, pieces: Pieces, rows: pl.Series, limit: int) -> pl.DataFrame:
    """Return the traces behind suspected findings by devices: kind, rule_id, text of one example, devices, weight.

    `pieces` are the evidence of the findings that stand in these rows, as of `evidence_pieces`.
    """
    numbers = numbers_of(result)
    # What weighs nothing says something about the copy, such as the end of its support, but accuses nobody.
    accuses = pl.col("rule_id").is_not_null() & (ORDER < RECOGNITION) & (pl.col("weight").fill_null(0) > 0)
    told = pieces.told.with_row_index("told").filter(accuses)
    marked = suspected_rows(result, rows).gather(pieces.rows["at"]) & pieces.rows["told"].is_in(told["told"].implode())
    seen = pieces.rows.select("at", "told").filter(marked)
    device = numbers.findings["device"].gather(rows.gather(seen["at"]))
    return (
        seen.select("told", device=device)
        .join(told, on="told")
        .group_by("kind", "rule_id")
        .agg(pl.col("device").n_unique().alias("devices"), pl.col("text").min(), pl.col("weight").max())
        .sort("devices", "weight", "rule_id", "kind", descending=[True, True, False, False])
        .head(limit)
    )


def rules_fired(result: ResultView, pieces: Pieces, rows: pl.Series, rules: list[str]) -> pl.DataFrame:
    """Return which of these rules and signatures stand behind findings: rule, devices; the most frequent first. `pieces` as above."""
    numbers = numbers_of(result)
    rule = pieces.told.select(rule=pl.when(pl.col("rule_id").is_in(rules)).then("rule_id")).to_series()
    # Most pieces tell how a copy was recognised, by no rule.
    asked = pieces.rows.select("at", "told").filter(rule.is_not_null().gather(pieces.rows["told"]))
    fired = pl.DataFrame([rule.gather(asked["told"]), numbers.findings["device"].gather(rows.gather(asked["at"]))])
    return fired.group_by("rule").agg(pl.col("device").n_unique().alias("devices")).sort("devices", "rule", descending=[True, False])
