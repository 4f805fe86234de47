"""`Get-CimInstance SoftwareLicensingProduct | ConvertTo-Json`: licences and their activation state."""

from __future__ import annotations

from collections.abc import Mapping

from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import is_licence, said, take_licence

INFO = FormatInfo("licensing-cim", "SoftwareLicensingProduct as JSON (Get-CimInstance | ConvertTo-Json)", ("activations",))


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


def _detect(doc: Document) -> float:
    objects = _objects(doc) if doc.head.startswith(("{", "[")) else []
    return 0.95 if objects and all(is_licence(_lower(item)) for item in objects[:20]) else 0.0


def _read(doc: Document, gather: Gather) -> None:
    templates = 0
    for item in _objects(doc):
        properties = _lower(item)
        device, _ = gather.device_id(doc, properties.get("pscomputername"))
        if device is None:
            continue
        templates += not take_licence(gather, device, properties)
        gather.device(doc.label, device, None, hostname=properties.get("pscomputername"))
    if templates:
        gather.notice("LICENCE_TEMPLATES", doc.label, templates)


READERS = (Reader(INFO, _detect, _read),)
