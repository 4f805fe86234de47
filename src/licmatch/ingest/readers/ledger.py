"""The Chinese asset ledger: a title, a header of two rows (操作系统 over 名称及版本 and 授权方式), one computer a row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from unicodedata import normalize

from licmatch.errors import InputError, Location
from licmatch.ingest.document import Document
from licmatch.ingest.gather import NO_DEVICE, Gather
from licmatch.ingest.grid import HEADER_WITHIN, MergedRanges, Records, is_summary, records_of_text
from licmatch.ingest.headers import find_columns, plain_header
from licmatch.ingest.unit_line import unit_above
from licmatch.ingest.values import is_placeholder

NAME_AND_VERSION = "名称及版本"
MODE = "授权方式"
OPERATING_SYSTEM = "操作系统"
DEPARTMENT = frozenset({"部门", "科室", "department"})
SAME_AS_ABOVE = frozenset({"同上", "〃", "″", '"'})


def is_ledger(source: Document | Records) -> bool:
    """Return whether a file or sheet has the ledger's header of two rows."""
    cells = records_of_text(source, ",").cells if isinstance(source, Document) and NAME_AND_VERSION in source.head else None
    if isinstance(source, Records):
        cells = source.cells
    return cells is not None and header_place(cells) is not None


def header_place(cells: Sequence[Sequence[str]]) -> int | None:
    """Return where the ledger's header of two rows begins, or None where there is none."""
    for place, (upper, lower) in enumerate(pairwise(cells[:HEADER_WITHIN])):
        if any(plain_header(cell) == NAME_AND_VERSION for cell in lower) and any(cell.strip() == OPERATING_SYSTEM for cell in upper):
            return place
    return None


def read_ledger(doc: Document, gather: Gather, records: Records | None = None, merged: MergedRanges = ()) -> None:
    """Read one ledger: each named program a software row, the operating system into the devices."""
    records = records if records is not None else records_of_text(doc, ",")
    place = header_place(records.cells)
    if place is None:
        raise InputError("the ledger's header was not found", where=Location(doc.label))
    upper, lower = records.cells[place], records.cells[place + 1]
    groups: list[tuple[str, int]] = []
    category = ""
    for column, cell in enumerate(upper):
        category = cell.strip() or category
        if column < len(lower) and plain_header(lower[column]) == NAME_AND_VERSION:
            groups.append((category, column))
    found = {name: upper.index(header) for name, header in find_columns("software", [cell for cell in upper if cell.strip()]).items()}
    _fill_merged(records, merged)
    # Every office has a 财务科: a department names the unit only where the head of the form does not.
    unit = unit_above(records.cells[:place])
    inside = unit is not None and "unit_id" in found and plain_header(upper[found["unit_id"]]) in DEPARTMENT
    columns: dict[str, list[str | None]] = {
        "device_id": [],
        "hostname": [],
        "unit_id": [],
        "department": [],
        "name": [],
        "licence_mode": [],
        "install_date": [],
    }
    lines: list[int] = []
    places: list[int] = []
    above: list[str] = []
    nameless: dict[int, str] = {}
    for number in range(place + 2, len(records.cells)):
        row = records.cells[number]
        if is_summary(row):
            gather.reject(doc.label, records.lines[number], "total or signature row", records.raw(number))
            continue
        row = [above[at] if cell.strip() in SAME_AS_ABOVE and at < len(above) else cell for at, cell in enumerate(row)]
        above = row
        about = {name: _cell(row, found.get(name)) for name in ("device_id", "hostname", "unit_id", "install_date")}
        # Typed by hand: full-width letters and digits must not make another computer.
        about |= {name: normalize("NFKC", text).strip() for name in ("device_id", "hostname") if (text := about[name]) is not None}
        about["department"] = about["unit_id"] if inside else None
        about["unit_id"] = unit if inside else about["unit_id"] or unit
        for category, column in groups:
            program = _cell(row, column)
            if category == OPERATING_SYSTEM:
                device = about["device_id"] or about["hostname"]
                if device is not None:
                    gather.device(doc.label, device, None, unit_id=about["unit_id"], hostname=about["hostname"], os_name=program)
                continue
            if program is None:
                continue
            mode = _cell(row, column + 1) if column + 1 < len(lower) and plain_header(lower[column + 1]) == MODE else None
            for name, said in {**about, "name": program, "licence_mode": mode}.items():
                columns[name].append(said)
            if about["device_id"] is None and about["hostname"] is None:
                # A ledger is of many computers: what it gives no number to is not the computer the file is called after.
                nameless[len(lines)] = NO_DEVICE
            lines.append(records.lines[number])
            places.append(number)
    gather.notice("MERGED_HEADER_GUESS", doc.label)
    used = {name: cells for name, cells in columns.items() if any(cells) or name == "name"}
    gather.software(doc, "ledger", used, lines, lambda at: records.raw(places[at]), unusable=nameless)


def _cell(row: Sequence[str], column: int | None) -> str | None:
    if column is None or column >= len(row) or is_placeholder(row[column]):
        return None
    return row[column].strip()


def _fill_merged(records: Records, merged: MergedRanges) -> None:
    at_line = {line: place for place, line in enumerate(records.lines)}
    for (top, left), (bottom, _) in merged:
        first = at_line.get(top + 1)
        if first is None or bottom == top or left >= len(records.cells[first]):
            continue
        for line in range(top + 2, bottom + 2):
            place = at_line.get(line)
            if place is not None and left < len(records.cells[place]) and not records.cells[place][left]:
                records.cells[place][left] = records.cells[first][left]
