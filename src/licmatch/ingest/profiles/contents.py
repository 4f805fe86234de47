"""What the cells of a column look like: shares of its distinct values that are versions, dates, paths, known products, known makers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from licmatch.ingest.grid import Grid, is_summary
from licmatch.ingest.values import is_placeholder

# So many records are looked at, and of each column so many distinct values.
RECORDS = 5_000
DISTINCT = 400
_VERSION = re.compile(r"[vV]?\d{1,9}(?:[.,]\d{1,9}){1,5}(?:[-_+. ]?[\w.]{1,20})?")
_DATE = re.compile(
    r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}|(?:19|20)\d{6}(?!\d)|\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d(?!\d)|1\d{9}(?:\d{3})?$"
)
_TURNED = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](?:19|20)\d\d")
_PATH = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\]|/(?:[^/]+/)+")
_CODE = re.compile(r"\{?[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\}?")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|[0-9A-Fa-f:]*::[0-9A-Fa-f:]*")
_HOST = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_.-]{1,62}")
_HEX = re.compile(r"[0-9A-Fa-f]{16,64}")
_NUMBER = re.compile(r"\d{1,12}")


class Recogniser(Protocol):
    """What is asked of an engine: which names are products, which publishers are makers."""

    def match(self, frame: Any, *, name: str) -> Any: ...

    def makers(self, publishers: Sequence[str | None]) -> Mapping[str | None, frozenset[int] | None]: ...


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, its distinct values, and which share of them (0 to 1) looks like what."""

    header: str
    values: tuple[str, ...]
    rows: int
    filled: int
    shares: Mapping[str, float]
    turned: tuple[int, int]  # dates whose first number can only be a day, and whose second can only be one

    def share(self, kind: str) -> float:
        return self.shares.get(kind, 0.0)

    @property
    def repeats(self) -> float:
        """Return how many rows a value has on average."""
        return self.filled / len(self.values) if self.values else 0.0


def columns_of(grid: Grid, engine: Recogniser) -> list[Column]:
    """Return every column of a table with what its cells look like; total and signature rows are not looked at."""
    rows = [row for row in grid.rows[:RECORDS] if not is_summary(row)]
    read: list[tuple[str, list[str]]] = []
    for place, header in enumerate(grid.headers):
        cells = [row[place].strip() for row in rows if place < len(row) and not is_placeholder(row[place])]
        read.append((header, cells))
    distinct = [tuple(dict.fromkeys(cells)) for _, cells in read]
    products, makers = _known([value for values in distinct for value in values[:DISTINCT]], engine)
    return [
        Column(header, values, len(rows), len(cells), _shares(values[:DISTINCT], products, makers), _turned(values))
        for (header, cells), values in zip(read, distinct, strict=True)
    ]


def _known(values: Sequence[str], engine: Recogniser) -> tuple[frozenset[str], frozenset[str]]:
    listed = sorted(set(values))
    told = engine.match(pl.DataFrame({"name": listed}, schema={"name": pl.String}), name="name")
    products = told.filter(pl.col("lm_status") != "unknown")["name"].to_list()
    return frozenset(products), frozenset(value for value, found in engine.makers(listed).items() if value is not None and found)


def _shares(values: Sequence[str], products: frozenset[str], makers: frozenset[str]) -> dict[str, float]:
    if not values:
        return {}
    counts = dict.fromkeys(
        ("version", "date", "path", "code", "address", "host", "hex", "number", "product", "maker", "words", "numbered"), 0
    )
    for value in values:
        kind = _kind(value[:300])
        if kind is not None:
            counts[kind] += 1
        counts["product"] += value in products
        counts["maker"] += value in makers
        counts["numbered"] += kind == "host" and any(sign.isdigit() for sign in value)
        counts["words"] += kind in (None, "host") and any(sign.isalpha() for sign in value)
    return {kind: count / len(values) for kind, count in counts.items()}


def _kind(value: str) -> str | None:
    """Return what a value is written like, the narrowest first.

    >>> [_kind(text) for text in ("10.0.19045", "2021-03-04", "192.0.2.7", "C:\\\\Tools", "PC-0042", "WPS Office 2019", "42")]
    ['version', 'date', 'address', 'path', 'host', None, 'number']
    """
    for kind, pattern, whole in (
        ("address", _ADDRESS, True),
        ("code", _CODE, True),
        ("date", _DATE, False),
        ("path", _PATH, False),
        ("number", _NUMBER, True),
        ("version", _VERSION, True),
        ("hex", _HEX, True),
        ("host", _HOST, True),
    ):
        if pattern.fullmatch(value) if whole else pattern.match(value):
            return kind
    return None


def _turned(values: Sequence[str]) -> tuple[int, int]:
    day_first = month_first = 0
    for value in values:
        match = _TURNED.match(value[:40])
        if match is not None:
            day_first += int(match.group(1)) > 12
            month_first += int(match.group(2)) > 12
    return day_first, month_first
