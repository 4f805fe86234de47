"""Products as people write them on a form, recognised like any name and called as the forms call them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import polars as pl

from licmatch.forms.figures import version_text


class Matcher(Protocol):
    """What is asked of an engine here: `match` over a frame of names."""

    def match(self, frame: Any, *, name: str) -> Any: ...


def by_engine(engine: Matcher, texts: list[str]) -> Mapping[str, tuple[str, str, str] | None]:
    """Return text -> (category, product name, version) as the forms print them; None for what is not recognised."""
    frame = pl.DataFrame({"said": texts}, schema={"said": pl.String()})
    matched = engine.match(frame, name="said").with_columns(
        pl.when(pl.col("lm_status") == "recognised").then("lm_family").alias("family"), release="lm_release", edition="lm_edition"
    )
    named = matched.with_columns(version_text()).select("said", "lm_category", "family", "version_edition")
    return {
        said: None if family is None else (category or "", family, version or "") for said, category, family, version in named.iter_rows()
    }
