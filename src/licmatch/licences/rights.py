"""The rights data: which line a product is of, what a licence reaches besides its own product, what proves it. Read and checked here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from licmatch.errors import CatalogError, Location

KINDS = ("oem", "trial", "free", "allocated", "subscription", "site", "retail", "volume", "purchased")
RIGHT_KINDS = ("same", "downgrade", "upgrade", "edition_down", "suite", "cross_platform", "subscription")


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A release of a line; without `released` maintenance never reaches it."""

    id: str
    released: date | None = None
    support_ends: date | None = None


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Families that are one thing to a licence, and their releases from old to new."""

    id: str
    pattern: str
    releases: tuple[Release, ...] = ()


class Editions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Editions that are one thing to a licence, by prefix, and those that license no organisation."""

    prefixes: tuple[tuple[str, str], ...]
    never: tuple[str, ...]
    never_why: str


class Right(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which copies a lot covers. Empty conditions hold for all; `sources` say where that is written."""

    id: str
    kind: str
    sources: tuple[str, ...]
    example: tuple[Example, ...]
    lot_lines: tuple[str, ...] = ()
    lot_families: tuple[str, ...] = ()
    copy_lines: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    lot_editions: tuple[str, ...] = ()
    copy_editions: tuple[str, ...] = ()
    lot_releases: tuple[str, ...] = ()
    copy_releases: tuple[str, ...] = ()
    any_edition: bool = False
    while_supported: bool = False
    documents: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


class Side(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product in an example."""

    family: str
    edition: str | None = None
    release: str | None = None
    kind: str = "volume"
    maintenance_to: date | None = None


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether this very right holds for a lot and a copy on a day."""

    lot: Side
    copy: Side
    as_of: date
    holds: bool


class UpgradeOnly(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Licences of a line that need a full licence on the computer first, and what counts as one."""

    line: str
    kinds: tuple[str, ...]
    qualifying_kinds: tuple[str, ...]
    qualifying_editions: tuple[str, ...]
    sources: tuple[str, ...]


class SecondUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Licences that let one person use several computers."""

    id: str
    line: str
    kinds: tuple[str, ...]
    metrics: tuple[str, ...]
    devices: int
    sources: tuple[str, ...]
    editions: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    families: tuple[str, ...] = ()


class KindOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the channel, the metric and an agreement make a lot; the first that fits decides."""

    id: str
    channels: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    agreement: bool = False


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of document and the words that name it."""

    id: str
    words: tuple[str, ...]


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What suffices for a kind of licence: one of the sets of documents, and cells that must be filled."""

    kind: str
    sets: tuple[tuple[str, ...], ...]
    cells: tuple[str, ...] = ()


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a metric counts."""

    id: str
    unlimited: bool = False
    more: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    line: tuple[Line, ...] = ()
    editions: Editions | None = None
    right: tuple[Right, ...] = ()
    upgrade_only: tuple[UpgradeOnly, ...] = ()
    second_use: tuple[SecondUse, ...] = ()
    kind: tuple[KindOf, ...] = ()
    document: tuple[Document, ...] = ()
    proof: tuple[Proof, ...] = ()
    metric: tuple[Metric, ...] = ()


@dataclass(frozen=True)
class Rights:
    """Everything the rights files say. Immutable; `rights` are in order of preference, `same` first."""

    lines: tuple[Line, ...]
    editions: Editions
    rights: tuple[Right, ...]
    upgrade_only: tuple[UpgradeOnly, ...]
    second_use: tuple[SecondUse, ...]
    kinds: tuple[KindOf, ...]
    documents: tuple[Document, ...]
    proofs: Mapping[str, Proof]
    metrics: Mapping[str, Metric]

    @cached_property
    def patterns(self) -> tuple[tuple[re.Pattern[str], Line], ...]:
        """The lines with their patterns, compiled."""
        return tuple((re.compile(line.pattern), line) for line in self.lines)


def load_rights(folder: Path | None = None) -> Rights:
    """Return the rights of a folder of TOML files, the built-in ones without.

    Raises `CatalogError` with every fault found: files that are no rights, unknown words, ids said twice.

    >>> load_rights().rights[0].id
    'same'
    """
    root = files("licmatch_catalogs") / "rights" if folder is None else folder
    read: list[_File] = []
    faults: list[str] = []
    for file in sorted((entry for entry in root.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name):
        try:
            read.append(msgspec.convert(_parsed(file.read_text(encoding="utf-8")), _File))
        except (ValueError, RecursionError, msgspec.ValidationError) as error:
            faults.append(f"{file.name}: {error}")
    editions = [file.editions for file in read if file.editions is not None]
    if not faults and len(editions) != 1:
        faults.append("exactly one file must have the table [editions]")
    if not faults:
        faults = _faults(read)
    if faults:
        raise CatalogError("The rights cannot be used", faults=tuple(faults), where=Location(str(root)))
    return Rights(
        lines=tuple(line for file in read for line in file.line),
        editions=editions[0],
        rights=tuple(sorted((right for file in read for right in file.right), key=lambda right: RIGHT_KINDS.index(right.kind))),
        upgrade_only=tuple(one for file in read for one in file.upgrade_only),
        second_use=tuple(one for file in read for one in file.second_use),
        kinds=tuple(one for file in read for one in file.kind),
        documents=tuple(one for file in read for one in file.document),
        proofs={one.kind: one for file in read for one in file.proof},
        metrics={one.id: one for file in read for one in file.metric},
    )


@cache
def built_in_rights() -> Rights:
    """Return the built-in rights, read once."""
    return load_rights()


def _parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def _faults(read: list[_File]) -> list[str]:
    found = [f"schema {file.schema} is unknown" for file in read if file.schema != 1]
    rights = [right for file in read for right in file.right]
    documents = {one.id for file in read for one in file.document}
    ids = [one.id for one in rights] + [one.id for file in read for one in file.second_use]
    found += [f"{one}: said twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    for right in rights:
        if right.kind not in RIGHT_KINDS:
            found.append(f"{right.id}: kind '{right.kind}' is none of {', '.join(RIGHT_KINDS)}")
        found += [f"{right.id}: unknown kind of licence '{kind}'" for kind in right.kinds if kind not in KINDS]
        found += [f"{right.id}: unknown document '{one}'" for one in right.documents if one not in documents]
        if {example.holds for example in right.example} != {True, False}:
            found.append(f"{right.id}: needs an example that holds and one that does not")
    for file in read:
        for proof in file.proof:
            found += [f"proof of {proof.kind}: unknown document '{one}'" for each in proof.sets for one in each if one not in documents]
        for line in file.line:
            try:
                re.compile(line.pattern)
            except re.error as error:
                found.append(f"{line.id}: pattern: {error}")
        found += [f"{one.id}: devices must be 2 or more" for one in file.second_use if one.devices < 2]
    return found
