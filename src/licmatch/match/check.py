"""Checking catalogs: format, references, names against each other, every example through the engine. All faults at once, each placed.

A phrase whose worth no example shows is a fault like any other. `check_names`, `check_vocabulary` and `catalog.consistency` look, this
module gathers what they and the examples tell.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.consistency import inconsistencies
from licmatch.catalog.handed import handed_catalogs
from licmatch.catalog.load import SourceFile, catalog_files, read_sources
from licmatch.catalog.records import Signature
from licmatch.errors import CatalogError, Location
from licmatch.match.check_names import idle_phrases, misled_names, overwritten_names, switches, untold_neighbours
from licmatch.match.check_overrides import override_faults
from licmatch.match.check_vocabulary import repeated_edition_words, slow_patterns, unknown_categories
from licmatch.match.engine import Engine
from licmatch.match.examples import Example, builtin_folders, check_examples, read_examples
from licmatch.match.written import Asker, Written, written_phrases
from licmatch.plugin_loader import Plugins, load_plugins
from licmatch.signatures.examples import example_faults

_PLACED = re.compile(r"^(?P<file>[^\s:]+\.(?:toml|tsv|json))(?::(?P<line>\d+))?:? ?(?P<text>.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a catalog, with its file and line where they are known."""

    text: str
    file: str | None = None
    line: int | None = None
    entry: str | None = None

    def __str__(self) -> str:
        return self.text if self.file is None else f"{Location(self.file, self.line, self.entry)}: {self.text}"


def _fault(told: str) -> Fault:
    placed = _PLACED.match(told)
    if placed is None:
        return Fault(told)
    return Fault(placed["text"], placed["file"], int(placed["line"]) if placed["line"] else None)


@dataclass(frozen=True, slots=True)
class Report:
    """What a check looked at and what it found wrong; an empty `faults` means the catalogs hold.

    `phrases` were switched off one by one (none by a fast check); `idle` of them are needed by no example, and are among the faults.
    """

    families: int
    signatures: int
    examples: int
    faults: tuple[Fault, ...]
    phrases: int = 0
    idle: int = 0


def check(paths: Sequence[str | Path] = (), *, as_of: date | None = None, fast: bool = False, plugins: Plugins | None = None) -> Report:
    """Check the built-in catalogs, or the given files and folders together with them.

    `plugins` are those to check with, else the installed ones. With `as_of`, overrides that have run out by that day are faults. A `fast`
    check does not ask whether every phrase earns its place.
    Never raises for what stands in a catalog: a fault that stops loading is the report's only content.
    """
    given = [Path(path) for path in paths]
    try:
        # What is built in, or comes with an installed plugin, is loaded already; naming it says which part to look at, not what to add.
        loaded = plugins if plugins is not None else load_plugins()
        handed = handed_catalogs(loaded)
        added = [path for path in given if not _is_loaded(path, handed)]
        engine = Engine.load(catalogs=added, plugins=loaded)
        builtin = builtin_folders(engine)
        examples = read_examples(given or builtin)
        own = catalog_files(_families_in(given) or builtin)
        sources = read_sources(catalog_files([*shared_roots(), *handed, *_families_in(added)]))
        # A built-in phrase may be proven by an example beside any file.
        proving = read_examples([*builtin, *added]) if len(added) < len(given) else examples
    except CatalogError as error:
        return Report(0, 0, 0, tuple(_fault(told) for told in error.faults or (str(error),)))
    faults = [
        Fault(f"{miss.example.raw!r} expected {miss.example.expect}, got {miss.got}", miss.example.path, miss.example.line)
        for miss in check_examples(examples, engine.without_overrides())
    ]
    faults += map(_fault, inconsistencies(sources))
    faults += map(_fault, unknown_categories(sources, [category.id for category in engine.categories]))
    faults += map(_fault, repeated_edition_words(own))
    faults += map(_fault, _families_without_example(engine, examples, given))
    listed = {signature.get("id") for file in own for signature in tomllib.loads(file.text).get("signature", [])}
    signatures = [signature for signature in sources.signatures if signature.id in listed]
    faults += map(_fault, slow_patterns(signatures))
    faults += map(_fault, check_signatures(signatures))
    faults += map(_fault, override_faults(engine, sources.overrides, as_of))
    every = written_phrases(sources)
    asker = Asker(engine, every)
    place = _Places(engine, own)
    names = [phrase for phrase in every if phrase.is_name]
    mine = [name for name in names if place.file_of(name)]
    faults += [place.fault(name, told) for name, told in (*overwritten_names(mine), *misled_names(asker, mine))]
    faults += [place.fault(name, told) for name, told in untold_neighbours(asker, names, mine, lambda: read_examples([*builtin, *added]))]
    together = [] if fast else [phrases for phrases in switches(every, own) if any(map(place.file_of, phrases))]
    idle = [place.fault(phrases[0], f"{phrases[0].phrase!r} is idle: {why}") for phrases, why in idle_phrases(asker, together, proving)]
    return Report(
        len(engine.compiled.families), len(sources.signatures), len(examples), (*faults, *idle), len(together), len(idle)
    )  # fmt: skip


