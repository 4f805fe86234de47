"""Cases for the judges of the built-in categories: the real plugins behind a small engine, through the whole of `assess`."""

from __future__ import annotations

from typing import Any

import polars as pl
from tests.unit.assess.cases import judged
from tests.unit.assess.small_engine import ANSWERS, SmallEngine, _facts, product

from licmatch.result import Result

_MORE = {
    "Windows Server 2019 Standard": product("os", "Windows Server", "2019", "standard", lm_vendor="Microsoft"),
    "Windows Embedded Standard 7": product("os", "Windows Embedded", "7", "embedded-standard"),
    "Windows 10 IoT Enterprise": product("os", "Windows 10", "10", "iot-enterprise"),
    "Windows 10 IoT Enterprise 批量": product("os", "Windows 10", "10", "iot-enterprise", channel="volume"),
    "macOS 13": product("os", "macOS", "13", lm_vendor="Apple"),
    "Kylin V10": product("os", "Kylin", "10", lm_vendor="KylinSoft"),
    "openKylin": product("os", "openKylin", lm_vendor="openKylin"),
    "WPS Office 教育版": product("office", "WPS Office", None, "education", lm_vendor="Kingsoft", family_id="office.wps-sold"),
    "Microsoft Visio 2016": product("office", "Microsoft Visio", "2016"),
    "ESET Endpoint": product("antivirus", "ESET Endpoint", lm_vendor="ESET"),
    "火绒": product("antivirus", "Huorong", lm_vendor="Huorong"),
}
_FAMILIES = [
    ("os.windows-server", "os", "commercial"), ("os.windows-embedded", "os", "commercial"), ("os.macos", "os", "bundled"),
    ("os.kylin", "os", "commercial"), ("os.openkylin", "os", "open_source"), ("office.wps-sold", "office", "commercial"),
    ("antivirus.eset-endpoint", "antivirus", "subscription"), ("antivirus.huorong", "antivirus", "free_personal"),
]  # fmt: skip


def engine() -> SmallEngine:
    more = pl.DataFrame(
        [(family, category, "v", family, "product", licence, "foreign") for family, category, licence in _FAMILIES],
        schema=["family_id", "category", "vendor", "family", "role", "licence", "origin"], orient="row",
    )  # fmt: skip
    return SmallEngine(answers=ANSWERS | _MORE, facts=pl.concat([_facts(), more]))


def case(*names: str, device: dict[str, Any] | None = None, **frames: Any) -> Result:
    """Assess one device "a" with these names. Rows of activations and traces are given as a list and without the device."""
    rows = {key: [("a", row) for row in frames.pop(key)] for key in ("activations", "traces") if isinstance(frames.get(key), list)}
    return _assessed([("a", name) for name in names], [{"device_id": "a", **(device or {})}], rows, frames)


def cases(**told: tuple[list[str], list[dict[str, Any]], dict[str, Any]]) -> Result:
    """Assess several devices in one run, each by its id: names, rows of traces, what the devices table says of it."""
    rows = {"traces": [(device, row) for device, (_, traces, _) in told.items() for row in traces]}
    return _assessed(
        [(device, name) for device, (names, _, _) in told.items() for name in names],
        [{"device_id": device, **facts} for device, (_, _, facts) in told.items()], rows, {},
    )  # fmt: skip


def _assessed(names: list[tuple[str, str]], devices: list[dict[str, Any]], rows: dict[str, Any], frames: dict[str, Any]) -> Result:
    side = {
        key: pl.DataFrame([{"device_id": device} | row for device, row in value], infer_schema_length=None)
        for key, value in rows.items() if value
    }  # fmt: skip
    return judged(*names, devices=pl.DataFrame(devices, infer_schema_length=None), engine=engine(), **side, **frames)


def state(*said: str) -> list[dict[str, str]]:
    """Rows of what a device reports of its antivirus products."""
    return [{"kind": "antivirus_state", "value": text, "seen_at": "2026-11-20T08:00:00Z"} for text in said]
