"""A site's pack for benchmarks: the generator's invented products, the pack made of them, and how answers are counted."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ACCURACY = Path(__file__).resolve().parent / "accuracy"
sys.path.insert(0, str(ACCURACY))

from peer_sets import Guess, Item, write_table  # noqa: E402

from licmatch.catalog.pack import build_pack  # noqa: E402
from licmatch.demo.invented import invented_entries  # noqa: E402


def invented(count: int, seed: int) -> list[Item]:
    """Return so many invented products, each name once; no built-in catalog knows one of them."""
    found: dict[str, Item] = {}
    for entry in invented_entries(seed, most_versions=1):
        found.setdefault(entry.name, Item(entry.name, entry.publisher or "", "", f"Maker{len(found) // 7}.Product{len(found)}"))
        if len(found) == count:
            break
    return list(found.values())


def pack_of(items: Sequence[Item], folder: Path) -> Path:
    """Write the items as the table that `licmatch catalog build` takes, build the pack beside it and return where it is."""
    table, pack = folder / "products.csv", folder / "products.json"
    write_table(items, table)
    build_pack(table, pack)
    return pack


def judged(strings: Sequence[Item], guesses: Sequence[Guess], threshold: float = 0.0) -> dict[str, float]:
    """Return the shares of all strings that are answered rightly and wrongly, from the threshold up."""
    given = [(item, ids) for item, (ids, score) in zip(strings, guesses, strict=True) if ids and score >= threshold]
    right = sum(bool(set(item.ids) & set(ids)) for item, ids in given)
    return {"right": round(right / len(strings), 4), "wrong": round((len(given) - right) / len(strings), 4)}
