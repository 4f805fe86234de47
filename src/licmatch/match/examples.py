"""Examples and counter-examples of the catalogs, put through the whole engine. They are the tests of every rule.

Beside each family file `x.toml` stands `x.tsv`: raw, publisher, version, expect, evidence, why. What is expected is a product id,
`role:<role>`, `none` (no licensable product), `unknown` (nothing at all), or `ambiguous`. Behind it may stand `of:<family id>`, what a
companion comes with; `channel:<channel>`; and `whole`: no word of the string is left over, nothing in it speaks against the answer.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.handed import handed_catalogs
from licmatch.catalog.vocabularies import CHANNELS
from licmatch.errors import CatalogError, Location
from licmatch.match.engine import Engine
from licmatch.match.weigh import MEMORY_CAP
from licmatch.match.written import Asker
from licmatch.plugin_loader import Plugins
from licmatch.schema import LICENSABLE_ROLES, NAME_KEY, ROLES

HEADER = ["raw", "publisher", "version", "expect", "evidence", "why"]
MARKS = ("whole", "channel:<channel>", "of:<family id>")
EVIDENCE = ("verified", "derived", "constructed", "memory", "proof")


@dataclass(frozen=True, slots=True)
class Example:
    """One line of an examples file."""

    path: str
    line: int
    raw: str
    publisher: str | None
    version: str | None
    expect: str
    evidence: str
    why: str
    channel: str | None = None  # the string says how it was licensed
    of: str | None = None  # the family of the answer, where the product id does not tell it
    whole: bool = False  # nothing in the string speaks against the answer

    def __str__(self) -> str:
        return f"{Path(self.path).name}:{self.line} {self.raw}"


@dataclass(frozen=True, slots=True)
class Miss:
    """An example the engine does not answer as expected."""

    example: Example
    got: str
    reason: str | None = None  # where the answer is the expected one and does not hold all the same

    def __str__(self) -> str:
        return f"{Location(self.example.path, self.example.line)}: {self.text}"

    @property
    def text(self) -> str:
        """What is wrong, without the place."""
        if self.reason is not None:
            return f"{self.reason}: {self.example.raw!r} is answered {self.got}"
        return f"{self.example.raw!r} expected {self.example.expect}, got {self.got}"


def builtin_folders(engine: Engine) -> list[Path]:
    """Return the folders of the shipped catalogs that hold examples: those of the plugins, and the shared ones."""
    return folders_of(engine.plugins)


def folders_of(plugins: Plugins) -> list[Path]:
    """Return what `builtin_folders` does of an engine with these plugins."""
    files = [Path(str(file)) for file in handed_catalogs(plugins)]
    return sorted({file if file.is_dir() else file.parent for file in files} | {root for root in shared_roots() if root.is_dir()})


def read_examples(paths: Iterable[Path]) -> list[Example]:
    """Read examples files, or all of those below folders.

    Raises CatalogError for a wrong header, a wrong number of cells, an unknown `evidence` or a counter-example without its reason.
    """
    files = sorted(
        {file for path in paths for file in (path.rglob("*.tsv") if path.is_dir() else [path.with_suffix(".tsv")]) if file.is_file()}
    )
    found: list[Example] = []
    faults: list[str] = []
    for file in files:
        with file.open(encoding="utf-8", newline="") as handle:
            lines = csv.reader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
            if next(lines, None) != HEADER:
                faults.append(f"{file}:1: the header is not {' '.join(HEADER)}")
                continue
            for number, cells in enumerate(lines, start=2):
                cells += [""] * (len(HEADER) - len(cells))
                if len(cells) != len(HEADER) or not cells[0] or not cells[3]:
                    faults.append(f"{file}:{number}: needs {len(HEADER)} cells, raw and expect filled")
                    continue
                raw, publisher, version, expected, evidence, why = cells
                expect, marks = _split_marks(expected)
                faults += [f"{file}:{number}: {mark!r} is no mark: {', '.join(MARKS)}" for mark in marks if not _is_mark(mark)]
                if evidence not in EVIDENCE:
                    faults.append(f"{file}:{number}: evidence {evidence!r} is none of {', '.join(EVIDENCE)}")
                if expect in ("none", "unknown") and not why:
                    faults.append(f"{file}:{number}: a counter-example says why")
                if expect.startswith("role:") and expect[5:] not in ROLES:
                    faults.append(f"{file}:{number}: {expect[5:]!r} is no role")
                given = (raw, publisher or None, version or None)
                found.append(Example(str(file), number, *given, expect, evidence, why, **_read_marks(marks)))
    if faults:
        raise CatalogError("the examples have faults:", faults=tuple(faults))
    return found


def _split_marks(expected: str) -> tuple[str, list[str]]:
    expect, *marks = expected.split()
    return expect, marks


def _is_mark(mark: str) -> bool:
    what, _, value = mark.partition(":")
    return mark == "whole" or (what == "channel" and value in CHANNELS) or (what == "of" and "." in value)


def _read_marks(marks: Sequence[str]) -> dict[str, Any]:
    told = dict(mark.split(":", 1) for mark in marks if ":" in mark)
    return {"channel": told.get("channel"), "of": told.get("of"), "whole": "whole" in marks}


def marks_hold(example: Example, row: Mapping[str, object]) -> bool:
    """Say whether what stands behind the expected answer holds too; `row` is an answer with its `whole`."""
    return (
        (not example.whole or bool(row["whole"]))
        and example.channel in (None, row["channel"])
        and example.of in (None, row["family_id"])
    )  # fmt: skip


def check_examples(examples: Sequence[Example], engine: Engine) -> list[Miss]:
    """Return every example the engine answers otherwise, in the order given.

    `memory` rows may stay unknown, and where recognised they score at most 0.80; all others must hold.
    """
    keys = pl.DataFrame(
        {"name": [e.raw for e in examples], "publisher": [e.publisher for e in examples], "version": [e.version for e in examples]},
        schema=dict.fromkeys(NAME_KEY, pl.String),
    )
    whole = _whole(examples, engine)
    owned = {category.id for category in engine.categories}
    misses = []
    for at, (example, row) in enumerate(zip(examples, engine.decide(keys).iter_rows(named=True), strict=True)):
        got, reason = _got(row), None
        licensable = (
            row["lm_status"] == "recognised"
            and row["lm_role"] in LICENSABLE_ROLES
            and row["lm_category"] in owned
        )
        if example.expect == "none":
            holds = not licensable
        elif example.expect.startswith("role:"):
            holds = not licensable and (
                row["lm_status"] != "recognised" or row["lm_role"] == example.expect[5:] or example.evidence == "memory"
            )
        elif example.expect in ("ambiguous", "unknown"):
            holds = row["lm_status"] == example.expect
        elif example.evidence == "memory":
            holds = row["lm_status"] != "recognised" or row["lm_product_id"] == example.expect
        else:
            holds = licensable and row["lm_product_id"] == example.expect
            if row["lm_product_id"] == example.expect and row["lm_category"] not in owned:
                installed = ", ".join(sorted(owned)) or "there is none"
                reason = (
                    f"no plugin that is installed owns the category {row['lm_category']!r}, so what it holds is never judged; give the "
                    f'family a category that is installed ({installed}), or role = "tool" and its example role:tool'
                )
        if holds and example.evidence == "memory" and row["memory"] and (row["lm_score"] or 0) > MEMORY_CAP:
            holds, got = False, f"{got} at {row['lm_score']} (known from memory: at most {MEMORY_CAP})"
        if holds and not marks_hold(example, {**row, "whole": whole.get(at)}):
            said = f"{got} of {row['family_id']}, channel {row['channel']}"
            holds, got = False, said if whole.get(at, True) else f"{said}, with something left over"
        if not holds:
            misses.append(Miss(example, got, reason))
    return misses


def _whole(examples: Sequence[Example], engine: Engine) -> dict[int, bool]:
    """Return {index: nothing speaks against the answer} for the examples that ask it."""
    asking = [at for at, example in enumerate(examples) if example.whole]
    asker = Asker(engine, ())
    questions = asker.questions((examples[at].raw, examples[at].publisher, examples[at].version) for at in asking)
    return {at: bool(asker.answer(question)["whole"]) for at, question in zip(asking, questions, strict=True)}


def _got(row: dict[str, object]) -> str:
    if row["lm_status"] != "recognised":
        return str(row["lm_status"])
    return str(row["lm_product_id"]) + ("" if row["lm_role"] in LICENSABLE_ROLES else f" as role:{row['lm_role']}")


def main(arguments: Sequence[str]) -> int:
    """Print the examples that do not hold; for catalog authors: `python -m licmatch.match.examples FOLDER`."""
    parser = argparse.ArgumentParser(prog="python -m licmatch.match.examples", description="Print the examples that do not hold.")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--without", action="append", default=[], help="leave a plugin and its catalogs out")
    options = parser.parse_args(arguments)
    examples = read_examples(options.paths)
    misses = check_examples(examples, Engine.load(without=options.without))
    for miss in misses:
        print(miss)
    print(f"{len(examples) - len(misses)} of {len(examples)} examples hold")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
