"""Rules and fact tables for tests, made from the few things that matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from licmatch.rules import Rule, evaluate, fact_schema

AS_OF = date(2026, 11, 30)


def rule(name: str = "T-1", when: dict[str, Any] | None = None, about: str = "licence", **more: Any) -> Rule:
    """A rule with these conditions; nothing else of it matters."""
    given = {"title": "t", "title_zh": "t", "verdict": "undetermined", "confidence": 0.5, "evidence": "e", **more}
    return Rule(id=name, about=about, when=when or {}, **given)


def table(about: str, *rows: dict[str, Any]) -> pl.DataFrame:
    """A fact table; facts that no row gives are unknown. Rows are on devices 0, 1, 2 ... unless they say."""
    schema = fact_schema(about)
    filled = [{"device": at, "category": "os", **row} for at, row in enumerate(rows)]
    frame = pl.DataFrame(filled, schema_overrides={name: kind for name, kind in schema.items() if any(name in row for row in filled)})
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in schema.items() if name not in frame.columns]
    return frame.with_columns(missing).with_columns(device_id=pl.coalesce("device_id", pl.format("d{}", "device")))


def places(rules: Rule | Sequence[Rule], *rows: dict[str, Any], of: str = "T-1", about: str = "licence") -> list[int]:
    """The places of the rows on which a rule stands."""
    listed = [rules] if isinstance(rules, Rule) else list(rules)
    hits = evaluate(listed, {about: table(about, *rows)}, as_of=AS_OF)
    return sorted(hits.filter((pl.col("rule_id") == of) & pl.col("off_by").is_null())["place"].to_list())
