"""`sample` and `inspect`, and the how-to page as it is written."""

from __future__ import annotations

import csv
import json
import re
import shlex
from pathlib import Path

import pytest

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
VERDICTS = {"操作系统：判定": "genuine_oem", "办公软件：判定": "正版（采购）", "杀毒软件：判定": "Free software"}


@pytest.fixture
def result(licmatch, tmp_path):
    software = tmp_path / "software.csv"
    software.write_text("device_id,name\n" + "".join(f"PC-{n:02d},Windows 10 Pro\n" for n in range(40)), encoding="utf-8")
    assert licmatch("assess", software, "-o", tmp_path / "result", "--as-of", "2026-11-30", "--quiet").code == 0
    return tmp_path / "result"


def fill(path: Path) -> None:
    """Write a verdict into every row, as a team would."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows({**row, **VERDICTS} for row in rows)


def test_out_and_back(licmatch, result, tmp_path):
    register = tmp_path / "register.csv"
    out = licmatch("sample", result, "--by", "whole", "--seed", "7", "-o", register, "--json")
    told = json.loads(out.out)
    assert (out.code, told["totals"]["population"], told["totals"]["drawn"]) == (0, 40, 31)
    assert told["chance"]["value"] >= 0.95
    fill(register)
    back = licmatch("inspect", result, register, "--json", "-o", tmp_path / "outcome.xlsx")
    said = json.loads(back.out)
    assert (back.code, said["decision"], said["number"]) == (0, "accept", told["number"])
    assert said["figures"][0]["upper"] == 1
    assert (tmp_path / "outcome.xlsx").is_file()


@pytest.mark.parametrize(("lang", "word"), [("en", "Decision: accept"), ("zh", "结论：合格")])
def test_the_decision_is_said_in_words(licmatch, result, tmp_path, lang, word):
    register = tmp_path / "register.csv"
    assert licmatch("sample", result, "--by", "whole", "--seed", "7", "-o", register, "--quiet").out == ""
    fill(register)
    ran = licmatch("inspect", result, register, "--lang", lang)
    assert word in ran.out
    assert word in licmatch("inspect", result, register, "--lang", lang, "--quiet").out


def test_two_runs_write_the_same_bytes(licmatch, result, tmp_path):
    for name in ("one", "two"):
        assert licmatch("sample", result, "--by", "whole", "--seed", "7", "-o", tmp_path / f"{name}.xlsx", "--quiet").code == 0
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--seed", "1", "-o", "x.pdf"), 2),
        (("--seed", "1", "-o", "x.xlsx", "--confidence", "1.2"), 2),
        (("--seed", "1", "-o", "x.xlsx", "--tolerance", "nan"), 2),
        (("--seed", "1", "-o", "x.xlsx", "--floor", "3"), 2),
        (("--seed", "-1", "-o", "x.xlsx"), 2),
        (("--seed", "1", "-o", "x.xlsx", "--by", "county"), 2),
        (("-o", "x.xlsx"), 2),
    ],
)
def test_words_that_make_no_sense(licmatch, result, tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    ran = licmatch("sample", result, *words)
    assert ran.code == code
    assert "Traceback" not in ran.err
    assert not list(tmp_path.glob("x.*"))


def test_a_register_nobody_filled_in_ends_with_3(licmatch, result, tmp_path):
    register = tmp_path / "register.xlsx"
    licmatch("sample", result, "--by", "whole", "--seed", "7", "-o", register, "--quiet")
    ran = licmatch("inspect", result, register, "-o", tmp_path / "outcome.xlsx")
    assert ran.code == 3
    assert "no verdict" in ran.err
    assert not (tmp_path / "outcome.xlsx").exists()


@pytest.mark.parametrize("page", ["inspect.md", "inspect.zh.md"])
def test_the_how_to_page_runs_as_written(licmatch, tmp_path, monkeypatch, page):
    """Its commands in order, with the register as a table so that the test can fill it in between."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```[^\n]*\n(licmatch.*?)```", (HOW_TO / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    commands = [shlex.split(line)[1:] for block in blocks for line in block.splitlines()][:3]
    assert [words[0] for words in commands] == ["demo", "sample", "inspect"]
    demo, sample, inspect = commands
    assert licmatch(*demo, "--quiet").code == 0
    assert licmatch(*sample).code == 0
    assert licmatch(*inspect).code == 3
    in_csv = [word.replace("register.xlsx", "register.csv") for word in (*sample, *inspect)]
    assert licmatch(*in_csv[: len(sample)]).code == 0
    fill(tmp_path / "register.csv")
    ran = licmatch(*in_csv[len(sample) :])
    assert ran.code == 0, ran.err
    assert "accept" in ran.out
    assert (tmp_path / "outcome.xlsx").is_file()
    assert (tmp_path / "draft.csv").is_file()
