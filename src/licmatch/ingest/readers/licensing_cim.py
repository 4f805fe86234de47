"""`Get-CimInstance ... | ConvertTo-Json` and its kin: licences, the system, hardware, services, tasks, processes, antivirus."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from licmatch.ingest.document import Document
from licmatch.ingest.gather import NO_DEVICE, Gather
from licmatch.ingest.objects import EMITS, Taker, class_of, host_of, threat_names
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo

INFO = FormatInfo(
    "licensing-cim",
    "ConvertTo-Json of Get-CimInstance, Get-Service, Get-ScheduledTask, Get-Process, Get-MpThreatDetection, Get-MpPreference",
    EMITS,
)
LOOKED_AT = 20
UNKNOWN = "an object of no known class"


def _objects(doc: Document) -> list[object]:
    value = doc.json
    if isinstance(value, dict) and isinstance(value.get("value"), list) and value.keys() <= {"value", "Count"}:
        # PowerShell 5.1 wraps a list that passed through a variable.
        value = value["value"]
    if value is None and doc.json_lines is not None:
        return [item for _, item in doc.json_lines]
    return value if isinstance(value, list) else [value]


def _lower(item: Mapping[str, object]) -> dict[str, object]:
    return {str(key).casefold(): cell for key, cell in item.items()}


def _detect(doc: Document) -> float:
    if not doc.head.startswith(("{", "[")):
        return 0.0
    objects = [_lower(item) for item in _objects(doc)[:LOOKED_AT] if isinstance(item, dict)]
    known = sum(1 for properties in objects if class_of(properties) is not None)
    return 0.95 if known and known * 2 >= len(objects) else 0.0


def _read(doc: Document, gather: Gather) -> None:
    objects = _objects(doc)
    read = [_lower(item) if isinstance(item, dict) else {} for item in objects]
    kinds = [class_of(properties) for properties in read]
    hosts = {host for properties, kind in zip(read, kinds, strict=True) if (host := host_of(properties, kind)) is not None}
    # Where some objects name a computer, and all the same one, the others of the file are of it too.
    own = next(iter(hosts)) if len(hosts) == 1 else None
    taker = Taker(gather, doc, threat_names(read))
    for number, (item, properties, kind) in enumerate(zip(objects, read, kinds, strict=True), start=1):
        if kind is None:
            gather.reject(doc.label, number, UNKNOWN, msgspec.json.encode(item))
            continue
        host = host_of(properties, kind) or own
        device, _ = gather.device_id(doc, host)
        if device is None:
            gather.reject(doc.label, number, NO_DEVICE, msgspec.json.encode(item))
            continue
        taker.take(device, kind, properties)
        gather.device(doc.label, device, None, hostname=host)
    taker.finish()


READERS = (Reader(INFO, _detect, _read),)
