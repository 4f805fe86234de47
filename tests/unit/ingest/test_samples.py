"""A walk over a folder of real dumps, where one stands beside the checkout: every file reads or says why not, and adds up."""

from __future__ import annotations

import gzip
import warnings
import zipfile
from pathlib import Path

import polars as pl
import pytest

from licmatch.errors import LicmatchError
from licmatch.ingest import read_frame, read_inventory

SAMPLES = Path(__file__).parents[4] / "shared" / "facts" / "formats" / "samples"


def test_every_sample_reads_or_says_why_not() -> None:
    if not SAMPLES.is_dir():
        pytest.skip("NO SAMPLES: the folder of real dumps does not stand beside this checkout, so none was read")
    read = 0
    refusals: dict[str, str] = {}
    for file in sorted(SAMPLES.iterdir()):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                inventory = read_inventory([file])
        except LicmatchError as error:
            refusals[file.name] = str(error)
            continue
        read += 1
        emitted = inventory.software.select(pl.len()).collect().item()
        assert sum(entry.rows for entry in inventory.files) == emitted + inventory.rejected.height, file.name
        assert emitted or inventory.activations.height or inventory.devices.height, file.name
    assert read >= 30
    assert all(name in words and "\n  hint: " in words for name, words in refusals.items()), refusals


# What these hold, read by a person: format, software rows, rejected rows, devices, and one row.
READ = {
    "aliyun_sase_ListSoftwareForUserDevice.json": (
        "aliyun-sase",
        1,
        0,
        1,
        {"name": "钉钉", "version": "7.0.40", "install_date": "2023-08-18"},
    ),
    "brew_info_v2.json": ("homebrew", 2, 0, 1, {"name": "Docker Desktop", "version": "4.29.0,145265", "product_code": "docker"}),
    "cn_ledger_detail.xlsx": (
        "xlsx",
        4,
        1,
        2,
        {"device_id": "ZCB-002", "unit_id": "某县财政局", "name": "火绒5.0", "licence_mode": "免费"},
    ),
    "cn_ledger_detail_gbk.csv": (
        "csv",
        5,
        2,
        3,
        {"device_id": "ZCB-003", "unit_id": "某县财政局", "department": "办公室", "name": "office2010"},
    ),
    "console_export_generic_cn_gbk.csv": (
        "csv",
        2,
        1,
        1,
        {"device_id": "财务科-张三", "unit_id": "某县/财政局/财务科", "name": "搜狗输入法 9.6正式版"},
    ),
    "cyclonedx_device_inventory.json": ("cyclonedx", 1, 0, 1, {"device_id": "WIN10-CW01", "name": "WinRAR", "publisher": "win.rar GmbH"}),
    "fleet_host_software.json": ("fleet", 1, 0, 1, {"name": "Google Chrome", "version": "149.0.7827.54"}),
    "jamf_computers_inventory_v3.json": ("jamf", 1, 0, 1, {"device_id": "MacBook-01", "name": "Microsoft Word", "version": "16.84"}),
    "per_device_text_dump_WIN10-CW01.txt": ("device-text", 0, 0, 1, None),
    "spdx23_device.json": (
        "spdx",
        1,
        0,
        1,
        {"device_id": "WIN10-CW01", "name": "WinRAR", "publisher": "win.rar GmbH", "version": "5.50.0"},
    ),
    "swid_example.swidtag": ("swid", 1, 0, 1, {"name": "IBM Decision Manager Open Edition", "publisher": "IBM", "version": "9.0.0"}),
    "tencent_ioa_DescribeAggrSoftDeviceList.json": ("tencent-ioa", 1, 0, 1, {"device_id": "WIN10-CW01", "name": "AutoCAD 2020 - 简体中文"}),
    "tencent_ioa_DescribeSoftwareInformation.json": (
        "tencent-ioa",
        1,
        0,
        1,
        {"name": "微信", "version": "3.9.8.15", "console_piracy_risk": "no risk"},
    ),
}


@pytest.mark.parametrize("name", sorted(READ))
@pytest.mark.parametrize("packing", ["", ".gz", ".zip"])
def test_a_sample_reads_as_it_stands_also_packed(name: str, packing: str, tmp_path: Path) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("NO SAMPLES: the folder of real dumps does not stand beside this checkout, so none was read")
    file = tmp_path / (name + packing)
    content = (SAMPLES / name).read_bytes()
    if packing == ".zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(name, content)
    else:
        file.write_bytes(gzip.compress(content) if packing else content)
    format_id, rows, rejected, devices, row = READ[name]
    inventory = read_inventory([file])
    software = inventory.software.collect()
    assert (inventory.files[0].format, software.height, inventory.rejected.height) == (format_id, rows, rejected)
    assert inventory.devices.height == devices
    assert row is None or row in software.select(list(row)).to_dicts()


def test_the_sample_of_licences_reads_as_licences() -> None:
    if not SAMPLES.is_dir():
        pytest.skip("NO SAMPLES: the folder of real dumps does not stand beside this checkout, so none was read")
    frame, rejected = read_frame("entitlements", SAMPLES / "cyclonedx_entitlement.json")
    assert frame.select("entitlement_id", "unit_id", "metric", "quantity", "valid_to").rows() == [
        ("ZC-2022-118", "某县财政局", "device", 200, "2025-12-31")
    ]
    assert rejected.is_empty()
