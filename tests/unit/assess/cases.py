"""Cases for tests of the later stages, made from plain tuples."""

from __future__ import annotations

from typing import Any

import polars as pl
from tests.unit.assess.small_engine import SmallEngine

from licmatch.pipeline import assess
from licmatch.result import Result

DAY = "2026-11-30"


def inventory(*rows: tuple[str | None, str | None]) -> pl.DataFrame:
    """(device, name) rows as a frame."""
    return pl.DataFrame(rows, schema={"device_id": pl.String, "name": pl.String}, orient="row")


def judged(*rows: tuple[str | None, str | None], **given: Any) -> Result:
    """Assess (device, name) rows with the small engine on a fixed day."""
    given.setdefault("engine", SmallEngine())
    given.setdefault("as_of", DAY)
    return assess(inventory(*rows), **given)


def devices(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides={"unit_id": pl.String, "os_name": pl.String, "in_use": pl.String})


def units(**parents: str | None) -> pl.DataFrame:
    """unit=parent pairs as a units frame."""
    return pl.DataFrame({"unit_id": list(parents), "parent_id": list(parents.values()), "name": [f"单位 {unit}" for unit in parents]},
                        schema_overrides={"parent_id": pl.String})  # fmt: skip


def finding(result: Result, device: str, category: str) -> dict[str, Any]:
    """The one finding of a device and category, as a dict."""
    return result.findings.row(by_predicate=(pl.col("device_id") == device) & (pl.col("category") == category), named=True)


def installed(result: Result, device: str, category: str) -> list[dict[str, Any]]:
    """The installations of a device and category, as dicts."""
    return result.installations.filter(device_id=device, category=category).to_dicts()
