"""Services, tasks, processes, files, antivirus records and registry keys become traces and facts of the right device."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from licmatch.errors import InputError
from licmatch.ingest import Inventory, read_frame, read_inventory
from licmatch.ingest.sources import GUIDE_STEMS

IFEO = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options\SppExtComObj.exe"


def collected(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Inventory:
    place = folder / "PC-7"
    place.mkdir(exist_ok=True)
    (place / name).write_bytes(text.encode(encoding))
    return read_inventory([folder])


def traces(found: Inventory) -> list[tuple[str, str]]:
    assert set(found.traces["device_id"].to_list()) <= {"PC-7"}
    return found.traces.select("kind", "value").rows()


def device(found: Inventory) -> dict[str, object]:
    (row,) = found.devices.to_dicts()
    assert row["device_id"] == "PC-7"
    return row


SC_EN = """
SERVICE_NAME: KMSELDI
DISPLAY_NAME: Service KMSELDI
        TYPE               : 10  WIN32_OWN_PROCESS
        STATE              : 4  RUNNING

SERVICE_NAME: sppsvc
        START_TYPE         : 4   DISABLED
        BINARY_PATH_NAME   : C:\\Windows\\system32\\sppsvc.exe
"""
SC_ZH = (
    SC_EN.replace("DISPLAY_NAME", "显示名称")
    .replace("STATE  ", "状态  ")
    .replace("START_TYPE", "启动类型")
    .replace("BINARY_PATH_NAME", "二进制路径名")
)


@pytest.mark.parametrize(("text", "encoding"), [(SC_EN, "utf-8"), (SC_EN, "utf-16"), (SC_ZH, "gb18030"), (SC_ZH, "utf-16-le")])
def test_sc(tmp_path: Path, text: str, encoding: str) -> None:
    found = collected(tmp_path, "services.txt", text.replace("\n", "\r\n"), encoding)
    assert found.files[0].format == "sc"
    assert traces(found) == [
        ("service", "KMSELDI"),
        ("service", "Service KMSELDI"),
        ("service", "sppsvc"),
        ("file_path", "C:\\Windows\\system32\\sppsvc.exe"),
        ("service_state", "sppsvc; start=disabled"),
    ]


def test_a_whole_list_of_services_without_the_licensing_one_says_so(tmp_path: Path) -> None:
    names = ["RpcSs", "EventLog", "Winmgmt"]
    rows = [{"Name": name, "DisplayName": name, "StartType": 2, "Status": 4} for name in names]
    assert ("service_state", "sppsvc; missing") in traces(collected(tmp_path, "services.json", json.dumps(rows)))
    some = collected(tmp_path, "services.json", json.dumps(rows[:2]))
    assert not [value for kind, value in traces(some) if kind == "service_state"]


TASKS_EN = (
    '"HostName","TaskName","Next Run Time","Status","Logon Mode","Last Run Time","Last Result","Author","Task To Run","Start In"',
    '"PC-7","\\AutoPico Daily Restart","N/A","Ready","x","2026-11-22 09:00:00","0","x","""C:\\Program Files\\KMSpico'
    '\\AutoPico.exe"" /silent","N/A"',
    '"PC-7","\\Microsoft\\x","N/A","Ready","x","1999/11/30 0:00:00","1","x","powershell -c irm https://get.activated.win | iex","N/A"',
)
TASKS_ZH = ('"主机名","任务名","下次运行时间","模式","登录状态","上次运行时间","上次结果","创建者","要运行的任务","起始于"', *TASKS_EN[1:])


@pytest.mark.parametrize(("lines", "encoding"), [(TASKS_EN, "utf-8"), (TASKS_ZH, "gb18030"), (TASKS_ZH, "utf-16")])
def test_schtasks_prints_its_header_again_and_again(tmp_path: Path, lines: tuple[str, ...], encoding: str) -> None:
    head, first, second = lines
    found = collected(tmp_path, "tasks.csv", "\r\n".join([head, first, head, second, ""]), encoding)
    assert found.traces.rows() == [
        ("PC-7", "scheduled_task", "AutoPico Daily Restart", "2026-11-22T09:00:00"),
        ("PC-7", "file_path", "C:\\Program Files\\KMSpico\\AutoPico.exe", "2026-11-22T09:00:00"),
        ("PC-7", "scheduled_task", "Microsoft\\x", None),
        ("PC-7", "command_history", "powershell -c irm https://get.activated.win | iex", None),
    ]
    assert found.rejected.is_empty()


