"""How many distinct names an engine decides in a second, how long one name takes, and what a second core gives.

    python benchmarks/deciding.py                   # 60,000 and 600,000 names, medians of five
    python benchmarks/deciding.py --small           # 5,000 names, some seconds

All layers, signatures and witnesses are on; the catalogs are the built-in ones; the names are those of the generator, three fifths of which
no catalog knows. "candidates" are only those that a family, an identifier or a signature reaches. "examples" are candidates of the
hardest kind: the strings that the catalogs list, with what dumps write around names; few are of one shape, so that most are weighed by
themselves. Each number of threads is a process of its own (`POLARS_MAX_THREADS`, which the engine's own threads follow).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
from measure import machine, spread
from timing import BENCH_OUT, distinct_names, timed, write

from licmatch import Engine
from licmatch.match.examples import builtin_folders, read_examples
from licmatch.schema import MATCH_COLUMNS, NAME_KEY

ONE_BY_ONE = 2_000
LABELS = ("all", "candidates", "examples")
# What inventories write around the name of a product.
AROUND = ("{}", "{} (x64)", "{} - zh-cn", "{} 中文版", "{} 12.1.0", "{} 64-Bit Edition", "Update for {} (KB5{number})", "{} Viewer")


def examples(engine: Engine, count: int) -> pl.DataFrame:
    """Return so many different names made of the strings that the built-in catalogs list, by lot, as (name, publisher, version)."""
    listed = sorted({example.raw for example in read_examples(builtin_folders(engine))})
    written = {way.replace("{number}", f"{at:06}").replace("{}", name) for at, name in enumerate(listed) for way in AROUND}
    distinct = pl.Series(sorted(written))
    chosen = distinct.sample(min(count, len(written)), seed=1).sort()
    return pl.DataFrame({"name": chosen}).with_columns(pl.lit(None, dtype=pl.String).alias(part) for part in NAME_KEY[1:])


def measure(count: int, repeat: int, folder: Path) -> dict[str, Any]:
    """Return what deciding so many names takes in this process."""
    engine = Engine.load()
    keys = distinct_names(count, folder)
    reached = engine._finder.look(keys["name"]).reached
    engine.decide(keys.head(2_000))
    found: dict[str, Any] = {"threads": pl.thread_pool_size()}
    hard = examples(engine, count)
    found_hard = engine._finder.look(hard["name"])
    hard = hard.filter(found_hard.reached)
    for label, table in (("all", keys), ("candidates", keys.filter(reached)), ("examples", hard)):
        names = table["name"].n_unique()
        took = timed(lambda table=table: engine.decide(table), repeat)
        rate = names / took["wall_s"]["median"]
        found[label] = {"names": names, "rows": table.height, **took, "names_a_second": round(rate)}
        found[label]["rows_a_second"] = round(table.height / took["wall_s"]["median"])
        found[label]["names_a_second_of_processor_time"] = round(names / took["cpu_s"]["median"])
    found["examples"]["shapes"] = engine._shapes.of(found_hard.padded.filter(found_hard.reached)).n_unique()
    return found


def one_by_one(count: int, folder: Path) -> dict[str, Any]:
    """Return how long `match_name` takes for names this process has never seen, and whether it answers as a column does."""
    engine = Engine.load()
    asked = distinct_names(count, folder).sample(min(ONE_BY_ONE, count), seed=1)
    engine.match_name("Microsoft Office 专业增强版 2016", publisher="北京金山办公软件股份有限公司")
    seconds, told = [], []
    for name, publisher, version in asked.iter_rows():
        start = time.perf_counter()
        found = engine.match_name(name, publisher=publisher, version=version)
        seconds.append(time.perf_counter() - start)
        told.append(tuple(getattr(found, column.removeprefix("lm_")) for column in MATCH_COLUMNS))
    same = told == engine.decide(asked).select(list(MATCH_COLUMNS)).rows()
    return {"names": asked.height, "seconds": spread(seconds, 6), "identical_to_match": same}


def apart(threads: int, words: list[str]) -> Any:
    """Run this script in a process of so many threads and return what it measured."""
    environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
    done = subprocess.run([sys.executable, __file__, *words], env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line each and write `bench-out/deciding.json`; 1 where one by one and in a column differ."""
    parser = argparse.ArgumentParser(description="Distinct names decided in a second.")
    parser.add_argument("--names", nargs="+", type=int, default=[60_000, 600_000])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="5,000 names, three repeats")
    parser.add_argument("--folder", type=Path, default=BENCH_OUT, help="where inventories are kept")
    parser.add_argument("--part", choices=("decide", "one"), help=argparse.SUPPRESS)
    parser.add_argument("-o", "--out", type=Path)
    args = parser.parse_args(arguments)
    sizes, repeat = ([5_000], 3) if args.small else (args.names, args.repeat)
    if args.part:
        part = measure(sizes[0], repeat, args.folder) if args.part == "decide" else one_by_one(sizes[0], args.folder)
        print(json.dumps(part))
        return 0
    cores = int(str(machine()["cpus"]))
    result: dict[str, Any] = {"repeat": repeat, "sizes": {}}
    for count in sizes:
        distinct_names(count, args.folder)
        words = ["--names", str(count), "--repeat", str(repeat), "--folder", str(args.folder)]
        many, single = apart(cores, [*words, "--part", "decide"]), apart(1, [*words, "--part", "decide"])
        gain = {label: round(single[label]["wall_s"]["median"] / many[label]["wall_s"]["median"], 2) for label in LABELS}
        result["sizes"][str(count)] = {"all_cores": many, "one_thread": single, "gain_of_cores": gain}
        for label in LABELS:
            told, gained = many[label], gain[label]
            print(
                f"{told['names']:>9,} names, {label:<10} {told['names_a_second']:>9,} names/s {told['rows_a_second']:>9,} rows/s "
                f"{told['names_a_second_of_processor_time']:>9,} names/s of a core, {many['threads']} threads x {gained} against one"
            )
    alone = apart(cores, ["--names", str(sizes[0]), "--folder", str(args.folder), "--part", "one"])
    result["one_by_one"] = alone
    print(f"one by one: median {alone['seconds']['median'] * 1e3:.2f} ms, identical to a column: {alone['identical_to_match']}")
    print(f"figures: {write('deciding', result, args.out)}")
    return 0 if alone["identical_to_match"] else 1


if __name__ == "__main__":
    sys.exit(main())
