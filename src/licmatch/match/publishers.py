"""Publisher columns to makers: once per distinct spelling, by the longest maker's name it begins with or holds."""

from __future__ import annotations

import polars as pl

from licmatch.catalog import lexicon as lx
from licmatch.match.reading import PhraseFinder
from licmatch.normalize.mojibake import DAMAGE
from licmatch.normalize.one_name import publisher_key
from licmatch.normalize.publisher import normalize_publishers

_NOBODY: frozenset[int] = frozenset()
Makers = frozenset[int] | None
UNSURE: frozenset[int] = frozenset((-1,))  # of one publisher: a column has to be asked


class PublisherResolver:
    """Knows which makers a publisher string names. Immutable; shared by threads."""

    def __init__(self, compiled: lx.Compiled) -> None:
        self._exact = {key: frozenset(vendors) for key, vendors in compiled.publishers.items()}
        keys = sorted(self._exact)
        self._makers = [self._exact[key] for key in keys]
        self._finder = PhraseFinder(keys, [lx.Entry()] * len(keys))

    def resolve(self, publishers: pl.Series) -> dict[str | None, Makers]:
        """Return {raw publisher: makers} for a column: None where there is no publisher, empty where nobody knows it."""
        distinct = publishers.unique().drop_nulls().sort()
        found: dict[str | None, Makers] = {None: None}
        for raw, padded in zip(distinct.to_list(), normalize_publishers(distinct).to_list(), strict=True):
            makers = self._makers_of(padded) if padded.strip() else None
            # A damaged publisher that names nobody is not somebody else.
            found[raw] = None if not makers and DAMAGE in padded else makers
        return found

    def resolve_one(self, publisher: str | None) -> Makers:
        """Return what `resolve` says of one publisher, or `UNSURE` where it is not ordinary enough to be read without a query."""
        if publisher is None:
            return None
        padded = publisher_key(publisher)
        if padded is None:
            return UNSURE
        return self._makers_of(padded) if padded.strip() else None

    def _makers_of(self, padded: str) -> frozenset[int]:
        exact = self._exact.get(padded)
        if exact is not None:
            return exact
        hits = self._finder.hits(padded)
        # The maker stands first in its own name ("Adobe Systems"); in Chinese behind the place ("北京" 奇虎科技).
        return self._makers[hits[0][2]] if hits else _NOBODY
