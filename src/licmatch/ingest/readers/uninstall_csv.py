"""`Export-Csv` of the registry's Uninstall keys by PowerShell 5.1 or 7, with or without the `#TYPE` line."""

from __future__ import annotations

from licmatch.errors import InputError, Location
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.grid import Grid, grid_of_text
from licmatch.ingest.headers import find_columns, plain_header
from licmatch.ingest.reader import Reader
from licmatch.ingest.readers.table import take_cells
from licmatch.ingest.records import FormatInfo

INFO = FormatInfo("uninstall-csv", "PowerShell Export-Csv of the Uninstall keys", ("software", "devices"))
# At least one of these beside DisplayName: no other tool writes them.
REGISTRY_HEADERS = frozenset({"displayversion", "uninstallstring", "quietuninstallstring", "pschildname", "pspath", "pscomputername"})
# PowerShell's own additions; the subkey, which names the product, stands in PSChildName as well.
NOISE = frozenset({"pspath", "psparentpath", "psdrive", "psprovider"})
NO_DISPLAY_NAME = "no DisplayName"


def _headers(doc: Document) -> list[str]:
    for line in doc.head_lines[:3]:
        if not line.startswith(("#TYPE", "{", "[", "<")):
            return [plain_header(cell.strip(' "')) for separator in (",", ";", "\t") if separator in line for cell in line.split(separator)]
    return []


def _detect(doc: Document) -> float:
    headers = set(_headers(doc))
    return 0.9 if "displayname" in headers and headers & REGISTRY_HEADERS else 0.0


def _read(doc: Document, gather: Gather) -> None:
    grid = grid_of_text(doc, kind="software")
    if grid is None:
        raise InputError("no header with DisplayName was found", where=Location(doc.label))
    found = find_columns("software", grid.headers)
    shown = next((header for header in grid.headers if plain_header(header) == "displayname"), None)
    if shown is None:
        raise InputError("the header is damaged: it has no DisplayName", where=Location(doc.label), hint="export the keys again")
    found["name"] = shown
    take_cells(doc, gather, _without_noise(grid), INFO.id, found, no_name=NO_DISPLAY_NAME)


def _without_noise(grid: Grid) -> Grid:
    kept = [place for place, header in enumerate(grid.headers) if plain_header(header) not in NOISE]
    if len(kept) == len(grid.headers):
        return grid
    width = len(grid.headers)
    # A row of another width keeps it, so that it is still recognised as shifted.
    rows = [
        [row[place] for place in kept] if len(row) == width else ([row[place] for place in kept if place < len(row)] + row[width:])
        for row in grid.rows
    ]
    return Grid([grid.headers[place] for place in kept], rows, grid.lines, grid.raw, grid.above)


READERS = (Reader(INFO, _detect, _read),)
