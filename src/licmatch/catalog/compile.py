"""Compiling catalogs: records to a lexicon of normalised keys. The built-in one is compiled when the wheel is built."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import msgspec
import polars as pl

from licmatch.catalog import lexicon as lx
from licmatch.catalog.alternatives import expand
from licmatch.catalog.load import JUDGING_FOLDERS, SourceFile, Sources, catalog_files, read_what_fits
from licmatch.catalog.records import Family
from licmatch.catalog.references import editions_of_releases, family_id, reference_faults
from licmatch.catalog.succession import successors
from licmatch.errors import CatalogError
from licmatch.normalize.name_steps import NORMALIZER, normalize
from licmatch.normalize.publisher import normalize_publishers

SHARED = ("vocabulary", "vendors", "signatures")
RETIRED = "retired.toml"
NOT_CATALOGS = (*JUDGING_FOLDERS, "forms", "__pycache__")


@dataclass(slots=True)
class _Draft:
    """An entry while its meanings are being gathered."""

    names: dict[int, lx.Naming] = field(default_factory=dict)
    blocks: set[int] = field(default_factory=set)
    releases: dict[int, str] = field(default_factory=dict)
    editions: dict[int, str] = field(default_factory=dict)
    tails: set[int] = field(default_factory=set)
    parts: tuple[str, ...] = ()
    role: str | None = None
    weak_role: str | None = None
    classes: set[str] = field(default_factory=set)
    vendors: set[int] = field(default_factory=set)
    channel: str | None = None
    flags: int = 0
    release_editions: dict[int, dict[str, str]] = field(default_factory=dict)

    def entry(self) -> lx.Entry:
        return lx.Entry(
            tuple(self.names[family] for family in sorted(self.names)),
            tuple(sorted(self.blocks)),
            dict(sorted(self.releases.items())),
            dict(sorted(self.editions.items())),
            tuple(sorted(self.tails)),
            self.parts,
            self.role,
            self.weak_role,
            tuple(sorted(self.classes)),
            tuple(sorted(self.vendors)),
            self.channel,
            self.flags,
            dict(sorted(self.release_editions.items())),
        )


class _Phrases:
    """Collects (phrase, what to do with its draft) so that all phrases are normalised in one call."""

    def __init__(self) -> None:
        self.raw: list[str] = []
        self.apply: list[tuple[str, object, object]] = []

    def add(self, phrase: str, kind: str, key: object = None, value: object = None) -> None:
        for text in expand(phrase):
            self.raw.append(text)
            self.apply.append((kind, key, value))


def version_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of a version, for comparison number by number.

    >>> version_numbers("10.0.22000")
    (10, 0, 22000)
    """
    return tuple(int(number) for number in re.findall(r"\d{1,18}", text)[:8])


def _name(draft: _Draft, naming: lx.Naming) -> None:
    """Keep the strongest way in which a family bears this name; a name of the product goes before one of a companion."""
    known = draft.names.get(naming.family)
    if known is None or (naming.role is None, naming.tier, not naming.memory) > (known.role is None, known.tier, not known.memory):
        draft.names[naming.family] = naming


def _gather_family(phrases: _Phrases, index: int, family: Family) -> None:
    for tier, memory, listed in (
        (lx.STRONG, False, family.names),
        (lx.ALONE, False, family.alone),
        (lx.WEAK, False, family.weak),
        (lx.GENERIC, False, family.generic),
        (lx.STRONG, True, family.memory),
        (lx.WEAK, True, family.weak_memory),
    ):
        for phrase in listed:
            phrases.add(phrase, "name", lx.Naming(index, tier, memory))
    for role, listed in family.companions.items():
        for phrase in listed:
            phrases.add(phrase, "name", lx.Naming(index, lx.STRONG, False, role))
    for phrase in family.not_:
        phrases.add(phrase, "block", index)
    for release in family.releases:
        for phrase in (release.id, *release.words):
            phrases.add(phrase, "release", index, release.id)
        for phrase, edition in release.edition_words.items():
            phrases.add(phrase, "release_edition", index, (release.id, edition))
    for phrase, edition in family.edition_words.items():
        phrases.add(phrase, "edition", index, edition)
    for phrase in family.tails:
        phrases.add(phrase, "tail", index)


