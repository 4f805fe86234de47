"""Reads any mix of dumps into one inventory: find the files, tell their formats, let readers fill the frames."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from licmatch.errors import InputError, LicmatchError, Location, UsageError
from licmatch.ingest.document import BINARY, HEAD, Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.lazy_table import BIG_CSV, BigTable, open_big_csv, open_parquet, read_big_table
from licmatch.ingest.profiles import Profile, Profiles, load_profiles
from licmatch.ingest.profiles.profile import COLUMNS
from licmatch.ingest.profiles.reader import own_headers
from licmatch.ingest.records import Inventory
from licmatch.ingest.registry import formats, reader_for
from licmatch.ingest.sources import Source, find_sources, shared_stems

DEVICE_FROM = ("auto", "content", "file", "folder")
# From this much input on, batches of rows go to temporary files instead of memory.
SPOOL_FROM = 256 << 20
STREAMED = frozenset({None, "csv", "tsv", "parquet"})
# Encodings that the bytes themselves show, or that are what a Chinese computer writes; any other was a guess.
TOLD = frozenset({"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", BINARY})
PARQUET_MAGIC = b"PAR1"


def read_inventory(
    inputs: Sequence[str | Path],
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    device_from: str = "auto",
    profiles: Sequence[str | Path | Profile] = (),
    progress: Callable[[int, int], None] | None = None,
    limited: bool = False,
) -> Inventory:
    """Return all inputs as one inventory of canonical frames; files are read in the order of their paths.

    `inputs` are files, folders, globs or "-". `format` overrules detection by content. `columns` maps canonical columns
    to headers of plain tables. `device_from` ("auto", "content", "file", "folder") says what names the device of a dump
    that has no device column. `profiles` are mapping profiles, their files or folders of them: a file with the headers of one is
    read by it. `progress(done, total)` is called after every file. Where memory is `limited`, rows wait in temporary files.
    InputError when an input is missing or no reader knows it; single bad rows are in `rejected` instead.
    """
    if isinstance(inputs, (str, Path)):
        inputs = [inputs]
    if device_from not in DEVICE_FROM:
        raise UsageError(f"device_from is {device_from!r}", hint="one of " + ", ".join(DEVICE_FROM))
    known = Profiles(given_profiles(profiles))
    sources, skipped = find_sources(inputs)
    return read_sources(
        sources, skipped, format=format, columns=columns or {}, device_from=device_from, profiles=known, progress=progress, limited=limited
    )


def read_sources(
    sources: Sequence[Source],
    skipped: Sequence[str],
    *,
    format: str | None,
    columns: Mapping[str, str],
    device_from: str = "auto",
    profiles: Profiles | None = None,
    progress: Callable[[int, int], None] | None = None,
    stems: frozenset[str] | None = None,
    limited: bool = False,
) -> Inventory:
    """Return the files as one inventory; `skipped` are those of folders that were passed over.

    `stems` are file stems that name no device, where more is known than these sources tell.
    """
    gather = Gather(
        device_from=device_from,
        shared_stems=stems if stems is not None else shared_stems(sources),
        spool=sum(source.size() for source in sources) > SPOOL_FROM,
        limited=limited,
    )
    for label in skipped:
        # A member of an archive lies nowhere; it was passed over because it is hidden.
        no_file = os.path.lexists(label) and not Path(label).is_file()
        gather.notice("SKIPPED_NO_FILE" if no_file else "SKIPPED_HIDDEN", label)
    for done, source in enumerate(sources, start=1):
        gather.begin()
        if source.size() == 0 and len(sources) > 1:
            gather.notice("EMPTY_FILE", source.label)
            gather.end(source.label, "empty", "", source.sha256(), 0)
        else:
            _read_source(gather, source, format, columns, profiles or Profiles())
        if progress is not None:
            progress(done, len(sources))
    if profiles is not None:
        gather.notices.extend(profiles.notices())
    software, devices, units, activations, traces, rejected, files = gather.finish()
    return Inventory(software, devices, units, activations, traces, rejected, files, tuple(gather.notices), gather.numbered_rows())


def _read_source(gather: Gather, source: Source, format: str | None, columns: Mapping[str, str], profiles: Profiles) -> None:
    if not columns and _read_big_by_profile(gather, source, format, profiles):
        return
    table = big_table(source, format)
    read_as = None if table is None else read_big_table(gather, table, columns)
    if table is not None and read_as is not None:
        gather.end(source.label, read_as, table.encoding, source.sha256(), source.size())
        return
    if table is not None and table.format == "parquet":
        _read_small_parquet(gather, source, table)
        return
    doc = Document.open(source)
    if not doc.data:
        raise InputError("the file is empty", where=Location(source.label), hint="the command that wrote it may have failed; run it again")
    try:
        reader = reader_for(doc, format, profiles if not columns else None)
        if columns:
            _read_named_columns(doc, gather, columns, reader.info.id)
        else:
            reader.read(doc, gather)
    except LicmatchError as error:
        if error.where is None:
            raise type(error)(error.message, where=Location(source.label), hint=error.hint) from error
        raise
    if doc.undecodable:
        gather.notice("UNDECODABLE", doc.label, doc.undecodable, doc.encoding)
    elif doc.encoding not in TOLD:
        gather.notice("ENCODING_GUESSED", doc.label, 1, doc.encoding)
    gather.end(source.label, reader.info.id, doc.encoding, hashlib.sha256(doc.data).hexdigest(), len(doc.data))


def _read_big_by_profile(gather: Gather, source: Source, format: str | None, profiles: Profiles) -> bool:
    """Read a large CSV of a profile as a scan. False where there is none, or where the profile asks for more than columns."""
    if source.path is None or source.size() < BIG_CSV or not profiles.profiles:
        return False
    head = Document(source.label, source.head(HEAD).rpartition(b"\n")[0])
    profile = profiles.profile_of(head, format)
    if profile is None or not profile.plain():
        return False
    table = open_big_csv(source.label, source.path, profile.fits)
    if table is None:
        return False
    if not read_big_table(gather, replace(table, format=profile.id), own_headers(profile, table.headers), reserved=COLUMNS):
        return False
    profiles.used.add(profile.id)
    gather.end(source.label, profile.id, table.encoding, source.sha256(), source.size())
    return True


def given_profiles(given: Sequence[str | Path | Profile]) -> tuple[Profile, ...]:
    """Return mapping profiles as they were given: made already, or as files and folders. UsageError where one has a format's own id."""
    if isinstance(given, (str, Path, Profile)):
        given = [given]
    made = [each for each in given if isinstance(each, Profile)]
    found = (*made, *load_profiles([each for each in given if not isinstance(each, Profile)]))
    # The readers of all formats are loaded to be asked their names, so only where there is a profile to ask about.
    taken = {info.id for info in formats()} & {profile.id for profile in found} if found else ()
    if taken:
        raise UsageError(f"a mapping profile is called {', '.join(sorted(taken))}, as a format is", hint="give it another id")
    return found


