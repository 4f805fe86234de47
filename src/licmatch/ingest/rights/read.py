"""Finds out which list of licences a file is, and reads it into unchecked lots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import polars as pl

from licmatch.errors import InputError, Location
from licmatch.ingest.canonical_table import canonical_cells
from licmatch.ingest.document import WORKBOOK, Document
from licmatch.ingest.grid import (
    DELIMITERS,
    HEADER_WITHIN,
    Grid,
    MergedRanges,
    Records,
    below_header,
    header_row,
    is_summary,
    records_of_text,
    sheets,
)
from licmatch.ingest.headers import find_columns, plain_header
from licmatch.ingest.records import Notice, SideTable
from licmatch.ingest.rights.check import checked
from licmatch.ingest.rights.cyclonedx import is_bill, lots_of_bill
from licmatch.ingest.rights.forms import FORMS, Form
from licmatch.ingest.rights.ledgers import lots_of_ledger
from licmatch.ingest.rights.lots import Lots
from licmatch.ingest.unit_line import unit_above
from licmatch.ingest.values import known
from licmatch.schema import ENTITLEMENTS, REJECTED, REQUIRED

SUMMARY_ROW = "total or signature row"
SHARED_QUANTITY = "one merged cell gives one quantity for several rows: write each row's own"


def read_rights(doc: Document) -> SideTable:
    """Return the entitlements of one file. InputError when nothing in it is a list of licences."""
    found = list(_lots(doc))
    if not found:
        raise InputError(
            "no header of a table of entitlements was found",
            where=Location(doc.label),
            hint="it needs " + ", ".join(REQUIRED["entitlements"]),
        )
    read = [checked(lots, doc.label) for lots in found]
    notices = [notice for part in read for notice in part.notices]
    if doc.undecodable:
        notices.append(Notice("UNDECODABLE", doc.label, doc.undecodable, doc.encoding))
    first = read[0]
    frame = pl.concat([pl.DataFrame(schema=ENTITLEMENTS), *(part.frame for part in read)])
    rejected = pl.concat([pl.DataFrame(schema=REJECTED), *(part.rejected for part in read)])
    # Several sheets count their lines anew, so only the raw bytes of the first can be told apart by line.
    return SideTable(frame, rejected, tuple(notices), doc.label, first.raw if len(read) == 1 else None)


def list_title(doc: Document) -> str | None:
    """Return what a file is called if it is a list of licences that another tool wrote, None where it is none."""
    if doc.data.startswith(b"PAR1") or doc.head.startswith(("{", "[", "<")):
        return None
    book = doc.data.startswith(WORKBOOK)
    tables = [records for _, records, _ in sheets(doc)] if book else [records_of_text(doc, mark) for mark in _delimiters(doc)]
    return next((form.title for records in tables for row in records.cells[:HEADER_WITHIN] for form in FORMS if form.fits(row)), None)


def _lots(doc: Document) -> Iterator[Lots]:
    if is_bill(doc):
        yield lots_of_bill(doc)
        return
    if doc.data.startswith(b"PAR1"):
        return
    tables: list[tuple[str, Records, MergedRanges]] = []
    if doc.data.startswith(WORKBOOK):
        tables = list(sheets(doc))
    elif doc.head.startswith(("{", "[")):
        from licmatch.ingest.readers.table import grid_of_objects

        grid = grid_of_objects(doc)
        if grid is not None and "product" in find_columns("entitlements", grid.headers):
            yield _generic(doc, grid, [], "")
        return
    else:
        tables = [("", records_of_text(doc, delimiter), ()) for delimiter in _delimiters(doc)]
    best: list[Lots] = []
    for name, records, merged in tables:
        lots = _lots_of_table(doc, name, records, merged)
        if not doc.data.startswith(WORKBOOK):
            # Of the delimiters the one that gives most columns.
            best = lots or best
            if best:
                break
            continue
        yield from lots
    yield from best


def _delimiters(doc: Document) -> list[str]:
    first = doc.head_lines[:HEADER_WITHIN]
    return sorted(
        (mark for mark in DELIMITERS if any(mark in line for line in first)), key=lambda mark: -max(line.count(mark) for line in first)
    )


def _lots_of_table(doc: Document, sheet: str, records: Records, merged: MergedRanges) -> list[Lots]:
    shared = _fill_merged(records, merged)
    ledger = lots_of_ledger(doc, records, sheet, unit_above(records.cells))
    if ledger is not None:
        return [ledger]
    for place, row in enumerate(records.cells[:HEADER_WITHIN]):
        form = next((form for form in FORMS if form.fits(row)), None)
        if form is not None:
            return [_formed(doc, form, below_header(records, place), sheet)]
    found = header_row(records.cells, "entitlements")
    if found is None or "product" not in find_columns("entitlements", records.cells[found[0]]):
        return []
    grid = below_header(records, found[0], title=sheet)
    lots = _generic(doc, grid, records.cells[: found[0]], sheet)
    return [_numbers_noted(_shared_refused(lots, grid, shared), doc, grid, records)]


def _generic(doc: Document, grid: Grid, above: Sequence[Sequence[str]], sheet: str) -> Lots:
    """A plain table with known headers; a unit that only its title names is the unit of every row."""
    text = _texts(grid)
    found = find_columns("entitlements", grid.headers)
    unit = unit_above(above)
    if "unit_id" not in found and unit is not None:
        text = text.with_columns(pl.lit(unit).alias("unit_id"))
    if "entitlement_id" not in found:
        text = text.with_columns(_made_ids(doc, sheet, grid.lines).alias("entitlement_id"))
    cells = canonical_cells("entitlements", text, doc.label)
    return Lots(cells, grid.lines, grid.raw, "table", unusable=_sums(grid))


def _formed(doc: Document, form: Form, grid: Grid, sheet: str) -> Lots:
    text = _texts(grid)
    own = {plain_header(header): header for header in reversed(grid.headers)}
    cells = text.select(
        pl.coalesce(*(known(pl.col(own[header])) for header in headers if header in own), pl.lit(None, dtype=pl.String)).alias(column)
        for column, headers in form.columns.items()
    )
    ids = _made_ids(doc, sheet, grid.lines)
    given = pl.col("entitlement_id") if "entitlement_id" in cells.columns else pl.lit(None, dtype=pl.String)
    shaped = form.shape(cells).with_columns(pl.coalesce(given, pl.Series(ids)).alias("entitlement_id"))
    refused = dict(_sums(grid))
    if form.refuse is not None:
        reasons = cells.select(form.refuse.alias("reason"))["reason"].to_list()
        refused |= {place: reason for place, reason in enumerate(reasons) if reason is not None}
    lots = shaped.select(
        (pl.col(column) if column in shaped.columns else pl.lit(None, dtype=pl.String)).alias(column) for column in ENTITLEMENTS
    )
    kept = list(range(len(grid.lines)))
    notices: tuple[Notice, ...] = ()
    if form.assigned:
        # One row an assignment: rows that differ in the person alone are one licence.
        once = text.select(
            pl.struct(pl.exclude([own[header] for header in form.assigned if header in own])).is_first_distinct().alias("first")
        )
        kept = [place for place, first in enumerate(once["first"].to_list()) if first]
        if len(kept) < text.height:
            notices = (Notice("DUP_ROW", doc.label, text.height - len(kept), form.title),)
    at = {place: number for number, place in enumerate(kept)}
    return Lots(
        lots[kept],
        [grid.lines[place] for place in kept],
        lambda number: grid.raw(kept[number]),
        form.id,
        order=form.order,
        unit_required=False,
        unusable={at[place]: reason for place, reason in refused.items() if place in at},
        notices=notices,
    )


def _texts(grid: Grid) -> pl.DataFrame:
    return pl.DataFrame({header: grid.column(header) for header in grid.headers}, schema=dict.fromkeys(grid.headers, pl.String()))


def _sums(grid: Grid) -> dict[int, str]:
    return {place: SUMMARY_ROW for place, row in enumerate(grid.rows) if is_summary(row)}


def _made_ids(doc: Document, sheet: str, lines: Sequence[int]) -> pl.Series:
    """Ids for lists that have none: the file, the sheet and the line, which stay the same while the file does."""
    stem = PurePosixPath(doc.label).stem
    return pl.Series("entitlement_id", [f"{stem}{f'/{sheet}' if sheet else ''}#{line}" for line in lines], dtype=pl.String())


def _fill_merged(records: Records, merged: MergedRanges) -> set[tuple[int, int]]:
    """Repeat the value of a merged cell in all its rows; returns (line, column) of every cell that shares one value over rows."""
    at_line = {line: place for place, line in enumerate(records.lines)}
    shared: set[tuple[int, int]] = set()
    for (top, left), (bottom, _) in merged:
        first = at_line.get(top + 1)
        if first is None or bottom == top or left >= len(records.cells[first]):
            continue
        for line in range(top + 1, bottom + 2):
            place = at_line.get(line)
            if place is not None:
                shared.add((line, left))
                if left < len(records.cells[place]) and not records.cells[place][left]:
                    records.cells[place][left] = records.cells[first][left]
    return shared


def _shared_refused(lots: Lots, grid: Grid, shared: set[tuple[int, int]]) -> Lots:
    """A quantity in a merged cell is one for all its rows: filling it down would multiply it. An id so filled gets its row's number."""
    if not shared:
        return lots
    found = find_columns("entitlements", grid.headers)
    refused = dict(lots.unusable)
    numbers, ids = grid.headers.index(found["quantity"]) if "quantity" in found else -1, list(lots.cells["entitlement_id"])
    own = grid.headers.index(found["entitlement_id"]) if "entitlement_id" in found else -1
    seen: dict[str, int] = {}
    for place, line in enumerate(grid.lines):
        if (line, numbers) in shared:
            refused.setdefault(place, SHARED_QUANTITY)
        if (line, own) in shared and ids[place]:
            seen[ids[place]] = seen.get(ids[place], 0) + 1
            ids[place] = f"{ids[place]}/{seen[ids[place]]}"
    cells = lots.cells.with_columns(pl.Series("entitlement_id", ids, dtype=pl.String()))
    return replace(lots, cells=cells, unusable=refused)


def _numbers_noted(lots: Lots, doc: Document, grid: Grid, records: Records) -> Lots:
    """Spreadsheets turn a release of 16.0 into the number 16; the text says 16, and the notice that nobody knows which it was."""
    found = find_columns("entitlements", grid.headers)
    column = grid.headers.index(found["release"]) if "release" in found else -1
    count = records.whole_numbers.get(column, 0)
    if not count:
        return lots
    return replace(lots, notices=(*lots.notices, Notice("NUMERIC_VERSION", doc.label, count, found["release"])))