def _gather_words(phrases: _Phrases, sources: Sources, vendor_index: dict[str, int]) -> None:
    words = sources.words
    for kind, table in (("role", words.role), ("weak_role", words.weak_role), ("class", words.class_), ("channel", words.channel)):
        for meaning, listed in table.items():
            for phrase in listed:
                phrases.add(phrase, kind, meaning)
    flags: tuple[tuple[Iterable[str], int], ...] = (
        (words.noise, lx.FREE),
        (words.connector, lx.FREE),
        (words.arch, lx.FREE),
        (words.locale, lx.FREE),
        (words.platform, lx.PLATFORM),
        (words.target, lx.TARGET),
        (words.release_mark, lx.FREE | lx.RELEASE_MARK),
        (words.service_pack, lx.FREE | lx.SERVICE_PACK),
    )
    for free_words, flag in flags:
        for phrase in free_words:
            phrases.add(phrase, "flag", flag)
    for phrase, parts in sources.edition_words.items():
        phrases.add(phrase, "parts", tuple(parts))
    for vendor in sources.vendors:
        for phrase in vendor.words:
            phrases.add(phrase, "vendor", vendor_index[vendor.name])


def _apply(draft: _Draft, kind: str, key: object, value: object) -> None:
    if kind == "name":
        assert isinstance(key, lx.Naming)
        _name(draft, key)
    elif kind == "block":
        draft.blocks.add(key)  # type: ignore[arg-type]
    elif kind == "release":
        draft.releases.setdefault(key, value)  # type: ignore[arg-type]
    elif kind == "edition":
        draft.editions.setdefault(key, value)  # type: ignore[arg-type]
    elif kind == "release_edition":
        assert isinstance(value, tuple)
        draft.release_editions.setdefault(key, {})[value[0]] = value[1]  # type: ignore[arg-type]
    elif kind == "tail":
        draft.tails.add(key)  # type: ignore[arg-type]
    elif kind == "parts":
        draft.parts = key  # type: ignore[assignment]
    elif kind == "class":
        draft.classes.add(key)  # type: ignore[arg-type]
    elif kind == "vendor":
        draft.vendors.add(key)  # type: ignore[arg-type]
    elif kind == "flag":
        draft.flags |= key  # type: ignore[operator]
    else:
        setattr(draft, kind, key)


def _editions(family: Family, known: dict[str, lx.EditionRecord]) -> tuple[lx.EditionRecord, ...]:
    listed = dict.fromkeys((*family.editions, *family.edition_words.values(), *editions_of_releases(family)))
    return tuple(sorted((known[edition] for edition in listed), key=lambda edition: (-len(edition.parts), edition.id)))


def compile_files(files: Sequence[SourceFile]) -> lx.Compiled:
    """Compile catalog files into a lexicon.

    Raises CatalogError with every fault of what they say and of what they refer to, each with its file and line.
    """
    reading = read_what_fits(files)
    if reading.sources is None or reading.faults:
        dangling = [] if reading.sources is None else reference_faults(reading.sources, files, reading.lost)
        raise CatalogError("the catalogs have faults:", faults=(*reading.faults, *dangling))
    return compile_sources(reading.sources, files)


