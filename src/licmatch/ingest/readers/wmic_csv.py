"""`wmic ... get ... /format:csv`: the first column is Node, nothing is quoted, so commas inside values shift the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.objects import EMITS, Taker, class_of
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo

INFO = FormatInfo("wmic-csv", "wmic /format:csv (product, os, bios, service, process, SoftwareLicensingProduct ...)", ("software", *EMITS))
AMBIGUOUS = "AMBIGUOUS_CSV: a comma inside a value, and no telling in which"
# What follows a comma in a company's name; only then is it certain that the vendor holds the surplus comma.
COMPANY_WORD = re.compile(
    r"\s*(?:inc|ltd|llc|l\.l\.c|co|corp|corporation|company|gmbh|s\.?a|s\.?r\.?l|a\.?s|ag|b\.?v|limited|lp|l\.p|plc|pty|s\.?l|s\.?r\.?o)\b",
    re.IGNORECASE,
)
VERSION = re.compile(r"[\w.\-+ ]{0,60}")
COLUMNS = {
    "name": "name",
    "publisher": "vendor",
    "version": "version",
    "install_date": "installdate",
    "install_location": "installlocation",
    "product_code": "identifyingnumber",
}


def _header(doc: Document) -> tuple[int, list[str]] | None:
    if not doc.head.casefold().startswith("node,"):
        return None
    for place, line in enumerate(doc.lines):
        if line.strip():
            names = [name.strip().casefold() for name in line.split(",")]
            return (place, names) if len(names) > 1 and names[0] == "node" else None
    return None


def _detect(doc: Document) -> float:
    return 0.95 if _header(doc) is not None else 0.0


def _read(doc: Document, gather: Gather) -> None:
    found = _header(doc)
    if found is None:
        return
    start, header = found
    rows: list[list[str]] = []
    lines: list[int] = []
    unusable: dict[int, str] = {}
    for number, line in enumerate(doc.lines[start + 1 :], start=start + 2):
        if not line.strip() or [name.strip().casefold() for name in line.split(",")] == header:
            continue
        cells = _aligned(line.split(","), header)
        if cells is None:
            unusable[len(rows)] = AMBIGUOUS
        rows.append(cells or [""] * len(header))
        lines.append(number)
    keys = dict.fromkeys(header, "")
    kind = class_of(keys)
    if kind is not None:
        _read_objects(doc, gather, kind, header, rows, lines, unusable)
        return
    columns: dict[str, list[str | None]] = {
        column: [row[header.index(name)] for row in rows] for column, name in COLUMNS.items() if name in header
    }
    if "name" not in columns:
        columns["name"] = [row[header.index("caption")] for row in rows] if "caption" in header else [None] * len(rows)
    columns["hostname"] = [row[0] for row in rows]
    gather.software(doc, INFO.id, columns, lines, lambda at: doc.raw_line(lines[at]), unusable=unusable, whole=False)
    gather.notice("PARTIAL_COVERAGE", doc.label, len(rows), "wmic product")


def _read_objects(
    doc: Document,
    gather: Gather,
    kind: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    lines: Sequence[int],
    unusable: dict[int, str],
) -> None:
    taker = Taker(gather, doc)
    for place, row in enumerate(rows):
        device, _ = gather.device_id(doc, row[0])
        if place in unusable or device is None:
            gather.reject(doc.label, lines[place], unusable.get(place, "no device"), doc.raw_line(lines[place]))
        else:
            taker.take(device, kind, {"csname": row[0], **dict(zip(header, row, strict=True))})
            gather.device(doc.label, device, None)
    taker.finish()


def _aligned(cells: list[str], header: Sequence[str]) -> list[str] | None:
    """Return the cells one a column, or None where it cannot be told which value holds the surplus commas."""
    surplus = len(cells) - len(header)
    if surplus == 0:
        return cells
    if surplus < 0 or "vendor" not in header:
        return None
    vendor = header.index("vendor")
    behind = len(header) - vendor - 1
    joined = cells[vendor : vendor + surplus + 1]
    tail = cells[len(cells) - behind :] if behind else []
    if not all(COMPANY_WORD.match(part) for part in joined[1:]) or not all(VERSION.fullmatch(cell) for cell in tail):
        return None
    return [*cells[:vendor], ",".join(joined), *tail]


READERS = (Reader(INFO, _detect, _read),)
