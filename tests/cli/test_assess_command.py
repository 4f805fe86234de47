"""`licmatch assess` end to end: a folder whole or not at all, rows that add up, gates that end with 1, the same bytes twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import polars as pl
import pytest

from licmatch.schema import MATCH_COLUMNS

SOFTWARE = pl.DataFrame(
    {
        "device_id": ["A", "A", "A", "B", "B", "C"],
        "name": ["Microsoft Office 专业增强版 2016", "KMSpico v10.2.0", "Nobody Knows This", "WPS Office", "360杀毒", ""],
        "publisher": ["Microsoft Corporation", None, None, "Kingsoft Corp.", "360.cn", None],
        "version": ["16.0.4266.1001", None, "1", "11.1.0", "5.0", None],
    }
)
DEVICES = pl.DataFrame(
    {
        "device_id": ["A", "B", "C"],
        "unit_id": ["finance", "finance", "schools"],
        "os_name": ["Microsoft Windows 10 专业版", "Microsoft Windows 7 旗舰版", None],
        "collected_at": ["2026-06-01", "2026-06-02", "2026-06-01"],
    }
)
UNITS = pl.DataFrame(
    {"unit_id": ["county", "finance", "schools"], "parent_id": [None, "county", "county"], "name": ["县", "财政局", "教育局"]}
)
FILES = {
    "manifest.json", "matches.parquet", "installations.parquet", "findings.parquet", "position.parquet", "scores.parquet",
    "unknown.parquet", "entitlements.parquet", "assignment.parquet",
    "rejected.parquet", "units.parquet", "devices.parquet", "report.html", "report.xlsx", "manifest.sha256", "rulings_log.jsonl",
    "rulings_queue.csv", "rulings_queue.xlsx",
}  # fmt: skip


@pytest.fixture
def words(tmp_path):
    """The words of a whole run on a county of three devices."""
    for name, frame in (("software", SOFTWARE), ("devices", DEVICES), ("units", UNITS)):
        frame.write_csv(tmp_path / f"{name}.csv")
    sides = [word for name in ("devices", "units") for word in (f"--{name}", tmp_path / f"{name}.csv")]
    return [tmp_path / "software.csv", "-o", tmp_path / "result", *sides]


def test_the_folder_is_complete_and_every_row_is_accounted_for(licmatch, words, tmp_path):
    ran = licmatch("assess", *words, "--json")
    assert ran.code == 0, ran.err
    assert {path.name for path in (tmp_path / "result").iterdir()} == FILES
    told = json.loads(ran.out)
    totals = told["totals"]
    assert totals["rows_in"] == 6 == sum(totals[name] for name in ("recognised", "ambiguous", "unknown", "rejected"))
    assert totals["rejected"] == 1
    assert told["as_of"] == "2026-06-02"
    assert json.loads((tmp_path / "result" / "manifest.json").read_text(encoding="utf-8"))["totals"] == totals


def test_a_trace_of_an_activator_makes_a_suspicion_and_no_verdict_of_its_own(licmatch, words, tmp_path):
    assert licmatch("assess", *words, "--quiet").code == 0
    findings = pl.read_parquet(tmp_path / "result" / "findings.parquet")
    of_a = {row["category"]: row for row in findings.filter(pl.col("device_id") == "A").to_dicts()}
    assert (of_a["office"]["state"], of_a["office"]["grade"]) == ("undetermined", "strong")
    assert "cracked" not in findings["verdict"].to_list()


def test_the_summary_says_what_the_tables_say(licmatch, words, tmp_path):
    ran = licmatch("assess", *words, "--lang", "zh")
    assert "输入 6 行" in ran.out
    assert "县" in ran.out
    assert str(tmp_path / "result" / "report.html") in ran.out
    scores = pl.read_parquet(tmp_path / "result" / "scores.parquet").row(0, named=True)
    line = next(line for line in ran.out.splitlines() if "办公软件" in line)
    assert [int(cell) for cell in line.split()[1:6]] == [
        scores[f"office_{count}"] for count in ("installed", "genuine", "not_genuine", "undetermined", "absent")
    ]


def test_gates_end_with_1_and_the_result_is_written(licmatch, words, tmp_path):
    met = licmatch("assess", *words, "--fail-on", "absent", "--fail-under", "100")
    assert met.code == 1
    assert "absent" in met.err
    assert "100" in met.err
    assert (tmp_path / "result" / "manifest.json").is_file()
    assert licmatch("assess", *words, "--fail-on", "cracked", "--fail-under", "0").code == 0


def test_rows_are_written_when_asked_for_in_input_order(licmatch, words, tmp_path):
    assert licmatch("assess", *words, "--rows", "--no-report", "--quiet").code == 0
    rows = pl.read_parquet(tmp_path / "result" / "rows.parquet")
    assert rows["name"].to_list() == [name for name in SOFTWARE["name"] if name]
    assert rows.columns[-len(MATCH_COLUMNS) :] == list(MATCH_COLUMNS)
    assert {path.name for path in (tmp_path / "result").iterdir()} & {"report.html", "report.xlsx", "rulings_queue.xlsx"} == set()
    assert (tmp_path / "result" / "rulings_queue.csv").is_file()


def test_leaving_a_plugin_out_marks_the_result(licmatch, words, tmp_path):
    ran = licmatch("assess", *words, "--without", "antivirus")
    assert "left out antivirus" in ran.out
    manifest = json.loads((tmp_path / "result" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["incomplete"] is True
    assert "antivirus" not in pl.read_parquet(tmp_path / "result" / "findings.parquet")["category"].to_list()


def test_without_a_day_in_the_input_it_must_be_given(licmatch, words, tmp_path):
    DEVICES.drop("collected_at").write_csv(tmp_path / "devices.csv")
    ran = licmatch("assess", *words)
    assert ran.code == 2
    assert "--as-of" in ran.err
    assert not (tmp_path / "result").exists()
    assert licmatch("assess", *words, "--as-of", "2026-06-30", "--quiet").code == 0


def test_a_folder_of_somebody_else_is_left_alone(licmatch, words, tmp_path):
    (tmp_path / "result").mkdir()
    (tmp_path / "result" / "thesis.txt").write_text("mine")
    ran = licmatch("assess", *words)
    assert ran.code == 3
    assert [path.name for path in (tmp_path / "result").iterdir()] == ["thesis.txt"]


def test_a_result_is_replaced_and_nothing_is_left_beside_it(licmatch, words, tmp_path):
    before = {path.name for path in tmp_path.iterdir()}
    for _ in range(2):
        assert licmatch("assess", *words, "--quiet").code == 0
    assert {path.name for path in tmp_path.iterdir()} - before == {"result"}


def test_the_same_input_gives_the_same_bytes_in_every_file_whatever_the_order_of_hashes_or_the_language_of_the_machine(words, tmp_path):
    folders = []
    for seed, lang in (("1", "C.UTF-8"), ("2", "zh_CN.UTF-8")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LANG": lang, "LC_ALL": lang, "TZ": "Asia/Shanghai" if seed == "2" else "UTC"}
        command = [sys.executable, "-m", "licmatch", "assess", *words, "--rows", "--quiet"]
        subprocess.run(command, check=True, env=environment, cwd=tmp_path)
        folders.append({path.name: path.read_bytes() for path in (tmp_path / "result").iterdir()})
    assert set(folders[0]) == FILES | {"rows.parquet"}
    assert [name for name in folders[0] if folders[0][name] != folders[1][name]] == []


def test_a_memory_limit_changes_no_byte(licmatch, words, tmp_path):
    assert licmatch("assess", *words, "--quiet").code == 0
    words[2] = tmp_path / "limited"
    ran = licmatch("assess", *words, "--quiet", "--memory-limit", "1.5 GiB")
    assert ran.code == 0, ran.err
    for file in (tmp_path / "result").iterdir():
        assert (tmp_path / "limited" / file.name).read_bytes() == file.read_bytes(), file.name


@pytest.mark.parametrize("size", ["much", "4", "-4G", "4GG", "100M", "９GiB"])
def test_a_size_that_is_none_or_too_small_is_said(licmatch, words, tmp_path, size):
    ran = licmatch("assess", *words, "--memory-limit", size)
    assert ran.code == 2
    assert size in ran.err
    assert not (tmp_path / "result").exists()
