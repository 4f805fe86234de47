"""The input of `match`: a plain table comes through untouched, other inputs as canonical software."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from licmatch.errors import InputError, UsageError
from licmatch.ingest import read_names


def test_a_plain_table_keeps_everything(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("序号,软件名称,版本,厂商,备注\n1,微信,3.9,腾讯, x \n2,,,,\n3,WPS,,,\n", encoding="gb18030")
    table = read_names([file])
    assert (table.name, table.publisher, table.version) == ("软件名称", "厂商", "版本")
    assert table.frame.collect().rows() == [
        ("1", "微信", "3.9", "腾讯", " x "),
        ("2", None, None, None, None),
        ("3", "WPS", None, None, None),
    ]
    assert table.files[0].rows == 3
    assert table.rejected.height == 0


def test_columns_may_be_named_where_no_header_is_known(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("alpha;beta\n微信;腾讯\n", encoding="utf-8")
    table = read_names([file], name="alpha", publisher="beta")
    assert (table.name, table.publisher, table.version) == ("alpha", "beta", None)
    assert table.frame.collect().rows() == [("微信", "腾讯")]
    with pytest.raises(UsageError):
        read_names([file], name="gamma")
    with pytest.raises(InputError):
        read_names([file])


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [1, 2], "name": ["a", None], "when": [[1], [2]]})
    frame.write_parquet(tmp_path / "t.parquet")
    table = read_names([tmp_path / "t.parquet"])
    assert table.frame.collect().equals(frame)
    assert table.name == "name"


def test_a_workbook_and_json_lines(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        book.add_worksheet().write_column(0, 0, ["软件名称", "微信", "WPS"])
    (tmp_path / "t.jsonl").write_text('{"name": "微信"}\n{"name": "WPS"}\n', encoding="utf-8")
    for name in ("t.xlsx", "t.jsonl"):
        table = read_names([tmp_path / name])
        assert table.frame.select(table.name).collect().to_series().to_list() == ["微信", "WPS"]


def test_a_dump_or_several_files_are_canonical(tmp_path: Path) -> None:
    (tmp_path / "PC-1.txt").write_text("bash\tamd64\t5.2\t7164\tshells\tinstall ok installed\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("device_id,name\nA,x\n", encoding="utf-8")
    assert read_names([tmp_path / "PC-1.txt"]).frame.select("device_id", "name").collect().rows() == [("PC-1", "bash")]
    table = read_names([tmp_path])
    assert table.frame.select("device_id", "name", "version").collect().rows() == [("PC-1", "bash", "5.2"), ("A", "x", None)]
    assert (table.name, table.publisher, table.version) == ("name", "publisher", "version")


def test_an_export_csv_of_the_uninstall_keys_keeps_its_own_columns(tmp_path):
    path = tmp_path / "PC-1.csv"
    rows = ["#TYPE Selected.Object", '"DisplayName","DisplayVersion","Publisher","InstallDate","PSChildName"',
            '"微信","3.9","腾讯科技(深圳)有限公司","20230102","WeChat"', '"","","","","AddressBook"']  # fmt: skip
    path.write_bytes("\r\n".join(rows).encode("gbk") + b"\r\n")
    table = read_names([path])
    frame = table.frame.collect()
    assert frame.columns == ["DisplayName", "DisplayVersion", "Publisher", "InstallDate", "PSChildName"]
    assert (table.name, table.publisher, table.version) == ("DisplayName", "Publisher", "DisplayVersion")
    assert frame["InstallDate"].to_list() == ["20230102", None]
    assert frame.height == 2
    assert table.rejected.is_empty()
