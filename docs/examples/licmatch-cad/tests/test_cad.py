"""The category as a run sees it: names recognised, verdicts given, remarks made. Needs the plugin installed."""

from __future__ import annotations

import polars as pl

import licmatch
import licmatch_cad
from licmatch.testing import engine_with, findings

INVENTORY = pl.DataFrame(
    [
        ("pc1", "Autodesk AutoCAD 2021 - 简体中文 (Simplified Chinese)"), ("pc2", "AutoCAD 2010"), ("pc3", "FreeCAD 0.20"),
        ("pc4", "DWG TrueView 2022"), ("pc5", "AutoCAD 2018 Student Version"), ("school", "AutoCAD 2018 Student Version"),
    ],
    schema=["device_id", "name"], orient="row",
)  # fmt: skip
DEVICES = pl.DataFrame({"device_id": ["school"], "unit_id": ["s"]})
UNITS = pl.DataFrame({"unit_id": ["s"], "name": ["第一中学"], "org_type": ["education"]})
EXPECTED = {
    "pc1": ("no_evidence", ["subscription_only"]), "pc2": ("no_evidence", []), "pc3": ("open_source", []), "pc4": ("absent", []),
    "pc5": ("edition_not_allowed", []), "school": ("no_evidence", ["subscription_only"]),
}  # fmt: skip


def test_what_a_run_says_before_anything_is_installed():
    found = findings(engine_with(cad=licmatch_cad), {"pc1": ["AutoCAD 2021"], "pc3": ["FreeCAD 0.20"]}, "cad")
    assert found == {"pc1": ("no_evidence", ("subscription_only",)), "pc3": ("open_source", ())}


def test_what_a_run_says():
    result = licmatch.assess(INVENTORY, devices=DEVICES, units=UNITS, as_of="2026-11-30")
    cad = result.findings.filter(pl.col("category") == "cad")
    assert {row["device_id"]: (row["verdict"], row["flags"]) for row in cad.iter_rows(named=True)} == EXPECTED
