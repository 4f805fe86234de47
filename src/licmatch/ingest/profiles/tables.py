"""The tables in a file whose headers nobody knows: every row that may be a header, and the lists of records in a JSON document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from licmatch.ingest.document import WORKBOOK, Document
from licmatch.ingest.grid import DELIMITERS, HEADER_WITHIN, Grid, Records, below_header, first_records, records_of_text, sheets
from licmatch.ingest.readers.table import grid_of_records, records_of_objects

MAX_DEPTH = 8
MAX_LISTS = 50
WHOLE = "document."


@dataclass(frozen=True, slots=True)
class Found:
    """One table: its grid, and where it stands (the name of a sheet, the path of a list)."""

    grid: Grid
    place: str = ""


def tables_with(doc: Document, fits: Callable[[Sequence[str]], bool], records: str = "") -> tuple[list[Found], list[str]]:
    """Return the tables whose header row fits, and the sheets that have none."""
    if doc.data.startswith(WORKBOOK):
        fitting, others = [], []
        for name, rows, _ in sheets(doc):
            place = _header_that(rows, fits)
            if place is not None:
                fitting.append(Found(below_header(rows, place, title=name), name))
            elif rows.cells:
                others.append(name)
        return fitting, others
    if doc.head.startswith(("{", "[")):
        grid = grid_at(doc, records)
        return ([Found(grid, records)] if grid is not None and fits(grid.headers) else []), []
    for delimiter in DELIMITERS:
        if delimiter not in doc.head:
            continue
        # Most files of a folder are of another kind: their first lines say so.
        if any(fits(row) for row in first_records(doc, delimiter)[:HEADER_WITHIN]):
            rows = records_of_text(doc, delimiter)
            place = _header_that(rows, fits)
            if place is not None:
                return [Found(below_header(rows, place))], []
    return [], []


def _header_that(rows: Records, fits: Callable[[Sequence[str]], bool]) -> int | None:
    return next((place for place, row in enumerate(rows.cells[:HEADER_WITHIN]) if fits([cell for cell in row if cell.strip()])), None)


def grid_at(doc: Document, path: str) -> Grid | None:
    """Return the records at a path of a JSON document ("" for an array or JSON Lines), objects inside them as `key.key`."""
    if not path:
        found = records_of_objects(doc)
        if found is None:
            return None
        objects, lines = found
        return _grid([_flat(item) for item in objects], objects, lines)
    records: list[Mapping[str, object]] = []
    wholes: list[object] = []
    for whole, above in _at(doc.json, path.split("."), "", {}):
        # What stands among objects and is none is a record without a name: it is rejected, not passed over.
        records.append({**above, **_flat(whole)} if isinstance(whole, dict) else {})
        wholes.append(whole)
    return _grid(records, wholes, list(range(1, len(records) + 1)))


def _at(value: object, steps: Sequence[str], where: str, above: Mapping[str, object]) -> Iterator[tuple[object, Mapping[str, object]]]:
    """Yield (record, what the objects around it say) of the lists at a path; a list on the way is walked through."""
    for item in value if isinstance(value, list) else [] if value is None else [value]:
        if not steps or not isinstance(item, dict):
            yield item, above
            continue
        # A document may say once which computer all of it is about; its own keys must not pass for those of a record.
        said = {f"{where or WHOLE}{key}": cell for key, cell in item.items() if not isinstance(cell, (dict, list))}
        yield from _at(item.get(steps[0]), steps[1:], f"{where}{steps[0]}.", {**above, **said})


def _flat(item: Mapping[str, object], start: str = "", depth: int = 0) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, cell in item.items():
        if isinstance(cell, dict) and depth < MAX_DEPTH:
            found |= _flat(cell, f"{start}{key}.", depth + 1)
        elif not isinstance(cell, (dict, list)):
            found[f"{start}{key}"] = cell
    return found


def _grid(records: Sequence[Mapping[str, object]], wholes: Sequence[object], lines: list[int]) -> Grid | None:
    grid = grid_of_records(records, lines)
    return None if grid is None else replace(grid, raw=lambda place: msgspec.json.encode(wholes[place]))


def list_paths(value: object) -> list[str]:
    """Return where lists of objects stand in a JSON document, those inside other lists too, longest list first.

    >>> list_paths({"data": {"hosts": [{"apps": [{"n": 1}, {"n": 2}]}]}, "total": 1})
    ['data.hosts.apps', 'data.hosts']
    """
    counts: dict[str, int] = {}
    held: list[tuple[str, object, int]] = [("", value, 0)]
    while held:
        path, each, depth = held.pop()
        if isinstance(each, list):
            objects = [item for item in each if isinstance(item, dict)]
            if objects and path:
                counts[path] = counts.get(path, 0) + len(objects)
            held.extend((path, item, depth) for item in objects)
        elif isinstance(each, dict) and depth < MAX_DEPTH:
            held.extend((f"{path}.{key}" if path else key, cell, depth + 1) for key, cell in each.items() if "." not in key)
    return sorted(counts, key=lambda path: (-counts[path], path))[:MAX_LISTS]


def candidates(doc: Document) -> Iterator[Found]:
    """Yield every table that a file may hold, for a person or a program to choose from."""
    if doc.data.startswith(WORKBOOK):
        for name, rows, _ in sheets(doc):
            yield from _below_likely_header(rows, name)
    elif doc.head.startswith(("{", "[")):
        paths = list_paths(doc.json) if isinstance(doc.json, dict) else [""]
        for path in paths[:8]:
            grid = grid_at(doc, path)
            if grid is not None and grid.rows:
                yield Found(grid, path)
    else:
        for delimiter in DELIMITERS:
            if delimiter in doc.head:
                yield from _below_likely_header(records_of_text(doc, delimiter), "")


def _below_likely_header(rows: Records, name: str) -> Iterator[Found]:
    """The header is the first row as wide as most rows are, with words in all cells and no two the same."""
    widths = [sum(1 for cell in row if cell.strip()) for row in rows.cells[:200]]
    if not widths:
        return
    usual = max(set(widths), key=lambda width: (widths.count(width) * min(width, 3), width))
    for place, row in enumerate(rows.cells[:HEADER_WITHIN]):
        said = [cell.strip() for cell in row if cell.strip()]
        wide = len(said) >= max(2, usual - 1) and len(set(said)) == len(said)
        if wide and all(_is_word(cell) for cell in said) and rows.cells[place + 1 :]:
            yield Found(below_header(rows, place, title=name), name)
            return


def _is_word(cell: str) -> bool:
    return len(cell) <= 60 and any(sign.isalpha() for sign in cell) and not cell[0].isdigit()
