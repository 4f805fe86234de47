"""Checking catalogs: format, references, names against each other, every example through the engine. All faults at once, each placed.

A fault is something that is wrong; an idle name is one whose worth no example shows. `check_names` and `catalog.consistency` look,
this module gathers what they and the examples tell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.consistency import inconsistencies
from licmatch.catalog.load import SourceFile, catalog_files, read_sources
from licmatch.catalog.records import Signature
from licmatch.errors import CatalogError, Location
from licmatch.match.check_names import idle_names, misled_names, overwritten_names
from licmatch.match.check_overrides import override_faults
from licmatch.match.engine import Engine
from licmatch.match.examples import Example, check_examples, read_examples
from licmatch.match.written import Asker, WrittenName, written_names
from licmatch.signatures import NameSignatures
from licmatch.signatures.names import NAME_EVIDENCE

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

    `names` were switched off one by one; `idle` are those that no example needs.
    """

    families: int
    signatures: int
    examples: int
    faults: tuple[Fault, ...]
    names: int = 0
    idle: tuple[Fault, ...] = ()


def check(paths: Sequence[str | Path] = (), *, as_of: date | None = None) -> Report:
    """Check the built-in catalogs, or the given files and folders together with them.

    With `as_of`, overrides that have run out by that day are faults.
    Never raises for what stands in a catalog: a fault that stops loading is the report's only content.
    """
    given = [Path(path) for path in paths]
    try:
        # A built-in file or folder is loaded already; naming it says which part to look at, not what to add.
        added = [path for path in given if not _is_builtin(path)]
        engine = Engine.load(catalogs=added)
        examples = read_examples(given or _builtin_folders(engine))
        own = catalog_files(_families_in(given) or _builtin_folders(engine))
        handed = [file for files in engine.plugins.manager.hook.licmatch_catalog_files() for file in files]
        sources = read_sources(catalog_files([*shared_roots(), *handed, *_families_in(added)]))
    except CatalogError as error:
        return Report(0, 0, 0, tuple(_fault(told) for told in error.faults or (str(error),)))
    faults = [
        Fault(f"{miss.example.raw!r} expected {miss.example.expect}, got {miss.got}", miss.example.path, miss.example.line)
        for miss in check_examples(examples, engine.without_overrides())
    ]
    faults += map(_fault, inconsistencies(sources))
    faults += map(_fault, _families_without_example(engine, examples, given))
    faults += map(_fault, check_signatures(sources.signatures))
    faults += map(_fault, override_faults(engine, sources.overrides, as_of))
    every = written_names(sources.families)
    asker = Asker(engine, every)
    texts = {file.name.rpartition("/")[2]: file for file in own}
    names = [name for name in every if name.file.rpartition("/")[2] in texts]
    faults += [_name_fault(engine, texts, name, told) for name, told in (*overwritten_names(names), *misled_names(asker, names))]
    idle = [_name_fault(engine, texts, name, f"{name.phrase!r}: {why}") for name, why in idle_names(asker, names, examples)]
    return Report(len(engine.compiled.families), len(sources.signatures), len(examples), tuple(faults), len(names), tuple(idle))


def _is_builtin(path: Path) -> bool:
    root, named = shared_roots()[0].parent.resolve(), path.resolve()
    return named.is_relative_to(root) or root.is_relative_to(named)


def _families_in(given: Sequence[Path]) -> list[Path]:
    return [path for path in given if path.is_dir() or path.suffix == ".toml"]


def _name_fault(engine: Engine, texts: dict[str, SourceFile], name: WrittenName, told: str) -> Fault:
    """Place a fault at the line of its family's file on which the name stands."""
    family = engine.compiled.families[name.family]
    text = texts[name.file.rpartition("/")[2]].text
    start = max(text.find(f'id = "{family.slug}"'), 0)
    at = text.find(f'"{name.phrase}"', start)
    return Fault(f"{name.tier}: {told}", name.file, text.count("\n", 0, at) + 1 if at >= 0 else None, family.id)


def _builtin_folders(engine: Engine) -> list[Path]:
    files = [Path(str(file)) for listed in engine.plugins.manager.hook.licmatch_catalog_files() for file in listed]
    return sorted({file if file.is_dir() else file.parent for file in files})


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
    """Return the signatures whose examples do not hit them, or whose counter-examples do; only those that speak about names."""
    faults = []
    named = [signature for signature in signatures if signature.evidence in NAME_EVIDENCE and signature.match != "path"]
    seen: set[str] = set()
    for signature in signatures:
        if signature.id in seen:
            faults.append(f"{signature.id}: this id stands twice")
        seen.add(signature.id)
        if not signature.examples or not signature.counter_examples:
            faults.append(f"{signature.id}: needs an example and a counter-example")
    for signature in named:
        alone = NameSignatures([signature])
        texts = [*signature.examples, *(example.text for example in signature.counter_examples)]
        hits = alone.hits(pl.Series(texts, dtype=pl.String))
        for index, text in enumerate(texts):
            if index < len(signature.examples) and index not in hits:
                faults.append(f"{signature.id}: its example {text!r} does not hit it")
            if index >= len(signature.examples) and index in hits:
                faults.append(f"{signature.id}: its counter-example {text!r} hits it")
    return faults
