"""Plain tables: headers by alias, forms with titles and merged cells, what is no scan, and tables too large to hold."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from licmatch.errors import InputError, UsageError
from licmatch.ingest import lazy_table, read_inventory
from licmatch.ingest.gather import NO_DEVICE, NO_DEVICE_HERE
from licmatch.schema import SOFTWARE


def software(path: Path, **options: object) -> pl.DataFrame:
    return read_inventory([path], **options).software.collect()  # type: ignore[arg-type]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_chinese_headers(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = [
        ["计算机名", "软件名称", "版本", "发布者", "备注"],
        ["PC-1", "微信电脑版", "3.9", "腾讯科技", "常用软件"],
        ["PC-2", "搜狗输入法", "9", "", ""],
    ]
    file = tmp_path / "t.csv"
    file.write_text("\n".join(delimiter.join(line) for line in lines), encoding=encoding)
    frame = software(file)
    assert frame.columns[: len(SOFTWARE)] == list(SOFTWARE)
    assert frame.select("device_id", "name", "version", "publisher", "备注", "source_row").rows() == [
        ("PC-1", "微信电脑版", "3.9", "腾讯科技", "常用软件", 2),
        ("PC-2", "搜狗输入法", "9", None, "", 3),
    ]


def test_cells_with_breaks_quotes_and_a_row_too_long(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(
        'device_id,name,version\nA,"two\nlines, ""quoted""",1\nA,x,1,extra\n\nA,5" disk tool,2\n,nameless device,1\nA,N/A,1\n',
        encoding="utf-8",
    )
    inventory = read_inventory([file])
    frame = inventory.software.collect()
    assert frame.select("name", "source_row").rows() == [('two\nlines, "quoted"', 2), ('5" disk tool', 6)]
    assert frame["device_id"].to_list() == ["A", "A"]
    assert frame["source"].to_list() == ["csv;device=content", "csv;device=content"]
    assert inventory.rejected.select("line", "reason", "raw").rows() == [
        (4, "COLUMN_SHIFT: more cells than headers", b"A,x,1,extra"),
        (7, NO_DEVICE_HERE, b",nameless device,1"),
        (8, "no name", b"A,N/A,1"),
    ]


@pytest.mark.parametrize("big", [False, True])
def test_the_file_names_the_computer_only_where_no_row_names_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, big: bool) -> None:
    if big:
        monkeypatch.setattr("licmatch.ingest.inventory.BIG_CSV", 0)
    named, blank = tmp_path / "财务科.csv", tmp_path / "PC-7.csv"
    named.write_text("计算机名称,软件名称\nPC-1,微信\n,无机器软件\n", encoding="utf-8")
    blank.write_text("计算机名称,软件名称\n,微信\n,搜狗输入法\n", encoding="utf-8")
    inventory = read_inventory([named])
    assert inventory.software.select("device_id", "name").collect().rows() == [("PC-1", "微信")]
    assert inventory.devices["device_id"].to_list() == ["PC-1"]
    assert inventory.rejected.select("line", "reason").rows() == [(3, NO_DEVICE_HERE)]
    assert read_inventory([blank]).software.select("device_id").collect()["device_id"].to_list() == ["PC-7", "PC-7"]


