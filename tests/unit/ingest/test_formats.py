"""Every format that is read, by a small dump of its shape: right reader, right rows, right devices and licences."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from licmatch.errors import InputError
from licmatch.ingest import Inventory, formats, read_inventory

GUID = "{90160000-0011-0000-1000-0000000FF1CE}"
UNINSTALL = (
    '"PSComputerName","DisplayName","DisplayVersion","Publisher","InstallDate","SystemComponent","PSChildName"\r\n'
    '"PC-1","Microsoft Office 专业增强版 2016","16.0.1","Microsoft Corporation","20210304","","' + GUID + '"\r\n'
    '"PC-1","Tool, ""portable""","1","","2023/12/5","1","tool"\r\n'
    '"PC-1","","","","","","AddressBook"\r\n'
)


def read(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8", **options: str) -> Inventory:
    file = folder / name
    file.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    inventory = read_inventory([file], **options)  # type: ignore[arg-type]
    emitted = inventory.software.select(pl.len()).collect().item()
    assert sum(entry.rows for entry in inventory.files) == emitted + inventory.rejected.height
    return inventory


def rows(inventory: Inventory, *columns: str) -> list[tuple[object, ...]]:
    return inventory.software.select(*columns).collect().rows()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("first", ["", "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n"])
def test_uninstall_csv(tmp_path: Path, encoding: str, first: str) -> None:
    inventory = read(tmp_path, "dump.csv", first + UNINSTALL, encoding)
    assert inventory.files[0].format == "uninstall-csv"
    assert inventory.files[0].encoding == encoding
    assert rows(inventory, "device_id", "name", "version", "install_date", "product_code", "system_component") == [
        ("PC-1", "Microsoft Office 专业增强版 2016", "16.0.1", "2021-03-04", GUID, ""),
        ("PC-1", 'Tool, "portable"', "1", "2023-12-05", "tool", "1"),
    ]
    (rejected,) = inventory.rejected.rows(named=True)
    assert (rejected["reason"], rejected["line"]) == ("no DisplayName", 5 if first else 4)
    assert b"AddressBook" in rejected["raw"].replace(b"\0", b"")


def test_lost_chinese_is_said(tmp_path: Path) -> None:
    inventory = read(tmp_path, "dump.csv", UNINSTALL.encode("ascii", "replace"))
    assert [(notice.code, notice.count) for notice in inventory.notices] == [("LOSSY_ENCODING", 1)]
    assert inventory.rejected.height == 1


REG = """Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall]

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\WeChat]
"DisplayName"="微信 \\"企业\\""
"DisplayVersion"=hex(1):33,00,2e,00,\\
  39,00,00,00
"InstallLocation"=hex(2):44,00,3a,00,5c,00,00,00
"SystemComponent"=dword:00000001

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\Noise]
"NoRemove"=dword:00000001
"""


def test_reg_export(tmp_path: Path) -> None:
    inventory = read(tmp_path, "PC-2.reg", REG.replace("\n", "\r\n"), "utf-16")
    assert rows(inventory, "device_id", "name", "version", "install_location", "product_code", "system_component", "source") == [
        ("PC-2", '微信 "企业"', "3.9", "D:\\", "WeChat", "1", "uninstall-reg;device=file")
    ]
    assert inventory.rejected["reason"].to_list() == ["no DisplayName"]


def test_reg_export_of_the_old_kind_is_ansi(tmp_path: Path) -> None:
    text = 'REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\X\\Uninstall\\A]\r\n"DisplayName"="金山毒霸安全套装"\r\n'
    text += '"DisplayVersion"=hex(2):31,2e,30,00\r\n'
    assert rows(read(tmp_path, "a.reg", text, "gb18030"), "name", "version") == [("金山毒霸安全套装", "1.0")]


WMIC = (
    "Node,IdentifyingNumber,InstallDate,InstallLocation,Name,Vendor,Version\n"
    "PC-3," + GUID + ",20140612,C:\\Office\\,Office 2010,Microsoft Corporation,14.0.4763.1000\n"
    "PC-3,{A},20200203,,AutoCAD 2020 - 简体中文,Autodesk, Inc.,23.1\n"
    "PC-3,{B},20200203,,One, two,Vendor,1.0\n"
)


@pytest.mark.parametrize(("encoding", "end"), [("utf-16", "\r\r\n"), ("gb18030", "\r\r\n"), ("utf-8", "\r\n")])
def test_wmic_csv_repairs_what_is_certain(tmp_path: Path, encoding: str, end: str) -> None:
    inventory = read(tmp_path, "w.csv", ("\n" + WMIC).replace("\n", end), encoding)
    assert rows(inventory, "device_id", "name", "publisher", "version") == [
        ("PC-3", "Office 2010", "Microsoft Corporation", "14.0.4763.1000"),
        ("PC-3", "AutoCAD 2020 - 简体中文", "Autodesk, Inc.", "23.1"),
    ]
    assert inventory.rejected["reason"][0].startswith("AMBIGUOUS_CSV")
    assert "PARTIAL_COVERAGE" in {notice.code for notice in inventory.notices}


def test_wmic_list_gives_system_licences_and_products(tmp_path: Path) -> None:
    text = (
        "\n\nBuildNumber=19045\nCaption=Microsoft Windows 10 专业版 \nCSName=PC-4\n"
        "InstallDate=20210304101512.000000+480\nVersion=10.0.19045\n\n\n"
        "ApplicationID=0ff1ce15-a989-479d-af46-f275c6370663\nDescription=Office 16, VOLUME_KMSCLIENT channel\n"
        "EvaluationEndDate=16010101000000.000000-000\nGracePeriodRemaining=259174\nKeyManagementServiceMachine=kms.example\n"
        "KeyManagementServicePort=1688\nLicenseStatus=1\n"
        "Name=Office 16, X edition\nPartialProductKey=AAAAA\nVLActivationInterval=4294967295\n\n\n"
        "LicenseStatus=0\nName=Office 16, template\nPartialProductKey=\n\n\n"
        "Name=7-Zip\nVendor=Igor Pavlov\nVersion=23.01\n"
    )
    inventory = read(tmp_path, "x.txt", text.replace("\n", "\r\n"), "utf-16")
    device = inventory.devices.row(0, named=True)
    assert (device["device_id"], device["os_name"], device["os_build"], device["os_installed_on"]) == (
        "PC-4",
        "Microsoft Windows 10 专业版",
        "19045",
        "2021-03-04",
    )
    (licence,) = inventory.activations.rows(named=True)
    assert (licence["application"], licence["channel"], licence["license_status"], licence["partial_product_key"]) == (
        "office",
        "VOLUME_KMSCLIENT",
        1,
        "AAAAA",
    )
    assert (licence["grace_minutes"], licence["kms_host"], licence["kms_port"], licence["evaluation_end"]) == (
        259174,
        "kms.example",
        1688,
        None,
    )
    assert rows(inventory, "device_id", "name") == [("PC-4", "7-Zip")]


def event(counter: int, action: str, version: str, **about: object) -> str:
    columns = {"name": "WPS", "version": version, "install_source": "", "publisher": "Kingsoft", "identifying_number": ""}
    return json.dumps(
        {
            "name": "pack_x_programs",
            "hostIdentifier": "uuid-1",
            "epoch": 0,
            "counter": counter,
            "unixTime": 1795338000,
            "decorations": {"hostname": "PC-5"},
            "columns": columns,
            "action": action,
            **about,
        }
    )


def test_osquery_events_are_folded(tmp_path: Path) -> None:
    system = json.dumps(
        {
            "name": "pack_x_os_version",
            "hostIdentifier": "uuid-1",
            "epoch": 0,
            "counter": 0,
            "action": "added",
            "columns": {"name": "Windows 10 专业版", "version": "10.0.19045", "build": "19045", "platform": "windows", "codename": "x"},
        }
    )
    log = "\n".join([event(0, "added", "1"), event(0, "added", "2"), event(3, "removed", "1"), event(4, "removed", "0"), system])
    inventory = read(tmp_path, "log.ndjson", log)
    assert rows(inventory, "device_id", "version", "source") == [("PC-5", "2", "osquery-programs;device=content")]
    assert inventory.rejected["reason"].to_list() == ["removed", "removed"]
    about = {row["device_id"]: row for row in inventory.devices.rows(named=True)}
    assert about["PC-5"]["collected_at"] == "2026-11-22"


def test_osquery_batch_without_a_beginning_is_said(tmp_path: Path) -> None:
    batch = {
        "name": "programs",
        "hostIdentifier": "PC-6",
        "counter": 1,
        "epoch": 0,
        "diffResults": {"added": [{"name": "A", "version": "1", "identifying_number": ""}], "removed": ""},
    }
    inventory = read(tmp_path, "log.json", json.dumps(batch))
    assert rows(inventory, "device_id", "name") == [("PC-6", "A")]
    assert [notice.code for notice in inventory.notices] == ["SNAPSHOT_INCOMPLETE"]


def test_osquery_snapshot_of_packages(tmp_path: Path) -> None:
    package = {"name": "bash", "version": "5", "status": "install ok installed", "maintainer": "Someone <a@b.example>", "section": "shells"}
    gone = {**package, "name": "vim", "status": "deinstall ok config-files"}
    old = {"snapshot": [package], "action": "snapshot", "name": "pack_deb_packages", "hostIdentifier": "h", "counter": 0, "epoch": 0}
    new = {**old, "snapshot": [package, gone]}
    inventory = read(tmp_path, "log.ndjson", json.dumps(old) + "\n" + json.dumps(new) + "\n")
    assert rows(inventory, "device_id", "name", "publisher") == [("h", "bash", "Someone")]
    assert inventory.rejected["reason"].to_list() == ["removed"]
    assert [(notice.code, notice.count) for notice in inventory.notices] == [("SUPERSEDED", 1)]


def test_osqueryi_has_no_host_so_the_file_names_it(tmp_path: Path) -> None:
    app = {
        "name": "Safari.app",
        "path": "/Applications/Safari.app",
        "bundle_identifier": "com.apple.Safari",
        "bundle_short_version": "18.5",
        "bundle_name": "",
    }
    inventory = read(tmp_path, "MAC-1.json", json.dumps([app]))
    assert rows(inventory, "device_id", "name", "version", "product_code", "source") == [
        ("MAC-1", "Safari", "18.5", "com.apple.Safari", "osquery-apps;device=file")
    ]


def test_glpi(tmp_path: Path) -> None:
    report = {
        "action": "inventory",
        "deviceid": "PC-7-2026-11-22-09-00-00",
        "tag": "某县财政局",
        "content": {
            "hardware": {"name": "PC-7", "uuid": "u"},
            "bios": {"smanufacturer": "LENOVO", "smodel": "M"},
            "operatingsystem": {
                "full_name": "Windows 10 专业版",
                "kernel_name": "MSWin32",
                "kernel_version": "10.0.19045",
                "version": "22H2",
            },
            "softwares": [
                {"name": "WPS Office", "publisher": "Kingsoft", "guid": "Kingsoft Office", "install_date": "2022-01-01"},
                {"name": GUID, "system_category": "system_component"},
                {"name": " "},
            ],
            "licenseinfos": [
                {"name": "Office 16, X edition", "fullname": "Office 16, VOLUME_KMSCLIENT channel", "key": "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"}
            ],
        },
    }
    inventory = read(tmp_path, "r.json", json.dumps(report, ensure_ascii=False))
    assert rows(inventory, "device_id", "name", "product_code", "system_component") == [
        ("PC-7", "WPS Office", "Kingsoft Office", None),
        ("PC-7", GUID, None, "1"),
    ]
    device = inventory.devices.row(0, named=True)
    assert (device["unit_id"], device["os_build"], device["manufacturer"], device["collected_at"]) == (
        "某县财政局",
        "19045",
        "LENOVO",
        "2026-11-22",
    )
    assert inventory.activations.select("application", "channel", "partial_product_key", "license_status").rows() == [
        ("office", "VOLUME_KMSCLIENT", "EEEEE", None)
    ]
    assert [notice.code for notice in inventory.notices] == ["GUID_NAME"]


XML = """<?xml version="1.0" encoding="UTF-8"?>
<REQUEST><CONTENT>{content}</CONTENT><DEVICEID>PC-8-2026-11-22-09-00-00</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>"""


def test_fusioninventory(tmp_path: Path) -> None:
    content = (
        "<HARDWARE><NAME>PC-8</NAME></HARDWARE><OPERATINGSYSTEM><FULL_NAME>Fedora 31</FULL_NAME></OPERATINGSYSTEM>"
        "<SOFTWARES><NAME>php &amp; co</NAME><FROM>rpm</FROM><INSTALLDATE>08/06/2017</INSTALLDATE><PUBLISHER>Remi</PUBLISHER></SOFTWARES>"
        "<SOFTWARES><NAME>x</NAME><FROM>rpm</FROM><INSTALLDATE>N/A</INSTALLDATE></SOFTWARES>"
    )
    inventory = read(tmp_path, "r.xml", XML.format(content=content))
    assert inventory.files[0].format == "fusioninventory"
    assert rows(inventory, "device_id", "name", "install_date") == [("PC-8", "php & co", "2017-06-08"), ("PC-8", "x", None)]
    assert inventory.devices["os_name"].to_list() == ["Fedora 31"]


def test_ocs_keeps_only_the_end_of_keys(tmp_path: Path) -> None:
    content = (
        "<ACCOUNTINFO><KEYNAME>TAG</KEYNAME><KEYVALUE>某局</KEYVALUE></ACCOUNTINFO>"
        "<HARDWARE><NAME>PC-8</NAME><OSNAME>Windows 7 旗舰版</OSNAME><OSCOMMENTS>Service Pack 1</OSCOMMENTS>"
        "<WINPRODKEY>AAAAA-BBBBB-CCCCC-DDDDD-EEEEE</WINPRODKEY></HARDWARE>"
        "<SOFTWARES><NAME>Office 2010</NAME><BITSWIDTH>32</BITSWIDTH><INSTALLDATE>2014/06/12</INSTALLDATE></SOFTWARES>"
        "<OFFICEPACK><PRODUCT>Office 2010</PRODUCT><OFFICEKEY>AAAAA-BBBBB-CCCCC-DDDDD-FFFFF</OFFICEKEY></OFFICEPACK>"
    )
    inventory = read(tmp_path, "r.xml", XML.format(content=content))
    assert inventory.files[0].format == "ocs"
    assert inventory.activations["partial_product_key"].to_list() == ["EEEEE", "FFFFF"]
    assert inventory.devices.select("unit_id", "os_name").rows() == [("某局", "Windows 7 旗舰版 Service Pack 1")]
    assert "BBBBB" not in str(inventory.activations.to_dicts())


def test_document_types_are_refused(tmp_path: Path) -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        + XML.format(content="<SOFTWARES><NAME>&b;</NAME></SOFTWARES>")[38:]
    )
    with pytest.raises(InputError, match="document type"):
        read(tmp_path, "r.xml", bomb)


