"""Wazuh's syscollector: packages as its API answers them, and its events, which are changes and no list of what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from licmatch.errors import InputError, Location
from licmatch.ingest.agent import section
from licmatch.ingest.document import Document
from licmatch.ingest.gather import NO_DEVICE, REMOVED, Gather
from licmatch.ingest.moments import moment_of
from licmatch.ingest.reader import Reader
from licmatch.ingest.record_rows import note_missing_pages
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import said

API = FormatInfo("wazuh", "Wazuh API: packages of syscollector (JSON)", ("software", "devices"))
EVENTS = FormatInfo("wazuh-events", "Wazuh syscollector events: packages that came, changed and went (JSON Lines)", ("software", "devices"))
PACKAGES, SYSTEM = "dbsync_packages", "dbsync_osinfo"
ADDED, CHANGED, DELETED = "added", "changed", "deleted"
# The words of 4.x, then those of 5.x.
OPERATIONS = {"inserted": ADDED, "created": ADDED, "modified": CHANGED, "deleted": DELETED}
LATER = "replaced by a later event"
UNDONE = "removed by a later event"
NO_EVENT = "not a syscollector event"
NO_ITEM = "not a package"
# What makes a package the same one.
IDENTITY = ("name", "version", "architecture", "format", "location")
Item = Mapping[str, object]


def _columns(items: Sequence[Item]) -> dict[str, list[str | None]]:
    def cells(*keys: str) -> list[str | None]:
        return [next((found for key in keys if (found := said(item.get(key))) is not None), None) for item in items]

    return {
        "name": cells("name"),
        "publisher": cells("vendor"),
        "version": cells("version"),
        "install_date": cells("install_time", "installed"),
        "install_location": cells("location", "path"),
        "arch": cells("architecture"),
        "package_format": cells("format", "type"),
    }


# --- the API ---


def _affected(doc: Document) -> list[object] | None:
    """Return the items of an answer about packages, or None where the file is none."""
    value = doc.json
    data = value.get("data") if isinstance(value, dict) else None
    items = data.get("affected_items") if isinstance(data, dict) else None
    if not isinstance(items, list) or not isinstance(value, dict):
        return None
    if not items:
        return items if "syscollector" in str(value.get("message", "")).casefold() else None
    first = section(items)
    return items if "name" in first and ("format" in first or {"scan", "vendor"} <= first.keys()) else None


def _detect_api(doc: Document) -> float:
    return 0.95 if doc.head.startswith("{") and _affected(doc) is not None else 0.0


def _read_api(doc: Document, gather: Gather) -> None:
    items = _affected(doc)
    if items is None:
        raise InputError("no packages of syscollector were found", where=Location(doc.label), hint="data.affected_items must list them")
    packages = [item if isinstance(item, dict) else {} for item in items]
    columns = _columns(packages)
    columns["device_id"] = [said(item.get("agent_id")) for item in packages]
    columns["collected_at"] = [moment_of(section(item.get("scan")).get("time")) for item in packages]
    refused = {place: NO_ITEM for place, item in enumerate(items) if not isinstance(item, dict)}
    lines = list(range(1, len(items) + 1))
    missing = note_missing_pages(doc, gather, len(items), section(section(doc.json).get("data")).get("total_affected_items"))
    gather.software(doc, API.id, columns, lines, lambda at: msgspec.json.encode(items[at]), unusable=refused, whole=not missing)
    if not items:
        gather.notice("NOTHING_FOUND", doc.label, 1, API.id)


# --- the events ---


@dataclass(slots=True)
class Standing:
    """What events leave of the packages of one agent, each with its line; `about` is what they say of its system."""

    packages: dict[tuple[str | None, ...], tuple[int, Item, str | None]] = field(default_factory=dict)
    about: dict[str, str | None] = field(default_factory=dict)


def _kind(event: object) -> str | None:
    """Return which table an event is about, or None where it is no event of syscollector."""
    if not isinstance(event, dict):
        return None
    kind = event.get("collector") or event.get("type")
    data = event.get("data")
    return kind if isinstance(kind, str) and kind.startswith("dbsync_") and isinstance(data, dict) else None


def _events(doc: Document) -> list[tuple[int, object]] | None:
    value = doc.json
    if isinstance(value, list):
        lines: list[tuple[int, object]] = list(enumerate(value, start=1))
    elif isinstance(value, dict):
        lines = [(1, value)]
    else:
        lines = doc.json_lines or []
    known = sum(1 for _, event in lines if _kind(_inner(event)) is not None)
    return lines if known * 2 > len(lines) else None


def _inner(event: object) -> object:
    """Return the event itself: where a manager has archived it, it stands under `data`, and the agent beside it."""
    if not isinstance(event, dict) or _kind(event) is not None:
        return event
    inside = event.get("data")
    if not isinstance(inside, dict) or _kind(inside) is None:
        return event
    return {"agent": event.get("agent"), "timestamp": event.get("timestamp"), **inside}


def _detect_events(doc: Document) -> float:
    if not doc.head.startswith(("{", "[")) or "dbsync_" not in doc.head:
        return 0.0
    return 0.95 if _events(doc) is not None else 0.0


def _agent(event: Item) -> str | None:
    agent = event.get("agent")
    if isinstance(agent, dict):
        return said(agent.get("name")) or said(agent.get("id"))
    return said(event.get("agent_name")) or said(event.get("agent_id"))


def _package(event: Item) -> tuple[str | None, Item]:
    """Return (operation, package) of either generation."""
    data = section(event.get("data"))
    if "package" in data:
        operation, package = section(data.get("event")).get("type"), section(data.get("package"))
    else:
        operation, package = event.get("operation"), data
    return OPERATIONS.get(str(operation).casefold()), package


def _identity(package: Item) -> tuple[str | None, ...]:
    own = said(package.get("item_id"))
    if own is not None:
        return (own,)
    named = {**package, "format": package.get("format") or package.get("type"), "location": package.get("location") or package.get("path")}
    return tuple(said(named.get(key)) for key in IDENTITY)


def _read_events(doc: Document, gather: Gather) -> None:
    events = _events(doc)
    if events is None:
        raise InputError(
            "no events of syscollector were found", where=Location(doc.label), hint="one JSON object a line, with dbsync_ tables"
        )
    standing: dict[str, Standing] = {}
    others: Counter[str] = Counter()
    for line, outer in events:
        event = _inner(outer)
        kind = _kind(event)
        if kind is None or not isinstance(event, dict):
            gather.reject(doc.label, line, NO_EVENT, _raw(doc, line, outer))
            continue
        device, _ = gather.device_id(doc, _agent(event))
        if kind not in (PACKAGES, SYSTEM):
            others[kind] += 1
        elif kind == SYSTEM:
            if device is not None:
                standing.setdefault(device, Standing()).about |= _system(event)
        elif device is None:
            gather.reject(doc.label, line, NO_DEVICE, _raw(doc, line, outer))
        else:
            _apply(doc, gather, standing.setdefault(device, Standing()), line, event)
    for kind, count in sorted(others.items()):
        gather.notice("SECTION_NOT_READ", doc.label, count, kind)
    outer_of = dict(events)
    for device, state in standing.items():
        _emit(doc, gather, device, state, outer_of)
    gather.notice("CHANGES_ONLY", doc.label, len(standing))


def _apply(doc: Document, gather: Gather, state: Standing, line: int, event: Item) -> None:
    """Take one event into the state; every event ends as a row that stands, or as one rejected with the reason."""
    operation, package = _package(event)
    if operation is None:
        gather.reject(doc.label, line, NO_EVENT, msgspec.json.encode(event))
        return
    identity = _identity(package)
    before = state.packages.pop(identity, None)
    if before is not None:
        gather.reject(doc.label, before[0], UNDONE if operation == DELETED else LATER, msgspec.json.encode(before[1]))
    if operation == DELETED:
        gather.reject(doc.label, line, REMOVED, msgspec.json.encode(event))
        return
    # A change may name only what changed.
    merged = {**before[1], **{key: value for key, value in package.items() if said(value) is not None}} if before else package
    seen = moment_of(package.get("scan_time")) or moment_of(event.get("timestamp"))
    state.packages[identity] = (line, merged, seen or (before[2] if before else None))


def _system(event: Item) -> dict[str, str | None]:
    data = section(event.get("data"))
    system = section(data.get("system")) or data
    told = {
        "hostname": said(system.get("hostname")),
        "os_name": said(system.get("os_name")),
        "os_version": said(system.get("os_version")),
        "os_build": said(system.get("os_build")),
    }
    return {column: text for column, text in told.items() if text is not None}


def _emit(doc: Document, gather: Gather, device: str, state: Standing, outer_of: Mapping[int, object]) -> None:
    if state.about:
        gather.device(doc.label, device, None, **state.about)
    rows = sorted(state.packages.values(), key=lambda row: row[0])
    if not rows:
        return
    columns = _columns([package for _, package, _ in rows])
    named, _ = gather.device_of_file(doc.label)
    columns["device_id"] = [None if device == named else device] * len(rows)
    columns["collected_at"] = [seen for _, _, seen in rows]
    gather.device(doc.label, device, None, collected_at=max((seen for _, _, seen in rows if seen is not None), default=None))
    lines = [line for line, _, _ in rows]
    gather.software(doc, EVENTS.id, columns, lines, lambda at: _raw(doc, lines[at], outer_of[lines[at]]), whole=False)


def _raw(doc: Document, line: int, event: object) -> bytes:
    return doc.raw_line(line) if doc.json is None else msgspec.json.encode(event)


READERS = (Reader(API, _detect_api, _read_api), Reader(EVENTS, _detect_events, _read_events))
