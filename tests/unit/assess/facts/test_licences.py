"""What a licence row says: channel, host, ePID, key, and what the owner's register makes of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from licmatch.assess.facts.columns import moment
from licmatch.assess.facts.licences import licence_rows
from licmatch.schema import ACTIVATIONS

DEVICES = pl.DataFrame({"device": [0, 1], "device_id": ["a", "b"]}, schema_overrides={"device": pl.UInt32})
EPID = "06401-00206-271-395032-03-2052-9600.0000-1232014"


def read(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    base = {"device_id": "a", "application": "windows", "product_name": "Windows(R), Professional edition", "license_status": 1}
    frame = pl.DataFrame([dict.fromkeys(ACTIVATIONS) | base | row for row in rows], schema=ACTIVATIONS)
    return licence_rows(frame, DEVICES, [EPID]).to_dicts()


@pytest.mark.parametrize(
    ("said", "channel"),
    [
        ({"channel": "Volume:GVLK"}, "Volume:GVLK"),
        ({"channel": "VOLUME_KMSCLIENT"}, "Volume:GVLK"),
        ({"description": "Windows(R) Operating System, OEM_SLP channel"}, "OEM:SLP"),
        ({"description": "Office 16, VOLUME_KMSCLIENT channel"}, "Volume:GVLK"),
        ({"activation_id": "B793FF2D-9D80-407C-B521-85111C51028C"}, "Retail"),
        ({}, None),
    ],
)
def test_the_channel_is_said_described_or_known_by_its_id(said: dict[str, Any], channel: str | None) -> None:
    assert read(said)[0]["channel"] == channel


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ("KMS.Example.GOV.cn.", "kms.example.gov.cn"),
        ("kms.example.com:1688", "kms.example.com"),
        ("[fe80::1]:1688", "fe80::1"),
        ("10.0.0.10", "10.0.0.10"),
    ],
)
def test_a_host_is_compared_without_case_and_port(said: str, host: str) -> None:
    assert read({"kms_host": said})[0]["kms_host"] == host


def test_an_epid_is_taken_apart() -> None:
    row = read({"kms_epid": EPID})[0]
    assert (row["epid_emulator"], row["epid_locale"], row["epid_host_build"], row["epid_activated_on"]) == (
        True,
        2052,
        9600,
        date(2014, 5, 3),
    )
    other = read({"kms_epid": "nonsense"})[0]
    assert (other["epid_emulator"], other["epid_locale"], other["epid_activated_on"]) == (False, None, None)


def test_a_lease_ends_so_many_minutes_after_collection() -> None:
    row = read({"collected_at": "2026-11-01T08:00:00Z", "grace_minutes": 90})[0]
    assert row["lease_end"] == datetime(2026, 11, 1, 9, 30)
    assert read({"grace_minutes": 90})[0]["lease_end"] is None


def test_a_moment_may_be_a_day() -> None:
    assert pl.select(moment(pl.lit("2026-11-01"))).item() == datetime(2026, 11, 1)


def test_a_key_is_known_for_its_own_application_only() -> None:
    windows, office, nobody, unseen = read(
        {"partial_product_key": "t83gx"}, {"partial_product_key": "T83GX", "application": "office"},
        {"partial_product_key": "AAAAA"}, {"partial_product_key": None},
    )  # fmt: skip
    assert windows["key_classes"] == ["gvlk_published"]
    assert (office["key_classes"], nobody["key_classes"], unseen["key_classes"]) == ([], [], None)


def test_templates_are_no_licences_and_strangers_no_devices() -> None:
    assert read({"license_status": 0, "partial_product_key": None}) == []
    assert read({"device_id": "nobody"}) == []


def test_another_licensed_row_is_one_of_the_same_application_on_the_same_device() -> None:
    rows = read(
        {"license_status": 0, "partial_product_key": "AAAAA"}, {}, {"application": "office"}, {"device_id": "b", "license_status": 5}
    )
    assert [row["other_licensed_row"] for row in rows] == [True, False, False, False]


@pytest.mark.parametrize(
    ("name", "application", "line"),
    [
        ("Windows(R), ServerStandard edition", "windows", "windows-server"),
        ("Windows(R), Professional edition", "windows", "windows-client"),
        ("Office 16, Office16ProPlusVL_KMS_Client edition", "office", "office-suite"),
        ("Office 16, Office16VisioProVL_MAK edition", "office", "visio"),
        ("Office 19, Office19ProjectPro2019VL_KMS_Client_AE edition", "office", "project"),
        ("Office 16, Office16WordVL_KMS_Client edition", "office", "office-app"),
    ],
)
def test_the_line_of_a_licence(name: str, application: str, line: str) -> None:
    assert read({"product_name": name, "application": application})[0]["product_line"] == line


def test_serial_numbers_of_everybody_are_nobodys() -> None:
    row = read({"product_key_id": "55041-00206-271-395032-03-2052-9600.0000-1232014"})[0]
    assert row["key_serial"] == "00206-271-395032"
    assert read({"product_key_id": "00000-00170-000-000000-03-2052-9600.0000-1232014"})[0]["key_serial"] is None
