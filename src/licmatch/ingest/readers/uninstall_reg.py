"""`.reg` exports of the Uninstall keys: strings, dwords and hex values, also across continued lines."""

from __future__ import annotations

import re

from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.readers.uninstall_csv import NO_DISPLAY_NAME
from licmatch.ingest.records import FormatInfo

INFO = FormatInfo("uninstall-reg", "Registry export (.reg) of the Uninstall keys", ("software",))
SIGNATURES = ("Windows Registry Editor", "REGEDIT4")
VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"=(.*)', re.DOTALL)
TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"\s*$', re.DOTALL)
HEX = re.compile(r"hex(?:\(([0-9a-fA-F])\))?:([0-9a-fA-F,\s]*)$")
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


def _detect(doc: Document) -> float:
    return 1.0 if doc.head.startswith(SIGNATURES) else 0.0


def _read(doc: Document, gather: Gather) -> None:
    wide = not doc.head.startswith("REGEDIT4")
    keys: list[tuple[str, int, dict[str, str]]] = []
    values: dict[str, str] | None = None
    lines, number = doc.lines, 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.startswith("["):
            subkey = _uninstall_subkey(line)
            values = {} if subkey else None
            if subkey and values is not None:
                keys.append((subkey, number, values))
        elif line.startswith('"') and values is not None:
            first = number
            while number < len(lines) and number - first < MAX_VALUE_LINES and _goes_on(line, lines[number]):
                line = (
                    line[:-1] + lines[number].strip()
                    if line.endswith("\\") and not line.startswith('"', line.find("=") + 1)
                    else f"{line}\n{lines[number]}"
                )
                number += 1
            match = VALUE.match(line)
            if match is not None:
                values[_unescaped(match.group(1)).casefold()] = _value(match.group(2), doc, wide)
    columns: dict[str, list[str | None]] = {column: [found.get(name) for _, _, found in keys] for column, name in COLUMNS.items()}
    columns["product_code"] = [subkey for subkey, _, _ in keys]
    ends = [line - 1 for _, line, _ in keys[1:]] + [len(lines)]
    gather.software(
        doc,
        INFO.id,
        columns,
        [line for _, line, _ in keys],
        lambda at: doc.encoded("\n".join(lines[keys[at][1] - 1 : ends[at]]).rstrip()),
        no_name=NO_DISPLAY_NAME,
    )


def _uninstall_subkey(line: str) -> str | None:
    """Return the last part of a key right below `Uninstall`; keys that are deleted ([-HKEY...) and deeper ones are none."""
    path = line.strip().strip("[]")
    parent, _, subkey = path.rpartition("\\")
    return subkey if parent.casefold().endswith("\\uninstall") and not path.startswith("-") else None


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
    data = bytes(int(part, 16) for part in found.group(2).replace(" ", "").replace("\n", "").split(",") if len(part) in (1, 2))
    if found.group(1) not in ("1", "2", "7"):
        return data.hex()
    return data.decode("utf-16-le" if wide else doc.encoding, errors="replace").rstrip("\0").replace("\0", "; ")


READERS = (Reader(INFO, _detect, _read),)
