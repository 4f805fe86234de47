"""Services, tasks, processes, files and antivirus records of one computer as traces, whatever listed them.

Properties come under their names in lower case, as tools of Windows call them; tables in Chinese are translated before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from licmatch.ingest.gather import Gather
from licmatch.ingest.moments import moment_of
from licmatch.ingest.values import truth
from licmatch.ingest.wmi import Properties, listed, said

# Whose being switched off is a finding of its own.
LICENSING_SERVICES = frozenset({"sppsvc", "osppsvc", "clipsvc"})
_START = {"2": "auto", "3": "manual", "4": "disabled", "0": "boot", "1": "system"}
_PATH = re.compile(r"[A-Za-z]:\\[^\"<>|*?\r\n,;]{1,300}?\.(?:exe|cmd|bat|vbs|ps1|dll|sys|js|hta|com|scr)\b", re.IGNORECASE)
# Programs that run what their command line says; the line itself is then the trace.
_SCRIPT_HOSTS = re.compile(r"\b(?:powershell|pwsh|cmd|mshta|wscript|cscript|rundll32)(?:\.exe)?\b", re.IGNORECASE)
_THREAT_FILE = re.compile(
    r"^(?:file|containerfile|folder|process|regkeyvalue|regkey|runkey|service|taskscheduler):_?(.{1,500})$", re.DOTALL
)
MAX_TEXT = 2_000


def paths_of(command: str | None) -> Iterator[str]:
    """Yield the program files a command line names; a bare program without a path is none.

    >>> list(paths_of('"C:\\\\Program Files\\\\K\\\\a.exe" -k "C:\\\\x\\\\b.cmd"'))
    ['C:\\\\Program Files\\\\K\\\\a.exe', 'C:\\\\x\\\\b.cmd']
    """
    for match in _PATH.finditer((command or "")[:MAX_TEXT]):
        yield match.group()


def is_service(properties: Properties) -> bool:
    """Win32_Service, Get-Service, `sc`, or osquery's services."""
    keys = properties.keys()
    return (
        bool(
            keys & {"startmode", "servicename", "service_name", "start_type", "servicetype", "binary_path_name"}
            and keys & {"name", "servicename", "service_name"}
            and "taskname" not in keys
        )
        or {"name", "displayname", "starttype", "status"} <= keys
    )


def take_service(gather: Gather, device_id: str, properties: Properties) -> str | None:
    """Add a service by both its names and its file; its state too where it guards licences. Returns its name."""
    value = {key: said(cell) for key, cell in properties.items()}
    name = value.get("service_name") or value.get("servicename") or value.get("name")
    shown = value.get("displayname") or value.get("display_name")
    path = value.get("pathname") or value.get("binary_path_name") or value.get("path")
    for text in dict.fromkeys(text for text in (name, shown) if text is not None):
        gather.trace(device_id, "service", text)
    for file in paths_of(path):
        gather.trace(device_id, "file_path", file)
    if name is not None and name.casefold() in LICENSING_SERVICES:
        start = (value.get("startmode") or value.get("starttype") or value.get("start_type") or "").split(" ")
        mode = _START.get(start[0], " ".join(start)).casefold()
        state = (value.get("state") or value.get("status") or "").casefold()
        if mode or state:
            told = [f"start={mode}"] * bool(mode) + [f"state={state}"] * bool(state)
            gather.trace(device_id, "service_state", "; ".join([name.casefold(), *told]))
    return name


def note_missing_services(gather: Gather, device_id: str, names: set[str]) -> None:
    """Add that the licensing service is missing, where the list is one of all services."""
    low = {name.casefold() for name in names}
    if {"rpcss", "eventlog", "winmgmt"} <= low and "sppsvc" not in low:
        gather.trace(device_id, "service_state", "sppsvc; missing")


def is_task(properties: Properties) -> bool:
    """Get-ScheduledTask, `schtasks`, or osquery's scheduled_tasks."""
    keys = properties.keys()
    return "taskname" in keys or {"name", "action", "enabled", "next_run_time"} <= keys


def take_task(gather: Gather, device_id: str, properties: Properties) -> None:
    """Add a scheduled task by its path without the leading backslash, and what it runs."""
    value = {key: said(cell) for key, cell in properties.items()}
    name = value.get("taskname") or value.get("name")
    if name is None:
        return
    folder = value.get("taskpath") or ""
    seen = moment_of(properties.get("lastruntime") or properties.get("last_run_time"))
    if seen is not None and seen.startswith("1999-11-30"):
        seen = None  # what the scheduler shows for a task that never ran
    gather.trace(device_id, "scheduled_task", f"{folder if not name.startswith(chr(92)) else ''}{name}".lstrip("\\"), seen)
    commands = [value.get("tasktorun"), value.get("action") or value.get("path"), value.get("command")]
    actions = properties.get("actions")
    for action in actions if isinstance(actions, list) else [actions]:
        if isinstance(action, Mapping):
            parts = {str(key).casefold(): said(cell) for key, cell in action.items()}
            commands.append(" ".join(part for part in (parts.get("execute"), parts.get("arguments")) if part))
    for command in commands:
        _take_command(gather, device_id, command, seen)


def _take_command(gather: Gather, device_id: str, command: str | None, seen: str | None) -> None:
    if command is None:
        return
    for file in paths_of(command):
        gather.trace(device_id, "file_path", file, seen)
    if _SCRIPT_HOSTS.search(command[:300]):
        gather.trace(device_id, "command_history", command[:MAX_TEXT], seen)


