"""The manifest of a merged result: what follows from the runs in it and from the tables, and from nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from licmatch.assess.ledger import NAMED
from licmatch.merge.agreement import MERGE_CODES, notices_of
from licmatch.merge.parts import Part
from licmatch.result.manifest import SCHEMA_VERSION
from licmatch.result.rulings_log import START

_ADDED = ("rows_in", "recognised", "ambiguous", "unknown", "rejected", "rejected_elsewhere", "devices", "in_use", "installations")


def described(
    parts: Sequence[Part], counted: Mapping[str, int], log: Sequence[Mapping[str, Any]], withheld: Sequence[str], units: Sequence[str]
) -> dict[str, Any]:
    """Return the manifest of a merge.

    `counted`: names and units of the merged tables; `log`: its log of rulings; `withheld`: units whose details are in no part;
    `units`: SHA-256 of the offices' own units tables. Every list is sorted and every sum is over all runs, so that merging in steps
    gives the same manifest as merging at once.
    """
    manifests = [part.result.manifest for part in parts]
    runs = sorted((dict(run) for part in parts for run in part.runs), key=lambda run: str(run["sha256"]))
    without = sorted({name for manifest in manifests for name in manifest["without"]})
    first = manifests[0]
    inputs = sorted((entry for manifest in manifests for entry in manifest["inputs"]), key=_key)
    notices = [notice for manifest in manifests for notice in manifest["notices"] if notice["code"] not in MERGE_CODES]
    told = [{"code": one.code, "file": one.file, "count": one.count, "detail": one.detail} for one in notices_of(runs)]
    return {
        "schema": SCHEMA_VERSION,
        "kind": "licmatch-result",
        "as_of": max(str(run["as_of"]) for run in runs),
        "versions": _versions(runs),
        "policy": first["policy"],
        "categories": first["categories"],
        "inputs": inputs,
        "totals": {**{name: sum(manifest["totals"][name] for manifest in manifests) for name in _ADDED}, **counted, "files": len(inputs)},
        "without": without,
        "incomplete": bool(without),
        "ledger": _ledger([manifest["ledger"] for manifest in manifests if manifest.get("ledger")]),
        "verdicts": first["verdicts"],
        "rules": _rules(manifests),
        "assignment": _assignment([manifest["assignment"] for manifest in manifests if manifest["assignment"]]),
        "rulings_log": {
            "entries": len(log),
            "earlier": sum(not entry["part_current"] for entry in log),
            "head": log[-1]["hash"] if log else START,
        },
        "notices": told + sorted(notices, key=_key),
        "pseudonymised": _only({run["pseudonymised"] for run in runs}),
        "withheld": sorted(withheld),
        "units": sorted({*units, *(one for manifest in manifests for one in manifest.get("units") or ())}),
        "parts": runs,
    }


def _key(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _only(keys: set[str | None]) -> str | None:
    return next(iter(keys)) if len(keys) == 1 else None


def _versions(runs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    names = sorted({name for run in runs for name in run["versions"]})
    return {name: " | ".join(sorted({str(run["versions"][name]) for run in runs if name in run["versions"]})) for name in names}


def _ledger(ledgers: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    if not ledgers:
        return None
    listed, found, both = (sum(ledger[name] for ledger in ledgers) for name in ("listed", "found", "both"))
    either = listed + found - both
    # The first ids of the whole are among the first of each part.
    named = {name: sorted(each for ledger in ledgers for each in ledger[name])[:NAMED] for name in ("only_ledger", "only_found")}
    return {"listed": listed, "found": found, "both": both, "match": round(both / either, 6) if either else None, **named}


def _rules(manifests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The words of the rules; where two versions word one differently, the one that sorts first."""
    words: dict[str, Any] = {}
    for manifest in manifests:
        for rule, said in manifest["rules"].items():
            words[rule] = min(words.get(rule, said), said, key=_key)
    return dict(sorted(words.items()))


def _assignment(assignments: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if not assignments:
        return {}
    cases = {case for one in assignments for case in str(one["case"]).split(" | ")}
    parts = sorted((part for one in assignments for part in one["parts"]), key=_key)
    return {"case": " | ".join(sorted(cases)), "copies": sum(one["copies"] for one in assignments), "parts": parts}
