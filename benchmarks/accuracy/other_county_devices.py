"""One device of the other county while it is being told: what the collector saw, and what an examiner would make of each fact.

A *mark* is a fact that speaks for unlicensed use: the categories it speaks about, how far an examiner goes by hand, and which
cells it stands in. Collectors miss things, so rows and cells are lost after the story is told; a mark whose cells are gone counts no more.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from licmatch import schema

WEIGHTS = ("indication", "strong", "conclusive")
Row = dict[str, object]

# How much of a device its collector brought home, and how often: all, or without activations, without traces, programs alone, with holes.
COLLECTIONS = {"all": 45, "no_activations": 13, "no_traces": 13, "programs_only": 8, "holes": 21}
HOLES_ROW, HOLES_CELL = 0.3, 0.25
KEPT_CELLS = {"device_id", "name", "application", "product_name", "kind", "value", "unit_id", "hostname"}

TRADITIONAL = str.maketrans("专业强办马风数权", "專業強辦馬風數權")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def odd(rng: random.Random, text: str, chance: float = 0.25) -> str:
    """Return the text as somebody else may have typed it: full width, other case, traditional, stray blanks, zero-width joined."""
    if rng.random() >= chance:
        return text
    way = rng.randrange(6)
    if way == 0:
        return text.translate(FULL_WIDTH)
    if way == 1:
        return text.upper()
    if way == 2:
        return text.lower()
    if way == 3:
        return text.translate(TRADITIONAL)
    if way == 4:
        return "  " + text.replace(" ", "   ") + " "
    return text[:2] + "\u200b" + text[2:]


def odd_undone(text: str) -> str:
    """Return the text without what `odd` did to its Latin letters."""
    return unicodedata.normalize("NFKC", text).replace("\u200b", "").lower()


def odd_path(rng: random.Random, path: str, chance: float = 0.3) -> str:
    """Return the same place in another tool's spelling."""
    if rng.random() >= chance:
        return path
    way = rng.randrange(4)
    if way == 0:
        return path.lower()
    if way == 1:
        return path.upper()
    if way == 2:
        return path.replace("C:\\Program Files\\", "%ProgramFiles%\\").replace("C:\\Windows\\", "%SystemRoot%\\")
    return path.replace("C:\\", "D:\\", 1) if "Windows" not in path else path.replace("C:\\", "\\\\?\\C:\\", 1)


@dataclass
class Mark:
    categories: tuple[str, ...]
    weight: str
    what: str
    cells: list[tuple[Row, tuple[str, ...]]]  # all of them must be left


@dataclass
class Device:
    """What one device shows. `pirated`: the categories that its story cracked, whether or not anything shows it."""

    rng: random.Random
    device_id: str
    unit_id: str
    story: str
    pirated: tuple[str, ...] = ()
    facts: Row = field(default_factory=dict)
    software: list[Row] = field(default_factory=list)
    activations: list[Row] = field(default_factory=list)
    traces: list[Row] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def program(self, name: str, publisher: str | None = None, version: str | None = None, *, mark: str | None = None) -> Row:
        """Add an installed program; `mark` is the weight of its mere presence for the categories the story cracked."""
        row: Row = {"device_id": self.device_id, "name": name, "publisher": publisher, "version": version}
        self.software.append(row)
        self.tell(mark, f"program {name!r}", (row, ("name",)))
        return row

    def trace(self, kind: str, value: str, *, mark: str | None = None, seen_at: str | None = None) -> Row:
        row: Row = {"device_id": self.device_id, "kind": kind, "value": value, "seen_at": seen_at}
        self.traces.append(row)
        self.tell(mark, f"{kind} {value!r}", (row, ("value",)))
        return row

    def activation(self, application: str, product_name: str, **cells: object) -> Row:
        row: Row = {"device_id": self.device_id, "application": application, "product_name": product_name, **cells}
        self.activations.append(row)
        return row

    def tell(self, weight: str | None, what: str, *cells: tuple[Row, tuple[str, ...]], categories: tuple[str, ...] = ()) -> None:
        """Note that these cells together speak for unlicensed use of the categories (of the story, if none are named)."""
        if weight is not None and (categories or self.pirated):
            self.marks.append(Mark(categories or self.pirated, weight, what, list(cells)))

    def lose(self) -> str:
        """Take away what the collector missed; return the kind of collection."""
        way = self.rng.choices(tuple(COLLECTIONS), weights=tuple(COLLECTIONS.values()))[0]
        if way in ("no_activations", "programs_only"):
            self._drop(self.activations, 1.0)
        if way in ("no_traces", "programs_only"):
            self._drop(self.traces, 1.0)
        if way == "holes":
            for rows in (self.activations, self.traces, self.software):
                self._drop(rows, HOLES_ROW)
            for row in (*self.activations, *self.traces, *self.software, self.facts):
                for name in row:
                    if name not in KEPT_CELLS and self.rng.random() < HOLES_CELL:
                        row[name] = None
        if self.rng.random() < 0.03:
            self.facts["os_name"] = None
        return way

    def _drop(self, rows: list[Row], share: float) -> None:
        for row in rows:
            if self.rng.random() < share:
                row["gone"] = True
        rows[:] = [row for row in rows if "gone" not in row]

    def standing(self) -> list[Mark]:
        """Return the marks whose cells are all left."""
        return [m for m in self.marks if all("gone" not in row and all(row.get(c) is not None for c in names) for row, names in m.cells)]

    def examined(self, category: str) -> str | None:
        """Return how far an examiner would go on this category with what is left; None where nothing speaks or no copy is seen."""
        named = ("office", "wps", "microsoft 365")
        seen = any(word in odd_undone(str(row["name"])) for row in self.software for word in named) or any(
            row["application"] == "office" for row in self.activations
        )
        if category == "office" and not seen:
            return None
        found = [m.weight for m in self.standing() if category in m.categories]
        return max(found, key=WEIGHTS.index) if found else None


def frame(rows: Iterable[Row], columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """Return the rows under the published columns; what a story does not say is null."""
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=columns)


def frames(devices: list[Device]) -> dict[str, pl.DataFrame]:
    """Return the four frames of these devices."""
    return {
        "software": frame((row for d in devices for row in d.software), schema.SOFTWARE),
        "devices": frame((d.facts for d in devices), schema.DEVICES),
        "activations": frame((row for d in devices for row in d.activations), schema.ACTIVATIONS),
        "traces": frame((row for d in devices for row in d.traces), schema.TRACES),
    }
