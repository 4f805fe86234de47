"""What a merged result was put together from, out of its manifest, flattened for a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from licmatch.report.result_view import ResultView
from licmatch.report.wording import shown

_NAMES = ("name", "title", "path", "result", "folder", "unit_id")
_HASHES = ("sha256", "manifest_sha256", "manifest", "hash", "seal")


@dataclass(frozen=True, slots=True)
class Part:
    """One result that went in; empty texts where its entry does not say."""

    name: str
    as_of: str
    units: str
    devices: str
    hash: str
    withheld: bool  # handed in as sums: no computer of it is in this result


def merged_parts(result: ResultView) -> list[Part]:
    """Return the parts of a merged result in the manifest's order; none for a result of its own."""
    given = result.manifest.get("parts")
    entries = [entry if isinstance(entry, Mapping) else {"name": entry} for entry in given] if isinstance(given, list | tuple) else []
    return [_part(entry) for entry in entries]


def _part(entry: Mapping[str, Any]) -> Part:
    totals = entry.get("totals")
    counts: Mapping[str, Any] = {**entry, **(totals if isinstance(totals, Mapping) else {})}
    return Part(
        name=_tops(entry) or _first(entry, _NAMES), as_of=shown(entry.get("as_of"), 10), units=_count(counts.get("units")),
        devices=_count(counts.get("devices")), hash=_first(entry, _HASHES), withheld=bool(entry.get("withheld")),
    )  # fmt: skip


def _tops(entry: Mapping[str, Any]) -> str:
    """The uppermost units of a part: whose result it was."""
    tops = entry.get("tops")
    named = [top for top in tops if isinstance(top, Mapping) and top.get("name")] if isinstance(tops, list) else []
    return ", ".join(shown(top["name"], 80) for top in named)


def withheld_units(result: ResultView) -> int:
    """Return how many units are counted here without telling on which computers."""
    units = result.manifest.get("withheld")
    return len(units) if isinstance(units, list) else 0


def _first(entry: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((shown(entry[name], 200) for name in names if isinstance(entry.get(name), str)), "")


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else ""