DPKG = """Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
||/ Name           Version      Architecture Description
+++-==============-============-============-=================================
ii  libc6:amd64    2.36-9       amd64        GNU C Library
rc  vim-tiny       2:9.0        amd64        Vi IMproved
hi  wps-office     11.1.0.11719 amd64        WPS Office
"""


def test_dpkg_list(tmp_path: Path) -> None:
    inventory = read(tmp_path, "UOS-1.txt", DPKG)
    assert rows(inventory, "device_id", "name", "version") == [("UOS-1", "libc6", "2.36-9"), ("UOS-1", "wps-office", "11.1.0.11719")]
    assert inventory.rejected.select("line", "reason").rows() == [(7, "removed")]


def test_dpkg_query(tmp_path: Path) -> None:
    text = "bash\tamd64\t5.2\t7164\tshells\tinstall ok installed\nvim\tamd64\t9\t1\teditors\tdeinstall ok config-files\n"
    inventory = read(tmp_path, "UOS-2.tsv", text)
    assert rows(inventory, "name", "version", "arch") == [("bash", "5.2", "amd64")]
    assert inventory.rejected["reason"].to_list() == ["removed"]


def test_rpm_plain_and_tabbed(tmp_path: Path) -> None:
    plain = read(tmp_path, "K-1.txt", "bash-5.1.8-6.el9.x86_64\nwps-office-11.1.0.11719-1.x86_64\ngpg-pubkey-09eab3f2-595fbba3\n")
    assert rows(plain, "name", "version", "arch") == [("bash", "5.1.8-6.el9", "x86_64"), ("wps-office", "11.1.0.11719-1", "x86_64")]
    assert plain.rejected.height == 1
    tabbed = read(tmp_path, "K-2.tsv", "wps-office\tx86_64\t11.1-1\t1700000500\t1\t(none)\tWPS\tEditors\n")
    assert rows(tabbed, "name", "publisher", "install_date") == [("wps-office", None, "2023-11-14")]


