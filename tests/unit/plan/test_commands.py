"""`licmatch plan` and `licmatch whatif`: the exact headers of the forms, sums as values, the folder untouched, every failure a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from licmatch import assess
from licmatch.cli.main import status
from licmatch.ingest.frames import read_frame

PRICES = """\
软件名称,版本,单价,起订数量,是否批准,软件性质
WPS Office 专业版,2019,400,1,是,采购
WPS Office 专业版,2019,350,3,是,采购
永中Office,2019,5,1,否,采购
"""
PLAN = [
    "序号",
    "软件类别",
    "软件名称",
    "版本",
    "授权方式",
    "现有许可",
    "需求数量",
    "缺口",
    "采购数量",
    "预算单价",
    "金额",
    "价格上限",
    "超限理由",
    "资金来源",
    "备注",
]
NEED = ["申请部门", "岗位", "软件名称", "版本", "数量", "用途", "软件性质", "申请人", "部门负责人意见", "日期"]
SHARE = [
    "接收单位",
    "软件名称",
    "版本",
    "许可数量",
    "介质数量",
    "授权书份数",
    "序列号段",
    "配发日期",
    "发出人",
    "接收人签字",
    "安装日期",
    "安装台数",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plan") / "result"
    rows = [(f"=PC{at}", "WPS Office 2019 专业版", "Kingsoft Corp.") for at in range(3)]
    assess(pl.DataFrame(rows, schema=["device_id", "name", "publisher"], orient="row"), as_of="2026-11-30", out=out)
    return out


@pytest.fixture
def price_list(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(PRICES, encoding="gb18030")
    return path


def test_chinese_headers_are_read(price_list: Path):
    frame, rejected = read_frame("prices", price_list)
    assert frame.select("product", "unit_price", "from_quantity", "approved", "channel").row(1) == (
        "WPS Office 专业版",
        "350",
        3,
        True,
        "purchased",
    )
    assert rejected.is_empty()


def test_the_workbook_has_the_headers_of_the_forms_and_the_sums(
    folder: Path, price_list: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "plan.xlsx"
    arguments = ["plan", str(folder), "--prices", str(price_list), "-o", str(out), "--work", "100", "--lang", "zh"]
    assert status(arguments) == 0
    assert "1,050.00" in capsys.readouterr().out
    book = CalamineWorkbook.from_path(str(out))
    assert book.sheet_names == ["需求汇总", "采购计划表", "预算", "分配表", "设备明细", "未采用的报价"]
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    assert sheets["采购计划表"][2][: len(PLAN)] == PLAN
    assert sheets["需求汇总"][2][: len(NEED)] == NEED
    assert sheets["分配表"][2][: len(SHARE)] == SHARE
    line, total = sheets["采购计划表"][3:5]
    assert (line[8], line[9], line[10], line[11]) == (3, 350, 1050, 600)
    assert (total[0], total[8], total[10]) == ("合计", 3, 1050)
    assert [row[:3] for row in sheets["预算"][3:6]] == [
        ["本年度", "采购软件经费", 1050],
        ["本年度", "工作经费", 100],
        ["本年度", "合计", 1150],
    ]
    assert [row[2] for row in sheets["设备明细"][3:6]] == ["=PC0", "=PC1", "=PC2"]
    assert "批准" in sheets["未采用的报价"][3][4]
    again = tmp_path / "again.xlsx"
    assert status([*arguments[:5], str(again), *arguments[6:]]) == 0
    assert again.read_bytes() == out.read_bytes()


def test_json_traces_each_line_to_its_devices(folder: Path, price_list: Path, capsys: pytest.CaptureFixture[str]):
    assert status(["plan", str(folder), "--prices", str(price_list), "--budget", "900", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["year"] for one in told["lines"]] == ["this", "next"]
    assert sorted(one["device_id"] for one in told["actions"]) == ["=PC0", "=PC1", "=PC2"]
    assert told["money"]["this"]["total"] <= 900
    assert told["proved"] is True


def test_whatif_leaves_the_folder_as_it_is(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    changes = tmp_path / "c.toml"
    changes.write_text('[[buy]]\nproduct = "WPS Office 2019 专业版"\nquantity = 3\n', encoding="utf-8")
    assert status(["whatif", str(folder), str(changes), "--lang", "zh"]) == 0
    assert "100.0%" in capsys.readouterr().out
    assert status(["whatif", str(folder), str(changes), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["done"]["covered"] == 3
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["plan", "{folder}", "--prices", "nowhere.csv"], 3),
        (["plan", "{folder}", "--prices", "{prices}", "-o", "plan.pdf"], 2),
        (["plan", "{folder}", "--prices", "{prices}", "--budget", "viel"], 2),
        (["plan", "{folder}", "--prices", "{prices}", "--purchaser", "nobody"], 2),
        (["plan", "{folder}", "--prices", "{prices}", "--rules", "nowhere.toml"], 3),
        (["whatif", "{folder}", "nowhere.toml"], 3),
    ],
)
def test_every_failure_is_a_sentence(arguments: list[str], code: int, folder: Path, price_list: Path, capsys: pytest.CaptureFixture[str]):
    assert status([one.format(folder=folder, prices=price_list) for one in arguments]) == code
    assert "Traceback" not in capsys.readouterr().err
