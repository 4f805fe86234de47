"""`licmatch campaign` from the shell: the board printed, written, and held against a result."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

DAY = ("--as-of", "2005-07-25")


@pytest.fixture
def file(licmatch, tmp_path) -> Path:
    made = tmp_path / "campaign.toml"
    made.write_text(licmatch("campaign", "--example", "zhanjiang").out, encoding="utf-8")
    return made


def test_the_example_is_a_campaign_whose_board_is_printed_in_both_languages(licmatch, file):
    english, chinese = licmatch("campaign", file, *DAY), licmatch("--lang", "zh", "campaign", file, *DAY)
    assert (english.code, chinese.code) == (0, 0)
    assert "done, 3 d late" in english.out
    assert "完成，迟3天" in chinese.out
    assert "Rubric: an example (reconstructed)" in english.out
    assert "评分标准:示例(重构),请替换为本级考核细则" in chinese.out


def test_json_holds_the_whole_board(licmatch, file):
    told = json.loads(licmatch("campaign", file, *DAY, "--json").out)
    assert {row["status"] for row in told["rows"]} == {"done", "done_late", "missing", "due_soon", "not_due"}
    assert told["as_of"] == "2005-07-25"
    assert {setting["id"] for setting in told["settings"]} == {f"A{number}" for number in range(1, 14)}
    item = told["scores"][0]["items"][0]
    assert (item["id"], item["source"]) == ("A1", ["licmatch-demo-100#A1", "S"])


def test_one_place_is_shown_item_by_item(licmatch, file):
    ran = licmatch("campaign", file, *DAY, "--unit", "440823")
    assert "licmatch-demo-100#D1" in ran.out
    assert "徐闻县" not in ran.out.split("Milestones")[1]
    assert licmatch("campaign", file, *DAY, "--unit", "nowhere").code == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_files_by_their_endings_are_the_same_bytes_twice(licmatch, file, tmp_path, lang):
    for ending in ("xlsx", "html", "csv"):
        for name in ("one", "two"):
            ran = licmatch("--lang", lang, "campaign", file, *DAY, "--quiet", "-o", tmp_path / f"{name}.{ending}")
            assert ran.code == 0, ran.err
        assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()
    book = CalamineWorkbook.from_path(str(tmp_path / "one.xlsx"))
    rows = book.get_sheet_by_index(1).to_python()
    page = (tmp_path / "one.html").read_text(encoding="utf-8")
    table = (tmp_path / "one.csv").read_text(encoding="utf-8-sig").splitlines()
    told = json.loads(licmatch("campaign", file, *DAY, "--json").out)
    # Title, note and head above the rows of the sheet.
    assert len(rows) - 3 == len(table) - 1 == len(told["rows"])
    for row, cells in zip(told["rows"], rows[3:], strict=True):
        assert (cells[0], str(cells[4])[:10]) == (row["unit"], row["due"])
        assert row["due"] in page
    assert "<script" not in page
    assert not re.search(r"https?://", page)


def test_a_hostile_name_is_text_everywhere(licmatch, tmp_path):
    file = tmp_path / "c.toml"
    name = "=HYPERLINK(1)<script>alert(1)</script>"
    file.write_text(
        f'schema = 1\nprogramme = "cn-gd-zhanjiang-2005"\n[[unit]]\nunit_id = "C"\nname = "{name}"\ntier = "city"\n', encoding="utf-8"
    )
    for ending in ("xlsx", "html", "csv"):
        assert licmatch("campaign", file, *DAY, "--quiet", "-o", tmp_path / f"b.{ending}").code == 0
    assert "<script>" not in (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "\n'=HYPERLINK" in (tmp_path / "b.csv").read_text(encoding="utf-8-sig")


def test_exit_codes(licmatch, file, tmp_path):
    assert licmatch("campaign", file).code == 2  # no day
    assert licmatch("campaign").code == 2
    assert licmatch("campaign", "--example", "nowhere").code == 2
    assert licmatch("campaign", tmp_path / "gone.toml", *DAY).code == 3
    assert licmatch("campaign", file, tmp_path, *DAY).code == 3  # no result there
    assert licmatch("campaign", file, *DAY, "-o", tmp_path / "board.doc").code == 2
    assert licmatch("campaign", file, *DAY, "--rubric", "no-such").code == 3
    failed = licmatch("campaign", file, *DAY, "--quiet", "--fail-on", "missing")
    assert (failed.code, "missing" in failed.err) == (1, True)
    assert licmatch("campaign", file, "--as-of", "2005-06-14", "--quiet", "--fail-on", "missing").code == 0


def test_a_result_feeds_points_and_acceptance_and_gives_the_day(licmatch, tmp_path):
    (tmp_path / "software.csv").write_text(
        "device_id,name\nA,Microsoft Office 专业增强版 2016\nA,KMSpico v10.2.0\nB,WPS Office 2019 专业版\n", encoding="utf-8"
    )
    (tmp_path / "devices.csv").write_text("device_id,unit_id,in_use\nA,K1,yes\nB,C1,idle\nD,C1,yes\n", encoding="utf-8")
    units = (
        "unit_id,parent_id,name,tier,org_type\nC,,市,city,\nC1,C,市财政局,department,政府\nK,C,县,county,\nK1,K,县财政局,department,政府\n"
    )
    (tmp_path / "units.csv").write_text(units, encoding="utf-8")
    assessed = licmatch(
        "assess",
        tmp_path / "software.csv",
        "--devices",
        tmp_path / "devices.csv",
        "--units",
        tmp_path / "units.csv",
        "--as-of",
        "2005-07-25",
        "--no-report",
        "--quiet",
        "-o",
        tmp_path / "result",
    )
    assert assessed.code == 0, assessed.err
    file = tmp_path / "campaign.toml"
    file.write_text('schema = 1\nprogramme = "cn-gd-zhanjiang-2005"\nrubric = "licmatch-demo-100"\n', encoding="utf-8")
    ran = licmatch("campaign", file, tmp_path / "result", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["as_of"] == told["result_day"] == "2005-07-25"
    county = next(place for place in told["places"] if place["unit_id"] == "K")
    assert (county["acceptance"], county["units_reported"]) == ("not_met", 1)
    rates = {(one["unit_id"], one["group"]): (one["genuine"], one["installed"]) for one in told["groups"]}
    assert rates["K", "office"][1] == 1
    # The city's own level: no computer of the county is counted in it.
    assert rates["C", "office"][1] == 0
    assert rates["K", "general_office_2005"][1] == rates["K", "office"][1] + rates["K", "antivirus"][1]
    items = {item["id"]: item for item in next(score for score in told["scores"] if score["unit_id"] == "K")["items"]}
    assert items["D2"]["state"] == "counted"
    assert [one["name"] for one in items["D2"]["inputs"]] == ["office_genuine", "office_installed"]
    early = licmatch("campaign", file, tmp_path / "result", "--as-of", "2005-07-01")
    assert (early.code, "after the day" in early.err) == (2, True)