def test_system_profiler_json_and_text(tmp_path: Path) -> None:
    report = {
        "SPApplicationsDataType": [
            {
                "_name": "Word",
                "version": "16.84",
                "path": "/Applications/Word.app",
                "obtained_from": "identified_developer",
                "signed_by": ["Developer ID Application: Microsoft Corporation (UBF8T346G9)", "Apple Root CA"],
            },
            {"_name": "Sketch [TNT]", "obtained_from": "unknown"},
        ]
    }
    inventory = read(tmp_path, "MAC-2.json", json.dumps(report))
    assert rows(inventory, "name", "publisher", "obtained_from") == [
        ("Word", "Microsoft Corporation", "identified_developer"),
        ("Sketch [TNT]", None, None),
    ]
    text = (
        "Applications:\n\n    Word: the best:\n\n      Version: 16.84\n      Obtained from: Identified Developer\n"
        "      Signed by: Developer ID Application: Microsoft Corporation (UBF8T346G9), Apple Root CA\n"
        "      Location: /Applications/Word.app\n"
    )
    assert rows(read(tmp_path, "MAC-3.txt", text), "name", "publisher", "version") == [("Word: the best", "Microsoft Corporation", "16.84")]


def test_licensing_as_json(tmp_path: Path) -> None:
    item = {
        "PSComputerName": "PC-9",
        "Name": "Windows(R), Professional edition",
        "ApplicationID": "55c92734-d682-4d71-983e-d6ec3f16059f",
        "LicenseStatus": 1,
        "PartialProductKey": "BBBBB",
        "ProductKeyChannel": "OEM:DM",
        "GracePeriodRemaining": 0,
        "EvaluationEndDate": "/Date(-11644473600000)/",
    }
    inventory = read(tmp_path, "l.json", json.dumps([item, {**item, "PartialProductKey": None, "LicenseStatus": 0}]))
    assert inventory.activations.select("device_id", "application", "channel", "license_status", "evaluation_end").rows() == [
        ("PC-9", "windows", "OEM:DM", 1, None)
    ]
    assert [notice.code for notice in inventory.notices] == ["LICENCE_TEMPLATES"]


