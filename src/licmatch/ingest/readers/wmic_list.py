"""`wmic ... /format:list`: blocks of Key=Value; products, the operating system, the computer, licences, in any mix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.values import last_five
from licmatch.ingest.wmi import is_computer, is_licence, is_operating_system, said, take_computer, take_licence, take_system

INFO = FormatInfo("wmic-list", "wmic /format:list (product, os, SoftwareLicensingProduct)", ("software", "devices", "activations"))
PAIR = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,60})=(.*)")
SERVICE_KEYS = frozenset({"oa3xoriginalproductkey", "iskeymanagementservicemachine", "keymanagementservicelisteningport"})
COLUMNS = {
    "name": "name",
    "publisher": "vendor",
    "version": "version",
    "install_date": "installdate",
    "install_location": "installlocation",
    "product_code": "identifyingnumber",
}


def _detect(doc: Document) -> float:
    lines = doc.head_lines[:60]
    pairs = sum(1 for line in lines if PAIR.match(line.strip()))
    return 0.7 if lines and pairs * 2 > len(lines) and pairs >= 2 else 0.0


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


def _read(doc: Document, gather: Gather) -> None:
    blocks = list(_blocks(doc))
    host = next(
        (found for _, _, block in blocks for key in ("csname", "pscomputername", "systemname") if (found := said(block.get(key)))), None
    )
    host = host or next((said(block.get("caption")) for _, _, block in blocks if is_computer(block)), None)
    device, _ = gather.device_id(doc, host)
    products: list[tuple[int, int, dict[str, str]]] = []
    templates = 0
    for first, last, block in blocks:
        if is_licence(block):
            if device is not None:
                templates += not take_licence(gather, device, block)
        elif block.keys() & SERVICE_KEYS:
            _take_service(gather, device, block)
        elif is_operating_system(block):
            if device is not None:
                take_system(gather, doc.label, device, block)
        elif is_computer(block):
            if device is not None:
                take_computer(gather, doc.label, device, block)
        elif block.keys() & {"name", "identifyingnumber"} and block.keys() & {"vendor", "version", "identifyingnumber"}:
            products.append((first, last, block))
        else:
            gather.notice("BLOCK_NOT_READ", doc.label, 1, ", ".join(sorted(block)[:4]))
    if device is not None and blocks:
        gather.device(doc.label, device, None)
    if templates:
        gather.notice("LICENCE_TEMPLATES", doc.label, templates)
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
        )
        gather.notice("PARTIAL_COVERAGE", doc.label, len(products), "wmic product")


def _take_service(gather: Gather, device: str | None, block: dict[str, str]) -> None:
    """SoftwareLicensingService: the key in the firmware, and whether this computer hands out activations to others."""
    key, listens = last_five(block.get("oa3xoriginalproductkey")), said(block.get("iskeymanagementservicemachine"))
    if device is not None and (key is not None or listens is not None):
        gather.activation(
            device,
            application="windows",
            product_name=said(block.get("description")) or "Software Licensing Service",
            oa3_partial_key=key,
            listens_kms=None if listens is None else listens.upper() in ("1", "TRUE"),
        )


READERS = (Reader(INFO, _detect, _read),)
