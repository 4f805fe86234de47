"""The SQL that a cluster counts with, run by DuckDB: the same numbers as polars counts."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import duckdb
import polars as pl
import pytest

import licmatch
from licmatch.assess.names import decide_names
from licmatch.assess.occurrences import count_occurrences, is_program
from licmatch.ingest.numbered import number_rows
from licmatch.rules import load_rules
from licmatch.schema import NAME_KEY, STATUSES
from licmatch.spark import counting

ROWS = pl.DataFrame(
    [
        ("d1", "Windows 10 Pro", "Microsoft Corporation", "22H2", "2024-01-05"),
        ("d1", "Windows 10 Pro", None, "22H2", "2024-01-05"),
        ("d1", "Windows 10 Pro", "", "22H2", None),
        ("d1", "Windows 10 Pro", None, "22H2", "2024-02-05"),
        ("d2", "Security Update for Windows (KB5005565)", None, None, "2024-01-05"),
        ("d2", "无人知晓的程序", "某公司", None, "yesterday"),
        ("d3", "𠮷野家", None, None, None),
    ],
    schema=dict.fromkeys(("device_id", *NAME_KEY, "install_date"), pl.String),
    orient="row",
)


def test_duckdb_counts_what_polars_counts(engine: licmatch.Engine) -> None:
    numbered = number_rows(ROWS.lazy())
    devices = ROWS.select("device_id").unique().sort("device_id").with_row_index("device")
    names = decide_names(numbered, pl.DataFrame(schema=dict.fromkeys(NAME_KEY, pl.String)), engine, load_rules())
    wanted = count_occurrences(numbered, names, devices)

    status = pl.col("lm_status").cast(pl.Enum(STATUSES)).to_physical().cast(pl.Int32)
    listed = names.frame.select("match", *NAME_KEY, status=status, program=is_program())
    database = duckdb.connect()

    def asked(sql: str, **tables: pl.DataFrame) -> pl.DataFrame:
        for name, table in tables.items():
            database.register(f"t_{name}", table.to_arrow())
        return pl.DataFrame(database.sql(sql.format(**{name: f"t_{name}" for name in tables})).arrow())

    rows = asked(counting.NUMBERED, rows=ROWS.with_columns(day="install_date"), names=listed)
    assert rows.height == ROWS.height
    pairs = asked(counting.PAIRS, numbered=rows)
    having = asked(counting.DEVICES, pairs=pairs).select(pl.col("match").cast(pl.UInt32), "devices")
    assert having.sort("match").equals(wanted.devices.sort("match"))
    by_status = asked(counting.ROWS, pairs=pairs).join(devices, on="device_id").select("device", *STATUSES)
    assert by_status.sort("device").equals(wanted.rows.select("device", *STATUSES).sort("device"))
    days = asked(counting.DAYS, numbered=rows).join(devices, on="device_id")
    days = days.group_by("device", day=pl.col("day").str.to_date("%Y-%m-%d", strict=False)).agg(pl.col("programs").sum().cast(pl.UInt32))
    assert days.sort("device", "day").equals(wanted.days)


def test_units_add_up_over_all_above_them() -> None:
    matched = pl.DataFrame(
        [("a", "recognised", "none"), ("a", "unknown", "none"), ("b", "ambiguous", "strong")],
        schema=["device_id", "lm_status", "lm_risk"], orient="row",
    )  # fmt: skip
    devices = pl.DataFrame({"device_id": ["a", "b", "c"], "unit_id": ["u", "v", "v"]})
    ancestors = pl.DataFrame({"unit_id": ["u", "u", "v", "v", "top"], "ancestor": ["u", "top", "v", "top", "top"]})
    database = duckdb.connect()
    for name, table in {"matched": matched, "devices": devices, "ancestors": ancestors}.items():
        database.register(f"t_{name}", table.to_arrow())
    counts = f"({counting.MATCHED.format(matched='t_matched')})"
    told = database.sql(counting.UNITS.format(devices="t_devices", counts=counts, ancestors="t_ancestors")).fetchall()
    assert sorted(told) == [("top", 3, 3, 1, 1, 1, 1), ("u", 1, 2, 1, 0, 1, 0), ("v", 2, 1, 0, 1, 0, 1)]


def test_a_day_that_is_no_day_is_none_wherever_it_stands(engine: licmatch.Engine) -> None:
    words = pl.DataFrame({"device_id": ["a", "b"], "name": ["Windows 10 Pro"] * 2, "install_date": ["2024-01-05", "yesterday"]})
    assert licmatch.assess(words, as_of="2026-11-30", engine=engine).manifest["totals"]["rows_in"] == 2


def test_a_worker_reads_its_instructions_before_it_loads_anything() -> None:
    # Spark forks its workers; threads of polars that were started before do not come along.
    code = "import sys, licmatch.spark, licmatch.spark.worker; print(sorted({'polars', 'pyarrow', 'pyspark'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_what_is_missing_is_named_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    package: ModuleType = sys.modules["licmatch.spark"]
    monkeypatch.setattr(package, "find_spec", lambda name: None if name == "pyspark" else there(name))
    with pytest.raises(licmatch.UsageError, match=r"pyspark\n  hint: pip install 'licmatch\[spark\]'"):
        package.match  # noqa: B018
    with pytest.raises(AttributeError):
        package.sparkle  # noqa: B018
    assert Path(str(package.__file__)).name == "__init__.py"