SLMGR_ZH = """软件授权服务器版本：10.0

名称: Windows(R), EnterpriseS edition
描述: Windows(R) Operating System, VOLUME_KMSCLIENT channel
应用程序 ID: 55c92734-d682-4d71-983e-d6ec3f16059f
扩展 PID： 00000-1
产品密钥通道: Volume:GVLK
部分产品密钥: DDDDD
许可证状态: 已授权
批量激活过期: 259197 分钟(180天）
信任时间:2026/11/22 11:48:43
    来自 DNS 的 KMS 计算机名称: kms.example:1688
"""


def test_slmgr_in_chinese_and_english(tmp_path: Path) -> None:
    columns = (
        "device_id",
        "application",
        "channel",
        "license_status",
        "partial_product_key",
        "grace_minutes",
        "kms_host",
        "kms_port",
        "collected_at",
    )
    chinese = read(tmp_path, "PC-10.txt", SLMGR_ZH.replace("\n", "\r\n"), "gb18030")
    assert chinese.activations.select(columns).rows() == [
        ("PC-10", "windows", "Volume:GVLK", 1, "DDDDD", 259197, "kms.example", 1688, "2026-11-22")
    ]
    english = read(
        tmp_path,
        "PC-11.txt",
        (
            "Name: Windows(R), Enterprise edition\nDescription: Windows(R) Operating System, VOLUME_KMSCLIENT channel\n"
            "Partial Product Key: CCCCC\n"
            "License Status: Notification\nTrusted time: 11/22/2026 9:00:00 AM\n    Registered KMS machine name: 127.0.0.2:1688\n"
        ),
    )
    assert english.activations.select(columns).rows() == [
        ("PC-11", "windows", "VOLUME_KMSCLIENT", 5, "CCCCC", None, "127.0.0.2", 1688, "2026-11-22")
    ]


