"""Checking catalogs: format, references, and every example through the whole engine. All faults at once, each with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.load import catalog_files, read_sources
from licmatch.catalog.records import Signature
from licmatch.errors import CatalogError, Location
from licmatch.match.engine import Engine
from licmatch.match.examples import Example, check_examples, read_examples
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
    """What a check looked at and what it found wrong; an empty `faults` means the catalogs hold."""

    families: int
    signatures: int
    examples: int
    faults: tuple[Fault, ...]


def check(paths: Sequence[str | Path] = ()) -> Report:
    """Check the built-in catalogs, or the given files and folders together with them.

    Never raises for what stands in a catalog: a fault that stops loading is the report's only content.
    """
    given = [Path(path) for path in paths]
    try:
        engine = Engine.load(catalogs=given)
        examples = read_examples(given or _builtin_folders(engine))
        signatures = read_sources(
            catalog_files([*shared_roots(), *(path for path in given if path.is_dir() or path.suffix == ".toml")])
        ).signatures
    except CatalogError as error:
        return Report(0, 0, 0, tuple(_fault(told) for told in error.faults or (str(error),)))
    faults = [
        Fault(f"{miss.example.raw!r} expected {miss.example.expect}, got {miss.got}", miss.example.path, miss.example.line)
        for miss in check_examples(examples, engine)
    ]
    faults += map(_fault, _families_without_example(engine, examples, given))
    faults += map(_fault, check_signatures(signatures))
    return Report(len(engine.compiled.families), len(signatures), len(examples), tuple(faults))


def _builtin_folders(engine: Engine) -> list[Path]:
    files = [Path(str(file)) for listed in engine.plugins.manager.hook.licmatch_catalog_files() for file in listed]
    return sorted({file.parent for file in files})


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
