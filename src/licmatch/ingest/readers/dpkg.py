"""Debian packages: the table of `dpkg -l`, and `dpkg-query -W` with tabs."""

from __future__ import annotations

import re

from licmatch.ingest.document import Document
from licmatch.ingest.gather import REMOVED, Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo

INFO = FormatInfo("dpkg", "dpkg -l, or dpkg-query -W with tabs", ("software",))
HEAD = "Desired="
STATUS = re.compile(r"([uihrp])([ncHUFWti])([R ])\s+(\S+)\s+(\S+)(?:\s+(\S+))?")
WORDS = ("install ok", "deinstall ok", "hold ok", "purge ok", "unknown ok")
PARTS = 6


def _rows(doc: Document) -> list[tuple[int, list[str]]]:
    return [(number, line.split("\t")) for number, line in enumerate(doc.lines, start=1) if line.strip()]


def _detect(doc: Document) -> float:
    if doc.head.startswith(HEAD):
        return 1.0
    lines = [line.split("\t") for line in doc.head_lines[:20]]
    good = sum(1 for cells in lines if len(cells) == PARTS and cells[-1].startswith(WORDS))
    return 0.95 if good and good * 2 > len(lines) else 0.0


def _read(doc: Document, gather: Gather) -> None:
    if doc.head.startswith(HEAD):
        _read_table(doc, gather)
        return
    names: list[tuple[int, str, str, str]] = []
    unusable: dict[int, str] = {}
    for number, cells in _rows(doc):
        if len(cells) != PARTS:
            unusable[len(names)] = "not a line of dpkg-query"
            cells = ["", "", "", "", "", "installed"]
        elif cells[5].split()[-1:] != ["installed"]:
            unusable[len(names)] = REMOVED
        names.append((number, cells[0], cells[2], cells[1]))
    _emit(doc, gather, names, unusable)


def _read_table(doc: Document, gather: Gather) -> None:
    names: list[tuple[int, str, str, str]] = []
    unusable: dict[int, str] = {}
    below = False
    for number, line in enumerate(doc.lines, start=1):
        if line.startswith("+++-"):
            below = True
            continue
        if not below or not line.strip():
            continue
        match = STATUS.match(line)
        if match is None:
            unusable[len(names)] = "not a line of dpkg -l"
            names.append((number, "", "", ""))
            continue
        _, state, _, package, version, arch = match.groups()
        name, _, of = package.partition(":")
        if state in "nc":
            unusable[len(names)] = REMOVED
        names.append((number, name, version, arch or of))
    _emit(doc, gather, names, unusable)


def _emit(doc: Document, gather: Gather, rows: list[tuple[int, str, str, str]], unusable: dict[int, str]) -> None:
    lines = [number for number, *_ in rows]
    gather.software(
        doc,
        INFO.id,
        {
            "name": [row[1] for row in rows],
            "version": [row[2] for row in rows],
            "product_code": [row[1] for row in rows],
            "arch": [row[3] for row in rows],
        },
        lines,
        lambda at: doc.raw_line(lines[at]),
        unusable=unusable,
    )


READERS = (Reader(INFO, _detect, _read),)
