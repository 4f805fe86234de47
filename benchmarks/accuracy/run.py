"""How right recognition is: five named outcomes, a precision-coverage curve, and whether lm_score means what it says.

    python benchmarks/accuracy/run.py [--gold FILE.jsonl]... [--fit] [--tables] [-o bench-out/accuracy.json]

Without --gold the set beside this file is asked (labelled.jsonl, written for it by hand). --gold takes further sets: lines with name,
publisher, version and `label` {category, family, version, role}, or `gold` {is_os_office_av_product} for look-alikes. --fit fits the
map from weight to probability anew, over the catalogs' examples held out with the names only they stand for, and the sets given.
--tables prints the outcomes as the tables of docs/explanation/accuracy.md.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import polars as pl

import licmatch_catalogs

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from fit import coverage, knots, pool, reliability  # noqa: E402
from generalise import decide, engine_of, family_of, names_by_key, stated, without  # noqa: E402

from licmatch.catalog.load import catalog_files, read_sources  # noqa: E402
from licmatch.match import Engine  # noqa: E402
from licmatch.match.examples import read_examples  # noqa: E402
from licmatch.schema import LICENSABLE_ROLES, NAME_KEY  # noqa: E402

OUTCOMES = ("right", "wrong", "unknown", "ambiguous", "companion counted")
GROUPS = ("category", "language", "role", "layer")


def lines(path: Path) -> list[dict[str, Any]]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as handle:
        return [json.loads(line) for line in handle if line.strip()]


def language(item: dict[str, Any]) -> str:
    """Return the stated language, else the script the name is written in."""
    if "language" in item:
        return str(item["language"])
    scripts = {"Han": "一-鿿", "Kana": "぀-ヿ", "Cyrillic": "Ѐ-ӿ", "Hangul": "가-힣"}
    name = str(item["name"])
    return next((script for script, (low, _, high) in scripts.items() if any(low <= sign <= high for sign in name)), "Latin")


def wanted(item: dict[str, Any]) -> tuple[str | None, str]:
    """Return (category or None for what must not be counted, role) that a line asks for."""
    if "label" in item:
        role = item["label"]["role"]
        return (item["label"]["category"] if role in LICENSABLE_ROLES else None), role
    if "gold" in item:
        return None, "look-alike"
    return item["category"], item["role"]


def is_right(item: dict[str, Any], row: dict[str, Any]) -> bool:
    """Compare by product id where the set states one, else by category, family and the release where both name one."""
    if "expect" in item:
        return row["lm_product_id"] == item["expect"]
    label = item["label"]

    def plain(text: str | None) -> str:
        return "".join(sign for sign in (text or "").casefold() if sign.isalnum())

    def number(text: str | None) -> str:
        found = re.search(r"\d+(?:\.\d+)*", text or "")
        return found.group() + "." if found else ""

    family, release = plain(row["lm_family"]), plain(row["lm_release"])
    told, asked = number(row["lm_release"]), number(label.get("version"))
    # "12.1" and "12.1.0.28022" name one line, and a bare "12" is coarser, not wrong.
    line = not told or not asked or told.startswith(asked) or asked.startswith(told)
    same = plain(label["family"]) in (family, family + release, family.removesuffix(release))
    return bool(row["lm_category"] == label["category"] and same and line)


def outcome(item: dict[str, Any], row: dict[str, Any]) -> str:
    counted = row["lm_status"] == "recognised" and row["lm_role"] in LICENSABLE_ROLES
    category, _ = wanted(item)
    if category is None:
        return "companion counted" if counted else "right"
    if row["lm_status"] != "recognised":
        return str(row["lm_status"])
    return "right" if counted and is_right(item, row) else "wrong"


def ask(engine: Engine, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    columns = {key: [item.get(key) for item in items] for key in NAME_KEY}
    return engine.decide(pl.DataFrame(columns, schema=dict.fromkeys(NAME_KEY, pl.String))).to_dicts()


def measure(items: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return counts of outcomes in all and by group, the curve, the reliability, and what was missed."""
    by: dict[str, dict[str, Counter[str]]] = {group: defaultdict(Counter) for group in GROUPS}
    whole: Counter[str] = Counter()
    told = []
    misses = []
    for item, row in zip(items, rows, strict=True):
        found = outcome(item, row)
        category, role = wanted(item)
        whole[found] += 1
        for group, value in zip(GROUPS, (category or "not counted", language(item), role, row["lm_method"] or "none"), strict=True):
            by[group][value][found] += 1
        if row["lm_status"] == "recognised" and row["lm_role"] in LICENSABLE_ROLES:
            told.append((row["lm_score"], found == "right"))
        if found != "right":
            misses.append({"name": item["name"], "outcome": found, "answer": row["lm_product_id"]})
    products = sum(wanted(item)[0] is not None for item in items)
    return {
        "names": len(items),
        "outcomes": {name: whole[name] for name in OUTCOMES},
        "by": {group: {value: dict(counts) for value, counts in sorted(found.items())} for group, found in by.items()},
        "curve": [(round(x, 4), round(y, 4)) for x, y in coverage(told, max(products, 1))],
        "reliability": reliability(told),
        "misses": misses,
    }


