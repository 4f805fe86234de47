"""Names decided once though they come in many batches: what was answered before is not asked again."""

from __future__ import annotations

from threading import Lock

import polars as pl

from licmatch.match.stream import Decider
from licmatch.schema import DECISION_COLUMNS, NAME_KEY


class DecidedOnce:
    """A decider that keeps its answers, for a table that arrives in batches. Threads may share one; it holds distinct names, no rows."""

    def __init__(self, engine: Decider) -> None:
        self._engine = engine
        self._lock = Lock()
        self._told = pl.DataFrame(schema={**dict.fromkeys(NAME_KEY, pl.String), **DECISION_COLUMNS})

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return `keys` (name, publisher, version) with the decision columns, same rows, same order."""
        wanted = keys.select(pl.col(part).cast(pl.String) for part in NAME_KEY)
        # Under the lock: two threads that meet the same new name would else both decide it.
        with self._lock:
            new = wanted.unique(maintain_order=True).join(self._told, on=NAME_KEY, how="anti", nulls_equal=True)
            if new.height:
                self._told = pl.concat([self._told, self._engine.decide(new).select(self._told.columns)])
            told = self._told
        return wanted.join(told, on=NAME_KEY, how="left", nulls_equal=True, maintain_order="left")
