"""Reads tables by mapping profiles: which profile a file is of, its rows under canonical names, and what was kept out and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from licmatch.errors import InputError, Location, UsageError
from licmatch.ingest.document import Document
from licmatch.ingest.gather import NO_DEVICE, NO_DEVICE_HERE, Gather
from licmatch.ingest.grid import Grid
from licmatch.ingest.headers import plain_header
from licmatch.ingest.lazy_table import refuse_counts
from licmatch.ingest.profiles.profile import COLUMNS, Profile
from licmatch.ingest.profiles.tables import Found, tables_with
from licmatch.ingest.reader import Reader
from licmatch.ingest.readers.table import fill_down, take_cells
from licmatch.ingest.records import FormatInfo, Notice
from licmatch.ingest.values import is_placeholder

# Day, month and year with the time that may follow.
_DATE = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")


@dataclass(slots=True)
class Profiles:
    """The profiles of one run, and which of them were of use."""

    profiles: tuple[Profile, ...] = ()
    used: set[str] = field(default_factory=set)

    def profile_of(self, doc: Document, format: str | None = None) -> Profile | None:
        """Return the profile a file is of, with `format` the one of that id; or None. UsageError where two are equally sure."""
        if format is not None:
            return next((each for each in self.profiles if each.id == format), None)
        fitting = [profile for profile in self.profiles if tables_with(doc, profile.fits, profile.records)[0]]
        if not fitting:
            return None
        surest = max(len(profile.headers()) for profile in fitting)
        best = [profile for profile in fitting if len(profile.headers()) == surest]
        if len(best) > 1:
            raise UsageError(
                f"the mapping profiles {', '.join(profile.id for profile in best)} both fit",
                where=Location(doc.label),
                hint="name one of them with --profile, or let known_by of one name a header that the other lacks",
            )
        return best[0]

    def reader_of(self, doc: Document, format: str | None) -> Reader | None:
        """Return the reader of the profile a file is of; with `format` only the profile of that id, or None where none has it."""
        profile = self.profile_of(doc, format)
        if profile is None:
            return None
        self.used.add(profile.id)
        return reader_of(profile)

    def notices(self) -> tuple[Notice, ...]:
        """Return what a person should know where profiles were given and none of them was of use."""
        if not self.profiles or self.used:
            return ()
        return (Notice("PROFILE_NOT_USED", "", len(self.profiles), ", ".join(profile.id for profile in self.profiles[:10])),)


def reader_of(profile: Profile) -> Reader:
    """Return a reader that reads by this profile."""

    def detect(doc: Document) -> float:
        return 1.0 if tables_with(doc, profile.fits, profile.records)[0] else 0.0

    def read(doc: Document, gather: Gather) -> None:
        tables, others = tables_with(doc, profile.fits, profile.records)
        if not tables:
            raise InputError(
                f"the file has no header that the mapping profile {profile.id} is known by",
                where=Location(doc.label),
                hint="it needs " + ", ".join(dict.fromkeys((*profile.known_by, *profile.columns.values(), *profile.keep))),
            )
        for table in tables:
            _take(doc, gather, profile, table)
        for name in others:
            gather.notice("SHEET_NOT_READ", doc.label, 1, name)

    return Reader(FormatInfo(profile.id, profile.title or profile.id, ("software", "devices")), detect, read)


def own_headers(profile: Profile, headers: Sequence[str]) -> dict[str, str]:
    """Return canonical column -> header as this table spells it."""
    spelled: dict[str, str] = {}
    for header in headers:
        spelled.setdefault(plain_header(header), header)
    return {column: header if header in headers else spelled[plain_header(header)] for column, header in profile.columns.items()}


def _take(doc: Document, gather: Gather, profile: Profile, table: Found) -> None:
    grid, found = table.grid, own_headers(profile, table.grid.headers)
    refuse_counts(doc.label, grid.headers, found)
    filled = fill_down(grid, found)
    if filled:
        gather.notice("FILLED_DOWN", doc.label, filled)
    if profile.date_order != "year first" and "install_date" in found:
        _turn_dates(grid, found["install_date"], day_first=profile.date_order == "day first")
    # Whoever said which column names the computer did not mean the file to, where that column is empty.
    nameless = _nameless(grid, found) if profile.device == "columns" and not gather.ignores_content else {}
    take_cells(
        doc,
        gather,
        grid,
        profile.id,
        found,
        refused=nameless | dict(_not_kept(profile, grid)),
        reserved=COLUMNS,
        by_folder=profile.device == "folder",
        whole=profile.software_list == "whole",
    )


def _nameless(grid: Grid, found: Mapping[str, str]) -> dict[int, str]:
    """Return the records with a program and no computer."""
    cells = [grid.column(found[column]) for column in ("device_id", "hostname") if column in found]
    told = any(not is_placeholder(cell) for column in cells for cell in column)
    return {
        place: NO_DEVICE_HERE if told else NO_DEVICE
        for place, name in enumerate(grid.column(found["name"]))
        if not is_placeholder(name) and all(is_placeholder(column[place]) for column in cells)
    }


def _not_kept(profile: Profile, grid: Grid) -> Iterable[tuple[int, str]]:
    for header, values in profile.keep.items():
        at = next(place for place, own in enumerate(grid.headers) if plain_header(own) == plain_header(header))
        kept = {value.strip().casefold() for value in values}
        for place, row in enumerate(grid.rows):
            cell = row[at].strip() if at < len(row) else ""
            if cell.casefold() not in kept:
                yield place, f"{header} is {cell[:80]!r}, which the mapping profile does not keep"


def _turn_dates(grid: Grid, header: str, *, day_first: bool) -> None:
    at = grid.headers.index(header)
    for row in grid.rows:
        match = _DATE.match(row[at][:40]) if at < len(row) else None
        if match is not None:
            first, second, year = match.groups()
            day, month = (first, second) if day_first else (second, first)
            if int(month) <= 12:
                row[at] = f"{year}-{int(month):02d}-{int(day):02d}{row[at][match.end() :]}"