def tables(measured: dict[str, Any]) -> str:
    """Return the outcomes of one set as a Markdown table: a row in all, and one for each value of each group."""
    rows = [("all", "", measured["outcomes"])]
    rows += [(group, value, counts) for group, values in measured["by"].items() for value, counts in values.items()]
    head = ["| | | names | " + " | ".join(OUTCOMES) + " |", "| --- | --- | " + " | ".join(["--:"] * (1 + len(OUTCOMES))) + " |"]
    counted = [
        f"| {group} | {value} | {sum(counts.values()):,} | " + " | ".join(str(counts.get(name, 0)) for name in OUTCOMES) + " |"
        for group, value, counts in rows
    ]
    return "\n".join([*head, *counted])


def observations(sets: list[list[dict[str, Any]]], splits: int = 5, held_share: float = 0.3) -> list[tuple[float, bool]]:
    """Return (weight, right) of recognised names known otherwise than from memory, from held-out examples and the sets."""
    root = Path(licmatch_catalogs.__file__).parent
    sources = read_sources(catalog_files(stated(root)))
    known = {f"{category}.{family.id}" for _, category, family in sources.families}
    examples = [example for example in read_examples([root]) if example.expect != "ambiguous"]
    rules = names_by_key(sources.families)
    stands: dict[tuple[str, str], set[int]] = defaultdict(set)
    for index, rule in enumerate(decide(engine_of(sources), examples)["lm_rule_id"].to_list()):
        for name in rules.get(rule, ()):
            stands[name].add(index)
    found = []
    for split in range(splits):
        draw = random.Random(1000 + split)
        held = {index for index in range(len(examples)) if draw.random() < held_share}
        engine = engine_of(without(sources, {name for name, rows in stands.items() if rows <= held}))
        for index in sorted(held):
            example = examples[index]
            decision = engine.decision(example.raw, publisher=example.publisher, version=example.version)
            if decision.winner is None or decision.memory or decision.status != "recognised" or decision.family is None:
                continue
            counted = decision.role in LICENSABLE_ROLES
            product = not (example.expect == "none" or example.expect.startswith("role:"))
            right = counted and decision.family.id == family_of(example.expect, known) if product else not counted
            found.append((decision.winner.score, right))
    engine = Engine.load()
    for items in sets:
        for item, row in zip(items, ask(engine, items), strict=True):
            decision = engine.decision(item["name"], publisher=item.get("publisher"), version=item.get("version"))
            if decision.winner is not None and not decision.memory and decision.status == "recognised":
                found.append((decision.winner.score, outcome(item, row) == "right"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gold", type=Path, action="append", default=[])
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--tables", action="store_true")
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("-o", "--out", type=Path)
    options = parser.parse_args()
    sets = {path.name: lines(path) for path in (HERE / "labelled.jsonl", *options.gold)}
    engine = Engine.load()
    result: dict[str, Any] = {name: measure(items, ask(engine, items)) for name, items in sets.items()}
    for name, measured in result.items():
        print(f"{name}: {measured['names']} names; " + ", ".join(f"{key} {count}" for key, count in measured["outcomes"].items()))
        for group, values in measured["by"].items():
            print(f"  {group}: " + "; ".join(f"{value} {dict(counts)}" for value, counts in values.items()))
        print("  reliability: " + "; ".join(f"{low:.1f}-{high:.1f} n={n} told {told:.3f} right {right:.3f}"
                                            for low, high, n, told, right in measured["reliability"]))  # fmt: skip
        for miss in measured["misses"][: options.show]:
            print(f"  {miss['outcome']}: {miss['name']} -> {miss['answer']}")
    for name, measured in result.items() if options.tables else ():
        print(f"\n{name}\n\n{tables(measured)}")
    if options.fit:
        seen = observations(list(sets.values()))
        blocks = pool(seen)
        result["fit"] = {"observations": len(seen), "blocks": blocks, "knots": knots(blocks)}
        print(json.dumps(result["fit"]))
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
