"""RPM packages: `rpm -qa` as it is, or with the tabbed query format of the collection guide."""

from __future__ import annotations

import re

from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo

INFO = FormatInfo("rpm", "rpm -qa, plain or with tabs", ("software",))
ARCHES = (
    "x86_64",
    "noarch",
    "i386",
    "i486",
    "i586",
    "i686",
    "aarch64",
    "loongarch64",
    "ppc64le",
    "s390x",
    "armv7hl",
    "mips64el",
    "sw_64",
    "riscv64",
    "src",
    "(none)",
)
PLAIN = re.compile(r"([^\s]+)-([^\s-]+)-([^\s-]+?)(?:\.([A-Za-z0-9_()]+))?")
TIME = re.compile(r"\d{9,10}")
KEYS = "gpg-pubkey"
TABBED = 6
PSEUDO = "a signing key, not a package"


def _tabbed(cells: list[str]) -> bool:
    return len(cells) >= TABBED and cells[1] in ARCHES and TIME.fullmatch(cells[3]) is not None


def _plain(line: str) -> bool:
    return (line.rsplit(".", 1)[-1] in ARCHES and PLAIN.fullmatch(line[:400]) is not None) or line.startswith(KEYS + "-")


def _detect(doc: Document) -> float:
    lines = [line.rstrip() for line in doc.head_lines[:40]]
    if not lines:
        return 0.0
    if sum(_tabbed(line.split("\t")) for line in lines) * 2 > len(lines):
        return 0.95
    return 0.85 if sum(_plain(line) for line in lines) * 5 > len(lines) * 4 else 0.0


def _read(doc: Document, gather: Gather) -> None:
    rows: list[tuple[str | None, ...]] = []
    lines: list[int] = []
    unusable: dict[int, str] = {}
    for number, line in enumerate(doc.lines, start=1):
        if not line.strip():
            continue
        cells = line.split("\t")
        match = PLAIN.fullmatch(line.strip()[:400]) if len(cells) == 1 else None
        if len(cells) >= TABBED:
            name, version, arch, day, vendor = cells[0], cells[2], cells[1], cells[3], cells[5]
            rows.append((name, version, arch, day, vendor))
        elif match is not None:
            rows.append((match.group(1), f"{match.group(2)}-{match.group(3)}", match.group(4), None, None))
        else:
            unusable[len(rows)] = "not a line of rpm -qa"
            rows.append((None, None, None, None, None))
        if rows[-1][0] == KEYS:
            unusable[len(rows) - 1] = PSEUDO
        lines.append(number)
    columns = {
        column: [row[place] for row in rows] for place, column in enumerate(("name", "version", "arch", "install_date", "publisher"))
    }
    gather.software(
        doc, INFO.id, {**columns, "product_code": columns["name"]}, lines, lambda at: doc.raw_line(lines[at]), unusable=unusable
    )


READERS = (Reader(INFO, _detect, _read),)
