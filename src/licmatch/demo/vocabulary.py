"""Entries as integer-keyed tables: a title is an entry, a key is one of its versions, and rows of dumps are joined by them."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from licmatch.demo.damage import as_ansi, as_ascii, damaged
from licmatch.demo.draw import Draw
from licmatch.demo.entry import Entry

TRUTH_COLUMNS = ("category", "vendor", "family", "edition", "release", "role")
MEDIA = ("unicode", "ansi", "ascii")  # what the file a row is written to can hold
_ANSI_HEALS = ("mojibake", "no-break space")  # damage that cannot be written in the ANSI code page: the name is sound there


class Vocabulary:
    """All entries of one generated estate; adding an entry twice gives the same title."""

    def __init__(self) -> None:
        self._titles: dict[Entry, int] = {}
        self._first_keys: list[int] = [0]

    def title(self, entry: Entry) -> int:
        """Return the entry's number, giving it one if it has none."""
        number = self._titles.get(entry)
        if number is None:
            number = self._titles[entry] = len(self._titles)
            self._first_keys.append(self._first_keys[-1] + len(entry.versions))
        return number

    def add(self, entries: Iterable[Entry]) -> list[int]:
        """Return the numbers of the entries, in their order."""
        return [self.title(entry) for entry in entries]

    @property
    def keys(self) -> int:
        """The number of (name, publisher, version) there are."""
        return self._first_keys[-1]

    def titles(self) -> pl.DataFrame:
        """Return title, first_key and versions (u32, u32, u32), one row a title in order."""
        counts = [len(entry.versions) for entry in self._titles]
        return pl.DataFrame(
            {"title": range(len(counts)), "first_key": self._first_keys[:-1], "versions": counts},
            schema={"title": pl.UInt32, "first_key": pl.UInt32, "versions": pl.UInt32},
        )

    def plain(self) -> pl.DataFrame:
        """Return key, title, name, publisher and version, one row a key in order."""
        rows = [(number, entry.name, entry.publisher, version) for entry, number in self._titles.items() for version in entry.versions]
        frame = pl.DataFrame(
            rows, schema={"title": pl.UInt32, "name": pl.String, "publisher": pl.String, "version": pl.String}, orient="row"
        )
        return frame.with_row_index("key")

    def facts(self) -> pl.DataFrame:
        """Return title, location, the truth columns and tool, one row a title in order."""
        rows = [
            (
                number,
                entry.location,
                *(
                    (
                        entry.truth.category,
                        entry.truth.vendor,
                        entry.truth.family,
                        entry.truth.edition or None,
                        entry.truth.release,
                        entry.truth.role,
                    )
                    if entry.truth
                    else (None,) * 6
                ),
                entry.tool,
            )
            for entry, number in self._titles.items()
        ]
        return pl.DataFrame(
            rows,
            schema={"title": pl.UInt32, "location": pl.String, **dict.fromkeys(TRUTH_COLUMNS, pl.String), "tool": pl.String},
            orient="row",
        )

    def written(self, seed: int) -> pl.DataFrame:
        """Return how each key reads in each medium, sound and spoilt: spelling (u32), name, publisher, version, damage.

        A spelling is 6 * key + 2 * medium + spoilt.
        """
        draw = Draw(seed, "damage")
        rows: list[tuple[str, str | None, str | None, str | None]] = []
        for entry in self._titles:
            spoilt, damage = damaged(entry.name, draw)
            in_ansi = (as_ansi(entry.name), None) if damage in _ANSI_HEALS else (as_ansi(spoilt), damage)
            in_ascii = (as_ascii(entry.name), None if entry.name.isascii() else "lossy")
            spellings = ((entry.name, None), (spoilt, damage), (as_ansi(entry.name), None), in_ansi, in_ascii, in_ascii)
            publishers = (
                [entry.publisher] * 6
                if entry.publisher is None
                else [form(entry.publisher) for form in (str, str, as_ansi, as_ansi, as_ascii, as_ascii)]
            )
            rows += [
                (name, publisher, version, kind)
                for version in entry.versions
                for (name, kind), publisher in zip(spellings, publishers, strict=True)
            ]
        return pl.DataFrame(
            rows, schema={"name": pl.String, "publisher": pl.String, "version": pl.String, "damage": pl.String}, orient="row"
        ).with_row_index("spelling")
