"""A small result with two counties, a server and a ledger that knows more, written once a session."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import licmatch


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, engine) -> Path:
    place = tmp_path_factory.mktemp("inspected") / "result"
    units = pl.DataFrame(
        {
            "unit_id": ["C", "A", "B", "A-1", "A-2", "B-1", "D"],
            "parent_id": [None, "C", "C", "A", "A", "B", "C"],
            "name": ["湛江市", "甲县", "乙区", "甲县财政局", "甲县教育局", "乙区统计局", "湛江市档案馆"],
            "tier": ["city", "county", "zone", "department", "department", "department", "department"],
        }
    )
    rows = [(f"PC-{number:03d}", ("A-1", "A-1", "A-1", "A-2", "B-1", "D")[number % 6]) for number in range(120)]
    devices = pl.DataFrame(
        {
            "device_id": [device for device, _ in rows],
            "unit_id": [unit for _, unit in rows],
            "kind": ["server" if number % 40 == 0 else "laptop" if number % 5 == 0 else "desktop" for number in range(120)],
            "in_use": ["no" if number == 7 else "yes" for number in range(120)],
        }
    )
    software = pl.DataFrame(
        {
            "device_id": [device for device, _ in rows],
            "name": ["Windows 10 专业版" if n % 3 else "WPS Office 2019 专业版" for n in range(120)],
        }
    )
    listed = [*rows, ("LOST-1", "A-2"), ("LOST-2", "?")]
    ledger = pl.DataFrame(
        {"device_id": [one for one, _ in listed], "unit_id": [unit for _, unit in listed], "kind": ["desktop"] * len(listed)}
    )
    licmatch.assess(software, devices=devices, units=units, ledger=ledger, as_of="2026-11-30", engine=engine, out=place)
    ledger.write_csv(place.parent / "ledger.csv")
    return place
