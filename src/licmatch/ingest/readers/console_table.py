"""What management consoles export as CSV or answer as JSON: ConfigMgr, Intune, Defender, Lansweeper, PDQ, ServiceNow, ManageEngine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial

import msgspec

from licmatch.errors import InputError, Location
from licmatch.ingest.consoles import CONSOLES, Console, console_of
from licmatch.ingest.document import WORKBOOK, Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.grid import DELIMITERS, HEADER_WITHIN, MAX_COLUMNS, Grid, below_header, records_of_text
from licmatch.ingest.reader import Reader
from licmatch.ingest.readers.table import grid_of_records, take_console

# A header stands in the beginning; titles above it are short.
SEEN = 8_192
SAMPLE = 50
# Where the answers of consoles have their records.
PLACES = ("value", "result", "results", "records", "data")
WRAPPER = "message_response"
# Words of an answer that say what it lists, where it lists nothing.
CONTEXTS = {"assetsoftware": "defender", "detectedapps": "device-counts"}
NO_RECORD = "not a record"
NEXT_PAGE = ("@odata.nextLink", "nextLink", "@nextLink")
Records = tuple[list[object], list[int]]


def console_grid(doc: Document) -> tuple[Console, Grid] | None:
    """Return the console whose table a file is, and the table; None where it is none. A workbook is not looked into."""
    if doc.data.startswith(WORKBOOK):
        return None
    if doc.head.startswith(("{", "[")):
        return _grid_of_answer(doc)
    found = _header(doc.head[:SEEN])
    if found is None:
        return None
    console, delimiter, header = found
    records = records_of_text(doc, delimiter)
    place = next((place for place, row in enumerate(records.cells[:HEADER_WITHIN]) if tuple(row) == header), None)
    if place is None:
        # A quoted header of several lines: what tables are made of knows it.
        place = next((place for place, row in enumerate(records.cells[:HEADER_WITHIN]) if console.fits(row)), None)
    return None if place is None else (console, below_header(records, place))


@lru_cache(maxsize=8)
def _header(head: str) -> tuple[Console, str, tuple[str, ...]] | None:
    lines = [line for line in head.replace("\r", "\n").split("\n") if line.strip()][:HEADER_WITHIN]
    for line in lines:
        for delimiter in DELIMITERS:
            if delimiter in line:
                cells = tuple(cell.strip().removeprefix('"').removesuffix('"') for cell in line.split(delimiter))
                console = console_of(cells)
                if console is not None:
                    return console, delimiter, cells
    return None


def records_of_answer(doc: Document) -> Records | None:
    """Return the records of a JSON answer, wherever its tool puts them, with their lines or numbers; None where it has none."""
    value = doc.json
    if isinstance(value, list):
        return value, list(range(1, len(value) + 1))
    if isinstance(value, dict):
        found = next((part for part in _places(value) if isinstance(part, list)), None)
        return None if found is None else (found, list(range(1, len(found) + 1)))
    lines = doc.json_lines
    return None if lines is None else ([item for _, item in lines], [line for line, _ in lines])


def _places(value: Mapping[str, object]) -> Iterator[object]:
    for key in PLACES:
        yield value.get(key)
    wrapped = value.get(WRAPPER)
    if isinstance(wrapped, dict):
        yield from wrapped.values()


def _grid_of_answer(doc: Document) -> tuple[Console, Grid] | None:
    found = records_of_answer(doc)
    if found is None:
        return None
    items, lines = found
    console = _console_of_answer(doc, items)
    if console is None:
        return None
    grid = grid_of_records([_flat(item) if isinstance(item, dict) else {} for item in items], lines)
    if grid is None and items:
        raise InputError(f"the records have more than {MAX_COLUMNS:,} different keys, or are too many", where=Location(doc.label))
    if grid is None:
        grid = Grid(["name"], [], [], lambda place: b"", [])
    return console, Grid(grid.headers, grid.rows, grid.lines, lambda place: msgspec.json.encode(items[place]), [])


def _console_of_answer(doc: Document, items: list[object]) -> Console | None:
    if not items:
        return _by_context(doc)
    return console_of(tuple(dict.fromkeys(key for item in items[:SAMPLE] if isinstance(item, dict) for key in item)))


def _by_context(doc: Document) -> Console | None:
    context = str(doc.json.get("@odata.context", "")).casefold() if isinstance(doc.json, dict) else ""
    named = next((console for words, console in CONTEXTS.items() if words in context), None)
    return next((console for console in CONSOLES if console.id == named), None)


def _flat(item: Mapping[str, object]) -> dict[str, object]:
    """Return an object with plain cells: of a list of texts the first, of a reference the text that people see."""
    flat: dict[str, object] = {}
    for key, value in item.items():
        if isinstance(value, dict):
            value = value.get("display_value")
        elif isinstance(value, list):
            value = next((part for part in value if isinstance(part, str) and part.strip()), None)
        # A key whose values are all nested is a column still.
        flat[key] = None if isinstance(value, (dict, list)) else value
    return flat


def _detect(doc: Document, *, console: Console) -> float:
    # Every console is asked about every file, so what a file shows is looked at once.
    if "console" not in doc.noted:
        doc.noted["console"] = _shown(doc)
    return 0.92 if doc.noted["console"] == console.id else 0.0


def _shown(doc: Document) -> str | None:
    if doc.data.startswith(WORKBOOK):
        return None
    if doc.head.startswith(("{", "[")):
        return _answers(doc)
    found = _header(doc.head[:SEEN])
    return None if found is None else found[0].id


def _answers(doc: Document) -> str | None:
    found = records_of_answer(doc)
    if found is None:
        return None
    console = _console_of_answer(doc, found[0])
    return None if console is None else console.id


def _read(doc: Document, gather: Gather, *, console: Console) -> None:
    found = console_grid(doc)
    if found is None or found[0] is not console:
        raise InputError(
            f"no header of this format was found: {console.info.title}",
            where=Location(doc.label),
            hint="the columns must be called as the console calls them; without --format other headers are understood too",
        )
    records = records_of_answer(doc) if doc.head.startswith(("{", "[")) else None
    broken = {} if records is None else {place: NO_RECORD for place, item in enumerate(records[0]) if not isinstance(item, dict)}
    take_console(doc, gather, found[1], console, broken)
    value = doc.json if doc.head.startswith("{") else None
    following = next((key for key in NEXT_PAGE if isinstance(value, dict) and value.get(key)), None)
    if following is not None:
        gather.notice("PAGES_MISSING", doc.label, 1, following)
    if not found[1].rows:
        gather.notice("NOTHING_FOUND", doc.label, 1, console.id)


def _reader(console: Console) -> Reader:
    return Reader(console.info, partial(_detect, console=console), partial(_read, console=console))


READERS: Sequence[Reader] = tuple(_reader(console) for console in CONSOLES)
