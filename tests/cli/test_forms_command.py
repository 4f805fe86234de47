"""`licmatch forms`: what is written is said, what is filled in is read, every failure is a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from licmatch import assess

LICMATCH = Callable[..., Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("forms") / "result"
    rows = [(f"=PC{at}", "WPS Office 2019 专业版", "Kingsoft Corp.") for at in range(3)]
    assess(pl.DataFrame(rows, schema=["device_id", "name", "publisher"], orient="row"), as_of="2026-11-30", out=out)
    return out


def test_forms_are_drawn_up_and_read_back(licmatch: LICMATCH, folder: Path, tmp_path: Path) -> None:
    ran = licmatch("forms", folder, "-o", tmp_path / "forms", "--only", "f1，F2", "--json")
    assert ran.code == 0
    told = json.loads(ran.out)
    assert [(file["form"], file["sheets"]) for file in told["files"]] == [("F1", 1), ("F2", 1)]
    ran = licmatch("forms", "read", tmp_path / "forms", "--result", folder, "-o", tmp_path / "in", "--json")
    assert ran.code == 0
    told = json.loads(ran.out)
    assert told["rows_in"] == told["rows_read"] > 0
    assert (told["rejected"], told["faults"], told["tables"]["differences"]) == ([], [], [])
    assert pl.read_csv(tmp_path / "in" / "survey_software.csv")["installed"].to_list() == [3]
    assert licmatch("forms", "read", tmp_path / "forms", "-o", tmp_path / "in").code == 2, "what was imported is not written over"


def test_both_ways_have_help(licmatch: LICMATCH) -> None:
    assert "licmatch forms read" in licmatch("forms", "--help").out
    assert "--strict" in licmatch("forms", "read", "--help").out
    assert "退出码" in licmatch("forms", "read", "--lang", "zh", "--help").out


def test_a_wrong_figure_is_told_and_strict_ends_with_one(licmatch: LICMATCH, tmp_path: Path) -> None:
    rows = [
        "培训登记",
        "日期,主题,对象,应到,实到,讲师,签到表",
        "2026-10-12,软件操作,各单位,10,12,某人,有",
        "2026-10-13,软件操作,各单位,很多,1,某人,有",
    ]
    (tmp_path / "f7.csv").write_text("\n".join(rows), encoding="utf-8")
    ran = licmatch("forms", "read", tmp_path / "f7.csv")
    assert ran.code == 0
    assert "f7!E3: 实到 is 12, should be <= 10 (I11" in ran.err
    assert "f7!D4 应到: '很多' is no whole number" in ran.err
    assert "2 rows in = 1 read + 1 rejected" in ran.out
    assert licmatch("forms", "read", tmp_path / "f7.csv", "--strict", "--quiet").code == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere", "-o", "out"], 3, "this is not a result"),
        (["nowhere"], 2, "--out"),
        (["nowhere", "-o", "out", "--only", "F99"], 2, "there is no form 'f99'"),
        (["read", "nowhere.xlsx"], 3, "no such file"),
        ([], 2, "licmatch forms"),
    ],
)
def test_every_failure_is_a_sentence(
    words: list[str], code: int, said: str, licmatch: LICMATCH, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = licmatch("forms", *words)
    assert ran.code == code
    assert said in ran.err + ran.out
    assert not (tmp_path / "out").exists()
