"""Unknown names as drafts of catalog entries: names that differ only in numbers are one product, ranked by the devices they stand on.

A draft is a beginning, not a decision: the maker and the name are read off the strings, the category is the one its names hold open.
Without such a witness a draft says `other` and `tool`, so that loading it makes nothing need a licence before somebody has looked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl
from rapidfuzz import fuzz

from licmatch.match.examples import HEADER
from licmatch.normalize.name_steps import normalize

NO_CATEGORY = "other"
NO_MAKER = "Unknown maker"
ALIKE = 92.0  # rapidfuzz ratio of two spellings of one name, within one block
_NUMBER = re.compile(r"v?\d[\w.]*\Z")
_SAYS_NOTHING = frozenset(("(", ")", "&", "v", "x", "bit", "version", "ver", "版本", "x64", "x86", "amd64", "arm64"))
_TAIL = re.compile(r"[\s\-_(（,]*(?:v|ver\.?|version|版本)?\s*\d[\d.]*[)）]?\s*(?:\((?:x64|x86|64-bit|32-bit)\))?\s*$", re.IGNORECASE)
MAX_NAME = 200
_HEAD = "# Drafts from unknown names. Look at each: name, maker, category, role, licence. Then add releases and editions."


@dataclass(frozen=True, slots=True)
class Cluster:
    """Names taken for one product: `words` in their order, the raw (name, publisher, version) rows, devices and rows in all."""

    words: str
    title: str
    maker: str | None
    category: str | None
    members: tuple[tuple[str, str | None, str | None], ...]
    devices: int
    rows: int


def cluster_unknown(unknown: pl.DataFrame) -> list[Cluster]:
    """Group the unknown names of a result (columns of `schema.UNKNOWN`), most devices first, then by words.

    Names with the same words without numbers are one; within a block (same first word, same maker) also those spelled nearly alike.
    Devices are summed over names, so a device with two of them counts twice.
    """
    listed = unknown.filter((pl.col("lm_status") == "unknown") & (pl.col("name").str.len_chars() <= MAX_NAME)).sort(
        "devices", "rows", "name", "publisher", "version", descending=[True, True, False, False, False], nulls_last=True
    )
    groups: dict[str, list[dict[str, object]]] = defaultdict(list)
    for padded, row in zip(normalize(listed["name"]).to_list(), listed.iter_rows(named=True), strict=True):
        words = [token for token in padded.split() if token not in _SAYS_NOTHING and not _NUMBER.match(token)]
        if any(len(word) > 1 or not word.isascii() for word in words):
            groups[" ".join(words)].append(row)
    found = [_cluster(words, [row for key in keys for row in groups[key]]) for words, keys in _joined(groups)]
    return sorted(found, key=lambda cluster: (-cluster.devices, -cluster.rows, cluster.words))


def _joined(groups: dict[str, list[dict[str, object]]]) -> Iterable[tuple[str, list[str]]]:
    """Yield (words, group keys): groups of one block that are spelled nearly alike go to the largest of them."""
    blocks: dict[tuple[str, object], list[str]] = defaultdict(list)
    for key, rows in groups.items():
        blocks[key.split()[0], rows[0]["publisher"]].append(key)
    for keys in blocks.values():
        heads: dict[str, list[str]] = {}
        for key in keys:
            near = next((head for head in heads if fuzz.ratio(head, key) >= ALIKE), None)
            heads.setdefault(key if near is None else near, []).append(key)
        yield from heads.items()


def _cluster(words: str, rows: list[dict[str, object]]) -> Cluster:
    def first(column: str) -> str | None:
        return next((str(row[column]) for row in rows if row[column] is not None), None)

    raw = str(rows[0]["name"])
    title = " ".join(_TAIL.sub("", raw).split()) or raw
    members = tuple((str(row["name"]), _text(row["publisher"]), _text(row["version"])) for row in rows)
    return Cluster(words, title, first("publisher"), first("category"), members, _sum(rows, "devices"), _sum(rows, "rows"))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _sum(rows: list[dict[str, object]], column: str) -> int:
    return sum(value for row in rows if isinstance(value := row[column], int))


def entry_id(cluster: Cluster, taken: Collection[str]) -> str:
    """Return a slug for a cluster that is not taken: its ASCII words, else a short hash of its words."""
    words = "-".join(re.findall(r"[a-z0-9]+", cluster.words.casefold()))
    plain = len(words) * 2 > len(cluster.words)
    slug = words if plain else f"name-{hashlib.blake2b(cluster.words.encode(), digest_size=4).hexdigest()}"
    number = 2
    while (candidate := slug if number == 2 else f"{slug}-{number - 1}") in taken:
        number += 1
    return candidate


def draft_entries(clusters: Iterable[Cluster], makers: dict[str, str], taken: Collection[str]) -> tuple[str, list[tuple[str, ...]]]:
    """Return the text of a family file and the lines of its examples file, header first.

    `makers` maps publishers that are known to their canonical names; others are brought along as makers of their own. `taken` are the
    slugs that exist already.
    """
    new_makers: dict[str, str] = {}
    blocks: list[str] = []
    examples: list[tuple[str, ...]] = [tuple(HEADER)]
    used = set(taken)
    for cluster in clusters:
        slug = entry_id(cluster, used)
        used.add(slug)
        known = makers.get(cluster.maker or "")
        maker = known or cluster.maker or NO_MAKER
        if known is None:
            new_makers.setdefault(maker, cluster.maker or "")
        category = cluster.category or NO_CATEGORY
        role = "product" if cluster.category else "tool"
        lines = [
            f"# {cluster.devices} devices, {cluster.rows} rows, {len(cluster.members)} names",
            "[[family]]",
            f"category = {_toml(category)}",
            f"id = {_toml(slug)}",
            f"name = {_toml(cluster.title)}",
            f"vendor = {_toml(maker)}",
            f"role = {_toml(role)}",
            'licence = "unknown"',
            f"{'names' if ' ' in cluster.words else 'alone'} = [{_toml(cluster.words)}]",
        ]
        blocks.append("\n".join(lines))
        expect = f"{category}.{slug}" if cluster.category else f"role:{role}"
        for name, publisher in dict.fromkeys((name, publisher or "") for name, publisher, _ in cluster.members):
            if not any(sign in cell for cell in (name, publisher) for sign in "\t\r\n"):
                examples.append((name, publisher, "", expect, "verified", "seen in an inventory, not judged yet"))
    vendors = [
        f"[[vendor]]\nname = {_toml(maker)}" + (f"\npublishers = [{_toml(publisher)}]" if publisher else "")
        for maker, publisher in new_makers.items()
    ]
    head = f"{_HEAD}\nschema = 1\ncategory = {_toml(NO_CATEGORY)}"
    # A file without any family still says what kind of file it is.
    return "\n\n".join([head if blocks else f"{head}\nfamily = []", *blocks, *vendors]) + "\n", examples


def _toml(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps("".join(sign for sign in text if sign.isprintable()), ensure_ascii=False)
