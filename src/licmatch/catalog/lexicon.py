"""The compiled catalog: every word and phrase with what it may mean, and the families it speaks of.

Plain msgspec records: they are stored as msgpack (which cannot execute code) and loaded in milliseconds.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from licmatch.catalog.records import Override, Release, Signature

FORMAT = 10

STRONG, ALONE, WEAK, GENERIC = 4, 3, 2, 1

# A word that may stand anywhere and says nothing against a product.
FREE = 1
TARGET = 2  # for: the product does not follow, its host does
RELEASE_MARK = 4
SERVICE_PACK = 8
PLATFORM = 16
NUMERIC = 32  # the key holds a number: where the family does not know it, it is a version


class Naming(Struct, frozen=True, array_like=True, gc=False):
    """A key is a name of this family, this strong; `role` set: it names a companion of it."""

    family: int
    tier: int
    memory: bool = False
    role: str | None = None


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """Everything one key may mean."""

    names: tuple[Naming, ...] = ()
    blocks: tuple[int, ...] = ()  # families this key only looks like
    releases: dict[int, str] = {}  # family -> release id
    editions: dict[int, str] = {}  # family -> edition id, the family's own words
    tails: tuple[int, ...] = ()  # families that let it follow
    parts: tuple[str, ...] = ()  # edition morphemes
    role: str | None = None
    weak_role: str | None = None
    classes: tuple[str, ...] = ()
    vendors: tuple[int, ...] = ()
    channel: str | None = None
    flags: int = 0
    release_editions: dict[int, dict[str, str]] = {}  # family -> release id -> edition id, where the release decides


class EditionRecord(Struct, frozen=True, array_like=True, gc=False):
    id: str
    title: str
    parts: tuple[str, ...]
    org_use: bool


class BuildRange(Struct, frozen=True, array_like=True, gc=False):
    family: int
    since: tuple[int, ...]
    until: tuple[int, ...] | None


class FamilyRecord(Struct, frozen=True, array_like=True, gc=False):
    """A family ready to be weighed: references are integers, editions are sorted by how much they say."""

    id: str
    slug: str
    category: str
    name: str
    vendor: int
    publishers: tuple[int, ...]
    inside: tuple[int, ...]
    role: str
    licence: str
    origin: str
    editions: tuple[EditionRecord, ...]
    releases: tuple[Release, ...]
    release_numbers: str
    release_prefix: str
    release_from_version: str
    release_in_name: str | None
    builds: tuple[BuildRange, ...]
    channel: str | None
    support_ends: date | None
    file: str
    edition_licences: dict[str, str] = {}
    guest_publishers: tuple[str, ...] = ()  # case folded


class VendorRecord(Struct, frozen=True, array_like=True, gc=False):
    name: str
    category: str | None


class IdentifierRecord(Struct, frozen=True, array_like=True, gc=False):
    family: int
    edition: str | None
    release: str | None
    role: str | None
    channel: str | None


class Compiled(Struct, frozen=True, gc=False):
    """A whole catalog, compiled. `keys[i]` is the padded phrase whose meanings are `entries[i]`."""

    format: int
    normalizer: str
    source_hash: str
    keys: tuple[str, ...]
    entries: tuple[Entry, ...]
    families: tuple[FamilyRecord, ...]
    vendors: tuple[VendorRecord, ...]
    editions: tuple[EditionRecord, ...]
    publishers: dict[str, tuple[int, ...]]  # padded publisher phrase -> vendors
    identifiers: dict[str, IdentifierRecord]  # lower-case identifier, "?" for any character
    class_words: dict[str, tuple[str, ...]]  # category -> padded class nouns, for the witness of unknown names
    signatures: tuple[Signature, ...]
    retired: dict[str, str] = {}  # id -> the living id that stands for it, chains followed
    overrides: tuple[Override, ...] = ()
