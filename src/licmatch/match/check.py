"""Checking catalogs: format, references, names against each other, every example through the engine. All faults at once, each placed.

A phrase whose worth no example shows is a fault like any other. `check_names`, `check_vocabulary` and `catalog.consistency` look, this
module gathers what they and the examples tell.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.consistency import inconsistencies
from licmatch.catalog.handed import handed_catalogs
from licmatch.catalog.load import SourceFile, Sources, catalog_files, read_what_fits
from licmatch.catalog.pack import catalog_paths, categories_of, load_pack, split_catalogs
from licmatch.catalog.records import Family, Signature
from licmatch.catalog.references import Placing, reference_faults
from licmatch.errors import CatalogError, Location
from licmatch.hooks import Category
from licmatch.match.check_names import idle_phrases, misled_names, overwritten_names, switches, untold_neighbours
from licmatch.match.check_overrides import override_faults
from licmatch.match.check_packs import wrong_answers
from licmatch.match.check_vocabulary import OTHER, repeated_edition_words, slow_patterns, unknown_categories
from licmatch.match.engine import Engine
from licmatch.match.examples import Example, check_examples, folders_of, read_examples
from licmatch.match.written import Asker, Written, written_phrases
from licmatch.plugin_loader import Plugins, load_plugins
from licmatch.schema import LICENSABLE_ROLES
from licmatch.signatures.examples import example_faults

T = TypeVar("T")

_PLACED = re.compile(
    r"^(?P<file>[^\s:]+\.(?:toml|tsv|json))(?::(?P<line>\d+))?:? ?(?:(?P<entry>[\w.-]+): )?(?P<text>.*)$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a catalog, with its file and line where they are known."""

    text: str
    file: str | None = None
    line: int | None = None
    entry: str | None = None

    def __str__(self) -> str:
        return self.text if self.file is None else f"{Location(self.file, self.line, self.entry)}: {self.text}"


