from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.unit.match.small import small_engine, write_small

import licmatch
from licmatch.errors import CatalogError, UsageError
from licmatch.match import Engine
from licmatch.plugin_loader import load_plugins
from licmatch.schema import DECISION_COLUMNS, MATCH_COLUMNS

ROWS = pl.DataFrame(
    {
        "id": [3, 1, 2, 9],
        "DisplayName": ["Microsoft Office 2010", None, "nothing known", "Microsoft Office 2010"],
        "Publisher": ["Microsoft", None, "Kingsoft", "Microsoft"],
        "DisplayVersion": ["14.0", None, "1", "14.0"],
    }
)


def test_match_keeps_columns_and_rows_and_appends_the_contract() -> None:
    out = small_engine().match(ROWS, name="DisplayName", publisher="Publisher", version="DisplayVersion")
    assert out.columns == [*ROWS.columns, *MATCH_COLUMNS]
    assert dict(out.schema) == {**ROWS.schema, **MATCH_COLUMNS}
    assert_frame_equal(out.select(ROWS.columns), ROWS)
    assert out["lm_status"].to_list() == ["recognised", "unknown", "unknown", "recognised"]
    assert out["lm_vendor"].to_list() == ["Microsoft", None, "Kingsoft", "Microsoft"]


def test_a_lazy_frame_gives_a_lazy_frame_without_python_in_its_plan() -> None:
    out = small_engine().match(ROWS.lazy(), name="DisplayName", publisher="Publisher", version="DisplayVersion")
    assert isinstance(out, pl.LazyFrame)
    assert "python" not in out.explain().lower()
    assert_frame_equal(out.collect(), small_engine().match(ROWS, name="DisplayName", publisher="Publisher", version="DisplayVersion"))


def test_pandas_and_pyarrow_come_in_through_the_arrow_interface() -> None:
    pandas, pyarrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    frame = ROWS.drop("id")
    expected = small_engine().match(frame, name="DisplayName", publisher="Publisher", version="DisplayVersion")
    columns = frame.to_dict(as_series=False)
    for foreign in (pyarrow.table(columns), pandas.DataFrame(columns)):
        out = small_engine().match(foreign, name="DisplayName", publisher="Publisher", version="DisplayVersion")
        assert_frame_equal(out, expected)


def test_pandas_without_pyarrow_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"DisplayName": ["Microsoft Office 2010"]})
    # None in sys.modules makes an import fail as that of an absent module does; polars has its own idea of what is there.
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr("polars._utils.construction.dataframe.pa", _Absent())
    with pytest.raises(UsageError, match=r"(?s)a DataFrame cannot be read.*licmatch\[arrow\]"):
        small_engine().match(frame, name="DisplayName")
    with pytest.raises(UsageError, match=r"licmatch\[arrow\]"):
        licmatch.assess(pandas.DataFrame({"device_id": ["a"], "name": ["Windows 10 Pro"]}), as_of="2026-11-30", engine=small_engine())


class _Absent:
    """A module that is not installed, as polars holds it: asking anything of it is an ImportError."""

    def __getattr__(self, name: str) -> object:
        raise ModuleNotFoundError(f"No module named 'pyarrow' (asked for {name})")


_DUCKDB = """
import sys, duckdb, licmatch
relation = duckdb.connect().sql("select 'Microsoft Office 2010' as DisplayName, 'Microsoft' as Publisher union all select null, null")
licmatch.Engine.load().match(relation, name="DisplayName", publisher="Publisher").write_parquet(sys.argv[1])
"""


def test_a_duckdb_relation_comes_in_through_the_arrow_interface(tmp_path: Path) -> None:
    # In a process of its own: DuckDB's bindings write about leaked references when a process ends.
    if find_spec("duckdb") is None:
        pytest.skip("duckdb is not installed")
    subprocess.run([sys.executable, "-c", _DUCKDB, str(tmp_path / "out.parquet")], check=True, capture_output=True)
    out = pl.read_parquet(tmp_path / "out.parquet")
    assert out.columns == ["DisplayName", "Publisher", *MATCH_COLUMNS]
    assert out["lm_product_id"].to_list() == ["office.microsoft-office-2010", None]


def test_what_is_no_frame_and_missing_columns_are_usage_errors() -> None:
    with pytest.raises(UsageError):
        small_engine().match([1, 2], name="n")
    with pytest.raises(UsageError):
        small_engine().match(ROWS, name="no such column")


def test_threads_share_one_engine() -> None:
    engine = small_engine()
    keys = pl.DataFrame(
        {"name": [f"Microsoft Office 2010 {n}" for n in range(200)], "publisher": ["Microsoft"] * 200, "version": [None] * 200},
        schema_overrides={"version": pl.String},
    )
    expected = engine.decide(keys)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(engine.decide, [keys] * 8):
            assert_frame_equal(found, expected)


def test_the_order_of_catalog_files_does_not_matter(tmp_path: Path) -> None:
    keys = pl.DataFrame(
        {"name": ["Twin Guard", "Word 2010", "win10", "Tails"], "publisher": [None] * 4, "version": [None] * 4},
        schema=dict.fromkeys(("name", "publisher", "version"), pl.String),
    )
    frames = [
        Engine.load(catalogs=order, builtin=False, plugins=load_plugins(installed=False)).decide(keys)
        for order in permutations(write_small(tmp_path))
    ]
    assert_frame_equal(frames[0], frames[1])
    assert set(DECISION_COLUMNS) <= set(frames[0].columns)


def test_every_fault_of_a_catalog_is_told_at_once(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(
        'schema = 1\ncategory = "os"\n[[family]]\nid = "x"\nname = "X"\nvendor = "Nobody"\nnames = ["xx"]\neditions = ["no-such"]\n'
        '[[family]]\nid = "x"\nname = "X"\nvendor = "Microsoft"\nnames = ["yy"]\n',
        encoding="utf-8",
    )
    with pytest.raises(CatalogError) as caught:
        Engine.load(catalogs=[bad], builtin=False, plugins=load_plugins(installed=False))
    assert len(caught.value.faults) == 3


def test_facts_name_every_family_edition_and_release() -> None:
    engine = small_engine()
    assert engine.facts["family_id"].is_unique().all()
    assert "os.windows-10" in engine.facts["family_id"]
    assert engine.editions.filter(pl.col("edition_id") == "home")["org_use"].to_list() == [False]
    assert engine.releases.filter(pl.col("family_id") == "office.microsoft-office").height == 4
