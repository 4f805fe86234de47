"""Delimited text and spreadsheets as a grid: the header row found, titles above it left out, every record with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from licmatch.errors import InputError, Location
from licmatch.ingest.document import Document
from licmatch.ingest.headers import find_columns, plain_header, table_kind
from licmatch.ingest.workbook import MAX_SHEET_CELLS, refuse_bomb

DELIMITERS = (",", "\t", ";", "|")
HEADER_WITHIN = 20
MAX_CELL = 1 << 20
# More than any export has; a header beyond this is broken or meant to cost memory.
MAX_COLUMNS = 2_000
# (first row, first column), (last row, last column), from 0.
MergedRanges = Sequence[tuple[tuple[int, int], tuple[int, int]]]
SUMMARY = re.compile(
    r"^\s*(?:合\s*计|总\s*计|小\s*计|grand total|total)\s*[:\uff1a]?\s*$|^\s*(?:填表人|审核人|制表人|填报人|单位负责人|负责人签字)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of text cells. `lines[i]` is the line or sheet row of record i; `raw(i)` its bytes as they stood."""

    headers: list[str]
    rows: list[list[str]]
    lines: list[int]
    raw: Callable[[int], bytes]
    above: list[list[str]]
    title: str = ""
    delimiter: str = ","
    header_line: int = 1

    def column(self, header: str) -> list[str | None]:
        place = self.headers.index(header)
        return [row[place] if place < len(row) else None for row in self.rows]


@dataclass(frozen=True, slots=True)
class Records:
    """All records of a file before the header is known: cells, first line of each, and the bytes of each."""

    cells: list[list[str]]
    lines: list[int]
    raw: Callable[[int], bytes]
    # Spreadsheets only: column -> how many cells held a whole number, whose written form is lost.
    whole_numbers: Mapping[int, int] = field(default_factory=dict)


def records_of_text(doc: Document, delimiter: str, *, text: str | None = None) -> Records:
    """Return every record that is not blank, with the line it starts on.

    A quote that is never closed would swallow the rest of the file: from its line on, quotes are then plain characters.
    """
    body = doc.text if text is None else text
    # Output of wmic through a console ends its lines in \r\r\n.
    body = body.replace("\r\r\n", "\n")
    cells, lines, unclosed = _parse(body, delimiter, 1, csv.QUOTE_MINIMAL)
    if unclosed is not None:
        rest = "".join(_physical_lines(body)[unclosed - 1 :])
        cells.pop()
        lines.pop()
        tail, tail_lines, _ = _parse(rest, delimiter, unclosed, csv.QUOTE_NONE)
        cells, lines = cells + tail, lines + tail_lines
    ends = [*lines[1:], 0]

    physical: list[str] = []

    def raw(place: int) -> bytes:
        if not physical:
            physical.extend(_physical_lines(body))
        last = ends[place] - 1 if ends[place] else len(physical)
        return doc.encoded("".join(physical[lines[place] - 1 : max(last, lines[place])]).rstrip("\r\n"))

    return Records(cells, lines, raw)


def _physical_lines(text: str) -> list[str]:
    """Split where the csv module does; `str.splitlines` knows more line ends than files have."""
    return io.StringIO(text, newline="").readlines()


def _parse(body: str, delimiter: str, first_line: int, quoting: Literal[0, 3]) -> tuple[list[list[str]], list[int], int | None]:
    before = csv.field_size_limit(MAX_CELL)
    try:
        reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, quoting=quoting)
        cells: list[list[str]] = []
        lines: list[int] = []
        line = 0
        for row in reader:
            if row and any(row):
                cells.append(row)
                lines.append(first_line + line)
            line = reader.line_num
    except csv.Error as error:
        raise InputError(f"the table breaks off: {error}") from error
    finally:
        csv.field_size_limit(before)
    spans = bool(lines) and quoting != csv.QUOTE_NONE and line + first_line - lines[-1] > 1
    if spans:
        tail = "".join(_physical_lines(body)[lines[-1] - first_line :])
        if tail.count('"') % 2:
            return cells, lines, lines[-1]
    return cells, lines, None


def first_records(doc: Document, delimiter: str) -> list[list[str]]:
    """Return the records of the beginning of a file, enough to find its header."""
    sample = "".join(_physical_lines(_without_preamble(doc.text[: 1 << 16])[0])[: HEADER_WITHIN * 2])
    return _parse(sample, delimiter, 1, csv.QUOTE_MINIMAL)[0]


def delimiter_of(doc: Document, *, kind: str | None = None) -> str | None:
    """Return what parts the cells of a delimited text, by its beginning, or None when no row of that is a header that is known."""
    best: tuple[int, str] | None = None
    for delimiter in DELIMITERS:
        if delimiter not in doc.head and delimiter != ",":
            continue
        found = header_row(first_records(doc, delimiter), kind)
        if found is not None and (best is None or found[1] > best[0]):
            best = found[1], delimiter
    return None if best is None else best[1]


