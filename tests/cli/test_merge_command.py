"""`merge` as a city would use it: counties assessed apart, added up, and everything that reads a result reads the whole."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest


@pytest.fixture
def counties(licmatch, tmp_path):
    """Three small counties as result folders."""
    made = []
    for county, name in (("a", "WPS Office 2019 专业版"), ("b", "Microsoft Office 专业增强版 2016"), ("c", "某某杀毒软件")):
        (tmp_path / f"{county}.csv").write_text(
            f"device_id,name\n{county}-1,Microsoft Windows 10 专业版\n{county}-1,{name}\n{county}-2,{name}\n", encoding="utf-8"
        )
        (tmp_path / f"{county}-units.csv").write_text(
            f"unit_id,parent_id,name,tier\n{county},,{county}县,county\n{county}1,{county},财政局,department\n", encoding="utf-8"
        )
        (tmp_path / f"{county}-devices.csv").write_text(
            f"device_id,unit_id\n{county}-1,{county}1\n{county}-2,{county}1\n", encoding="utf-8"
        )
        ran = licmatch(
            "assess", tmp_path / f"{county}.csv", "-o", tmp_path / county, "--units", tmp_path / f"{county}-units.csv",
            "--devices", tmp_path / f"{county}-devices.csv", "--as-of", "2026-11-30", "--no-report", "--quiet",
        )  # fmt: skip
        assert ran.code == 0, ran.err
        made.append(tmp_path / county)
    return made


def test_counties_make_a_city_that_everything_reads(licmatch, counties, tmp_path):
    ran = licmatch("merge", *counties, "-o", tmp_path / "city", "--name", "某市", "--lang", "en")
    assert ran.code == 0, ran.err
    assert "某市: 6 devices" in ran.out
    assert "3 results, 7 units, 6 devices: 9 rows in" in ran.out
    assert licmatch("verify", tmp_path / "city").code == 0
    for words in (("report",), ("suggest",), ("diff", counties[0])):
        ran = licmatch(*words, tmp_path / "city")
        assert ran.code == 0, ran.err
    prices = tmp_path / "prices.csv"
    prices.write_text("product,unit_price\nMicrosoft Office 专业增强版 2016,600\n", encoding="utf-8")
    ran = licmatch("plan", tmp_path / "city", "--prices", prices, "-o", tmp_path / "plan.xlsx", "--quiet")
    assert ran.code == 0, ran.err


def test_in_steps_and_in_another_order_it_is_the_same_city(licmatch, counties, tmp_path):
    first, second, third = counties
    for words in (
        (first, second, third, "-o", tmp_path / "one"),
        (third, first, "-o", tmp_path / "half"),
        (second, tmp_path / "half", "-o", tmp_path / "two"),
    ):
        assert licmatch("merge", *words, "--quiet").code == 0
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_json_lists_the_parts_with_their_hashes(licmatch, counties, tmp_path):
    told = json.loads(licmatch("merge", *counties, "-o", tmp_path / "city", "--no-report", "--json").out)
    seals = {json.loads(licmatch("verify", county, "--json").out)["manifest_sha256"] for county in counties}
    assert {part["sha256"] for part in told["parts"]} == seals
    assert told["totals"]["devices"] == 6


def test_summaries_make_the_same_figures_and_say_what_they_cannot_tell(licmatch, counties, tmp_path):
    sent = []
    for county in counties:
        sent.append(tmp_path / f"{county.name}-up")
        assert licmatch("merge", county, "-o", sent[-1], "--summary-only", "--quiet").code == 0
    ran = licmatch("merge", *sent, "-o", tmp_path / "city", "--lang", "en")
    assert (ran.code, "3 parts tell no device ids" in ran.err) == (0, True)
    assert licmatch("merge", *counties, "-o", tmp_path / "whole", "--quiet").code == 0
    for table in ("scores", "unknown", "units"):
        one, two = (pl.read_parquet(tmp_path / name / f"{table}.parquet") for name in ("city", "whole"))
        assert one.equals(two)
    assert pl.read_parquet(tmp_path / "city" / "devices.parquet").is_empty()
    for words in (("verify",), ("report",), ("suggest",), ("diff", tmp_path / "whole")):
        ran = licmatch(*words, tmp_path / "city")
        assert ran.code == 0, ran.err
    prices = tmp_path / "prices.csv"
    prices.write_text("product,unit_price\nWPS Office 2019 专业版,600\n", encoding="utf-8")
    ran = licmatch("plan", tmp_path / "city", "--prices", prices)
    assert (ran.code, "without their computers" in ran.err) == (2, True)


def test_what_is_refused_leaves_nothing_behind(licmatch, counties, tmp_path):
    ran = licmatch("merge", counties[0], counties[0], "-o", tmp_path / "city")
    assert (ran.code, "the same result (a县)" in ran.err, "give each result once" in ran.err) == (3, True, True)
    assert licmatch("merge", counties[0], "-o", tmp_path / "city").code == 2
    assert licmatch("merge", *counties, "-o", counties[0]).code == 2
    assert licmatch("merge", counties[0], tmp_path, "-o", tmp_path / "city").code == 3
    assert not (tmp_path / "city").exists()


def test_units_of_the_city_that_cannot_be_read_are_said_with_their_place(licmatch, counties, tmp_path):
    (tmp_path / "city.csv").write_text("unit_id,name\na,甲\na,乙\n", encoding="utf-8")
    ran = licmatch("merge", *counties, "-o", tmp_path / "city", "--units", tmp_path / "city.csv")
    assert (ran.code, "described twice" in ran.err, "city.csv" in ran.err) == (3, True, True)


@pytest.mark.parametrize(("ending", "files"), [(".xlsx", 1), (".csv", 5)])
def test_diff_writes_its_tables_whole(licmatch, counties, tmp_path, ending, files):
    out = Path(tmp_path / f"moved{ending}")
    ran = licmatch("diff", counties[0], counties[1], "-o", out, "--lang", "zh")
    assert ran.code == 0, ran.err
    written = sorted(tmp_path.glob(f"moved*{ending}"))
    assert len(written) == files
    if ending == ".csv":
        table = pl.read_csv(tmp_path / "moved-moves.csv")
        assert {"unit_id", "figure", "why", "cause", "change"} <= set(table.columns)
    assert licmatch("diff", counties[0], counties[1], "-o", tmp_path / "moved.txt").code == 2
    told = json.loads(licmatch("diff", counties[0], counties[1], "--json").out)
    assert told["moved"]["moves"] == len(told["moves"]) > 0
