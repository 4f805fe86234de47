"""Filled forms read back: every header in full or half width, every row read or rejected with its cell, every identity with its address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from tests.unit.forms.estate import entitlements

from licmatch import Engine, Result
from licmatch.errors import InputError
from licmatch.forms import load_definitions
from licmatch.forms.canonical import frames
from licmatch.forms.compare import differences
from licmatch.forms.figures import figures
from licmatch.forms.making import Making
from licmatch.forms.read import Reading, read_forms
from licmatch.forms.recognition import by_engine
from licmatch.forms.survey import surveys
from licmatch.forms.write import write_forms
from licmatch.ingest import read_frame
from licmatch.schema import ENTITLEMENTS, ORGANISATION, UNITS

Rows = Sequence[Sequence[Any]]
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "　"})


def book(path: Path, rows: Rows, name: str = "调查表") -> Path:
    """Write the cells as a person's workbook: numbers as numbers, days as days, nothing merged."""
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet(name)
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, datetime(cell.year, cell.month, cell.day), day)
                elif cell is not None:
                    sheet.write(at, column, cell)
    return path


SURVEY: list[list[Any]] = [
    ["政府使用软件调查表"],
    [],
    ["填报单位(盖章)", "湛江市财政局", None, "单位代码 / 统一社会信用代码", "C-1"],
    ["级别", "市级", None, "填报时间 年 月", "2026年11月"],
    ["编制人数", "实有人数(实际人数)", "使用计算机人数", "服务器(台)", "台式机(台)", "便携机(台)", "其他(台)", "计算机总数", "其中: 在用"],
    [20, 18, 15, 1, 1, 1, 0, 3, 3],
    [],
    [
        "软件类别(操作系统/办公软件/杀毒软件/服务器操作系统)", "软件名称", "版本", "安装数量", "正版数量", "盗版(未授权)数量", "待鉴定数量",
        "正版来源", None, None, None, "正版套数", "许可数", "是否有合法书面授权文件", "授权凭证类型", "编号",
    ],
    [None] * 7 + ["采购", "随机预装", "上级配发", "免费"],
    ["办公软件", "WPS Office", "2019 Professional", 16.0, 16, 0, 0, 16, 0, 0, 0, None, 5, "有", "授权书", "ZJ-1"],
    [],
    ["操作系统", "Windows 10", "Pro", 2, 1, 1, 0, 1, 0, 0, 0],
    ["合计", None, None, 18, 17, 1, 0, 17, 0, 0, 0],
    ["需更换数量", "需新购数量", "需升级数量", "拟采购软件品种", "拟采购数量(许可)", "预计单价", "金额(元)", "工作经费(元)", "备注"],
    [1, 2, 0, "WPS Office 2019 专业版", 3, 400, 1200, None, None],
    ["单位负责人(签字)", "李四", "填表人", "王五", "联系方式", "0759-1234567", "填表时间", date(2026, 11, 30)],
]  # fmt: skip


def changed(*cells: tuple[int, int, Any], rows: Rows = SURVEY) -> list[list[Any]]:
    """Return the survey with other cells: (row from 1, column from 1, value)."""
    made = [list(row) for row in rows]
    for line, column, value in cells:
        made[line - 1] += [None] * (column - len(made[line - 1]))
        made[line - 1][column - 1] = value
    return made


def read(*paths: Path, mapping: Path | None = None) -> Reading:
    return read_forms([str(path) for path in paths], load_definitions(mapping))


def test_what_was_written_is_read_back(folder: Path, making: Making) -> None:
    reading = read(next(folder.glob("F1_*")))
    assert (reading.rejected, reading.faults, reading.notices) == ([], [], [])
    for filled, made in zip(reading.forms, surveys(making), strict=True):
        assert (filled.unit_id, filled.unit_name) == (made.unit_id, made.unit_name)
        assert [{k: v for k, v in row.items() if v is not None} for row in filled.rows("software")] == [
            {k: v for k, v in row.items() if v is not None} for row in made.rows("software")
        ]
        assert filled.first("people") == {name: made.first("people").get(name) for name in filled.first("people")}


