"""`licmatch.spark.assess` gives the result of `licmatch.assess`, table by table; what its SQL counts, DuckDB counts too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import licmatch
from licmatch import Engine, InputError
from licmatch.demo import generate_county
from licmatch.ingest import read_inventory

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

AS_OF = date(2026, 11, 30)
TABLES = ("matches", "installations", "findings", "scores", "unknown", "rejected", "units", "devices", "position")
BLANKS = [chr(code) for code in range(0x3001) if not chr(code).strip() and not chr(code).isprintable()] + ["\u200b", "\ufeff", "\x1c"]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, dict[str, Any]]:
    """A demo county: its software as one frame with a number on every row, and everything else."""
    paths = generate_county(tmp_path_factory.mktemp("county") / "county", devices=60, seed=3, as_of=AS_OF)
    found = read_inventory([paths.inventory])
    software = found.software.collect().with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    side = {
        "devices": pl.concat([pl.DataFrame(found.devices), _side("devices", paths.devices)]),
        "activations": pl.concat([found.activations, _side("activations", paths.activations)]),
        "traces": pl.concat([found.traces, _side("traces", paths.traces)]),
        "units": paths.units,
        "entitlements": paths.entitlements,
        "organisation": paths.organisation,
        "as_of": AS_OF,
    }
    return software, side


def _side(kind: str, path: Path) -> pl.DataFrame:
    from licmatch.assess.case import side_frame

    return side_frame(kind, path)[0]


def sent(spark: SparkSession, frame: pl.DataFrame, parts: int = 3) -> Any:
    plain = frame.with_columns(pl.col(column).cast(pl.String) for column, dtype in frame.schema.items() if dtype == pl.Null)
    return spark.createDataFrame(plain.to_arrow()).repartition(parts)


def differing(one: licmatch.Result, other: licmatch.Result) -> list[str]:
    assert one.rulings_log == other.rulings_log
    return [name for name in TABLES if not getattr(one, name).equals(getattr(other, name), null_equal=True)]


def test_the_result_is_the_local_one(spark: SparkSession, county: tuple[pl.DataFrame, dict[str, Any]], engine: Engine) -> None:
    from licmatch.spark import assess

    software, side = county
    bad = pl.DataFrame({"device_id": [None, "x", *("y" for _ in BLANKS), "z"], "name": ["Word", None, *BLANKS, " \u3000\t"]})
    numbers = pl.int_range(software.height, software.height + bad.height, eager=True)
    rows = pl.concat([software, bad.with_columns(row=numbers)], how="diagonal").drop("source_file", "source_row", strict=False)
    wanted = licmatch.assess(rows.drop("row"), engine=engine, **side)
    assert wanted.rejected.height > 3
    assert {"genuine", "not_genuine", "undetermined"} <= set(wanted.findings["state"])
    for how in ({}, {"broadcast_names": 0}):
        told = assess(sent(spark, rows), engine=engine, row="row", **how, **side)
        assert differing(told, wanted) == []
        assert told.manifest == wanted.manifest


def test_files_and_lines_are_cited_where_rows_have_them(
    spark: SparkSession, county: tuple[pl.DataFrame, dict[str, Any]], engine: Engine
) -> None:
    from licmatch.spark import assess

    software, side = county
    cited = software.with_columns(source_file=pl.lit("dump.csv"), source_row=pl.col("row") + 2).drop("row")
    read = read_inventory([side["units"]])
    nothing = {kind: getattr(read, kind).clear() for kind in ("devices", "units", "activations", "traces", "rejected")}
    wanted = licmatch.assess(replace(read, software=cited.lazy(), files=(), notices=(), **nothing), engine=engine, **side)
    told = assess(sent(spark, cited), engine=engine, **side)
    assert differing(told, wanted) == []
    pieces = told.installations.explode("evidence").unnest("evidence")
    assert pieces.filter((pl.col("source") == "dump.csv") & pl.col("row").is_not_null()).height > 50


def test_without_any_place_evidence_has_no_row_and_all_else_is_the_same(
    spark: SparkSession, county: tuple[pl.DataFrame, dict[str, Any]], engine: Engine
) -> None:
    from licmatch.spark import assess

    software, side = county
    rows = software.drop("row", "source_file", "source_row", strict=False)
    wanted, told = licmatch.assess(rows, engine=engine, **side), assess(sent(spark, rows, 5), engine=engine, **side)
    assert set(differing(told, wanted)) <= {"installations", "findings"}
    for name in ("installations", "findings"):
        one, other = getattr(told, name), getattr(wanted, name)
        assert one.drop("evidence").equals(other.drop("evidence"), null_equal=True)
        assert one["evidence"].list.len().equals(other["evidence"].list.len())
    of_rows = told.installations.explode("evidence").unnest("evidence").filter(pl.col("source") == "software")
    assert of_rows.height > 50
    assert of_rows["row"].null_count() == of_rows.height


def test_rows_that_are_not_told_apart_are_refused(spark: SparkSession, county: tuple[pl.DataFrame, dict[str, Any]], engine: Engine) -> None:
    from licmatch.spark import assess

    software, side = county
    with pytest.raises(InputError, match="does not tell rows apart"):
        assess(sent(spark, software.with_columns(row=pl.lit(0, pl.Int64))), engine=engine, row="row", **side)
    with pytest.raises(InputError, match="no column 'name'"):
        assess(sent(spark, software.drop("name")), engine=engine, **side)
    with pytest.raises(InputError, match="not whole numbers"):
        assess(sent(spark, software), engine=engine, row="name", **side)


def test_units_are_rolled_up_in_sql_as_the_scores_have_them(
    spark: SparkSession, county: tuple[pl.DataFrame, dict[str, Any]], engine: Engine
) -> None:
    from licmatch.spark import match, roll_up

    software, side = county
    rows = software.select("device_id", "name", "publisher", "version")
    stranger = pl.DataFrame({"device_id": ["never listed"], "name": ["Windows 10 Pro"]})
    rows = pl.concat([rows, stranger], how="diagonal")
    wanted = licmatch.assess(rows, engine=engine, **side).scores
    told = roll_up(match(sent(spark, rows), engine=engine), devices=side["devices"], units=side["units"])
    found = pl.from_arrow(told.toArrow())
    assert isinstance(found, pl.DataFrame)
    columns = ["unit_id", "devices", "rows", "recognised", "ambiguous", "unknown"]
    assert set(found.schema.values()) == {pl.String(), pl.Int64()}
    assert found.select(columns).sort("unit_id").equals(wanted.select(columns).filter(pl.col("devices") > 0).sort("unit_id"))
    assert found["at_risk"].max() > 0  # type: ignore[operator]
