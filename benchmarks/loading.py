"""How long an engine takes to be there: in a fresh process, from what the wheel ships, from a cache, and with a site's pack built cold.

    python benchmarks/loading.py
    python benchmarks/loading.py --small            # a pack of 1,000 products instead of 10,000, three repeats

The compiled files are made as the wheel's build makes them, in a folder of their own. `readonly` is the same with a cache that cannot be
written; `uncompiled` compiles everything anew. Seconds of `import` and `load` are told apart.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from timing import SEED, spread, write

PROBE = """
import json, sys, time
start, busy = time.perf_counter(), time.process_time()
from licmatch.match import Engine
imported, used = time.perf_counter(), time.process_time()
engine = Engine.load(catalogs=sys.argv[1:])
there, all_used = time.perf_counter(), time.process_time()
engine.match_name("Microsoft Office 专业增强版 2016", publisher="北京金山办公软件股份有限公司")
first = time.perf_counter()
print(json.dumps({"import_s": imported - start, "load_s": there - imported, "first_answer_s": first - there,
                  "import_cpu_s": used - busy, "load_cpu_s": all_used - used}))
"""


def probe(cache: Path, repeat: int, catalogs: tuple[Path, ...] = ()) -> dict[str, dict[str, float]]:
    """Return import, load and first answer of fresh processes."""
    environment = {**os.environ, "LICMATCH_CACHE": str(cache)}
    told: list[dict[str, float]] = []
    for _ in range(repeat):
        words = [sys.executable, "-c", PROBE, *map(str, catalogs)]
        told.append(json.loads(subprocess.run(words, env=environment, check=True, capture_output=True, text=True).stdout))
    return {figure: spread([one[figure] for one in told], 6) for figure in told[0]}


def write_table(products: int, path: Path) -> None:
    """Write a table of id, name and publisher for `licmatch catalog build`: the generator's invented software."""
    from licmatch.demo.invented import invented_entries

    entries: dict[str, str | None] = {}
    for entry in invented_entries(SEED, most_versions=1):
        entries.setdefault(entry.name, entry.publisher)
        if len(entries) == products:
            break
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(("id", "name", "publisher"))
        rows.writerows((f"Maker{at // 7}.Product{at}", name, publisher or "") for at, (name, publisher) in enumerate(entries.items()))


def main(arguments: list[str] | None = None) -> int:
    """Measure, print a line each and write `bench-out/loading.json`."""
    parser = argparse.ArgumentParser(description="From nothing to an engine.")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("-o", "--out", type=Path)
    args = parser.parse_args(arguments)
    repeat, products = (3, 1_000) if args.small else (args.repeat, args.products)
    result: dict[str, Any] = {"repeat": repeat, "products": products}
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        result["uncompiled"] = {**probe(cache, 1)}
        result["compiled"] = probe(cache, repeat)
        # A file where a folder should be: nothing can be written, and nothing is there to be read.
        (Path(folder) / "no-folder").write_bytes(b"")
        result["readonly"] = probe(Path(folder) / "no-folder", 1)
        table, pack = Path(folder) / "products.csv", Path(folder) / "pack.json"
        write_table(products, table)
        build = "import sys; from pathlib import Path; from licmatch.catalog.pack import build_pack; build_pack(*map(Path, sys.argv[1:]))"
        subprocess.run([sys.executable, "-c", build, str(table), str(pack)], check=True)
        result["with_pack"] = probe(cache, min(repeat, 3), (pack,))
        result["cold_with_pack"] = probe(Path(folder) / "cache-of-its-own", 1, (pack,))
    for label in ("compiled", "uncompiled", "readonly", "with_pack", "cold_with_pack"):
        told = result[label]
        print(
            f"{label:<15} load {told['load_s']['median'] * 1e3:7.0f} ms ({told['load_cpu_s']['median'] * 1e3:.0f} ms processor), "
            f"import before it {told['import_s']['median'] * 1e3:.0f} ms, first answer {told['first_answer_s']['median'] * 1e3:.0f} ms"
        )
    print(f"figures: {write('loading', result, args.out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
