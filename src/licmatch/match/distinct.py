"""What the catalogs find in the distinct names of a column: keys, families named, identifiers, signatures, words of a category.

All of it is work of native code on one column, so that a long column is cut in pieces which run on all cores at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl

from licmatch.catalog import lexicon as lx
from licmatch.match.identifiers import Identifiers
from licmatch.normalize.name_steps import keys_and_folded, readable
from licmatch.signatures import Hit, NameSignatures
from licmatch.signatures.text import text_of_folded

PIECE = 8192  # names; of fewer, starting a thread costs more than it saves


@dataclass(frozen=True, slots=True)
class Found:
    """Columns of equal length, one row a distinct name; `hits` by row, strongest first."""

    padded: pl.Series  # String: its key
    reached: pl.Series  # Boolean: a family, an identifier or a signature has something to say of it
    identified: pl.Series  # Boolean: it is an identifier, or holds a product code
    word: pl.Series  # String: the category whose word it bears, or null
    hits: dict[int, tuple[Hit, ...]]


def coded(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the distinct values of a column in the order of first appearance, and for each row its place among them (UInt32).

    Neighbours that are alike cost next to nothing: tables come sorted by name.

    >>> [part.to_list() for part in coded(pl.Series(["b", "b", None, "a", "b"]))]
    [['b', None, 'a'], [0, 0, 1, 2, 0]]
    """
    if values.len() == 0:
        return values, pl.Series(dtype=pl.UInt32)
    runs = values.rle_id()
    starts = pl.concat([pl.Series([True]), runs.diff().slice(1) != 0])
    heads = values.filter(starts)
    rising = (heads.slice(1) > heads.slice(0, heads.len() - 1)).fill_null(True).all()
    if rising and heads.slice(1).null_count() == 0:
        # Each greater than the one before, and a null only in front: all are different.
        return heads, runs
    distinct = heads.unique(maintain_order=True)
    table = distinct.alias("value").to_frame().with_row_index("code")
    codes = heads.alias("value").to_frame().join(table, on="value", how="left", nulls_equal=True, maintain_order="left")["code"]
    return distinct, codes.gather(runs)


def _laid_in_order(names: pl.Series) -> pl.Series:
    """Return the same texts, copied one behind the other.

    The texts of a sorted or filtered column lie wherever a file had them; each look at all of them would wait for memory anew.
    """
    return names.rename("n").to_frame().select(pl.concat_str("n", pl.lit(""))).to_series()


class NameFinder:
    """Looks at names with everything that one engine knows. Immutable; shared by threads."""

    def __init__(self, compiled: lx.Compiled, categories: Sequence[str], identifiers: Identifiers, signatures: NameSignatures) -> None:
        """Look for the names of families, these identifiers and signatures, and the words of these categories."""
        self._family_keys = [key for key, entry in zip(compiled.keys, compiled.entries, strict=True) if entry.names]
        self._identifiers = identifiers
        self._signatures = signatures
        # Of a name with words of two categories the first of the alphabet is told.
        words = {category: list(found) for category, found in compiled.class_words.items() if found}
        self._words = [(category, words[category]) for category in sorted(words, reverse=True) if category in categories]

    def look(self, names: pl.Series) -> Found:
        """Return what is found in distinct names, one row each."""
        pieces = min(pl.thread_pool_size(), names.len() // PIECE)
        if pieces < 2:
            found, doubtful = self._look(names)
        else:
            # Small pieces even out that some names are dearer than others.
            size = -(-names.len() // (2 * pieces))
            with ThreadPoolExecutor(pieces) as pool:
                told = list(pool.map(lambda start: self._look(names.slice(start, size)), range(0, names.len(), size)))
            found, doubtful = pl.concat([table for table, _ in told]), pl.concat([texts for _, texts in told])
        # Hardly a name is left for the patterns: together they are one query.
        rows = doubtful.is_not_null().arg_true()
        place = rows.to_list()
        hits = {place[at]: told for at, told in self._signatures.hits_of_texts(doubtful.gather(rows)).items()}
        reached = found["named"] | found["identified"]
        return Found(
            found["padded"], reached.scatter(list(hits), True) if hits else reached, found["identified"], found["word"], hits
        )  # fmt: skip

    def _look(self, names: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
        """Return padded, named, identified and word, and the texts of the names that signatures are to be asked of, else null."""
        names = _laid_in_order(names)
        padded, folded = keys_and_folded(readable(names))
        texts = text_of_folded(folded)
        doubtful = texts.alias("t").to_frame().select(pl.when(self._signatures.may_hit(texts)).then("t")).to_series()
        table = pl.DataFrame({"padded": padded, "identified": self._identifiers.flags(names), "word": self._word(padded)})
        named = pl.col("padded").str.contains_any(self._family_keys) if self._family_keys else pl.lit(False)
        return table.with_columns(named=named.fill_null(False)).select("padded", "identified", "named", "word"), doubtful

    def _word(self, padded: pl.Series) -> pl.Series:
        """Return the category whose word each key bears, or null."""
        told = pl.repeat(None, padded.len(), dtype=pl.String, eager=True)
        # All words at once first: hardly a name has any.
        listed = [word for _, words in self._words for word in words]
        rows = padded.str.contains_any(listed).fill_null(False).arg_true() if listed else pl.Series(dtype=pl.UInt32)
        if rows.len() == 0:
            return told
        word = pl.lit(None, dtype=pl.String)
        for category, words in self._words:
            word = pl.when(pl.col("padded").str.contains_any(words)).then(pl.lit(category)).otherwise(word)
        return told.scatter(rows, padded.gather(rows).rename("padded").to_frame().select(word).to_series())
