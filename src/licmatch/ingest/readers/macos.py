"""macOS `system_profiler SPApplicationsDataType`, as JSON and as text in English."""

from __future__ import annotations

import re

import msgspec

from licmatch.errors import InputError, Location
from licmatch.ingest.agent import section, sections
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import said

INFO = FormatInfo("system-profiler", "macOS system_profiler (JSON or text)", ("software", "devices"))
KEY = "SPApplicationsDataType"
SIGNER = re.compile(r"(?:Developer ID Application|Apple Mac OS Application Signing|3rd Party Mac Developer Application):\s*([^(,]{1,200})")
# Names stand at four blanks, their fields at six; titles differ by language, the layout does not.
NAME_LINE = re.compile(r" {4}(\S.*):\s*")
FIELD_LINE = re.compile(r" {6}(\S[^:]*): (.*)")
FIELDS = {
    "version": "version",
    "版本": "version",
    "location": "path",
    "位置": "path",
    "signed by": "signer",
    "签名者": "signer",
    "obtained from": "obtained",
    "获取来源": "obtained",
    "来源": "obtained",
}
COLUMNS = ("name", "version", "path", "signer", "obtained")


def _is_json(doc: Document) -> bool:
    return doc.head.startswith("{") and KEY in doc.text


def _detect(doc: Document) -> float:
    if _is_json(doc):
        return 1.0 if isinstance(section(doc.json).get(KEY), list) else 0.0
    if not doc.head.split("\n", 1)[0].rstrip().endswith((":", ":")):
        return 0.0
    lines = doc.lines[:200]
    named = sum(1 for line in lines if NAME_LINE.fullmatch(line))
    fields = sum(1 for line in lines if (match := FIELD_LINE.fullmatch(line)) and match.group(1).strip().casefold() in FIELDS)
    return 0.9 if named and fields else 0.0


def publisher_of(signer: str | None) -> str | None:
    """Return the developer in a signing chain, or None for Apple's own and unsigned programs.

    >>> publisher_of("Developer ID Application: Microsoft Corporation (UBF8T346G9), Apple Root CA")
    'Microsoft Corporation'
    """
    if signer is None:
        return None
    match = SIGNER.search(signer)
    if match is not None:
        return match.group(1).strip()
    return "Apple" if signer.startswith(("macOS Software Signing", "Software Signing")) else None


def _read(doc: Document, gather: Gather) -> None:
    if _is_json(doc):
        _read_json(doc, gather)
    else:
        _read_text(doc, gather)


def _read_json(doc: Document, gather: Gather) -> None:
    report = section(doc.json)
    items = sections(report.get(KEY))
    system = section(report.get("SPSoftwareDataType"))
    host, hardware = said(system.get("local_host_name")), section(report.get("SPHardwareDataType"))
    device, _ = gather.device_id(doc, host)
    if device is not None and (system or hardware):
        gather.device(
            doc.label,
            device,
            said(hardware.get("platform_UUID")),
            hostname=host,
            os_name=said(system.get("os_version")),
            model=said(hardware.get("machine_model")),
            manufacturer="Apple" if hardware else None,
        )
    columns: dict[str, list[str | None]] = {
        "name": [said(item.get("_name")) for item in items],
        "version": [said(item.get("version")) for item in items],
        "publisher": [publisher_of(said(section_text(item.get("signed_by")))) for item in items],
        "install_location": [said(item.get("path")) for item in items],
        "obtained_from": [said(item.get("obtained_from")) for item in items],
        "arch": [said(item.get("arch_kind")) for item in items],
    }
    if host is not None:
        columns["device_id"] = [host] * len(items)
    gather.software(doc, INFO.id, columns, list(range(1, len(items) + 1)), lambda at: msgspec.json.encode(items[at]))


def section_text(value: object) -> str | None:
    """Return a list of texts as one, as the text form of the report writes it."""
    return ", ".join(str(part) for part in value) if isinstance(value, list) else said(value)


def _read_text(doc: Document, gather: Gather) -> None:
    records: list[tuple[int, dict[str, str]]] = []
    for number, line in enumerate(doc.lines, start=1):
        field = FIELD_LINE.fullmatch(line)
        name = NAME_LINE.fullmatch(line)
        if field is not None and records:
            key = FIELDS.get(field.group(1).strip().casefold())
            if key is not None:
                records[-1][1].setdefault(key, field.group(2).strip())
        elif name is not None:
            records.append((number, {"name": name.group(1)}))
    if not records:
        raise InputError("no application was found in the report", where=Location(doc.label))
    cells = {column: [said(record.get(column)) for _, record in records] for column in COLUMNS}
    lines = [number for number, _ in records]
    gather.software(
        doc,
        INFO.id,
        {
            "name": cells["name"],
            "version": cells["version"],
            "publisher": [publisher_of(signer) for signer in cells["signer"]],
            "install_location": cells["path"],
            "obtained_from": cells["obtained"],
        },
        lines,
        lambda at: doc.raw_line(lines[at]),
    )


READERS = (Reader(INFO, _detect, _read),)
