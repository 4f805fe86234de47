"""Canonical frames other than software from plain tables: types, Chinese words, required columns."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from licmatch.errors import InputError, UsageError
from licmatch.ingest import read_frame
from licmatch.schema import FRAMES


def table(folder: Path, text: str) -> Path:
    file = folder / "t.csv"
    file.write_text(text, encoding="gb18030")
    return file


def test_units(tmp_path: Path) -> None:
    frame, rejected = read_frame(
        "units", table(tmp_path, '单位编号,单位名称,上级单位编号,级别,编制人数,实有人数\n440800,湛江市,,市级,"1,200",不详\n,某局,,,,\n')
    )
    assert frame.schema == pl.Schema(FRAMES["units"])
    assert frame.select("unit_id", "name", "parent_id", "tier", "staff_quota", "staff_actual").rows() == [
        ("440800", "湛江市", None, "city", 1200, None)
    ]
    assert rejected.select("line", "reason").rows() == [(3, "no unit_id")]


def test_entitlements_and_rulings(tmp_path: Path) -> None:
    frame, _ = read_frame(
        "entitlements",
        table(
            tmp_path, "许可证号码,单位编号,软件名称,版本,授权方式,授权数量,有效期至\nL1,U1,WPS Office,2019,场地授权,200,2025年12月31日\n"
        ),
    )
    assert frame.select("entitlement_id", "product", "release", "metric", "quantity", "valid_to").rows() == [
        ("L1", "WPS Office", "2019", "site", 200, "2025-12-31")
    ]
    frame, _ = read_frame(
        "rulings", table(tmp_path, "ruling_id,verdict,ruled_by,document_no,ruled_on,device_id\nR1,cracked,版权局,粤1号,2026/1/5,D1\n")
    )
    assert frame.select("verdict", "ruled_on").rows() == [("cracked", "2026-01-05")]


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "xlsx"])
def test_devices_in_every_container(tmp_path: Path, kind: str) -> None:
    frame = pl.DataFrame({"device_id": ["D1", "D2"], "unit_id": ["U", "U"], "in_use": ["yes", "unknown"], "os_name": ["Windows 11", None]})
    file = tmp_path / f"d.{kind}"
    if kind == "parquet":
        frame.write_parquet(file)
    elif kind == "jsonl":
        frame.write_ndjson(file)
    else:
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([tuple(frame.columns), *frame.rows()]):
                sheet.write_row(number, 0, row)
    read, rejected = read_frame("devices", file)
    assert read.select(frame.columns).equals(frame)
    assert rejected.height == 0


def test_faults_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lacks"):
        read_frame("rulings", table(tmp_path, "ruling_id,verdict\nR1,cracked\n"))
    with pytest.raises(InputError, match="no such file"):
        read_frame("units", tmp_path / "none.csv")
    with pytest.raises(UsageError):
        read_frame("colours", tmp_path / "none.csv")