def test_every_form_is_recognised_as_itself(folder: Path) -> None:
    for path in sorted(folder.rglob("*.xlsx")):
        reading = read(path)
        assert {filled.form.id for filled in reading.forms} == {path.name.split("_")[0]}
        assert (reading.rejected, reading.faults) == ([], []), path.name


def test_forms_with_english_labels_are_recognised_too(result: Result, engine: Engine, tmp_path: Path) -> None:
    write_forms(result, tmp_path / "en", engine=engine, definitions=load_definitions(), lang="en")
    for path in sorted((tmp_path / "en").rglob("*.xlsx")):
        reading = read(path)
        assert {filled.form.id for filled in reading.forms} == {path.name.split("_")[0]}
        assert (reading.rejected, reading.faults) == ([], []), path.name


def test_a_form_filled_in_by_a_person(tmp_path: Path) -> None:
    reading = read(book(tmp_path / "f1.xlsx", SURVEY))
    (filled,) = reading.forms
    assert (reading.rows_in, reading.rows_read, reading.rejected, reading.faults) == (4, 4, [], [])
    assert (filled.unit_id, filled.first("head")["period"]) == ("C-1", "2026-11")
    first = filled.rows("software")[0]
    assert (first["installed"], first["src_purchased"], first["has_written_authorisation"], first["evidence_no"]) == (16, 16, "是", "ZJ-1")
    assert filled.rows("demand")[0]["qty_to_buy"] == 3
    assert filled.first("sign") == {"signed_by": "李四", "filled_by": "王五", "contact": "0759-1234567", "filled_on": date(2026, 11, 30)}


def test_full_and_half_width_headers_and_numbers_are_the_same(tmp_path: Path) -> None:
    wide = [[str(cell).translate(WIDE) if isinstance(cell, str | int) else cell for cell in row] for row in SURVEY]
    half, full = read(book(tmp_path / "a.xlsx", SURVEY)), read(book(tmp_path / "b.xlsx", wide))
    assert full.rejected == []
    for part in ("people", "demand"):
        numbers = [[v for v in row.values() if not isinstance(v, str)] for row in full.forms[0].rows(part)]
        assert numbers == [[v for v in row.values() if not isinstance(v, str)] for row in half.forms[0].rows(part)]
    counts = [{k: v for k, v in row.items() if isinstance(v, int)} for row in full.forms[0].rows("software")]
    assert counts == [{k: v for k, v in row.items() if isinstance(v, int)} for row in half.forms[0].rows("software")]


def test_extra_title_rows_and_a_delimited_text_are_read_too(tmp_path: Path) -> None:
    rows = [["附件1"], ["湛江市2026年软件正版化"], *SURVEY]
    assert len(read(book(tmp_path / "f1.xlsx", rows)).forms[0].rows("software")) == 2
    text = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in SURVEY)
    (tmp_path / "f1.csv").write_text(text, encoding="gb18030")
    reading = read(tmp_path / "f1.csv")
    assert (reading.rows_read, reading.rejected) == (4, [])


@pytest.mark.parametrize(
    ("cells", "check", "where"),
    [
        ([(6, 8, 4)], "I1", "调查表!H6"),
        ([(6, 9, 9)], "I11", "调查表!I6"),
        ([(10, 5, 15), (13, 5, 16), (10, 8, 15), (13, 8, 16)], "I2", "调查表!D10"),
        ([(10, 8, 15), (13, 8, 16)], "I3", "调查表!E10"),
        ([(13, 4, 19)], "I9", "调查表!D13"),
        ([(15, 7, 1300)], "I8", "调查表!G15"),
    ],
)
def test_what_does_not_add_up_is_told_with_its_cell(cells: list[tuple[int, int, Any]], check: str, where: str, tmp_path: Path) -> None:
    reading = read(book(tmp_path / "f1.xlsx", changed(*cells)))
    assert [(fault.check, fault.address) for _, _, fault in reading.faults] == [(check, where)]


