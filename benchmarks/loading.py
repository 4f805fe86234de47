"""How long an engine takes to be there: in a fresh process, from what the wheel ships, from a cache, and with a site's pack built cold.

    python benchmarks/loading.py
    python benchmarks/loading.py --small            # a pack of 1,000 products instead of 10,000, three repeats

`shipped` reads the compiled files that an installation has; without them, `uncompiled` compiles everything anew, `kept` reads what that
left in the cache, and `readonly` has a cache that can be neither read nor written. Seconds of `import` and `load` are told apart.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from inventories import SEED
from measure import spread
from packs import invented, pack_of
from timing import write

PROBE = """
import json, sys, time
start, busy = time.perf_counter(), time.process_time()
from licmatch.match import Engine
import_s, import_cpu_s = time.perf_counter() - start, time.process_time() - busy
if sys.argv[1] == "unshipped":
    from pathlib import Path
    import licmatch.catalog.cache
    licmatch.catalog.cache.files = lambda package: Path(sys.executable) / "no-folder"
imported, used = time.perf_counter(), time.process_time()
engine = Engine.load(catalogs=sys.argv[2:])
there, all_used = time.perf_counter(), time.process_time()
engine.match_name("Microsoft Office 专业增强版 2016", publisher="北京金山办公软件股份有限公司")
first = time.perf_counter()
print(json.dumps({"import_s": import_s, "load_s": there - imported, "first_answer_s": first - there,
                  "import_cpu_s": import_cpu_s, "load_cpu_s": all_used - used}))
"""


def probe(cache: Path, repeat: int, catalogs: tuple[Path, ...] = (), *, shipped: bool = False) -> dict[str, dict[str, float]]:
    """Return import, load and first answer of fresh processes."""
    environment = {**os.environ, "LICMATCH_CACHE": str(cache)}
    told: list[dict[str, float]] = []
    for _ in range(repeat):
        words = [sys.executable, "-c", PROBE, "shipped" if shipped else "unshipped", *map(str, catalogs)]
        told.append(json.loads(subprocess.run(words, env=environment, check=True, capture_output=True, text=True).stdout))
    return {figure: spread([one[figure] for one in told], 6) for figure in told[0]}


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
        # Each with a cache of its own: in a checkout nothing is shipped, and what the first leaves would be the second's.
        result["shipped"] = probe(Path(folder) / "cache-beside", repeat, shipped=True)
        result["uncompiled"] = probe(cache, 1)
        result["kept"] = probe(cache, repeat)
        # A file where a folder should be: nothing can be written, and nothing is there to be read.
        (Path(folder) / "no-folder").write_bytes(b"")
        result["readonly"] = probe(Path(folder) / "no-folder", 1)
        pack = pack_of(invented(products, SEED), Path(folder))
        result["with_pack"] = probe(cache, min(repeat, 3), (pack,))
        result["cold_with_pack"] = probe(Path(folder) / "cache-of-its-own", 1, (pack,))
        result["readonly_with_pack"] = probe(Path(folder) / "no-folder", 1, (pack,))
    for label in ("shipped", "uncompiled", "kept", "readonly", "with_pack", "cold_with_pack", "readonly_with_pack"):
        told = result[label]
        print(
            f"{label:<18} load {told['load_s']['median'] * 1e3:7.0f} ms ({told['load_cpu_s']['median'] * 1e3:.0f} ms processor), "
            f"import before it {told['import_s']['median'] * 1e3:.0f} ms, first answer {told['first_answer_s']['median'] * 1e3:.0f} ms"
        )
    print(f"figures: {write('loading', result, args.out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