def test_an_unclosed_quote_does_not_swallow_the_file(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text('device_id,name\nA,one\nA,"open\nA,two\nA,three\n', encoding="utf-8")
    assert software(file)["name"].to_list() == ["one", '"open', "two", "three"]


def test_a_console_export_with_merged_cells_and_a_total(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    text = "终端名称,终端分组,操作系统,软件名称,软件版本\n财务-张三,某县/财政局,Windows 10,WinRAR,5.5\n,,,搜狗输入法,9.6\n合计,,,2,\n"
    file.write_text(text, encoding="gb18030")
    inventory = read_inventory([file])
    assert inventory.software.select("device_id", "unit_id", "name").collect().rows() == [
        ("财务-张三", "某县/财政局", "WinRAR"),
        ("财务-张三", "某县/财政局", "搜狗输入法"),
    ]
    assert inventory.devices.select("device_id", "unit_id", "os_name").rows() == [("财务-张三", "某县/财政局", "Windows 10")]
    assert inventory.rejected["reason"].to_list() == ["total or signature row"]
    assert [(notice.code, notice.count) for notice in inventory.notices] == [("FILLED_DOWN", 1)]


LEDGER = [
    ["某局软件使用情况明细表"],
    ["填报单位：某局", "", "", "", "填报日期：2026年11月22日"],
    ["序号", "部门", "计算机编号", "操作系统", "", "办公软件", "", "杀毒软件", ""],
    ["", "", "", "名称及版本", "授权方式", "名称及版本", "授权方式", "名称及版本", "授权方式"],
    ["1", "财务科", "Z-1", "Windows 10 专业版", "OEM", "WPS Office 2019", "场地授权", "360天擎", "许可"],
    ["2", "办公室", "Z-2", "WIN7旗舰版", "不详", "同上", "不详", "无", ""],
    ["合计", "", "2"],
    ["填表人：赵六"],
]


def test_a_ledger_row_without_a_computer_is_rejected_and_full_width_is_the_same_computer(tmp_path: Path) -> None:
    file = tmp_path / "台账.csv"
    rows = [
        *LEDGER[2:4],
        ["1", "财务科", "ＺＣ－０１", "", "", "WPS Office 2019", "", "", ""],
        ["2", "办公室", "", "", "", "永中Office", "", "", ""],
    ]
    file.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    inventory = read_inventory([file])
    assert inventory.software.select("device_id", "unit_id", "name").collect().rows() == [("ZC-01", "财务科", "WPS Office 2019")]
    assert inventory.rejected.select("line", "reason").rows() == [(4, NO_DEVICE)]


def check_ledger(file: Path) -> None:
    inventory = read_inventory([file])
    assert inventory.software.select("device_id", "name", "licence_mode").collect().rows() == [
        ("Z-1", "WPS Office 2019", "场地授权"),
        ("Z-1", "360天擎", "许可"),
        ("Z-2", "WPS Office 2019", None),
    ]
    assert inventory.devices.select("device_id", "os_name", "unit_id").rows() == [
        ("Z-1", "Windows 10 专业版", "某局"),
        ("Z-2", "WIN7旗舰版", "某局"),
    ]
    assert inventory.software.collect()["department"].to_list() == ["财务科", "财务科", "办公室"]
    assert inventory.rejected.height == 2


def test_the_ledger_as_csv(tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    file.write_text("\n".join(",".join(row + [""] * (9 - len(row))) for row in LEDGER), encoding="gb18030")
    check_ledger(file)


def test_the_ledger_as_workbook_and_a_plain_sheet(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "l.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(LEDGER):
            sheet.write_row(number, 0, row)
    check_ledger(tmp_path / "l.xlsx")
    with xlsxwriter.Workbook(tmp_path / "p.xlsx") as book:
        book.add_worksheet("说明").write(0, 0, "只是说明")
        sheet = book.add_worksheet("软件")
        sheet.write_row(0, 0, ["设备编号", "软件名称", "版本"])
        sheet.write_row(2, 0, ["D1", "AutoCAD", 2020.0])
    inventory = read_inventory([tmp_path / "p.xlsx"])
    assert inventory.software.select("device_id", "name", "version", "source_row").collect().rows() == [("D1", "AutoCAD", "2020", 3)]
    assert [(notice.code, notice.detail) for notice in inventory.notices] == [("SHEET_NOT_READ", "说明")]


def test_json_records(tmp_path: Path) -> None:
    records = [{"hostname": "A", "name": "微信", "version": 3.9, "tags": ["x"]}, {"hostname": "B", "name": None}]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(records), encoding="utf-8")
    for name in ("a.jsonl", "b.json"):
        inventory = read_inventory([tmp_path / name])
        assert inventory.software.select("device_id", "name", "version").collect().rows() == [("A", "微信", "3.9")]
        assert inventory.rejected.height == 1


@pytest.mark.parametrize(
    "text",
    [
        "ApplicationName,ApplicationVersion,DeviceCount\nEdge,1,412\n",
        "软件名称,版本,安装数量\n微信,3.9,20\n",
        "Name,Publisher,Version,EffectiveQuantity\nAutoCAD,Autodesk,2020,25\n",
    ],
)
def test_counts_are_no_scan(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_inventory([tmp_path / "t.csv"])


def test_columns_may_be_named(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("name,what,device_id\n1,WPS,A\n", encoding="utf-8")
    assert software(file, columns={"name": "what"})["name"].to_list() == ["WPS"]
    with pytest.raises(UsageError, match="no column is called"):
        read_inventory([file], columns={"name": "nothing"})


def test_other_frames_in_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "devices.csv").write_text(
        "设备编号,单位编号,设备类型,在用,操作系统,采集日期\nD1,U1,台式机,在用,Windows 11,2026/11/2\n,U1,,,,\n", encoding="utf-8"
    )
    (tmp_path / "units.csv").write_text("单位编号,单位名称,上级单位编号\nU1,某局,\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text(
        "device_id,product_name,license_status,partial_product_key\nD1,Office,1,AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\n", encoding="utf-8"
    )
    (tmp_path / "t.csv").write_text("device_id,kind,value\nD1,file_path,C:\\KMS\n", encoding="utf-8")
    inventory = read_inventory([tmp_path])
    assert inventory.devices.select("device_id", "unit_id", "kind", "in_use", "os_name", "collected_at").rows() == [
        ("D1", "U1", "desktop", "yes", "Windows 11", "2026-11-02")
    ]
    assert inventory.units["name"].to_list() == ["某局"]
    assert inventory.activations.select("license_status", "partial_product_key").rows() == [(1, "EEEEE")]
    assert inventory.traces["value"].to_list() == ["C:\\KMS"]
    assert inventory.rejected.select("file", "reason").rows() == [((tmp_path / "devices.csv").as_posix(), "no device_id")]


def test_product_keys_in_any_column_are_cut(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("device_id,name,备注\nA,Office,密钥 AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\n", encoding="utf-8")
    assert software(tmp_path / "t.csv")["备注"].to_list() == ["密钥 *****-EEEEE"]


@pytest.mark.parametrize("kind", ["parquet", "csv", "gbk"])
def test_large_tables_stay_lazy_and_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    frame = pl.DataFrame(
        {
            "计算机名": ["A", "A", None, "B"],
            "软件名称": ["微信电脑版", None, "搜狗\n输入法", "N/A"],
            "版本": ["3", "1", "9\x00junk", "1"],
            "备注": ["一", "二", "三", "四"],
            "部门": ["财务", "财务", None, "人事"],
        }
    )
    file = tmp_path / f"t.{'parquet' if kind == 'parquet' else 'csv'}"
    if kind == "parquet":
        frame.write_parquet(file)
    else:
        file.write_bytes(frame.write_csv().encode("gb18030" if kind == "gbk" else "utf-8"))
    monkeypatch.setattr("licmatch.ingest.inventory.BIG_CSV", 0)
    inventory = read_inventory([file])
    assert "SCAN" in inventory.software.explain()
    assert inventory.software.select("device_id", "name", "version", "备注").collect().rows() == [
        ("A", "微信电脑版", "3", "一"),
    ]
    assert inventory.rejected.select("line", "reason").rows() == [
        (2 if kind == "parquet" else 3, "no name"),
        (3 if kind == "parquet" else 4, NO_DEVICE_HERE),
        (4 if kind == "parquet" else 6, "no name"),
    ]
    assert inventory.files[0].rows == 4
    assert inventory.devices.select("device_id", "unit_id").rows() == [("A", "财务")]


TEXTS = (
    'hostname,name,version\n1,5" disk 3" x,1\n2,N/A,3\n',
    "hostname,name,version\n1,x,1\n\n2,y,2\n",
    "某局软件清单\nhostname,name,version\n1,微信,1\n合计,,2\n",
    "hostname,name,version\n1,x,z,2\n3,y,1\n4,,\n",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_table_the_scanner_would_misread_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="gb18030")
    small = read_inventory([file])
    monkeypatch.setattr("licmatch.ingest.inventory.BIG_CSV", 0)
    large = read_inventory([file])
    table = lazy_table.open_big_csv(file.name, file)
    assert table is not None
    assert table.lined
    assert large.software.collect().equals(small.software.collect())
    assert large.rejected.sort("line").drop("raw").equals(small.rejected.drop("raw"))
    assert large.files[0].rows == small.files[0].rows


def test_what_this_stage_wrote_can_be_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("device_id,name,备注\nA,x,y\n", encoding="utf-8")
    once = software(tmp_path / "a.csv")
    once.write_parquet(tmp_path / "b.parquet")
    again = software(tmp_path / "b.parquet")
    assert again.drop("source", "source_file", "source_row").equals(once.drop("source", "source_file", "source_row"))
    assert again["source_row"].to_list() == [1]


def test_a_broken_parquet_file_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(InputError, match="Parquet"):
        read_inventory([tmp_path / "t.parquet"])


def test_what_an_earlier_table_says_of_a_device_stands_before_a_later_one(tmp_path: Path) -> None:
    for name, unit in (("a", "first"), ("b", "second")):
        pl.DataFrame({"device_id": ["PC-1"], "name": ["WPS Office"], "unit_id": [unit]}).write_parquet(tmp_path / f"{name}.parquet")
    (tmp_path / "c.csv").write_text("device_id,name,unit_id\nPC-1,7-Zip,third\n", encoding="utf-8")
    assert read_inventory([tmp_path]).devices["unit_id"].to_list() == ["first"]
    assert read_inventory([tmp_path / "b.parquet", tmp_path / "c.csv"]).devices["unit_id"].to_list() == ["second"]


def test_a_console_export_of_far_too_many_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "v_Add_Remove_Programs.csv"
    file.write_text("ResourceID,ARPDisplayName0,ProductName0,Version0,Publisher0,InstallDate0" + ",x" * 2_000 + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="more than 2,000 columns"):
        read_inventory([file])
