"""What the benchmarks of single stages share: repeats with median and spread, inventories of distinct names, the JSON they leave."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from inventories import Size, inventory
from measure import machine, spread

from licmatch.schema import NAME_KEY

BENCH_OUT = Path(__file__).resolve().parents[1] / "bench-out"


def timed(work: Callable[[], object], repeat: int) -> dict[str, dict[str, float]]:
    """Return wall and processor seconds of some repeats."""
    wall, cpu = [], []
    for _ in range(repeat):
        start, busy = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - busy)
    return {"wall_s": spread(wall, 6), "cpu_s": spread(cpu, 6)}


def distinct_names(count: int, folder: Path) -> pl.DataFrame:
    """Return the different (name, publisher, version) of an inventory with so many different names, sorted; it is made once."""
    devices = max(100, count // 40)
    path, _ = inventory(f"names-{count}", Size(max(4 * count, 3 * devices), devices, count), folder)
    return pl.read_parquet(path, columns=list(NAME_KEY)).unique().sort(NAME_KEY)


def write(name: str, figures: dict[str, Any], out: Path | None) -> Path:
    """Write figures with the machine they were measured on, and return where."""
    target = out or BENCH_OUT / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"machine": machine(), **figures}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return target
