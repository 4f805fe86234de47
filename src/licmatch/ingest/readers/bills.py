"""Bills of materials that describe computers: CycloneDX and SPDX 2.x in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

from licmatch.errors import InputError, Location
from licmatch.ingest.agent import Section, section, sections
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.record_rows import NO_OBJECT, RecordRows
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import said

CYCLONEDX = FormatInfo("cyclonedx", "CycloneDX bill of a computer (JSON)", ("software", "devices"))
SPDX = FormatInfo("spdx", "SPDX 2.x bill of a computer (JSON)", ("software", "devices"))
# Bills nest components in components; real ones a few levels.
MAX_DEPTH = 40
SYSTEM = "operating-system"
PROGRAMS = frozenset({"application", "platform"})
# Packages of these kinds are parts that programmers build with, whatever a bill calls them.
PARTS = frozenset(
    {"npm", "pypi", "maven", "golang", "cargo", "nuget", "gem", "composer", "hex", "pub", "swift", "cocoapods", "conan", "cran", "hackage"}
)
_PURL_TYPE = re.compile(r"pkg:(?://)?([A-Za-z][A-Za-z0-9.+-]{0,40})/")
_WINDOWS_BUILD = re.compile(r"10\.0\.(\d{5})(?:\.\d+)?")


def _is_cyclonedx(doc: Document) -> float:
    return 0.95 if doc.head.startswith("{") and isinstance(doc.json, dict) and doc.json.get("bomFormat") == "CycloneDX" else 0.0


def _is_spdx(doc: Document) -> float:
    if not doc.head.startswith("{") or not isinstance(doc.json, dict):
        return 0.0
    return 0.95 if str(doc.json.get("spdxVersion")).startswith("SPDX-2") else 0.0


# --- CycloneDX ---


def _read_cyclonedx(doc: Document, gather: Gather) -> None:
    bill = section(doc.json)
    metadata = section(bill.get("metadata"))
    about = section(metadata.get("component"))
    seen, rows = said(metadata.get("timestamp")), RecordRows()
    kind, host = said(about.get("type")), said(about.get("name"))
    walked = list(_components(rows, bill.get("components")))
    licences = sum(1 for _, component, _ in walked if any(_licensing(entry) for entry in sections(component.get("licenses"))))
    on_devices = kind in ("device", SYSTEM) or any(inside is not None for _, _, inside in walked)
    if licences and not on_devices:
        raise InputError(
            "this bill lists licences, not the programs of a computer",
            where=Location(doc.label),
            hint="give it to `licmatch assess` with --entitlements",
        )
    if kind is not None and not on_devices:
        raise InputError(
            f"this bill describes {' '.join(filter(None, (kind, host)))}: its components are parts of that, not programs of a computer",
            where=Location(doc.label),
            hint="a bill of a computer has metadata.component of type device",
        )
    if licences:
        gather.notice("LICENCES_NOT_READ", doc.label, licences)
    own = host if kind == "device" else None
    if kind == SYSTEM:
        _take_system(doc, gather, gather.device_id(doc)[0], about, seen)
    elif own is not None and not gather.ignores_content:
        gather.device(doc.label, own, said(about.get("serialNumber")), hostname=own, collected_at=seen)
    for number, component, inside in walked:
        device = inside or own
        told = said(component.get("type"))
        if told == SYSTEM:
            _take_system(doc, gather, gather.device_id(doc, device)[0], component, seen)
        elif told == "device":
            named = said(component.get("name"))
            if named is not None and not gather.ignores_content:
                gather.device(doc.label, named, None, hostname=named, collected_at=seen)
        else:
            _add_component(rows, number, component, device)
    rows.put(doc, gather, CYCLONEDX.id)


def _components(rows: RecordRows, value: object) -> Iterator[tuple[int, Section, str | None]]:
    """Yield (place, component, device it is in) of all levels, in the order they stand there."""
    place = 0
    # The next one is the last of the list: from the front of a long list nothing is taken without moving all the others.
    held: list[tuple[object, int, str | None]] = [(item, 1, None) for item in (reversed(value) if isinstance(value, list) else ())]
    while held:
        item, depth, inside = held.pop()
        place += 1
        if not isinstance(item, dict):
            rows.add(place, item, refused=NO_OBJECT)
            continue
        yield place, item, inside
        below = item.get("components")
        if isinstance(below, list) and below:
            if depth >= MAX_DEPTH:
                rows.add(place, below, refused="nested too deeply")
                continue
            device = said(item.get("name")) if item.get("type") == "device" else inside
            held.extend((part, depth + 1, device) for part in reversed(below))


def _licensing(entry: Section) -> bool:
    return bool(section(section(entry.get("license")).get("licensing")))


def _add_component(rows: RecordRows, number: int, component: Section, device: str | None) -> None:
    kind, purl = said(component.get("type")), said(component.get("purl"))
    refused = None if kind in PROGRAMS or kind is None else f"no program: {kind}"
    if refused is None and is_part(purl):
        refused = "no program: library"
    swid = section(component.get("swid"))
    rows.add(
        number,
        component,
        refused=refused,
        device_id=device,
        name=component.get("name"),
        publisher=said(component.get("publisher")) or said(section(component.get("supplier")).get("name")),
        version=component.get("version"),
        product_code=said(swid.get("tagId")),
        cpe=component.get("cpe"),
        purl=purl,
    )


def is_part(purl: str | None) -> bool:
    """Return whether a package URL names a part that programmers build with, not a program.

    >>> is_part("pkg:npm/left-pad@1.3.0"), is_part("pkg:deb/debian/vim@9.0"), is_part(None)
    (True, False, False)
    """
    match = _PURL_TYPE.match(purl or "")
    return match is not None and match.group(1).casefold() in PARTS


def _take_system(doc: Document, gather: Gather, device: str | None, component: Section, seen: str | None) -> None:
    if device is None:
        return
    version = said(component.get("version")) or said(component.get("versionInfo"))
    build = _WINDOWS_BUILD.fullmatch(version or "")
    gather.device(
        doc.label,
        device,
        None,
        os_name=said(component.get("name")),
        os_version=version,
        os_build=build.group(1) if build is not None else None,
        collected_at=seen,
    )


# --- SPDX ---


def _read_spdx(doc: Document, gather: Gather) -> None:
    bill = section(doc.json)
    seen = said(section(bill.get("creationInfo")).get("created"))
    rows = RecordRows()
    packages = list(rows.objects(bill.get("packages")))
    machine = next((said(each.get("name")) for _, each in packages if _purpose(each) == "device"), None)
    host = machine or said(bill.get("name"))
    device, _ = gather.device_id(doc, host)
    if device is not None:
        gather.device(doc.label, device, None, hostname=host, collected_at=seen)
    for number, package in packages:
        purpose = _purpose(package)
        if purpose == SYSTEM:
            _take_system(doc, gather, device, package, seen)
        elif purpose != "device":
            _add_package(rows, number, package, purpose, host)
    rows.put(doc, gather, SPDX.id)


def _purpose(package: Section) -> str | None:
    told = said(package.get("primaryPackagePurpose"))
    return told.casefold().replace("_", "-") if told is not None else None


def _add_package(rows: RecordRows, number: int, package: Section, purpose: str | None, host: str | None) -> None:
    references = {str(each.get("referenceType")): said(each.get("referenceLocator")) for each in sections(package.get("externalRefs"))}
    refused = None if purpose is None or purpose in (*PROGRAMS, "install", "other") else f"no program: {purpose}"
    if refused is None and is_part(references.get("purl")):
        refused = "no program: library"
    rows.add(
        number,
        package,
        refused=refused,
        device_id=host,
        name=package.get("name"),
        publisher=_party(package.get("supplier")) or _party(package.get("originator")),
        version=package.get("versionInfo"),
        cpe=references.get("cpe23Type"),
        purl=references.get("purl"),
    )


def _party(value: object) -> str | None:
    """Return who a party is without the word for what it is, nor its address.

    >>> _party("Organization: win.rar GmbH"), _party("Person: A (a@b.example)"), _party("NOASSERTION")
    ('win.rar GmbH', 'A', None)
    """
    text = said(value)
    if text is None:
        return None
    return said(re.sub(r"\s*\([^()]{0,200}@[^()]{0,200}\)\s*$", "", re.sub(r"^(?:Organization|Person|Tool):\s*", "", text[:1000])))


READERS = (Reader(CYCLONEDX, _is_cyclonedx, _read_cyclonedx), Reader(SPDX, _is_spdx, _read_spdx))
