"""winget: what `winget list` prints, `winget list --format json`, `Get-WinGetPackage | ConvertTo-Json`, and `winget export`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec

from licmatch.errors import InputError, Location
from licmatch.ingest.agent import section, sections
from licmatch.ingest.document import HEAD, WORKBOOK, Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.moments import moment_of
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import said
from licmatch.messages.width import display_width

LIST = FormatInfo("winget", "winget list (text or JSON), Get-WinGetPackage (JSON)", ("software", "devices"))
EXPORT = FormatInfo("winget-export", "winget export (JSON)", ("software", "devices"))
COVERAGE = "only packages of winget's own sources"
TRUNCATED = "TRUNCATED: the name was cut off by the program that printed it"
NO_ROW = "no row of the table"
NO_PACKAGE = "not a package"
CUT = ("…", "...")
# An id made from the registry or the store ends in the subkey or the package.
_LOCAL_ID = re.compile(r"^(?:ARP|MSIX)\\(?:.*\\)?([^\\]+)$", re.IGNORECASE)
# Ids of sources are `Maker.Product`, those of the registry paths.
_ID = re.compile(r"[^\s.\\]{1,100}[.\\]\S[^\t]{0,300}")
_RULE = re.compile(r"-{20,}\s*$")
HEADER_WITHIN = 40
COLUMNS = range(3, 7)
PROBED = 60


def product_code(own_id: str | None) -> str | None:
    """Return the identifier that an id of winget holds, None where it was cut off.

    >>> product_code("ARP\\\\Machine\\\\X64\\\\{AC76}"), product_code("Git.Git"), product_code("ARP\\\\Machine\\\\X64\\\\{AC7…")
    ('{AC76}', 'Git.Git', None)
    """
    if own_id is None or own_id.endswith(CUT):
        return None
    match = _LOCAL_ID.match(own_id)
    return own_id if match is None else match.group(1)


def _take(doc: Document, gather: Gather, items: Sequence[object], lines: Sequence[int], raw: Callable[[int], bytes]) -> None:
    packages = [item if isinstance(item, dict) else {} for item in items]
    names, ids, versions = ([said(item.get(key)) for item in packages] for key in ("Name", "Id", "InstalledVersion"))
    # A line of the terminal that is no row stands here as its reason.
    unusable = {place: item if isinstance(item, str) else NO_PACKAGE for place, item in enumerate(items) if not isinstance(item, dict)}
    unusable |= {place: TRUNCATED for place, name in enumerate(names) if name is not None and name.endswith(CUT)}
    columns = {
        "name": names,
        # `< 14.0` says which version it is not.
        "version": [None if text is not None and text.startswith(("<", ">")) else text for text in versions],
        "product_code": [product_code(own) for own in ids],
        "winget_id": ids,
        "winget_source": [said(item.get("Source")) for item in packages],
    }
    # What was cut off is lost, so the list is not whole.
    gather.software(doc, LIST.id, columns, lines, raw, unusable=unusable, whole=TRUNCATED not in unusable.values())


# --- what the module and `--format json` write ---


def _packages(doc: Document) -> list[object] | None:
    """Return the packages of a JSON answer, or None where it is none of winget."""
    value = doc.json
    if isinstance(value, dict):
        inside = section(value.get("result")).get("packages")
        value = [value] if inside is None else inside
    first = section(value)
    told = {"Id", "Name", "InstalledVersion"} <= first.keys() and first.keys() & {"AvailableVersions", "IsUpdateAvailable"}
    return value if isinstance(value, list) and told else None


def _read_packages(doc: Document, gather: Gather) -> None:
    items = _packages(doc)
    if items is None:
        raise InputError(
            "no packages of winget were found", where=Location(doc.label), hint="Get-WinGetPackage | ConvertTo-Json writes them"
        )
    packages = [item if isinstance(item, dict) else None for item in items]
    _take(doc, gather, packages, list(range(1, len(items) + 1)), lambda at: msgspec.json.encode(items[at]))
    if isinstance(doc.json, dict) and section(doc.json.get("result")).get("truncated") is True:
        gather.notice("PAGES_MISSING", doc.label, 1, "truncated")


# --- what the terminal shows ---


def _shown(line: str) -> str:
    """Return what is left on the screen of a line that a spinner wrote over."""
    return line.rstrip("\r").rpartition("\r")[2].rstrip()


def cells_at(line: str, starts: Sequence[int]) -> list[str] | None:
    """Return the cells of a line whose columns start at these places of the screen, None where a text runs into the next column.

    >>> cells_at("微信     Tencent.WeChat 3.9", [0, 9, 24]), cells_at("2 upgrades available.", [0, 9, 24])
    (['微信', 'Tencent.WeChat', '3.9'], None)
    """
    cuts = [0]
    at = 0
    for place, mark in enumerate(line):
        while len(cuts) < len(starts) and at >= starts[len(cuts)]:
            if place > cuts[-1] and line[place - 1] != " ":
                return None
            cuts.append(place)
        # All that is left belongs to the last column, however much it is.
        if len(cuts) == len(starts):
            break
        at += display_width(mark)
    found = [line[start:end].strip() for start, end in pairwise((*cuts, len(line)))]
    return found + [""] * (len(starts) - len(found))


def _table(doc: Document) -> tuple[list[str], int, list[int]] | None:
    """Return (lines, place of the first row, where the columns start), or None where no header is underlined by a single rule."""
    if doc.data.startswith(WORKBOOK) or "-" * 20 not in doc.head or doc.head.startswith(("{", "[", "<")):
        return None
    beginning = [_shown(line) for line in doc.text[:HEAD].split("\n")[:HEADER_WITHIN]]
    rule = next((place for place, line in enumerate(beginning) if place and _RULE.match(line)), None)
    if rule is None or display_width(beginning[rule - 1]) > len(beginning[rule]):
        return None
    header = beginning[rule - 1]
    words = [match.start() for match in re.finditer(r"\S+", header)]
    if len(words) not in COLUMNS:
        # A header of several words, as some languages have.
        words = [match.start() for match in re.finditer(r"\S+(?: \S+)*", header)]
    starts = [display_width(header[:start]) for start in words]
    return ([_shown(line) for line in doc.text.split("\n")], rule + 1, starts) if len(starts) in COLUMNS and starts[0] == 0 else None


def _is_table(doc: Document) -> bool:
    found = _table(doc)
    if found is None:
        return False
    # Other programs underline their tables too.
    lines, first, starts = found
    rows = [cells_at(line, starts) for line in lines[first : first + PROBED] if line]
    return sum(1 for cells in rows if cells is not None and _ID.fullmatch(cells[1])) * 2 >= max(len(rows), 1)


def _read_table(doc: Document, gather: Gather) -> None:
    found = _table(doc)
    if found is None:
        raise InputError("no table of winget was found", where=Location(doc.label), hint="a rule of dashes stands below its header")
    lines, first, starts = found
    items: list[object] = []
    numbers: list[int] = []
    for number, line in enumerate(lines[first:], start=first + 1):
        cells = cells_at(line, starts)
        if cells is not None and cells[0] and cells[1]:
            items.append({"Name": cells[0], "Id": cells[1], "InstalledVersion": cells[2], "Source": cells[-1] if len(cells) > 4 else None})
            numbers.append(number)
        elif line:
            items.append(NO_ROW)
            numbers.append(number)
    _take(doc, gather, items, numbers, lambda at: doc.encoded(lines[numbers[at] - 1]))


# --- winget export ---


def _is_export(doc: Document) -> bool:
    value = doc.json if doc.head.startswith("{") else None
    return (
        isinstance(value, dict)
        and isinstance(value.get("Sources"), list)
        and ("WinGetVersion" in value or "winget" in str(value.get("$schema")))
    )


def _read_export(doc: Document, gather: Gather) -> None:
    value = section(doc.json)
    found = [(source, package) for source in sections(value.get("Sources")) for package in _listed(source.get("Packages"))]
    packages = [package if isinstance(package, dict) else {} for _, package in found]
    ids = [said(package.get("PackageIdentifier")) or said(package.get("Id")) for package in packages]
    columns = {
        "name": ids,
        "version": [said(package.get("Version")) for package in packages],
        "product_code": ids,
        "winget_source": [said(section(source.get("SourceDetails")).get("Name")) for source, _ in found],
        "collected_at": [moment_of(value.get("CreationDate"))] * len(found),
    }
    lines = list(range(1, len(found) + 1))
    gather.software(doc, EXPORT.id, columns, lines, lambda at: msgspec.json.encode(found[at][1]), whole=False)
    gather.notice("PARTIAL_COVERAGE", doc.label, len(found), COVERAGE)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _detect(doc: Document) -> float:
    if doc.head.startswith(("{", "[")):
        return 0.93 if _packages(doc) is not None else 0.0
    return 0.93 if _is_table(doc) else 0.0


def _read(doc: Document, gather: Gather) -> None:
    if doc.head.startswith(("{", "[")):
        _read_packages(doc, gather)
    else:
        _read_table(doc, gather)


READERS = (Reader(LIST, _detect, _read), Reader(EXPORT, lambda doc: 0.95 if _is_export(doc) else 0.0, _read_export))