@pytest.mark.parametrize(
    ("cell", "where", "why"),
    [
        ((10, 4, "约16"), "调查表!D10", "no whole number"),
        ((10, 5, -1), "调查表!E10", "negative"),
        ((10, 4, 16.5), "调查表!D10", "no whole number"),
        ((10, 14, "也许"), "调查表!N10", "neither yes nor no"),
        ((15, 6, "四百"), "调查表!F15", "no amount"),
    ],
)
def test_a_cell_that_cannot_be_read_rejects_its_row(cell: tuple[int, int, Any], where: str, why: str, tmp_path: Path) -> None:
    reading = read(book(tmp_path / "f1.xlsx", changed(cell)))
    (row,) = reading.rejected
    assert row[1] == cell[0]
    assert where in row[2]
    assert why in row[2]
    assert (reading.rows_in, reading.rows_read) == (4, 3)
    assert reading.rejected_frame().height == 1


def test_nothing_disappears_below_the_signatures_or_on_other_sheets(tmp_path: Path) -> None:
    rows = [*SURVEY, ["办公软件", "永中Office", "2016", 4, 4]]
    reading = read(book(tmp_path / "f1.xlsx", rows))
    assert [(line, "below the signatures" in why) for _, line, why, _ in reading.rejected] == [(17, True)]
    with xlsxwriter.Workbook(str(tmp_path / "two.xlsx")) as made:
        for name, cells in (("调查表", SURVEY), ("联系人", [["张三", "0759"], ["李四", "0760"]])):
            sheet = made.add_worksheet(name)
            for at, row in enumerate(cells):
                for column, cell in enumerate(row):
                    sheet.write(at, column, str(cell) if isinstance(cell, date) else cell)
    reading = read(tmp_path / "two.xlsx")
    assert [(line, why) for _, line, why, _ in reading.rejected] == [
        (1, "联系人: the sheet is none of the forms"),
        (2, "联系人: the sheet is none of the forms"),
    ]
    assert [notice.code for notice in reading.notices] == ["OTHER_SHEET"]


def test_unknown_and_missing_columns_are_told(tmp_path: Path) -> None:
    rows = changed((8, 3, None), (8, 17, "存放地点"))
    reading = read(book(tmp_path / "f1.xlsx", rows))
    assert {notice.code: notice.detail for notice in reading.notices} == {
        "MISSING_COLUMN": "调查表: 版本", "UNKNOWN_COLUMN": "调查表: 存放地点",
    }  # fmt: skip


def test_what_is_no_form_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing here is one of the forms"):
        read(book(tmp_path / "other.xlsx", [["甲", "乙"], [1, 2]]))
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(InputError):
        read(tmp_path / "broken.xlsx")


def test_an_office_with_its_own_headers_is_read_with_its_mapping(tmp_path: Path) -> None:
    mapping = tmp_path / "own.toml"
    mapping.write_text('[F1.columns]\ninstalled = "现装套数"\n[F1.groups]\n"正版来源" = "来源"\n', encoding="utf-8")
    rows = changed((8, 4, "现装套数"), (8, 8, "来源"))
    reading = read(book(tmp_path / "f1.xlsx", rows), mapping=mapping)
    assert [row["installed"] for row in reading.forms[0].rows("software")] == [16, 2]
    assert read(book(tmp_path / "plain.xlsx", SURVEY), mapping=mapping).rejected == [], "the built-in header still reads"


def test_a_whole_product_key_is_cut(tmp_path: Path) -> None:
    reading = read(book(tmp_path / "f1.xlsx", changed((10, 16, "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"))))
    assert reading.forms[0].rows("software")[0]["evidence_no"] == "*****-EEEEE"


