"""The labelled sets on which licmatch and plain matchers are compared: lines of a catalog, strings to be found in it, what is right.

Two kinds. *Packages*: any software, thousands of ids, a site pack on our side. *Families*: the examples of the built-in catalogs, split by
string; plain matchers get the larger part as their lines, our engine its catalogs without the names only the smaller part stands for.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from generalise import decide, engine_of, family_of, names_by_key, stated, without

import licmatch
import licmatch_catalogs
from licmatch.catalog.load import catalog_files, read_sources
from licmatch.catalog.pack import build_pack
from licmatch.match.examples import Example, read_examples
from licmatch.match.pack_ids import family_of as family_of_id
from licmatch.schema import LICENSABLE_ROLES

Guess = tuple[tuple[str, ...], float]  # the ids answered, none to abstain; how sure


@dataclass(frozen=True, slots=True)
class Item:
    """One catalog line or one labelled string."""

    name: str
    publisher: str
    version: str
    id: str | None
    also_ids: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that has this name and publisher: a plain matcher cannot tell them apart and is not asked to."""
        return (self.id, *self.also_ids) if self.id else ()


@dataclass(frozen=True, slots=True)
class PeerSet:
    """What is compared: `family` maps an id to the coarser thing that is counted, too; `ours` answers the strings in their order."""

    catalog: Sequence[Item]
    strings: Sequence[Item]
    family: Callable[[str], str]
    ours: Callable[[], list[Guess]]


def read_items(path: Path) -> list[Item]:
    """Read JSONL, packed or plain."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as handle:
        return [_item(json.loads(line)) for line in handle if line.strip()]


def _item(row: dict[str, Any]) -> Item:
    gold = row.get("gold", {})
    ids = (*row.get("also_ids", ()), *gold.get("also_ids", ()))
    return Item(row["name"], row.get("publisher") or "", row.get("version") or "", row.get("id") or gold.get("winget_id"), ids)


def write_table(items: Sequence[Item], path: Path) -> None:
    """Write the CSV of id, name, publisher that `licmatch catalog build` takes."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([("id", "name", "publisher"), *((item.id, item.name, item.publisher) for item in items)])


def packages(catalog: Path, strings: Path, renamed: Sequence[tuple[str, str]]) -> PeerSet:
    """Return a set of packages: our side builds a pack of the same lines and loads nothing else."""
    lines, asked = read_items(catalog), read_items(strings)

    def family(identity: str) -> str:
        found = family_of_id(identity)
        for old, new in renamed:
            found = re.sub(old, new, found)
        return found

    def ours() -> list[Guess]:
        with tempfile.TemporaryDirectory() as folder:
            table, pack = Path(folder) / "names.csv", Path(folder) / "pack.json"
            write_table(lines, table)
            build_pack(table, pack)
            engine = licmatch.Engine.load(catalogs=[pack], builtin=False)
        frame = pl.DataFrame({field: [getattr(item, field) or None for item in asked] for field in ("name", "publisher", "version")})
        out = engine.match(frame.with_columns(pl.all().cast(pl.String)))
        return [((found,) if found else (), score or 0.0) for found, score in out.select("lm_product_id", "lm_score").iter_rows()]

    return PeerSet(lines, asked, family, ours)


def families(seed: int = 1000, held_share: float = 0.3) -> PeerSet:
    """Return the catalogs' own examples, split by string; what is known from memory alone is never asked.

    A counter-example has no id: answering it with a product is wrong, and a plain matcher for which one is nearest abstains.
    """
    root = Path(licmatch_catalogs.__file__).parent
    sources = read_sources(catalog_files(stated(root)))
    known = {f"{category}.{family.id}" for _, category, family in sources.families}
    examples = [example for example in read_examples([root]) if example.expect != "ambiguous"]
    draw = random.Random(seed)
    held = {index for index, _ in enumerate(examples) if draw.random() < held_share}
    rules = names_by_key(sources.families)
    stands: dict[tuple[str, str], set[int]] = defaultdict(set)
    for index, rule in enumerate(decide(engine_of(sources), examples)["lm_rule_id"].to_list()):
        for name in rules.get(rule, ()):
            stands[name].add(index)

    def item(example: Example) -> Item:
        product = example.expect != "none" and not example.expect.startswith("role:")
        identity = family_of(example.expect, known) if product else None
        return Item(example.raw, example.publisher or "", example.version or "", identity)

    asked = [examples[index] for index in sorted(held) if examples[index].evidence != "memory"]
    lines = [item(example) for index, example in enumerate(examples) if index not in held]

    def ours() -> list[Guess]:
        engine = engine_of(without(sources, {name for name, rows in stands.items() if rows <= held}))
        out = decide(engine, asked)
        counted = (out["lm_status"] == "recognised") & out["lm_role"].is_in(sorted(LICENSABLE_ROLES))
        told = zip(out["family_id"], out["lm_score"], counted, strict=True)
        return [((found,), score or 0.0) if given and found else ((), 0.0) for found, score, given in told]

    return PeerSet(lines, [item(example) for example in asked], lambda identity: identity, ours)
