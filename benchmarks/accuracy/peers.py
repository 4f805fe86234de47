"""licmatch beside plain matchers, on the same catalog and the same strings, in one run.

    python benchmarks/accuracy/peers.py                                  # the small labelled set beside this file, with site packs
    python benchmarks/accuracy/peers.py --catalog NAMES.jsonl.gz --strings ARP.jsonl.gz --check --plot docs/images/packs.svg
    python benchmarks/accuracy/peers.py --families --plot docs/images/families.svg          # the examples of the built-in catalogs

A line of the catalog holds id, name and publisher; a line of the strings name, publisher, version, id (null: in no catalog) and
also_ids. `gold.winget_id` is read as the id. licmatch answers with one id; a plain matcher's line counts for every id it lists.
Peers that are not installed (`pip install licmatch[peers]`) are left out and named, in the output file too. --check ends with 1 where a
peer is more precise than licmatch at any coverage from 0.5 to the most that licmatch reaches.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from curves import Answer, draw, overtaken, precision_curve  # noqa: E402
from peer_matchers import PEERS  # noqa: E402
from peer_sets import Guess, PeerSet, families, packages  # noqa: E402

OURS = "licmatch"
THRESHOLDS = {"exact": 1.0, "token_sort_ratio": 90.0, "WRatio": 90.0, "tfidf-3grams": 0.5, "recordlinkage": 0.5}
CURVES = {"id": "precision_of_id", "family": "precision_of_family"}


def judge(items: PeerSet, guesses: Sequence[Guess]) -> list[Answer]:
    """Compare guesses with labels; a string that is in no catalog is never right."""
    answers = []
    for item, (guess, score) in zip(items.strings, guesses, strict=True):
        wanted = {items.family(identity) for identity in item.ids}
        right = any(identity in item.ids for identity in guess)
        answers.append(Answer(score if guess else None, right, any(items.family(identity) in wanted for identity in guess)))
    return answers


def figures(answers: list[Answer], threshold: float) -> dict[str, Any]:
    """Return shares of all strings at the threshold, and both curves."""
    taken = [answer for answer in answers if answer.score is not None and answer.score >= threshold]
    share = {
        "answered": len(taken),
        "right": sum(answer.right for answer in taken),
        "right_family": sum(answer.family for answer in taken),
        "wrong": sum(not answer.family for answer in taken),
    }
    return {
        **{name: round(count / max(len(answers), 1), 4) for name, count in share.items()},
        CURVES["id"]: precision_curve(answers, family=False),
        CURVES["family"]: precision_curve(answers, family=True),
    }


def compare(items: PeerSet, names: Sequence[str]) -> dict[str, Any]:
    """Run the named matchers; return what each found, which are missing, and where one is above licmatch."""
    result: dict[str, Any] = {"catalog": len(items.catalog), "strings": len(items.strings), "peers": {}, "missing": {}}
    for name in names:
        start = time.perf_counter()
        try:
            guesses = items.ours() if name == OURS else PEERS[name](items.catalog, items.strings)
        except ImportError as missing:
            result["missing"][name] = missing.name
            print(f"{name:<18} left out: {missing.name} is not installed")
            continue
        seconds = time.perf_counter() - start
        found = figures(judge(items, guesses), THRESHOLDS.get(name, float("-inf")))
        result["peers"][name] = {"seconds": round(seconds, 2), **found}
        print(f"{name:<18} right {found['right']:.4f}  family {found['right_family']:.4f}  wrong {found['wrong']:.4f}  {seconds:8.2f} s")
    result["overtaken"] = {
        kind: {name: at for name, peer in result["peers"].items() if name != OURS and (at := overtaken(ours[curve], peer[curve]))}
        for kind, curve in CURVES.items()
        if (ours := result["peers"].get(OURS))
    }
    return result


def main(arguments: list[str] | None = None) -> int:
    """Run every peer that is installed; write curves and figures."""
    parser = argparse.ArgumentParser(description="licmatch beside plain matchers, same catalog, same strings.")
    parser.add_argument("--catalog", type=Path, default=HERE / "catalog.jsonl", help="JSONL of id, name, publisher")
    parser.add_argument("--strings", type=Path, default=HERE / "installed.jsonl", help="JSONL of name, publisher, version, id")
    parser.add_argument("--families", action="store_true", help="the built-in catalogs' examples instead, 30 %% held out")
    parser.add_argument("--peers", nargs="+", choices=(OURS, *PEERS), default=[OURS, *PEERS])
    parser.add_argument("--renamed", action="append", default=[], metavar="OLD=NEW", help="families that are one (regular expression)")
    parser.add_argument("--check", action="store_true", help="end with 1 where a peer is above licmatch")
    parser.add_argument("--plot", type=Path, help="SVG of the curves")
    parser.add_argument("-o", "--out", type=Path)
    args = parser.parse_args(arguments)
    renamed = [(old, new) for old, _, new in (pair.partition("=") for pair in args.renamed)]
    result = compare(families() if args.families else packages(args.catalog, args.strings, renamed), args.peers)
    for kind, found in result["overtaken"].items():
        print(f"by {kind}: " + ("; ".join(f"{name} above at {at}" for name, at in found.items()) or "above every peer at every coverage"))
    out = args.out or HERE.parents[1] / "bench-out" / ("families.json" if args.families else "packs.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    if args.plot:
        args.plot.parent.mkdir(parents=True, exist_ok=True)
        curves = {name: peer[CURVES["family"]] for name, peer in result["peers"].items()}
        args.plot.write_text(draw(curves, "Right family among the answers given, by coverage"), encoding="utf-8", newline="\n")
    return int(args.check and any(result["overtaken"].values()))


if __name__ == "__main__":
    sys.exit(main())