REGISTER: list[list[Any]] = [
    ["软件授权(许可)台账"],
    ["填报单位：湛江市财政局　单位代码：C-1"],
    ["软件名称", "版本", "来源类型", "许可证号码", "有效期", "购买日期", "授权方式", "授权数量", "使用范围", "供应商", "发票编号",
     "维护服务期限", "使用部门及责任人", "合同编号", "授权证书编号", "介质保管", "处置方式(转让/捐赠/调剂/报废)"],
    ["WPS Office 专业版", "2019", "采购", "L-1", "2020-01-01 至 2030-12-31", date(2020, 1, 2), "许可授权", 5, None, "某公司", "F-1", None,
     "湛江市财政局", "HT-1", "Z-1"],
    ["Windows 10 专业版", None, "采购", "L-2", None, date(2020, 1, 2), "场地授权", 7],
    ["Windows 10 专业版", None, "采购", "L-3", None, date(2020, 1, 2), "按什么", 7],
    ["合计", None, None, None, None, None, None, 12],
]  # fmt: skip


def test_a_register_becomes_entitlements_and_every_row_is_accounted_for(tmp_path: Path) -> None:
    reading = read(book(tmp_path / "f3d.xlsx", REGISTER, "台账"))
    made = frames(reading, load_definitions(), {"湛江市财政局": "C-1"})["entitlements"]
    assert made.columns == list(ENTITLEMENTS)
    assert made.select("entitlement_id", "unit_id", "metric", "quantity", "valid_from", "valid_to", "proofs").to_dicts()[0] == {
        "entitlement_id": "L-1", "unit_id": "C-1", "metric": "device", "quantity": 5, "valid_from": "2020-01-01", "valid_to": "2030-12-31",
        "proofs": "F-1;Z-1",
    }  # fmt: skip
    assert [(line, "按什么" in why) for _, line, why, _ in reading.rejected] == [(6, True)]
    assert (reading.rows_in, reading.rows_read) == (3, 2)
    # A site licence has no number (I12); and 5 and 7 and 7 are not 12 (I9).
    assert [(fault.check, fault.kind, fault.address) for _, _, fault in reading.faults] == [
        ("I12", "unlimited", "台账!H5"), ("I9", "total", "台账!H7"),
    ]  # fmt: skip


def test_the_register_that_is_written_reads_back_as_the_same_lots(result: Result, engine: Engine, tmp_path: Path) -> None:
    entitlements().write_csv(tmp_path / "lots.csv")
    given, _ = read_frame("entitlements", tmp_path / "lots.csv")
    write_forms(result, tmp_path / "forms", engine=engine, definitions=load_definitions(), only=["F3d"], entitlements=given)
    names = {row[0]: row[1] for row in result.units.select("name", "unit_id").iter_rows()}
    made = frames(read(tmp_path / "forms"), load_definitions(), names)["entitlements"]
    columns = ["entitlement_id", "unit_id", "product", "metric", "quantity", "acquired_on"]
    assert made.sort("entitlement_id").select(columns).rows() == given.sort("entitlement_id").select(columns).rows()


