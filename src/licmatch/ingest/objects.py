"""Which class an object of properties is, whatever tool wrote it as JSON, CSV or text, and what is taken from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from licmatch.ingest import evidence, wmi
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.wmi import Properties, said

Recogniser = Callable[[Properties], bool]
# The most telling first: several classes share names such as Name, Caption and Manufacturer.
CLASSES: tuple[tuple[str, Recogniser], ...] = (
    ("exclusions", evidence.is_exclusion_list),
    ("antivirus", evidence.is_antivirus),
    ("detection", evidence.is_detection),
    ("task", evidence.is_task),
    ("service", evidence.is_service),
    ("process", evidence.is_process),
    ("file", evidence.is_file),
    ("port", evidence.is_port),
    ("licence", wmi.is_licence),
    ("licensing_service", wmi.is_licensing_service),
    ("network", wmi.is_network),
    ("hardware", wmi.is_hardware),
    ("system", wmi.is_operating_system),
    ("computer", wmi.is_computer),
)
HOST_KEYS = ("pscomputername", "__server", "csname", "systemname", "hostname", "dnshostname", "deviceid")
EMITS = ("devices", "activations", "traces")


def class_of(properties: Properties) -> str | None:
    """Return what an object is about, or None where its properties are those of no known class.

    >>> class_of({"taskname": "x", "actions": []}), class_of({"name": "Word", "version": "1"})
    ('task', None)
    """
    return next((name for name, is_one in CLASSES if is_one(properties)), None)


def host_of(properties: Properties, kind: str | None = None) -> str | None:
    """Return the computer that an object names, or None; the object of a computer is called by its name."""
    keys = (*HOST_KEYS, "name", "caption") if kind == "computer" else HOST_KEYS
    found = next((text for key in keys if (text := said(properties.get(key))) is not None), None)
    return None if found is None or found.casefold() in ("localhost", ".") else found


@dataclass(slots=True)
class Taker:
    """Takes the objects of one file; what only the whole file tells is said by `finish`."""

    gather: Gather
    doc: Document
    threats: Mapping[str, str] = field(default_factory=dict)
    templates: int = 0
    services: dict[str, set[str]] = field(default_factory=dict)

    def take(self, device: str, kind: str, properties: Properties) -> None:
        """Put one object of a known class into the frames."""
        gather, label = self.gather, self.doc.label
        if kind == "licence":
            self.templates += not wmi.take_licence(gather, device, properties)
        elif kind == "service":
            name = evidence.take_service(gather, device, properties)
            self.services.setdefault(device, set()).add(name or "")
        elif kind == "detection":
            evidence.take_detection(gather, device, properties, self.threats)
        elif kind in _DEVICE:
            _DEVICE[kind](gather, label, device, properties)
        else:
            _TRACES[kind](gather, device, properties)

    def finish(self) -> None:
        """Add what a whole list of services lacks, and the notice about licence templates."""
        for device, names in self.services.items():
            evidence.note_missing_services(self.gather, device, names)
        if self.templates:
            self.gather.notice("LICENCE_TEMPLATES", self.doc.label, self.templates)


_DEVICE: dict[str, Callable[[Gather, str, str, Properties], None]] = {
    "licensing_service": wmi.take_licensing_service,
    "network": wmi.take_network,
    "hardware": wmi.take_hardware,
    "system": wmi.take_system,
    "computer": wmi.take_computer,
}
_TRACES: dict[str, Callable[[Gather, str, Properties], None]] = {
    "exclusions": evidence.take_exclusions,
    "antivirus": evidence.take_antivirus,
    "task": evidence.take_task,
    "process": evidence.take_process,
    "file": evidence.take_file,
    "port": evidence.take_port,
}


def threat_names(objects: Iterable[Properties]) -> dict[str, str]:
    """Return threat id -> name from the objects that have both: detections of the same file give the id only."""
    found = {}
    for properties in objects:
        number, name = said(properties.get("threatid")), said(properties.get("threatname"))
        if number is not None and name is not None:
            found[number] = name
    return found
