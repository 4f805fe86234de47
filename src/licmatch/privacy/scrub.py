"""Names inside longer texts: found as words, as words with joiners, and, where they are long enough to mean nothing else, anywhere."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from licmatch.privacy.key_file import Key

_JOINED = r"[\p{L}\p{N}](?:[\p{L}\p{N}_.:@-]*[\p{L}\p{N}])?|[^\p{L}\p{N}]+"
_WORD = r"[\p{L}\p{N}]+|[^\p{L}\p{N}]+"
_CJK = r"^\p{Han}+$"
ANYWHERE = 6  # letters from which a name is also replaced inside a longer word
_SHORTEST = 2


class Scrubber:
    """Replaces names in texts by their pseudonyms. `products`: words of products, which stay what they are where they stand alone."""

    def __init__(self, names: Iterable[str], key: Key, products: Iterable[str]) -> None:
        words = {word for text in products for word in text.casefold().split()}
        known = " ".join(sorted(words))
        told: dict[str, str] = {}
        # Two spellings of one name are one pseudonym in texts; which one must not hang on an order.
        for name in sorted(set(names), reverse=True):
            told[name.casefold()] = key.pseudonym(name)
        plain = {
            name: alias for name, alias in told.items()
            if len(name) >= _SHORTEST and name not in words and not (name.isdigit() and len(name) < ANYWHERE)
        }  # fmt: skip
        frame = pl.DataFrame({"name": list(plain), "alias": list(plain.values())}, schema={"name": pl.String, "alias": pl.String})
        self._words = frame.sort("name")
        length = pl.col("name").str.len_chars()
        long = (length >= ANYWHERE) | pl.col("name").str.contains(_CJK)
        inside = pl.Series([name in known for name in frame["name"].to_list()], dtype=pl.Boolean)
        # The longest first, so that PC-10 is not taken for PC-1 with a nought behind it.
        self._anywhere = frame.filter(long & ~inside).sort(length, "name", descending=[True, False])

    def texts(self, column: pl.Series) -> pl.Series:
        """Return a String column with the names in it replaced; each distinct text is looked at once."""
        distinct = column.filter(column != "").unique().sort()
        if distinct.is_empty() or self._words.is_empty():
            return column
        done = self._tokens(self._tokens(distinct, _JOINED), _WORD)
        if self._anywhere.height:
            done = done.str.replace_many(
                self._anywhere["name"].to_list(), self._anywhere["alias"].to_list(), ascii_case_insensitive=True, leftmost=True
            )
        changed = (done != distinct).fill_null(False)
        if not changed.any():
            return column
        return column.replace(distinct.filter(changed), done.filter(changed))

    def _tokens(self, texts: pl.Series, pattern: str) -> pl.Series:
        pieces = texts.to_frame("text").with_row_index("at").select("at", token=pl.col("text").str.extract_all(pattern)).explode("token")
        named = pieces.with_columns(name=pl.col("token").str.to_lowercase()).join(self._words, on="name", how="left", maintain_order="left")
        joined = named.group_by("at", maintain_order=True).agg(pl.coalesce("alias", "token").str.join(""))
        return joined.to_series(1).alias(texts.name)

    def each(self, texts: Iterable[str]) -> dict[str, str]:
        """Return what becomes of each of some texts. All at once: the search for many names is dear to set up."""
        asked = sorted(set(texts))
        return dict(zip(asked, self.texts(pl.Series(asked, dtype=pl.String)).to_list(), strict=True))
