"""Tencent iOA: the software of computers, and the computers that one program was found on."""

from __future__ import annotations

from licmatch.errors import InputError, Location
from licmatch.ingest.agent import Section, section, sections
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.record_rows import RecordRows, device_names, note_missing_pages, refuse_aggregate
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import said

INFO = FormatInfo("tencent-ioa", "Tencent iOA software of computers, computers of a program (JSON)", ("software", "devices"))
# What the console itself thinks of a copy. It is carried along under names of its own and never becomes a verdict here.
OPINION = {"0": "no risk", "1": "risk", "2": "not checked"}
COUNTS = frozenset({"AuthNum", "GenuineRate", "PiracyInstalledDeviceNum", "InstalledDeviceNum", "InstallDeviceNum"})


def _answer(doc: Document) -> Section:
    """Return the answer, with or without the envelope that the service puts around it."""
    value = section(doc.json) if doc.head.startswith("{") else {}
    return section(value["Response"]) if isinstance(value.get("Response"), dict) else value


def _shape(answer: Section) -> str | None:
    data = section(answer.get("Data"))
    if not data:
        return None
    items = sections(data.get("Items"))
    keys: set[str] = set().union(*(item.keys() for item in items[:50])) if items else set()
    if "Mid" in keys and "Name" in keys:
        return "computers"
    if "FullSoftName" in keys and keys & {"DeviceName", "DeviceId"}:
        return "program"
    if keys & COUNTS or (not items and data.keys() & COUNTS):
        return "counts"
    return "computers" if isinstance(data.get("Items"), list) and not items and isinstance(data.get("Page"), dict) else None


def _detect(doc: Document) -> float:
    answer = _answer(doc)
    if "RequestId" in answer and "Code" in section(answer.get("Error")):
        return 0.9
    return 0.95 if _shape(answer) is not None else 0.0


def _read(doc: Document, gather: Gather) -> None:
    answer = _answer(doc)
    failure = section(answer.get("Error"))
    if failure:
        raise InputError(
            f"the console answered with an error instead of a list: {str(failure.get('Code'))[:80]}",
            where=Location(doc.label),
            hint="ask it again; an answer of this kind holds no software",
        )
    shape, data = _shape(answer), section(answer.get("Data"))
    if shape == "counts":
        refuse_aggregate(doc, "this answer of Tencent iOA")
    rows = RecordRows()
    items = list(rows.objects(data.get("Items")))
    if shape == "program":
        _add_computers_of_a_program(doc, gather, rows, items)
    else:
        for number, item in items:
            rows.add(
                number,
                item,
                device_id=item.get("Mid"),
                name=item.get("Name"),
                publisher=item.get("CorpName"),
                version=item.get("Version"),
                install_date=item.get("InstallDate"),
                **_opinion(item),
            )
    missing = note_missing_pages(doc, gather, len(items), section(data.get("Page")).get("Total"))
    rows.put(doc, gather, INFO.id if shape != "program" else f"{INFO.id}-program", whole=shape != "program" and not missing)


def _add_computers_of_a_program(doc: Document, gather: Gather, rows: RecordRows, items: list[tuple[int, Section]]) -> None:
    """One program and where it is: real copies, but of no computer is it told what else is on it."""
    names = device_names([(said(item.get("DeviceName")), said(item.get("DeviceId"))) for _, item in items])
    for name, (number, item) in zip(names, items, strict=True):
        rows.add(
            number,
            item,
            device_id=name,
            name=item.get("FullSoftName"),
            version=item.get("Version"),
            install_date=item.get("InstallTime"),
            **_opinion(item),
        )
        device, _ = gather.device_id(doc, name)
        if device is not None:
            # The path, because many counties have an office of the same name.
            unit = said(item.get("UserPath")) or said(item.get("UserGroup"))
            gather.device(doc.label, device, said(item.get("DeviceId")), hostname=said(item.get("DeviceName")), unit_id=unit)
            address = said(item.get("IP"))
            if address is not None:
                gather.address(doc.label, device, address)
    if items:
        gather.notice("PARTIAL_COVERAGE", doc.label, len(items), "Tencent iOA, DescribeAggrSoftDeviceList")


def _opinion(item: Section) -> dict[str, str | None]:
    risk = said(item.get("PiracyRisk"))
    return {"console_piracy_risk": OPINION.get(risk or "", risk), "console_piracy_reason": said(item.get("PiracyReason"))}


READERS = (Reader(INFO, _detect, _read),)
