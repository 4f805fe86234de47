"""The queue as a workbook: filled in as a person would, saved, read back, and it rules on what it showed."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import python_calamine
from tests.unit.assess.cases import devices, judged
from xlsxwriter import Workbook

from licmatch.assess.rulings_queue import COPIES_OF_A_GROUP, FILLED_IN, QUEUE
from licmatch.ingest import read_frame
from licmatch.report.rulings_book import render_rulings_book
from licmatch.result import Result

OFFICE = "Microsoft Office 专业增强版 2016"
FILLED = {"ruling_id": "鉴1", "verdict": "genuine_purchased 正版（采购）", "ruled_by": "县版权局", "document_no": "〔2026〕7号",
          "ruled_on": "2026/11/1", "expires_on": "2027年12月31日", "reason": "合同已补"}  # fmt: skip


def county(*rows: tuple[str, str], **given: Any) -> Result:
    rows = rows or (("a", OFFICE), ("b", OFFICE), ("c", OFFICE), ("c", "KMSpico"))
    placed = devices(*({"device_id": device, "unit_id": "u"} for device in dict.fromkeys(device for device, _ in rows)))
    return judged(*rows, devices=placed, **given)


def sheets(book: bytes) -> dict[str, list[list[Any]]]:
    opened = python_calamine.CalamineWorkbook.from_filelike(BytesIO(book))
    return {name: opened.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in opened.sheet_names}


def filled(book: bytes, path: Path, values: dict[str, str], *ranks: int) -> Path:
    """Type the values into the rows of these ranks and save the whole workbook, as a spreadsheet program would."""
    saved = Workbook(str(path))
    for name, rows in sheets(book).items():
        sheet = saved.add_worksheet(name)
        heads = rows[2]
        for at, row in enumerate(rows):
            named = dict(zip(heads, row, strict=False))
            if at > 2 and "ruling_id" in heads and named["rank"] in ranks:
                row = [values.get(head, cell) for head, cell in named.items()]
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
    saved.close()
    return path


def test_heads_are_chinese_over_the_names_of_the_columns() -> None:
    queue, copies, codes = sheets(render_rulings_book(county())).values()
    first = queue[2].index(FILLED_IN[0])
    assert queue[2][first : first + len(FILLED_IN)] == list(FILLED_IN)
    assert queue[1][first : first + 2] == ["鉴定意见编号（填写）", "结论（填写）"]
    assert set(queue[2]) == set(QUEUE)
    assert all("\u4e00" <= head[0] <= "\u9fff" for head in (*queue[1], *copies[1], *codes[1]) if head)
    assert {row[0] for row in copies[3:]} == {row[queue[2].index("rank")] for row in queue[3:]}
    assert codes[3][0] == "cracked 破解或非法激活"
    assert len(codes[3:]) == 19


def test_a_workbook_nobody_filled_in_is_read_and_rules_on_nothing(tmp_path: Path) -> None:
    (tmp_path / "queue.xlsx").write_bytes(render_rulings_book(county()))
    frame, rejected = read_frame("rulings", tmp_path / "queue.xlsx")
    assert (frame.height, set(rejected["reason"])) == (0, {"no verdict"})


def test_a_filled_workbook_rules_on_the_group_and_on_nothing_else(tmp_path: Path) -> None:
    before = county()
    [rank] = [row["rank"] for row in _queue(before) if row["rule_id"] == "no-rule" and row["category"].startswith("办公")]
    path = filled(render_rulings_book(before), tmp_path / "filled.xlsx", FILLED, rank)
    after = county(rulings=path)
    told = after.installations.filter(category="office").select("device_id", "verdict", "official").rows()
    assert told == [("a", "genuine_purchased", True), ("b", "genuine_purchased", True), ("c", "undetermined", False)]
    [entry] = after.rulings_log
    assert (entry["ruled_on"], entry["expires_on"], entry["reason"]) == ("2026-11-01", "2027-12-31", "合同已补")
    assert after.rejected.height == 0


def test_rows_filled_in_by_halves_are_rejected_with_their_line(tmp_path: Path) -> None:
    path = filled(render_rulings_book(county()), tmp_path / "filled.xlsx", FILLED | {"document_no": ""}, 1)
    result = county(rulings=path)
    assert result.rejected.select("line", "reason").rows() == [(4, "no document_no")]
    assert not result.installations["official"].any()


def test_the_verdict_is_chosen_from_a_list(tmp_path: Path) -> None:
    with zipfile.ZipFile(BytesIO(render_rulings_book(county()))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert '<dataValidation type="list"' in sheet
    assert "结论代码" in sheet


@pytest.mark.parametrize("hostile", ['=HYPERLINK("http://x")', "\x1b[31m", "\u202egpj", "@x", "a" * 9_000, "文号", "<b>&"])
def test_hostile_names_make_neither_formula_nor_link(hostile: str, tmp_path: Path) -> None:
    book = render_rulings_book(county((hostile, OFFICE)))
    with zipfile.ZipFile(BytesIO(book)) as parts:
        body = "".join(parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/"))
    # The list of verdicts is the one formula there is, and it is ours.
    assert "<f>" not in body
    assert "hyperlink" not in body
    (tmp_path / "queue.xlsx").write_bytes(book)
    assert read_frame("rulings", tmp_path / "queue.xlsx")[0].height == 0


def test_a_large_group_lists_some_of_its_devices_and_says_how_many_more() -> None:
    queue, copies, _ = sheets(render_rulings_book(county(*((f"d{at:04}", OFFICE) for at in range(COPIES_OF_A_GROUP + 50))))).values()
    assert queue[3][queue[2].index("devices")] == COPIES_OF_A_GROUP + 50
    assert len(copies[3:]) == COPIES_OF_A_GROUP
    assert "50" in copies[0][0]


def test_the_same_result_gives_the_same_bytes() -> None:
    assert render_rulings_book(county()) == render_rulings_book(county())


def _queue(result: Result) -> list[dict[str, Any]]:
    rows = next(iter(sheets(render_rulings_book(result)).values()))
    return pl.DataFrame(rows[3:], schema=rows[2], orient="row").to_dicts()
