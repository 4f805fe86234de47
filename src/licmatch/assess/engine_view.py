"""What judging needs of an engine, and nothing else of it: decisions on names, and the catalog's facts as frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import polars as pl

from licmatch.hooks import Category
from licmatch.plugin_loader import Plugins


class TraceMatcher(Protocol):
    """What knows traces: `licmatch.signatures.traces.TraceSignatures`."""

    def hits(self, traces: pl.DataFrame) -> pl.DataFrame:
        """Return row (UInt32, of the input), signature_id, confidence, memory for the traces (device_id, kind, value, seen_at) it knows."""
        ...


class EngineView(Protocol):
    """The attributes that `assess` reads; `licmatch.match.Engine` fills them, and so does the small engine of the tests."""

    @property
    def facts(self) -> pl.DataFrame:
        """One row a family: family_id, category, vendor, family, role, licence, origin; support_ends (Date or null) if known."""
        ...

    @property
    def editions(self) -> pl.DataFrame:
        """One row an edition: edition_id, title, org_use (False: an organisation may not use it)."""
        ...

    @property
    def releases(self) -> pl.DataFrame:
        """One row a release: family_id, release_id, release, support_ends (Date or null)."""
        ...

    @property
    def licences(self) -> pl.DataFrame:
        """One row where an edition or a release is licensed otherwise than its family: family_id, edition_id, release_id, licence."""
        ...

    @property
    def signatures(self) -> pl.DataFrame:
        """One row a signature: signature_id, kind, confidence, title_zh, title_en; `affects` (list of categories) if known."""
        ...

    @property
    def trace_signatures(self) -> TraceMatcher | None:
        """What knows traces; None for an engine that reads names only."""
        ...

    @property
    def categories(self) -> tuple[Category, ...]:
        """The licensable categories, in the order results list them."""
        ...

    @property
    def plugins(self) -> Plugins:
        """The plugins that own the categories, for the sentence that refuses an answer."""
        ...

    @property
    def versions(self) -> Mapping[str, str]:
        """Engine and catalog versions and hashes, for the manifest."""
        ...

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return `keys` (name, publisher, version) with `schema.DECISION_COLUMNS`: same rows, same order."""
        ...


def category_ids(engine: EngineView) -> list[str]:
    """Return the ids of the engine's categories in their order."""
    return [category.id for category in engine.categories]
