"""Reads the input of `licmatch match`: a plain table keeps all its columns and rows exactly as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from licmatch.errors import InputError, Location, UsageError
from licmatch.ingest.consoles import CONSOLES, console_of
from licmatch.ingest.document import Document
from licmatch.ingest.grid import Grid
from licmatch.ingest.headers import find_columns
from licmatch.ingest.inventory import big_table, given_profiles, read_sources
from licmatch.ingest.profiles import Profile, Profiles
from licmatch.ingest.profiles.reader import own_headers
from licmatch.ingest.profiles.tables import tables_with
from licmatch.ingest.records import InputFile, NameTable
from licmatch.ingest.registry import reader_for
from licmatch.ingest.sources import Source, find_sources
from licmatch.schema import REJECTED

# Export-Csv of the Uninstall keys is a plain table too: `match` changes none of its columns, `assess` reads it as an inventory.
PLAIN = frozenset({"csv", "xlsx", "jsonl", "parquet", "uninstall-csv"})


def read_names(
    inputs: Sequence[str | Path],
    *,
    format: str | None = None,
    name: str | None = None,
    publisher: str | None = None,
    version: str | None = None,
    profiles: Sequence[str | Path | Profile] = (),
) -> NameTable:
    """Return a table of names to match and which of its columns are name, publisher and version.

    One plain table (CSV, TSV, XLSX, JSON Lines, Parquet, what a console exports) keeps all its columns, rows and their order; no device is
    needed and a row without a name stays. Several files or other formats give the columns of `schema.SOFTWARE`, then
    further ones. `profiles` are as in `read_inventory`; what a column is called here goes before them.
    UsageError when a named column is not there; InputError when no column holds names.
    """
    if isinstance(inputs, (str, Path)):
        inputs = [inputs]
    wanted = {column: header for column, header in (("name", name), ("publisher", publisher), ("version", version)) if header is not None}
    known = Profiles(given_profiles(profiles))
    sources, skipped = find_sources(inputs)
    if len(sources) == 1:
        table = _profiled_table(sources[0], format, wanted, known)
        # No plain format has the id of a profile: what is no single table of the named profile is read below, by its reader.
        if table is None and (wanted or format not in {profile.id for profile in known.profiles}):
            table = _plain_table(sources[0], format, wanted)
        if table is not None:
            return replace(table, notices=(*table.notices, *known.notices()))
    inventory = read_sources(sources, skipped, format=format, columns=wanted, profiles=known)
    return NameTable(inventory.software, "name", "publisher", "version", inventory.files, inventory.rejected, inventory.notices)


def _profiled_table(source: Source, format: str | None, wanted: dict[str, str], known: Profiles) -> NameTable | None:
    """A table of a mapping profile keeps all its columns and rows too, those that the profile does not keep as well."""
    if not known.profiles or (format is not None and format not in {profile.id for profile in known.profiles}):
        return None
    doc = Document.open(source)
    profile = known.profile_of(doc, format)
    if profile is None:
        return None
    tables, _ = tables_with(doc, profile.fits, profile.records)
    if len(tables) != 1:
        return None
    known.used.add(profile.id)
    frame = _frame(tables[0].grid)
    own = own_headers(profile, tables[0].grid.headers)
    absent = sorted(header for header in wanted.values() if header not in frame.columns)
    if absent:
        return None
    found = {column: header for column, header in own.items() if column in ("name", "publisher", "version")} | wanted
    file = InputFile(source.label, profile.id, doc.encoding, hashlib.sha256(doc.data).hexdigest(), len(doc.data), frame.height)
    nothing = pl.DataFrame(schema=REJECTED)
    return NameTable(frame.lazy(), found["name"], found.get("publisher"), found.get("version"), (file,), nothing, ())


def _plain_table(source: Source, format: str | None, wanted: dict[str, str]) -> NameTable | None:
    nothing = pl.DataFrame(schema=REJECTED)
    table = big_table(source, format)
    # A table that was written again has lost rows that are no records; here every row must stay.
    if table is not None and not table.lined:
        found = _columns(table.headers, wanted, source.label)
        file = InputFile(
            source.label, table.format, table.encoding, source.sha256(), source.size(), table.own.select(pl.len()).collect().item()
        )
        return NameTable(table.own, found["name"], found.get("publisher"), found.get("version"), (file,), nothing, ())
    from licmatch.ingest.readers.console_table import console_grid
    from licmatch.ingest.readers.table import holds_ledger, table_grid

    doc = Document.open(source)
    if not doc.data:
        raise InputError("the file is empty", where=Location(source.label))
    found_by = None if wanted else reader_for(doc, format).info.id
    console = next((console for console in CONSOLES if console.id == found_by), None)
    if found_by is not None and console is None and (found_by not in PLAIN or holds_ledger(doc)):
        return None
    answer = None if console is None else console_grid(doc)
    grids = [answer[1]] if answer is not None else table_grid(doc, kind=None) or _named_grid(doc, wanted)
    if wanted and not grids:
        first = doc.head_lines[0][:200] if doc.head_lines else ""
        raise UsageError(
            f"no column is called {wanted.get('name') or next(iter(wanted.values()))}",
            where=Location(source.label),
            hint=f"the first line is {first!r}",
        )
    if len(grids) != 1:
        return None
    frame = _frame(grids[0])
    found = _columns(frame.columns, wanted, source.label)
    read_as = _plain_format(doc) if console is None else console.id
    file = InputFile(source.label, read_as, doc.encoding, hashlib.sha256(doc.data).hexdigest(), len(doc.data), frame.height)
    return NameTable(frame.lazy(), found["name"], found.get("publisher"), found.get("version"), (file,), nothing, ())


def _named_grid(doc: Document, wanted: dict[str, str]) -> list[Grid]:
    """The first row is the header when it holds the very column the user named."""
    from licmatch.ingest.grid import DELIMITERS, below_header, records_of_text

    for delimiter in DELIMITERS:
        records = records_of_text(doc, delimiter)
        if records.cells and wanted.get("name") in records.cells[0]:
            return [below_header(records, 0)]
    return []


def _frame(grid: Grid) -> pl.DataFrame:
    width = max([len(grid.headers), *(len(row) for row in grid.rows)])
    headers = grid.headers + [f"column_{number}" for number in range(len(grid.headers) + 1, width + 1)]
    cells = {
        header: [row[place] if place < len(row) and row[place] != "" else None for row in grid.rows] for place, header in enumerate(headers)
    }
    return pl.DataFrame(cells, schema=dict.fromkeys(headers, pl.String()))


def _columns(headers: Sequence[str], wanted: dict[str, str], label: str) -> dict[str, str]:
    absent = sorted(header for header in wanted.values() if header not in headers)
    if absent:
        raise UsageError(
            f"no column is called {', '.join(absent)}", where=Location(label), hint="its headers are " + ", ".join(headers[:20])
        )
    console = console_of(headers)
    known = find_columns("software", headers) if console is None else console.find(headers)
    found = {column: header for column, header in known.items() if header not in wanted.values()} | wanted
    if "name" not in found:
        raise InputError(
            "no column holds names of software",
            where=Location(label),
            hint="say which with --name; its headers are " + ", ".join(headers[:20]),
        )
    return found


def _plain_format(doc: Document) -> str:
    if doc.data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "xlsx"
    return "jsonl" if doc.head.startswith(("{", "[")) else "csv"
