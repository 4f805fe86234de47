"""What Windows commands print: `sc query` and `sc qc`, `netstat -ano`, `dir /s`, and the hosts file."""

from __future__ import annotations

import re

from licmatch.ingest.document import WORKBOOK, Document
from licmatch.ingest.evidence import note_missing_services, take_service
from licmatch.ingest.gather import NO_DEVICE, Gather
from licmatch.ingest.moments import moment_of
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo

SC = FormatInfo("sc", "sc query, sc qc (Chinese or English)", ("traces",))
HOSTS = FormatInfo("hosts", "The hosts file itself", ("traces",))
FILES = FormatInfo("file-list", "List of files: dir /s, dir /s /b, find, one path a line", ("traces",))
NETSTAT = FormatInfo("netstat", "netstat -ano", ("traces",))

_SC_LABELS = {
    "service_name": "service_name",
    "服务名称": "service_name",
    "服务名": "service_name",
    "display_name": "displayname",
    "显示名称": "displayname",
    "显示名": "displayname",
    "state": "state",
    "状态": "state",
    "start_type": "start_type",
    "启动类型": "start_type",
    "binary_path_name": "binary_path_name",
    "二进制路径名": "binary_path_name",
}
_SC_LINE = re.compile(r"\s*([^\s:\uff1a][^:\uff1a]{0,40}?)\s*[:\uff1a]\s?(.*)$")
_SC_NUMBER = re.compile(r"^\s*(\d+)\s+(\S.*)$")
_ADDRESS = re.compile(r"^(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[0-9a-fA-F:.%]*:)[0-9a-fA-F:.]{2,39}(?:%\w{1,12})?)$")
_HOST = re.compile(r"^[^\s#/\\,;<>=\"']{1,253}$")
_WINDOWS_PATH = re.compile(r"^(?:[A-Za-z]:\\|\\\\[^\\\s]+\\)[^\"<>|?*]*$")
_UNIX_PATH = re.compile(r"^\.{0,2}/[^\0]*$")
_DIR_FOLDER = re.compile(r"^\s*(?:Directory of\s+)?((?:[A-Za-z]:\\|\\\\)\S?.*?)(?:\s*的目录)?\s*$")
_DIR_ENTRY = re.compile(
    r"^(\d{4}[/-]\d{2}[/-]\d{2}|\d{2}[/-]\d{2}[/-]\d{4})\s+(?:[上下]午\s*)?(\d{1,2}:\d{2})\s*(?:[AP]M)?\s+(<[A-Z]+>|[\d,.]+)\s+(.+)$"
)
_LISTENING = re.compile(r"^\s*TCP\s+(\S+):(\d{1,5})\s+\S+\s+(?:LISTENING|LISTEN|侦听)\b", re.IGNORECASE)
MAX_PATH = 2_000


def _text(doc: Document) -> bool:
    return not doc.data.startswith(WORKBOOK) and not doc.head.startswith(("{", "[", "<"))


def _device(doc: Document, gather: Gather) -> str | None:
    device, _ = gather.device_id(doc)
    if device is None:
        gather.reject(doc.label, 1, NO_DEVICE, doc.raw_line(1))
    else:
        gather.device(doc.label, device, None)
    return device


# --- services ---


def _detect_sc(doc: Document) -> float:
    lines = doc.head_lines[:40] if _text(doc) else []
    return 0.95 if any(re.match(r"\s*(?:SERVICE_NAME|服务名称)\s*[:\uff1a]", line) for line in lines) else 0.0


def _read_sc(doc: Document, gather: Gather) -> None:
    device = _device(doc, gather)
    if device is None:
        return
    names = set()
    record: dict[str, str] = {}
    for line in [*doc.lines, "SERVICE_NAME: "]:
        match = _SC_LINE.match(line[:MAX_PATH])
        label = _SC_LABELS.get(match.group(1).strip().casefold()) if match is not None else None
        if match is None or label is None:
            continue
        if label == "service_name" and record:
            name = take_service(gather, device, record)
            names.add(name or "")
            record = {}
        value = match.group(2).strip()
        number = _SC_NUMBER.match(value) if label in ("start_type", "state") else None
        record[label] = value if number is None else number.group(1) if label == "start_type" else number.group(2).split(" ")[0]
    note_missing_services(gather, device, names)


