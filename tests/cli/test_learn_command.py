"""`licmatch formats learn`, and `--profile` in match and assess."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

TABLE = "终端标识,应用,厂家,版本信息,状态\n" + "".join(
    f"T-{n},{name},{maker},{version},{state}\n"
    for n in range(5)
    for name, maker, version, state in (
        ("WPS Office 2019", "珠海金山办公软件有限公司", "11.8.2", "已安装"),
        ("Microsoft Office 专业增强版 2016", "Microsoft Corporation", "16.0.4266.1001", "已卸载"),
    )
)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    file = tmp_path / "export.csv"
    file.write_bytes(TABLE.encode("gb18030"))
    return file


def test_a_profile_is_printed_written_and_used(licmatch, export: Path, tmp_path: Path) -> None:
    printed = licmatch("formats", "learn", export)
    assert printed.code == 0
    assert tomllib.loads(printed.out)["columns"]["device_id"] == "终端标识"
    out = tmp_path / "console.toml"
    told = licmatch("formats", "learn", export, "-o", out, "--id", "acme")
    assert told.code == 0
    assert "5 rows of 5 computers, and 5 rejected" in told.out
    assert tomllib.loads(out.read_text(encoding="utf-8"))["id"] == "acme"
    assessed = licmatch("assess", export, "-o", tmp_path / "result", "--profile", out, "--as-of", "2026-11-30", "--no-report")
    assert assessed.code == 0
    assert "10 rows in = recognised 5 + ambiguous 0 + unknown 0 + rejected 5" in assessed.out
    manifest = json.loads((tmp_path / "result" / "manifest.json").read_text(encoding="utf-8"))
    assert [each["format"] for each in manifest["inputs"]] == ["acme"]
    matched = licmatch("match", export, "-o", tmp_path / "names.csv", "--profile", tmp_path)
    assert matched.code == 0
    assert "10 rows, 2 distinct names; recognised 10" in matched.out


def test_as_json_and_in_chinese(licmatch, export: Path) -> None:
    told = json.loads(licmatch("formats", "learn", export, "--json", "--lang", "zh").out)
    assert told["profile"]["keep"] == {"状态": ["已安装"]}
    assert (told["rows"], told["rejected"], told["devices"]) == (5, 5, 5)
    why = {choice["column"]: choice["why"] for choice in told["choices"]}
    assert "已知产品" in why["name"]
    assert licmatch("formats", "learn", export, "--lang", "zh").out.startswith("# licmatch 如何读取")


def test_what_was_written_is_never_overwritten(licmatch, export: Path, tmp_path: Path) -> None:
    out = tmp_path / "console.toml"
    out.write_text("mine", encoding="utf-8")
    refused = licmatch("formats", "learn", export, "-o", out)
    assert (refused.code, out.read_text(encoding="utf-8")) == (2, "mine")
    assert "there is a file already" in refused.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--column", "name"), 2, "says no header"),
        (("--column", "name=x"), 2, "no column is called x"),
        (("--column", "nom=应用"), 2, "no column is called nom"),
    ],
)
def test_usage(licmatch, export: Path, words: tuple[str, ...], code: int, told: str) -> None:
    ran = licmatch("formats", "learn", export, *words)
    assert ran.code == code
    assert told in ran.err


def test_what_cannot_be_learned_or_used(licmatch, export: Path, tmp_path: Path) -> None:
    counts = tmp_path / "counts.csv"
    counts.write_text("软件,安装总数\nWPS Office 2019,30\n", encoding="utf-8")
    assert licmatch("formats", "learn", counts).code == 3
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    assert licmatch("formats", "learn", empty).code == 3
    broken = tmp_path / "broken.toml"
    broken.write_text("profile = 1\n", encoding="utf-8")
    ran = licmatch("assess", export, "-o", tmp_path / "r", "--profile", broken, "--as-of", "2026-11-30")
    assert (ran.code, (tmp_path / "r").exists()) == (3, False)
    assert "the mapping profile is not sound" in ran.err
    unused = tmp_path / "unused.toml"
    unused.write_text('profile=1\nid="u"\nknown_by=["无此表头"]\ndevice="file"\n[columns]\nname="无此表头"\n', encoding="utf-8")
    plain = tmp_path / "plain.csv"
    plain.write_text("device_id,name\nA,WPS\n", encoding="utf-8")
    assert "fits none of the files" in licmatch("match", plain, "-o", tmp_path / "o.csv", "--profile", unused).err
