"""Reports of consoles, bills and tags, beyond their goldens: shapes that vary, what is refused by name, and what is never a device."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from licmatch.errors import InputError
from licmatch.ingest import Inventory, read_inventory
from licmatch.ingest.readers.bills import _components
from licmatch.ingest.record_rows import RecordRows


def read(folder: Path, content: object, name: str = "x.json", **options: str) -> Inventory:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    inventory = read_inventory([file], **options)  # type: ignore[arg-type]
    assert sum(entry.rows for entry in inventory.files) == inventory.software.collect().height + inventory.rejected.height
    return inventory


def rows(inventory: Inventory, *columns: str) -> list[tuple[object, ...]]:
    return inventory.software.select(*columns).collect().rows()


COMPUTER = {"id": "1", "udid": "U", "general": {"name": "Mac"}, "applications": [{"name": "Pages.app", "version": "14"}]}


def test_jamf_gives_one_computer_as_itself_and_an_empty_page_as_nothing(tmp_path: Path) -> None:
    assert rows(read(tmp_path, COMPUTER), "device_id", "name") == [("Mac", "Pages")]
    empty = read(tmp_path, {"totalCount": 0, "results": []})
    assert (empty.files[0].format, empty.files[0].rows) == ("jamf", 0)
    by_file = read(tmp_path, COMPUTER, "办公室.json", device_from="file")
    assert rows(by_file, "device_id", "source") == [("办公室", "jamf;device=file")]
    assert by_file.devices["device_id"].to_list() == ["办公室"]


def test_fleet_counts_over_hosts_are_no_scan(tmp_path: Path) -> None:
    titles = {"count": 1, "software_titles": [{"name": "WPS", "hosts_count": 40}]}
    versions = {"count": 1, "software": [{"name": "WPS", "version": "1", "hosts_count": 40}], "meta": {}}
    for answer in (titles, versions):
        with pytest.raises(InputError, match="AGGREGATE_ONLY"):
            read(tmp_path, answer)


def test_fleet_one_host(tmp_path: Path) -> None:
    host = {"host": {"hostname": "H", "uuid": "u", "software": [{"name": "WPS", "version": "1", "source": "programs"}, "x"]}}
    inventory = read(tmp_path, host)
    assert rows(inventory, "device_id", "name") == [("H", "WPS")]
    assert inventory.rejected["reason"].to_list() == ["not an object, so no record"]


def test_tencent_without_envelope_its_errors_and_its_counts(tmp_path: Path) -> None:
    answer = {"Data": {"Items": [{"Name": "微信", "Mid": "M", "PiracyRisk": 2}], "Page": {"Total": 1}}, "RequestId": "r"}
    assert rows(read(tmp_path, answer), "device_id", "name", "console_piracy_risk") == [("M", "微信", "not checked")]
    with pytest.raises(InputError, match="answered with an error instead of a list: AuthFailure"):
        read(tmp_path, {"Response": {"Error": {"Code": "AuthFailure", "Message": "x"}, "RequestId": "r"}})
    counts = {"Response": {"Data": {"Items": [{"SoftName": "x", "AuthNum": 3, "GenuineRate": 0.5}]}, "RequestId": "r"}}
    with pytest.raises(InputError, match="AGGREGATE_ONLY"):
        read(tmp_path, counts)
    with pytest.raises(InputError, match="an answer of Tencent Cloud"):
        read(tmp_path, {"Response": {"InstanceSet": [], "RequestId": "r"}})


def test_the_opinion_of_a_console_is_no_trace(tmp_path: Path) -> None:
    answer = {"Response": {"Data": {"Items": [{"Name": "AutoCAD 2020", "Mid": "M", "PiracyRisk": 1}]}, "RequestId": "r"}}
    inventory = read(tmp_path, answer)
    assert inventory.traces.is_empty()
    assert inventory.activations.is_empty()


def test_a_bill_of_an_application_is_no_computer(tmp_path: Path) -> None:
    bill = {"bomFormat": "CycloneDX", "metadata": {"component": {"type": "application", "name": "shop"}}, "components": [{"name": "x"}]}
    with pytest.raises(InputError, match="describes application shop: its components are parts of that"):
        read(tmp_path, bill)
    licences = {"bomFormat": "CycloneDX", "components": [{"name": "x", "licenses": [{"license": {"licensing": {"purchaseOrder": "1"}}}]}]}
    with pytest.raises(InputError, match="lists licences"):
        read(tmp_path, licences)


def test_a_bill_that_names_no_computer_is_of_its_file(tmp_path: Path) -> None:
    bill = {"bomFormat": "CycloneDX", "components": [{"type": "application", "name": "WPS"}, {"type": "operating-system", "name": "UOS"}]}
    inventory = read(tmp_path, bill, "PC-3.json")
    assert rows(inventory, "device_id", "source") == [("PC-3", "cyclonedx;device=file")]
    assert inventory.devices.select("device_id", "os_name").rows() == [("PC-3", "UOS")]
    system = {**bill, "metadata": {"component": {"type": "operating-system", "name": "Windows 11", "version": "10.0.26100"}}}
    assert read(tmp_path, system, "PC-4.json").devices.select("device_id", "os_name", "os_build").rows() == [
        ("PC-4", "Windows 11", "26100")
    ]


def test_bills_nested_without_end(tmp_path: Path) -> None:
    inner: dict[str, object] = {"type": "application", "name": "deepest"}
    for _ in range(60):
        inner = {"type": "application", "name": "x", "components": [inner]}
    inventory = read(tmp_path, {"bomFormat": "CycloneDX", "components": [inner]})
    assert inventory.software.collect().height == 40
    assert inventory.rejected["reason"].to_list() == ["nested too deeply"]


def test_a_long_bill_is_walked_in_its_order(tmp_path: Path) -> None:
    few = [{"name": "a", "components": [{"name": "b", "components": [{"name": "c"}]}, {"name": "d"}]}, {"name": "e"}]
    inventory = read(tmp_path, {"bomFormat": "CycloneDX", "components": few})
    assert rows(inventory, "name", "source_row") == [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5)]
    # With the square of the number this would take minutes.
    assert sum(1 for _ in _components(RecordRows(), [{}] * 1_000_000)) == 1_000_000


def test_spdx_of_other_versions_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="of a version that is not 2"):
        read(tmp_path, {"spdxVersion": "SPDX-3.0"})
    with pytest.raises(InputError, match="linked data"):
        read(tmp_path, {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []})
    device = {"spdxVersion": "SPDX-2.3", "name": "doc", "packages": [{"name": "PC-9", "primaryPackagePurpose": "DEVICE"}, {"name": "WPS"}]}
    assert rows(read(tmp_path, device), "device_id", "name") == [("PC-9", "WPS")]


SWID = '<?xml version="1.0"?>{before}<SoftwareIdentity xmlns="{space}" name="A" tagId="t" version="1"{more}>{inside}</SoftwareIdentity>'
SPACE = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"


def tag(before: str = "", space: str = SPACE, more: str = "", inside: str = "") -> str:
    return SWID.format(before=before, space=space, more=more, inside=inside)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (tag('<!DOCTYPE x [<!ENTITY a "aaaa">]>', inside="&a;"), "document type declaration"),
        (tag(space="urn:other"), "not a tag of ISO/IEC 19770-2:2015"),
        (tag()[:-8], "XML is broken"),
        (tag(inside="<Payload>" * 300 + "</Payload>" * 300), "nested too deeply"),
    ],
)
def test_tags_that_are_none(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(tmp_path, content, "a.swidtag")


@pytest.mark.parametrize("kind", ["corpus", "patch", "supplemental"])
def test_tags_of_no_program(tmp_path: Path, kind: str) -> None:
    inventory = read(tmp_path, tag(more=f' {kind}="true"'), "a.swidtag")
    assert inventory.rejected["reason"][0].startswith(f"{kind} tag")


def test_a_tag_is_of_the_computer_its_folder_names(tmp_path: Path) -> None:
    (tmp_path / "PC-6").mkdir()
    assert rows(read(tmp_path / "PC-6", tag(), "regid.example.swidtag"), "device_id", "name", "source") == [
        ("PC-6", "A", "swid;device=folder")
    ]
    seen = tag(inside='<Evidence deviceId="PC-8" date="2026-11-20"/>')
    assert rows(read(tmp_path / "PC-6", seen, "b.swidtag", device_from="folder"), "device_id") == [("PC-6",)]


def test_text_of_several_commands_names_one_computer_throughout(tmp_path: Path) -> None:
    text = (
        "CSName=PC-1\nCaption=Microsoft Windows 10 专业版\nOSArchitecture=64 位\nVersion=10.0\n\n"
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\A\n    DisplayName    REG_SZ    WPS\n\n"
        "名称: Windows(R), Professional edition\n描述: Windows(R) Operating System, RETAIL channel\n部分产品密钥: ABCDE\n"
        "许可证状态: 已授权\n不认识的一行\n"
    )
    inventory = read(tmp_path, text, "张三的电脑.txt")
    assert inventory.files[0].format == "device-text"
    assert rows(inventory, "device_id", "name", "source", "source_row") == [("PC-1", "WPS", "reg-query;device=content", 6)]
    assert inventory.devices["device_id"].to_list() == ["PC-1"]
    assert inventory.activations.select("device_id", "license_status", "partial_product_key").rows() == [("PC-1", 1, "ABCDE")]
    assert [(notice.code, notice.count) for notice in inventory.notices] == [("LINES_NOT_READ", 1)]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("    Volume activation will expire 5/20/2027 9:00:00 AM", 1),
        ("    The machine is permanently activated.", 1),
        ("    计算机已永久激活。", 1),
        ("    Windows 处于通知模式", 5),
    ],
)
def test_slmgr_xpr_alone(tmp_path: Path, line: str, status: int) -> None:
    inventory = read(tmp_path, f"Windows(R), Professional edition:\n{line}\n", "PC-2.txt")
    assert inventory.activations.select("device_id", "product_name", "description", "license_status").rows() == [
        ("PC-2", "Windows(R), Professional edition", line.strip(), status)
    ]
