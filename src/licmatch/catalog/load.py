"""Reading catalog files: TOML into records, every fault found in one go, with file and line."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from licmatch.catalog.blocks import Lines, read_block, shown, unknown_key
from licmatch.catalog.records import (
    Edition,
    EditionFile,
    Family,
    Override,
    OverrideFile,
    Retired,
    RetiredFile,
    Signature,
    SignatureFile,
    Vendor,
    VendorFile,
    WordFile,
)
from licmatch.catalog.vocabularies import unlisted_of_signature, unlisted_values
from licmatch.errors import CatalogError, Location

SCHEMA = 1
# Beside the catalogs lives what judging and running a campaign read: verdicts, rules, key tables, rights, calendars, rubrics.
JUDGING_FOLDERS = ("policy", "rules", "licensing", "rights", "programmes", "rubrics", "workflow")
MAX_FILE_BYTES = 8 * 1024 * 1024
_AT_LINE = re.compile(r"at line (\d+)")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One catalog file as it was read: its name for messages and hashing, and its text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Sources:
    """All records of a set of catalog files, in file-name order."""

    families: tuple[tuple[str, str, Family], ...]  # (file, category, family)
    vendors: tuple[Vendor, ...]
    editions: tuple[Edition, ...]
    edition_words: dict[str, tuple[str, ...]]  # word or phrase -> morphemes
    words: WordFile
    signatures: tuple[Signature, ...]
    hash: str  # over names and bytes of all files
    retired: tuple[Retired, ...] = ()
    overrides: tuple[Override, ...] = ()


def catalog_files(roots: Iterable[Traversable | Path]) -> list[SourceFile]:
    """Read every .toml below the roots (folders or single files), sorted by name.

    Raises CatalogError for a file that is too large or not UTF-8.
    """
    found: list[SourceFile] = []
    for name, node in (each for root in roots for each in files_below(root, root.name)):
        raw = node.read_bytes()
        if len(raw) > MAX_FILE_BYTES:
            raise CatalogError(f"larger than {MAX_FILE_BYTES} bytes", where=Location(name))
        try:
            found.append(SourceFile(name, raw.decode("utf-8")))
        except UnicodeDecodeError as error:
            raise CatalogError(f"not UTF-8: {error.reason}", where=Location(name)) from None
    # By the file's own name: the same files give the same order whichever folder they were handed over from.
    return sorted(found, key=lambda file: (file.name.rpartition("/")[2], file.text))


def files_below(node: Traversable | Path, name: str) -> Iterator[tuple[str, Traversable | Path]]:
    """Yield each catalog file at or below a place with its name for messages, in the order of names."""
    if node.is_dir():
        for child in sorted(node.iterdir(), key=lambda item: item.name):
            if not child.name.startswith((".", "__")) and child.name not in JUDGING_FOLDERS:
                yield from files_below(child, f"{name}/{child.name}")
    elif name.endswith(".toml"):
        yield name, node


def holds_catalogs(folder: Path) -> bool:
    """Say whether `catalog_files` finds anything in a folder."""
    return next(files_below(folder, folder.name), None) is not None


def content_hash(files: Sequence[SourceFile]) -> str:
    """Return a hash over the contents, independent of where the files lie and of the order given."""
    digest = hashlib.blake2b(digest_size=16)
    for text in sorted(hashlib.blake2b(file.text.encode(), digest_size=16).digest() for file in files):
        digest.update(text)
    return digest.hexdigest()


def _first_key(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


class _Reader:
    """Reads the kinds of files; what does not fit becomes a fault with its line, and the rest is kept."""

    def __init__(self, file: SourceFile, faults: list[str]) -> None:
        self.file = file
        self._faults = faults
        self._lines: Lines | None = None

    @property
    def lines(self) -> Lines:
        if self._lines is None:  # only a file with a fault is looked through for its lines
            self._lines = Lines(self.file.text)
        return self._lines

    def fault(self, text: str, line: int | None = None, entry: str | None = None) -> None:
        self._faults.append(f"{Location(self.file.name, line, entry)}: {text}")

    def read(self, data: dict[str, Any], kind: type[T]) -> T | None:
        record, faults = read_block(data, kind)
        for path, text in faults:
            among = data.get(path.partition("[")[0])
            self.fault(text, self.lines.of(path, len(among) if isinstance(among, list) else None))
        return record

    def families(self, data: dict[str, Any], lost: set[str]) -> list[tuple[str, str, Family]]:
        """Read family blocks one by one, so that each fault names its family and line."""
        category = data.get("category")
        known = ("schema", "category", "family", "vendor", "defaults")
        for key in data:
            if key not in known:
                self.fault(unknown_key(key, known), self.lines.of(key))
        if not isinstance(category, str):
            self.fault("`category` is missing" if category is None else "`category` should be a text in quotes", self.lines.of("category"))
            category = "?"
        defaults, blocks = data.get("defaults", {}), data.get("family", [])
        if not isinstance(defaults, dict) or not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
            self.fault("`defaults` is a table and `family` a list of tables: [[family]]")
            return []
        found = []
        for at, block in enumerate(blocks):
            # A family may say another category than its file: one file of drafts holds several.
            own = block.pop("category", category)
            identity = block["id"] if isinstance(block.get("id"), str) else "?"
            record, faults = read_block({**defaults, **block}, Family)
            if not isinstance(own, str):
                faults.append(("category", "`category` should be a text in quotes"))
                own = "?"
            if record is not None:
                faults += unlisted_values(record)
                found.append((self.file.name, own, record))
            if record is None or own == "?":
                lost.add(identity)
            inherited = defaults.keys() - block.keys()
            for path, text in faults:
                self._of_family(path, text, at, len(blocks), identity, of_defaults=_first_key(path) in inherited)
        return found

    def _of_family(self, path: str, text: str, at: int, among: int, identity: str, *, of_defaults: bool) -> None:
        if of_defaults:
            # Said once, where it stands, and not of every family.
            self.fault(text, self.lines.table("defaults", _first_key(path)), "defaults")
            return
        line = self.lines.of(f"family[{at}].{path}" if path else f"family[{at}]", among)
        self.fault(text, line or self.lines.naming("family", "id", identity), identity)


@dataclass(frozen=True, slots=True)
class Reading:
    """Catalog files as far as they could be read: their records, their faults, and the slugs of families too broken to be one.

    `sources` is None where the shared word lists are missing.
    """

    sources: Sources | None
    faults: tuple[str, ...]
    lost: frozenset[str]


def read_sources(files: Sequence[SourceFile]) -> Sources:
    """Turn catalog files into records.

    The kind of a file is told by its keys: `family`, `vendor`, `edition`, `signature`, `retired`, `override`, or the shared
    word lists (`role`).
    Raises CatalogError with all faults at once: what is no TOML, unknown keys, values of another type or on no list of values.
    """
    reading = read_what_fits(files)
    if reading.faults or reading.sources is None:
        raise CatalogError("the catalogs have faults:", faults=reading.faults)
    return reading.sources


def read_what_fits(files: Sequence[SourceFile]) -> Reading:
    """Turn catalog files into records as `read_sources` does, leaving out what does not fit; never raises."""
    faults: list[str] = []
    lost: set[str] = set()
    families: list[tuple[str, str, Family]] = []
    vendors: list[Vendor] = []
    editions: list[Edition] = []
    edition_words: dict[str, tuple[str, ...]] = {}
    signatures: list[Signature] = []
    words: WordFile | None = None
    retired: list[Retired] = []
    overrides: list[Override] = []
    for file in files:
        reader = _Reader(file, faults)
        try:
            data = tomllib.loads(file.text)
        except (ValueError, RecursionError) as error:
            # Besides what is no TOML: numbers of thousands of digits, tables inside tables without end.
            placed = _AT_LINE.search(str(error))
            reader.fault(str(error), int(placed[1]) if placed else None)
            continue
        if data.get("schema") != SCHEMA:
            told = f"schema {shown(data['schema'])}, this licmatch reads {SCHEMA}" if "schema" in data else None
            reader.fault(told or f"`schema = {SCHEMA}` is missing", reader.lines.of("schema"))
        elif "family" in data:
            families += reader.families(data, lost)
            # A site's family file may bring the makers it needs.
            own_makers = reader.read({"schema": SCHEMA, "vendor": data.get("vendor", [])}, VendorFile)
            vendors += own_makers.vendor if own_makers else ()
        elif "vendor" in data:
            vendor_file = reader.read(data, VendorFile)
            vendors += vendor_file.vendor if vendor_file else ()
        elif "edition" in data:
            edition_file = reader.read(data, EditionFile)
            if edition_file:
                editions += edition_file.edition
                for listed in edition_file.words.values():
                    edition_words.update(listed)
        elif "signature" in data:
            signature_file = reader.read(data, SignatureFile)
            signatures += signature_file.signature if signature_file else ()
            for signature in signature_file.signature if signature_file else ():
                for key, text in unlisted_of_signature(signature):
                    reader.fault(text, reader.lines.naming("signature", "id", signature.id, key), signature.id)
        elif "retired" in data:
            retired_file = reader.read(data, RetiredFile)
            retired += retired_file.retired if retired_file else ()
        elif "override" in data:
            override_file = reader.read(data, OverrideFile)
            overrides += override_file.override if override_file else ()
        elif "role" in data:
            words = reader.read(data, WordFile) or words
        elif "policy" not in data:
            reader.fault("holds none of family, vendor, edition, signature, retired, override, role, policy")
    if words is None and not faults:
        faults.append("no file with the shared word lists (a table `role`) was found")
    sources = None if words is None else Sources(
        tuple(families),
        tuple(vendors),
        tuple(editions),
        edition_words,
        words,
        tuple(signatures),
        content_hash(files),
        tuple(retired),
        tuple(overrides),
    )  # fmt: skip
    return Reading(sources, tuple(dict.fromkeys(faults)), frozenset(lost))
