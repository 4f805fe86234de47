"""The benchmark itself, at a tiny size: the floor does what it says, and the runner measures real processes."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from licmatch import schema
from licmatch.demo import generate_parquet

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmarks_{name}", BENCHMARKS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "tiny.parquet"
    generate_parquet(path, rows=6_000, devices=100, distinct_names=400, seed=1)
    return path


def test_the_floor_of_match_keeps_rows_in_order_and_adds_the_columns(inventory: Path, tmp_path: Path) -> None:
    load("floor").match(inventory, tmp_path / "out.parquet")
    before, after = pl.read_parquet(inventory), pl.read_parquet(tmp_path / "out.parquet")
    assert after.select(before.columns).equals(before)
    assert set(after.columns) - set(before.columns) == set(schema.MATCH_COLUMNS)
    assert after["lm_score"].null_count() == 0


def test_the_floor_of_assess_conserves_rows(inventory: Path, tmp_path: Path) -> None:
    load("floor").assess(inventory, tmp_path / "out")
    matches, findings = (pl.read_parquet(tmp_path / "out" / f"{name}.parquet") for name in ("matches", "findings"))
    assert matches["rows"].sum() == findings["rows"].sum() == 6_000
    assert findings["device_id"].n_unique() == 100


def test_the_runner_measures_and_writes_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load("run").main(["--size", "tiny", "--programs", "floor", "-o", str(tmp_path)]) == 0
    figures = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["sizes"]["tiny"]
    assert figures["inventory"]["rows"] == 6_000
    for job in ("match", "assess"):
        assert figures["jobs"][job]["floor"]["wall_s"] > 0
        assert figures["jobs"][job]["floor"]["peak_mib"] > 10
    assert "floor" in capsys.readouterr().out


def test_licmatch_is_measured_beside_the_floor(tmp_path: Path) -> None:
    assert load("run").main(["--size", "tiny", "-o", str(tmp_path)]) == 0
    jobs = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["sizes"]["tiny"]["jobs"]
    assert all(jobs[job]["wall_ratio"] > 0 and jobs[job]["peak_ratio"] > 0 for job in ("match", "assess"))


def test_a_failing_process_is_reported_with_its_words(tmp_path: Path) -> None:
    run = load("run")
    with pytest.raises(run.ProcessFailed, match="no such job"):
        run.measured([sys.executable, "-c", "raise SystemExit('no such job')"], tmp_path / "log")
