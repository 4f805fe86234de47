"""Registry exports: `.reg` files and `reg query`; Uninstall keys are software, the other keys that are known are traces."""

from __future__ import annotations

import re

from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.readers.uninstall_csv import NO_DISPLAY_NAME
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.registry_keys import take_keys

INFO = FormatInfo(
    "uninstall-reg", "Registry export (.reg): Uninstall keys, and the keys that tell of licensing", ("software", "devices", "traces")
)
QUERY = FormatInfo("reg-query", "reg query ... /s", ("software", "devices", "traces"))
SIGNATURES = ("Windows Registry Editor", "REGEDIT4")
VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"=(.*)', re.DOTALL)
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"\s*$', re.DOTALL)
HEX = re.compile(r"hex(?:\(([0-9a-fA-F])\))?:([0-9a-fA-F,\s]*)$")
HEX_BYTE = re.compile(r"[0-9a-fA-F]{1,2}")
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
COLUMNS = {
    "name": "displayname",
    "version": "displayversion",
    "publisher": "publisher",
    "install_date": "installdate",
    "install_location": "installlocation",
    "system_component": "systemcomponent",
    "parent_key": "parentkeyname",
    "release_type": "releasetype",
    "UninstallString": "uninstallstring",
}
MAX_VALUE_LINES = 5_000
# A text is looked at anew with every line it takes in; no registry holds one of so many.
MAX_TEXT_LINES = 100
QUERY_VALUE = re.compile(r"^ {4}(.*?) {4}(REG_[A-Z_]+) {0,4}(.*)$")
HIVES = ("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER", "HKEY_USERS", "HKEY_CLASSES_ROOT")
Key = tuple[str, int, dict[str, tuple[str, str]]]


def _detect(doc: Document) -> float:
    return 1.0 if doc.head.startswith(SIGNATURES) else 0.0


def _read(doc: Document, gather: Gather) -> None:
    _take(doc, gather, _keys_of_export(doc), INFO.id)


def _keys_of_export(doc: Document) -> list[Key]:
    """Return (path, line, lower-case value name -> (name, text)) of every key."""
    wide = not doc.head.startswith("REGEDIT4")
    keys: list[Key] = []
    lines, number, held = doc.lines, 0, False
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.startswith("["):
            # Keys that are deleted ([-HKEY...) hold nothing.
            held = not line.startswith("[-")
            if held:
                keys.append((line.strip().strip("[]"), number, {}))
        elif line.startswith('"') and held:
            first, most = number, MAX_TEXT_LINES if line.partition("=")[2].startswith('"') else MAX_VALUE_LINES
            while number < len(lines) and number - first < most and _goes_on(line, lines[number]):
                line = (
                    line[:-1] + lines[number].strip()
                    if line.endswith("\\") and not line.startswith('"', line.find("=") + 1)
                    else f"{line}\n{lines[number]}"
                )
                number += 1
            match = VALUE.match(line)
            if match is not None:
                name = _unescaped(match.group(1))
                keys[-1][2][name.casefold()] = (name, _value(match.group(2), doc, wide))
    return keys


def _take(doc: Document, gather: Gather, keys: list[Key], table: str) -> None:
    uninstall = [(subkey, line, values) for path, line, values in keys if (subkey := _uninstall_subkey(path)) is not None]
    others = [(path, values) for path, _, values in keys if _uninstall_subkey(path) is None]
    told = 0
    device, _ = gather.device_id(doc)
    if device is not None and others:
        told = take_keys(gather, doc.label, device, others)
        if told:
            gather.device(doc.label, device, None)
    if not uninstall and not told:
        gather.notice("SECTION_NOT_READ", doc.label, len(others), "registry")
    columns: dict[str, list[str | None]] = {
        column: [found[name][1] if name in found else None for _, _, found in uninstall] for column, name in COLUMNS.items()
    }
    columns["product_code"] = [subkey for subkey, _, _ in uninstall]
    starts = sorted(line for _, line, _ in keys)
    following = dict(zip(starts, [line - 1 for line in starts[1:]] + [len(doc.lines)], strict=False))
    gather.software(
        doc,
        table,
        columns,
        [line for _, line, _ in uninstall],
        lambda at: doc.encoded("\n".join(doc.lines[uninstall[at][1] - 1 : following[uninstall[at][1]]]).rstrip()),
        no_name=NO_DISPLAY_NAME,
    )


def _detect_query(doc: Document) -> float:
    lines = doc.head_lines[:40]
    keys = any(line.startswith(HIVES) for line in lines)
    return 0.95 if keys and any(QUERY_VALUE.match(line) for line in lines) else 0.0


def read_query(doc: Document, gather: Gather) -> None:
    keys: list[Key] = []
    for number, line in enumerate(doc.lines, start=1):
        if line.startswith(HIVES):
            keys.append((line.strip(), number, {}))
            continue
        match = QUERY_VALUE.match(line[:8_000]) if keys else None
        if match is not None:
            name, kind, text = match.groups()
            if kind == "REG_DWORD" and text.lower().startswith("0x") and len(text) < 20:
                text = str(int(text, 16)) if re.fullmatch(r"0x[0-9a-fA-F]+", text) else text
            keys[-1][2][name.casefold()] = (name, text.replace("\\0", "; ") if kind == "REG_MULTI_SZ" else text)
    _take(doc, gather, keys, QUERY.id)


def _uninstall_subkey(path: str) -> str | None:
    """Return the last part of a key right below `Uninstall`; deeper ones are none."""
    parent, _, subkey = path.rpartition("\\")
    return subkey if parent.casefold().endswith("\\uninstall") else None


def _goes_on(line: str, following: str) -> bool:
    _, _, value = line.partition("=")
    if value.startswith('"'):
        # A text with a line break in it: it goes on until its closing quote, but never into the next key.
        return TEXT.match(value) is None and not following.startswith("[")
    return line.endswith("\\")


def _unescaped(text: str) -> str:
    return ESCAPE.sub(r"\1", text)


def _value(raw: str, doc: Document, wide: bool) -> str:
    text = TEXT.match(raw)
    if text is not None:
        return _unescaped(text.group(1))
    if raw.startswith("dword:"):
        digits = raw[6:].strip()
        return str(int(digits, 16)) if re.fullmatch(r"[0-9a-fA-F]{1,8}", digits) else ""
    found = HEX.match(raw)
    if found is None:
        return ""
    data = bytes(int(part, 16) for part in found.group(2).replace(" ", "").replace("\n", "").split(",") if HEX_BYTE.fullmatch(part))
    if found.group(1) not in ("1", "2", "7"):
        return data.hex()
    return data.decode("utf-16-le" if wide else doc.encoding, errors="replace").rstrip("\0").replace("\0", "; ")


READERS = (Reader(INFO, _detect, _read), Reader(QUERY, _detect_query, read_query))
