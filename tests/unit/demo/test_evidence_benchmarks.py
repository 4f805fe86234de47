"""The two benchmarks of evidence at a small size, and that they would notice a wrong verdict."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

import licmatch

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


def load(path: str) -> ModuleType:
    name = f"benchmarks_{path.replace('/', '_')}"
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{path}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def evidence() -> ModuleType:
    return load("accuracy/evidence")


def row(state: str, verdict: str, grade: str, clear: list[str], faint: list[str]) -> dict[str, object]:
    pirated = state == "pirated"
    return {
        "device_id": "d", "category": "os", "state": state, "story": "s", "aside": None, "tools": [], "clear": clear, "faint": faint,
        "verdict": verdict, "grade": grade, "by": None, "pirated": pirated, "clearly": bool(clear), "left": bool(clear or faint),
    }  # fmt: skip


def test_every_kind_of_error_is_counted(evidence: ModuleType) -> None:
    rows = pl.DataFrame(
        [
            row("pirated", "cracked", "conclusive", ["kms host"], []),
            row("pirated", "undetermined", "indication", ["service"], []),
            row("pirated", "no_evidence", "none", [], ["file"]),
            row("pirated", "no_evidence", "none", [], []),
            row("genuine", "cracked", "conclusive", [], []),
            row("genuine", "undetermined", "strong", [], []),
            row("genuine", "no_evidence", "none", [], []),
        ],
        schema_overrides={"clear": pl.List(pl.String), "faint": pl.List(pl.String), "tools": pl.List(pl.String), "aside": pl.String},
    )
    told = evidence.measured(rows)
    assert told["precision"] == 0.5
    assert (told["pirated"], told["left clear evidence"], told["left any evidence"], told["left none"]) == (4, 2, 3, 1)
    assert told["strong of clear"] == 0.5
    assert told["noticed of any"] == round(2 / 3, 5)
    wrong = evidence.errors(rows)
    assert wrong["error"].to_list() == ["not strong", "not noticed", "accused wrongly", "suspected strongly"]


def test_a_county_is_judged_whole(evidence: ModuleType, engine: licmatch.Engine) -> None:
    county = evidence.judged_county(engine, 300, 5)
    told = evidence.measured(county.rows)
    assert county.rows.select("device_id", "category").is_unique().all()
    assert county.rows.filter(pl.col("category") == "os").height > 0.9 * 300
    assert told["pirated"] == told["left any evidence"] + told["left none"]
    # At this size one copy more or less is some per cent; the bars themselves are the benchmark's.
    assert told["strong of clear"] > 0.9
    assert evidence.by_story(county.rows)["copies"].sum() == county.rows.height


def test_seeds_are_ranges_and_lists(evidence: ModuleType) -> None:
    assert evidence.seeds_of("1-3,9") == [1, 2, 3, 9]


def test_the_estate_of_the_speed_benchmark_is_as_large_as_asked(tmp_path: Path) -> None:
    speed = load("evidence_speed")
    speed.BASE = 40
    speed.make(tmp_path, 100)
    devices, records = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("devices", "activations"))
    assert devices.height == devices["device_id"].n_unique() == 100
    assert records.height == 100 * speed.RECORDS
    assert set(pl.read_parquet(tmp_path / "software.parquet")["device_id"]) <= set(devices["device_id"])
