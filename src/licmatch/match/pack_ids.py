"""What the ids of a site pack tell: family, numbers and words. "Maker.Product.3.Preview" says which one as well as a name does.

Ids without dots tell nothing beyond themselves, and nothing is asked of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import polars as pl

from licmatch.match.pack_reading import Reading, read_tokens, spell

_BETWEEN_DIGITS = re.compile(r"(?<=\d)_(?=\d)")
_DOT = re.compile(r"\.(?!\d)|(?<!\d)\.|[_-]")


def family_of(identity: str) -> str:
    """Return the family of a dotted package id: maker and product, without edition, release or channel.

    >>> family_of("Maker.Product.Preview")
    'maker.product'
    """
    return ".".join(identity.split(".")[:2]).casefold()


def read_ids(ids: list[str]) -> list[Reading]:
    """Read ids as names: dots and dashes part words, but not the digits of one number.

    >>> [reading] = read_ids(["Maker.DrawingStudio.3_1.Preview"])
    >>> reading.words, reading.numbers, sorted(reading.early)
    (('maker', 'drawing', 'studio'), ('3.1',), ['preview'])
    """
    parted = [_DOT.sub(" ", _BETWEEN_DIGITS.sub(".", identity)) for identity in ids]
    return [read_tokens(padded.split()) for padded in spell(pl.Series(parted, dtype=pl.String)).to_list()]


def family_sizes(ids: Iterable[str]) -> dict[str, int]:
    """Count the ids of each family. An index that renames its products gathers them: the larger family is the newer one."""
    members: dict[str, set[str]] = defaultdict(set)
    for identity in ids:
        members[family_of(identity)].add(identity.casefold())
    return {family: len(found) for family, found in members.items()}