def test_the_free_list_the_distribution_and_the_training_come_in(tmp_path: Path) -> None:
    free = book(
        tmp_path / "f3e.xlsx",
        [["可使用免费软件清单"], ["序号", "软件名称", "版本", "用途", "许可协议名称及版本", "是否允许机构使用", "来源网址", "批准日期"],
         [1, "7-Zip", "22", "压缩", "LGPL", "是", "https://7-zip.org", "2026.3.5"], [2, "火绒安全软件", "5", "杀毒", "EULA", "否"]],
        "清单",
    )  # fmt: skip
    handed = book(
        tmp_path / "f4d.xlsx",
        [["正版软件配发登记表"], ["接收单位", "软件名称", "版本", "许可数量", "介质数量", "授权书份数", "序列号段", "配发日期", "发出人",
          "接收人签字", "安装日期", "安装台数"],
         ["湛江市财政局", "WPS Office", "2019", 5, 1, 1, None, "2026年11月3日", "甲", "乙", None, 6]],
        "配发",
    )  # fmt: skip
    trained = book(
        tmp_path / "f7.xlsx",
        [["培训登记"], ["日期", "主题", "对象", "应到", "实到", "讲师", "签到表"],
         [date(2005, 7, 4), "著作权保护", "各单位", 40, 38, "丙", "有"]],
        "培训",
    )  # fmt: skip
    reading = read(free, handed, trained)
    made = frames(reading, load_definitions(), {})
    assert made["organisation"].columns == list(ORGANISATION)
    assert made["organisation"].select("fact", "value", "valid_from").rows() == [("free_software", "7-Zip 22", "2026-03-05")]
    assert made["distribution"].select("to_unit", "licence_count", "handed_on", "installed").rows() == [
        ("湛江市财政局", 5, date(2026, 11, 3), 6)
    ]
    assert made["training"].select("date", "topic", "expected", "attended").rows() == [(date(2005, 7, 4), "著作权保护", 40, 38)]
    assert [(fault.check, fault.address) for _, _, fault in reading.faults] == [("I10", "配发!L3")]


def test_a_survey_becomes_units(tmp_path: Path) -> None:
    made = frames(read(book(tmp_path / "f1.xlsx", SURVEY)), load_definitions(), {})
    assert made["units"].columns == list(UNITS)
    assert made["units"].select("unit_id", "name", "staff_quota", "computer_users").rows() == [("C-1", "湛江市财政局", 20, 15)]
    assert made["survey_software"]["cell"].to_list() == ["调查表!A10", "调查表!A12"]


@pytest.fixture(scope="module")
def compare(result: Result, engine: Engine) -> Callable[[Reading], pl.DataFrame]:
    definitions = load_definitions()
    making = Making(figures(result, engine, definitions), definitions)
    return lambda reading: differences(reading, making, lambda texts: by_engine(engine, texts))


def test_forms_as_they_were_written_differ_in_nothing(folder: Path, compare: Callable[[Reading], pl.DataFrame]) -> None:
    found = compare(read(next(folder.glob("F1_*")), next(folder.glob("F2_*"))))
    assert found.rows() == []


def test_differences_name_field_form_and_scan(folder: Path, compare: Callable[[Reading], pl.DataFrame], tmp_path: Path) -> None:
    rows = changed(
        (6, 4, 2),
        (6, 8, 4),
        (10, 3, "2019专业版"),
        (10, 4, 1),
        (10, 5, 1),
        (10, 8, 1),
        (13, 4, 3),
        (13, 5, 2),
        (13, 8, 2),
        (12, 2, "金山毒霸"),
    )
    found = compare(read(book(tmp_path / "f1.xlsx", rows)))
    own = found.filter(pl.col("unit_id") == "C-1")
    said = {(row["what"], row["field"]): (row["form_says"], row["scan_says"], row["cell"]) for row in own.iter_rows(named=True)}
    assert said["", "servers"] == ("2", "1", "调查表!D6")
    assert said["", "computers_total"] == ("4", "3", "调查表!H6")
    assert said["金山毒霸 Pro", "not_in_scan"][0] == "2"
    assert ("Windows 10 Pro", "not_on_form") in said
    assert not [key for key in said if "WPS" in key[0]], "a product is the same however a person writes its edition"
    missing = found.filter(pl.col("field") == "no_form")["unit_id"].to_list()
    assert missing == ["Z1", "K1-1", "K1-2", "K1-T"]


def test_a_unit_nobody_knows_is_told(compare: Callable[[Reading], pl.DataFrame], tmp_path: Path) -> None:
    found = compare(read(book(tmp_path / "f1.xlsx", changed((3, 2, "某县某局"), (3, 5, "X-9")))))
    assert found.row(0, named=True)["field"] == "no_such_unit"