@dataclass(frozen=True, slots=True)
class Unowned:
    """A category no installed plugin owns, and how many families or products of a file say it: recognised, and never judged."""

    file: str
    category: str
    count: int
    installed: tuple[str, ...]

    def __str__(self) -> str:
        known = ", ".join(self.installed) or "none"
        return f"{self.file}: no plugin that is installed owns the category {self.category!r} ({self.count}); installed: {known}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check looked at and what it found wrong; an empty `faults` means the catalogs hold.

    Of paths that were given, only what stands in them is counted; `families` and `examples` count the products of site packs too, each
    being its own example, and `products` is how many of them these are. `phrases` were switched off one by one (none by a fast check);
    `idle` of them are needed by no example, and are among the faults. `unowned` is no fault: names may be recognised and never judged.
    """

    families: int
    signatures: int
    examples: int
    faults: tuple[Fault, ...]
    phrases: int = 0
    idle: int = 0
    products: int = 0
    unowned: tuple[Unowned, ...] = ()


def check(
    paths: str | Path | Sequence[str | Path] = (), *, as_of: date | None = None, fast: bool = False, plugins: Plugins | None = None
) -> Report:
    """Check the built-in catalogs, or the given files, folders and site packs together with them.

    `plugins` are those to check with, else the installed ones. With `as_of`, overrides that have run out by that day are faults. A `fast`
    check does not ask whether every phrase earns its place. Of a site pack no name may be answered with another product of the pack.
    Raises UsageError for a path that is no catalog or holds none, but never for what stands in a catalog: where faults stop loading, the
    report has all of these, and none that only names could tell.
    """
    given = [_catalog_of(path) for path in catalog_paths(paths)]
    folders, packs = split_catalogs(given)
    loaded = plugins if plugins is not None else load_plugins()
    reports = [_checked_families(folders, as_of, fast, loaded)] if folders or not packs else []
    if packs:
        # Packs are asked last, so they are checked behind what is built in, whatever stands beside them.
        builtin = Engine.load(plugins=loaded)
        reports += [_checked_pack(path, builtin) for path in packs]
    return Report(
        sum(one.families for one in reports),
        sum(one.signatures for one in reports),
        sum(one.examples for one in reports),
        tuple(fault for one in reports for fault in one.faults),
        sum(one.phrases for one in reports),
        sum(one.idle for one in reports),
        sum(one.products for one in reports),
        tuple(unowned for one in reports for unowned in one.unowned),
    )


def _catalog_of(path: Path) -> Path:
    """Return the catalog file an examples file stands beside; anything else as it is."""
    return path.with_suffix(".toml") if path.suffix == ".tsv" and path.with_suffix(".toml").is_file() else path


def _checked_pack(path: Path, builtin: Engine) -> Report:
    try:
        pack = load_pack(path)
    except CatalogError as error:
        where = error.where.line if error.where else None
        return Report(0, 0, 0, (Fault(error.message, str(path), where),))
    wrong = wrong_answers(pack, Engine(builtin.compiled, builtin.plugins, [pack]))
    faults = tuple(Fault(one.text, str(path), one.line, one.product) for one in wrong)
    count = len(pack.products)
    return Report(count, 0, count, faults, products=count, unowned=_unowned(str(path), categories_of(pack.products), builtin.categories))


def _unowned(file: str, counts: Mapping[str, int], installed: Iterable[Category]) -> tuple[Unowned, ...]:
    known = tuple(sorted(category.id for category in installed))
    return tuple(Unowned(file, category, count, known) for category, count in sorted(counts.items()) if category not in known)


def _checked_families(given: Sequence[Path], as_of: date | None, fast: bool, loaded: Plugins) -> Report:
    # What is built in, or comes with an installed plugin, is loaded already; naming it says which part to look at, not what to add.
    handed = handed_catalogs(loaded)
    added = [path for path in given if not _is_loaded(path, handed)]
    builtin = folders_of(loaded)
    told: list[str] = []
    examples = _or_faults(lambda: read_examples(given or builtin), told) or []
    own: list[SourceFile] = _or_faults(lambda: catalog_files(given or builtin), told) or []
    files: list[SourceFile] = _or_faults(lambda: catalog_files([*shared_roots(), *handed, *added]), told) or []
    reading = read_what_fits(files)
    sources, engine = reading.sources, None
    if not told:
        engine = _or_faults(lambda: Engine.load(catalogs=added, plugins=loaded), told)
    elif sources is not None:
        told += [*reading.faults, *reference_faults(sources, files, reading.lost)]
    placing = Placing(files)
    if sources is None:
        return Report(0, 0, 0, tuple(map(_fault, dict.fromkeys(told))))
    told += inconsistencies(sources)
    told += unknown_categories(sources, [category.id for category in loaded.categories])
    looked_at = _families_of(sources, given, own)
    signatures = _signatures_of(sources, own)
    # A tool of any category is judged by nobody, and drafts of what nobody has looked at yet are tools.
    said = Counter((file, category) for file, category, family in looked_at if category != OTHER or family.role in LICENSABLE_ROLES)
    unowned = tuple(each for (file, category), count in said.items() for each in _unowned(file, {category: count}, loaded.categories))
    if engine is None:
        faults = [_placed(_fault(each), placing) for each in dict.fromkeys(told)]
        return Report(len(looked_at), len(signatures), len(examples), tuple(faults), unowned=unowned)
    # A built-in phrase may be proven by an example beside any file.
    proving = read_examples([*builtin, *added]) if len(added) < len(given) else examples
    faults = [Fault(miss.text, miss.example.path, miss.example.line) for miss in check_examples(examples, engine.without_overrides())]
    told += repeated_edition_words(own)
    told += _families_without_example(looked_at, examples)
    told += slow_patterns(signatures)
    told += check_signatures(signatures)
    told += override_faults(engine, sources.overrides, as_of)
    faults += [_placed(_fault(each), placing) for each in told]
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
        len(looked_at), len(signatures), len(examples), (*faults, *idle), len(together), len(idle), unowned=unowned
    )  # fmt: skip


def _or_faults(read: Callable[[], T], told: list[str]) -> T | None:
    """Return what is read, or None and every fault that kept it from being so."""
    try:
        return read()
    except CatalogError as error:
        told += error.faults or (str(error),)
        return None


def _fault(told: str) -> Fault:
    placed = _PLACED.match(told)
    if placed is None:
        return Fault(told)
    return Fault(placed["text"], placed["file"], int(placed["line"]) if placed["line"] else None, placed["entry"])


def _placed(fault: Fault, placing: Placing) -> Fault:
    """Return a fault of a family with the line of its block, where it has none."""
    if fault.file is None or fault.line is not None or fault.entry is None:
        return fault
    return replace(fault, line=placing.of(fault.file, fault.entry.rpartition(".")[2], "id").line)


def _families_of(sources: Sources, given: Sequence[Path], own: Sequence[SourceFile]) -> list[tuple[str, str, Family]]:
    """Return the families of the checked files; the folder they were handed over from may be another."""
    checked = {file.name.rpartition("/")[2] for file in own}
    return [each for each in sources.families if not given or each[0].rpartition("/")[2] in checked]


def _signatures_of(sources: Sources, own: Sequence[SourceFile]) -> list[Signature]:
    listed = {one.get("id") for file in own for one in _blocks(file, "signature")}
    return [signature for signature in sources.signatures if signature.id in listed]


def _blocks(file: SourceFile, table: str) -> list[dict[str, Any]]:
    try:
        blocks = tomllib.loads(file.text).get(table, [])
    except (ValueError, RecursionError):  # told already
        return []
    return [block for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []


class _Places:
    """Where the phrases of the checked files stand."""

    def __init__(self, engine: Engine, files: Sequence[SourceFile]) -> None:
        self._families = engine.compiled.families
        self._files = {file.name.rpartition("/")[2]: file for file in files}
        self._makers = {
            (vendor["name"], word): file
            for file in files
            for vendor in _blocks(file, "vendor")
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


def _families_without_example(families: Sequence[tuple[str, str, Family]], examples: Sequence[Example]) -> list[str]:
    """Name every family that no example expects: a rule without examples cannot be kept true."""
    expected = {example.expect for example in examples}
    faults = []
    for file, category, family in families:
        identity = f"{category}.{family.id}"
        if not any(
            product == identity or product.startswith((f"{identity}-", f"{identity}.")) for product in expected
        ) and family.role in ("product", "standalone_app", "server"):
            faults.append(f"{file}: {identity}: no example expects this family")
    return faults


def check_signatures(signatures: Sequence[Signature]) -> list[str]:
    """Return the signatures whose examples do not hit them, or whose counter-examples do, each read as a trace of its own kind."""
    return example_faults(signatures)
