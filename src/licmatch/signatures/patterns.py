"""Asking a set of signatures of a column of texts: one automaton of literals over all, patterns on the rows that hold what they need.

Every pattern runs in a linear-time engine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import polars as pl

from licmatch.catalog.records import Signature
from licmatch.signatures.compiled import ENDINGS, CompiledSet, Rule, compile_set
from licmatch.signatures.text import bare, has_spelt_out, joined, may_be_spelt_out, spelt_out, squeezed

FOUND = {"at": pl.UInt32(), "signature": pl.UInt32()}


class PatternSet:
    """Signatures that are asked of the same texts. Immutable, shared by threads."""

    def __init__(self, signatures: Sequence[Signature], compiled: CompiledSet | None = None) -> None:
        """Ask these signatures, compiled now or before. Raises CatalogError as `compile_set` does."""
        self.signatures = tuple(signatures)
        self._compiled = compile_set(self.signatures) if compiled is None else compiled
        self.literals = self._compiled.asked

    @cached_property
    def _demands(self) -> tuple[pl.DataFrame, pl.DataFrame, list[str]]:
        """The ways to meet a rule with the number of their demands, the literals that meet them, and these literals."""
        ways = pl.DataFrame(self._compiled.ways, schema={"rule": pl.UInt32, "demands": pl.UInt32}, orient="row").with_row_index("way")
        told_by = pl.DataFrame(
            self._compiled.told_by, schema={"literal": pl.String, "way": pl.UInt32, "demand": pl.UInt32}, orient="row"
        )
        return ways, told_by, told_by["literal"].unique().sort().to_list()

    @cached_property
    def _rules(self) -> pl.DataFrame:
        """The sieved rules as a table: number, signature, pattern, and whether the text without its edges is asked, too."""
        return pl.DataFrame(
            [(number, rule.signature, rule.pattern, rule.bare) for number, rule in enumerate(self._compiled.sieved)],
            schema={"rule": pl.UInt32, "signature": pl.UInt32, "pattern": pl.String, "bare": pl.Boolean}, orient="row",
        )  # fmt: skip

    @property
    def sieved(self) -> bool:
        """Whether every hit is on a text that holds one of `literals`, or in which letters stand one by one."""
        return not self._compiled.anywhere

    def find(self, texts: pl.Series) -> pl.DataFrame:
        """Return `at` (row) and `signature` (index into `signatures`) of every hit, each once, sorted; texts are normalised.

        Texts in which letters stand one by one are read once more put together.
        """
        if texts.len() == 0 or not self.signatures:
            return pl.DataFrame(schema=FOUND)
        found = [self._direct(texts, None)]
        rows = spelt_out(texts)
        if rows.len():
            told = [(row, text) for row, given in zip(rows.to_list(), texts.gather(rows).to_list(), strict=True) for text in joined(given)]
            at = pl.Series([row for row, _ in told], dtype=pl.UInt32)
            again = pl.Series([text for _, text in told], dtype=pl.String)
            found.append(self._direct(again, at))
            found.append(_run(self._compiled.squeezed, pl.Series([squeezed(text) for text in again], dtype=pl.String), at))
        hits = pl.concat(found)
        return hits if hits.is_empty() else self._explained(hits.unique().sort("at", "signature"), texts)

    def may_hit(self, texts: pl.Series) -> pl.Series:
        """Return, for normalised texts, a Boolean column: `find` has to look at this one. What it leaves out hits nothing."""
        if self._compiled.anywhere:
            return texts.is_not_null()
        text = pl.col("t")
        flags = [has_spelt_out(text), *([text.str.contains_any(list(self.literals))] if self.literals else [])]
        return texts.to_frame("t").select(pl.any_horizontal(flags).fill_null(False)).to_series()

    def may_hit_one(self, text: str) -> bool:
        """Say of one text what `may_hit` says of a column."""
        if self._compiled.anywhere or may_be_spelt_out(text):
            return True
        return self._pattern_of_literals is not None and self._pattern_of_literals.search(text) is not None

    @cached_property
    def _pattern_of_literals(self) -> re.Pattern[str] | None:
        return re.compile("|".join(map(re.escape, self.literals))) if self.literals else None

    def _direct(self, texts: pl.Series, at: pl.Series | None) -> pl.DataFrame:
        found = [_run(self._compiled.anywhere, texts, at)]
        if self.literals:
            rows = texts.str.contains_any(list(self.literals)).fill_null(False).arg_true()
            if rows.is_empty():
                return pl.concat(found)
            passed = texts.gather(rows)
            met = self._holding(self._candidates(passed), passed)
            where = rows.gather(met["row"])
            found.append(met.select((where if at is None else at.gather(where)).cast(pl.UInt32).alias("at"), "signature"))
        return pl.concat(found)

    def _holding(self, candidates: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
        """Return row and signature of the candidates (rule, row) whose rule holds.

        The pattern stands beside each text, so that all are asked in one query; they stand by rule, so that each is compiled once.
        """
        asked = candidates.join(self._rules, on="rule", how="left", maintain_order="left").with_columns(t=texts.gather(candidates["row"]))
        found = [asked.filter(pl.col("t").str.contains(pl.col("pattern")))]
        again = asked.filter("bare")
        if not again.is_empty():
            found.append(again.with_columns(t=bare(again["t"])).filter(pl.col("t").str.contains(pl.col("pattern"))))
        return pl.concat(found).select("row", "signature")

    def _candidates(self, texts: pl.Series) -> pl.DataFrame:
        """Return rule and row where every demand of some way to meet the rule is met: no other rule can hit there."""
        ways, told_by, literals = self._demands
        told = texts.str.extract_many(literals, overlapping=True).alias("literal").to_frame().with_row_index("row")
        met = told.explode("literal").unique().join(told_by, on="literal").unique(["row", "way", "demand"])
        whole = met.group_by("row", "way").len().join(ways, on="way").filter(pl.col("len") == pl.col("demands"))
        return whole.select("rule", "row").unique().sort("rule", "row")

    def _explained(self, hits: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
        """Leave out the hits that words beside them, or the ending of the file, explain."""
        choosy = pl.Series([at for at, one in enumerate(self.signatures) if one.exclude or one.ignore], dtype=pl.UInt32)
        asked = hits["signature"].is_in(choosy.implode())
        kept = [hits.filter(~asked)]
        for (index,), group in hits.filter(asked).group_by("signature", maintain_order=True):
            one = self.signatures[int(str(index))]
            beside = texts.gather(group["at"])
            innocent = pl.Series([False]).new_from_index(0, group.height)
            if one.exclude:
                innocent |= beside.str.contains_any([word.casefold() for word in one.exclude])
            if one.ignore:
                innocent |= beside.str.contains(rf"\.(?:{'|'.join(ENDINGS[name] for name in one.ignore)})$")
            kept.append(group.filter(~innocent))
        return pl.concat(kept).sort("at", "signature")


def _run(rules: Sequence[Rule], texts: pl.Series, at: pl.Series | None) -> pl.DataFrame:
    """Ask all rules of all texts in one query: they run side by side, and a single name does not pay for a query each."""
    if texts.len() == 0 or not rules:
        return pl.DataFrame(schema=FOUND)
    columns = [texts.alias("t")]
    if any(rule.bare for rule in rules):
        columns.append(bare(texts).alias("b"))
    flags = pl.DataFrame(columns).select(
        (pl.col("t").str.contains(rule.pattern) | pl.col("b").str.contains(rule.pattern)).alias(str(number))
        if rule.bare
        else pl.col("t").str.contains(rule.pattern).alias(str(number))
        for number, rule in enumerate(rules)
    )
    found = [pl.DataFrame(schema=FOUND)]
    for column, rule in zip(flags.iter_columns(), rules, strict=True):
        rows = column.arg_true()
        if rows.len():
            where = rows if at is None else at.gather(rows)
            found.append(pl.DataFrame({"at": where}, schema={"at": pl.UInt32}).with_columns(signature=pl.lit(rule.signature, pl.UInt32)))
    return pl.concat(found)
