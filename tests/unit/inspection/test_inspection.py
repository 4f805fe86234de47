"""Registers out and back: every row accounted for, the draw repeated, the decision by its rule."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import python_calamine

from licmatch.errors import InputError
from licmatch.inspection import Design, inspect, sample
from licmatch.inspection.agreement import compare
from licmatch.inspection.outcome import ACCEPT, FAIL, INCOMPLETE, RECTIFY, UNPROVED, not_inspected
from licmatch.inspection.outcome_workbook import render_outcome
from licmatch.inspection.problems import notices, problem_ledger, rulings_draft
from licmatch.inspection.register import BODY, register_rows, render_register
from licmatch.inspection.returned import table_of
from licmatch.inspection.sheet import register_headers, sheet

DESIGN = Design(20261130, hold="whole")
GOOD = {"os_verdict": "genuine_oem 正版（随机预装）", "office_verdict": "正版（采购）", "antivirus_verdict": "genuine_free"}
# Section 4.5 of the regulation, letter by letter.
F5A = ["被检查单位", "部门", "使用人", "计算机编号", "设备类型", "品牌型号", "MAC"]
F5A_SOFTWARE = ["名称", "版本(含版别)", "安装日期", "激活/授权状态", "授权来源", "授权凭证编号", "与台账是否一致", "判定", "问题说明"]
F5A_END = ["检查工具及版本", "检查人", "使用人签字", "单位盖章", "检查日期"]
F5C = [
    "问题编号", "单位", "设备", "问题类型", "软件名称", "依据条款", "责任人", "整改措施(卸载/更换/补购/补证/处置)", "整改期限", "完成日期",
    "复查结果", "佐证",
]  # fmt: skip
F6B = ["编号", "单位", "问题清单", "依据", "整改期限", "逾期后果", "签发人"]


@pytest.fixture
def drawn(folder):
    return sample(folder, DESIGN)


def filled(drawn, tmp_path: Path, change=lambda _device: {}, *, name: str = "back.csv", only=None) -> Path:
    """A register with every computer judged genuine but where `change` says otherwise."""
    draw, result = drawn
    given = register_rows(draw, result, lang="zh").filter(True if only is None else pl.col("device_id").is_in(only))
    rows = [{**row, **GOOD, **change(row["device_id"])} for row in given.iter_rows(named=True)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    path = tmp_path / name
    path.write_bytes(table_of(frame, path.suffix))
    return path


def sheets_of(data: bytes) -> dict[str, list[list[object]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_the_headers_are_those_of_the_regulation(drawn):
    assert [header.zh for header in register_headers()] == [*F5A, *F5A_SOFTWARE * 4, *F5A_END]
    assert [header.zh for header in sheet().F5c] == F5C
    assert [header.zh for header in sheet().F6b] == F6B
    page = sheets_of(render_register(*drawn))["抽查登记表"]
    assert page[3][:48] == [*F5A, *F5A_SOFTWARE * 4, *F5A_END]
    assert set(page[4][:48]) == {"重构"}
    assert len({header.name for header in register_headers()}) == 48


def test_the_register_leads_nobody_unless_asked(drawn):
    draw, result = drawn
    blind = str(sheets_of(render_register(draw, result))["抽查登记表"])
    shown = str(sheets_of(render_register(draw, result, prefill=True))["抽查登记表"])
    assert "Windows" not in blind
    assert "Windows 10" in shown
    page = sheets_of(render_register(draw, result, prefill=True))["抽查登记表"]
    assert all(not any(row[7:43]) for row in page[BODY:])


def test_the_same_draw_is_the_same_bytes(folder):
    assert render_register(*sample(folder, DESIGN)) == render_register(*sample(folder, DESIGN))


def test_the_warrant_names_what_a_draw_rests_on(drawn):
    draw, result = drawn
    page = sheets_of(render_register(draw, result, lang="en"))["Warrant"]
    said = {cell for row in page for cell in row}
    assert {draw.code, draw.result, draw.frame, draw.number, "20261130"} <= {str(cell) for cell in said}


@pytest.mark.parametrize("name", ["back.csv", "back.jsonl"])
def test_all_sound_is_accepted(folder, drawn, tmp_path, name):
    found, result = inspect(folder, [filled(drawn, tmp_path, name=name)])
    whole = found.figures.row(0, named=True)
    assert found.decision == ACCEPT
    assert (whole["infringing"], whole["lower"], whole["estimate"]) == (0, 0, 0.0)
    # What the plan promised: fewer than the tolerated number.
    assert whole["upper"] < -(-whole["population"] * 5 // 100)
    # A plan for the whole promises nothing of a county of which little was drawn.
    parts = found.figures.filter(pl.col("level") == "stratum")
    reached = parts["upper"] >= (parts["population"] * 5 + 99) // 100
    assert parts["decision"].to_list() == [UNPROVED if one else ACCEPT for one in reached]
    assert reached.any()
    assert problem_ledger(found, result).is_empty()


def test_a_workbook_goes_out_and_comes_back(folder, drawn, tmp_path):
    """Filled in as a person would: the words of the list, in the cells of the form."""
    from xlsxwriter import Workbook

    pages = sheets_of(render_register(*drawn))
    path = tmp_path / "back.xlsx"
    with Workbook(str(path)) as book:
        for name, rows in pages.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    page.write(at, column, cell)
                if name == "抽查登记表" and at >= BODY:
                    for block, word in (("os", "正版（随机预装）"), ("office", "genuine_purchased"), ("antivirus", "Free software")):
                        page.write(at, [header.name for header in register_headers()].index(f"{block}_verdict"), word)
    found, _ = inspect(folder, [path])
    assert found.decision == ACCEPT
    assert found.returned.used == drawn[0].drawn.height


def test_headers_by_their_words_alone_are_read(folder, drawn, tmp_path):
    """The hidden row of names is gone, and the headers came back in full width."""
    draw, result = drawn
    rows = register_rows(draw, result, lang="zh")
    headers = register_headers()
    lines = [["", *([draw.code])], [header.zh.replace("(", "（").replace(")", "）") for header in headers]]
    for row in rows.iter_rows(named=True):
        lines.append([{**row, **GOOD}[header.name] or "" for header in headers])
    path = tmp_path / "typed.csv"
    path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
    assert inspect(folder, [path])[0].decision == ACCEPT


def test_one_infringing_computer_is_to_be_rectified(folder, drawn, tmp_path):
    device = drawn[0].drawn["device_id"][0]
    path = filled(drawn, tmp_path, lambda one: {"os_verdict": "cracked", "os_remark": "KMS"} if one == device else {})
    found, result = inspect(folder, [path])
    assert found.decision == RECTIFY
    whole = found.figures.row(0, named=True)
    assert (whole["infringing"], whole["lower"] >= 1) == (1, True)
    ledger = problem_ledger(found, result)
    assert ledger.select("device_id", "measure").row(0) == (device, "卸载")
    assert "KMS" in ledger["proof"][0]
    assert notices(found, ledger).height == 1
    # Above the group it was found in nothing else is touched.
    group = drawn[0].drawn["group"][0]
    others = found.figures.filter(pl.col("level") == "group", pl.col("group") != group)
    assert set(others["decision"]) <= {ACCEPT, UNPROVED}


def test_a_valid_trial_is_a_problem_and_infringes_nothing(folder, drawn, tmp_path):
    device = drawn[0].drawn["device_id"][0]
    found, result = inspect(folder, [filled(drawn, tmp_path, lambda one: {"os_verdict": "trial_valid"} if one == device else {})])
    assert found.decision == ACCEPT
    assert problem_ledger(found, result).height == 1


def test_many_infringing_computers_fail(folder, drawn, tmp_path):
    found, _ = inspect(folder, [filled(drawn, tmp_path, lambda _: {"os_verdict": "cracked"})])
    assert found.decision == FAIL
    assert found.figures.row(0, named=True)["estimate"] == 1.0


def test_an_undetermined_computer_is_to_be_rectified_and_widens_the_bounds(folder, drawn, tmp_path):
    device = drawn[0].drawn["device_id"][0]
    sound, _ = inspect(folder, [filled(drawn, tmp_path)])
    found, _ = inspect(folder, [filled(drawn, tmp_path, lambda one: {"office_verdict": "待鉴定"} if one == device else {})])
    one, two = sound.figures.row(0, named=True), found.figures.row(0, named=True)
    assert found.decision == RECTIFY
    assert two["upper"] > one["upper"]
    assert two["lower"] == 0


def test_a_computer_nobody_inspected_leaves_it_incomplete(folder, drawn, tmp_path):
    devices = drawn[0].drawn["device_id"].to_list()
    blank = dict.fromkeys(GOOD, "")
    found, _ = inspect(folder, [filled(drawn, tmp_path, lambda one: blank if one == devices[0] else {}, only=devices[:-1])])
    whole = found.figures.row(0, named=True)
    assert found.decision == INCOMPLETE
    assert (whole["drawn"], whole["inspected"], whole["not_inspected"]) == (len(devices), len(devices) - 2, 2)
    assert {why for _, _, why in not_inspected(found)} == {"blank", "missing"}


def test_rows_that_cannot_be_used_are_refused_with_their_place(folder, drawn, tmp_path):
    devices = drawn[0].drawn["device_id"].to_list()
    first = filled(drawn, tmp_path, lambda one: {"os_verdict": "好像没问题"} if one == devices[0] else {})
    second = filled(drawn, tmp_path, lambda one: {"os_verdict": "cracked"} if one == devices[1] else {}, name="two.csv", only=devices[1:3])
    strange = filled(drawn, tmp_path, lambda _: {"device_id": "NOT-DRAWN"}, name="three.csv", only=devices[3:4])
    nobody = filled(drawn, tmp_path, lambda _: {"device_id": ""}, name="four.csv", only=devices[3:4])
    found, result = inspect(folder, [first, second, strange, nobody])
    refused = found.returned.refused
    assert sorted(refused["reason"]) == ["contradiction", "contradiction", "no_device", "not_drawn", "twice", "unknown_verdict"]
    assert refused.filter(pl.col("reason") == "unknown_verdict").select("file", "line", "detail").row(0) == (
        first.as_posix(),
        2,
        "好像没问题",
    )
    returned = found.returned
    assert returned.lines == len(devices) + 4 == returned.used + returned.blank + refused.height
    whole = found.figures.row(0, named=True)
    assert (whole["inspected"], whole["refused"], whole["not_inspected"]) == (len(devices) - 2, 2, 0)
    assert found.decision == INCOMPLETE
    pages = sheets_of(render_outcome(found, result))
    assert sum(str(row[0]).startswith("拒收") for row in pages["未检查与拒收"]) == 6


def test_sheets_of_another_result_seed_or_frame_are_refused(folder, drawn, tmp_path):
    path = filled(drawn, tmp_path)
    text = path.read_text(encoding="utf-8")

    def with_changed(pattern: str, by: str) -> Path:
        changed = tmp_path / "changed.csv"
        changed.write_text(re.sub(pattern, by, text), encoding="utf-8")
        return changed

    for pattern, by, words in (
        (r"seed=\d+", "seed=5", "seed or plan"),
        (r"tolerance=0.05", "tolerance=0.3", "seed or plan"),
        (r"result=\w{8}", "result=00000000", "another result"),
        (r"frame=\w{8}", "frame=00000000", "--ledger"),
        (r"licmatch-draw-1;\S*", "", "line of the draw"),
        (r"licmatch-draw-1;seed=\d+;", "licmatch-draw-1;seed=x;", "damaged"),
    ):
        with pytest.raises(InputError, match=words):
            inspect(folder, [with_changed(pattern, by)])


def test_sheets_of_two_draws_are_not_mixed(folder, drawn, tmp_path):
    one = filled(drawn, tmp_path)
    two = filled(sample(folder, Design(1, hold="whole")), tmp_path, name="two.csv")
    with pytest.raises(InputError, match="different draws"):
        inspect(folder, [one, two])


def test_nothing_filled_in_and_no_register_at_all(folder, drawn, tmp_path):
    with pytest.raises(InputError, match="no verdict"):
        inspect(folder, [filled(drawn, tmp_path, lambda _: dict.fromkeys(GOOD, ""))])
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="no register"):
        inspect(folder, [tmp_path / "other.csv"])
    with pytest.raises(InputError, match="no such file"):
        inspect(folder, [tmp_path / "none.csv"])


def test_scan_and_inspectors_are_compared_one_by_one(folder, drawn, tmp_path):
    found, result = inspect(folder, [filled(drawn, tmp_path)])
    table, differences = compare(found, result)
    scanned = found.devices.filter(pl.col("device_id").is_in(result.findings["device_id"].implode())).height
    assert table["computers"].sum() == 3 * scanned
    assert differences.height == table.filter(pl.col("scan") != pl.col("inspected"))["computers"].sum()
    assert set(differences["differs"]) <= {"settles", "contradicts", "doubts"}


def test_a_draft_of_rulings_counts_only_once_it_is_signed(folder, drawn, tmp_path):
    from licmatch.ingest import read_frame

    found, result = inspect(folder, [filled(drawn, tmp_path)])
    content, count = rulings_draft(found, result)
    draft = tmp_path / "draft.csv"
    draft.write_bytes(content)
    frame, rejected = read_frame("rulings", draft)
    assert (frame.height, rejected.height) == (0, count)
    assert count > 0
    signed = pl.read_csv(draft).with_columns(ruled_by=pl.lit("版权局"), document_no=pl.lit("1号"), ruled_on=pl.lit("2026-12-01"))
    signed.write_csv(draft)
    assert read_frame("rulings", draft)[0].height == count


def test_a_name_that_looks_like_a_formula_goes_out_and_comes_back():
    frame = pl.DataFrame({"device_id": ["=HYPERLINK(1)"], "os_verdict": ["cracked"], "draw": ["x"]})
    assert "'=HYPERLINK" in table_of(frame, ".csv").decode("utf-8")


def test_a_percentage_too_small_to_prove_much_says_so(folder, tmp_path):
    drawn = sample(folder, Design(3, percent=Decimal(5), minimum=0))
    found, _ = inspect(folder, [filled(drawn, tmp_path)])
    assert drawn[0].chance < Decimal("0.95")
    assert found.decision == UNPROVED
