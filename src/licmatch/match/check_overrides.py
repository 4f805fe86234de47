"""Checking a site's overrides against what the catalogs say now: run out, in conflict, no longer needed, not kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from licmatch.catalog.alternatives import expand
from licmatch.catalog.records import Override
from licmatch.catalog.succession import IGNORE, successor_of
from licmatch.match.engine import Engine
from licmatch.match.overrides import expired
from licmatch.schema import NAME_KEY


def override_faults(engine: Engine, overrides: Sequence[Override], day: date | None = None) -> list[str]:
    """Return what does not hold, override by override.

    A conflict is a new answer of the catalogs: neither what they said when the override was written (`was`) nor what it says.
    Whether one has run out is only asked when a day is given.
    """
    acting = engine if day is None else engine.on_day(day)
    faults = []
    for entry in overrides:
        place = f"override {entry.id!r} of {entry.owner}"
        if day is not None and expired(entry, day):
            faults.append(f"{place}: ran out on {entry.until} and does not act; renew it or delete it")
            continue
        want = "unknown" if entry.answer == IGNORE else successor_of(entry.answer, engine.compiled.retired)
        names = [text for name in entry.names for text in expand(name)]
        for name, now in zip(names, _answers(engine.without_overrides(), entry, names), strict=True):
            if now == want:
                faults.append(f"{place}: the catalogs say {now} for {name!r} themselves now; delete it")
            elif now != successor_of(entry.was, engine.compiled.retired):
                faults.append(
                    f"{place}: conflict: the catalogs now say {now} for {name!r}, it was {entry.was}, the override says {entry.answer}"
                )
        for name, got in zip(entry.keeps, _answers(acting, entry, entry.keeps), strict=True):
            if got != want:
                faults.append(f"{place}: keeps {name!r}, which is answered {got}")
    return faults


def _answers(engine: Engine, entry: Override, names: Sequence[str]) -> list[str]:
    """Return the product id, or the status where there is none, of each name by the override's publisher."""
    keys = pl.DataFrame({"name": names, "publisher": [entry.publisher] * len(names), "version": [None] * len(names)},
                        schema=dict.fromkeys(NAME_KEY, pl.String))  # fmt: skip
    return engine.decide(keys).select(pl.coalesce("lm_product_id", "lm_status")).to_series().to_list()
