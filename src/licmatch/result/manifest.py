"""The manifest: what a result was made of and what it adds up to. It depends on neither clock, machine nor the order of a dict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from licmatch.hooks import Category
from licmatch.ingest.records import InputFile, Notice

SCHEMA_VERSION = 1


def describe(
    *,
    as_of: date,
    categories: Iterable[Category],
    versions: Mapping[str, str],
    policy: Mapping[str, str],
    files: Iterable[InputFile],
    notices: Iterable[Notice],
    totals: Mapping[str, int],
    without: Iterable[str] = (),
    ledger: Mapping[str, Any] | None = None,
    verdicts: Mapping[str, str] | None = None,
    rulings_log: Mapping[str, Any] | None = None,
    rules: Mapping[str, Mapping[str, str]] | None = None,
    assignment: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the manifest of a run. `without` names the plugins left out: the result is then incomplete and says so.

    `verdicts`: the state of each code, worst code first, so that a reader can tell without the policy which of two is worse.
    `assignment`: which case the licences' assignment was and what it covered. `rules`: the words of the rules and signatures that
    the evidence names, by id.
    """
    left_out = sorted(without)
    return {
        "schema": SCHEMA_VERSION,
        "kind": "licmatch-result",
        "as_of": as_of.isoformat(),
        "versions": dict(sorted(versions.items())),
        "policy": dict(sorted(policy.items())),
        "categories": [
            {"id": category.id, "title_en": category.title_en, "title_zh": category.title_zh, "one_per_device": category.one_per_device}
            for category in categories
        ],
        "inputs": [
            {
                "path": file.path,
                "format": file.format,
                "encoding": file.encoding,
                "sha256": file.sha256,
                "bytes": file.bytes,
                "rows": file.rows,
            }
            for file in files
        ],
        "totals": dict(totals),
        "without": left_out,
        "incomplete": bool(left_out),
        "ledger": dict(ledger) if ledger is not None else None,
        # A list, because the keys of the manifest are sorted and the order of the codes is what matters.
        "verdicts": [{"verdict": code, "state": state} for code, state in (verdicts or {}).items()],
        "rules": {each: dict(words) for each, words in sorted((rules or {}).items())},
        "assignment": dict(assignment or {}),
        "rulings_log": dict(rulings_log) if rulings_log is not None else None,
        "notices": [{"code": notice.code, "file": notice.file, "count": notice.count, "detail": notice.detail} for notice in notices],
    }
