"""A site's own catalog, built from a table of id, name, publisher: the pack file, its building, its reading.

A pack is one JSON file that reviews and diffs well and cannot execute code. Rows with the same name and publisher become
one product under the shortest id; the others are kept as its also-ids.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from licmatch.catalog.load import holds_catalogs
from licmatch.errors import CatalogError, Location, UsageError
from licmatch.place import replacing

PACK_FORMAT = 1
ENDING = ".json"
MAX_PACK_BYTES = 256 * 1024 * 1024
_FOLD = {
    "id": "id",
    "winget_id": "id",
    "product_id": "id",
    "编号": "id",
    "name": "name",
    "displayname": "name",
    "名称": "name",
    "软件名称": "name",
    "publisher": "publisher",
    "vendor": "publisher",
    "厂商": "publisher",
    "发布者": "publisher",
    "category": "category",
    "类别": "category",
}


class PackProduct(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    name: str
    publisher: str | None = None
    category: str | None = None
    also_ids: tuple[str, ...] = ()


class PackFile(Struct, frozen=True, forbid_unknown_fields=True):
    licmatch_pack: int
    products: tuple[PackProduct, ...]


@dataclass(frozen=True, slots=True)
class SitePack:
    """A pack as loaded: its products in file order and the hash of its bytes."""

    path: str
    products: tuple[PackProduct, ...]
    hash: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What building did: rows read, products written, rows joined to another, rows left out with their reasons, categories said."""

    rows: int
    products: int
    joined: int
    rejected: tuple[str, ...]
    categories: dict[str, int] = field(default_factory=dict)  # how many products say each category, sorted


def catalog_paths(catalogs: str | Path | Iterable[str | Path]) -> list[Path]:
    """Return the paths of an argument `catalogs`: one path, or several.

    Raises UsageError for what is no path.

    >>> [str(path) for path in catalog_paths("site.json")]
    ['site.json']
    """
    one = isinstance(catalogs, str | os.PathLike)
    if not one and not isinstance(catalogs, Iterable):
        raise UsageError(f"catalogs is {catalogs!r}, which is no path", hint='give a path, or a list of them: catalogs=["site.json"]')
    listed: list[Any] = [catalogs] if one else list(catalogs)  # type: ignore[arg-type]
    for each in listed:
        if not isinstance(each, str | os.PathLike):
            raise UsageError(f"catalogs holds {each!r}, which is no path", hint='give a path, or a list of them: catalogs=["site.json"]')
    return [Path(each) for each in listed]


def split_catalogs(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Tell family files and folders (.toml) from site packs (.json).

    Raises UsageError for a path that does not exist, is neither, or is a folder without any catalog.
    """
    families, packs = [], []
    for path in paths:
        if not path.exists():
            raise UsageError(f"catalog {path} does not exist")
        if path.is_dir() and not holds_catalogs(path):
            raise UsageError(f"{path} holds no catalog", hint="folders are read for .toml files; a pack (.json) is named itself")
        if path.is_dir() or path.suffix == ".toml":
            families.append(path)
        elif path.suffix == ENDING:
            packs.append(path)
        else:
            raise UsageError(
                f"{path} is no catalog", hint="catalogs are .toml files, folders of them, or .json packs made by `licmatch catalog build`"
            )
    return families, packs


def build_pack(table: Path, target: Path) -> BuildReport:
    """Turn a CSV of id, name, publisher (and category) into a pack file; further columns are ignored.

    Raises CatalogError when the table has no id or no name column, or holds no usable row, and UsageError for a target whose name
    does not end in .json, which nobody could load.
    """
    if target.suffix != ENDING:
        raise UsageError(f"{target} would be no pack", hint=f"the name of a pack ends in {ENDING}: {target.with_suffix(ENDING)}")
    joined: dict[tuple[str, str], list[tuple[str, str, str | None, str | None]]] = {}
    rejected: list[str] = []
    rows = 0
    with table.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle)
        try:
            headers = [cell.strip() for cell in next(reader, [])]
            header = {_FOLD[word]: index for index, cell in enumerate(headers) if (word := cell.casefold()) in _FOLD}
            if not {"id", "name"} <= header.keys():
                there = ", ".join(repr(cell[:40]) for cell in headers[:20]) + (" ..." if len(headers) > 20 else "")
                raise CatalogError(
                    f"needs the columns id and name, and has {there or 'none'}",
                    where=Location(str(table), 1), hint="编号 and 名称 are read too, and beside them publisher (厂商) and category (类别)",
                )  # fmt: skip
            for cells in reader:
                rows += 1
                value = {word: (cells[index].strip() if index < len(cells) else "") for word, index in header.items()}
                if not value["id"] or not value["name"]:
                    rejected.append(f"{table}:{reader.line_num}: no {'id' if not value['id'] else 'name'}")
                    continue
                key = (" ".join(value["name"].casefold().split()), " ".join(value.get("publisher", "").casefold().split()))
                joined.setdefault(key, []).append(
                    (value["id"], value["name"], value.get("publisher") or None, value.get("category") or None)
                )
        except (UnicodeDecodeError, csv.Error) as error:
            raise CatalogError(f"is not a UTF-8 CSV: {error}", where=Location(str(table))) from None
    products = []
    for same in joined.values():
        ids = sorted({identity for identity, *_ in same}, key=lambda identity: (len(identity), identity))
        _, name, publisher, category = min(same, key=lambda row: (len(row[0]), row[0]))
        products.append(PackProduct(ids[0], name, publisher, category, tuple(ids[1:])))
    if not products:
        raise CatalogError("holds no usable row", where=Location(str(table)))
    products.sort(key=lambda product: (product.id, product.name))
    with replacing(target) as partial:
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(PackFile(PACK_FORMAT, tuple(products))), indent=1) + b"\n")
    return BuildReport(rows, len(products), rows - len(rejected) - len(products), tuple(rejected), categories_of(products))


def categories_of(products: Iterable[PackProduct]) -> dict[str, int]:
    """Return how many products say each category, sorted by category.

    >>> categories_of([PackProduct("a", "A", category="office"), PackProduct("b", "B")])
    {'office': 1}
    """
    return dict(sorted(Counter(product.category for product in products if product.category).items()))


def load_pack(path: Path) -> SitePack:
    """Read a pack file.

    Raises CatalogError when it is no pack, too large, or of another format.
    """
    if path.stat().st_size > MAX_PACK_BYTES:
        raise CatalogError(f"larger than {MAX_PACK_BYTES} bytes", where=Location(str(path)))
    raw = path.read_bytes()
    try:
        pack = msgspec.json.decode(raw, type=PackFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogError(f"is no licmatch pack: {error}", where=Location(str(path))) from None
    if pack.licmatch_pack != PACK_FORMAT:
        raise CatalogError(f"is a pack of format {pack.licmatch_pack}, this licmatch reads {PACK_FORMAT}", where=Location(str(path)))
    return SitePack(str(path), pack.products, hashlib.blake2b(raw, digest_size=16).hexdigest())
