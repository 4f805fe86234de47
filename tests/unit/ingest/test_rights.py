"""Entitlements from tables, licence managers, statements, bills and ledgers; what is impossible is rejected with its reason."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from licmatch.errors import InputError
from licmatch.ingest import read_frame
from licmatch.ingest.frames import read_side
from licmatch.schema import FRAMES

HEAD = "许可证号码,单位编号,软件名称,版本,授权方式,授权数量,有效期至,购买日期,单价"


def lots(folder: Path, *lines: str, head: str = HEAD, encoding: str = "gb18030") -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    file = folder / "l.csv"
    file.write_text("\n".join([head, *lines]) + "\n", encoding=encoding)
    frame, rejected = read_frame("entitlements", file)
    assert frame.schema == pl.Schema(FRAMES["entitlements"])
    return frame, rejected.select("line", "reason").rows()


def told(frame: pl.DataFrame, place: int = 0) -> dict[str, Any]:
    return {column: cell for column, cell in frame.row(place, named=True).items() if cell is not None}


def book(folder: Path, rows: list[list[Any]], merged: tuple[tuple[int, int, int, int, Any], ...] = (), sheet: str = "台账") -> Path:
    file = folder / "l.xlsx"
    with xlsxwriter.Workbook(str(file), {"default_date_format": "yyyy-mm-dd"}) as written:
        page = written.add_worksheet(sheet)
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(line, column, cell)
                elif cell != "":
                    page.write(line, column, cell)
        for first, left, last, right, value in merged:
            page.merge_range(first, left, last, right, value)
    return file


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_plain_table(tmp_path: Path, encoding: str) -> None:
    frame, rejected = lots(
        tmp_path,
        "L1,U1,WPS Office,2019,场地授权,,2025年12月31日,2022-11-24,",
        'L2,U1,Office,16,按台,"1,200 套",永久,2022/1/5,"¥1,880.50元"',
        encoding=encoding,
    )
    assert rejected == []
    assert told(frame) == {
        "entitlement_id": "L1", "unit_id": "U1", "product": "WPS Office", "release": "2019", "metric": "site", "valid_to": "2025-12-31",
        "acquired_on": "2022-11-24", "source": "table:2",
    }  # fmt: skip
    assert told(frame, 1) | {"metric": "device", "quantity": 1200, "unit_price": "1880.50", "currency": "CNY"} == told(frame, 1)
    assert frame["valid_to"].to_list()[1] is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("L,U,WPS,,按台,-5,,,", "negative quantity -5"),
        ("L,U,WPS,,按台,0,,,", "quantity 0"),
        ("L,U,WPS,,按台,9999,,,", "quantity 9999 reads as a placeholder: use metric unlimited or site, or several lots "
            "if it is the real number"),
        ("L,U,WPS,,用户,999999,,,", "quantity 999999 reads as a placeholder: use metric unlimited or site, or several l"
            "ots if it is the real number"),
        ("L,U,WPS,,按台,,,,", "no quantity"),
        ("L,U,WPS,,按台,2.5,,,", "quantity '2.5' is no whole number"),
        ("L,U,WPS,,按台,若干,,,", "quantity '若干' is no whole number"),
        ("L,U,WPS,,按台,不限,,,", "quantity '不限' and metric device contradict each other"),
        ("L,U,WPS,,按心情,5,,,", "unknown metric '按心情'"),
        ("L,U,WPS,,,5,,,", "no metric"),
        ("L,U,,,按台,5,,,", "no product"),
        (",U,WPS,,按台,5,,,", "no entitlement_id"),
        ("L,,WPS,,按台,5,,,", "no unit_id"),
        ("L,U,WPS,,按台,5,2025-02-30,,", "valid_to '2025-02-30' is no day"),
        ("L,U,WPS,,按台,5,2021年3月,,", "valid_to '2021年3月' is no day"),
        ("L,U,WPS,,按台,5,三年,,", "valid_to '三年' is no day"),
        ("L,U,WPS,,按台,5,3/4/2025,,", "valid_to '3/4/2025' may be two days: write it as 2026-03-04"),
        ("L,U,WPS,,按台,5,1924-01-01,,", "valid_to '1924-01-01' is an impossible day"),
        ("L,U,WPS,,按台,5,2020-01-01,2021-01-01,", "valid_to 2020-01-01 lies before acquired_on 2021-01-01"),
        ("L,U,WPS,,按台,5,2021-12-31 至 2020-01-01,,", "valid_to 2020-01-01 lies before valid_from 2021-12-31"),
        ("L,U,WPS,,按台,5,,,-3", "negative unit_price -3"),
        ("L,U,WPS,,按台,5,,,很贵", "unit_price '很贵' is no amount"),
        ("L,U,WPS,,OEM预装,,,,", "no quantity and no device"),
        ("合计,,,,,5,,,", "total or signature row"),
    ],
)  # fmt: skip
def test_the_impossible_is_rejected_not_mended(tmp_path: Path, line: str, reason: str) -> None:
    frame, rejected = lots(tmp_path, line, "GOOD,U,WPS,,按台,9998,,,")
    assert rejected == [(2, reason)]
    assert frame["entitlement_id"].to_list() == ["GOOD"]


def test_the_rejected_row_keeps_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text(f"{HEAD}\nL,U,办公,,按台,0,,,\n", encoding="gb18030")
    assert read_frame("entitlements", tmp_path / "l.csv")[1]["raw"].to_list() == ["L,U,办公,,按台,0,,,".encode("gb18030")]


def test_boundless_and_site_need_no_number(tmp_path: Path) -> None:
    frame, rejected = lots(
        tmp_path, "A,U,WPS,,不限,,,,", "B,U,WPS,,,不限,,,", "C,U,WPS,,场地,9999,,,", "D,U,WPS,,按台,5,2020-01-01 至 2025-12-31,,"
    )
    assert rejected == []
    assert frame.select("metric", "quantity", "valid_from", "valid_to").rows() == [
        ("unlimited", None, None, None),
        ("unlimited", None, None, None),
        ("site", 9999, None, None),
        ("device", 5, "2020-01-01", "2025-12-31"),
    ]


def test_days_of_one_file_show_their_order(tmp_path: Path) -> None:
    frame, rejected = lots(tmp_path, "A,U,WPS,,按台,5,12/31/2025,,", "B,U,WPS,,按台,5,3/4/2025,,")
    assert (frame["valid_to"].to_list(), rejected) == (["2025-12-31", "2025-03-04"], [])
    frame, rejected = lots(tmp_path, "A,U,WPS,,按台,5,31/12/2025,,", "B,U,WPS,,按台,5,3/4/2025,,")
    assert (frame["valid_to"].to_list(), rejected) == (["2025-12-31", "2025-04-03"], [])


def test_an_id_stands_for_one_lot(tmp_path: Path) -> None:
    frame, rejected = lots(tmp_path, "A,U,WPS,,按台,5,,,", "B,U,WPS,,按台,5,,,", "A,U,WPS,,按台,5,,,", "B,U,WPS,,按台,7,,,")
    assert frame["entitlement_id"].to_list() == ["A"]
    assert rejected == [
        (3, "duplicate: B stands for different lots"),
        (4, "duplicate of table:2"),
        (5, "duplicate: B stands for different lots"),
    ]


def test_an_id_stands_for_one_lot_over_files(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"{HEAD}\nA,U,WPS,,按台,5,,,\n", encoding="utf-8")
    frame, rejected = read_frame("entitlements", tmp_path)
    assert frame.height == 1
    assert rejected.select("file", "line", "raw").rows() == [((tmp_path / "b.csv").as_posix(), 2, "A,U,WPS,,按台,5,,,".encode())]


def test_bound_to_a_device(tmp_path: Path) -> None:
    head = "entitlement_id,unit_id,product,metric,quantity,device_id"
    frame, rejected = lots(tmp_path, "A,U,Windows 10 Pro,oem,,PC-1", "B,U,Windows 10 Pro,oem,3,PC-2", head=head)
    assert frame.select("metric", "quantity", "device_id").rows() == [("oem", None, "PC-1")]
    assert rejected == [(3, "bound to one device, yet 3 of them")]


def test_a_product_key_in_any_cell_is_cut(tmp_path: Path) -> None:
    frame, _ = lots(tmp_path, "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE,U,WPS,,按台,5,,,")
    assert frame["entitlement_id"].to_list() == ["*****-EEEEE"]


# --- workbooks ---


def test_numbers_of_a_spreadsheet_say_so(tmp_path: Path) -> None:
    rows = [["软件授权台账"], ["填报单位：某县财政局（盖章）"], ["许可证号", "软件名称", "版本", "授权方式", "授权数量", "购买日期"],
            ["L1", "Office", 16.0, "按台", 50, date(2022, 1, 5)]]  # fmt: skip
    read = read_side("entitlements", book(tmp_path, rows))
    assert told(read.frame) | {"unit_id": "某县财政局", "release": "16", "quantity": 50, "acquired_on": "2022-01-05"} == told(read.frame)
    assert [(notice.code, notice.count, notice.detail) for notice in read.notices] == [("NUMERIC_VERSION", 1, "版本")]


def test_merged_cells_are_filled_down_but_no_quantity_is(tmp_path: Path) -> None:
    rows = [["许可证号", "单位", "软件名称", "授权方式", "授权数量"], ["", "", "WPS", "按台", 5],
            ["", "", "Office", "按台", 7], ["L3", "U", "A", "按台", ""],
            ["L4", "U", "B", "按台", ""]]  # fmt: skip
    frame, rejected = read_frame("entitlements", book(tmp_path, rows, ((1, 0, 2, 0, "L1"), (1, 1, 2, 1, "某局"), (3, 4, 4, 4, 200))))
    assert frame.select("entitlement_id", "unit_id", "product", "quantity").rows() == [
        ("L1/1", "某局", "WPS", 5),
        ("L1/2", "某局", "Office", 7),
    ]
    assert rejected["line"].to_list() == [4, 5]
    assert set(rejected["reason"]) == {"one merged cell gives one quantity for several rows: write each row's own"}


def test_the_yearly_summary(tmp_path: Path) -> None:
    rows = [
        ["软件使用情况汇总表"], ["填报单位：某局", "", "填报日期：2026年11月"], ["一、商业软件"],
        ["软件编号", "软件类别", "名称", "版本", "授权方式", "许可数量", "已安装数量", "剩余", "有效期"],
        ["RJ-1", "办公软件", "WPS Office", "2019", "场地授权", "不限", 30, "", "2025-12-31"],
        ["RJ-2", "办公软件", "Office 标准版", "2016", "许可授权", 50, 48, 2, "永久"],
        ["RJ-3", "杀毒软件", "360天擎", "10", "许可授权", 0, 48, 2, ""],
        ["二、随机预装软件"], ["名称", "版本", "预装台数"], ["Windows 10 专业版", "", 80],
        ["三、免费软件"], ["名称", "版本", "安装台数"], ["7-Zip", "23", 60], ["合计", "", 60],
    ]  # fmt: skip
    read = read_side("entitlements", book(tmp_path, rows))
    assert read.frame.select("entitlement_id", "unit_id", "product", "metric", "quantity", "channel").rows() == [
        ("RJ-1", "某局", "WPS Office", "site", None, None),
        ("RJ-2", "某局", "Office 标准版", "device", 50, None),
        ("l/台账#10", "某局", "Windows 10 专业版", "oem", 80, "oem"),
    ]
    assert read.rejected.select("line", "reason").rows() == [(7, "quantity 0")]
    assert [notice.code for notice in read.notices] == ["LEDGER_FREE"]


def test_the_detailed_ledger_gives_only_what_came_with_the_computer(tmp_path: Path) -> None:
    rows = [
        ["软件使用情况明细表"], ["填报单位：某局"], ["序号", "部门", "计算机编号", "操作系统", "", "办公软件", ""],
        ["", "", "", "名称及版本", "授权方式", "名称及版本", "授权方式"],
        [1, "财务科", "ZCB-1", "Windows 10 专业版", "OEM预装", "WPS Office 2019", "场地授权"],
        [2, "同上", "ZCB-2", "同上", "同上", "Office 2016", "许可授权"],
    ]  # fmt: skip
    read = read_side("entitlements", book(tmp_path, rows))
    assert read.frame.select("entitlement_id", "unit_id", "product", "metric", "quantity", "device_id").rows() == [
        ("ZCB-1/3", "某局", "Windows 10 专业版", "oem", 1, "ZCB-1"),
        ("ZCB-2/3", "某局", "Windows 10 专业版", "oem", 1, "ZCB-2"),
    ]
    assert [(notice.code, notice.count) for notice in read.notices] == [("LEDGER_USES", 2)]


def test_the_ledger_of_installations_is_one_lot_a_sheet(tmp_path: Path) -> None:
    rows = [
        ["软件安装维护情况明细表"], ["填报单位：某局"], ["软件编号：RJ-2", "", "软件名称：Office 标准版", "", "版本：2016"],
        ["许可数量", 50],
        ["序号", "操作类型", "日期", "计算机编号", "使用人"], [1, "安装", "2022-01-05", "ZCB-1", "张三"],
        [2, "卸载", "2023-01-05", "ZCB-1", "张三"],
    ]  # fmt: skip
    frame, rejected = read_frame("entitlements", book(tmp_path, rows))
    assert frame.select("entitlement_id", "unit_id", "product", "release", "metric", "quantity").rows() == [
        ("RJ-2", "某局", "Office 标准版", "2016", "device", 50)
    ]
    assert rejected.is_empty()


# --- other tools ---


def test_snipe_it_has_one_row_an_assignment(tmp_path: Path) -> None:
    head = (
        "Full Name,Email,Username,Item name,serial number,Category,manufacturer,purchase date,purchase cost,purchase order,order number,"
        "Licensed To Name,Licensed to Email,expiration date,maintained,reassignable,seats,company,supplier,notes"
    )
    row = (
        ',WPS 2019 场地授权,,办公软件,Kingsoft,11/24/2022,"¥128,000.00",PO-1,,某局,,12/31/2025,true,yes,200,某局,某公司,"续保\n到期前提醒"'
    )
    (tmp_path / "l.csv").write_text(
        f"{head}\n张三,a@x,zs{row}\n李四,b@x,ls{row}\n,,,Office,,,,3/4/2021,,,,,,,,,-1,某局,,\n", encoding="utf-8"
    )
    read = read_side("entitlements", tmp_path / "l.csv")
    assert read.frame.select("unit_id", "product", "metric", "quantity", "acquired_on", "valid_to", "agreement").rows() == [
        ("某局", "WPS 2019 场地授权", "site", 200, "2022-11-24", "2025-12-31", "PO-1")
    ]
    assert read.rejected.select("line", "reason").rows() == [(6, "negative quantity -1")]
    assert [(notice.code, notice.count) for notice in read.notices] == [("DUP_ROW", 1)]


def test_glpi_licences(tmp_path: Path) -> None:
    text = (
        '"Name";"Software";"Entity";"Number";"Type";"Purchase version";"Version in use";"Serial number";"Inventory numb'
        'er";"Expiration date"\n'
        '"Office MAK";"Microsoft Office";"某局";"50";"MAK";"2016";"";"AAAAA-BBBBB-CCCCC-DDDDD-EEEEE";"LIC-1";""\n'
        '"WPS";"WPS Office";"某局";"-1";"";"2019";"";"";"";"2025-12-31"\n'
    )
    (tmp_path / "l.csv").write_text(text, encoding="utf-8-sig")
    frame, rejected = read_frame("entitlements", tmp_path / "l.csv")
    assert frame.select("entitlement_id", "product", "metric", "quantity", "channel", "release").rows() == [
        ("LIC-1", "Office MAK", "device", 50, "volume", "2016"),
        ("l#3", "WPS", "unlimited", None, None, "2019"),
    ]
    assert rejected.is_empty()


def test_configmgr_statement_knows_no_units(tmp_path: Path) -> None:
    text = (
        "Name,Publisher,Version,Language,EffectiveQuantity,PONumber,ResellerName,DateOfPurchase,SupportPurchased,Sup"
        "portExpirationDate,Comments\nAutoCAD,Autodesk,2020,Chinese,25,PO-1,某公司,03/04/2020,0,03/03/2023,\n"
    )
    (tmp_path / "l.csv").write_text(text, encoding="utf-8")
    frame, _ = read_frame("entitlements", tmp_path / "l.csv")
    assert frame.select("unit_id", "product", "quantity", "acquired_on", "maintenance_to").rows() == [
        (None, "AutoCAD", 25, "2020-03-04", "2023-03-03")
    ]


def test_microsoft_statement_without_the_rows_that_are_no_licence(tmp_path: Path) -> None:
    rows = [
        ["Microsoft License Statement"], [],
        ["Agreement Number", "License Product Family", "License Version", "Item Name", "Quantity", "Coverage End", "Transaction Date"],
        ["V1", "Office Standard", "2019", "OfficeStd 2019 SNGL OLP NL", 50, "", "2019-06-30"],
        ["V1", "Office Standard", "2019", "OfficeStd ALNG SA MVL", 50, "", "2019-06-30"],
        ["V1", "Office Standard", "2019", "OfficeStd ALNG LicSAPk MVL", 7, "2022-06-30", "2019-06-30"],
    ]  # fmt: skip
    frame, rejected = read_frame("entitlements", book(tmp_path, rows, sheet="Transaction Data"))
    assert frame.select("product", "quantity", "agreement", "maintenance_to", "channel").rows() == [
        ("Office Standard", 50, "V1", None, "volume"),
        ("Office Standard", 7, "V1", "2022-06-30", "volume"),
    ]
    assert rejected.select("line", "reason").rows() == [(5, "maintenance or step-up, no licence of its own")]


def test_cyclonedx_licensing(tmp_path: Path) -> None:
    def part(name: str, types: list[str], quantity: str) -> dict[str, Any]:
        licensing = {"altIds": [name], "licensee": {"organization": {"name": "某局"}}, "purchaseOrder": "PO", "licenseTypes": types,
                     "expiration": "2025-12-31T00:00:00Z"}  # fmt: skip
        return {
            "name": name,
            "licenses": [{"license": {"licensing": licensing, "properties": [{"name": "licmatch:quantity", "value": quantity}]}}],
        }

    nested = part("B", ["named-user", "subscription"], "3") | {"components": [part("C", ["other"], "1"), {"name": "none"}]}
    bill = {"bomFormat": "CycloneDX", "components": [part("A", ["perpetual", "device"], "200"), nested]}
    (tmp_path / "b.json").write_text(json.dumps(bill), encoding="utf-8")
    frame, rejected = read_frame("entitlements", tmp_path / "b.json")
    assert frame.select("entitlement_id", "unit_id", "product", "metric", "quantity", "channel", "valid_to").rows() == [
        ("A", "某局", "A", "device", 200, None, "2025-12-31"),
        ("B", "某局", "B", "user", 3, "subscription", "2025-12-31"),
    ]
    assert rejected["reason"].to_list() == ["no metric"]


def test_parquet_and_json_lines(tmp_path: Path) -> None:
    rows = [
        {"entitlement_id": "A", "unit_id": "U", "product": "WPS", "metric": "device", "quantity": 5},
        {"entitlement_id": "B", "unit_id": "U"},
    ]
    pl.DataFrame(rows).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame(rows).write_ndjson(tmp_path / "a.jsonl")
    for name in ("a.parquet", "a.jsonl"):
        frame, rejected = read_frame("entitlements", tmp_path / name)
        assert frame.select("entitlement_id", "quantity").rows() == [("A", 5)]
        assert rejected["reason"].to_list() == ["no product"]


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "许可证号码,软件名称\nL,WPS\n", "", "{}"])
def test_what_is_no_list_of_licences_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "l.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_frame("entitlements", tmp_path / "l.csv")
