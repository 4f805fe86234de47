"""Tables of consoles: told apart by their headers, however they are written, small or large, and counts are never a scan."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from licmatch.errors import InputError
from licmatch.ingest import Inventory, lazy_table, read_inventory, read_names
from licmatch.ingest.consoles import CONSOLES, console_of

PDQ = "Computer Name,Application Name,Application Version,Application Publisher,Application Install Date\n"
INTUNE = "ApplicationKey,ApplicationName,ApplicationPublisher,ApplicationShortVersion,ApplicationVersion,DeviceId,DeviceName,Platform\n"


def read(folder: Path, name: str, content: str | bytes, **options: object) -> Inventory:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    inventory = read_inventory([file], **options)  # type: ignore[arg-type]
    emitted = inventory.software.select(pl.len()).collect().item()
    assert sum(entry.rows for entry in inventory.files) == emitted + inventory.rejected.height
    return inventory


@pytest.mark.parametrize(
    ("headers", "console"),
    [
        ("ResourceID DisplayName0 Publisher0 Version0", "configmgr"),
        ("ResourceID DisplayName Publisher", "configmgr"),
        ("SYS.Netbios_Name0 Netbios_Name0 ARPDisplayName0", "configmgr"),
        ("ApplicationName ApplicationVersion DeviceName", "intune"),
        ("ApplicationKey ApplicationName DeviceCount", "device-counts"),
        ("displayName deviceCount version", "device-counts"),
        ("displayName deviceCount deviceId", None),
        ("deviceId softwareName softwareVendor", "defender"),
        ("AssetName Software Version", "lansweeper"),
        ("installed_on display_name publisher", "servicenow"),
        ("Installed_On Display_Name", "servicenow"),
        ("software_name manufacturer_name", "manageengine"),
        ("wstrDisplayName nHostCount", "device-counts"),
        ("name version publisher", None),
        ("计算机名 软件名称 版本", None),
    ],
)
def test_a_console_is_told_by_its_headers(headers: str, console: str | None) -> None:
    found = console_of(headers.split())
    assert (None if found is None else found.id) == console


def test_every_console_knows_the_name_of_a_program() -> None:
    for console in CONSOLES:
        for marks in console.marks:
            assert "name" in console.find(sorted(marks)), (console.id, marks)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_do_not_matter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = (PDQ + "PC-1,微信电脑版,3.9,腾讯科技,3/4/2021 12:00:00 AM\n").replace(",", delimiter)
    inventory = read(tmp_path, "x.csv", text.encode(encoding))
    assert (inventory.files[0].format, inventory.files[0].encoding) == ("pdq", encoding)
    row = inventory.software.collect().row(0, named=True)
    assert (row["device_id"], row["name"], row["publisher"], row["install_date"]) == ("PC-1", "微信电脑版", "腾讯科技", "2021-03-04")


def test_the_dates_of_a_file_tell_their_order(tmp_path: Path) -> None:
    dates = read(tmp_path, "a.csv", PDQ + "PC-1,a,1,x,13/4/2021\nPC-1,b,1,x,3/4/2021\n").software.collect()["install_date"]
    assert dates.to_list() == ["2021-04-13", "2021-04-03"]
    lansweeper = "AssetID;AssetName;Software;installDate\n1;PC-1;a;3/4/2021\n1;PC-1;b;5/5/2021\n"
    inventory = read(tmp_path, "b.csv", lansweeper)
    # Nothing tells the day from the month, and the server's locale may be any.
    assert inventory.software.collect()["install_date"].to_list() == ["3/4/2021", "5/5/2021"]
    assert ("DATE_AMBIGUOUS", 2) in [(notice.code, notice.count) for notice in inventory.notices]


def test_a_workbook_of_a_report_with_titles(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "r.xlsx") as book:
        sheet = book.add_worksheet("Report")
        sheet.write_row(0, 0, ["Software registered in Add or Remove Programs"])
        sheet.write_row(2, 0, ["ResourceID", "Netbios_Name0", "DisplayName0", "Version0"])
        sheet.write_row(3, 0, [16777219, "PC-1", "AutoCAD 2020", "23.1"])
    inventory = read_inventory([tmp_path / "r.xlsx"])
    assert inventory.software.select("device_id", "name", "source").collect().rows() == [
        ("16777219", "AutoCAD 2020", "configmgr;device=content")
    ]
    assert inventory.files[0].format == "xlsx"


def test_large_tables_read_as_small_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"k{n},App {n % 7},,{n}.0,,id-{n % 3},PC-{n % 3},{'iOS' if n % 5 == 0 else 'Windows'}\n" for n in range(60))
    text = INTUNE + rows + "k,,,,,id-1,PC-1,Windows\n"
    small = read(tmp_path, "a.csv", text)
    monkeypatch.setattr(lazy_table, "BIG_CSV", 1)
    monkeypatch.setattr("licmatch.ingest.inventory.BIG_CSV", 1)
    large = read(tmp_path, "a.csv", text)
    assert small.files == large.files
    assert small.software.collect().equals(large.software.collect().select(small.software.collect_schema().names()))
    assert small.devices.equals(large.devices)
    assert small.rejected.select("line", "reason").sort("line").equals(large.rejected.select("line", "reason").sort("line"))
    assert large.rejected.height == 13


def test_a_large_partial_list_marks_its_devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licmatch.ingest.inventory.BIG_CSV", 1)
    text = "DeviceId,DeviceName,SoftwareVendor,SoftwareName\nd1,PC-1,kingsoft,wps_office\nd2,PC-2,kingsoft,wps_office\n"
    inventory = read(tmp_path, "d.csv", text)
    assert inventory.devices.select("device_id", "software_list").rows() == [("d1", "partial"), ("d2", "partial")]
    assert [notice.code for notice in inventory.notices] == ["PARTIAL_COVERAGE"]


@pytest.mark.parametrize("large", [False, True])
def test_a_whole_list_beside_a_partial_one_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    (tmp_path / "a.csv").write_text("DeviceId,DeviceName,SoftwareVendor,SoftwareName\nd1,PC-1,x,y\nd2,PC-2,x,y\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("device_id,name\nd1,微信\nd3,微信\n", encoding="utf-8")
    if large:
        monkeypatch.setattr("licmatch.ingest.inventory.BIG_CSV", 1)
    devices = read_inventory([tmp_path]).devices
    assert dict(devices.select("device_id", "software_list").iter_rows()) == {"d1": None, "d2": "partial", "d3": None}


def test_a_person_may_say_which_list_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("DeviceId,DeviceName,SoftwareVendor,SoftwareName\nd1,PC-1,x,y\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("设备编号,计算机名,软件清单\nd1,PC-1,完整\nd2,PC-2,部分\n", encoding="utf-8")
    devices = read_inventory([tmp_path]).devices
    assert dict(devices.select("device_id", "software_list").iter_rows()) == {"d1": "whole", "d2": "partial"}


COUNTS = {
    "AppInvAggregate.csv": "ApplicationKey,ApplicationName,ApplicationPublisher,ApplicationVersion,DeviceCount\n"
    "k,WPS Office,Kingsoft,12,412\n",
    "detectedApps.json": json.dumps(
        {
            "@odata.context": "x#deviceManagement/detectedApps",
            "value": [{"id": "1", "displayName": "WPS Office", "version": "12", "deviceCount": 412}],
        }
    ),
    "manageengine.json": json.dumps(
        {"message_response": {"software": [{"software_name": "WPS Office", "manufacturer_name": "Kingsoft", "network_installations": 412}]}}
    ),
    "kaspersky.csv": "wstrDisplayName;wstrDisplayVersion;wstrPublisher;nHostCount\nWPS Office;12;Kingsoft;412\n",
}


@pytest.mark.parametrize("name", COUNTS)
def test_counts_are_names_and_no_scan(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(COUNTS[name], encoding="utf-8")
    with pytest.raises(InputError, match="AGGREGATE_ONLY") as told:
        read_inventory([tmp_path / name])
    assert "names devices" in str(told.value)
    names = read_names([tmp_path / name])
    frame = names.frame.collect()
    assert frame[names.name].to_list() == ["WPS Office"]
    assert "412" in frame.row(0)
    assert names.files[0].format == "device-counts"


def test_large_counts_are_no_scan_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("licmatch.ingest.inventory.BIG_CSV", 1)
    (tmp_path / "a.csv").write_text(COUNTS["AppInvAggregate.csv"], encoding="utf-8")
    with pytest.raises(InputError, match="AGGREGATE_ONLY"):
        read_inventory([tmp_path / "a.csv"])


def test_a_history_is_no_scan(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("AssetID;AssetName;Software;Action\n1;PC-1;WinRAR;2\n", encoding="utf-8")
    with pytest.raises(InputError, match="CHANGES_ONLY"):
        read_inventory([tmp_path / "h.csv"])


@pytest.mark.parametrize(
    "text",
    [
        '{"@odata.context": "x#Collection(y.AssetSoftware)", "value": []}',
        '{"data": {"affected_items": [], "total_affected_items": 0}, "message": "All specified syscollector information was returned"}',
    ],
)
def test_an_empty_answer_is_understood_and_said(tmp_path: Path, text: str) -> None:
    inventory = read(tmp_path, "a.json", text)
    assert inventory.files[0].rows == 0
    assert "NOTHING_FOUND" in [notice.code for notice in inventory.notices]


@pytest.mark.parametrize("console", [console.id for console in CONSOLES])
def test_the_wrong_format_is_said(tmp_path: Path, console: str) -> None:
    (tmp_path / "a.csv").write_text("colour,shape\nred,round\n", encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_inventory([tmp_path / "a.csv"], format=console)
    assert "a.csv" in str(told.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("snipe.csv", "Full Name,Item name,seats,reassignable\n,WPS,3,yes\n"),
        ("mls.csv", "License Product Family,License Version,Effective Quantity\nOffice,2019,3\n"),
    ],
)
def test_a_list_of_licences_is_sent_where_it_belongs(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="licences") as told:
        read_inventory([tmp_path / name])
    assert "--entitlements" in str(told.value)


def test_match_keeps_the_columns_of_a_console(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text(
        '{"value": [{"deviceId": "d", "softwareVendor": "microsoft", "softwareName": "windows_11", "softwareVersion": "10"}]}',
        encoding="utf-8",
    )
    names = read_names([tmp_path / "d.json"])
    assert (names.name, names.publisher, names.version) == ("softwareName", "softwareVendor", "softwareVersion")
    assert names.frame.collect().columns == ["deviceId", "softwareVendor", "softwareName", "softwareVersion"]


def test_names_that_are_objects_are_no_names(tmp_path: Path) -> None:
    odd = [{"software_name": {"a": 1}, "manufacturer_name": ["x"], "resource_name": "PC-1"}, 7]
    inventory = read(tmp_path, "m.json", json.dumps({"message_response": {"installedsoftware": odd}}))
    assert inventory.rejected["reason"].to_list() == ["no name", "not a record"]
    many = [{"software_name": "x", "manufacturer_name": "y", **{f"k{n}": n for n in range(2_500)}}]
    with pytest.raises(InputError, match="keys"):
        read(tmp_path, "n.json", json.dumps(many))
