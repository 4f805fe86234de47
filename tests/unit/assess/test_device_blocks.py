"""Devices judged some at a time: the same result, to the byte, as all at once, whether rows wait in memory or in files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from licmatch import Engine, assess
from licmatch.assess.case import gather
from licmatch.assess.device_blocks import device_blocks, in_turn, shares
from licmatch.assess.devices import list_devices
from licmatch.assess.policy import load_policy
from licmatch.result import Result

DAY = date(2026, 11, 30)
NAMES = [
    ("Microsoft Office 专业增强版 2016", "Microsoft Corporation", "16.0.4266.1001"),
    ("Microsoft Word 2016", "Microsoft Corporation", "16.0"),
    ("WPS Office (11.1.0)", "Kingsoft Corp.", "11.1.0"), ("360杀毒", "360.cn", "5.0"), ("KMSpico v10.2.0", None, None),
    ("Windows 10 KMS激活工具", None, None), ("Nobody Knows This", None, "1"), ("Mozilla Firefox", "Mozilla", "121.0"),
    ("办公软件 2020", None, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows of 40 devices, not in their order, some of them of no use, some with days."""
    draw, rows = Random(7), []
    for device in range(40):
        for name, publisher, version in draw.sample(NAMES, k=draw.randint(1, 6)) * draw.randint(1, 2):
            day = draw.choice([None, "20250304", "2024-12-31", "soon"])
            rows.append((f"PC-{device}", draw.choice([name] * 9 + [" "]), publisher, version, day, f"u{device % 3}"))
    draw.shuffle(rows)
    path = tmp_path_factory.mktemp("estate") / "software.parquet"
    columns = ["device_id", "name", "publisher", "version", "install_date", "unit_id"]
    pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").write_parquet(path)
    return path


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    systems = ["Microsoft Windows 10 专业版", None, "Microsoft Windows 7 旗舰版"] * 15
    ids = [f"PC-{device}" for device in range(45)]
    devices = pl.DataFrame({"device_id": ids, "os_name": systems, "in_use": ["yes", "no", None, None, None] * 9})
    ruling = {
        "ruling_id": "R1", "product_id": "office.microsoft-office-2016.professional-plus", "unit_id": "u1", "verdict": "cracked",
        "ruled_by": "版权局", "document_no": "1", "ruled_on": "2026-10-01",
    }  # fmt: skip
    return {"devices": devices, "rulings": pl.DataFrame([ruling])}


def judged(inventory: Path, engine: Engine, sides: Mapping[str, Any], **more: Any) -> Result:
    return assess(str(inventory), engine=engine, as_of=DAY, **sides, **more)


def blocks_of(monkeypatch: pytest.MonkeyPatch, at_a_time: int, at_once: int) -> list[int]:
    """Have so many devices judged at a time; the list tells in how many blocks that was done."""
    judgement, told = import_module("licmatch.assess.judgement"), []

    def counted(*asked: Any) -> Any:
        blocks = device_blocks(*asked)
        told.append(len(blocks))
        return blocks

    monkeypatch.setattr(judgement, "shares", lambda memory: (at_a_time, at_once))
    monkeypatch.setattr(judgement, "device_blocks", counted)
    return told


@pytest.mark.parametrize(("at_a_time", "at_once", "limit"), [(7, 2, None), (1, 1, None), (12, 1, 1 << 30)])
def test_blocks_make_the_same_folder(
    inventory: Path, engine: Engine, sides: dict[str, pl.DataFrame], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    at_a_time: int, at_once: int, limit: int | None,
) -> None:  # fmt: skip
    whole = judged(inventory, engine, sides, out=tmp_path / "whole")
    assert whole.manifest["rulings_log"]["entries"] > 0 or whole.findings["official"].any()
    blocks = blocks_of(monkeypatch, at_a_time, at_once)
    monkeypatch.setattr(import_module("licmatch.ingest.numbered"), "ROWS_A_PART", 20)
    monkeypatch.setattr(import_module("licmatch.assess.rulings_queue"), "ROWS_AT_A_TIME", 10)
    parted = judged(inventory, engine, sides, out=tmp_path / "parted", memory_limit=limit)
    assert blocks[0] > 2
    for file in sorted((tmp_path / "whole").iterdir()):
        assert (tmp_path / "parted" / file.name).read_bytes() == file.read_bytes(), file.name
    assert parted.installations.equals(whole.installations)
    assert parted.findings.equals(whole.findings)


def test_devices_that_bear_on_one_another_are_judged_together(
    inventory: Path, engine: Engine, sides: dict[str, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = load_policy(None)

    def blocks(**given: pl.DataFrame) -> int:
        case = gather(str(inventory), side=sides | given)
        return len(device_blocks(case, list_devices(case, policy).frame, 10))

    assert blocks() == 6
    assert blocks(traces=pl.DataFrame({"device_id": ["PC-1"], "kind": ["file_name"], "value": ["kms.exe"]})) == 1
    assert blocks(activations=pl.DataFrame({"device_id": ["PC-1"], "product_name": ["Windows 10"]})) == 1
    lot = pl.DataFrame({"entitlement_id": ["E1"], "unit_id": ["u1"], "product": ["WPS Office"], "metric": ["device"]})
    assert blocks(entitlements=lot) == 1
    assert blocks(devices=sides["devices"].with_columns(serial_number=pl.lit("S1"))) == 1


def test_memory_decides_how_many_devices_are_judged_at_a_time() -> None:
    assert shares(None)[1] > 1 == shares(4 << 30)[1]
    assert shares(1 << 30)[0] < shares(4 << 30)[0] == shares(1 << 50)[0]
    assert shares(1)[0] > 0


def test_blocks_hold_every_device_once_and_come_in_their_order(inventory: Path) -> None:
    case = gather(str(inventory))
    devices = list_devices(case, load_policy(None)).frame
    for at_a_time in (1, 3, 7, 39):
        blocks = device_blocks(case, devices, at_a_time)
        assert [block.first for block in blocks] == [sum(one.height for one in blocks[:place]) for place in range(len(blocks))]
        assert sum(block.height for block in blocks) == devices.height
        assert max(block.height for block in blocks) <= at_a_time
        assert list(in_turn(blocks, lambda block: block, 2)) == blocks


def test_no_python_runs_for_a_row_of_a_large_table(inventory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collect, plans = pl.LazyFrame.collect, []

    def watched(frame: pl.LazyFrame, *args: Any, **options: Any) -> Any:
        plans.append(frame.explain())
        return collect(frame, *args, **options)

    monkeypatch.setattr(pl.LazyFrame, "collect", watched)
    gather(str(inventory))
    assert any("software.parquet" in plan for plan in plans)
    assert not [plan for plan in plans if "python" in plan.lower().replace("python_", "")]