class _Places:
    """Where the phrases of the checked files stand."""

    def __init__(self, engine: Engine, files: Sequence[SourceFile]) -> None:
        self._families = engine.compiled.families
        self._files = {file.name.rpartition("/")[2]: file for file in files}
        self._makers = {
            (vendor["name"], word): file
            for file in files
            for vendor in tomllib.loads(file.text).get("vendor", [])
            for word in vendor.get("words", [])
        }

    def file_of(self, phrase: Written) -> SourceFile | None:
        """Return the checked file a phrase stands in, or None."""
        if phrase.slot == "vendors":
            return self._makers.get((phrase.part.removeprefix("vendor "), phrase.phrase))
        return self._files.get(phrase.file.rpartition("/")[2])

    def fault(self, phrase: Written, told: str) -> Fault:
        """Place a fault at the line on which the phrase stands, in its family where it is one's."""
        file = self.file_of(phrase)
        assert file is not None
        family = None if phrase.family is None else self._families[phrase.family]
        start = max(file.text.find(f'id = "{family.slug}"') if family else file.text.find(f'name = "{phrase.part[7:]}"'), 0)
        at = file.text.find(f'"{phrase.phrase}"', start)
        at = file.text.find(f'"{phrase.phrase}"') if at < 0 else at  # of the file's defaults
        line = file.text.count("\n", 0, at) + 1 if at >= 0 else None
        return Fault(f"{phrase.part}: {told}", file.name, line, family.id if family else None)


def _is_loaded(path: Path, handed: Sequence[Traversable]) -> bool:
    root, named = shared_roots()[0].parent.resolve(), path.resolve()
    of_plugin = any(named.is_relative_to(Path(str(file)).resolve()) for file in handed)
    return of_plugin or named.is_relative_to(root) or root.is_relative_to(named)


def _families_in(given: Sequence[Path]) -> list[Path]:
    return [path for path in given if path.is_dir() or path.suffix == ".toml"]


def _families_without_example(engine: Engine, examples: Sequence[Example], given: Sequence[Path]) -> list[str]:
    """Name every family of the checked files that no example expects: a rule without examples cannot be kept true."""
    expected = {example.expect for example in examples}
    checked = {path.name for root in given for path in ([root] if root.is_file() else root.rglob("*.toml"))}
    faults = []
    for family in engine.compiled.families:
        name = family.file.rpartition("/")[2]
        if given and name not in checked:
            continue
        if not any(
            product == family.id or product.startswith((f"{family.id}-", f"{family.id}.")) for product in expected
        ) and family.role in ("product", "standalone_app", "server"):
            faults.append(f"{family.file}: {family.id}: no example expects this family")
    return faults


def check_signatures(signatures: Sequence[Signature]) -> list[str]:
    """Return the signatures whose examples do not hit them, or whose counter-examples do, each read as a trace of its own kind."""
    return example_faults(signatures)
