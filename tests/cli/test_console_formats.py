"""What consoles export, through the command: matched, assessed, verified; counts refused, partial lists left open."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

FORMATS = Path(__file__).parents[1] / "golden" / "formats"
CONSOLES = (
    "configmgr", "configmgr.installed", "defender", "defender.csv", "intune", "lansweeper", "manageengine", "pdq", "servicenow", "wazuh",
    "wazuh-events", "winget", "winget.table", "winget-export",
)  # fmt: skip
# Of the answer of `wazuh` only a page was given.
PARTIAL = frozenset({"defender", "defender.csv", "wazuh", "wazuh-events", "winget.table", "winget-export"})
COUNTS = "ApplicationKey,ApplicationName,ApplicationPublisher,ApplicationVersion,DeviceCount\nk,WPS Office 2019,Kingsoft Corp.,11.8,412\n"


def dump(folder: str) -> Path:
    (path,) = (FORMATS / folder).glob("input.*")
    return path


@pytest.mark.parametrize("folder", CONSOLES)
def test_every_console_is_matched_and_assessed(licmatch, tmp_path, folder):
    matched = licmatch("match", dump(folder), "-o", tmp_path / "out.parquet", "--json")
    assert matched.code == 0, matched.err
    assert json.loads(matched.out)["rows"] == pl.read_parquet(tmp_path / "out.parquet").height > 0

    ran = licmatch("assess", dump(folder), "-o", tmp_path / "result", "--as-of", "2026-11-30", "--no-report", "--json")
    assert ran.code == 0, ran.err
    totals = json.loads(ran.out)["totals"]
    assert totals["rows_in"] == sum(totals[name] for name in ("recognised", "ambiguous", "unknown", "rejected"))
    assert licmatch("verify", tmp_path / "result").code == 0

    manifest = json.loads((tmp_path / "result" / "manifest.json").read_text(encoding="utf-8"))
    assert [one["format"] for one in manifest["inputs"]] == [folder.split(".")[0]]
    findings = pl.read_parquet(tmp_path / "result" / "findings.parquet").filter(pl.col("installations") == 0)
    open_ones = findings.filter(pl.col("flags").list.contains("partial_list"))
    assert findings.height > 0
    assert (open_ones.height == findings.height) == (folder in PARTIAL)
    assert set(findings["verdict"]) == ({"undetermined"} if folder in PARTIAL else {"absent"})


def test_what_a_partial_list_lacks_says_so(licmatch, tmp_path):
    ran = licmatch("assess", dump("wazuh-events"), "-o", tmp_path / "result", "--as-of", "2026-11-30")
    assert ran.code == 0
    assert "Absence proves nothing" in ran.err
    findings = pl.read_parquet(tmp_path / "result" / "findings.parquet").filter(category="antivirus")
    assert findings["confidence"].to_list() == [0.5, 0.5]
    assert [[item["kind"] for item in evidence] for evidence in findings["evidence"]] == [["partial_list"]] * 2
    scores = pl.read_parquet(tmp_path / "result" / "scores.parquet").filter(pl.col("parent_id").is_null())
    assert scores.select("antivirus_coverage_low", "antivirus_coverage_high").rows() == [(0.0, 1.0)]
    # A file that lists all there is closes it.
    (tmp_path / "whole.csv").write_text("device_id,name\nga-pc-4,7-Zip\nga-pc-5,7-Zip\n", encoding="utf-8")
    both = licmatch("assess", dump("wazuh-events"), tmp_path / "whole.csv", "-o", tmp_path / "both", "--as-of", "2026-11-30", "--no-report")
    assert both.code == 0
    closed = pl.read_parquet(tmp_path / "both" / "findings.parquet").filter(category="antivirus")
    assert closed["verdict"].to_list() == ["absent", "absent"]


def test_removing_a_copy_from_a_partial_list_proves_nothing_either(licmatch, tmp_path):
    licmatch("assess", dump("winget-export"), "-o", tmp_path / "result", "--as-of", "2026-11-30", "--no-report")
    copies = pl.read_parquet(tmp_path / "result" / "installations.parquet")
    assert copies["category"].to_list() == ["office"]
    (tmp_path / "changes.toml").write_text('[[remove]]\nproduct = "WPS Office"\n', encoding="utf-8")
    ran = licmatch("whatif", tmp_path / "result", tmp_path / "changes.toml", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    counts = [
        {name: scores[0][f"office_{name}"] for name in ("installed", "coverable")}
        for scores in (told["scores_before"], told["scores_after"])
    ]
    assert counts == [{"installed": 1, "coverable": 1}, {"installed": 0, "coverable": 1}]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_counts_are_matched_and_never_assessed(licmatch, tmp_path, lang):
    counts = tmp_path / "counts.csv"
    counts.write_text(COUNTS, encoding="utf-8")
    assert licmatch("match", counts, "-o", tmp_path / "out.csv").code == 0
    (row,) = pl.read_csv(tmp_path / "out.csv", infer_schema=False).rows(named=True)
    assert (row["DeviceCount"], row["lm_status"], row["lm_family"]) == ("412", "recognised", "WPS Office")
    ran = licmatch("assess", counts, "-o", tmp_path / "result", "--as-of", "2026-11-30", "--lang", lang)
    assert ran.code == 3
    assert "AGGREGATE_ONLY" in ran.err
    assert "licmatch match" in ran.err
    assert not (tmp_path / "result").exists()


@pytest.mark.parametrize("folder", ["snipe-it", "glpi", "configmgr", "microsoft", "servicenow"])
def test_lists_of_licences_are_entitlements(licmatch, tmp_path, folder):
    licences = dump(f"entitlements.{folder}")
    words = ["--as-of", "2026-11-30", "--no-report", "--json"]
    ran = licmatch("assess", dump("configmgr"), "-o", tmp_path / "result", "--entitlements", licences, *words)
    assert ran.code == 0, ran.err
    assert pl.read_parquet(tmp_path / "result" / "entitlements.parquet").height >= 1
    refused = licmatch("assess", licences, "-o", tmp_path / "other", *words)
    assert refused.code == 3
    assert "--entitlements" in refused.err


def test_the_list_of_formats_names_them(licmatch):
    told = {each["id"]: each["emits"] for each in json.loads(licmatch("formats", "--json").out)}
    assert told["device-counts"] == ["names"]
    assert {folder.split(".")[0] for folder in CONSOLES} <= told.keys()
