"""What the score of a site pack's answer is worth, and the map behind it fitted anew.

    python benchmarks/accuracy/fit_packs.py --catalog NAMES.jsonl.gz --strings ARP.jsonl.gz [-o bench-out/pack_fit.json]

The labelled strings are split in five parts by family, so that no product is in two. For each part the map is fitted to the other four
and asked about it: the table of ten bins shows answers the map was not fitted to. The knots printed last are fitted to all. Then the
other question, which a closed set cannot answer: each part is asked of a pack without its families, where every answer is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from fit import Observation, knots, pool, reliability  # noqa: E402
from peer_sets import Item, read_items, write_table  # noqa: E402

from licmatch.catalog.pack import SitePack, build_pack, load_pack  # noqa: E402
from licmatch.match.calibration import probability  # noqa: E402
from licmatch.match.fuzzy import PackMatcher  # noqa: E402
from licmatch.match.pack_ids import family_of  # noqa: E402
from licmatch.schema import NAME_KEY  # noqa: E402

PARTS = 5
LEAST = 100  # answers in a block of the map


def pack_of(catalog: Sequence[Item]) -> SitePack:
    with tempfile.TemporaryDirectory() as folder:
        table, pack = Path(folder) / "names.csv", Path(folder) / "pack.json"
        write_table(catalog, table)
        build_pack(table, pack)
        return load_pack(pack)


def ask(matcher: PackMatcher, strings: Sequence[Item]) -> list[dict[str, Any]]:
    columns = {key: [getattr(item, key) or None for item in strings] for key in NAME_KEY}
    return matcher.decide(pl.DataFrame(columns, schema=dict.fromkeys(NAME_KEY, pl.String))).to_dicts()


def parts_of(strings: Sequence[Item], seed: int) -> list[int]:
    """Return the part of each string, drawn by family."""
    families = sorted({family_of(item.id or "") for item in strings})
    random.Random(seed).shuffle(families)
    part = {family: at % PARTS for at, family in enumerate(families)}
    return [part[family_of(item.id or "")] for item in strings]


def fitted(observations: Sequence[Observation]) -> tuple[tuple[float, float], ...]:
    return tuple(knots(pool(observations), LEAST))


def claimed_without(pack: SitePack, strings: Sequence[Item], parts: Sequence[int]) -> list[dict[str, float]]:
    """Return, for each part, how often its strings are answered by a pack that lacks their families."""
    found = []
    for part in range(PARTS):
        asked = [item for item, own in zip(strings, parts, strict=True) if own == part]
        gone = {family_of(identity) for item in asked for identity in item.ids}
        left = tuple(
            product for product in pack.products if gone.isdisjoint(family_of(identity) for identity in (product.id, *product.also_ids))
        )
        # One string a product and publisher: a product with hundreds of versions is one question here.
        single = list({(item.id, item.publisher): item for item in asked}.values())
        rows = ask(PackMatcher(replace(pack, products=left)), single)
        told = [row["lm_score"] for row in rows if row["lm_status"] == "recognised"]
        found.append({"asked": len(single), "answered": len(told), "score above 0.9": sum(score > 0.9 for score in told)})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--catalog", type=Path, default=HERE / "catalog.jsonl")
    parser.add_argument("--strings", type=Path, default=HERE / "installed.jsonl")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("-o", "--out", type=Path)
    options = parser.parse_args()
    pack = pack_of(read_items(options.catalog))
    strings = [item for item in read_items(options.strings) if item.id]
    parts = parts_of(strings, options.seed)
    rows = ask(PackMatcher(pack, probability=float), strings)
    seen = [
        (part, (row["lm_score"], row["lm_product_id"] in item.ids))
        for part, item, row in zip(parts, strings, rows, strict=True)
        if row["lm_status"] == "recognised"
    ]
    held: list[Observation] = []
    for part in range(PARTS):
        others = fitted([observation for own, observation in seen if own != part])
        held += [(probability(weight, others), right) for own, (weight, right) in seen if own == part]
    result = {
        "answers": len(seen),
        "reliability": reliability(held),
        "brier": round(sum((told - right) ** 2 for told, right in held) / max(len(held), 1), 4),
        "knots": fitted([observation for _, observation in seen]),
        "claimed without": claimed_without(pack, strings, parts),
    }
    for low, high, count, told, right in result["reliability"]:
        print(f"{low:.1f} to {high:.1f}  {count:6d} answers  told {told:.3f}  right {right:.3f}")
    print(f"Brier {result['brier']}; knots {result['knots']}")
    asked, answered, sure = (sum(part[key] for part in result["claimed without"]) for key in ("asked", "answered", "score above 0.9"))
    print(f"asked of packs without their families: {asked} names, {answered} answered, {sure} of them with a score above 0.9")
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
