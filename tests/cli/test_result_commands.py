"""`verify`, `report` and `diff` on folders that `assess` wrote, and rulings going round: queue out, filled in, read back."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

DAY = ("--as-of", "2026-11-30", "--quiet")


@pytest.fixture
def assessed(licmatch, tmp_path):
    """A function that assesses a small county into a folder and returns it."""
    software = tmp_path / "software.csv"
    software.write_text(
        "device_id,name\nA,Microsoft Office 专业增强版 2016\nA,KMSpico v10.2.0\nB,Microsoft Office 专业增强版 2016\n",
        encoding="utf-8",
    )

    def run(name: str, *words: object) -> Path:
        ran = licmatch("assess", software, "-o", tmp_path / name, *DAY, *words)
        assert ran.code == 0, ran.err
        return Path(tmp_path / name)

    return run


def test_verify_says_that_a_result_holds_and_its_hash(licmatch, assessed):
    folder = assessed("one")
    ran = licmatch("verify", folder, "--json")
    told = json.loads(ran.out)
    assert (ran.code, told["holds"], told["faults"]) == (0, True, [])
    assert licmatch("verify", folder, "--expect", told["manifest_sha256"]).code == 0
    assert licmatch("verify", folder, "--expect", "0" * 64).code == 3
    assert licmatch("verify", folder, "--quiet").out == ""


@pytest.mark.parametrize(("lang", "words"), [("en", "was changed after"), ("zh", "被改动")])
def test_verify_says_in_words_what_does_not_hold_and_ends_with_3(licmatch, assessed, lang, words):
    folder = assessed("one", "--no-report")
    (folder / "findings.parquet").write_bytes(b"PAR1")
    ran = licmatch("verify", folder, "--lang", lang)
    assert ran.code == 3
    assert "findings.parquet" in ran.out
    assert words in ran.out
    assert json.loads(licmatch("verify", folder, "--json").out)["faults"][0]["code"] == "changed"


@pytest.mark.parametrize("command", [("verify",), ("report",), ("diff", ".")])
def test_a_folder_that_is_no_result(licmatch, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    ran = licmatch(*command, tmp_path)
    assert ran.code == 3
    assert "no manifest.json" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_report_renders_again_what_assess_rendered(licmatch, assessed):
    folder = assessed("one")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert licmatch("report", folder).code == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert licmatch("report", folder, "--only", "html", "--lang", "en").code == 0
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"report.html", "manifest.json", "manifest.sha256"}
    assert licmatch("verify", folder).code == 0


def test_report_adds_the_reports_that_were_left_out(licmatch, assessed):
    folder = assessed("one", "--no-report")
    ran = licmatch("report", folder, "--only", "xlsx", "--json")
    assert [Path(path).name for path in json.loads(ran.out)["written"]] == ["report.xlsx", "rulings_queue.xlsx"]
    assert {path.name for path in folder.iterdir()} >= {"report.xlsx", "rulings_queue.xlsx"}
    assert not (folder / "report.html").exists()
    assert licmatch("verify", folder).code == 0


def test_rulings_go_round(licmatch, assessed, tmp_path):
    one = assessed("one")
    queue = pl.read_csv(one / "rulings_queue.csv", infer_schema=False)
    alone = pl.col("product_id").str.starts_with("office.") & (pl.col("rule_id") == "no-rule")
    typed = {"ruling_id": "R1", "verdict": "genuine_purchased", "ruled_by": "县版权局", "document_no": "7", "ruled_on": "2026-11-01"}
    rows = queue.with_columns(pl.when(alone).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in typed.items())
    rows.write_csv(tmp_path / "rulings.csv")
    two = assessed("two", "--rulings", tmp_path / "rulings.csv", "--previous", one)
    official = pl.read_parquet(two / "installations.parquet").filter("official")
    assert official.select("device_id", "verdict").rows() == [("B", "genuine_purchased")]
    assert licmatch("verify", two).code == 0
    three = assessed("three", "--rulings", tmp_path / "rulings.csv", "--previous", two)
    assert [json.loads(line)["number"] for line in (three / "rulings_log.jsonl").read_text(encoding="utf-8").splitlines()] == [1, 2]

    told = json.loads(licmatch("diff", one, two, "--json").out)
    assert [(row["device_id"], row["verdict_new"], row["why"]) for row in told["devices"]] == [("B", "genuine_purchased", "ruling")]
    assert told["moved"]["names"] == 0
    shown = licmatch("diff", one, two, "--lang", "zh").out
    assert "鉴定意见新增" in shown
    assert "无授权凭证 → 正版（采购）" in shown
    assert licmatch("diff", one, one, "--quiet").out == ""


def test_a_log_that_does_not_hold_is_not_gone_on_from(licmatch, assessed, tmp_path):
    one = assessed("one", "--no-report")
    (one / "rulings_log.jsonl").write_text("{}\n", encoding="utf-8")
    ran = licmatch("assess", tmp_path / "software.csv", "-o", tmp_path / "two", *DAY, "--previous", one)
    assert ran.code == 3
    assert "does not hold" in ran.err
    assert not (tmp_path / "two").exists()
