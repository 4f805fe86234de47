"""`Get-CimInstance ... | ConvertTo-Json` of SoftwareLicensingProduct and Win32_OperatingSystem: licences, their state, the system."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from licmatch.ingest.document import Document
from licmatch.ingest.gather import NO_DEVICE, Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import is_licence, is_operating_system, said, take_licence, take_system

INFO = FormatInfo("licensing-cim", "SoftwareLicensingProduct or Win32_OperatingSystem as JSON (ConvertTo-Json)", ("activations", "devices"))


def _objects(doc: Document) -> list[Mapping[str, object]]:
    value = doc.json
    found = value if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, dict)]


def _lower(item: Mapping[str, object]) -> dict[str, str | None]:
    return {str(key).casefold(): said(_date(value)) for key, value in item.items()}


def _date(value: object) -> object:
    """PowerShell 5.1 writes times as `/Date(milliseconds)/`; before 1970 is "none"."""
    if isinstance(value, str) and value.startswith("/Date(") and value.endswith(")/"):
        digits = value[6:-2].split("+")[0]
        return None if digits.startswith("-") else digits
    return value


def _is_known(properties: dict[str, str | None]) -> bool:
    return is_licence(properties) or is_operating_system(properties)


def _detect(doc: Document) -> float:
    objects = _objects(doc) if doc.head.startswith(("{", "[")) else []
    return 0.95 if objects and all(_is_known(_lower(item)) for item in objects[:20]) else 0.0


def _read(doc: Document, gather: Gather) -> None:
    templates = 0
    for number, item in enumerate(_objects(doc), start=1):
        properties = _lower(item)
        device, _ = gather.device_id(doc, properties.get("pscomputername"), properties.get("csname"))
        if device is None:
            gather.reject(doc.label, number, NO_DEVICE, msgspec.json.encode(item))
            continue
        if is_operating_system(properties):
            take_system(gather, doc.label, device, properties)
            continue
        templates += not take_licence(gather, device, properties)
        gather.device(doc.label, device, None, hostname=properties.get("pscomputername"))
    if templates:
        gather.notice("LICENCE_TEMPLATES", doc.label, templates)


READERS = (Reader(INFO, _detect, _read),)
