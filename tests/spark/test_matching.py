"""`licmatch.spark.match` gives every row what `Engine.match` gives it, however the rows are spread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pytest

from licmatch import Engine, UsageError
from licmatch.match.arrow import OUT_SCHEMA
from licmatch.match.portable import EngineMark
from licmatch.schema import MATCH_COLUMNS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def local(frame: DataFrame) -> pl.DataFrame:
    found = pl.from_arrow(frame.toArrow())
    assert isinstance(found, pl.DataFrame)
    return found


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_row_index("at").with_columns(pl.col("at").cast(pl.Int64))


def sent(spark: SparkSession, frame: pl.DataFrame, parts: int = 4) -> DataFrame:
    return spark.createDataFrame(frame.to_arrow()).repartition(parts)


def same(told: DataFrame, frame: pl.DataFrame, engine: Engine, **columns: str) -> None:
    wanted = engine.match(frame, **columns).sort("at")
    found = local(told).sort("at")
    assert found.columns == wanted.columns
    assert found.equals(wanted, null_equal=True)


@pytest.mark.parametrize("how", [{}, {"broadcast_names": 0}, {"broadcast_names": 0, "salt": 5}], ids=["broadcast", "shuffled", "salted"])
def test_every_row_gets_what_it_gets_locally(spark: SparkSession, inventory: pl.DataFrame, engine: Engine, how: dict[str, int]) -> None:
    from licmatch.spark import match

    frame = numbered(inventory)
    told = match(sent(spark, frame), engine=engine, **how)
    same(told, frame, engine)
    plan = told._jdf.queryExecution().executedPlan().toString()
    assert ("BroadcastHashJoin" in plan) is (not how)
    assert "MapInArrow" in plan or "InMemoryTableScan" in plan


@pytest.mark.parametrize("parts", [1, 7])
def test_how_rows_are_spread_changes_nothing(spark: SparkSession, inventory: pl.DataFrame, engine: Engine, parts: int) -> None:
    from licmatch.spark import match

    frame = numbered(inventory).sample(fraction=1.0, shuffle=True, seed=parts)
    same(match(sent(spark, frame, parts), engine=engine), frame, engine)


def test_one_name_on_most_rows_does_not_pile_up(spark: SparkSession, engine: Engine) -> None:
    from licmatch.spark import match

    frame = numbered(pl.DataFrame({"name": ["Windows 10 Pro"] * 20_000 + [f"Tool {at}" for at in range(200)]}))
    salted = match(sent(spark, frame, 8), engine=engine, broadcast_names=0, salt=8)
    same(salted, frame, engine)
    # Where the rows of the common name meet their answer: with salt in several tasks, none of which has most of them.
    from pyspark.sql import functions as F

    spark.conf.set("spark.sql.adaptive.enabled", "false")
    try:
        again = match(sent(spark, frame, 8), engine=engine, broadcast_names=0, salt=8)
        tasks = local(again.where("name = 'Windows 10 Pro'").groupBy(F.spark_partition_id().alias("task")).count())
    finally:
        spark.conf.unset("spark.sql.adaptive.enabled")
    assert tasks.height > 1
    assert tasks["count"].sum() == 20_000
    assert tasks["count"].max() < 20_000


def test_names_decided_earlier_are_used(spark: SparkSession, inventory: pl.DataFrame, engine: Engine, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from licmatch.spark import decide, match

    frame = numbered(inventory)
    decide(sent(spark, frame), engine=engine).write.parquet(str(tmp_path / "names"))
    kept = spark.read.parquet(str(tmp_path / "names"))
    assert kept.count() == inventory.select("name", "publisher", "version").n_unique()
    same(match(sent(spark, frame), engine=engine, decided=kept), frame, engine)


def test_other_column_names_dots_quotes_and_numbers(spark: SparkSession, engine: Engine) -> None:
    from licmatch.spark import match

    frame = numbered(
        pl.DataFrame(
            {
                "Display.Name": ["Windows 10 Pro", "x", None],
                "it's `here`": ["Microsoft", None, "y"],
                "v": [22, None, 3],
                "z": [1.5, 2.5, None],
            }
        )
    )
    columns = {"name": "Display.Name", "publisher": "it's `here`", "version": "v"}
    same(match(sent(spark, frame), engine=engine, **columns), frame, engine, **columns)


def test_product_codes_are_asked_as_locally(spark: SparkSession, engine: Engine) -> None:
    from licmatch.spark import match

    code = "{90160000-0011-0000-1000-0000000FF1CE}"
    rows = [("Büro 1", code), ("Windows 10 Pro", code), ("KMSAuto", code), ("no idea", "{0}"), ("no idea", None)]
    frame = numbered(pl.DataFrame(rows, schema=["name", "product_code"], orient="row"))
    told = match(sent(spark, frame), engine=engine)
    same(told, frame, engine)
    assert local(told).sort("at")["lm_method"][0] == "identifier"


def test_text_is_compared_byte_by_byte_whatever_its_collation(spark: SparkSession, engine: Engine) -> None:
    from pyspark.sql import functions as F

    from licmatch.spark import decide

    frame = sent(spark, pl.DataFrame({"name": ["WPS Office", "wps office", "WPS Office "]}))
    for collation in ("UTF8_LCASE", "UTF8_BINARY_RTRIM"):
        assert decide(frame.withColumn("name", F.collate("name", collation)), engine=engine).count() == 3


def test_bytes_that_are_no_text_do_not_reach_the_engine(spark: SparkSession, engine: Engine) -> None:
    from licmatch.spark import match

    frame = spark.sql("select cast(unhex('57696e646f7773FF203130') as string) as name, 1 as at union all select 'Windows 10 Pro', 2")
    told = match(frame, engine=engine).select("at", "lm_status").orderBy("at")
    assert local(told)["lm_status"].to_list() == [engine.match_name("Windows\ufffd 10").status, "recognised"]


@pytest.mark.parametrize("column", ["lm_status", "LM_Status", "lm_key_name"])
def test_a_column_is_not_written_twice(spark: SparkSession, engine: Engine, column: str) -> None:
    from licmatch.spark import match

    with pytest.raises(UsageError, match="already has a column"):
        match(spark.createDataFrame([("a", "b")], ["name", column]), engine=engine)


def test_what_has_no_plain_text_is_refused(spark: SparkSession, engine: Engine) -> None:
    from licmatch.spark import decide, match

    frame = spark.sql("select 'a' as name, 1.5D as version")
    with pytest.raises(UsageError, match="'version' holds double"):
        decide(frame, engine=engine)
    with pytest.raises(UsageError, match="no column 'DisplayName'"):
        match(frame, name="DisplayName", engine=engine)
    with pytest.raises(UsageError, match="salt"):
        match(frame, engine=engine, salt=0)


def test_an_empty_frame_is_an_answer(spark: SparkSession, engine: Engine) -> None:
    from licmatch.spark import match

    told = match(spark.createDataFrame([], "name string, version string"), engine=engine)
    assert told.columns == ["name", "version", *MATCH_COLUMNS]
    assert told.count() == 0


def test_the_declared_types_are_those_that_are_sent(spark: SparkSession, engine: Engine) -> None:
    from licmatch.spark.matching import decided_names
    from licmatch.spark.schema import ddl

    names = spark.createDataFrame([("Windows 10 Pro", None, None)], "name string, publisher string, version string")
    told = decided_names(names, engine, max_rows=1)
    declared = [part.replace("`", "").replace(" ", ":") for part in ddl(OUT_SCHEMA).split(", ")]
    assert [field.simpleString() for field in told.schema] == declared
    arrived = told.toArrow()
    assert arrived.column("lm_score").to_pylist() == [engine.match_name("Windows 10 Pro").score]
    with pytest.raises(KeyError):
        ddl(pa.schema([("n", pa.uint32())]))


def test_the_task_carries_a_name_and_a_hash_and_no_catalog(spark: SparkSession, engine: Engine) -> None:
    from functools import partial

    from pyspark import cloudpickle

    from licmatch.spark.shipping import ship
    from licmatch.spark.worker import decide_partition

    shipped = ship(spark, engine)
    assert len(cloudpickle.dumps(partial(decide_partition, mark=shipped.mark, file=shipped.file, max_rows=10))) < 2_000


def test_a_session_that_cannot_send_files_is_refused(engine: Engine) -> None:
    from licmatch.spark.shipping import ship

    with pytest.raises(UsageError, match="Spark Connect"):
        ship(object(), engine)  # type: ignore[arg-type]


def test_a_worker_with_another_catalog_stops_the_job(spark: SparkSession, engine: Engine) -> None:
    from functools import partial

    from pyspark.errors import PythonException

    from licmatch.spark.matching import ddl
    from licmatch.spark.shipping import ship
    from licmatch.spark.worker import decide_partition

    shipped = ship(spark, engine)
    assert ship(spark, engine) == shipped
    other = EngineMark("0" * 64, shipped.mark.code, shipped.mark.plugins, ())
    task = partial(decide_partition, mark=other, file=shipped.file, max_rows=10)
    names = spark.createDataFrame([("x", None, None)], "name string, publisher string, version string")
    with pytest.raises(PythonException, match="not the one that was sent"):
        names.mapInArrow(task, ddl(OUT_SCHEMA)).collect()
