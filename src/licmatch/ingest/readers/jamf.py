"""Jamf Pro `computers-inventory` (v1 to v3): Macs with the applications found on each."""

from __future__ import annotations

from licmatch.ingest.agent import Section, section
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.record_rows import RecordRows, device_names, note_missing_pages
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.values import truth
from licmatch.ingest.wmi import said

INFO = FormatInfo("jamf", "Jamf Pro computers-inventory (JSON)", ("software", "devices"))
# Sections that an answer holds only if they were asked for.
SECTIONS = frozenset({"general", "applications", "operatingSystem", "userAndLocation", "hardware"})


def _is_computer(value: object) -> bool:
    return isinstance(value, dict) and "id" in value and "udid" in value and bool(value.keys() & SECTIONS)


def _computers(doc: Document) -> tuple[object, object]:
    """Return the list of computers and how many the console has: the answer for one computer is the computer itself."""
    value = section(doc.json)
    return ([value], 1) if _is_computer(value) else (value.get("results"), value.get("totalCount"))


def _detect(doc: Document) -> float:
    if not doc.head.startswith("{") or not isinstance(doc.json, dict):
        return 0.0
    if _is_computer(doc.json):
        return 0.95
    results = doc.json.get("results")
    if "totalCount" not in doc.json or not isinstance(results, list):
        return 0.0
    return 0.95 if not results or any(_is_computer(item) for item in results) else 0.0


def _read(doc: Document, gather: Gather) -> None:
    rows = RecordRows()
    listed, total = _computers(doc)
    computers = [computer for _, computer in rows.objects(listed)]
    names = device_names(
        [(said(section(each.get("general")).get("name")), said(each.get("udid")) or said(each.get("id"))) for each in computers]
    )
    without = 0
    for name, computer in zip(names, computers, strict=True):
        device, _ = gather.device_id(doc, name)
        if device is not None:
            _take_device(doc, gather, device, computer)
        if not isinstance(computer.get("applications"), list):
            without += 1
            if device is not None:
                gather.no_list(device)
            continue
        for number, app in rows.objects(computer["applications"], first=len(rows.lines) + 1):
            rows.add(
                number,
                app,
                device_id=name,
                name=(said(app.get("name")) or "").removesuffix(".app"),
                version=said(app.get("cfBundleShortVersionString")) or app.get("version"),
                install_location=app.get("path"),
                product_code=app.get("bundleId"),
                obtained_from="mac_app_store" if truth(app.get("macAppStore")) else None,
            )
    if without:
        gather.notice("NO_SOFTWARE_LIST", doc.label, without, "section=APPLICATIONS")
    note_missing_pages(doc, gather, len(computers), total)
    rows.put(doc, gather, INFO.id)


def _take_device(doc: Document, gather: Gather, device: str, computer: Section) -> None:
    general, system, hardware = (section(computer.get(key)) for key in ("general", "operatingSystem", "hardware"))
    gather.device(
        doc.label,
        device,
        said(computer.get("udid")),
        hostname=said(general.get("name")),
        # A department is only a number here; what the number means stands elsewhere.
        unit_id=said(section(general.get("site")).get("name")),
        os_name=said(system.get("name")),
        os_version=said(system.get("version")),
        os_build=said(system.get("build")),
        manufacturer=said(hardware.get("make")),
        model=said(hardware.get("model")),
        serial_number=said(hardware.get("serialNumber")),
        hardware_uuid=said(computer.get("udid")),
        # The last inventory, not the last contact: a Mac checks in without sending its applications.
        collected_at=said(general.get("reportDate")) or said(general.get("lastContactTime")),
    )


READERS = (Reader(INFO, _detect, _read),)
