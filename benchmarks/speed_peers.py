"""licmatch beside plain matchers, on the same pack and the same strings, in one run: seconds, ratios with their spread, right and wrong.

    python benchmarks/speed_peers.py --products 10000 --strings 2000 --repeat 3 -o bench-out/speed_peers.json

The pack holds names no built-in catalog knows. A fifth of the strings is written as in the pack, three fifths are spoilt, carry versions or
typing mistakes, a fifth is in no catalog. Each matcher is timed from the lines and strings in memory to its answers, its index included;
licmatch's pack is built beforehand, as a site's pack is, and the building is stated by itself. Peers that are not installed
(`pip install licmatch[peers]`) are left out and named.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from measure import machine, spread  # noqa: E402
from packs import invented, judged, pack_of  # noqa: E402
from peer_matchers import PEERS, Matcher, joined  # noqa: E402
from peer_sets import Guess, Item  # noqa: E402
from peers import THRESHOLDS as KNOWN_THRESHOLDS  # noqa: E402

import licmatch  # noqa: E402
from licmatch.demo.damage import damaged  # noqa: E402
from licmatch.demo.draw import Draw  # noqa: E402

OURS = "licmatch"
# From here up an answer counts: as in accuracy/peers.py, and for the two that are only here what is usual.
THRESHOLDS = {**KNOWN_THRESHOLDS, "WRatio cdist": KNOWN_THRESHOLDS["WRatio"], "duckdb jaro-winkler": 0.92}
SLOW = ("WRatio", "token_sort_ratio")  # one thread over every line for every string


def by_cdist(catalog: Sequence[Item], strings: Sequence[Item]) -> list[Guess]:
    """Take the best of all lines by WRatio over the whole matrix, on all cores, a block of strings at a time."""
    from rapidfuzz import fuzz, process, utils

    lines, texts = ([utils.default_process(f"{item.name} {item.publisher}") for item in items] for items in (catalog, strings))
    found: list[Guess] = []
    for start in range(0, len(texts), 500):
        scores = process.cdist(texts[start : start + 500], lines, scorer=fuzz.WRatio, workers=-1)
        best = scores.argmax(axis=1)
        found += [(catalog[line].ids, float(scores[row, line])) for row, line in enumerate(best)]
    return found


def by_duckdb(catalog: Sequence[Item], strings: Sequence[Item]) -> list[Guess]:
    """Take the line with the highest Jaro-Winkler similarity of those that share the first three letters or the last word, in SQL."""
    import duckdb

    lines = pl.DataFrame({"line": range(len(catalog)), "name": joined(catalog)})
    asked = pl.DataFrame({"asked": range(len(strings)), "name": joined(strings)})
    with duckdb.connect() as database:
        database.register("lines", lines.to_arrow())
        database.register("asked", asked.to_arrow())
        rows = database.sql("""
            with pairs as (
                select asked, line, a.name as mine, l.name as theirs from asked a join lines l on left(a.name, 3) = left(l.name, 3)
                union
                select asked, line, a.name, l.name from asked a join lines l on split_part(a.name, ' ', -1) = split_part(l.name, ' ', -1)
            )
            select asked, arg_max(line, (jaro_winkler_similarity(mine, theirs), -line)), max(jaro_winkler_similarity(mine, theirs))
            from pairs group by asked
        """).fetchall()
    best = {asked: (catalog[line].ids, score) for asked, line, score in rows}
    return [best.get(number, ((), 0.0)) for number in range(len(strings))]


MATCHERS: dict[str, Matcher] = {
    **{name: PEERS[name] for name in ("exact", "tfidf-3grams", "splink", "WRatio", "token_sort_ratio")},
    "WRatio cdist": by_cdist,
    "duckdb jaro-winkler": by_duckdb,
}


def mistyped(name: str, draw: Draw) -> str:
    """Return the name with two neighbouring letters of a longer word exchanged."""
    words = name.split(" ")
    long = [index for index, word in enumerate(words) if len(word) > 4]
    if not long:
        return name + " "
    index = draw.pick(long)
    place = 1 + draw.below(len(words[index]) - 2)
    word = words[index]
    words[index] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join(words)


def asked_of(products: int, strings: int, seed: int) -> tuple[list[Item], list[Item]]:
    """Return the lines of the pack and the strings with what each is (None: in no catalog)."""
    items = invented(products + strings // 5, seed)
    lines, strangers = items[:products], [replace(item, id=None) for item in items[products:]]
    draw = Draw(seed, "speed peers")
    asked = []
    for number in range(strings - len(strangers)):
        line = draw.pick(lines)
        version = f"{1 + draw.below(12)}.{draw.below(40)}.{draw.below(9000)}"
        name = (line.name, f"{line.name} {version} (x64)", damaged(line.name, draw)[0], mistyped(line.name, draw))[number % 4]
        asked.append(Item(name, line.publisher, version, line.id))
    return lines, asked + strangers


def answers_of_licmatch(engine: licmatch.Engine, strings: Sequence[Item]) -> list[Guess]:
    """Return what the engine says of every string."""
    frame = pl.DataFrame({field: [getattr(item, field) or None for item in strings] for field in ("name", "publisher", "version")})
    out = engine.match(frame.with_columns(pl.all().cast(pl.String)))
    return [((found,) if found else (), score or 0.0) for found, score in out.select("lm_product_id", "lm_score").iter_rows()]


def compare(products: int, strings: int, repeat: int, seed: int, names: Sequence[str]) -> dict[str, Any]:
    """Time every matcher `repeat` times, taking turns; return seconds, ratio to licmatch, right and wrong of each."""
    lines, asked = asked_of(products, strings, seed)
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        engine = licmatch.Engine.load(catalogs=[pack_of(lines, Path(folder))], builtin=False)
        building = time.perf_counter() - start
    matchers = {OURS: lambda _, items: answers_of_licmatch(engine, items)} | {name: MATCHERS[name] for name in names}
    taken: dict[str, list[float]] = {}
    found: dict[str, Any] = {"products": products, "strings": strings, "pack_s": round(building, 3), "matchers": {}, "missing": {}}
    for turn in range(repeat):
        for name, matcher in matchers.items():
            if name in found["missing"] or (turn and name in SLOW):
                continue
            start = time.perf_counter()
            try:
                guesses = matcher(lines, asked)
            except ImportError as missing:
                found["missing"][name] = missing.name
                print(f"{name:<20} left out: {missing.name} is not installed")
                continue
            taken.setdefault(name, []).append(time.perf_counter() - start)
            found["matchers"].setdefault(name, judged(asked, guesses, THRESHOLDS.get(name, 0.0)))
    for name, seconds in taken.items():
        entry = found["matchers"][name]
        entry["seconds"] = spread(seconds, 4)
        entry["times_licmatch"] = spread([one / ours for one, ours in zip(seconds, taken[OURS], strict=False)], 2)
        print(f"{name:<20} {entry['seconds']['median']:9.3f} s   x {entry['times_licmatch']['median']:8.1f}   "
              f"right {entry['right']:.3f}  wrong {entry['wrong']:.3f}", flush=True)  # fmt: skip
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and return 0."""
    parser = argparse.ArgumentParser(description="Seconds of licmatch beside plain matchers, on the same pack and strings.")
    parser.add_argument("--products", type=int, default=10_000, help="products of the pack (default: 10000)")
    parser.add_argument("--strings", type=int, default=2_000, help="strings asked (default: 2000)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each but the two slowest, which run once (default: 3)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--matchers", nargs="*", choices=sorted(MATCHERS), default=sorted(MATCHERS), help="peers to run (default: all)")
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "bench-out" / "speed_peers.json")
    args = parser.parse_args(arguments)
    found = {"machine": machine(), "seed": args.seed, **compare(args.products, args.strings, args.repeat, args.seed, args.matchers)}
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"figures: {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
