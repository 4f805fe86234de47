"""What is answered when characters were lost for good: the catalogs' examples and labelled sets, every character that is not ASCII lost.

    python benchmarks/accuracy/damaged.py [--gold FILE.jsonl]... [-o bench-out/damaged.json] [--show 20]

The measure is what the same engine answers for the name as it was: right is the same family with no release, edition or role that the
whole name does not have; wrong is anything else that would be counted. To leave a name unknown or ambiguous is neither. --gold takes
lines with name, publisher, version. Only names with Chinese, Japanese or Korean characters are asked.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

import licmatch_catalogs
from licmatch.match import Engine
from licmatch.match.examples import read_examples
from licmatch.schema import LICENSABLE_ROLES, NAME_KEY

CATALOGS = Path(str(licmatch_catalogs.__file__)).parent
Row = tuple[str, str | None, str | None]


def _lost(put: str) -> Callable[[str], str]:
    return lambda name: "".join(char if char.isascii() else put for char in name)


WAYS: dict[str, Callable[[str], str]] = {
    "one ? a character": _lost("?"),
    "one ? a byte": _lost("??"),
    "U+FFFD": _lost("\ufffd"),
    "U+FFFD read as GBK": lambda name: _lost("\ufffd\ufffd")(name).encode().decode("gb18030", "replace"),
}


def asked(gold: list[Path]) -> dict[str, list[Row]]:
    """Return {set: rows} of the names that hold CJK characters."""
    sets: dict[str, list[Row]] = {}
    for category in ("antivirus", "office", "os"):
        sets[f"{category} examples"] = [(one.raw, one.publisher, one.version) for one in read_examples([CATALOGS / category])]
    for file in gold:
        items = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
        sets[file.stem] = [(item["name"], item.get("publisher"), item.get("version")) for item in items]
    return {name: [row for row in rows if any(char > "⺀" for char in row[0])] for name, rows in sets.items()}


def decide(engine: Engine, rows: list[Row]) -> list[dict[str, Any]]:
    return engine.decide(pl.DataFrame(rows, schema=dict.fromkeys(NAME_KEY, pl.String), orient="row")).to_dicts()


def outcome(got: dict[str, Any], truth: dict[str, Any]) -> str:
    if got["lm_status"] != "recognised":
        kept = got["lm_status"] == "ambiguous" or got["witness"] or got["lm_vendor"]
        return f"{got['lm_status']}, with a witness" if kept else "unknown"
    counted, should = (one["lm_status"] == "recognised" and one["lm_role"] in LICENSABLE_ROLES for one in (got, truth))
    if not counted and not should:
        return "right"  # a companion either way: nothing is counted
    same = got["family_id"] == truth["family_id"] and counted == should
    invented = any(got[part] and got[part] != truth[part] for part in ("edition_id", "release_id"))
    return "right" if same and not invented else "wrong"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, action="append", default=[])
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("-o", "--out", type=Path)
    options = parser.parse_args()
    engine = Engine.load()
    result: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for name, rows in asked(options.gold).items():
        truth = decide(engine, rows)
        for way, lose in WAYS.items():
            spoilt = [(lose(raw), publisher, version) for raw, publisher, version in rows]
            counts: Counter[str] = Counter()
            for row, bad, got, want in zip(rows, spoilt, decide(engine, spoilt), truth, strict=True):
                what = outcome(got, want)
                counts[what] += 1
                if what == "wrong" and counts[what] <= options.show and way == "one ? a character":
                    print("wrong", row, bad[0], want["lm_product_id"], want["lm_role"], "->", got["lm_product_id"], got["lm_role"])
            result[way][name] = dict(sorted(counts.items()))
    for way, sets in result.items():
        total = sum((Counter(counts) for counts in sets.values()), Counter[str]())
        for name, counts in (*sets.items(), ("all", dict(total))):
            of = sum(counts.values())
            print(f"{way:20} {name:22} {of:6}", {what: f"{count} ({count / max(1, of):.3f})" for what, count in sorted(counts.items())})
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
