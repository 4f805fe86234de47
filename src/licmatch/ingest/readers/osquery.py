"""osquery: `osqueryi --json`, and result logs as events, batches and snapshots, folded to the state they end in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from licmatch.ingest.agent import section
from licmatch.ingest.document import Document
from licmatch.ingest.evidence import antivirus_state
from licmatch.ingest.gather import NO_DEVICE, REMOVED, Gather
from licmatch.ingest.objects import Taker, class_of
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.registry_keys import take_keys
from licmatch.ingest.values import day_of, truth
from licmatch.ingest.wmi import said

INFO = FormatInfo("osquery", "osquery results: JSON, event, batch and snapshot logs", ("software", "devices", "traces"))
SOFTWARE_TABLES = ("programs", "deb_packages", "rpm_packages", "apps")
ABOUT_TABLES = ("os_version", "system_info")
TABLES = (*SOFTWARE_TABLES, *ABOUT_TABLES)
# Rows of these tables are objects of the kinds that other tools list too.
OBJECT_TABLES = {
    "services": "service",
    "scheduled_tasks": "task",
    "processes": "process",
    "file": "file",
    "listening_ports": "port",
}
TRACE_TABLES = (*OBJECT_TABLES, "etc_hosts", "registry", "windows_security_products")
LOG_KEYS = ("columns", "snapshot", "diffResults")
Row = Mapping[str, object]


@dataclass(slots=True)
class State:
    """What one query said about one host: the rows that stand, with the line each came from."""

    host: str
    query: str
    epoch: object
    day: str | None
    identity: str | None
    hostname: str | None
    lowest_counter: int
    rows: list[tuple[Row, int]] = field(default_factory=list)


def _is_log(value: object) -> bool:
    return (
        isinstance(value, dict)
        and ("hostIdentifier" in value or "hostname" in value)
        and "name" in value
        and any(key in value for key in LOG_KEYS)
    )


def _entries(doc: Document) -> list[tuple[int, object]] | None:
    """Return (line, log entry), or None where the file is no result log."""
    value = doc.json
    if isinstance(value, list):
        return [(number, item) for number, item in enumerate(value, start=1)] if value and all(_is_log(item) for item in value) else None
    if isinstance(value, dict):
        return [(1, value)] if _is_log(value) else None
    lines = doc.json_lines
    if lines is None:
        return None
    logs = sum(1 for _, item in lines if _is_log(item))
    return lines if logs * 2 > len(lines) else None


def table_of_row(row: Row) -> str | None:
    """Return which osquery table has columns like these, or None.

    >>> table_of_row({"name": "Safari.app", "bundle_identifier": "com.apple.Safari"}), table_of_row({"name": "x", "colour": "red"})
    ('apps', None)
    """
    keys = row.keys()
    if "bundle_identifier" in keys:
        return "apps"
    if {"address", "hostnames"} <= keys:
        return "etc_hosts"
    if {"key", "name", "data"} <= keys:
        return "registry"
    if {"type", "state", "signatures_up_to_date"} <= keys:
        return "windows_security_products"
    found = class_of({key.casefold(): None for key in keys})
    if found in OBJECT_TABLES.values():
        return next(table for table, kind in OBJECT_TABLES.items() if kind == found)
    if "identifying_number" in keys or {"name", "uninstall_string"} <= keys or {"name", "install_source"} <= keys:
        return "programs"
    if {"name", "maintainer"} <= keys or {"name", "section", "status"} <= keys:
        return "deb_packages"
    if {"name", "release"} <= keys and keys & {"vendor", "sha1", "arch", "package_group"}:
        return "rpm_packages"
    if {"platform", "name"} <= keys and keys & {"codename", "platform_like", "build"}:
        return "os_version"
    return "system_info" if "hardware_serial" in keys or {"computer_name", "uuid"} <= keys else None


def _table(query: str, rows: Sequence[tuple[Row, int]]) -> str | None:
    named = next(
        (table for table in (*TABLES, *TRACE_TABLES) if query == table or query.endswith(("_" + table, "/" + table, ":" + table))), None
    )
    return named or (table_of_row(rows[0][0]) if rows else None)


def _bare_rows(doc: Document) -> list[tuple[Row, int]] | None:
    value = doc.json
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value) and table_of_row(value[0]) is not None:
        return [(item, number) for number, item in enumerate(value, start=1)]
    return None


def _detect(doc: Document) -> float:
    if not doc.head.startswith(("{", "[")):
        return 0.0
    if _entries(doc) is not None:
        return 0.95
    return 0.6 if _bare_rows(doc) is not None else 0.0


def _read(doc: Document, gather: Gather) -> None:
    entries = _entries(doc)
    bare = State("", "", None, None, None, None, 0, _bare_rows(doc) or [])
    states = [bare] if entries is None else list(_fold(doc, gather, entries))
    about: dict[str, tuple[str | None, str | None]] = {}
    for state in states:
        table = _table(state.query, state.rows)
        if table == "system_info" and state.rows:
            row = state.rows[0][0]
            about[state.host] = (said(row.get("hostname")) or said(row.get("computer_name")), said(row.get("uuid")))
    for state in states:
        hostname, identity = about.get(state.host, (None, None))
        _emit(doc, gather, state, state.hostname or hostname, state.identity or identity)


def _fold(doc: Document, gather: Gather, entries: Sequence[tuple[int, object]]) -> Iterator[State]:
    states: dict[tuple[str, str], State] = {}
    superseded = 0
    for line, entry in entries:
        if not isinstance(entry, dict) or not _is_log(entry):
            gather.reject(doc.label, line, "not an osquery result", doc.raw_line(line))
            continue
        decorations = section(entry.get("decorations"))
        host = said(entry.get("hostIdentifier")) or said(entry.get("hostname")) or ""
        query, epoch, counter = str(entry.get("name")), entry.get("epoch"), entry.get("counter")
        number = counter if isinstance(counter, int) else 0
        state = states.get((host, query))
        snapshot = entry.get("snapshot")
        if state is None or state.epoch != epoch or isinstance(snapshot, list):
            superseded += len(state.rows) if state is not None else 0
            state = states[host, query] = State(
                host,
                query,
                epoch,
                None,
                said(decorations.get("host_uuid") or entry.get("host_uuid")),
                said(decorations.get("hostname") or decorations.get("computer_name") or entry.get("hostname")),
                0 if isinstance(snapshot, list) else number,
            )
        state.lowest_counter = min(state.lowest_counter, number)
        state.day = day_of(entry.get("unixTime")) or state.day
        added, removed = _changes(entry)
        state.rows.extend((row, line) for row in added)
        if removed:
            _take_away(doc, gather, state, removed, line)
    if superseded:
        gather.notice("SUPERSEDED", doc.label, superseded)
    incomplete = sum(1 for state in states.values() if state.lowest_counter > 0)
    if incomplete:
        gather.notice("SNAPSHOT_INCOMPLETE", doc.label, incomplete)
    yield from states.values()


def _changes(entry: Mapping[str, object]) -> tuple[list[Row], list[Row]]:
    snapshot, batch, columns = entry.get("snapshot"), entry.get("diffResults"), entry.get("columns")
    if isinstance(snapshot, list):
        return [row for row in snapshot if isinstance(row, dict)], []
    if isinstance(batch, dict):
        return tuple(
            [row for row in rows if isinstance(row, dict)] if isinstance(rows := batch.get(part), list) else []  # type: ignore[return-value]
            for part in ("added", "removed")
        )
    if isinstance(columns, dict):
        return ([], [columns]) if entry.get("action") == "removed" else ([columns], [])
    return [], []


def _take_away(doc: Document, gather: Gather, state: State, removed: Sequence[Row], line: int) -> None:
    """Every removal is a rejected row; the row it takes back, if it was seen, no longer stands."""
    gone: dict[bytes, int] = {}
    for row in removed:
        if _table(state.query, [(row, line)]) in SOFTWARE_TABLES:
            gather.reject(doc.label, line, REMOVED, msgspec.json.encode(row))
        key = msgspec.json.encode(row, order="sorted")
        gone[key] = gone.get(key, 0) + 1
    kept = []
    for held in state.rows:
        key = msgspec.json.encode(held[0], order="sorted")
        if gone.get(key, 0):
            gone[key] -= 1
        else:
            kept.append(held)
    state.rows = kept


def _emit(doc: Document, gather: Gather, state: State, hostname: str | None, identity: str | None) -> None:
    table = _table(state.query, state.rows)
    device, _ = gather.device_id(doc, hostname, state.host)
    if device is not None and state.rows:
        gather.device(doc.label, device, identity, hostname=hostname, collected_at=state.day)
    if table in ("os_version", "system_info"):
        if device is not None and state.rows:
            gather.device(doc.label, device, None, **_about(table, state.rows[0][0]))
        return
    if not state.rows:
        return
    if table in TRACE_TABLES:
        if device is None:
            for row, line in state.rows:
                gather.reject(doc.label, line, NO_DEVICE, msgspec.json.encode(row))
        else:
            _take_traces(doc, gather, device, table or "", [row for row, _ in state.rows])
        return
    if table is None:
        gather.notice("TABLE_NOT_READ", doc.label, len(state.rows), state.query)
        return
    rows = [row for row, _ in state.rows]
    columns = {column: [said(cell) for cell in cells] for column, cells in _software(table, rows).items()}
    named = hostname or said(state.host)
    if named is not None:
        columns["device_id"] = [named] * len(rows)
    unusable = {place: REMOVED for place, row in enumerate(rows) if table == "deb_packages" and not _installed(row)}
    gather.software(
        doc,
        f"{INFO.id}-{table.replace('_', '-')}",
        columns,
        [line for _, line in state.rows],
        lambda at: msgspec.json.encode(rows[at]),
        unusable=unusable,
        # A log that starts in the middle tells only what changed since.
        whole=state.lowest_counter == 0,
    )


def _take_traces(doc: Document, gather: Gather, device: str, table: str, rows: Sequence[Row]) -> None:
    taker = Taker(gather, doc)
    keys: dict[str, dict[str, tuple[str, str]]] = {}
    for row in rows:
        if table == "etc_hosts":
            gather.trace(device, "hosts_line", f"{said(row.get('address')) or ''} {said(row.get('hostnames')) or ''}".strip())
        elif table == "registry":
            name = str(row.get("name") or "")
            keys.setdefault(str(row.get("key") or ""), {})[name.casefold()] = (name, str(row.get("data") or ""))
        elif table == "windows_security_products":
            if str(row.get("type")).casefold() == "antivirus":
                state = antivirus_state(
                    said(row.get("name")) or "?",
                    enabled=str(row.get("state")).casefold() == "on",
                    up_to_date=truth(row.get("signatures_up_to_date")),
                )
                gather.trace(device, "antivirus_state", state)
        else:
            taker.take(device, OBJECT_TABLES[table], row)
    take_keys(gather, doc.label, device, keys.items())
    taker.finish()


def _installed(row: Row) -> bool:
    status = str(row.get("status") or "installed").strip()
    return status.split()[-1:] == ["installed"]


def _software(table: str, rows: Sequence[Row]) -> dict[str, list[object]]:
    get = {key: [row.get(key) for row in rows] for key in ("name", "version", "arch")}
    if table == "programs":
        return {
            "name": get["name"],
            "version": get["version"],
            "publisher": [row.get("publisher") for row in rows],
            "install_date": [row.get("install_date") for row in rows],
            "install_location": [row.get("install_location") for row in rows],
            "product_code": [row.get("identifying_number") for row in rows],
        }
    if table == "deb_packages":
        return {**get, "publisher": [str(row.get("maintainer") or "").split("<")[0] for row in rows], "product_code": get["name"]}
    if table == "rpm_packages":
        return {
            "name": get["name"],
            "arch": get["arch"],
            "publisher": [row.get("vendor") for row in rows],
            "product_code": get["name"],
            "version": [f"{row.get('version')}-{row.get('release')}" if row.get("release") else row.get("version") for row in rows],
            "install_date": [row.get("install_time") for row in rows],
        }
    return {
        "name": [said(row.get("bundle_name")) or str(row.get("name") or "").removesuffix(".app") for row in rows],
        "version": [said(row.get("bundle_short_version")) or row.get("bundle_version") for row in rows],
        "install_location": [row.get("path") for row in rows],
        "product_code": [row.get("bundle_identifier") for row in rows],
    }


def _about(table: str, row: Row) -> dict[str, str | None]:
    if table == "system_info":
        return {
            "hostname": said(row.get("hostname")),
            "manufacturer": said(row.get("hardware_vendor")),
            "model": said(row.get("hardware_model")),
            "serial_number": said(row.get("hardware_serial")),
            "hardware_uuid": said(row.get("uuid")),
        }
    build = said(row.get("build"))
    revision = said(row.get("revision"))
    return {
        "os_name": said(row.get("name")),
        "os_version": said(row.get("version")),
        "os_build": f"{build}.{revision}" if build and revision else build,
        "os_installed_on": day_of(row.get("install_date")),
    }


READERS = (Reader(INFO, _detect, _read),)