def big_table(source: Source, format: str | None) -> BigTable | None:
    """Return the file as a scan, if it is a Parquet file or a large plain CSV."""
    if source.path is None or format not in STREAMED:
        return None
    if source.head(4) == PARQUET_MAGIC:
        return open_parquet(source.label, source.path)
    return open_big_csv(source.label, source.path) if source.size() >= max(BIG_CSV, 1) else None


def _read_small_parquet(gather: Gather, source: Source, table: BigTable) -> None:
    from licmatch.ingest.grid import Grid
    from licmatch.ingest.readers.table import take_grid

    rows = [["" if cell is None else cell for cell in row] for row in table.frame.collect().rows()]
    grid = Grid(table.headers, rows, list(range(1, len(rows) + 1)), lambda place: "\t".join(rows[place]).encode(), [])
    take_grid(Document(source.label, b"", encoding="utf-8"), gather, grid, "parquet")
    gather.end(source.label, "parquet", "binary", source.sha256(), source.size())


def _read_named_columns(doc: Document, gather: Gather, columns: Mapping[str, str], table: str) -> None:
    from licmatch.ingest.readers.table import table_grid, take_grid

    for grid in table_grid(doc):
        absent = sorted(header for header in columns.values() if header not in grid.headers)
        if absent:
            raise UsageError(
                f"no column is called {', '.join(absent)}",
                where=Location(doc.label),
                hint="its headers are " + ", ".join(grid.headers[:20]),
            )
        take_grid(doc, gather, grid, table, columns)
