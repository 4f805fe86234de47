"""What the ids of a site pack tell: family, numbers and words. "Maker.Product.3.Preview" says which one as well as a name does.

Ids without dots tell nothing beyond themselves, and nothing is asked of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from licmatch.match.pack_reading import Reading, is_year, read_names

_BETWEEN_DIGITS = re.compile(r"(?<=\d)_(?=\d)")
_PARTING = re.compile(r"\.(?!\d)|(?<!\d)\.|[_-]")
# "MakerGmbH.Product", but not "Zinc.Product".
_FORMAL = re.compile(r"(?<=[a-z0-9])(?:GmbH|Inc|LLC|Ltd|Limited|Corp|Corporation)$")
_NO_LETTER = re.compile(r"[\W_]+")
# A product or a maker is numbered by year where so many of its dotted numbers are known, and nearly all begin with one.
_YEARS_OF_FAMILY, _YEARS_OF_MAKER, _NEARLY_ALL = 2, 5, 0.8


def family_of(identity: str) -> str:
    """Return the family of a dotted package id: maker and product, without edition, release or channel.

    >>> family_of("Maker.Product.Preview")
    'maker.product'
    """
    return ".".join(identity.split(".")[:2]).casefold()


@dataclass(frozen=True, slots=True)
class IdReading:
    """An id as the pack sees it: what stands behind the maker is read like a name."""

    id: str
    family: str
    maker: str  # squashed, "" for an id without dots
    formal: bool  # the maker stands there with its legal form
    words: tuple[str, ...]
    numbers: tuple[str, ...]
    arch: frozenset[str]
    early: frozenset[str]
    aliases: tuple[str, ...]  # each part behind the maker, squashed


def read_ids(ids: Iterable[str]) -> dict[str, IdReading]:
    """Read ids as names: dots and dashes part words, but not the digits of one number.

    >>> reading = read_ids(["Maker.DrawingStudio.3_1.Preview"])["Maker.DrawingStudio.3_1.Preview"]
    >>> reading.words, reading.numbers, sorted(reading.early), reading.maker
    (('drawing', 'studio'), ('3.1',), ['preview'], 'maker')
    """
    distinct = sorted(set(ids))
    bodies = [identity.partition(".")[2] or identity for identity in distinct]
    parts = sorted({part for identity in distinct for part in identity.split(".")[1:]})
    squashed = dict(zip(parts, _names(parts), strict=True))
    found = {}
    for identity, body in zip(distinct, _names(bodies), strict=True):
        spoken, *behind = identity.split(".")
        aliases = tuple(dict.fromkeys("".join(squashed[part].words) for part in behind))
        maker = _NO_LETTER.sub("", spoken.casefold()) if behind else ""
        formal = bool(behind and _FORMAL.search(spoken))
        read = (body.words, body.numbers, body.arch, body.early)
        found[identity] = IdReading(identity, family_of(identity), maker, formal, *read, aliases)
    return found


def about(identity: IdReading, name: Reading, maker: Iterable[str]) -> IdReading:
    """Return what an id says of the product that has it. The owner's own code says nothing: "site.asset-39" is no release 39.

    An id speaks of its product where it names its maker, or shares a word or a number with its name.
    """
    letters, held = name.spelled, "".join(maker)
    told = identity.maker != "" and (identity.maker in held or identity.maker in letters)
    shared = any(word in name.words or (len(word) > 2 and word in letters) for word in identity.words)
    if told or shared or not set(identity.numbers).isdisjoint(name.numbers):
        return identity
    return replace(identity, words=(), numbers=(), arch=frozenset(), early=frozenset(), aliases=())


def _names(texts: list[str]) -> list[Reading]:
    parted = [_PARTING.sub(" ", _BETWEEN_DIGITS.sub(".", text)) for text in texts]
    return read_names(pl.Series(parted, dtype=pl.String))


def family_sizes(readings: Iterable[IdReading]) -> dict[str, int]:
    """Count the ids of each family. An index that renames its products gathers them: the larger family is the newer one."""
    members: dict[str, set[str]] = defaultdict(set)
    for reading in readings:
        members[reading.family].add(reading.id.casefold())
    return {family: len(found) for family, found in members.items()}


def yearly_ids(known: Iterable[tuple[IdReading, Reading]]) -> frozenset[str]:
    """Return the ids numbered by year, from the numbers in the names of their family, or else of all products of their maker.

    Pre-releases are left out: they often carry build numbers where the release carries a year.
    """
    pairs = list(known)
    families: dict[str, list[bool]] = defaultdict(list)
    makers: dict[str, list[bool]] = defaultdict(list)
    for identity, name in pairs:
        if not identity.early and not name.early:
            dotted = [is_year(number) for number in name.numbers if "." in number]
            families[identity.family] += dotted
            makers[identity.maker] += dotted

    def yearly(flags: list[bool], enough: int) -> bool | None:
        return sum(flags) >= _NEARLY_ALL * len(flags) if len(flags) >= enough else None

    found = set()
    for identity, _ in pairs:
        own = yearly(families[identity.family], _YEARS_OF_FAMILY)
        if own or (own is None and identity.maker and yearly(makers[identity.maker], _YEARS_OF_MAKER)):
            found.add(identity.id)
    return frozenset(found)
