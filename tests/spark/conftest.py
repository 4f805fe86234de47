"""Spark on this machine: two threads in one process. Without pyspark or Java these tests are skipped by name."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from licmatch.demo import generate_parquet

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [] if find_spec("pyspark") else ["pyspark (pip install 'licmatch[spark]')"]
    missing += [] if shutil.which("java") or os.environ.get("JAVA_HOME") else ["Java 17 (apt-get install openjdk-17-jre-headless)"]
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.spark)
            # PySpark leaves its sockets to the garbage collector, and warns of a pandas that nothing here uses.
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"))
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"{', '.join(missing)} is not installed"))


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.local.dir", str(folder))
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """A small inventory with everything in it that goes wrong in practice."""
    path = tmp_path_factory.mktemp("inventory") / "a.parquet"
    generate_parquet(path, rows=6_000, devices=90, distinct_names=500, seed=11)
    odd = pl.DataFrame(
        [
            ("d-1", "Windows 10 专业版", None, "22H2"),
            ("d-1", "Windows 10 专业版", "", "22H2"),
            ("d-1", "Windows 10 专业版", "Microsoft Corporation", "22H2"),
            ("d-2", "KMSAuto Net 2016", None, None),
            ("d-2", "𠮷野家会计 𝟚.𝟘", "𠮷", "2.0"),
            ("d-3", "WINDOWS 10 专业版", "microsoft corporation", "22h2"),
            ("d-3", "Windows 10 专业版 ", "Microsoft Corporation", "22H2"),
        ],
        schema={"device_id": pl.String, "name": pl.String, "publisher": pl.String, "version": pl.String},
        orient="row",
    )
    return pl.concat([pl.read_parquet(path), odd])