def test_a_shifted_row_is_rejected(tmp_path: Path) -> None:
    found = collected(tmp_path, "tasklist.csv", '"Image Name","PID","Session Name","Session#","Mem Usage"\n"a.exe","5"\n')
    assert found.traces.is_empty()
    assert found.rejected.select("line", "raw").rows() == [(2, b'"a.exe","5"')]


@pytest.mark.parametrize(
    ("text", "encoding", "value"),
    [
        ('"映像名称","PID","会话名      ","会话#   ","内存使用 "\r\n"KMSSS.exe","55","Console","1","3 K"\r\n', "gb18030", "KMSSS.exe"),
        ('[{"ProcessName": "KMSSS", "Id": 5, "Path": null}]', "utf-8", "KMSSS.exe"),
        ('[{"ProcessName": "KMSSS", "Id": 5, "Path": "C:\\\\K\\\\KMSSS.exe"}]', "utf-16", "C:\\K\\KMSSS.exe"),
        ("\r\n\r\nCommandLine=\r\nExecutablePath=C:\\K\\KMSSS.exe\r\nName=KMSSS.exe\r\n\r\n", "utf-16", "C:\\K\\KMSSS.exe"),
        ('[{"name": "KMSSS.exe", "path": "C:\\\\K\\\\KMSSS.exe", "pid": "5", "cmdline": ""}]', "utf-8", "C:\\K\\KMSSS.exe"),
    ],
)
def test_processes(tmp_path: Path, text: str, encoding: str, value: str) -> None:
    assert traces(collected(tmp_path, "processes.txt", text, encoding)) == [("process", value)]


def test_scheduled_tasks_of_powershell(tmp_path: Path) -> None:
    task = {
        "TaskName": "KMSAuto",
        "TaskPath": "\\",
        "State": 3,
        "Actions": [{"Execute": "C:\\ProgramData\\KMSAuto\\x.exe", "Arguments": "/s"}],
    }
    assert traces(collected(tmp_path, "tasks.json", json.dumps({"value": [task], "Count": 1}))) == [
        ("scheduled_task", "KMSAuto"),
        ("file_path", "C:\\ProgramData\\KMSAuto\\x.exe"),
    ]


def test_the_hosts_file_itself(tmp_path: Path) -> None:
    text = (
        "# Copyright (c) 1993-2009 Microsoft Corp.\n# This is a sample HOSTS file.\n127.0.0.1\tactivate.adobe.com pr"
        "activate.adobe.com # no\n::1 localhost\n"
    )
    found = collected(tmp_path, "hosts", text)
    assert traces(found) == [("hosts_line", "127.0.0.1 activate.adobe.com practivate.adobe.com"), ("hosts_line", "::1 localhost")]
    empty = collected(tmp_path, "hosts", "# Copyright (c) 1993-2009 Microsoft Corp.\n# This is a sample HOSTS file.\n")
    assert empty.traces.is_empty()
    assert empty.files[0].format == "hosts"


@pytest.mark.parametrize(
    ("text", "encoding", "seen"),
    [
        ("C:\\Windows\\AutoKMS.exe\r\nC:\\用户\\b.exe\r\n", "gb18030", None),
        (
            " 驱动器 C 中的卷没有标签。\r\n\r\n C:\\Windows 的目录\r\n\r\n2021/03/04  10:15    <DIR>          .\r\n"
            "2021/03/04  10:15           123,456 AutoKMS.exe\r\n\r\n C:\\用户 的目录\r\n\r\n2021/03/04  10:15      1 b.exe\r\n",
            "gb18030",
            "2021-03-04T10:15:00",
        ),
        (
            " Volume in drive C has no label.\r\n\r\n Directory of C:\\Windows\r\n\r\n2021-03-04  10:15   1,234 AutoKMS.exe\r\n"
            "\r\n Directory of C:\\用户\r\n\r\n2021-03-04  10:15   1 b.exe\r\n",
            "utf-16",
            "2021-03-04T10:15:00",
        ),
        (
            '"FullName","Length","LastWriteTime"\r\n"C:\\Windows\\AutoKMS.exe","1","2021/3/4 10:15:00"\r\n"C:\\用户\\b.'
            'exe","1","2021/3/4 10:15:00"\r\n',
            "utf-8",
            "2021-03-04T10:15:00",
        ),
    ],
)
def test_lists_of_files(tmp_path: Path, text: str, encoding: str, seen: str | None) -> None:
    found = collected(tmp_path, "files.txt", text, encoding)
    assert found.traces.rows() == [
        ("PC-7", "file_path", "C:\\Windows\\AutoKMS.exe", seen),
        ("PC-7", "file_path", "C:\\用户\\b.exe", seen),
    ]