# --- hosts ---


def _hosts_line(line: str) -> tuple[str, list[str]] | None:
    words = line.partition("#")[0].split()
    if len(words) < 2 or _ADDRESS.match(words[0]) is None or not all(_HOST.match(word) for word in words[1:]):
        return None
    return words[0], words[1:]


def _detect_hosts(doc: Document) -> float:
    if not _text(doc):
        return 0.0
    lines = doc.head_lines
    plain = [line for line in lines if not line.lstrip().startswith("#")]
    hits = sum(1 for line in plain[:200] if _hosts_line(line) is not None)
    own = any("HOSTS file" in line or "hosts 文件" in line for line in lines[:12])
    if own and hits == len(plain[:200]):
        return 0.95
    return 0.85 if hits and hits * 10 >= len(plain[:200]) * 9 else 0.0


def _read_hosts(doc: Document, gather: Gather) -> None:
    device = _device(doc, gather)
    if device is None:
        return
    unread = 0
    for line in doc.lines:
        text = line.strip().lstrip("\ufeff")
        if not text or text.startswith("#"):
            continue
        found = _hosts_line(text)
        if found is None:
            unread += 1
            continue
        gather.trace(device, "hosts_line", " ".join((found[0], *found[1]))[:MAX_PATH])
    if unread:
        gather.notice("LINES_NOT_READ", doc.label, unread)


# --- files ---


def _detect_files(doc: Document) -> float:
    lines = doc.head_lines[:200] if _text(doc) else []
    paths = sum(1 for line in lines if _WINDOWS_PATH.match(line.strip().strip('"')) or _UNIX_PATH.match(line.strip()))
    if lines and paths * 10 >= len(lines) * 8:
        return 0.9
    entries = sum(1 for line in lines if _DIR_ENTRY.match(line))
    return (
        0.9
        if entries >= 2 and any(line.lstrip().startswith("Directory of ") or line.rstrip().endswith("的目录") for line in lines)
        else 0.0
    )


def _read_files(doc: Document, gather: Gather) -> None:
    device = _device(doc, gather)
    if device is None:
        return
    folder, unread = "", 0
    for number, line in enumerate(doc.lines, start=1):
        text = line.strip().strip('"')
        if not text:
            continue
        entry = _DIR_ENTRY.match(line[:MAX_PATH])
        if entry is not None:
            date, clock, size, name = entry.groups()
            if not size.startswith("<"):
                gather.trace(device, "file_path", f"{folder}\\{name.strip()}"[:MAX_PATH], moment_of(f"{date.replace('/', '-')} {clock}"))
        elif (text.startswith("Directory of ") or text.endswith("的目录")) and (found := _DIR_FOLDER.match(line[:MAX_PATH])) is not None:
            folder = found.group(1).rstrip("\\ ")
        elif _WINDOWS_PATH.match(text[:MAX_PATH]) or _UNIX_PATH.match(text[:MAX_PATH]):
            gather.trace(device, "file_path", text[:MAX_PATH])
        elif not folder and number > 0:
            unread += 1
    if unread:
        gather.notice("LINES_NOT_READ", doc.label, unread)


# --- ports ---


def _detect_netstat(doc: Document) -> float:
    lines = doc.head_lines[:60] if _text(doc) else []
    return 0.95 if sum(1 for line in lines if re.match(r"\s*(?:TCP|UDP)\s+\S+:\d+\s+\S+", line)) >= 2 else 0.0


def _read_netstat(doc: Document, gather: Gather) -> None:
    device = _device(doc, gather)
    if device is None:
        return
    ports = {match.group(2): None for line in doc.lines if (match := _LISTENING.match(line)) is not None}
    for port in ports:
        gather.trace(device, "listening_port", port)


READERS = (
    Reader(SC, _detect_sc, _read_sc),
    Reader(NETSTAT, _detect_netstat, _read_netstat),
    Reader(FILES, _detect_files, _read_files),
    Reader(HOSTS, _detect_hosts, _read_hosts),
)
