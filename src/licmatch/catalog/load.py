"""Reading catalog files: TOML into records, every fault found in one go, with file and line."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

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
from licmatch.errors import CatalogError, Location

SCHEMA = 1
# Beside the catalogs lives what judging and running a campaign read: verdicts, rules, key tables, rights, calendars, rubrics.
JUDGING_FOLDERS = ("policy", "rules", "licensing", "rights", "programmes", "rubrics", "workflow")
MAX_FILE_BYTES = 8 * 1024 * 1024
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


def content_hash(files: Sequence[SourceFile]) -> str:
    """Return a hash over the contents, independent of where the files lie and of the order given."""
    digest = hashlib.blake2b(digest_size=16)
    for text in sorted(hashlib.blake2b(file.text.encode(), digest_size=16).digest() for file in files):
        digest.update(text)
    return digest.hexdigest()


def _line_of(text: str, words: str) -> int | None:
    position = text.find(f'"{words}"')
    return None if position < 0 else text.count("\n", 0, position) + 1


def _convert(file: SourceFile, data: dict[str, Any], kind: type[T], faults: list[str]) -> T | None:
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        faults.append(f"{file.name}: {error}")
        return None


def _families(file: SourceFile, data: dict[str, Any], faults: list[str]) -> list[tuple[str, str, Family]]:
    """Read family blocks one by one, so that each fault names its family and line."""
    category = data.get("category")
    known = {"schema", "category", "family", "vendor", "defaults"}
    for key in data.keys() - known:
        faults.append(f"{file.name}: unknown key {key!r}")
    if not isinstance(category, str):
        faults.append(f"{file.name}: `category` is missing")
        return []
    defaults, blocks = data.get("defaults", {}), data.get("family", [])
    if not isinstance(defaults, dict) or not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        faults.append(f"{file.name}: `defaults` is a table and `family` a list of tables: [[family]]")
        return []
    found = []
    for block in blocks:
        try:
            # A family may say another category than its file: one file of drafts holds several.
            own = str(block.pop("category", category))
            found.append((file.name, own, msgspec.convert({**defaults, **block}, Family)))
        except msgspec.ValidationError as error:
            identity = str(block.get("id", "?"))
            line = _line_of(file.text, identity)
            faults.append(f"{Location(file.name, line, identity)}: {error}")
    return found


def read_sources(files: Sequence[SourceFile]) -> Sources:
    """Turn catalog files into records.

    The kind of a file is told by its keys: `family`, `vendor`, `edition`, `signature`, `retired`, `override`, or the shared
    word lists (`role`).
    Raises CatalogError with all faults at once.
    """
    faults: list[str] = []
    families: list[tuple[str, str, Family]] = []
    vendors: list[Vendor] = []
    editions: list[Edition] = []
    edition_words: dict[str, tuple[str, ...]] = {}
    signatures: list[Signature] = []
    words: WordFile | None = None
    retired: list[Retired] = []
    overrides: list[Override] = []
    for file in files:
        try:
            data = tomllib.loads(file.text)
        except (ValueError, RecursionError) as error:
            # Besides what is no TOML: numbers of thousands of digits, tables inside tables without end.
            faults.append(f"{file.name}: {error}")
            continue
        if data.get("schema") != SCHEMA:
            faults.append(f"{file.name}: schema {data.get('schema')!r}, this licmatch reads {SCHEMA}")
        elif "family" in data:
            families += _families(file, data, faults)
            # A site's family file may bring the makers it needs.
            own_makers = _convert(file, {"schema": SCHEMA, "vendor": data.get("vendor", [])}, VendorFile, faults)
            vendors += own_makers.vendor if own_makers else ()
        elif "vendor" in data:
            vendor_file = _convert(file, data, VendorFile, faults)
            vendors += vendor_file.vendor if vendor_file else ()
        elif "edition" in data:
            edition_file = _convert(file, data, EditionFile, faults)
            if edition_file:
                editions += edition_file.edition
                for listed in edition_file.words.values():
                    edition_words.update(listed)
        elif "signature" in data:
            signature_file = _convert(file, data, SignatureFile, faults)
            signatures += signature_file.signature if signature_file else ()
        elif "retired" in data:
            retired_file = _convert(file, data, RetiredFile, faults)
            retired += retired_file.retired if retired_file else ()
        elif "override" in data:
            override_file = _convert(file, data, OverrideFile, faults)
            overrides += override_file.override if override_file else ()
        elif "role" in data:
            words = _convert(file, data, WordFile, faults) or words
        elif "policy" not in data:
            faults.append(f"{file.name}: holds none of family, vendor, edition, signature, retired, override, role, policy")
    if words is None and not faults:
        faults.append("no file with the shared word lists (a table `role`) was found")
    if faults or words is None:
        raise CatalogError("the catalogs have faults:", faults=tuple(faults))
    return Sources(
        tuple(families),
        tuple(vendors),
        tuple(editions),
        edition_words,
        words,
        tuple(signatures),
        content_hash(files),
        tuple(retired),
        tuple(overrides),
    )
