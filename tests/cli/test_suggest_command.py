"""`suggest` and `catalog diff` from a result folder to a file that `--catalog` takes."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def result(licmatch, tmp_path):
    lines = [f"pc-{number},Quill Workbench {number}.0,Quillworks" for number in range(3)]
    (tmp_path / "software.csv").write_text("device_id,name,publisher\n" + "\n".join([*lines, "pc-1,Harbour Log,\n"]), encoding="utf-8")
    ran = licmatch("assess", tmp_path / "software.csv", "-o", tmp_path / "result", "--as-of", "2026-11-30", "--no-report", "--quiet")
    assert ran.code == 0, ran.err
    return tmp_path / "result"


def test_drafts_are_written_and_recognise_what_was_unknown(licmatch, result, tmp_path):
    drafts = tmp_path / "drafts.toml"
    told = json.loads(licmatch("suggest", result, "-o", drafts, "--json").out)
    assert [(each["title"], each["devices"], each["names"]) for each in told] == [("Quill Workbench", 3, 3), ("Harbour Log", 1, 1)]
    assert licmatch("catalog", "check", drafts).code == 0
    assert licmatch("explain", "Quill Workbench 7", "--catalog", drafts, "--quiet").out.strip() == "other.quill-workbench"
    changed = json.loads(licmatch("catalog", "diff", "builtin", drafts, "--json").out)
    assert changed["families_added"] == ["other.harbour-log", "other.quill-workbench"]
    assert {row["name"] for row in changed["changed"]} == {"Harbour Log", *(f"Quill Workbench {number}.0" for number in range(3))}


def test_names_of_ones_own_are_asked_too(licmatch, result, tmp_path):
    licmatch("suggest", result, "-o", tmp_path / "drafts.toml", "--quiet")
    (tmp_path / "names.csv").write_text("name\nQuill Workbench Special\nWindows 10 Pro\n", encoding="utf-8")
    out = licmatch("catalog", "diff", "builtin", tmp_path / "drafts.toml", "--names", tmp_path / "names.csv").out
    assert "+ other.quill-workbench" in out
    assert "Windows 10 Pro" not in out


def test_suggest_wants_a_result_and_a_toml(licmatch, result, tmp_path):
    assert licmatch("suggest", tmp_path / "nowhere").code == 3
    assert licmatch("suggest", result, "-o", tmp_path / "drafts.txt").code == 2
