"""What stands behind findings: which products, and which pieces of evidence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from licmatch.report.pieces import Pieces, pieces_of
from licmatch.report.result_view import ResultView, numbers_of
from licmatch.report.wording import shown_texts, worded
from licmatch.rules.number_order import each_once

KEY = ("device_id", "category")
EVIDENCE_IN_CELL = 4
_PIECE_SHOWN = 300


def with_evidence(result: ResultView, findings: pl.DataFrame) -> pl.DataFrame:
    """Return these findings, in order, with `products` (text) and `evidence` (list, heaviest first) of their installations."""
    rows = _rows_of(result, findings)
    facts = (
        evidence_pieces(result, rows)
        .in_words()
        .group_by("at", maintain_order=True)
        .agg(pl.struct("kind", "source", "row", "rule_id", "text", "weight").alias("evidence"))
    )
    return _told(result, findings, rows, facts)


def in_words(result: ResultView, rows: pl.Series, kind: Callable[[str], str]) -> pl.DataFrame:
    """Return the findings of these rows with `products` and `evidence` as texts: a line a piece, the first few; null where there is none.

    `kind` words the kind of a piece.
    """
    pieces = evidence_pieces(result, rows)
    rule = pl.when(pl.col("rule_id") != "").then(pl.format(" [{}]", "rule_id")).otherwise(pl.lit(""))
    said = (
        pieces.told.with_columns(shown=shown_texts(pieces.told["text"], _PIECE_SHOWN).fill_null(""), kind=worded(pieces.told["kind"], kind))
        .select(pl.format("{}: {}{}", "kind", "shown", rule))
        .to_series()
    )
    counted = pieces.rows.select("at", "told", nth=pl.int_range(pl.len()).over("at"), pieces=pl.len().over("at"))
    more = pl.when(pl.col("pieces") > EVIDENCE_IN_CELL).then(pl.format("\n+{}", pl.col("pieces") - EVIDENCE_IN_CELL)).otherwise(pl.lit(""))
    first = counted.filter(pl.col("nth") < EVIDENCE_IN_CELL)
    facts = (
        first.with_columns(said.gather(first["told"]).alias("said"))
        .group_by("at", maintain_order=True)
        .agg(pl.col("said").str.join("\n"), pl.col("pieces").first())
        .select("at", evidence=pl.col("said") + more)
    )
    return _told(result, result.findings[rows], rows, facts)


def evidence_pieces(result: ResultView, rows: pl.Series) -> Pieces:
    """Return the pieces of evidence of findings and of their copies; `at` is the place among `rows`, which are rows of the findings."""
    places = pl.repeat(None, result.findings.height, dtype=pl.UInt32, eager=True).scatter(
        rows, pl.int_range(rows.len(), dtype=pl.UInt32, eager=True)
    )
    parts = [(result.installations, places.gather(numbers_of(result).copies["finding"]))]
    # A finding holds those for which there is no installation.
    if "evidence" in result.findings.columns:
        parts.append((result.findings, places))
    return pieces_of((table["evidence"].filter(at.is_not_null()), at.drop_nulls()) for table, at in parts)


def product_names(result: ResultView, rows: pl.Series | None = None) -> tuple[pl.Series, pl.Series]:
    """Return of each finding what is installed, as the row of the second series (null where nothing is): labels joined by `; `.

    With `rows` only of the findings in these rows; all others then have nothing.
    """
    numbers = numbers_of(result)
    labels = numbers.made.select(pl.when(pl.col("family").is_not_null()).then(product_label())).to_series()
    # Numbers that sort like the labels; two products may read alike.
    said = labels.drop_nulls().unique().sort()
    label, finding = (labels.rank("dense") - 1).gather(numbers.copies["made"]), numbers.copies["finding"]
    held = finding.is_not_null() & label.is_not_null()
    if rows is not None:
        wanted = pl.repeat(False, numbers.findings.height, eager=True).scatter(rows, True)
        held &= wanted.gather(finding).fill_null(False)
    pairs = each_once(finding.filter(held).to_numpy() * np.int64(said.len()) + label.filter(held).to_numpy())
    names = pl.repeat(None, numbers.findings.height, dtype=pl.UInt32, eager=True)
    if not pairs.size:
        return names, said
    owner, label_of = np.divmod(pairs, said.len())
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    counts = np.diff(first, append=owner.size)
    # What several findings have is put together once: by its first label, then the second, and so on.
    alone = said.to_list()
    texts, number, more, nth = list(alone), label_of[first], np.flatnonzero(counts > 1), 1
    while more.size:
        joined, place = np.unique(number[more] * len(alone) + label_of[first[more] + nth], return_inverse=True)
        number[more] = len(texts) + place
        texts += [f"{texts[one // len(alone)]}; {alone[one % len(alone)]}" for one in joined.tolist()]
        nth += 1
        more = more[counts[more] > nth]
    return names.scatter(pl.Series(owner[first]), pl.Series(number, dtype=pl.UInt32)), pl.Series(texts, dtype=pl.String)


def product_label() -> pl.Expr:
    """Family, release and edition as one label; the release is not said twice where the family's name ends in it."""
    release = pl.when(pl.col("family").str.ends_with(pl.col("release"))).then(None).otherwise(pl.col("release"))
    return pl.concat_str([pl.col("family"), release, pl.col("edition")], separator=" ", ignore_nulls=True)


def _rows_of(result: ResultView, findings: pl.DataFrame) -> pl.Series:
    """Of findings of the result the rows in which they stand there."""
    known = result.findings.select(KEY).with_row_index("place")
    return findings.select(KEY).join(known, on=KEY, how="left", nulls_equal=True, maintain_order="left")["place"]


def _told(result: ResultView, findings: pl.DataFrame, rows: pl.Series, facts: pl.DataFrame) -> pl.DataFrame:
    names, texts = product_names(result, rows)
    places = pl.DataFrame({"at": pl.int_range(rows.len(), dtype=pl.UInt32, eager=True)})
    evidence = places.join(facts, on="at", how="left", maintain_order="left")["evidence"]
    return findings.select(pl.exclude("evidence", "products")).with_columns(texts.gather(names.gather(rows)).alias("products"), evidence)