def is_process(properties: Properties) -> bool:
    """Win32_Process, Get-Process, tasklist, or osquery's processes."""
    keys = properties.keys()
    return (
        "imagename" in keys
        or "executablepath" in keys
        or ("processname" in keys and bool(keys & {"id", "path", "pid", "handles"}))
        or {"pid", "name", "cmdline"} <= keys
    )


def take_process(gather: Gather, device_id: str, properties: Properties) -> None:
    """Add a running program: by its path where it is known, else by its name."""
    value = {key: said(cell) for key, cell in properties.items()}
    path = value.get("executablepath") or value.get("path")
    name = value.get("imagename") or value.get("name") or value.get("processname")
    if name is not None and path is None and "processname" in properties and "." not in name[-5:]:
        name += ".exe"  # Get-Process leaves the ending out
    if path or name:
        gather.trace(device_id, "process", path or name or "")
    _take_command(gather, device_id, value.get("commandline") or value.get("cmdline"), None)


def is_file(properties: Properties) -> bool:
    """Get-ChildItem, or osquery's file table."""
    keys = properties.keys()
    return ("fullname" in keys and bool(keys & {"length", "lastwritetime", "creationtime", "extension", "directoryname"})) or (
        {"path", "filename"} <= keys and bool(keys & {"mtime", "size", "directory", "btime"})
    )


def take_file(gather: Gather, device_id: str, properties: Properties) -> None:
    path = said(properties.get("fullname")) or said(properties.get("path"))
    if path is not None:
        gather.trace(device_id, "file_path", path[:MAX_TEXT], moment_of(properties.get("lastwritetime") or properties.get("mtime")))


def is_detection(properties: Properties) -> bool:
    """Get-MpThreatDetection, Get-MpThreat, or a console's list of detections."""
    keys = properties.keys()
    return "threatname" in keys or ("threatid" in keys and bool(keys & {"resources", "initialdetectiontime", "detectionid"}))


def take_detection(gather: Gather, device_id: str, properties: Properties, names: Mapping[str, str]) -> None:
    """Add a detection by the name of the threat, and the files it was found in. `names`: threat id -> name, where the file has them."""
    number = said(properties.get("threatid"))
    name = said(properties.get("threatname")) or names.get(number or "")
    seen = next(
        (
            found
            for key in ("initialdetectiontime", "detectiontime", "lastthreatstatuschangetime")
            if (found := moment_of(properties.get(key)))
        ),
        None,
    )
    if name is not None or number is not None:
        gather.trace(device_id, "av_detection", name or f"ThreatID {number}", seen)
    places = [*listed(properties.get("resources")), *listed(properties.get("filepath"))]
    for place in places:
        match = _THREAT_FILE.match(place)
        for path in ([match.group(1)] if match is not None else [place])[:1]:
            if re.match(r"[A-Za-z]:\\|\\\\", path):
                gather.trace(device_id, "file_path", path.split("->")[0], seen)


def is_exclusion_list(properties: Properties) -> bool:
    return bool(properties.keys() & {"exclusionpath", "exclusionprocess", "exclusionextension"})


def take_exclusions(gather: Gather, device_id: str, properties: Properties) -> None:
    """Add every path, process and extension that the antivirus was told to pass over."""
    for key in ("exclusionpath", "exclusionprocess", "exclusionextension"):
        for text in listed(properties.get(key)):
            if not text.startswith("N/A"):
                gather.trace(device_id, "defender_exclusion", text)


def is_antivirus(properties: Properties) -> bool:
    """AntiVirusProduct of the Security Center, Get-MpComputerStatus, or an agent's antivirus section."""
    keys = properties.keys()
    return "productstate" in keys or "realtimeprotectionenabled" in keys


def take_antivirus(gather: Gather, device_id: str, properties: Properties) -> None:
    value = {key: said(cell) for key, cell in properties.items()}
    seen = moment_of(properties.get("timestamp") or properties.get("collectedat"))
    state = value.get("productstate")
    if state is not None and state.isascii() and state.isdigit() and len(state) < 10:
        # 0x061100: the middle byte says whether it runs, the last one whether its signatures are current.
        number = int(state)
        enabled, current = bool(number & 0x1000), not number & 0x10
    else:
        enabled_text = value.get("antivirusenabled") or value.get("amserviceenabled")
        enabled, current = truth(enabled_text), None  # type: ignore[assignment]
    gather.trace(
        device_id,
        "antivirus_state",
        antivirus_state(
            value.get("displayname") or ("Microsoft Defender" if "realtimeprotectionenabled" in properties else None) or "?",
            enabled=enabled,
            up_to_date=current,
            real_time=truth(value.get("realtimeprotectionenabled")),
            version=value.get("amproductversion") or value.get("version"),
            signatures=(moment_of(properties.get("antivirussignaturelastupdated")) or "")[:10] or None,
        ),
        seen,
    )


def antivirus_state(name: str, **about: object) -> str:
    """Return how one antivirus product stands, as the text of a trace: its name, then what is known, in this order.

    >>> antivirus_state("360天擎", enabled=True, up_to_date=False, version=None)
    '360天擎; enabled=yes; up_to_date=no'
    """
    told = [f"{key}={'yes' if cell is True else 'no' if cell is False else cell}" for key, cell in about.items() if cell is not None]
    return "; ".join([name.replace(";", ","), *told])


def is_port(properties: Properties) -> bool:
    """Get-NetTCPConnection or osquery's listening_ports."""
    keys = properties.keys()
    return "localport" in keys or {"port", "protocol", "address"} <= keys


def take_port(gather: Gather, device_id: str, properties: Properties) -> None:
    state = (said(properties.get("state")) or "listen").casefold()
    port = said(properties.get("localport")) or said(properties.get("port"))
    if port is not None and (state in ("listen", "listening", "2")):
        gather.trace(device_id, "listening_port", port)
