"""One result that takes part in a merge: verified, with the runs it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.errors import Location, ResultError
from licmatch.result import Result, read_result, verify
from licmatch.rollup import EVERYTHING

# What the manifest keeps of each run; `sha256` is the seal of its folder, by which `licmatch verify --expect` knows it again.
RUN = (
    "sha256", "as_of", "versions", "policy", "categories", "without", "totals", "tops", "files", "withheld", "pseudonymised",
    "ledger", "assignment", "rulings_log",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A result and where it lies. `sha256`: of its manifest. `runs`: one record for each assessment in it, of itself if it is none."""

    folder: str
    result: Result
    sha256: str
    runs: tuple[Mapping[str, Any], ...]


def read_part(folder: str | Path) -> Part:
    """Return the result of a folder as a part of a merge.

    Raises ResultError where the folder is no result or does not hold: a figure that was changed must not reach the city's.
    """
    source = Path(folder)
    found = verify(source)
    if not found.holds:
        first = found.faults[0]
        raise ResultError(
            f"the result does not hold ({len(found.faults)} faults, the first: {first.code} in {first.file}), so it is not merged",
            where=Location(str(source)), hint="`licmatch verify` lists the faults; ask the office that sent it for the result again",
        )  # fmt: skip
    result = read_result(source)
    return Part(str(folder), result, found.manifest_sha256, runs_of(result, found.manifest_sha256))


def runs_of(result: Result, sha256: str) -> tuple[Mapping[str, Any], ...]:
    """Return the records of the runs a result is made of: those of its parts, or its own."""
    manifest = result.manifest
    if manifest.get("parts"):
        return tuple(manifest["parts"])
    ledger = manifest.get("ledger")
    record = {
        "sha256": sha256,
        "as_of": manifest["as_of"],
        "versions": manifest["versions"],
        "policy": manifest["policy"],
        "categories": [category["id"] for category in manifest["categories"]],
        "without": manifest["without"],
        "totals": manifest["totals"],
        "tops": _tops(result.units),
        "files": len(manifest["inputs"]),
        "withheld": bool(manifest.get("withheld")),
        "pseudonymised": manifest.get("pseudonymised"),
        "ledger": None if ledger is None else {name: ledger[name] for name in ("listed", "found", "both", "match")},
        "assignment": manifest["assignment"].get("case"),
        "rulings_log": manifest["rulings_log"],
    }
    return ({name: record[name] for name in RUN},)


def _tops(units: pl.DataFrame) -> list[dict[str, str]]:
    """The uppermost units that somebody named, so that a person sees whose result it was."""
    real = units.filter(pl.col("unit_id") != EVERYTHING)
    tops = real.filter(pl.col("parent_id").is_null() | (pl.col("parent_id") == EVERYTHING))
    return tops.select("unit_id", "name").sort("unit_id").to_dicts()