def test_osquery_tables(tmp_path: Path) -> None:
    entries = [
        ("file", {"path": "C:\\K\\a.exe", "filename": "a.exe", "directory": "C:\\K", "mtime": "1614824112"}),
        (
            "services",
            {"name": "KMSELDI", "display_name": "Service KMSELDI", "start_type": "AUTO_START", "path": "C:\\K\\s.exe", "status": "RUNNING"},
        ),
        ("scheduled_tasks", {"name": "AutoKMS", "action": "C:\\K\\a.exe", "path": "\\AutoKMS", "enabled": "1", "next_run_time": "0"}),
        ("etc_hosts", {"address": "0.0.0.0", "hostnames": "activate.adobe.com"}),
        (
            "registry",
            {"key": IFEO.replace("HKLM", "HKEY_LOCAL_MACHINE"), "name": "Debugger", "data": "x.exe", "path": "", "type": "REG_SZ"},
        ),
        ("windows_security_products", {"type": "Antivirus", "name": "360天擎", "state": "On", "signatures_up_to_date": "1"}),
        ("listening_ports", {"port": "1688", "protocol": "6", "address": "0.0.0.0", "pid": "4"}),
    ]
    lines = [
        json.dumps({"name": f"pack_x_{table}", "hostIdentifier": "PC-7", "action": "snapshot", "snapshot": [row], "unixTime": 1795338000})
        for table, row in entries
    ]
    found = collected(tmp_path, "log.ndjson", "\n".join(lines))
    assert traces(found) == [
        ("file_path", "C:\\K\\a.exe"),
        ("service", "KMSELDI"),
        ("service", "Service KMSELDI"),
        ("file_path", "C:\\K\\s.exe"),
        ("scheduled_task", "AutoKMS"),
        ("file_path", "C:\\K\\a.exe"),
        ("hosts_line", "0.0.0.0 activate.adobe.com"),
        ("registry_value", f"{IFEO}::Debugger=x.exe"),
        ("antivirus_state", "360天擎; enabled=yes; up_to_date=yes"),
        ("listening_port", "1688"),
    ]


def test_detections_get_their_names_from_the_same_file(tmp_path: Path) -> None:
    objects = [
        {"ThreatID": 5, "Resources": ["file:_C:\\KMS\\AutoKMS.exe"], "InitialDetectionTime": "2026-11-22T09:00:00+08:00"},
        {"ThreatID": 5, "ThreatName": "HackTool:Win32/AutoKMS"},
    ]
    found = collected(tmp_path, "detections.json", json.dumps(objects), "utf-16")
    assert found.traces.rows() == [
        ("PC-7", "av_detection", "HackTool:Win32/AutoKMS", "2026-11-22T09:00:00"),
        ("PC-7", "file_path", "C:\\KMS\\AutoKMS.exe", "2026-11-22T09:00:00"),
        ("PC-7", "av_detection", "HackTool:Win32/AutoKMS", None),
    ]


