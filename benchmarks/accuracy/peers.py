"""licmatch's site packs beside plain matchers, on the same catalog and the same strings, in one run.

    python benchmarks/accuracy/peers.py                                  # the small labelled set beside this file
    python benchmarks/accuracy/peers.py --catalog NAMES.jsonl.gz --strings ARP.jsonl.gz --plot docs/images/packs.svg

A line of the catalog holds id, name and publisher; a line of the strings name, publisher, version, id (null: in no catalog) and
also_ids. `gold.winget_id` is read as the id. licmatch answers with one id; a plain matcher's line counts for every id it lists, and
gets the text with which it does best: rapidfuzz its own default processing, TF-IDF the names normalised as licmatch does.
Peers that are not installed (benchmarks/requirements.txt) are left out and named.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz import utils as rapidfuzz_text

import licmatch
from licmatch.catalog.pack import build_pack
from licmatch.match.pack_ids import family_of
from licmatch.normalize.name_steps import normalize
from licmatch.normalize.publisher import normalize_publishers

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from curves import Answer, draw, precision_curve  # noqa: E402

Guess = tuple[tuple[str, ...], float]  # the ids answered, none to abstain; how sure
THRESHOLDS = {"exact": 1.0, "token_sort_ratio": 90.0, "WRatio": 90.0, "tfidf-3grams": 0.5}


@dataclass(frozen=True, slots=True)
class Item:
    """One catalog line or one labelled string."""

    name: str
    publisher: str
    version: str
    id: str | None
    also_ids: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that has this name and publisher: a plain matcher cannot tell them apart and is not asked to."""
        return (self.id, *self.also_ids) if self.id else ()


def read_items(path: Path) -> list[Item]:
    """Read JSONL, packed or plain."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as handle:
        return [_item(json.loads(line)) for line in handle if line.strip()]


def _item(row: dict[str, Any]) -> Item:
    gold = row.get("gold", {})
    ids = (*row.get("also_ids", ()), *gold.get("also_ids", ()))
    return Item(row["name"], row.get("publisher") or "", row.get("version") or "", row.get("id") or gold.get("winget_id"), ids)


def joined(items: list[Item]) -> list[str]:
    """Return name and publisher in one normalised text."""
    columns = [normalize(pl.Series([text(item) for item in items], dtype=pl.String)) for text in (_name_of, _publisher_of)]
    return [" ".join((name + publisher).split()) for name, publisher in zip(*columns, strict=True)]


def _name_of(item: Item) -> str:
    return item.name


def _publisher_of(item: Item) -> str:
    return item.publisher


def by_licmatch(catalog: list[Item], strings: list[Item]) -> list[Guess]:
    """Build a pack, match the strings with nothing else loaded."""
    with tempfile.TemporaryDirectory() as folder:
        table, pack = Path(folder) / "names.csv", Path(folder) / "pack.json"
        with table.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([("id", "name", "publisher"), *((item.id, item.name, item.publisher) for item in catalog)])
        build_pack(table, pack)
        engine = licmatch.Engine.load(catalogs=[pack], builtin=False)
    frame = pl.DataFrame({field: [getattr(item, field) or None for item in strings] for field in ("name", "publisher", "version")})
    out = engine.match(frame.with_columns(pl.all().cast(pl.String)))
    return [((found,) if found else (), score or 0.0) for found, score in out.select("lm_product_id", "lm_score").iter_rows()]


def by_exact_join(catalog: list[Item], strings: list[Item]) -> list[Guess]:
    """Join on the normalised name without its numbers and the normalised publisher."""

    def keys(items: list[Item]) -> Iterator[tuple[str, str]]:
        names = normalize(pl.Series([item.name for item in items], dtype=pl.String)).str.replace_all(r" \d[\d.]* ", "")
        yield from zip(names, normalize_publishers(pl.Series([item.publisher for item in items], dtype=pl.String)), strict=True)

    known: dict[tuple[str, str], tuple[str, ...]] = {}
    for key, item in zip(keys(catalog), catalog, strict=True):
        known.setdefault(key, item.ids)
    return [(known.get(key, ()), 1.0) for key in keys(strings)]


def by_rapidfuzz(scorer: Callable[..., float]) -> Callable[[list[Item], list[Item]], list[Guess]]:
    """Return a matcher that takes the best of all lines by a rapidfuzz scorer."""

    def match(catalog: list[Item], strings: list[Item]) -> list[Guess]:
        lines, texts = ([rapidfuzz_text.default_process(f"{item.name} {item.publisher}") for item in items] for items in (catalog, strings))
        found: dict[str, Guess] = {}
        for text in dict.fromkeys(texts):
            best = process.extractOne(text, lines, scorer=scorer)
            found[text] = (catalog[best[2]].ids, best[1]) if best else ((), 0.0)
        return [found[text] for text in texts]

    return match


def by_tfidf(catalog: list[Item], strings: list[Item]) -> list[Guess]:
    """Take the line with the nearest vector of letter triples, weighed by rarity."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sparse_dot_topn import sp_matmul_topn

    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), lowercase=True)
    lines = vectors.fit_transform(joined(catalog))
    nearest = sp_matmul_topn(vectors.transform(joined(strings)), lines.T.tocsr(), top_n=1, sort=True)
    found: list[Guess] = []
    for row in range(len(strings)):
        start, end = nearest.indptr[row], nearest.indptr[row + 1]
        found.append((catalog[nearest.indices[start]].ids, float(nearest.data[start])) if end > start else ((), 0.0))
    return found