def compile_sources(sources: Sources, files: Sequence[SourceFile] = ()) -> lx.Compiled:
    """Compile records into a lexicon; `files` are those they were read from, for the lines of faults.

    Raises CatalogError with every dangling reference: an unknown vendor, family or edition, a duplicate id.
    """
    if faults := reference_faults(sources, files):
        raise CatalogError("the catalogs have faults:", faults=tuple(faults))
    vendor_index: dict[str, int] = {}
    merged: dict[str, list[str]] = defaultdict(list)
    for vendor in sources.vendors:
        vendor_index.setdefault(vendor.name, len(vendor_index))
        merged[vendor.name] += [*vendor.publishers, *vendor.words, *vendor.weak, vendor.name]
    vendor_category = {vendor.name: vendor.category for vendor in sources.vendors if vendor.category}
    editions = {
        edition.id: lx.EditionRecord(edition.id, edition.title, tuple(sorted(edition.parts or (edition.id,))), edition.org_use)
        for edition in sources.editions
    }
    index = {f"{category}.{family.id}": at for at, (_, category, family) in enumerate(sources.families)}

    def reference(category: str, slug: str) -> int:
        return index[family_id(category, slug, index)]

    records: list[lx.FamilyRecord] = []
    identifiers: dict[str, lx.IdentifierRecord] = {}
    phrases = _Phrases()
    for position, (file, category, family) in enumerate(sources.families):
        builds = tuple(
            lx.BuildRange(
                reference(category, build.family),
                version_numbers(build.since),
                version_numbers(build.until) if build.until else None,
            )
            for build in family.builds
        )
        records.append(
            lx.FamilyRecord(
                f"{category}.{family.id}",
                family.id,
                category,
                family.name,
                vendor_index[family.vendor],
                tuple(vendor_index[name] for name in family.publishers),
                tuple(reference(category, slug) for slug in family.inside),
                family.role,
                family.licence,
                family.origin,
                _editions(family, editions),
                family.releases,
                family.release_numbers,
                family.release_prefix,
                family.release_from_version,
                family.release_in_name,
                builds,
                family.channel,
                family.support_ends,
                file,
                dict(sorted(family.edition_licences.items())),
                tuple(sorted(name.casefold() for name in family.guest_publishers)),
            )
        )
        for identifier in family.ids:
            identifiers.setdefault(
                identifier.value.casefold(),
                lx.IdentifierRecord(position, identifier.edition, identifier.release, identifier.role, identifier.channel),
            )
        _gather_family(phrases, position, family)
    _gather_words(phrases, sources, vendor_index)
    retired = successors(sources.retired, index, [])

    drafts: dict[str, _Draft] = defaultdict(_Draft)
    for raw, key, (kind, what, value) in zip(
        phrases.raw, normalize(pl.Series(phrases.raw, dtype=pl.String)).to_list(), phrases.apply, strict=True
    ):
        if not key.strip():
            raise CatalogError(f"{raw!r} has no letters or digits left after normalising")
        _apply(drafts[key], kind, what, value)
    for key, draft in drafts.items():
        if any(character.isdigit() for character in key):
            draft.flags |= lx.NUMERIC
    spellings = [(maker, text) for maker, texts in merged.items() for text in texts]
    resolved = normalize_publishers(pl.Series([text for _, text in spellings], dtype=pl.String)).to_list()
    publishers: dict[str, set[int]] = defaultdict(set)
    for (maker, _), key in zip(spellings, resolved, strict=True):
        if key.strip():
            publishers[key].add(vendor_index[maker])
    class_words = {
        category: tuple(normalize(pl.Series([text for phrase in listed for text in expand(phrase)], dtype=pl.String)).to_list())
        for category, listed in sources.words.class_.items()
        if category != "any"
    }
    keys = sorted(drafts)
    return lx.Compiled(
        lx.FORMAT,
        NORMALIZER,
        sources.hash,
        tuple(keys),
        tuple(drafts[key].entry() for key in keys),
        tuple(records),
        tuple(lx.VendorRecord(name, vendor_category.get(name)) for name in vendor_index),
        tuple(editions.values()),
        {key: tuple(sorted(publishers[key])) for key in sorted(publishers)},
        dict(sorted(identifiers.items())),
        class_words,
        sources.signatures,
        retired,
        sources.overrides,
    )


def encode(compiled: lx.Compiled) -> bytes:
    """Return the compiled catalog as msgpack."""
    return msgspec.msgpack.encode(compiled)


def decode(raw: bytes) -> lx.Compiled:
    """Read a compiled catalog back.

    Raises CatalogError when it was made by another format or normaliser, or is damaged.
    """
    try:
        compiled = msgspec.msgpack.decode(raw, type=lx.Compiled)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogError(f"compiled catalog is damaged: {error}") from None
    if (compiled.format, compiled.normalizer) != (lx.FORMAT, NORMALIZER):
        raise CatalogError("compiled catalog was made by another version")
    return compiled


def shared_roots() -> list[Path]:
    """Return the folders every engine reads: vocabularies, vendors and signatures. Families come from plugins and packs."""
    root = Path(str(files("licmatch_catalogs")))
    return [root / name for name in (*SHARED, RETIRED)]


def compile_builtin(target: Path) -> None:
    """Compile the built-in catalogs into one file; the build of the wheel calls this, before any plugin is installed."""
    root = Path(str(files("licmatch_catalogs")))
    folders = sorted(folder for folder in root.iterdir() if folder.is_dir() and folder.name not in NOT_CATALOGS)
    target.write_bytes(encode(compile_files(catalog_files([*folders, root / RETIRED]))))
