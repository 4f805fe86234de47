"""Plain tables whose headers are known by Chinese and English aliases: CSV, TSV, XLSX, JSON and JSON Lines."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import polars as pl

from licmatch.errors import InputError, Location
from licmatch.ingest.canonical_table import canonical_frame
from licmatch.ingest.consoles import Console, console_of
from licmatch.ingest.document import WORKBOOK, Document
from licmatch.ingest.gather import NO_NAME, Cells, Gather
from licmatch.ingest.grid import MAX_COLUMNS, Grid, below_header, delimiter_of, grid_of_text, header_row, is_summary, sheets
from licmatch.ingest.headers import find_columns, own_names, table_kind
from licmatch.ingest.lazy_table import refuse_counts
from licmatch.ingest.reader import Reader
from licmatch.ingest.readers.ledger import is_ledger, read_ledger
from licmatch.ingest.records import FormatInfo

SHIFTED = "COLUMN_SHIFT: more cells than headers"
SUMMARY_ROW = "total or signature row"
REASON = "\0reason"
# Written by this stage itself.
RESERVED = frozenset({"source", "source_file", "source_row"})


def take_grid(doc: Document, gather: Gather, grid: Grid, table: str, columns: Mapping[str, str] | None = None) -> None:
    """Put one grid into the inventory as the canonical frame its headers say. InputError when they say none."""
    console = None if columns else console_of(grid.headers)
    if console is not None:
        take_console(doc, gather, grid, console)
        return
    kind = "software" if columns else table_kind(grid.headers)
    if kind in ("entitlements", "rulings"):
        raise InputError(
            f"this is a table of {kind}, not an inventory", where=Location(doc.label), hint=f"give it to `licmatch assess` with --{kind}"
        )
    if kind is None:
        raise InputError(
            "the table has no column that names software, devices or units", where=Location(doc.label), hint="say which one with --name"
        )
    if kind != "software":
        frame, rejected = canonical_frame(kind, grid, doc.label)
        gather.frame(kind, frame)
        gather.reject_frame(rejected)
        return
    found = find_columns("software", grid.headers) | dict(columns or {})
    refuse_counts(doc.label, grid.headers, found)
    filled = fill_down(grid, found)
    if filled:
        gather.notice("FILLED_DOWN", doc.label, filled)
    take_cells(doc, gather, grid, table, found)


def take_cells(
    doc: Document,
    gather: Gather,
    grid: Grid,
    table: str,
    found: Mapping[str, str],
    *,
    no_name: str = NO_NAME,
    read: Mapping[str, Cells] | None = None,
    refused: Mapping[int, str] | None = None,
    reserved: Container[str] = (),
    by_folder: bool = False,
    whole: bool = True,
) -> None:
    """Put the grid's records into the software frame; `found` maps canonical columns to headers, the others are carried along.

    `read` has the cells of columns that were read already, `refused` says which records are none, and why; `reserved` are names that
    no column of the file's own may have; with `by_folder` the folder names a device that no column does.
    """
    names = own_names(grid.headers, found, reserved)
    width = len(grid.headers)
    unusable = dict(refused or {})
    for place, row in enumerate(grid.rows):
        if is_summary(row):
            unusable[place] = SUMMARY_ROW
        elif len(row) > width and any(cell.strip() for cell in row[width:]):
            unusable[place] = SHIFTED
    cells: dict[str, Cells] = {}
    for header in grid.headers:
        name = names[header]
        if name not in RESERVED:
            cells[name] = (read or {}).get(header) or grid.column(header)
    gather.software(doc, table, cells, grid.lines, grid.raw, unusable=unusable, no_name=no_name, by_folder=by_folder, whole=whole)


def take_console(doc: Document, gather: Gather, grid: Grid, console: Console, broken: Mapping[int, str] | None = None) -> None:
    """Put a table that a console exported into the software frame; `broken` are the places of records that are none, with the reason.

    InputError where it is no list of what is on each computer.
    """
    console.check_scan(doc.label, grid.headers)
    cells: dict[str, Cells] = {header: grid.column(header) for header in grid.headers}
    text = pl.DataFrame(cells, schema=dict.fromkeys(grid.headers, pl.String()))
    made = text.select(*console.readable(text.lazy(), grid.headers), console.refusal(grid.headers).alias(REASON))
    refused = made.with_row_index("place").filter(pl.col(REASON).is_not_null()).select("place", REASON)
    reasons = dict(refused.iter_rows()) if made.height == text.height else {}
    reasons |= broken or {}
    read = cells | {header: made[header].to_list() for header in made.columns if header != REASON}
    if console.coverage:
        gather.notice("PARTIAL_COVERAGE", doc.label, text.height, console.coverage)
    take_cells(doc, gather, grid, console.id, console.find(grid.headers), read=read, refused=reasons, whole=not console.coverage)


def fill_down(grid: Grid, found: Mapping[str, str]) -> int:
    """Repeat the cells left of the name where all of them are blank: a merged device cell over several rows."""
    left = grid.headers.index(found["name"])
    device = [grid.headers.index(found[column]) for column in ("device_id", "hostname") if column in found]
    if left < 2 or not device or max(device) >= left:
        return 0
    count = 0
    for before, row in zip(grid.rows, grid.rows[1:], strict=False):
        if len(row) > left and row[left].strip() and not any(cell.strip() for cell in row[:left]) and not is_summary(before):
            row[:left] = before[:left]
            count += 1
    return count


def _is_table(doc: Document) -> float:
    if doc.head.startswith(("<", "{", "[")) or doc.data.startswith(WORKBOOK):
        return 0.0
    return 0.4 if is_ledger(doc) or delimiter_of(doc) is not None else 0.0


def _read_table(doc: Document, gather: Gather) -> None:
    if is_ledger(doc):
        read_ledger(doc, gather)
        return
    grid = grid_of_text(doc)
    if grid is None:
        raise InputError("no header was found", where=Location(doc.label))
    take_grid(doc, gather, grid, "tsv" if "\t" in doc.head.split("\n", 1)[0] else "csv")


def _is_workbook(doc: Document) -> float:
    return 0.8 if doc.data.startswith(WORKBOOK) else 0.0


def _read_workbook(doc: Document, gather: Gather) -> None:
    seen: list[str] = []
    skipped: list[str] = []
    for name, records, merged in sheets(doc):
        if is_ledger(records):
            read_ledger(doc, gather, records, merged)
            seen.append(name)
            continue
        found = header_row(records.cells)
        if found is not None:
            take_grid(doc, gather, below_header(records, found[0], title=name), "xlsx")
            seen.append(name)
        elif records.cells:
            skipped.append(name)
    if not seen:
        from licmatch.ingest.registry import refuse_licences

        refuse_licences(doc)
        raise InputError(
            "no sheet of the workbook has a header that is known (software name, device, ...)",
            where=Location(doc.label),
            hint="name the columns in the first row as in `licmatch formats`",
        )
    for name in skipped:
        gather.notice("SHEET_NOT_READ", doc.label, 1, name)


def records_of_objects(doc: Document) -> tuple[list[Mapping[str, object]], list[int]] | None:
    """Return flat JSON objects with their lines (their number for an array), or None where the file is neither."""
    value = doc.json
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return value, list(range(1, len(value) + 1))
    if isinstance(value, dict):
        # One object with parts is some tool's report; only a flat one is a record.
        return None if any(isinstance(part, (dict, list)) for part in value.values()) else ([value], [1])
    parsed = doc.json_lines
    if parsed is None or not all(item is None or isinstance(item, dict) for _, item in parsed):
        return None
    return [item if isinstance(item, dict) else {} for _, item in parsed], [line for line, _ in parsed]


def grid_of_objects(doc: Document) -> Grid | None:
    """Return flat JSON objects as a grid; values that are lists or objects are left out."""
    found = records_of_objects(doc)
    if found is None:
        return None
    return grid_of_records(*found)


def grid_of_records(objects: Sequence[Mapping[str, object]], lines: Sequence[int]) -> Grid | None:
    """Return objects as a grid, their keys the headers; None where there are none, or too many."""
    headers = list(dict.fromkeys(key for item in objects for key, value in item.items() if not isinstance(value, (dict, list))))
    if not headers or len(headers) > MAX_COLUMNS or len(headers) * len(objects) > 50_000_000:
        return None
    rows = [[_text(item.get(key)) for key in headers] for item in objects]
    from msgspec.json import encode

    return Grid(headers, rows, list(lines), lambda place: encode(objects[place]), [])


def _text(value: object) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _is_objects(doc: Document) -> float:
    grid = grid_of_objects(doc)
    return 0.3 if grid is not None and table_kind(grid.headers) is not None else 0.0


def _read_objects(doc: Document, gather: Gather) -> None:
    grid = grid_of_objects(doc)
    if grid is None:
        raise InputError("no table of flat JSON objects", where=Location(doc.label))
    take_grid(doc, gather, grid, "jsonl")


READERS = (
    Reader(
        FormatInfo("csv", "CSV or TSV with Chinese or English headers", ("software", "devices", "units", "activations", "traces")),
        _is_table,
        _read_table,
    ),
    Reader(
        FormatInfo(
            "xlsx", "Excel workbook (xlsx, xls) with Chinese or English headers", ("software", "devices", "units", "activations", "traces")
        ),
        _is_workbook,
        _read_workbook,
    ),
    Reader(
        FormatInfo("jsonl", "JSON Lines or a JSON array of flat records", ("software", "devices", "units", "activations", "traces")),
        _is_objects,
        _read_objects,
    ),
)


def holds_ledger(doc: Document) -> bool:
    """Return whether a file is a ledger, or a workbook with one: its rows are computers, so it is no table with a column of names."""
    if _is_workbook(doc):
        return any(is_ledger(records) for _, records, _ in sheets(doc))
    return bool(_is_table(doc)) and is_ledger(doc)


def table_grid(doc: Document, *, kind: str | None = None) -> list[Grid]:
    """Return every grid of a plain table file (a workbook may hold several)."""
    if _is_workbook(doc):
        grids = []
        for name, records, _ in sheets(doc):
            found = header_row(records.cells, kind)
            if found is not None:
                grids.append(below_header(records, found[0], title=name))
        return grids
    grid = grid_of_objects(doc) if doc.head.startswith(("{", "[")) else grid_of_text(doc, kind=kind)
    return [] if grid is None else [grid]
