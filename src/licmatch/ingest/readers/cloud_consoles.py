"""Answers of the consoles of Aliyun (SASE, Security Center) and Huawei Cloud (HSS)."""

from __future__ import annotations

from collections.abc import Callable

from licmatch.ingest.agent import Section, section, sections
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.record_rows import RecordRows, device_names, note_missing_pages
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.values import day_of
from licmatch.ingest.wmi import listed, said

SASE = FormatInfo("aliyun-sase", "Aliyun SASE software of one computer (JSON)", ("software",))
SECURITY_CENTER = FormatInfo("aliyun-security-center", "Aliyun Security Center software of servers (JSON)", ("software", "devices"))
HSS = FormatInfo("huawei-hss", "Huawei Cloud HSS software of servers (JSON)", ("software", "devices"))


def _answer(doc: Document) -> Section:
    return doc.json if doc.head.startswith("{") and isinstance(doc.json, dict) else {}


def _detector(listed_in: str, beside: frozenset[str], needed: frozenset[str]) -> Callable[[Document], float]:
    """Know an answer by the key of its list, by a key beside it, and by what its records hold; an empty list is an answer too."""

    def detect(doc: Document) -> float:
        answer = _answer(doc)
        value = answer.get(listed_in)
        if not isinstance(value, list) or not beside & answer.keys():
            return 0.0
        items = sections(value)
        return 0.95 if any(needed <= item.keys() for item in items) else 0.5 if not value else 0.0

    return detect


def _read_sase(doc: Document, gather: Gather) -> None:
    """The answer does not say which computer was asked about: the file does."""
    answer, rows = _answer(doc), RecordRows()
    programs = list(rows.objects(answer.get("Software")))
    for number, item in programs:
        versions: list[str | None] = [*listed(item.get("Versions"))]
        for version in versions or [None]:
            rows.add(
                number,
                item,
                name=item.get("Name"),
                publisher=item.get("Inc"),
                version=version,
                install_date=item.get("InstallTime"),
            )
    missing = note_missing_pages(doc, gather, len(programs), answer.get("TotalNum"))
    rows.put(doc, gather, SASE.id, whole=not missing)


def _read_security_center(doc: Document, gather: Gather) -> None:
    answer, rows = _answer(doc), RecordRows()
    items = list(rows.objects(answer.get("Propertys")))
    names = device_names([(said(item.get("InstanceName")), said(item.get("Uuid")) or said(item.get("InstanceId"))) for _, item in items])
    for name, (number, item) in zip(names, items, strict=True):
        rows.add(
            number,
            item,
            device_id=name,
            name=item.get("Name"),
            version=item.get("Version"),
            install_date=item.get("InstallTime"),
            install_location=item.get("Path"),
        )
        _take_server(
            doc, gather, name, said(item.get("Uuid")), said(item.get("InstanceName")), said(item.get("IntranetIp")), item.get("Create")
        )
    missing = note_missing_pages(doc, gather, len(items), section(answer.get("PageInfo")).get("TotalCount"))
    rows.put(doc, gather, SECURITY_CENTER.id, whole=not missing)


def _read_hss(doc: Document, gather: Gather) -> None:
    answer, rows = _answer(doc), RecordRows()
    items = list(rows.objects(answer.get("data_list")))
    names = device_names([(said(item.get("host_name")), said(item.get("host_id"))) for _, item in items])
    for name, (number, item) in zip(names, items, strict=True):
        inside = said(item.get("container_name")) or said(item.get("container_id"))
        rows.add(
            number,
            item,
            device_id=name,
            name=item.get("app_name"),
            version=item.get("version"),
            container=inside,
        )
        scanned = item.get("recent_scan_time") or item.get("update_time")
        _take_server(doc, gather, name, said(item.get("host_id")), said(item.get("host_name")), said(item.get("host_ip")), scanned)
    missing = note_missing_pages(doc, gather, len(items), answer.get("total_num"))
    rows.put(doc, gather, HSS.id, whole=not missing)


def _take_server(
    doc: Document, gather: Gather, name: str | None, identity: str | None, hostname: str | None, address: str | None, seen: object
) -> None:
    device, _ = gather.device_id(doc, name)
    if device is not None:
        gather.device(doc.label, device, identity, hostname=hostname, collected_at=day_of(seen))
        if address is not None:
            gather.address(doc.label, device, address)


READERS = (
    Reader(SASE, _detector("Software", frozenset({"TotalNum", "RequestId"}), frozenset({"Name", "Versions"})), _read_sase),
    Reader(
        SECURITY_CENTER,
        _detector("Propertys", frozenset({"PageInfo", "RequestId"}), frozenset({"Name", "Uuid"})),
        _read_security_center,
    ),
    Reader(HSS, _detector("data_list", frozenset({"total_num"}), frozenset({"app_name", "host_id"})), _read_hss),
)
