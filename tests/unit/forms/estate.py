"""A small city with known counts: its own bureau, a county with two bureaus and a town, a zone without units below."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from licmatch import Engine, Result, assess
from licmatch.schema import UNITS

UNITS_OF = [
    ("C", None, "湛江市", "city", None, "440800", None, None, None),
    ("C-1", "C", "湛江市财政局", "department", "政府", "440800", 20, 18, 15),
    ("K1", "C", "遂溪县", "county", None, "440823", None, None, None),
    ("K1-1", "K1", "遂溪县财政局", "department", "政府", "440823", 10, 9, 8),
    ("K1-2", "K1", "遂溪县档案馆", "department", "事业单位", "440823", 5, 5, 5),
    ("K1-T", "K1", "城月镇人民政府", "township", "乡镇街道", "440823107", 6, 6, None),
    ("Z1", "C", "湛江经济技术开发区", "zone", "政府", "440800", 3, 3, 3),
]
# device, unit, kind, in use, operating system, programs
DEVICES_OF = [
    ("PC-01", "C-1", "desktop", "yes", "Microsoft Windows 10 专业版", ["WPS Office 2019 专业版", "火绒安全软件"]),
    ("PC-02", "C-1", "laptop", "yes", "Microsoft Windows 11 家庭中文版", ["Microsoft Office 专业增强版 2016"]),
    ("SRV-1", "C-1", "server", "yes", "Microsoft Windows Server 2019 Standard", ["360安全卫士"]),
    ("PC-03", "K1-1", "desktop", "yes", "Microsoft Windows 7 旗舰版", ["WPS Office 2019 专业版", "Microsoft Visio 2016 专业版"]),
    ("PC-04", "K1-1", "desktop", "no", "Microsoft Windows 10 专业版", ["Microsoft Office 2010 标准版"]),
    ("=PC-05", "K1-2", "vm", "yes", "Microsoft Windows 10 专业版", ["LibreOffice 7.3"]),
    ("PC-06", "K1-T", None, "yes", "银河麒麟桌面操作系统V10", ["WPS Office 2019 专业版"]),
    ("PC-07", "Z1", "desktop", "yes", "Microsoft Windows 10 专业版", []),
]
LOTS = [
    ("L-1", "C-1", "WPS Office 2019 专业版", "device", 5, "合同;发票;授权证书", "2020-01-02"),
    ("L-2", "K1", "Windows 7 Ultimate", "device", 3, "合同;发票;授权证书", "2012-05-06"),
]


def city(engine: Engine, devices: Sequence[tuple[str, str, str | None, str, str, list[str]]] = DEVICES_OF, *, lots: bool = True) -> Result:
    """Return the result of the city."""
    rows = [(device, name) for device, *_, programs in devices for name in programs]
    software = pl.DataFrame(rows, schema={"device_id": pl.String, "name": pl.String}, orient="row")
    listed = pl.DataFrame(
        [row[:5] for row in devices], schema=["device_id", "unit_id", "kind", "in_use", "os_name"], orient="row", infer_schema_length=None
    )
    units = pl.DataFrame(UNITS_OF, schema=UNITS, orient="row")
    return assess(software, devices=listed, units=units, entitlements=entitlements() if lots else None, as_of="2026-11-30", engine=engine)


def entitlements() -> pl.DataFrame:
    """Return the city's lots."""
    schema = ["entitlement_id", "unit_id", "product", "metric", "quantity", "proofs", "acquired_on"]
    return pl.DataFrame(LOTS, schema=schema, orient="row")
