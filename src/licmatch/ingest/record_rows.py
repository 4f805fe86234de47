"""Rows out of nested reports: one record at a time goes in, columns for the gatherer come out; what is no record is rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from licmatch.errors import InputError, Location
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.wmi import said

NO_OBJECT = "not an object, so no record"
NOT_INSTALLED = "listed, but not installed"


@dataclass(slots=True)
class RecordRows:
    """The software rows of one report. Every `add` ends as a row of the frame or as a rejected one."""

    rows: list[Mapping[str, str | None]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    records: list[object] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)

    def add(self, number: int, record: object, *, refused: str | None = None, **cells: object) -> None:
        """Take one record: `number` is its place from 1, `cells` go under canonical names, `refused` says why it is no row."""
        if refused is not None:
            self.refused[len(self.rows)] = refused
        self.rows.append({column: said(cell) for column, cell in cells.items()})
        self.lines.append(number)
        self.records.append(record)

    def objects(self, value: object, *, first: int = 1) -> Iterator[tuple[int, Mapping[str, object]]]:
        """Yield (place, object) of a list; whatever else stands in it is rejected, and so is a value that is no list."""
        items = value if isinstance(value, list) else [] if value is None else [value]
        for number, item in enumerate(items, start=first):
            if isinstance(item, dict):
                yield number, item
            else:
                self.add(number, item, refused=NO_OBJECT)

    def put(self, doc: Document, gather: Gather, table: str, *, by_folder: bool = False, whole: bool = True) -> None:
        """Hand all rows over; with `by_folder` a device that the content does not tell is named by the folder, never by the file.

        `whole` is False where the report does not list all programs of its devices.
        """
        names = dict.fromkeys(["name", *(column for row in self.rows for column in row)])
        columns = {column: [row.get(column) for row in self.rows] for column in names}
        gather.software(
            doc,
            table,
            columns,
            self.lines,
            lambda at: msgspec.json.encode(self.records[at]),
            unusable=self.refused,
            by_folder=by_folder,
            whole=whole,
        )


def device_names(named: Sequence[tuple[str | None, str | None]]) -> list[str | None]:
    """Return one device id for each (name, identity) of a console's list: the name, with the identity behind it where computers share one.

    >>> device_names([("Mac", "a"), ("PC", "b"), ("Mac", "c"), (None, "d")])
    ['Mac (a)', 'PC', 'Mac (c)', 'd']
    """
    owners = Counter(name.casefold() for name, _ in dict.fromkeys(named) if name is not None)
    return [
        identity if name is None else f"{name} ({identity})" if identity is not None and owners[name.casefold()] > 1 else name
        for name, identity in named
    ]


def note_missing_pages(doc: Document, gather: Gather, held: int, total: object) -> bool:
    """Say that a console's answer is one page of several, and return whether it is: what stands on the others is not absent."""
    if not isinstance(total, int) or isinstance(total, bool) or total <= held:
        return False
    gather.notice("PAGES_MISSING", doc.label, total - held, f"{held}/{total}")
    return True


def refuse_aggregate(doc: Document, what: str) -> None:
    """Raise InputError for a list that counts computers instead of naming them."""
    raise InputError(
        f"AGGREGATE_ONLY: {what} counts devices per program and names none, so it is not a scan",
        where=Location(doc.label),
        hint="export the list of each device instead",
    )
