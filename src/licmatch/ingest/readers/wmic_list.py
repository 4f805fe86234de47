"""`wmic ... /format:list`: blocks of Key=Value; products, the operating system, the computer, licences, in any mix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from licmatch.ingest.document import Document
from licmatch.ingest.gather import NO_DEVICE, Gather
from licmatch.ingest.objects import EMITS, Taker, class_of, threat_names
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import said

INFO = FormatInfo(
    "wmic-list", "wmic /format:list (product, os, bios, service, process, SoftwareLicensingProduct ...)", ("software", *EMITS)
)
PAIR = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,60})=(.*)")
COLUMNS = {
    "name": "name",
    "publisher": "vendor",
    "version": "version",
    "install_date": "installdate",
    "install_location": "installlocation",
    "product_code": "identifyingnumber",
}


def is_list(doc: Document) -> bool:
    """Return whether a text is made of Key=Value lines."""
    lines = doc.head_lines[:60]
    pairs = sum(1 for line in lines if PAIR.match(line.strip()))
    return bool(lines) and pairs * 2 > len(lines) and pairs >= 2


def _detect(doc: Document) -> float:
    return 0.7 if is_list(doc) else 0.0


def _blocks(doc: Document) -> Iterator[tuple[int, int, dict[str, str]]]:
    """Yield (first line, last line, properties in lower case). A blank line or a key seen before starts a new block."""
    block: dict[str, str] = {}
    first = last = 0
    for number, line in enumerate(doc.lines, start=1):
        pair = PAIR.match(line.strip())
        key = pair.group(1).casefold() if pair is not None else ""
        if block and (pair is None or key in block):
            yield first, last, block
            block = {}
        if pair is not None:
            first = first if block else number
            last = number
            block[key] = pair.group(2).strip()
    if block:
        yield first, last, block


def host_in(doc: Document) -> str | None:
    """Return the computer that the blocks of a file name, or None."""
    blocks = [block for _, _, block in _blocks(doc)]
    host = next((found for block in blocks for key in ("csname", "pscomputername", "systemname") if (found := said(block.get(key)))), None)
    return host or next((said(block.get("caption")) for block in blocks if class_of(block) == "computer"), None)


def read_blocks(doc: Document, gather: Gather) -> None:
    """Read every block of a file as what it is."""
    blocks = list(_blocks(doc))
    host = host_in(doc)
    device, _ = gather.device_id(doc, host)
    products: list[tuple[int, int, dict[str, str]]] = []
    taker = Taker(gather, doc, threat_names(block for _, _, block in blocks))
    for first, last, block in blocks:
        kind = class_of(block)
        if kind is not None:
            if device is not None:
                taker.take(device, kind, block)
            else:
                gather.reject(doc.label, first, NO_DEVICE, doc.encoded("\n".join(doc.lines[first - 1 : last])))
        elif block.keys() & {"name", "identifyingnumber"} and block.keys() & {"vendor", "version", "identifyingnumber"}:
            products.append((first, last, block))
        else:
            gather.notice("BLOCK_NOT_READ", doc.label, 1, ", ".join(sorted(block)[:4]))
    if device is not None and blocks:
        gather.device(doc.label, device, None)
    taker.finish()
    unread = sum(1 for line in doc.lines if line.strip() and not PAIR.match(line.strip()))
    if unread:
        gather.notice("LINES_NOT_READ", doc.label, unread)
    if products:
        columns: dict[str, list[str | None]] = {column: [block.get(key) for _, _, block in products] for column, key in COLUMNS.items()}
        columns["hostname"] = [device if host is not None else None] * len(products)
        gather.software(
            doc,
            INFO.id,
            columns,
            [first for first, _, _ in products],
            lambda at: doc.encoded("\n".join(doc.lines[products[at][0] - 1 : products[at][1]])),
            whole=False,
        )
        gather.notice("PARTIAL_COVERAGE", doc.label, len(products), "wmic product")


READERS = (Reader(INFO, _detect, read_blocks),)