def test_detections_of_a_console(tmp_path: Path) -> None:
    text = "终端名称,病毒名称,文件路径,发现时间\nPC-7,HackTool/AutoKMS,D:\\软件\\kms.exe,2026-11-20 08:00\n"
    found = collected(tmp_path, "a.csv", text, "gb18030")
    assert found.traces.rows() == [
        ("PC-7", "av_detection", "HackTool/AutoKMS", "2026-11-20T08:00:00"),
        ("PC-7", "file_path", "D:\\软件\\kms.exe", "2026-11-20T08:00:00"),
    ]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            {"ExclusionPath": ["C:\\KMS"], "ExclusionProcess": None, "ExclusionExtension": ["exe"]},
            [("defender_exclusion", "C:\\KMS"), ("defender_exclusion", "exe")],
        ),
        ({"displayName": "Windows Defender", "productState": 397568},
         [("antivirus_state", "Windows Defender; enabled=yes; up_to_date=yes")]),
        ({"displayName": "360天擎", "productState": "393488"}, [("antivirus_state", "360天擎; enabled=no; up_to_date=no")]),
        (
            {"RealTimeProtectionEnabled": False, "AntivirusEnabled": True, "AMProductVersion": "4.18"},
            [("antivirus_state", "Microsoft Defender; enabled=yes; real_time=no; version=4.18")],
        ),
        ({"LocalPort": 1688, "State": 2, "LocalAddress": "0.0.0.0"}, [("listening_port", "1688")]),
    ],
)  # fmt: skip
def test_antivirus_and_ports(tmp_path: Path, item: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert traces(collected(tmp_path, "defender.json", json.dumps(item))) == expected


def test_netstat(tmp_path: Path) -> None:
    text = (
        "\r\n活动连接\r\n\r\n  TCP    0.0.0.0:1688           0.0.0.0:0              LISTENING       1234\r\n  TCP   "
        " 10.0.0.1:5000  10.0.0.2:443  ESTABLISHED  7\r\n"
    )
    assert traces(collected(tmp_path, "netstat.txt", text, "gb18030")) == [("listening_port", "1688")]


REG = f"""Windows Registry Editor Version 5.00

[{IFEO.replace("HKLM", "HKEY_LOCAL_MACHINE")}]
"Debugger"="rundll32.exe SppExtComObjHook.dll,PatcherMain"

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\SoftwareProtectionPlatform]
"KeyManagementServiceName"="kms8.msguides.com"
"KeyManagementServicePort"="1688"

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\OEMInformation]
"Manufacturer"="雨林木风"

[HKEY_LOCAL_MACHINE\\SYSTEM\\Setup]
"SetupType"=dword:00000000

[HKEY_LOCAL_MACHINE\\SYSTEM\\Setup\\Source OS (Updated on 3/4/2020 10:00:00)]
"ProductName"="Windows 7 Professional"
"CurrentBuild"="7601"

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Office\\ClickToRun\\Configuration]
"ProductReleaseIds"="O365ProPlusRetail,VisioProRetail"

[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run]
"KMSAuto"="C:\\\\x.exe"
"""


def test_registry_export(tmp_path: Path) -> None:
    found = collected(tmp_path, "registry.reg", REG.replace("\n", "\r\n"), "utf-16")
    assert traces(found) == [
        ("registry_value", f"{IFEO}::Debugger=rundll32.exe SppExtComObjHook.dll,PatcherMain"),
        ("kms_host", "kms8.msguides.com:1688"),
        ("oem_branding", "雨林木风"),
    ]
    row = device(found)
    assert (row["oem_info_maker"], row["upgraded_from"], row["c2r_products"]) == (
        "雨林木风",
        "Windows 7 Professional 7601",
        "O365ProPlusRetail;VisioProRetail",
    )


MORE_KEYS = r"""Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run]
"AutoKMS"="\"C:\\Windows\\AutoKMS\\AutoKMS.exe\" /hidden"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Office\16.0\Common\Licensing\Resiliency]
"TimeOfLastHeartbeatFailure"="2026-09-01T00:00:00Z"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion]
"CurrentBuild"="22631"
"InstallDate"=dword:65a0f3c0
"ProductName"="Windows 10 Pro"
"ProductId"="00330-80000-00000-AA123"
"RegisteredOwner"="深度技术"
"RegisteredOrganization"=""

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Office\ClickToRun\Configuration]
"ProPlus2021Volume.EmailAddress"="who@example.org"

[HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\Kingsoft\Office\6.0\Common]
"Install_Time"="2026/11/02"
"Colour"="blue"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows Defender\Exclusions\Paths]
"C:\\Windows\\KMSAutoS"=dword:00000000

[HKEY_LOCAL_MACHINE\HARDWARE\DESCRIPTION\System\BIOS]
"SystemManufacturer"="LENOVO"
"SystemProductName"="10SUS"
"BIOSVendor"="Lenovo"

[HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\KMSAuto]
"x"="1"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform]
"KeyManagementServicePort"="1688"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\Nothing\Of\Ours]
"MachineGuid"="0"
"""


def test_every_key_that_tells_something_is_heard(tmp_path: Path) -> None:
    found = collected(tmp_path, "registry.reg", MORE_KEYS, "utf-16")
    assert traces(found) == [
        ("registry_value", r'HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run::AutoKMS="C:\Windows\AutoKMS\AutoKMS.exe" /hidden'),
        ("file_path", r"C:\Windows\AutoKMS\AutoKMS.exe"),
        (
            "registry_value",
            r"HKLM\SOFTWARE\Microsoft\Office\16.0\Common\Licensing\Resiliency::TimeOfLastHeartbeatFailure=2026-09-01T00:00:00Z",
        ),
        ("oem_branding", "深度技术"),
        ("os_caption", "Windows 10 Pro"),
        ("product_id", "00330-80000-00000-AA123"),
        ("registry_value", r"HKLM\SOFTWARE\Wow6432Node\Kingsoft\Office\6.0\Common::Install_Time=2026-11-02"),
        ("defender_exclusion", r"C:\Windows\KMSAutoS"),
        ("registry_value", r"HKLM\SOFTWARE\WOW6432Node\KMSAuto"),
    ]
    row = device(found)
    assert {name: row[name] for name in ("os_build", "os_installed_on", "manufacturer", "model", "bios_maker", "office_signed_in")} == {
        "os_build": "22631", "os_installed_on": "2024-01-12", "manufacturer": "LENOVO", "model": "10SUS", "bios_maker": "Lenovo",
        "office_signed_in": True,
    }  # fmt: skip


def test_a_system_that_was_asked_and_not_upgraded(tmp_path: Path) -> None:
    query = "\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\Setup\r\n    SetupType    REG_DWORD    0x0\r\n"
    found = collected(tmp_path, "setup.txt", query, "gb18030")
    assert found.files[0].format == "reg-query"
    assert device(found)["upgraded_from"] == ""
    assert device(collected(tmp_path, "setup.txt", "C:\\a.exe\r\nC:\\b.exe\r\n"))["upgraded_from"] is None


HARDWARE = [
    {"Manufacturer": "LENOVO", "SerialNumber": "PF123", "SMBIOSBIOSVersion": "M1"},
    {"UUID": "8D9A", "Vendor": "LENOVO", "IdentifyingNumber": "PF123", "Name": "10SUS", "Version": "ThinkCentre"},
    {"IPAddress": ["10.0.0.5", "FE80::1"], "MACAddress": "x", "IPEnabled": True},
    {"Domain": "x.gov", "PartOfDomain": True, "Model": "10SU", "Manufacturer": "LENOVO", "Name": "PC-7"},
    {"ChassisTypes": [10], "SerialNumber": "PF123"},
    {"CSName": "PC-7", "Caption": "Microsoft Windows 10 专业版 ", "BuildNumber": "19045", "InstallDate": "20210304101512.000000+480",
     "LocalDateTime": "20261122090501.000000+480"},
    {"OA3xOriginalProductKey": "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE", "OA3xOriginalProductKeyDescription": "[4.0] Core OEM:DM",
     "IsKeyManagementServiceMachine": 0},
]  # fmt: skip
KNOWN = {
    "serial_number": "PF123", "hardware_uuid": "8D9A", "bios_maker": "LENOVO", "addresses": "10.0.0.5;fe80::1", "domain_joined": True,
    "kind": "laptop", "os_installed_on": "2021-03-04", "os_installed_at": "2021-03-04T10:15:12",
    "clock_at": "2026-11-22T09:05:01", "collected_at": "2026-11-22T09:05:01", "firmware_edition": "Core",
    "hostname": "PC-7", "manufacturer": "LENOVO", "firmware_oem_id": None, "office_signed_in": None,
}  # fmt: skip


def test_hardware_as_json(tmp_path: Path) -> None:
    found = collected(tmp_path, "hardware.json", json.dumps(HARDWARE))
    row = device(found)
    assert {column: row[column] for column in KNOWN} == KNOWN
    assert found.activations.select("oa3_partial_key", "listens_kms").rows() == [("EEEEE", False)]


def test_hardware_as_wmic_list(tmp_path: Path) -> None:
    def cell(value: object) -> object:
        return "{" + ",".join(f'"{part}"' for part in value) + "}" if isinstance(value, list) else value

    blocks = ["\r\n".join(f"{key}={cell(value)}" for key, value in item.items()) for item in HARDWARE]
    found = collected(tmp_path, "hardware.txt", "\r\n\r\n" + "\r\n\r\n\r\n".join(blocks), "utf-16")
    assert found.files[0].format == "wmic-list"
    row = device(found)
    assert {column: row[column] for column in KNOWN} == KNOWN


LICENCE = {
    "PSComputerName": "PC-7", "Name": "Windows(R), Professional edition", "ApplicationID": "55c92734-d682-4d71-983e-d6ec3f16059f",
    "LicenseStatus": 1, "PartialProductKey": "3V66T", "LicenseStatusReason": 1074066433,
}  # fmt: skip
HOSTS = ("KeyManagementServiceMachine", "DiscoveredKeyManagementServiceMachineName", "ADActivationObjectName")


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (dict.fromkeys(HOSTS, ""), ("", "")),
        ({}, (None, None)),
        (dict.fromkeys(HOSTS), (None, None)),
        ({HOSTS[0]: ""}, (None, None)),
        ({HOSTS[0]: "kms.x", HOSTS[2]: "o"}, ("kms.x", "o")),
    ],
)
def test_empty_is_an_answer_and_missing_is_none(tmp_path: Path, about: dict[str, object], expected: tuple[object, object]) -> None:
    found = collected(tmp_path, "licences.json", json.dumps([{**LICENCE, **about}]))
    assert found.activations.select("kms_host", "ad_object").rows() == [expected]
    assert found.activations["status_reason"].to_list() == ["0x4004F401"]


