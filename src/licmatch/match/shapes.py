"""The shape of a name: its key with every word that no catalog knows written as a stand-in. Names of one shape get one answer.

What a decision makes of an unknown word is its kind alone: a word, a single letter, a Han or kana character, a number too long for a
release ("KB4279480"). So "Update for Microsoft Word 2016 (KB2814539)" and ten thousand of its like are decided once.
"""

from __future__ import annotations

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
_LISTED_LONG = 5


class Shapes:
    """Knows the words of a compiled catalog. Immutable; shared by threads."""

    def __init__(self, compiled: lx.Compiled) -> None:
        known = {token for key in compiled.keys for token in key.split()}
        self._known = sorted({*known, *_ALWAYS_KNOWN})
        prefixes = {prefix.split(".")[0] for family in compiled.families for release in family.releases for prefix in release.versions}
        listed = "|".join(sorted(prefix for prefix in prefixes if prefix.isdigit() and len(prefix) >= _LISTED_LONG))
        self._listed_number = rf"^(?:{listed})(?:\.|$)" if listed else None

    def of(self, keys: pl.Series) -> pl.Series:
        """Return the shape of each padded key, itself a padded key. Keys of damaged names stay as they are: lost words are weighed."""
        table = keys.rename("key").to_frame().with_row_index("row")
        plain = table.filter(
            (pl.lit(" ") + pl.col("key").str.strip_chars(" ") + " " == pl.col("key")) & ~pl.col("key").str.contains(DAMAGE, literal=True)
        )
        tokens = plain.select("row", token=pl.col("key").str.strip_chars(" ").str.split(_BETWEEN)).explode("token", empty_as_null=True)
        kinds = tokens.select(pl.col("token").unique()).with_columns(kind=self._kind(pl.col("token")))
        shaped = (
            tokens.join(kinds, on="token", how="left", maintain_order="left")
            .group_by("row", maintain_order=True)
            .agg(pl.col("kind").str.join(_BETWEEN))
            .select("row", shape=pl.lit(" ") + pl.col("kind") + " ")
        )
        return table.join(shaped, on="row", how="left", maintain_order="left").select(pl.coalesce("shape", "key")).to_series()

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
