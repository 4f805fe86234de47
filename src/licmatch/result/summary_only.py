"""A result that may be sent upward: figures of units, pools and unknown names; no device, no person, no file name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from licmatch.result.record import TABLES, Result
from licmatch.result.rulings_log import described
from licmatch.result.verify_scores import own_counts

# Tables that say nothing of a single device, person or file.
KEPT = ("position", "scores", "unknown", "units")
# Notices whose detail names units or products; that of all others may name devices or files.
_OF_UNITS = ("UNKNOWN_UNIT", "UNKNOWN_PARENT_UNIT", "ENTITLEMENT_NOT_RECOGNISED", "MERGE_VERSIONS_DIFFER", "MERGE_DAYS_DIFFER")


def summary_only(result: Result) -> Result:
    """Return the result without what is of single devices: other tables are empty, and the manifest says so (`withheld`).

    Counts and totals stay what they were, so that the figures still add up and merge. The log of rulings is left out, and of inputs
    only kind, size and hash are kept. Unknown names are names of programs; what in them names a device or a person is the business
    of `licmatch.privacy`.
    """
    manifest = dict(result.manifest)
    counted = own_counts(result.scores, ["devices"]).filter(pl.col("devices") > 0)["unit_id"].to_list()
    manifest["withheld"] = sorted({*counted, *(manifest.get("withheld") or ())})
    manifest["inputs"] = _inputs(manifest["inputs"])
    manifest["notices"] = [_notice(notice) for notice in manifest["notices"]]
    manifest["ledger"] = manifest["ledger"] and {**manifest["ledger"], "only_ledger": [], "only_found": []}
    manifest["totals"] = {**manifest["totals"], "names": 0}
    manifest["rulings_log"] = described([], 0)
    manifest["rules"] = {}
    if manifest.get("parts"):
        manifest["parts"] = [{**run, "withheld": True} for run in manifest["parts"]]
    emptied = {table: getattr(result, table).clear() for table in TABLES if table not in KEPT}
    return replace(result, manifest=manifest, rulings_log=(), **emptied)


def _inputs(inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The files by their hashes: a name such as that of a dump often is the name of a computer."""
    bare = [{**entry, "path": f"sha256:{entry['sha256'][:16]}"} for entry in inputs]
    return sorted(bare, key=lambda entry: (entry["sha256"], entry["path"], entry["rows"]))


def _notice(notice: dict[str, Any]) -> dict[str, Any]:
    return notice if notice["code"] in _OF_UNITS else {**notice, "file": "", "detail": ""}
