"""Small counties as result folders, for tests of merging: every county its own units, devices and licences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from tests.unit.assess.cases import devices, judged, units

from licmatch.merge import Part, merge_parts, read_part
from licmatch.result import Result, write_result
from licmatch.result.folder import MANIFEST, SEAL

NAMES = ("Windows 10 Pro", "Microsoft Office 专业增强版 2016", "LibreOffice 7.3", "某某杀毒", "天擎", "Foo", "KMSpico", "360安全卫士")


def assessed(county: str, rows: list[tuple[str, str]], **given: Any) -> Result:
    """A county `county` with departments a and b; devices whose number is even are in a, the last one in no unit at all."""
    names = sorted({device for device, _ in rows})
    places = {device: f"{county}-{'ab'[place % 2]}" for place, device in enumerate(names)}
    if len(names) > 2:
        places[names[-1]] = "nowhere"
    table = devices(*({"device_id": device, "unit_id": unit, "kind": "desktop"} for device, unit in places.items())) if places else None
    bought = pl.DataFrame(
        {"entitlement_id": [f"{county}-1", f"{county}-2"], "unit_id": [f"{county}-a", None], "metric": ["device", "device"],
         "product": ["Microsoft Office 专业增强版 2016", "360安全卫士"], "quantity": [2, 1], "proofs": ["合同;发票;授权书", None]}
    )  # fmt: skip
    ruling = pl.DataFrame(
        {"ruling_id": ["R1"], "verdict": ["genuine_purchased"], "ruled_by": ["市版权局"], "document_no": ["1"], "ruled_on": ["2026-11-01"],
         "device_id": [names[0] if names else "none"], "product_id": [None]}
    )  # fmt: skip
    ledger = pl.DataFrame({"device_id": [*names[:1], f"{county}-lost"], "unit_id": [f"{county}-a"] * (1 + bool(names))})
    tree = units(**{county: None, f"{county}-a": county, f"{county}-b": county, f"{county}-c": county})
    defaults = {"devices": table, "units": tree, "entitlements": bought, "rulings": ruling, "ledger": ledger}
    return judged(*rows, **{**defaults, **given})


def part(folder: Path, result: Result) -> Part:
    """The result written to a folder and read back as a part of a merge."""
    write_result(result, folder)
    return read_part(folder)


def merged(folder: Path, *parts: Part, **given: Any) -> Part:
    """Parts merged, written and read back."""
    return part(folder, merge_parts(parts, **given))


def contents(folder: str | Path) -> dict[str, bytes]:
    """Every file of a result folder; the manifest and its seal among them."""
    found = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    assert {MANIFEST, SEAL} <= set(found)
    return found