def test_firmware_without_a_key_is_an_answer(tmp_path: Path) -> None:
    found = collected(tmp_path, "firmware.json", json.dumps({"OA3xOriginalProductKey": "", "IsKeyManagementServiceMachine": 0}))
    assert found.activations["oa3_partial_key"].to_list() == [""]


def test_all_licences_of_slmgr_without_those_that_are_not_used(tmp_path: Path) -> None:
    used = (
        "名称: Windows(R), Professional edition\n描述: Windows(R) Operating System, VOLUME_KMSCLIENT channel\n激活 I"
        "D: a\n部分产品密钥: 3V66T\n许可证状态: 已授权\n"
    )
    unused = (
        "名称: Windows(R), Core edition\n描述: Windows(R) Operating System, RETAIL channel\n激活 ID: b\n许可证状态"
        ": 未授权\n此许可证未在使用。\n"
    )
    found = collected(tmp_path, "slmgr.txt", f"软件授权服务版本: 10.0\n\n{unused}\n{used}\n{unused}", "gb18030")
    assert found.activations.select("product_name", "channel", "license_status").rows() == [
        ("Windows(R), Professional edition", "VOLUME_KMSCLIENT", 1)
    ]
    assert [(notice.code, notice.count) for notice in found.notices] == [("LICENCE_TEMPLATES", 2)]


