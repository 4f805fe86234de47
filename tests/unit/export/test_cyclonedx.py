"""The bill of materials: valid by the official schema, every device and copy in it once, and nothing that the result does not hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import licmatch
from licmatch import UsageError
from licmatch.export import write_cyclonedx
from licmatch.ingest.frames import read_side
from licmatch.result import Result, summary_only

EVIL = 'pc "1"\\ \u202e\u0007\n<x>'
INVENTORY = pl.DataFrame(
    [
        (EVIL, "Microsoft Office 专业增强版 2016"), (EVIL, "Windows 10 Pro"), ("pc2", "Microsoft Office 专业增强版 2016"),
        ("pc3", "KMSAuto Net 2016"), ("pc4", "WPS Office 2019 专业版"),
    ],
    schema=["device_id", "name"], orient="row",
)  # fmt: skip
UNITS = pl.DataFrame({"unit_id": ["city", "zone", "office"], "parent_id": [None, "city", "zone"], "name": ["湛江市", "霞山区", EVIL]})
DEVICES = pl.DataFrame(
    {"device_id": [EVIL, "pc2", "pc3", "pc4"], "unit_id": ["office", "zone", "city", "city"], "manufacturer": ["Dell", None, None, None]}
)
PAPERS = pl.DataFrame(
    {
        "entitlement_id": ["LOT-1"], "unit_id": ["office"], "product": ["Microsoft Office Professional Plus 2016"], "metric": ["device"],
        "quantity": [1], "valid_to": ["2027-01-31"], "agreement": ["HT-1"], "proofs": ["采购合同;发票"], "channel": ["volume"],
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def result() -> Result:
    return licmatch.assess(INVENTORY, devices=DEVICES, units=UNITS, entitlements=PAPERS, as_of="2026-11-30", engine=licmatch.Engine.load())


def bill(result: Result, folder: Path, **words: object) -> dict:
    path = folder / "bill.json"
    write_cyclonedx(result, path, version="0.1.0", **words)
    text = path.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    return json.loads(text)


def properties(part: dict) -> dict[str, str]:
    return {one["name"].removeprefix("licmatch:"): one["value"] for one in part["properties"]}


def test_every_device_and_every_copy_is_there_once(result, tmp_path):
    made = bill(result, tmp_path)
    devices = {properties(device)["device_id"]: device for device in made["components"]}
    assert sorted(devices) == sorted(result.devices["device_id"])
    held = [(name, properties(copy)) for name, device in devices.items() for copy in device.get("components", ())]
    told = [(name, about["product_id"], about["verdict"]) for name, about in held]
    assert sorted(told) == sorted(result.installations.select("device_id", "product_id", "verdict").rows())
    refs = [part["bom-ref"] for device in made["components"] for part in (device, *device.get("components", ()))]
    assert len(refs) == len(set(refs))
    assert made["compositions"] == [{"aggregate": "incomplete"}]


def test_a_licence_stands_with_its_paper_and_its_end(result, tmp_path):
    copies = [copy for device in bill(result, tmp_path)["components"] for copy in device.get("components", ()) if "licenses" in copy]
    [copy] = copies
    [licence] = (entry["license"] for entry in copy["licenses"])
    assert licence["name"] == "Microsoft Office Professional Plus 2016"
    assert licence["licensing"] == {
        "altIds": ["LOT-1"], "licensee": {"organization": {"name": EVIL}}, "purchaseOrder": "HT-1", "licenseTypes": ["device"],
        "expiration": "2027-01-31T00:00:00Z",
    }  # fmt: skip
    assert properties(licence)["proofs"] == "采购合同;发票"


def test_evidence_stands_with_its_place(result, tmp_path):
    made = bill(result, tmp_path)
    [office] = [
        copy for device in made["components"] if properties(device)["device_id"] == "pc2" for copy in device["components"]
    ]  # fmt: skip
    items = result.installations.filter(pl.col("device_id") == "pc2")["evidence"][0].to_list()
    assert [(one["location"], one.get("line"), one.get("symbol")) for one in office["evidence"]["occurrences"]] == [
        (item["source"], item["row"], item["rule_id"]) for item in items
    ]
    named = [item["text"] for item in items if item["kind"] == "installed_program"]
    assert [one["methods"][0]["value"] for one in office["evidence"]["identity"]] == named


def test_a_trace_without_a_copy_stands_on_the_device(result, tmp_path):
    [device] = [one for one in bill(result, tmp_path)["components"] if properties(one)["device_id"] == "pc3"]
    found = result.findings.filter((pl.col("device_id") == "pc3") & (pl.col("installations") == 0))
    expected = list(dict.fromkeys(item["rule_id"] for row in found["evidence"].drop_nulls().to_list() for item in row))
    assert expected == ["kmsauto-program"]
    assert [one["symbol"] for one in device["evidence"]["occurrences"]] == expected
    assert properties(device)["finding:office"].startswith(found.filter(pl.col("category") == "office")["verdict"][0])


def test_a_unit_brings_those_below_it(result, tmp_path):
    told = {properties(device)["device_id"] for device in bill(result, tmp_path, units=["zone"])["components"]}
    assert told == {EVIL, "pc2"}
    with pytest.raises(UsageError, match="no unit 'nowhere'"):
        bill(result, tmp_path, units=["nowhere"])


def test_the_same_result_gives_the_same_bytes_and_another_another_number(result, tmp_path):
    one, two = bill(result, tmp_path), (tmp_path / "bill.json").read_bytes()
    bill(result, tmp_path)
    assert (tmp_path / "bill.json").read_bytes() == two
    assert bill(result, tmp_path, units=["zone"])["serialNumber"] != one["serialNumber"]


def test_slices_of_devices_add_up(result, tmp_path, monkeypatch):
    whole = bill(result, tmp_path)
    monkeypatch.setattr("licmatch.export.cyclonedx._AT_A_TIME", 3)
    assert bill(result, tmp_path) == whole


def test_nothing_installed_anywhere_is_a_valid_bill_too(tmp_path):
    empty = licmatch.assess(
        pl.DataFrame({"device_id": ["pc"], "name": ["nothing known"]}), as_of="2026-11-30", engine=licmatch.Engine.load()
    )
    assert "components" not in bill(empty, tmp_path)["components"][0]
    none = replace(empty, devices=empty.devices.clear(), findings=empty.findings.clear())
    assert bill(none, tmp_path)["components"] == []


def test_a_result_of_sums_is_refused_and_no_file_is_left(result, tmp_path):
    with pytest.raises(UsageError, match="without their computers"):
        bill(summary_only(result), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_bill_is_no_register_of_papers_and_is_not_read_as_one(result, tmp_path):
    """It tells which copy has a seat of which paper, not how many seats a paper has: read back as papers, each is rejected for that."""
    bill(result, tmp_path)
    read = read_side("entitlements", str(tmp_path / "bill.json"))
    assert (read.frame.height, read.rejected["reason"].to_list()) == (0, ["no quantity"])
