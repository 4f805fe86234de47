"""An inventory with names of devices, hosts and people planted in every place that a dump has, and a reader of all a result's bytes."""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from pathlib import Path

import polars as pl

# Every one of these stands for a device, a host, an account, a person or an address.
SECRETS = (
    "SECRETPC01", "SECRETPC02", "Secrethost-7", "zhangsanfeng", "王小明", "李经办", "lisi_private", "SN-SECRET-991", "10.77.88.99",
    "11111111-2222-3333-4444-ABCDEFABCDEF", "SECRETKMS7", "SECRETLEDGER3", "wang.wu@agency.example", "SECRETDUMP", "C0FFEE99",
    "SECRETSHARE", "SECRETRAW", "secretowner", "00:1A:2B:3C:4D:5E",
)  # fmt: skip


def plant(folder: Path) -> dict[str, Path]:
    """Write the input files and return them by what they are given as."""
    folder.mkdir(parents=True, exist_ok=True)

    def write(name: str, text: str) -> Path:
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return path

    dump = folder / "dumps"
    dump.mkdir()
    (dump / "SECRETDUMP-SECRETPC01.csv").write_text(
        "device_id,name,publisher,version,install_date,install_location\n"
        "SECRETPC01,Microsoft Office 专业增强版 2016,Microsoft Corporation,16.0.4266.1001,2024-01-02,C:\\Users\\zhangsanfeng\\Office\n"
        "SECRETPC01,KMSpico v10.2.0,,10.2.0,2024-01-02,C:\\Users\\zhangsanfeng\\Downloads\n"
        "SECRETPC01,zhangsanfeng 的备份工具,SECRETPC01 制作,1.0,,\n"
        "SECRETPC01,王小明专用杀毒,,2.0,,\n"
        "SECRETPC01,Tool of wang.wu@agency.example,,,,\n"
        "SECRETPC02,Windows 10 Pro,Microsoft,10.0.19041.1,,D:\\Documents and Settings\\lisi_private\\x\n"
        "SECRETPC02,sync \\\\SECRETSHARE\\data,,3.1,,\n"
        "SECRETPC02,,SECRETRAW nobody,1,,\n",
        encoding="utf-8",
    )
    return {
        "inventory": dump,
        "devices": write(
            "devices.csv",
            "device_id,unit_id,hostname,kind,in_use,os_name,collected_at,serial_number,hardware_uuid,addresses\n"
            "SECRETPC01,u1,Secrethost-7,desktop,yes,Windows 10 Pro,2026-11-30,SN-SECRET-991,"
            "11111111-2222-3333-4444-ABCDEFABCDEF,10.77.88.99;C0FFEE99\n"
            "SECRETPC02,u2,SECRETPC02,desktop,yes,,2026-11-30,,,\n",
        ),
        "units": write("units.csv", "unit_id,parent_id,name,tier\nr,,某县,county\nu1,r,财政局,department\nu2,r,教育局,department\n"),
        "activations": write(
            "activations.csv",
            "device_id,application,product_name,channel,license_status,kms_host,collected_at\n"
            "SECRETPC01,windows,Windows 10 Pro,Volume:GVLK,1,SECRETKMS7,2026-11-30\n"
            "SECRETPC02,windows,Windows 10 Pro,Volume:GVLK,1,10.77.88.99,2026-11-30\n",
        ),
        "traces": write(
            "traces.csv",
            "device_id,kind,value\n"
            "SECRETPC01,file_path,C:\\Users\\zhangsanfeng\\Desktop\\KMSAuto Net.exe\n"
            "SECRETPC02,file_path,C:\\Users\\lisi_private\\AppData\\HEU_KMS_Activator.exe\n"
            "SECRETPC02,scheduled_task,AutoKMS for 王小明 on 00:1A:2B:3C:4D:5E\n"
            "SECRETRAW,file_path,C:\\x.exe\n",
        ),
        "entitlements": write(
            "entitlements.csv",
            "entitlement_id,unit_id,product,metric,quantity,device_id,proofs\n"
            "E1,u1,Microsoft Office 专业增强版 2016,oem,1,SECRETPC01,王小明的发票;合同\n",
        ),
        "rulings": write(
            "rulings.csv",
            "ruling_id,verdict,ruled_by,document_no,ruled_on,device_id,product_id,reason\n"
            "R1,cracked,李经办,2026-7,2026-11-01,SECRETPC01,os.windows-10.pro,zhangsanfeng admitted it\n",
        ),
        "ledger": write("ledger.csv", "device_id,unit_id,in_use\nSECRETPC01,u1,yes\nSECRETLEDGER3,u1,yes\n"),
        "organisation": write(
            "organisation.toml",
            '[[allowed_tools]]\nowner = "secretowner"\nname = "KMSpico v10.2.0"\nuntil = 2027-01-01\ndevices = ["SECRETPC02"]\n',
        ),
    }  # fmt: skip


def readable(folder: Path) -> dict[str, str]:
    """Return everything a result folder tells, file by file: tables as JSON, members of workbooks, data in the page unpacked."""
    told = {}
    for path in sorted(folder.iterdir()):
        raw = path.read_bytes()
        texts = [raw.decode("utf-8", "replace"), raw.decode("utf-16-le", "replace"), path.name]
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
            texts.append(repr(frame.to_dicts()))
            texts += [
                one.decode("utf-8", "replace")
                for column in frame.iter_columns()
                if column.dtype == pl.Binary
                for one in column.drop_nulls()
            ]
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(io.BytesIO(raw)) as book:
                texts += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
        elif path.suffix == ".html":
            for blob in re.findall(rb"[A-Za-z0-9+/=]{200,}", raw):
                data = base64.b64decode(blob + b"=" * (-len(blob) % 4), validate=False)
                texts += [part.decode("utf-8", "replace") for part in _unpacked(data)]
        told[path.name] = "\n".join(texts)
    return told


def _unpacked(data: bytes) -> list[bytes]:
    found = [data]
    for window in (47, -15):
        try:
            found.append(zlib.decompress(data, window))
        except zlib.error:
            continue
    return found


def leaks(folder: Path) -> list[tuple[str, str]]:
    """Return (file, secret) for every secret that stands anywhere in the folder, in any case of letters."""
    return [(name, secret) for name, text in readable(folder).items() for secret in SECRETS if secret.casefold() in text.casefold()]
