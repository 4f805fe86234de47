"""What a cluster costs: licmatch.spark on two executors of this machine beside licmatch on polars, on one file, with identical results.

    python benchmarks/spark.py [--rows 1000000] [--devices 15000] [--names 20000] [--master 'local-cluster[2,1,2048]'] [-o DIR]

Needs `pip install 'licmatch[spark]'` and Java. Each way is a process of its own, from its start to its last file. The ways' rows are
compared whole: sorted, every column. On one machine Spark can only lose; the figure is what its processes, shuffles and the crossing to
Python cost where they bring nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

HERE = Path(__file__).resolve().parent
AS_OF = "2026-11-30"
TABLES = ("matches", "installations", "findings", "scores", "unknown")
WAYS = ("polars", "spark")
MIB = 1024 * 1024


def work(way: str, job: str, source: Path, target: Path, master: str) -> None:
    """Do one job one way in this process; prints the seconds of each part as JSON."""
    started = time.perf_counter()
    parts = {}
    target.mkdir(parents=True, exist_ok=True)
    if way == "polars":
        import licmatch

        engine = licmatch.Engine.load()
        parts["start"] = time.perf_counter() - started
        frame = pl.scan_parquet(source)
        if job == "match":
            engine.match(frame).sink_parquet(target / "rows.parquet")
        else:
            write(licmatch.assess(frame.drop("row"), as_of=AS_OF, engine=engine), target)
        parts["all"] = time.perf_counter() - started
    else:
        spark = session(master, target)
        from licmatch.spark import assess, match

        parts["start"] = time.perf_counter() - started
        table = spark.read.parquet(str(source))
        if job == "match":
            match(table).write.mode("overwrite").parquet(str(target / "rows"))
        else:
            write(assess(table, row="row", as_of=AS_OF), target)
        parts["first"] = time.perf_counter() - started - parts["start"]
        # Again in the same session: what a cluster that is up costs, with its workers warm.
        again = time.perf_counter()
        spark.catalog.clearCache()
        if job == "match":
            match(table).write.mode("overwrite").parquet(str(target / "rows"))
        else:
            assess(table, row="row", as_of=AS_OF)
        parts["again"] = time.perf_counter() - again
        # Of both runs together, as the executors count it; halved, for they do the same.
        parts |= {f"{one}_mib": bytes_ / 2 / MIB for one, bytes_ in shuffled(spark).items()}
        spark.stop()
    parts["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    parts["cpu_s"] = time.process_time()
    print(json.dumps(parts))


def shuffled(spark) -> dict[str, int]:  # type: ignore[no-untyped-def]
    """Return the bytes that all executors have read of the input and written for a shuffle since the session began."""
    known = spark.sparkContext._jsc.sc().statusStore().executorList(False)
    told = [known.apply(place) for place in range(known.size())]
    return {"input": sum(one.totalInputBytes() for one in told), "shuffle": sum(one.totalShuffleWrite() for one in told)}


def session(master: str, target: Path):  # type: ignore[no-untyped-def]
    """Return a Spark session bound to this machine."""
    import pyspark
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
    os.environ["PYSPARK_PYTHON"] = sys.executable
    return (
        SparkSession.builder.master(master)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.memory", "3g")
        .config("spark.local.dir", str(target / "spark"))
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "65536")
        .getOrCreate()
    )


def write(result, folder: Path) -> None:  # type: ignore[no-untyped-def]
    """Write the tables that are compared."""
    for name in TABLES:
        getattr(result, name).write_parquet(folder / f"{name}.parquet")


def same(job: str, one: Path, other: Path) -> bool:
    """Say whether both ways gave the same rows and columns."""
    if job == "match":
        told = [pl.scan_parquet(path).sort("row").collect() for path in (one / "rows.parquet", other / "rows" / "*.parquet")]
        return told[0].equals(told[1], null_equal=True)
    pairs = (tuple(pl.read_parquet(folder / f"{name}.parquet") for folder in (one, other)) for name in TABLES)
    return all(first.equals(second, null_equal=True) for first, second in pairs)


def main() -> int:
    """Run the benchmark; 0 where the results are identical."""
    parser = argparse.ArgumentParser(description="Spark on this machine beside polars, with identical results.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--devices", type=int, default=15_000)
    parser.add_argument("--names", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=20050613)
    parser.add_argument("--master", default="local-cluster[2,1,2048]")
    parser.add_argument("--jobs", nargs="+", choices=("match", "assess"), default=["match", "assess"])
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "bench-out" / "spark")
    parser.add_argument("--work", nargs=4, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        way, job, source, target = args.work
        work(way, job, Path(source), Path(target), args.master)
        return 0
    from licmatch.demo import generate_parquet

    args.out.mkdir(parents=True, exist_ok=True)
    source = args.out / f"{args.rows}-{args.devices}-{args.names}-{args.seed}.parquet"
    if not source.exists():
        plain = args.out / "plain.parquet"
        generate_parquet(plain, rows=args.rows, devices=args.devices, distinct_names=args.names, seed=args.seed)
        pl.scan_parquet(plain).with_row_index("row").with_columns(pl.col("row").cast(pl.Int64)).sink_parquet(source)
        plain.unlink()
    found: dict[str, object] = {"rows": args.rows, "devices": args.devices, "names": args.names, "master": args.master}
    good = True
    for job in args.jobs:
        seconds = {}
        for way in WAYS:
            command = [sys.executable, __file__, "--master", args.master, "--work", way, job, str(source), str(args.out / f"{job}-{way}")]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(done.stderr[-4000:], file=sys.stderr)
                return 1
            seconds[way] = {part: round(value, 2) for part, value in json.loads(done.stdout.splitlines()[-1]).items()}
        identical = same(job, args.out / f"{job}-polars", args.out / f"{job}-spark")
        good &= identical
        spark, local = seconds["spark"], seconds["polars"]
        told = f"shuffled {spark['shuffle_mib']:.0f} of {spark['input_mib']:.0f} MiB read, driver {spark['peak_mib']:.0f} MiB"
        ratio = round(spark["again"] / (local["all"] - local["start"]), 2)
        found[job] = {**seconds, "identical": identical, "again_over_polars": ratio}
        print(f"{job:<6}  polars {local['all']:.1f} s   spark {spark['start']:.1f} + {spark['first']:.1f} s, again {spark['again']:.1f} s"
              f"   x {ratio}   {told}   {'identical' if identical else 'DIFFERENT'}", flush=True)  # fmt: skip
    (args.out / "results.json").write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
