"""Which engine and catalogs made a result, as the manifest has it, flattened for a table."""

from __future__ import annotations

from collections.abc import Mapping

from licmatch.report.result_view import ResultView
from licmatch.report.wording import shown

_SECTIONS = ("schema", "versions", "policy")


def versions(result: ResultView) -> list[tuple[str, str]]:
    """Return (what, version or hash) lines in the manifest's order, nested tables joined by a dot."""
    return [line for key in _SECTIONS if result.manifest.get(key) is not None for line in _lines(key, result.manifest[key])]


def _lines(name: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [line for key in value for line in _lines(f"{name}.{key}", value[key])]
    if isinstance(value, list | tuple):
        return [line for at, entry in enumerate(value, 1) for line in _lines(f"{name}.{at}", entry)]
    return [(shown(name, 120), shown(value, 200))]
