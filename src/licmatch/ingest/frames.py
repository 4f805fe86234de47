"""Any frame beside the inventory, from a plain table with its headers or from what a tool wrote: devices, traces, rulings, rights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from licmatch.errors import InputError, Location, UsageError
from licmatch.ingest.canonical_table import canonical_cells, canonical_frame, canonical_rows
from licmatch.ingest.document import Document
from licmatch.ingest.records import Notice, SideTable
from licmatch.ingest.sources import STDIN, Source, find_sources, shared_stems
from licmatch.schema import FRAMES, REJECTED, REQUIRED

# What raw dumps hold; the others are only ever tables.
COLLECTED = ("devices", "units", "activations", "traces")
PLAIN = frozenset({"csv", "xlsx", "jsonl", "parquet"})
SCANNED = 4 << 20
PARQUET = b"PAR1"


def read_frame(kind: str, path: str | Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (frame, rejected): a canonical frame, columns and dtypes as in `schema.FRAMES`.

    Read are plain tables (CSV, TSV, XLSX, JSON Lines, Parquet; headers in Chinese or English), for devices, activations and
    traces the raw dumps of `licmatch formats` too, and for entitlements the lists and ledgers of `docs/reference/formats.md`.
    Rows that lack a required value are in `rejected` with their line. InputError when nothing of the kind can be read.
    """
    table = read_side(kind, path)
    return table.frame, table.rejected


def read_side(kind: str, path: str | Path) -> SideTable:
    """Return what `read_frame` does, with its notices. `path` may also be a folder or a pattern."""
    if kind not in FRAMES:
        raise UsageError(f"no frame is called {kind!r}", hint="one of " + ", ".join(FRAMES))
    file = Path(path)
    if str(path) != STDIN and not file.exists() and not any(mark in str(path) for mark in "*?["):
        raise InputError("no such file", where=Location(str(path)))
    sources, _ = find_sources([path])
    read, raw = [], []
    for source in sources:
        table = _read_source(kind, source, alone=len(sources) == 1)
        if table is None:
            raw.append(source)
        else:
            read.append(table)
    if raw:
        read.append(_collected(kind, raw, shared_stems(sources)))
    if kind == "entitlements":
        from licmatch.ingest.rights import without_repeats

        read = without_repeats(read)
    return SideTable(
        pl.concat([part.frame for part in read]),
        pl.concat([part.rejected for part in read]),
        tuple(notice for part in read for notice in part.notices),
    )


def _read_source(kind: str, source: Source, *, alone: bool) -> SideTable | None:
    """Return the table of one file, or None where it is a raw dump, which is read together with the others."""
    from licmatch.ingest.readers.table import table_grid
    from licmatch.ingest.registry import surest_reader

    if kind != "entitlements":
        scanned = _scanned(kind, source)
        if scanned is not None:
            return scanned
    elif source.head(4) == PARQUET:
        return _rights_of_parquet(source)
    doc = Document.open(source)
    if kind == "entitlements":
        from licmatch.ingest.rights import read_rights

        return read_rights(doc)
    if kind in COLLECTED:
        reader = surest_reader(doc)
        if reader is not None and reader.info.id not in PLAIN:
            if kind in reader.info.emits:
                return None
            if not alone:
                # In a folder of one computer most files are about something else.
                return SideTable(pl.DataFrame(schema=FRAMES[kind]), pl.DataFrame(schema=REJECTED))
            raise InputError(f"{reader.info.title}: it holds no {kind}", where=Location(source.label), hint="see `licmatch formats`")
    grids = table_grid(doc, kind=kind)
    if not grids:
        raise InputError(
            f"no header of a table of {kind} was found", where=Location(source.label), hint="it needs " + ", ".join(REQUIRED[kind])
        )
    read = [canonical_frame(kind, grid, source.label) for grid in grids]
    notices = (Notice("UNDECODABLE", doc.label, doc.undecodable, doc.encoding),) if doc.undecodable else ()
    return SideTable(pl.concat([frame for frame, _ in read]), pl.concat([rejected for _, rejected in read]), notices)


def _scanned(kind: str, source: Source) -> SideTable | None:
    """Parquet files and large CSV files are read as columns, never cell by cell."""
    from licmatch.ingest.headers import find_columns
    from licmatch.ingest.lazy_table import open_big_csv, open_parquet

    if source.path is None:
        return None
    if source.head(4) == PARQUET:
        table = open_parquet(source.label, source.path)
    else:
        found = open_big_csv(source.label, source.path) if source.size() >= SCANNED else None
        if found is None or not {"device_id", "hostname", REQUIRED[kind][0]} & find_columns(kind, found.headers).keys():
            return None
        table = found
    text = table.frame.collect()
    breaks = pl.any_horizontal(pl.lit(False), pl.all().str.contains("\n", literal=True).any())
    if not table.lined and table.format != "parquet" and text.select(breaks).item():
        # Cells of several lines: only the csv module keeps count of them.
        return None
    lines: Sequence[int] = range(table.first_line, table.first_line + text.height)
    if table.lined:
        lines = text["source_row"].cast(pl.Int64).to_list()
    frame, rejected = canonical_rows(
        kind, text, lines, lambda place: "\t".join(cell or "" for cell in text.row(place)).encode(), table.label
    )
    if table.rejected is not None:
        rejected = pl.concat([rejected, table.rejected])
    return SideTable(frame, rejected)


def _rights_of_parquet(source: Source) -> SideTable:
    from licmatch.ingest.lazy_table import open_parquet
    from licmatch.ingest.rights.check import checked
    from licmatch.ingest.rights.lots import Lots

    if source.path is None:
        raise InputError(
            "Parquet is not read from standard input", where=Location(source.label), hint="write it to a file and name the file"
        )
    text = open_parquet(source.label, source.path).frame.collect()
    cells = canonical_cells("entitlements", text, source.label)
    lines = range(1, text.height + 1)
    return checked(Lots(cells, lines, lambda place: "\t".join(cell or "" for cell in text.row(place)).encode(), "parquet"), source.label)


def _collected(kind: str, sources: Sequence[Source], stems: frozenset[str]) -> SideTable:
    from licmatch.ingest.inventory import read_sources

    found = read_sources(sources, [], format=None, columns={}, stems=stems)
    frame: pl.DataFrame = getattr(found, kind)
    notices = found.notices
    if frame.is_empty():
        notices += tuple(Notice("NOTHING_FOUND", file.path, 1, file.format) for file in found.files)
    return SideTable(frame, found.rejected, notices)