def test_antivirus_section_of_an_agent(tmp_path: Path) -> None:
    content = {
        "hardware": {"name": "PC-7", "uuid": "u-1"},
        "bios": {"ssn": "PF1", "bmanufacturer": "LENOVO"},
        "softwares": [],
        "antivirus": [{"name": "360天擎", "enabled": True, "uptodate": False, "version": "10", "expiration": "2026-12-31"}],
    }
    found = collected(tmp_path, "glpi.json", json.dumps({"deviceid": "PC-7-2026-11-22-09-00-00", "content": content}))
    assert traces(found) == [("antivirus_state", "360天擎; enabled=yes; up_to_date=no; version=10; expires=2026-12-31")]
    row = device(found)
    assert (row["serial_number"], row["hardware_uuid"], row["bios_maker"]) == ("PF1", "u-1", "LENOVO")


OSPP = """---Processing--------------------------
---------------------------------------
PRODUCT ID: 00339-10000-00000-AA680
SKU ID: d450596f-894d-49e0-966a-fd39ed4c4c64
LICENSE NAME: Office 16, Office16ProPlusVL_KMS_Client edition
LICENSE DESCRIPTION: Office 16, VOLUME_KMSCLIENT channel
LICENSE STATUS:  ---LICENSED---
Last 5 characters of installed product key: EEEEE
    KMS machine name from DNS: kms.example.internal:1688
---------------------------------------
---Exiting-----------------------------
"""


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8"])
def test_ospp_in_a_chinese_console(tmp_path: Path, encoding: str) -> None:
    console = (
        "D:\\>cscript ospp.vbs /dstatus\nMicrosoft (R) Windows Script Host Version 5.812\n版权所有(C) Microsoft C"
        "orporation。保留所有权利。\n\n"
    )
    found = collected(tmp_path, "ospp.txt", f"{console}{OSPP}\n请按任意键继续. . . ".replace("\n", "\r\n"), encoding)
    assert found.activations.select(
        "device_id", "license_status", "partial_product_key", "kms_host", "kms_port", "license_family"
    ).rows() == [("PC-7", 1, "EEEEE", "kms.example.internal", 1688, "Office16ProPlusVL_KMS_Client")]


