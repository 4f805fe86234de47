from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from licmatch.demo import benchmark_inventory, generate_parquet
from licmatch.errors import UsageError


def test_rows_devices_and_names_are_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark_inventory, "ROWS_AT_A_TIME", 4_000)  # several parts, one of them short
    generate_parquet(tmp_path / "a.parquet", rows=17_003, devices=251, distinct_names=900, seed=3)
    table = pl.read_parquet(tmp_path / "a.parquet")
    assert table.columns == ["device_id", "name", "publisher", "version"]
    assert (table.height, table["device_id"].n_unique(), table["name"].n_unique()) == (17_003, 251, 900)
    assert table["device_id"].is_sorted()
    assert table["name"].null_count() == table["device_id"].null_count() == 0
    assert [p.name for p in tmp_path.iterdir()] == ["a.parquet"]


def test_same_seed_same_bytes_whatever_the_batch(tmp_path: Path) -> None:
    for name in ("a", "b"):
        generate_parquet(tmp_path / f"{name}.parquet", rows=9_000, devices=120, distinct_names=600, seed=5)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_the_batch_size_does_not_change_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generate_parquet(tmp_path / "whole.parquet", rows=9_000, devices=120, distinct_names=600, seed=5)
    monkeypatch.setattr(benchmark_inventory, "ROWS_AT_A_TIME", 1_000)
    generate_parquet(tmp_path / "parts.parquet", rows=9_000, devices=120, distinct_names=600, seed=5)
    assert pl.read_parquet(tmp_path / "whole.parquet").equals(pl.read_parquet(tmp_path / "parts.parquet"))


def test_popularity_falls_steeply(tmp_path: Path) -> None:
    generate_parquet(tmp_path / "a.parquet", rows=30_000, devices=450, distinct_names=2_000, seed=5)
    counts = pl.read_parquet(tmp_path / "a.parquet").group_by("name").len().sort("len", descending=True)["len"]
    assert counts[0] > 0.3 * 450
    assert counts[0] > 20 * counts[len(counts) // 2]


@pytest.mark.parametrize(("rows", "devices", "names"), [(100, 50, 10), (5_000, 50, 4_000), (10, 0, 1)])
def test_what_cannot_be_held_is_refused(tmp_path: Path, rows: int, devices: int, names: int) -> None:
    with pytest.raises(UsageError):
        generate_parquet(tmp_path / "a.parquet", rows=rows, devices=devices, distinct_names=names)
    assert list(tmp_path.iterdir()) == []
