"""The shape of a name: its key with every word that no catalog knows written as a stand-in. Names of one shape get one answer.

What a decision makes of an unknown word is its kind alone: a word, a single letter, a Han or kana character, a number too long for a
release ("KB4279480"). So "Update for Microsoft Word 2016 (KB2814539)" and ten thousand of its like are decided once.
"""

from __future__ import annotations

import re

import polars as pl

from licmatch.catalog import lexicon as lx
from licmatch.normalize.mojibake import DAMAGE

# Stand-ins stand for their own kind wherever kinds are told, and in no catalog: private use, an unassigned place among kana.
WORD, LETTER, HAN, NUMBER = "\ue000\ue000", "\ue000", "\u3130", "00000"
_BETWEEN = "  "
_ALWAYS_KNOWN = ("(", ")", "&")
_HAN_OR_KANA = r"^[\x{3040}-\x{ABFF}]"
_ANY_NUMBER = r"^\d+(?:\.\d+)*$"
_LONG_NUMBER = r"^\d{5,}(?:\.\d+)*$"  # longer than a year: read as no release, unless a catalog lists it
_HAN_ONE = re.compile("[\u3040-\uabff]")
_NUMBER_ONE = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_DIGITS = frozenset("0123456789")
_NUMBER_INSIDE = r" \d{5,}(?:\.\d+)* "
_LISTED_LONG = 5


class Shapes:
    """Knows the words of a compiled catalog. Immutable; shared by threads."""

    def __init__(self, compiled: lx.Compiled) -> None:
        known = {token for key in compiled.keys for token in key.split()}
        self._known_one = frozenset((*known, *_ALWAYS_KNOWN))
        self._known = sorted(self._known_one)
        prefixes = {prefix.split(".")[0] for family in compiled.families for release in family.releases for prefix in release.versions}
        listed = "|".join(sorted(prefix for prefix in prefixes if prefix.isdigit() and len(prefix) >= _LISTED_LONG))
        self._listed_number = rf"^(?:{listed})(?:\.|$)" if listed else None
        self._listed_one = re.compile(self._listed_number) if self._listed_number is not None else None
        self._listed_inside = rf" (?:{listed})(?:\.\d+)* "

    def of(self, keys: pl.Series) -> pl.Series:
        """Return the shape of each padded key, itself a padded key. Keys of damaged names stay as they are: lost words are weighed."""
        table = keys.rename("key").to_frame()
        key = pl.col("key")
        plain = (pl.lit(" ") + key.str.strip_chars(" ") + " " == key) & ~key.str.contains(DAMAGE, literal=True)
        # Long numbers first: they are most of what names differ in, and what is alike without them is taken apart once.
        numbered = plain & key.str.contains(_NUMBER_INSIDE)
        if self._listed_number is not None:
            numbered &= ~key.str.contains(self._listed_inside)
        alike = table.select(pl.when(numbered).then(key.str.replace_all(_NUMBER_INSIDE, f" {NUMBER} ")).otherwise(key).alias("key"))
        distinct = alike.unique(maintain_order=True)
        told = distinct.with_columns(shape=self._of_distinct(distinct["key"], distinct.select(plain).to_series()))
        return alike.join(told, on="key", how="left", nulls_equal=True, maintain_order="left")["shape"]

    def of_one(self, key: str) -> str:
        """Return the shape of one padded key, as `of` does of a column."""
        if DAMAGE in key:
            return key
        return "".join([f" {token if token in self._known_one else self._kind_one(token)} " for token in key.split()])

    def _kind_one(self, token: str) -> str:
        if token[0] in _DIGITS and _NUMBER_ONE.fullmatch(token):
            long = len(token.partition(".")[0]) >= _LISTED_LONG
            return NUMBER if long and not (self._listed_one is not None and self._listed_one.search(token)) else token
        if _HAN_ONE.match(token):
            return HAN
        return LETTER if len(token) == 1 else WORD

    def _of_distinct(self, keys: pl.Series, plain: pl.Series) -> pl.Series:
        rows = plain.fill_null(False).arg_true()
        tokens = (
            pl.DataFrame({"row": rows, "token": keys.gather(rows).str.strip_chars(" ").str.split(_BETWEEN)})
            .explode("token", empty_as_null=True)
        )  # fmt: skip
        kinds = tokens.select(pl.col("token").unique()).with_columns(kind=self._kind(pl.col("token")))
        shaped = (
            tokens.join(kinds, on="token", how="left", maintain_order="left")
            .group_by("row", maintain_order=True)
            .agg(pl.col("kind").str.join(_BETWEEN))
            .select("row", shape=pl.lit(" ") + pl.col("kind") + " ")
        )
        return keys.clone().scatter(shaped["row"], shaped["shape"]) if shaped.height else keys

    def _kind(self, token: pl.Expr) -> pl.Expr:
        long_number = token.str.contains(_LONG_NUMBER)
        if self._listed_number is not None:
            long_number &= ~token.str.contains(self._listed_number)
        return (
            pl.when(token.is_in(self._known))
            .then(token)
            .when(long_number)
            .then(pl.lit(NUMBER))
            .when(token.str.contains(_ANY_NUMBER))
            .then(token)
            .when(token.str.contains(_HAN_OR_KANA))
            .then(pl.lit(HAN))
            .when(token.str.len_chars() == 1)
            .then(pl.lit(LETTER))
            .otherwise(pl.lit(WORD))
        )
