"""Who should put rows aside when memory is short: parts in files as `assess --memory-limit` does it, polars' own spilling, or DuckDB's.

    python benchmarks/spill.py --size 10m --memory 1024 --repeat 3

One step, the one that holds most when an inventory is judged: the texts of the rows become numbers. Each way reads the same Parquet file
and writes one row a row (row, device_number, name_number) and the two tables of what the numbers stand for, as a process of its own with
the same limit, taking turns. The results are then compared, numbers replaced by the rank of their texts. `spilled` is what a process
wrote beyond its result. Polars' own way is its plain query with POLARS_OOC_MEMORY_BUDGET_MB set; the query is measured without it, too.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from inventories import SIZES, into_page_cache, inventory  # noqa: E402
from measure import MIB, Measure, ProcessFailed, forget, machine, measured, spread, summary  # noqa: E402

NAME = ("name", "publisher", "version")
WAYS = ("parts in files", "polars", "polars, own spilling", "duckdb")


def parts_in_files(source: Path, target: Path, scratch: Path, limit: int) -> None:
    """Number the rows as `licmatch assess --memory-limit` does."""
    from licmatch.ingest.numbered import number_rows

    rows = number_rows(pl.scan_parquet(source), scratch)
    # What the run reads from now on lies in the parts: they are the result, put where the other ways put theirs.
    for part in sorted(scratch.glob("rows-*.parquet")):
        part.rename(target / part.name)
    rows.names.drop("rows").write_parquet(target / "names.parquet")
    rows.devices.write_parquet(target / "devices.parquet")


def polars_query(source: Path, target: Path, scratch: Path, limit: int) -> None:
    """Number the rows by one streamed query."""
    table = pl.scan_parquet(source)
    names = table.group_by(NAME).agg().with_row_index("name_number").collect(engine="streaming")
    devices = table.group_by("device_id").agg().with_row_index("device_number").collect(engine="streaming")
    rows = table.with_row_index("row").join(names.lazy(), on=NAME, how="left", nulls_equal=True)
    rows = rows.join(devices.lazy(), on="device_id", how="left").select("row", "device_number", "name_number")
    rows.sink_parquet(target / "rows-0.parquet", compression="lz4", engine="streaming")
    names.write_parquet(target / "names.parquet")
    devices.write_parquet(target / "devices.parquet")


def duckdb_query(source: Path, target: Path, scratch: Path, limit: int) -> None:
    """Number the rows by SQL; DuckDB holds to its limit and puts the rest into its temporary folder."""
    import duckdb

    base = duckdb.connect(config={"memory_limit": f"{limit}MiB", "temp_directory": str(scratch), "preserve_insertion_order": "false"})
    rows, same = f"read_parquet('{source}', file_row_number = true)", " AND ".join(f"r.{one} IS NOT DISTINCT FROM n.{one}" for one in NAME)
    for table, columns in (("name", ", ".join(NAME)), ("device", "device_id")):
        distinct = f"SELECT DISTINCT {columns} FROM {rows}"
        base.execute(f"CREATE TABLE {table}s AS SELECT (row_number() OVER () - 1)::UINTEGER AS {table}_number, * FROM ({distinct})")
        base.execute(f"COPY {table}s TO '{target}/{table}s.parquet' (FORMAT parquet)")
    numbers = f"FROM {rows} r JOIN names n ON {same} JOIN devices d USING (device_id)"
    joined = f"SELECT r.file_row_number::UINTEGER AS row, device_number, name_number {numbers}"
    base.execute(f"COPY ({joined}) TO '{target}/rows-0.parquet' (FORMAT parquet, COMPRESSION lz4_raw)")


DOING = {"parts in files": parts_in_files, "polars": polars_query, "polars, own spilling": polars_query, "duckdb": duckdb_query}


def written() -> int:
    """Return the bytes that this process has written; 0 where the system does not tell."""
    try:
        told = dict(line.split(": ") for line in Path("/proc/self/io").read_text(encoding="ascii").splitlines())
        return int(told["wchar"])
    except (OSError, KeyError, ValueError):
        return 0


def work(way: str, source: Path, target: Path, scratch: Path, limit: int) -> None:
    """Do the step one way in this process; prints the bytes written beyond the result as JSON."""
    before = written()
    DOING[way](source, target, scratch, limit)
    beyond = written() - before - sum(file.stat().st_size for file in target.iterdir())
    # A result that was renamed was written too, so nothing here counts twice.
    print(json.dumps({"spilled": max(beyond, 0)}))


def fingerprint(target: Path) -> tuple[int, int]:
    """Return rows and a sum over them that does not depend on their order, or on how a way numbers its texts."""
    names = pl.read_parquet(target / "names.parquet").sort(NAME, nulls_last=True).with_row_index("n").select("n", "name_number")
    devices = pl.read_parquet(target / "devices.parquet").sort("device_id").with_row_index("d").select("d", "device_number")
    rows = pl.scan_parquet(target / "rows-*.parquet").join(names.lazy(), on="name_number").join(devices.lazy(), on="device_number")
    told = rows.select(pl.struct(pl.col("row", "d", "n").cast(pl.UInt32)).hash(1).mod(1 << 32).alias("hash"))
    return told.select(pl.len(), pl.col("hash").sum()).collect(engine="streaming").row(0)


def measure(way: str, source: Path, args: argparse.Namespace) -> tuple[Measure, int, tuple[int, int] | None]:
    """Run one way and return what it took, what it spilled and what it made."""
    target = args.out / "spill-result"
    forget(target)
    target.mkdir()
    with tempfile.TemporaryDirectory(dir=args.out) as scratch:
        command = [sys.executable, __file__, "--work", way, str(source), str(target), scratch, str(args.memory)]
        os.environ.pop("POLARS_OOC_MEMORY_BUDGET_MB", None)
        if way == "polars, own spilling":
            os.environ |= {"POLARS_OOC_MEMORY_BUDGET_MB": str(args.memory), "POLARS_OOC_SPILL_DIR": scratch}
        taken = measured(command, args.out / "spill.log")
        spilled = json.loads((args.out / "spill.log").read_text(encoding="utf-8").splitlines()[-1])["spilled"]
    os.environ.pop("POLARS_OOC_MEMORY_BUDGET_MB", None)
    made = fingerprint(target)
    forget(target)
    return taken, spilled, made


def main(arguments: list[str] | None = None) -> int:
    """Measure and return the exit code: 0 done, 1 a process failed or a result differs."""
    parser = argparse.ArgumentParser(description="One step under a memory limit, three ways.")
    parser.add_argument("--size", choices=SIZES, default="10m")
    parser.add_argument("--memory", type=int, default=1024, help="the limit in MiB (default: 1024)")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "bench-out")
    parser.add_argument("--work", nargs=5, help=argparse.SUPPRESS)
    args = parser.parse_args(arguments)
    if args.work:
        way, *paths, limit = args.work
        work(way, *map(Path, paths), int(limit))
        return 0
    args.out.mkdir(parents=True, exist_ok=True)
    source, _ = inventory(args.size, SIZES[args.size], args.out)
    into_page_cache(source)
    taken: dict[str, list[Measure]] = {way: [] for way in args.ways}
    spilled: dict[str, list[int]] = {way: [] for way in args.ways}
    made = set()
    failed: dict[str, str] = {}
    for _ in range(args.repeat):
        for way in args.ways:
            if way in failed:
                continue
            try:
                took, bytes_, result = measure(way, source, args)
            except ProcessFailed as failure:
                # To give up under the limit is a finding, and the others are still measured.
                failed[way] = str(failure).splitlines()[-1]
                continue
            taken[way].append(took)
            spilled[way].append(bytes_)
            made.add(result)
    ways: dict[str, Any] = {way: {"failed": why} for way, why in failed.items()}
    for way, runs in taken.items():
        if way in failed:
            print(f"{way:<22} failed: {failed[way]}")
            continue
        ways[way] = summary(runs) | {"spilled_mib": spread([one / MIB for one in spilled[way]], 0)}
        told = {figure: one["median"] for figure, one in ways[way].items()}
        print(
            f"{way:<22} {told['wall_s']:7.2f} s   {told['cpu_s']:7.2f} s processor   {told['peak_mib']:6.0f} MiB   "
            f"spilled {told['spilled_mib']:6.0f} MiB   others {told.get('others_cpus', 0.0)} cpus"
        )
    same = len(made) == 1
    print("the same rows" if same else "DIFFERENT rows")
    result = {"machine": machine(), "size": args.size, "memory_mib": args.memory, "repeat": args.repeat, "same": same, "ways": ways}
    (args.out / "spill.json").write_text(json.dumps(result, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