def test_ospp_among_blocks_of_wmic(tmp_path: Path) -> None:
    blocks = "Caption=PC-7\nDomain=WORKGROUP\nManufacturer=Lenovo\n\nCaption=Microsoft Windows 10 专业版\nOSArchitecture=64 位\n\n"
    (tmp_path / "dump.txt").write_text(f"{blocks}{OSPP}", encoding="gb18030")
    found = read_inventory([tmp_path / "dump.txt"])
    row = device(found)
    assert (row["manufacturer"], row["os_name"]) == ("Lenovo", "Microsoft Windows 10 专业版")
    assert found.activations["device_id"].to_list() == ["PC-7"]


# --- given on their own ---


def test_every_file_of_the_collection_guide_is_named_by_its_folder() -> None:
    for name in ("collect.md", "collect.zh.md"):
        guide = (Path(__file__).parents[3] / "docs" / "how-to" / name).read_text(encoding="utf-8")
        stems = set(re.findall(r"^Save (\w+) ", guide, re.MULTILINE)) | set(re.findall(r"%COMPUTERNAME%\\(\w+)\.", guide))
        assert len(stems) > 20
        assert stems <= GUIDE_STEMS


def test_raw_dumps_are_read_as_side_frames(tmp_path: Path) -> None:
    collected(tmp_path, "services.txt", SC_EN)
    (tmp_path / "PC-7" / "licences.json").write_text(json.dumps([LICENCE]), encoding="utf-8")
    assert set(read_frame("traces", tmp_path / "PC-7" / "services.txt")[0]["device_id"]) == {"PC-7"}
    assert read_frame("activations", tmp_path / "PC-7" / "licences.json")[0].select("device_id", "application").rows() == [
        ("PC-7", "windows")
    ]
    assert read_frame("devices", tmp_path / "PC-7")[0]["device_id"].to_list() == ["PC-7"]
    assert read_frame("traces", tmp_path)[0].height == 5
    with pytest.raises(InputError, match="holds no activations"):
        read_frame("activations", tmp_path / "PC-7" / "services.txt")
    with pytest.raises(InputError):
        read_frame("rulings", tmp_path / "PC-7" / "services.txt")


def test_a_large_table_is_read_as_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import licmatch.ingest.frames as frames

    text = (
        "设备编号,类型,内容,发现时间\n"
        + "".join(f"D{number},文件,C:\\a{number}.exe,2026/11/2 9:05\n" for number in range(50))
        + ",文件,C:\\b.exe,\n"
    )
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="gb18030")
    small = read_frame("traces", file)
    monkeypatch.setattr(frames, "SCANNED", 1)
    big = read_frame("traces", file)
    assert small[0].equals(big[0])
    assert big[0].row(0) == ("D0", "file_path", "C:\\a0.exe", "2026-11-02T09:05:00")
    assert small[1].select("line", "reason").rows() == big[1].select("line", "reason").rows() == [(52, "no device_id")]
    pl.read_csv(file, encoding="gb18030", infer_schema=False).write_parquet(tmp_path / "t.parquet")
    assert read_frame("traces", tmp_path / "t.parquet")[0].equals(big[0])


DEVICES_ZH = "设备编号,SLIC标识,升级前系统,是否入域,采购配置系统,接收时间,本机时间\n"


def test_asked_and_none_survives_a_table(tmp_path: Path) -> None:
    file = tmp_path / "devices.csv"
    file.write_text(
        DEVICES_ZH + "A,无,没有,否,预装统信UOS,2026/11/22 9:00,2026-11-22 09:20:00\nB,,,,,,\nC,LENOVO,Windows 7,是,,,\nD,none,,,,,\n",
        encoding="gb18030",
    )
    expected = [
        ("A", "", "", False, "预装统信UOS", "2026-11-22T09:00:00", "2026-11-22T09:20:00"),
        ("B", None, None, None, None, None, None),
        ("C", "LENOVO", "Windows 7", True, None, None, None),
        ("D", "", None, None, None, None, None),
    ]
    columns = ("device_id", "firmware_oem_id", "upgraded_from", "domain_joined", "purchased_as", "received_at", "clock_at")
    assert read_frame("devices", file)[0].select(columns).rows() == expected
    assert read_inventory([file]).devices.select(columns).rows() == expected