def test_ospp(tmp_path: Path) -> None:
    text = (
        "---Processing--------------------------\n---------------------------------------\nSKU ID: s\n"
        "LICENSE NAME: Office 16, Office16X edition\n"
        "LICENSE DESCRIPTION: Office 16, VOLUME_KMSCLIENT channel\nLICENSE STATUS:  ---LICENSED--- \n"
        "REMAINING GRACE: 180 days  (259200 minute(s) before expiring)\nLast 5 characters of installed product key: EEEEE\n"
        "    KMS machine name from DNS: kms.example:1688\n---------------------------------------\nLICENSE NAME: Office 16, Other edition\n"
        "LICENSE STATUS:  ---NOTIFICATIONS--- \nERROR CODE: 0xC004F200\n---------------------------------------\n---Exiting---\n"
    )
    inventory = read(tmp_path, "PC-12.txt", text)
    assert inventory.activations.select("license_status", "license_family", "grace_minutes", "kms_host", "status_reason").rows() == [
        (1, "Office16X", 259200, "kms.example", None),
        (5, "Other", None, None, "0xC004F200"),
    ]


def test_formats_are_listed_once_with_what_they_emit() -> None:
    listed = formats()
    assert len({info.id for info in listed}) == len(listed) >= 15
    assert all(info.title and info.emits for info in listed)


def test_the_system_as_json(tmp_path: Path) -> None:
    system = {
        "CSName": "PC-13",
        "Caption": "Microsoft Windows 11 专业版",
        "Version": "10.0.26100",
        "BuildNumber": "26100",
        "InstallDate": "/Date(1614824112000)/",
    }
    inventory = read(tmp_path, "x.json", json.dumps(system, ensure_ascii=False), "utf-8-sig")
    assert inventory.devices.select("device_id", "os_name", "os_build", "os_installed_on").rows() == [
        ("PC-13", "Microsoft Windows 11 专业版", "26100", "2021-03-04")
    ]
