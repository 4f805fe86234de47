"""The workbook: text stays text, the frames' own figures, the same bytes every time, in both languages."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from tests.unit.report.sample import HOSTILE, SampleResult, sample_result

from licmatch.report import figures, sheets, suspects, write_xlsx
from licmatch.report.xlsx import render_xlsx

SHEETS = {
    "zh": ["概览", "分类", "单位", "发现", "许可", "各单位许可", "软件", "未识别", "拒收", "说明"],
    "en": ["Summary", "Categories", "Units", "Findings", "Licences", "Licences by unit", "Products", "Unknown", "Rejected", "Notes"],
}


def table(data: bytes, sheet: str) -> list[dict[str, Any]]:
    head, *rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_name(sheet).to_python()
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def book(result: SampleResult) -> bytes:
    return render_xlsx(result, lang="en")


def test_the_same_result_gives_the_same_bytes(result: SampleResult, tmp_path: Path) -> None:
    write_xlsx(result, tmp_path / "a.xlsx")
    write_xlsx(sample_result(counties=3, units=8, devices=6), tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_no_file_in_the_package_carries_a_clock(book: bytes) -> None:
    with zipfile.ZipFile(BytesIO(book)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", package.read("docProps/core.xml").decode())) == {"2026-11-30T00:00:00Z"}


def test_no_formula_and_no_link_comes_out_of_an_inventory(book: bytes) -> None:
    with zipfile.ZipFile(BytesIO(book)) as package:
        for name in package.namelist():
            text = package.read(name).decode("utf-8")
            if name.startswith("xl/worksheets/"):
                # Conditional formats compare with constants; a cell's own formula would be an <f>.
                assert "<f>" not in text, name
                assert "<hyperlink" not in text, name
            assert "TargetMode" not in text, name
    names = {row["Name"] for row in table(book, "Unknown")}
    assert {name for name in HOSTILE if name.isprintable()} <= names


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sheets_are_named_in_the_language(result: SampleResult, lang: str) -> None:
    read = CalamineWorkbook.from_filelike(BytesIO(render_xlsx(result, lang=lang)))
    assert read.sheet_names == SHEETS[lang]
    for sheet in read.sheet_names[1:9]:
        head = read.get_sheet_by_name(sheet).to_python()[0]
        assert all(head), sheet
        assert len(set(head)) == len(head), sheet


def test_units_are_those_of_the_scores(result: SampleResult, book: bytes) -> None:
    rows = {row["Unit id"]: row for row in table(book, "Units")}
    assert rows.keys() == set(result.scores["unit_id"])
    titles = {"os": "Operating system", "office": "Office software", "antivirus": "Antivirus"}
    for score in result.scores.iter_rows(named=True):
        row = rows[score["unit_id"]]
        assert (row["Devices"], row["In use"], row["Points, low"], row["Points, high"]) == (
            score["devices"], score["in_use"], score["points_low"], score["points_high"])  # fmt: skip
        for category, title in titles.items():
            assert row[f"{title} Genuine"] == score[f"{category}_genuine"]
            assert row[f"{title} Undetermined"] == score[f"{category}_undetermined"]
            assert row[f"{title} Genuine rate, low"] == pytest.approx(score[f"{category}_rate_low"])
            assert row[f"{title} Coverage, high"] == pytest.approx(score[f"{category}_coverage_high"])


def test_units_stand_below_their_parents(result: SampleResult, book: bytes) -> None:
    seen: set[str] = set()
    parents = dict(result.scores.select("unit_id", "parent_id").iter_rows())
    for row in table(book, "Units"):
        assert parents[row["Unit id"]] is None or parents[row["Unit id"]] in seen
        seen.add(row["Unit id"])


def test_children_add_up_to_their_parents_in_the_sheet(result: SampleResult, book: bytes) -> None:
    rows = {row["Unit id"]: row for row in table(book, "Units")}
    parents = dict(result.scores.select("unit_id", "parent_id").iter_rows())
    for unit_id, row in rows.items():
        below = [rows[child] for child, parent in parents.items() if parent == unit_id]
        for column in ("Devices", "Devices with suspected traces", "Office software Installed", "Antivirus Absent"):
            assert not below or row[column] == sum(child[column] for child in below)


def test_findings_are_listed_suspected_first_with_evidence(result: SampleResult, book: bytes) -> None:
    rows = table(book, "Findings")
    assert len(rows) == suspects.listed_findings(result).height
    marked = [row for row in rows if row["Suspected"] == "yes"]
    assert rows[: len(marked)] == marked
    assert len(marked) == result.findings.filter(suspects.is_suspected()).height
    assert all(row["Evidence"].startswith("Signature hit: ") for row in marked)


def test_products_count_every_installation_once(result: SampleResult, book: bytes) -> None:
    rows = table(book, "Products")
    assert sum(row["Installed"] for row in rows) == result.installations.height
    assert sum(row["Genuine"] for row in rows) == result.installations.filter(pl.col("state") == "genuine").height


def test_unknown_and_rejected_are_all_there(result: SampleResult, book: bytes) -> None:
    assert sum(row["Rows"] for row in table(book, "Unknown")) == result.unknown["rows"].sum()
    assert [row["Line"] for row in table(book, "Rejected")] == ["", 14, 15]


def test_summary_shows_the_totals(result: SampleResult, book: bytes) -> None:
    cells = CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_name("Summary").to_python()
    held = {row[0]: row[1] for row in cells if len(row) > 1}
    totals = result.manifest["totals"]
    assert [held[name] for name in ("Rows in", "Recognised", "Ambiguous", "Unknown", "Rejected", "Devices", "Units")] == [
        totals[key] for key in ("rows_in", "recognised", "ambiguous", "unknown", "rejected", "devices", "units")
    ]
    whole = figures.overview(result)
    assert held["Office software"] == pytest.approx(whole.categories[1].rate.low)


def test_a_cut_list_says_what_is_left(result: SampleResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "UNKNOWN_LISTED", 10)
    rows = CalamineWorkbook.from_filelike(BytesIO(render_xlsx(result, lang="en"))).get_sheet_by_name("Unknown").to_python()
    assert rows[-1][0] == f"Only the first 10 rows are listed; {result.unknown.height - 10} more are in unknown.parquet."


def test_a_result_without_findings_still_makes_a_workbook(result: SampleResult) -> None:
    bare = dataclasses.replace(
        result, findings=result.findings.clear(), installations=result.installations.clear(), unknown=result.unknown.clear(),
        rejected=result.rejected.clear(), matches=result.matches.clear(), manifest={"as_of": "2026-11-30"},
    )  # fmt: skip
    assert table(render_xlsx(bare, lang="zh"), "发现") == []
