"""A site's pack beside rapidfuzz: names that reach the fuzzy layer, against `WRatio` over all names of the pack, in one run.

    python benchmarks/packs_speed.py                                                    # the small labelled set of accuracy/
    python benchmarks/packs_speed.py --catalog NAMES.jsonl.gz --strings ARP.jsonl.gz    # sets of your own, read as accuracy/peers.py does
    python benchmarks/packs_speed.py --small

rapidfuzz takes the best line of name and publisher and answers from 90 on; it is asked a part of the strings, which is enough to tell what
one costs. Both are single-threaded here, and processor time is compared. `cdist` is the same search on all cores, for what cores give.
The pack is filled up to its size with the generator's invented products, which none of the strings means.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl
from inventories import SEED
from measure import spread
from packs import ACCURACY, invented, judged, pack_of
from peer_sets import read_items
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process
from timing import write

from licmatch.catalog.pack import load_pack
from licmatch.match.fuzzy import PackMatcher
from licmatch.schema import NAME_KEY

ANSWERS_FROM = 90.0


def main(arguments: list[str] | None = None) -> int:
    """Measure, print and write `bench-out/packs_speed.json`; 1 where rapidfuzz is right more often or wrong less often."""
    parser = argparse.ArgumentParser(description="A site's pack beside WRatio over all of its names.")
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--sample", type=int, default=200, help="strings that rapidfuzz is asked")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--catalog", type=Path, default=ACCURACY / "catalog.jsonl")
    parser.add_argument("--strings", type=Path, default=ACCURACY / "installed.jsonl")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("-o", "--out", type=Path)
    args = parser.parse_args(arguments)
    products, sample, repeat = (1_000, 100, 3) if args.small else (args.products, args.sample, args.repeat)
    draw = random.Random(SEED)
    listed = read_items(args.catalog)
    pack_items = listed + invented(max(0, products - len(listed)), SEED)
    asked = read_items(args.strings)
    draw.shuffle(asked)
    with tempfile.TemporaryDirectory() as folder:
        target = pack_of(pack_items, Path(folder))
        start = time.process_time()
        matcher = PackMatcher(load_pack(target))
        indexing = time.process_time() - start
    frame = pl.DataFrame([(item.name, item.publisher or None, item.version or None) for item in asked], schema=NAME_KEY, orient="row")
    frame = frame.cast(pl.String)
    few = asked[:sample]
    lines, texts = ([default_process(f"{item.name} {item.publisher}") for item in items] for items in (pack_items, few))
    ours, theirs, told, best = [], [], None, []
    for _ in range(repeat):
        start = time.process_time()
        told = matcher.decide(frame)
        ours.append((time.process_time() - start) / len(asked))
        start = time.process_time()
        best = [process.extractOne(text, lines, scorer=fuzz.WRatio, score_cutoff=ANSWERS_FROM) for text in texts]
        theirs.append((time.process_time() - start) / len(few))
    cores = []
    for workers in (1, -1):
        start = time.perf_counter()
        process.cdist(texts, lines, scorer=fuzz.WRatio, workers=workers)
        cores.append(time.perf_counter() - start)
    assert told is not None
    answers = [((found,) if found else (), 1.0) for found in told["lm_product_id"].to_list()]
    shares = {
        "licmatch": judged(few, answers[:sample]),
        "licmatch_all": judged(asked, answers),
        "WRatio": judged(few, [((), 0.0) if found is None else (pack_items[found[2]].ids, 1.0) for found in best]),
    }
    times = [there / here for here, there in zip(ours, theirs, strict=True)]
    result: dict[str, Any] = {
        "products": len(pack_items), "strings": len(asked), "asked_of_rapidfuzz": len(few), "index_cpu_s": round(indexing, 3),
        "licmatch_s_a_name": spread(ours, 6), "WRatio_s_a_name": spread(theirs, 6), "times_faster": spread(times, 1), "shares": shares,
        "cdist_gain_of_cores": round(cores[0] / cores[1], 2),
    }  # fmt: skip
    print(f"{len(pack_items):,} products, {len(asked):,} strings, {1 / result['licmatch_s_a_name']['median']:,.0f} a second")
    print(f"{result['times_faster']['median']:.0f} times faster than WRatio ({min(times):.0f} to {max(times):.0f}); {shares}")
    print(f"figures: {write('packs_speed', result, args.out)}")
    better = shares["licmatch"]["right"] >= shares["WRatio"]["right"] and shares["licmatch"]["wrong"] <= shares["WRatio"]["wrong"]
    return 0 if better else 1


if __name__ == "__main__":
    sys.exit(main())
