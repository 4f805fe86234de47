"""A whole product key never gets past reading: not in any frame of any format, not in a rejected row, not in any encoding."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licmatch.errors import LicmatchError
from licmatch.ingest import read_frame, read_inventory
from licmatch.ingest.product_keys import key_bytes, key_text, without_keys

LETTERS = "BCDFGHJKMPQRTVWXY2346789"
GROUPS = st.lists(st.text(st.sampled_from(LETTERS), min_size=5, max_size=5), min_size=5, max_size=5)
DASHES = st.sampled_from(("-", "-", "", "－", "–", " "))
AROUND = st.sampled_from(("", "密钥", "key:", "(", "x", "号："))
ENCODINGS = st.sampled_from(("utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be"))

TEXTS = {
    "programs.csv": "计算机名,软件名称,版本,发布者,安装位置,备注\nPC1,Office,1,MS,C:\\x,y\nPC1,{0},{0},{0},{0},{0}\nPC1,,,{0},,\n",
    "shift.csv": "计算机名,软件名称\nPC1,Office,{0}\n合计,{0}\n",
    "hkey.csv": "device_id,name\n{0},{0}\n",
    "devices.csv": "设备编号,单位编号,设备类型,在用,操作系统,序列号\nPC1,{0},{0},{0},{0},{0}\n,{0},,,,\n",
    "activations.csv": "device_id,product_name,license_status,partial_product_key,description,oa3_partial_key\nPC1,Offi"
        "ce {0},1,{0},{0},{0}\n,{0},1,,,\n",
    "traces.csv": "device_id,kind,value\nPC1,registry_value,x={0}\nPC1,,{0}\n",
    "units.csv": "单位编号,单位名称,上级单位编号\nU,{0},{0}\n,{0},\n",
    "services.csv": '"Name","DisplayName","StartType","Status"\n"{0}","{0}","{0}","x"\n"{0}"\n',
    "tasks.csv": '"HostName","TaskName","Task To Run","Last Run Time"\n"PC1","{0}","cmd /c slmgr /ipk {0}","x"\n',
    "registry.reg": 'Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\Current'
        'Version\\Run]\n"{0}"="{0}"\n\n'
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{0}]\n"
    '"DisplayName"="{0}"\n\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\A]\n"Comments"="{0}"\n',
    "os.txt": "\nBuildNumber=19045\nCaption={0}\nCSName=PC1\n\nName={0}\nLicenseStatus=1\nPartialProductKey={0}\nDescri"
        "ption={0}\n\nName={0}\nVendor={0}\nVersion={0}\n",
    "node.csv": "Node,IdentifyingNumber,Name,Vendor,Version\nPC1,x,Office {0},Contoso,{0}\nPC1,a,b,c,d,e {0}\n",
    "hosts": "127.0.0.1 activate.adobe.com {0}\n::1 {0}\n",
    "files.txt": "C:\\keys\\{0}.txt\nC:\\a.exe\n",
    "slmgr.txt": "名称: Windows {0}\n描述: {0}\n激活 ID: a\n部分产品密钥: {0}\n许可证状态: 已授权\n扩展 PID: {0}\n",
    "ospp.txt": "---Processing---\nLICENSE NAME: Office {0}\nLICENSE STATUS:  ---LICENSED---\nLast 5 characters of inst"
        "alled product key: {0}\nPRODUCT ID: {0}\n",
    "dpkg.txt": "Desired=Unknown/Install\n+++-\nii  {0}  1.0 amd64 x\nbroken {0}\n",
    "a.json": '[{{"Name": "{0}", "LicenseStatus": 1, "PartialProductKey": "{0}", "Description": "{0}"}}, {{"x": "{0}"}}]',
    "b.json": '[{{"OA3xOriginalProductKey": "{0}", "IsKeyManagementServiceMachine": 0}}, {{"ThreatID": 1, "ThreatName":'
        ' "{0}", "Resources": ["file:_C:\\\\{0}"]}}]',
    "glpi.json": '{{"deviceid": "PC1", "tag": "{0}", "content": {{"hardware": {{"name": "PC1", "winprodkey": "{0}"}}, "'
        'softwares": [{{"name": "{0}", "guid": "{0}"}}],'
    ' "licenseinfos": [{{"name": "Office", "key": "{0}", "fullname": "{0}"}}], "antivirus": [{{"name": "{0}"}}]}}}}',
    "ocs.xml": "<?xml version='1.0'?><REQUEST><CONTENT><BIOS><SSN>{0}</SSN></BIOS><HARDWARE><NAME>PC1</NAME><WINPRODKEY"
        ">{0}</WINPRODKEY></HARDWARE>"
    "<SOFTWARES><NAME>{0}</NAME><COMMENTS>{0}</COMMENTS></SOFTWARES><OFFICEPACK><PRODUCT>{0}</PRODUCT><OFFICEKEY>{0}</O"
        "FFICEKEY></OFFICEPACK>"
    "</CONTENT></REQUEST>",
    "osq.json": '[{{"name": "{0}", "version": "{0}", "publisher": "{0}", "identifying_number": "{0}", "install_source": ""}}]',
}  # fmt: skip
RIGHTS = {
    "l.csv": "许可证号码,单位编号,软件名称,版本,授权方式,授权数量,合同编号\n{0},{0},{0},{0},按台,5,{0}\nB,{0},,,按台,0,"
    "{0}\nC,U,WPS {0},,按{0},5,\n",
    "s.csv": "Full Name,Email,Username,Item name,serial number,seats,reassignable,company\n,,,Office {0},{0},5,yes,{0}"
    "\n,,,Office,{0},0,yes,U\n",
}


def cells(frame: pl.DataFrame) -> str:
    """Everything a frame holds as one text: bytes in each reading that could bring a key to light."""
    found = []
    for row in frame.rows():
        for cell in row:
            if isinstance(cell, bytes):
                found += [cell.decode(codec, errors="ignore") for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")]
            else:
                found.append(str(cell))
    return "\n".join(found)


def assert_gone(frame: pl.DataFrame, groups: list[str], written: str, where: str) -> None:
    text = cells(frame)
    assert written not in text, where
    assert "".join(groups) not in text, where
    assert groups[0] + groups[1] not in text.translate({ord(mark): None for mark in "-－– "}), where


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(GROUPS, DASHES, AROUND, st.sampled_from(sorted(TEXTS)), ENCODINGS)
def test_no_frame_of_an_inventory_holds_a_key(groups: list[str], dash: str, around: str, name: str, encoding: str) -> None:
    key = dash.join(groups)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(TEXTS[name].format(around + key).encode(encoding))
        try:
            found = read_inventory([file])
        except LicmatchError:
            return
        for frame in (found.software.collect(), found.devices, found.units, found.activations, found.traces, found.rejected):
            assert_gone(frame, groups, key, f"{name} {encoding}")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(GROUPS, DASHES, st.sampled_from(sorted(RIGHTS)), ENCODINGS)
def test_no_entitlement_holds_a_key(groups: list[str], dash: str, name: str, encoding: str) -> None:
    key = dash.join(groups)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(RIGHTS[name].format(key).encode(encoding))
        for frame in read_frame("entitlements", file):
            assert_gone(frame, groups, key, f"{name} {encoding}")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(GROUPS, st.sampled_from(("activations", "devices", "traces", "units")))
def test_no_side_frame_holds_a_key(groups: list[str], kind: str) -> None:
    key = "-".join(groups)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "t.csv"
        file.write_text(TEXTS[f"{kind}.csv"].format(key), encoding="utf-8")
        for frame in read_frame(kind, file):
            assert_gone(frame, groups, key, kind)
        rows = [{"device_id": "D", "kind": key, "value": key, "product_name": key, "unit_id": key, "name": key, "partial_product_key": key}]
        pl.DataFrame(rows).write_parquet(Path(folder) / "t.parquet")
        for frame in read_frame(kind, Path(folder) / "t.parquet"):
            assert_gone(frame, groups, key, kind)


def test_every_text_of_this_test_is_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in TEXTS.items():
            file = Path(folder) / name
            file.write_text(text.format("NAME"), encoding="utf-8")
            read_inventory([file])


@given(st.text(max_size=60), GROUPS, st.text(max_size=20))
def test_column_text_and_bytes_agree_on_the_last_five(before: str, groups: list[str], after: str) -> None:
    text = f"{before}\n{'-'.join(groups)}\n{after}"
    cut = pl.select(without_keys(pl.lit(text))).item()
    assert cut == key_text(text)
    assert f"*****-{groups[4]}" in cut
    assert "-".join(groups).encode() not in key_bytes(text.encode())


@given(st.text(st.sampled_from("abcdefABCDEF0123456789-{} "), max_size=80))
def test_guids_and_hashes_stay(text: str) -> None:
    for kept in ("{90160000-0011-0000-0000-0000000FF1CE}", "8d9a1c02-0000-0000-0000-000000000001", "00330-80000-00000-AA000"):
        assert key_text(f"{kept} {json.dumps(text)}").startswith(kept)