PEERS: dict[str, Callable[[list[Item], list[Item]], list[Guess]]] = {
    "licmatch": by_licmatch,
    "exact": by_exact_join,
    "token_sort_ratio": by_rapidfuzz(fuzz.token_sort_ratio),
    "WRatio": by_rapidfuzz(fuzz.WRatio),
    "tfidf-3grams": by_tfidf,
}


def judge(strings: list[Item], guesses: list[Guess], renamed: list[tuple[str, str]]) -> list[Answer]:
    """Compare guesses with labels; a string that is in no catalog is never right."""

    def family(identity: str) -> str:
        found = family_of(identity)
        for old, new in renamed:
            found = re.sub(old, new, found)
        return found

    answers = []
    for item, (guess, score) in zip(strings, guesses, strict=True):
        families = {family(identity) for identity in item.ids}
        right = any(identity in item.ids for identity in guess)
        answers.append(Answer(score if guess else None, right, any(family(identity) in families for identity in guess)))
    return answers


def figures(answers: list[Answer], threshold: float) -> dict[str, Any]:
    """Return shares of all strings at the threshold, and both curves."""
    taken = [answer for answer in answers if answer.score is not None and answer.score >= threshold]
    share = {
        "right": sum(answer.right for answer in taken),
        "right_family": sum(answer.family for answer in taken),
        "wrong": sum(not answer.family for answer in taken),
    }
    return {
        **{name: round(count / len(answers), 4) for name, count in share.items()},
        "precision_of_id": precision_curve(answers, family=False),
        "precision_of_family": precision_curve(answers, family=True),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run every peer that is installed; write curves and figures."""
    parser = argparse.ArgumentParser(description="Site packs beside plain matchers, same catalog, same strings.")
    parser.add_argument("--catalog", type=Path, default=HERE / "catalog.jsonl", help="JSONL of id, name, publisher")
    parser.add_argument("--strings", type=Path, default=HERE / "installed.jsonl", help="JSONL of name, publisher, version, id")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--renamed", action="append", default=[], metavar="OLD=NEW", help="families that are one (regular expression)")
    parser.add_argument("--plot", type=Path, help="SVG of the curves")
    parser.add_argument("-o", "--out", type=Path, default=HERE.parents[1] / "bench-out" / "packs.json")
    args = parser.parse_args(arguments)
    catalog, strings = read_items(args.catalog), read_items(args.strings)
    renamed = [tuple(pair.split("=", 1)) for pair in args.renamed]
    result: dict[str, Any] = {"catalog": len(catalog), "strings": len(strings), "peers": {}}
    for name in args.peers:
        start = time.perf_counter()
        try:
            guesses = PEERS[name](catalog, strings)
        except ImportError as missing:
            print(f"{name:<18} left out: {missing.name} is not installed")
            continue
        seconds = time.perf_counter() - start
        found = figures(judge(strings, guesses, renamed), THRESHOLDS.get(name, 0.0))
        result["peers"][name] = {"seconds": round(seconds, 2), **found}
        print(f"{name:<18} right {found['right']:.4f}  family {found['right_family']:.4f}  wrong {found['wrong']:.4f}  {seconds:8.2f} s")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if args.plot:
        args.plot.parent.mkdir(parents=True, exist_ok=True)
        curves = {name: peer["precision_of_family"] for name, peer in result["peers"].items()}
        args.plot.write_text(draw(curves, "Right family among the answers given, by coverage"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
