"""How well the catalogs recognise strings nobody wrote down: hold out examples, drop the names only they stand for, and look.

    python benchmarks/accuracy/generalise.py [--splits 5] [--held 0.3] [-o bench-out/generalise.json]

The positive examples of the shipped catalogs are split by string. A family name (as written in its file, alternatives and all) all of
whose examples are held out is dropped; the rest of the catalogs is compiled again and asked for the held-out strings. Reported apart:
strings that are known from memory only.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import msgspec
import polars as pl

import licmatch_catalogs
from licmatch.catalog.alternatives import expand
from licmatch.catalog.compile import compile_sources
from licmatch.catalog.load import JUDGING_FOLDERS, Sources, catalog_files, read_sources
from licmatch.catalog.records import Family
from licmatch.match import Engine
from licmatch.match.examples import Example, read_examples
from licmatch.normalize.name_steps import normalize
from licmatch.plugin_loader import load_plugins

NAMES = ("names", "alone", "weak", "generic", "memory", "weak_memory")

NO_PRODUCT = ("none", "ambiguous", "unknown")


def engine_of(sources: Sources) -> Engine:
    return Engine(compile_sources(sources), load_plugins())


def stated(root: Path) -> list[Path]:
    """Return the folders of a catalog tree that say what names mean."""
    return [folder for folder in sorted(root.iterdir()) if folder.is_dir() and folder.name not in (*JUDGING_FOLDERS, "__pycache__")]


def decide(engine: Engine, examples: list[Example]) -> pl.DataFrame:
    return engine.decide(
        pl.DataFrame(
            {"name": [e.raw for e in examples], "publisher": [e.publisher for e in examples], "version": [e.version for e in examples]},
            schema=dict.fromkeys(("name", "publisher", "version"), pl.String),
        )
    )


def names_by_key(families: tuple[tuple[str, str, Family], ...]) -> dict[str, list[tuple[str, str]]]:
    """Return {rule id: [(family id, phrase)]}: which written name an answer's rule comes from."""
    phrases = [
        (f"{category}.{family.id}", phrase, text)
        for _, category, family in families
        for kind in NAMES
        for phrase in getattr(family, kind)
        for text in expand(phrase)
    ]
    keys = normalize(pl.Series([text for _, _, text in phrases], dtype=pl.String)).to_list()
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (family, phrase, _), key in zip(phrases, keys, strict=True):
        found[f"{family}#{'-'.join(key.split())}"].append((family, phrase))
    return found


def without(sources: Sources, dropped: set[tuple[str, str]]) -> Sources:
    families = []
    for file, category, family in sources.families:
        identity = f"{category}.{family.id}"
        kept = {kind: tuple(phrase for phrase in getattr(family, kind) if (identity, phrase) not in dropped) for kind in NAMES}
        families.append((file, category, msgspec.structs.replace(family, **kept)))
    return replace(sources, families=tuple(families))


def family_of(product: str, known: set[str]) -> str:
    """Return the family a product id belongs to: the longest family id it begins with."""
    return max(
        (family for family in known if product == family or product.startswith((f"{family}-", f"{family}."))), key=len, default=product
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--held", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("-o", "--out", type=Path)
    options = parser.parse_args()
    root = Path(licmatch_catalogs.__file__).parent
    sources = read_sources(
        catalog_files(
            [folder for folder in sorted(root.iterdir()) if folder.is_dir() and folder.name not in (*JUDGING_FOLDERS, "__pycache__")]
        )
    )
    known = {f"{category}.{family.id}" for _, category, family in sources.families}
    positives = [
        example
        for folder in sorted(root.iterdir())
        if folder.is_dir() and folder.name not in (*JUDGING_FOLDERS, "__pycache__")
        for example in read_examples([folder])
        # A proof stands for one phrase and was written for it: held out, it would only ask whether a phrase that is gone is missed.
        if example.evidence != "proof" and example.expect not in NO_PRODUCT and not example.expect.startswith("role:")
    ]
    whole = decide(engine_of(sources), positives)
    rules = names_by_key(sources.families)
    stands: dict[tuple[str, str], set[int]] = defaultdict(set)
    for index, rule in enumerate(whole["lm_rule_id"].to_list()):
        for name in rules.get(rule, ()):
            stands[name].add(index)
    results = []
    for split in range(options.splits):
        draw = random.Random(options.seed * 1000 + split)
        held = {index for index, e in enumerate(positives) if draw.random() < options.held}
        dropped = {name for name, rows in stands.items() if rows <= held}
        rows = sorted(held)
        answers = decide(engine_of(without(sources, dropped)), [positives[index] for index in rows])
        outcome: dict[str, Counter[str]] = {"known": Counter(), "memory": Counter()}
        for index, answer in zip(rows, answers.iter_rows(named=True), strict=True):
            example = positives[index]
            want = family_of(example.expect, known)
            right = answer["family_id"] == want
            what = answer["lm_status"] if answer["lm_status"] != "recognised" else "right" if right else "wrong"
            outcome["memory" if example.evidence == "memory" else "known"][what] += 1
            if what == "wrong" and options.show > 0:
                options.show -= 1
                print("wrong:", example.raw, "| want", want, "| got", answer["lm_product_id"])
        results.append(
            {
                kind: {what: round(count / max(1, sum(counts.values())), 4) for what, count in sorted(counts.items())}
                | {"strings": sum(counts.values())}
                for kind, counts in outcome.items()
            }
            | {"names_dropped": len(dropped), "names": len(stands)}
        )
        print(json.dumps(results[-1]))
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