def grid_of_text(doc: Document, *, kind: str | None = None) -> Grid | None:
    """Return the table in a delimited text, or None when no row of its beginning is a header that is known."""
    delimiter = delimiter_of(doc, kind=kind)
    if delimiter is None:
        return None
    text, skipped = _without_preamble(doc.text)
    records = records_of_text(doc, delimiter, text=text)
    if skipped:
        records = Records(records.cells, [line + skipped for line in records.lines], records.raw)
    again = header_row(records.cells[:HEADER_WITHIN], kind)
    if again is None:
        return None
    return replace(below_header(records, again[0]), delimiter=delimiter, header_line=records.lines[again[0]])


def _without_preamble(text: str) -> tuple[str, int]:
    """Leave out PowerShell's `#TYPE` line and Excel's `sep=` line."""
    skipped = 0
    while text[:5].upper() == "#TYPE" or text[:4].lower() == "sep=":
        _, newline, rest = text.partition("\n")
        if not newline:
            return text, skipped
        text, skipped = rest, skipped + 1
    return text, skipped


def header_row(cells: Sequence[Sequence[str]], kind: str | None = None) -> tuple[int, int] | None:
    """Return (place, number of known columns) of the first row that reads as a header. InputError for one of far too many columns."""
    for place, row in enumerate(cells[:HEADER_WITHIN]):
        refuse_width(len(row))
        said = [cell for cell in row if cell.strip()]
        if not said or sum(1 for cell in said if len(cell) > 60) > 1:
            continue
        found = kind if kind is not None else table_kind(said)
        if found is None:
            continue
        known = len(find_columns(found, said))
        if known >= 2 or (known == 1 and len(said) == 1 and plain_header(said[0]) != "name") or (known and len(cells) and len(said) == 1):
            return place, known
        if known == 1 and "name" in find_columns(found, said):
            return place, known
    return None


def refuse_width(columns: int, label: str | None = None) -> None:
    """Raise InputError where a table has more columns than are read."""
    if columns > MAX_COLUMNS:
        raise InputError(
            f"the table has more than {MAX_COLUMNS:,} columns",
            where=None if label is None else Location(label),
            hint="look at its first lines: the delimiter or the line ends may have been lost",
        )


def below_header(records: Records, place: int, *, title: str = "") -> Grid:
    """Return the grid under the header row at `place`; headers that are blank or double get names of their own.

    InputError where there are far too many.
    """
    refuse_width(len(records.cells[place]))
    names: dict[str, None] = {}
    for number, cell in enumerate(records.cells[place], start=1):
        name = cell.strip() or f"column_{number}"
        while name in names:
            name = f"{name}_{number}"
        names[name] = None
    headers = list(names)
    while (
        headers
        and headers[-1].startswith("column_")
        and all(len(row) < len(headers) or not row[len(headers) - 1] for row in records.cells[place + 1 :])
    ):
        headers.pop()
    start = place + 1
    return Grid(headers, records.cells[start:], records.lines[start:], lambda at: records.raw(at + start), records.cells[:place], title)


def sheets(doc: Document) -> Iterator[tuple[str, Records, MergedRanges]]:
    """Yield (sheet name, records, merged ranges) of a workbook. InputError when it cannot be opened or is a bomb."""
    import python_calamine

    if doc.data.startswith(b"PK"):
        refuse_bomb(doc.data, doc.label)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(doc.data))
        names = book.sheet_names
    except BaseException as error:
        # Calamine raises several unrelated types, and a panic of it is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise InputError(
            f"not a readable workbook: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
            where=Location(doc.label),
            hint="if it is protected by a password, save it without one",
        ) from error
    for name in names:
        try:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * max(sheet.total_width, 1) > MAX_SHEET_CELLS:
                raise InputError("the sheet is too large to be read", where=Location(doc.label, entry=name), hint="export it as CSV")
            values = sheet.to_python(skip_empty_area=False)
            merged = list(sheet.merged_cell_ranges or [])
        except InputError:
            raise
        except Exception as error:
            raise InputError(f"the sheet cannot be read: {error}", where=Location(doc.label, entry=name)) from error
        cells, lines = [], []
        whole: dict[int, int] = {}
        for number, row in enumerate(values, start=1):
            for column, value in enumerate(row):
                if type(value) is float and value.is_integer():
                    whole[column] = whole.get(column, 0) + 1
            texts = [cell_text(value) for value in row]
            if any(texts):
                cells.append(texts)
                lines.append(number)
        yield name, Records(cells, lines, _row_bytes(cells), whole), merged


def _row_bytes(cells: list[list[str]]) -> Callable[[int], bytes]:
    return lambda place: "\t".join(cells[place]).encode()


def cell_text(value: object) -> str:
    """Return a spreadsheet value as text; a whole number loses the `.0` that spreadsheets give it.

    >>> cell_text(16.0), cell_text(2.5), cell_text(True)
    ('16', '2.5', 'TRUE')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, (date, time, timedelta)):
        return str(value)
    return str(value)


def is_summary(row: Sequence[str]) -> bool:
    """Return whether a row is a total or signature line of a form, not a record.

    >>> is_summary(["合计", "", "3台"]), is_summary(["Total Commander", "9.0"])
    (True, False)
    """
    for cell in row:
        if cell.strip():
            return SUMMARY.match(cell) is not None
    return False
