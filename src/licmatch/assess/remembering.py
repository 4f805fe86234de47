"""An engine that decides each name once, for who asks the same few names again and again: the examples of rules."""

from __future__ import annotations

from typing import Any

import polars as pl

from licmatch.assess.engine_view import EngineView
from licmatch.schema import NAME_KEY


class Remembering:
    """Any engine, with what it decided kept by name, publisher and version; everything else is the engine's own.

    A decision depends on nothing but the three, so the answers are those of the engine itself. Not for millions of names.
    """

    def __init__(self, engine: EngineView) -> None:
        self._engine = engine
        self._known: pl.DataFrame | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return what the engine decides: same rows, same order."""
        asked = keys.select(pl.col(name).cast(pl.String) for name in NAME_KEY).unique(maintain_order=True)
        on = list(NAME_KEY)
        new = asked if self._known is None else asked.join(self._known, on=on, how="anti", nulls_equal=True)
        if self._known is None or not new.is_empty():
            decided = self._engine.decide(new)
            self._known = decided if self._known is None else pl.concat([self._known, decided])
        return keys.join(self._known, on=on, how="left", nulls_equal=True, maintain_order="left")
