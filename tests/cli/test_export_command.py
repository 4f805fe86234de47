"""`licmatch export`: one file, whole or not at all."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def folder(licmatch, tmp_path):
    (tmp_path / "in.csv").write_text("device_id,name\npc1,Windows 10 Pro\npc2,WPS Office 2019\n", encoding="utf-8")
    assert licmatch("assess", tmp_path / "in.csv", "-o", tmp_path / "result", "--as-of", "2026-11-30", "--no-report", "--quiet").code == 0
    return tmp_path / "result"


def test_a_bill_is_written_and_counted(licmatch, folder, tmp_path):
    ran = licmatch("export", folder, "-o", tmp_path / "estate.cdx.json", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == {"out": str(tmp_path / "estate.cdx.json"), "format": "cyclonedx", "devices": 2, "components": 2}
    assert len(json.loads((tmp_path / "estate.cdx.json").read_text(encoding="utf-8"))["components"]) == 2
    assert "2 devices, 2 copies" in licmatch("export", folder, "-o", tmp_path / "b.json").out
    assert licmatch("export", folder, "-o", tmp_path / "b.json", "--quiet").out == ""
    assert "2 台设备" in licmatch("export", folder, "-o", tmp_path / "b.json", "--lang", "zh").out


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (("-o", "x.csv"), 2, "is JSON"), (("-o", "nowhere/x.json"), 2, "does not exist"),
        (("--unit", "none", "-o", "x.json"), 2, "no unit 'none'"),
        (("--format", "spdx", "-o", "x.json"), 2, "spdx"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_a_usage_error_and_leaves_nothing(licmatch, folder, tmp_path, monkeypatch, words, code, what):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    ran = licmatch("export", folder, *words)
    assert ran.code == code
    assert what in ran.err
    assert sorted(tmp_path.iterdir()) == before


def test_what_is_no_result_is_an_input_error(licmatch, tmp_path):
    assert licmatch("export", tmp_path, "-o", tmp_path / "x.json").code == 3
