"""Several processes: the same rows and totals as on one machine, also when a Python worker is killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

import licmatch
from licmatch import Engine

JOB = Path(__file__).parent / "cluster_job.py"


@pytest.fixture(scope="module")
def table(inventory: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "inventory.parquet"
    inventory.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64)).write_parquet(path, row_group_size=1_000)
    return path


def run(table: Path, folder: Path, what: str, how: str) -> None:
    done = subprocess.run(
        [sys.executable, str(JOB), str(table), str(folder), what, how], capture_output=True, text=True, timeout=600, env=os.environ
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (folder / "died").exists() is (how == "die")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["live", "die"])
def test_match_on_two_executors(table: Path, tmp_path: Path, engine: Engine, how: str) -> None:
    run(table, tmp_path / "out", "match", how)
    told = pl.read_parquet(tmp_path / "out" / "answers.parquet").sort("row")
    wanted = engine.match(pl.read_parquet(table))
    assert told["lm_status"].value_counts().sort("lm_status").equals(wanted["lm_status"].value_counts().sort("lm_status"))
    assert told.equals(wanted, null_equal=True)
    # Work was spread over processes, and each made its engine once, however many tasks it had.
    tasks = [path.name.split("-") for path in (tmp_path / "out" / "tasks").iterdir()]
    workers = Counter(process for process, _, _ in tasks)
    assert len(workers) >= 2
    assert max(workers.values()) > 1
    assert {made for _, _, made in tasks} == {"1"}


@pytest.mark.slow
def test_assess_survives_the_death_of_a_worker(table: Path, tmp_path: Path, engine: Engine) -> None:
    run(table, tmp_path / "out", "assess", "die")
    wanted = licmatch.assess(pl.read_parquet(table).drop("row"), as_of="2026-11-30", engine=engine)
    for name in ("matches", "installations", "findings", "scores"):
        assert pl.read_parquet(tmp_path / "out" / f"{name}.parquet").equals(getattr(wanted, name), null_equal=True), name
