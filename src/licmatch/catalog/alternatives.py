"""Alternatives in catalog names: "(a|b|) c" stands for "a c", "b c" and "c"."""

from __future__ import annotations

import re
from itertools import product

from licmatch.errors import CatalogError

MAX_EXPANSIONS = 256
_GROUP = re.compile(r"\(([^()]*\|[^()]*)\)")


def expand(pattern: str) -> list[str]:
    """Return every string the pattern stands for, in order; a bracket without `|` is an ordinary bracket.

    Raises CatalogError when it stands for more than `MAX_EXPANSIONS`.

    >>> expand("(windows|win) (10|x)")
    ['windows 10', 'windows x', 'win 10', 'win x']
    >>> expand("(microsoft |)office")
    ['microsoft office', 'office']
    """
    pieces = _GROUP.split(pattern)
    choices = [piece.split("|") if index % 2 else [piece] for index, piece in enumerate(pieces)]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MAX_EXPANSIONS:
        raise CatalogError(f"{pattern!r} stands for {total} names, more than {MAX_EXPANSIONS}", hint="split it into several names")
    return [" ".join("".join(parts).split()) for parts in product(*choices)]
