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


def test_the_runner_measures_both_and_writes_ratios_with_their_spread(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load("run").main(["--size", "tiny", "--repeat", "2", "-o", str(tmp_path)]) == 0
    figures = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["sizes"]["tiny"]
    assert figures["inventory"]["rows"] == 6_000
    assert set(figures["jobs"]) == {"match", "assess", "assess-report"}
    for job in figures["jobs"].values():
        for program in ("floor", "licmatch"):
            assert 0 < job[program]["wall_s"]["least"] <= job[program]["wall_s"]["median"] <= job[program]["wall_s"]["most"]
            assert job[program]["peak_mib"]["least"] > 10
        assert 0 < job["ratio"]["wall_s"]["least"] <= job["ratio"]["wall_s"]["most"]
    assert "floor" in capsys.readouterr().out


def test_a_second_run_with_a_store_is_measured_and_says_the_same(tmp_path: Path) -> None:
    assert load("again").main(["--size", "tiny", "-o", str(tmp_path)]) == 0
    cases = json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))["cases"]
    assert set(cases) == {"one name in 100 new", "one rule changed", "one product changed"}
    assert all(case["same_bytes_as_without_a_store"] and case["ratio"]["wall_s"]["median"] > 0 for case in cases.values())
    assert {path.name for path in tmp_path.iterdir()} <= {"again.json", "again.log", "generate.log", "inventory-tiny-20050613.parquet"}


def test_rows_put_aside_three_ways_are_the_same_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spill = load("spill")
    assert spill.main(["--size", "tiny", "--memory", "200", "-o", str(tmp_path)]) == 0
    found = json.loads((tmp_path / "spill.json").read_text(encoding="utf-8"))
    assert found["same"] is True
    assert set(found["ways"]) == set(spill.WAYS)
    assert "the same rows" in capsys.readouterr().out


def test_a_fingerprint_of_rows_knows_a_row_that_changed_and_no_order(tmp_path: Path) -> None:
    spill = load("spill")
    told = []
    for case, pairs in enumerate(([(0, 0), (1, 1)], [(1, 1), (0, 0)], [(0, 1), (1, 1)])):
        folder = tmp_path / str(case)
        folder.mkdir()
        pl.DataFrame({"device_number": [0, 1], "device_id": ["a", "b"]}).write_parquet(folder / "devices.parquet")
        names = pl.DataFrame({"name_number": [0, 1], "name": ["x", "y"], "publisher": [None, "p"], "version": [None, None]})
        names.with_columns(pl.col("version").cast(pl.String)).write_parquet(folder / "names.parquet")
        rows = [(pair[0], *pair) for pair in pairs] if case < 2 else [(at, *pair) for at, pair in enumerate(pairs)]
        pl.DataFrame(rows, schema=["row", "device_number", "name_number"], orient="row").write_parquet(folder / "rows-0.parquet")
        told.append(spill.fingerprint(folder))
    assert told[0] == told[1] != told[2]


def test_an_inventory_of_copies_has_other_devices_and_the_same_names(tmp_path: Path) -> None:
    load("inventories")
    inventories = sys.modules["benchmarks_inventories"]
    one, making = inventories.inventory("thrice", inventories.Size(18_000, 300, 400, copies=3), tmp_path)
    rows = pl.read_parquet(one)
    assert making is not None
    assert (rows.height, rows["device_id"].n_unique(), rows["name"].n_unique()) == (18_000, 300, 400)
    assert rows["device_id"].is_sorted()


def test_points_that_were_measured_by_themselves_join_their_curve() -> None:
    curves = load("curves")
    point = {"licmatch": {"cpu_s": {"median": 2.0}}}
    known = {"rows": {"assess": {"10000000": {"licmatch": {"cpu_s": {"median": 1.0}}}}}, "names": {"assess": {}}}
    other = {"inventory": {"rows": 10_000_000, "distinct_names": 600_000}, "jobs": {"assess": point, "assess-limited": point}}
    more = {"inventory": {"rows": 100_000_000, "distinct_names": 60_000}, "jobs": {"assess": point}}
    curves.taken_in(known, {"sizes": {"10m-600k": other, "100m": more}})
    assert set(known["rows"]["assess"]) == {"10000000", "100000000"}
    assert known["names"] == {"assess": {"600000": point}}
    assert curves.growth(known["rows"]["assess"]) == 0.3


def test_the_curves_have_a_point_for_every_size(tmp_path: Path) -> None:
    words = ["--rows", "6e3", "12e3", "--names", "--products", "30", "-o", str(tmp_path)]
    curves = load("curves")
    curves.PACK_SIZE = curves.Size(6_000, 100, 400)
    assert curves.main(words) == 0
    found = json.loads((tmp_path / "curves.json").read_text(encoding="utf-8"))
    assert set(found["curves"]["rows"]["match"]) == {"6000", "12000"}
    assert set(found["curves"]["products"]["match"]) == {"0", "30"}
    assert isinstance(found["exponents_of_cpu"]["rows"]["assess"], float)


def test_plain_matchers_are_timed_beside_ours(tmp_path: Path) -> None:
    peers = load("speed_peers")
    words = ["--products", "60", "--strings", "20", "--repeat", "1", "--matchers", "WRatio", "WRatio cdist", "duckdb jaro-winkler"]
    assert peers.main([*words, "-o", str(tmp_path / "peers.json")]) == 0
    found = json.loads((tmp_path / "peers.json").read_text(encoding="utf-8"))["matchers"]
    assert set(found) == {"licmatch", "WRatio", "WRatio cdist", "duckdb jaro-winkler"}
    assert found["WRatio"]["right"] == found["WRatio cdist"]["right"] > 0.5
    assert all(entry["seconds"]["median"] > 0 for entry in found.values())


def test_a_ratio_above_its_bound_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    guard = load("guard")
    bounds = json.loads(guard.BOUNDS.read_text(encoding="utf-8"))
    found = {job: dict(figures) for job, figures in bounds.items()}
    monkeypatch.setattr(guard, "measure", lambda repeat: found)
    assert guard.main([]) == 0
    found["match"]["cpu_s"] += 0.1
    assert guard.main([]) == 1
    assert "match cpu_s" in capsys.readouterr().out


def test_every_part_of_the_suite_is_a_script_that_leaves_its_figures(tmp_path: Path) -> None:
    suite = load("suite")
    for script, *_ in (form for forms in suite.PARTS.values() for form in forms):
        assert (BENCHMARKS / script).is_file()
    assert suite.main(["--quick", "--only", "speed_peers", "-o", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "speed_peers.json").read_text(encoding="utf-8"))["products"] == 500


def test_a_failing_process_is_reported_with_its_words(tmp_path: Path) -> None:
    run = load("run")
    with pytest.raises(run.ProcessFailed, match="no such job"):
        run.measured([sys.executable, "-c", "raise SystemExit('no such job')"], tmp_path / "log")
