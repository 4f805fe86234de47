"""A driver of its own: two executors, each a Java process with a Python worker, and a worker that dies once in the middle of its task.

    python tests/spark/cluster_job.py INVENTORY.parquet FOLDER (match|assess) (die|live)

Writes the answers to FOLDER/answers.parquet and, for every task, which process ran it and how many engines that process had made.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyspark
from pyspark.sql import SparkSession

FOLDER = Path(sys.argv[2]) if len(sys.argv) > 2 else Path()
DIES = sys.argv[-1] == "die"


def watched(batches: Iterator[Any], *, folder: str, dies: bool, **words: Any) -> Iterator[Any]:
    from pathlib import Path

    from licmatch.spark.worker import _engine, decide_partition

    told = 0
    for batch in decide_partition(batches, **words):
        yield batch
        told += batch.num_rows
        if dies and told > 5:
            try:
                os.close(os.open(Path(folder) / "died", os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                continue
            # In the middle of a task, with some of its batches handed over: no exception, no goodbye.
            os._exit(1)
    if told:
        made = Path(folder) / "tasks" / f"{os.getpid()}-{os.urandom(4).hex()}-{_engine.cache_info().misses}"
        made.touch()


def main() -> None:
    from functools import partial

    from licmatch.spark import assess, match, matching

    (FOLDER / "tasks").mkdir(parents=True)
    os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.local.dir", str(FOLDER / "local"))
        .config("spark.sql.shuffle.partitions", "6")
        .config("spark.sql.adaptive.coalescePartitions.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "20")
        .getOrCreate()
    )
    matching.decide_partition = partial(watched, folder=str(FOLDER), dies=DIES)  # type: ignore[assignment]
    frame = spark.read.parquet(sys.argv[1])
    if sys.argv[3] == "match":
        pq.write_table(match(frame).toArrow(), FOLDER / "answers.parquet")
    else:
        result = assess(frame, row="row", as_of="2026-11-30")
        for name in ("matches", "installations", "findings", "scores"):
            getattr(result, name).write_parquet(FOLDER / f"{name}.parquet")
    spark.stop()


if __name__ == "__main__":
    main()
