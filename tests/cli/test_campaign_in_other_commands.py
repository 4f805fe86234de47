"""One campaign file in `assess`, `report` and `forms`, and what an inspection proved in `forms`."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

DAY = ("--as-of", "2005-07-25", "--quiet")


@pytest.fixture
def file(licmatch, tmp_path) -> Path:
    made = tmp_path / "campaign.toml"
    made.write_text(licmatch("campaign", "--example", "zhanjiang").out, encoding="utf-8")
    return made


@pytest.fixture
def assessed(licmatch, tmp_path):
    """A function that assesses a computer of Suixi into a folder and returns what ran."""
    (tmp_path / "software.csv").write_text("device_id,name\nA,Microsoft Office 2003 专业版\n", encoding="utf-8")
    (tmp_path / "units.csv").write_text(
        "unit_id,parent_id,name,tier\n440800,,湛江市,city\n440823,440800,遂溪县,county\n440823-01,440823,遂溪县财政局,department\n",
        encoding="utf-8",
    )
    (tmp_path / "devices.csv").write_text("device_id,unit_id,in_use\nA,440823-01,yes\n", encoding="utf-8")
    given = ("--units", tmp_path / "units.csv", "--devices", tmp_path / "devices.csv")

    def run(*words: object):
        return licmatch("assess", tmp_path / "software.csv", "-o", tmp_path / "result", *DAY, *given, *words)

    return run


def board_of(folder: Path, sheet: str = "Campaign") -> list[dict[str, object]]:
    book = CalamineWorkbook.from_path(folder / "report.xlsx")
    if sheet not in book.sheet_names:
        return []
    head, *rows = book.get_sheet_by_name(sheet).to_python()
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_reports_show_the_board_of_the_day_of_the_result(licmatch, file, assessed, tmp_path):
    assert assessed("--campaign", file, "--lang", "en").code == 0
    told = json.loads(licmatch("campaign", file, tmp_path / "result", "--json").out)
    rows = board_of(tmp_path / "result")
    statuses = {
        "done": "Done",
        "done_late": "Done, late",
        "due_soon": "Due soon",
        "not_due": "Not due yet",
        "late": "Late",
        "missing": "Missing",
    }
    assert Counter(row["Status"] for row in rows) == Counter(statuses[row["status"]] for row in told["rows"])
    waiting = [row["Waits for"] for row in rows if row["Waits for"]]
    assert waiting
    assert not any("_" in text for text in waiting), "steps by their titles, not by their ids"
    page = (tmp_path / "result" / "report.html").read_text(encoding="utf-8")
    assert 'id="campaign"' in page
    assert licmatch("verify", tmp_path / "result").code == 0

    assert licmatch("report", tmp_path / "result", "--quiet", "--lang", "en").code == 0
    assert board_of(tmp_path / "result") == [], "what is not given is not there"
    assert licmatch("report", tmp_path / "result", "--campaign", file, "--quiet", "--lang", "en").code == 0
    assert board_of(tmp_path / "result") == rows
    assert (tmp_path / "result" / "report.html").read_text(encoding="utf-8") == page


def test_nobody_is_named_under_pseudonyms(file, assessed, tmp_path):
    (tmp_path / "key").write_text("0123456789abcdef0123456789abcdef" * 2, encoding="utf-8")
    assert assessed("--campaign", file, "--lang", "en").code == 0
    assert any(row["Who"] for row in board_of(tmp_path / "result"))
    ran = assessed("--campaign", file, "--lang", "en", "--pseudonymize", tmp_path / "key")
    assert ran.code == 0, ran.err
    rows = board_of(tmp_path / "result")
    assert rows
    assert not any(row["Who"] for row in rows)


def test_what_cannot_be_is_told_before_the_work(file, assessed, tmp_path):
    ran = assessed("--campaign", file, "--no-report")
    assert (ran.code, "--no-report" in ran.err) == (2, True)
    file.write_text(file.read_text(encoding="utf-8") + '\n[[training]]\nunit = "440823"\n', encoding="utf-8")
    ran = assessed("--campaign", file)
    assert (ran.code, "campaign.toml" in ran.err) == (3, True)
    assert not (tmp_path / "result").exists()


def test_forms_are_filled_from_the_campaign_and_the_inspection(licmatch, file, assessed, tmp_path):
    more = (
        '[[inspection]]\nunit = "440823"\nlevel = "self"\non = 2005-07-20\nunits = ["440823"]\ncomputers = 3\npassed = 2\n'
        '[[training]]\nunit = "440823"\non = 2005-07-21\ntopics = ["软件操作", "copyright"]\nexpected = 20\nattended = 19\n'
        '[[training]]\nunit = "440823"\non = 2005-07-26\ntopics = ["软件操作"]\n'
        '[[contract]]\nunit = "440823"\ncontract_no = "X"\nproduct = "Microsoft Office 2003 专业版"\n'
        "quantity = 2\nunit_price = 500.5\nsigned_on = 2005-07-22\n"
    )
    file.write_text(file.read_text(encoding="utf-8") + "\n" + more, encoding="utf-8")
    assert assessed("--no-report").code == 0
    seen = {"number": "1", "inspected": [{"unit_id": "440823", "units": 1, "computers": 7, "passed": 5}]}
    (tmp_path / "outcome.json").write_text(json.dumps(seen), encoding="utf-8")
    words = ("--only", "F2,F7,F8", "--campaign", file, "--inspected", tmp_path / "outcome.json", "--quiet")
    ran = licmatch("forms", tmp_path / "result", "-o", tmp_path / "forms", *words)
    assert ran.code == 0, ran.err

    def cells(form: str, name: str) -> list[list[object]]:
        return CalamineWorkbook.from_path(next((tmp_path / "forms").glob(f"{form}_*.xlsx"))).get_sheet_by_name(name).to_python()

    summary = cells("F2", "湛江市")
    head = next(row for row in summary if "领导机构成立(是/否)" in row)
    suixi = dict(zip(head, next(row for row in summary if "遂溪县" in row), strict=True))
    assert (suixi["检查单位数"], suixi["抽查计算机数"], suixi["合格数"]) == (2, 10, 7), "the campaign's and the outcome's"
    assert (suixi["采购许可数合计"], suixi["采购金额(万元)"]) == (2, 0.1001)
    sessions = [row for row in cells("F7", "遂溪县") if date(2005, 7, 21) in row]
    assert [row[1] for row in sessions] == ["软件操作、著作权保护"]
    assert not any(date(2005, 7, 26) in row for row in cells("F7", "遂溪县")), "after the day of the result"
    assert any("组长" in row for row in cells("F8", "湛江市"))


def test_a_file_that_is_no_outcome_of_an_inspection(licmatch, file, assessed, tmp_path):
    assert assessed("--no-report").code == 0
    ran = licmatch("forms", tmp_path / "result", "-o", tmp_path / "forms", "--inspected", file)
    assert (ran.code, "no outcome of an inspection" in ran.err) == (3, True)
    assert not (tmp_path / "forms").exists()
