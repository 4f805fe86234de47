"""OCS and FusionInventory XML. Document types are refused before parsing; elements are dropped as soon as they are read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from licmatch.errors import InputError, Location
from licmatch.ingest.agent import host_name, section, sections, software_columns, take_antivirus, take_device, take_licences
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.values import last_five
from licmatch.ingest.wmi import said
from licmatch.ingest.xml_elements import DECLARATION, elements

OCS = FormatInfo("ocs", "OCS Inventory agent report (XML)", ("software", "devices", "activations", "traces"))
FUSION = FormatInfo("fusioninventory", "FusionInventory or GLPI agent report (XML)", ("software", "devices", "activations", "traces"))
# Allowed nowhere in XML 1.0, yet found in version strings of broken installers.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MAX_DEPTH = 60
DAY_MONTH_YEAR = re.compile(r"(\d{2})/(\d{2})/(\d{4})$")


def _is_report(doc: Document) -> bool:
    return doc.head.startswith("<") and "<REQUEST" in doc.head[:2000] and "<CONTENT" in doc.text


def _is_ocs(doc: Document) -> bool:
    return any(f"<{tag}>" in doc.text for tag in ("BITSWIDTH", "OFFICEPACK", "OSCOMMENTS")) or (
        "<ACCOUNTINFO>" in doc.text and "<FROM>" not in doc.text
    )


def _detect_ocs(doc: Document) -> float:
    return 1.0 if _is_report(doc) and _is_ocs(doc) else 0.0


def _detect_fusion(doc: Document) -> float:
    return 0.9 if _is_report(doc) else 0.0


def _content(doc: Document) -> dict[str, list[dict[str, str]]]:
    """Return the report as section -> list of flat fields, all names in lower case. InputError for anything suspicious."""
    text = DECLARATION.sub("", doc.text, count=1)
    if "<!DOCTYPE" in text or "<!ENTITY" in text or "<!doctype" in text:
        raise InputError(
            "the XML has a document type declaration, which no inventory agent writes; it is not read", where=Location(doc.label)
        )
    found: dict[str, list[dict[str, str]]] = {}
    path: list[str] = []
    fields: dict[str, str] = {}
    for event, element in elements(FORBIDDEN.sub("", text), doc.label, MAX_DEPTH):
        if event == "start":
            path.append(element.tag.casefold())
            if len(path) == 3:
                fields = {}
            continue
        depth = len(path)
        tag = path.pop()
        if depth == 4:
            fields.setdefault(tag, element.text or "")
        elif depth == 3:
            found.setdefault(tag, []).append(fields)
            element.clear()
        elif depth == 2 and not len(element):
            found.setdefault(tag, []).append({"": element.text or ""})
        elif depth == 2:
            element.clear()
    return found


def _read(doc: Document, gather: Gather, info: FormatInfo) -> None:
    content = _content(doc)
    agent_id = said(section(content.get("deviceid")).get(""))
    host = host_name(section(content.get("hardware")), agent_id)
    device, _ = gather.device_id(doc, host)
    tag = next((said(item.get("keyvalue")) for item in content.get("accountinfo", []) if said(item.get("keyname")) == "TAG"), None)
    if device is not None:
        take_device(doc, gather, device, content, agent_id=agent_id, unit=tag, seen=section(content.get("accesslog")).get("logdate"))
        take_licences(gather, device, sections(content.get("licenseinfos")))
        take_antivirus(gather, device, sections(content.get("antivirus")))
        _take_office(gather, device, content)
    items = [{**item, "installdate": _day_first(item)} for item in content.get("softwares", [])]
    columns = software_columns(items)
    if host is not None:
        columns["device_id"] = [host] * len(items)
    gather.software(doc, info.id, columns, list(range(1, len(items) + 1)), lambda at: repr(sorted(items[at].items())).encode())


def _day_first(item: Mapping[str, str]) -> str:
    """FusionInventory writes DD/MM/YYYY; the agents' source says so, so it is no guess."""
    text = item.get("installdate", "").strip()
    match = DAY_MONTH_YEAR.match(text)
    return "-".join(reversed(match.groups())) if match is not None else text


def _take_office(gather: Gather, device: str, content: Mapping[str, list[dict[str, str]]]) -> None:
    for pack in content.get("officepack", []):
        name = said(pack.get("product"))
        if name is not None:
            gather.activation(
                device,
                application="office",
                product_name=name,
                description=said(pack.get("note")),
                product_key_id=said(pack.get("productid")),
                partial_product_key=last_five(said(pack.get("officekey"))),
            )


def _read_ocs(doc: Document, gather: Gather) -> None:
    _read(doc, gather, OCS)


def _read_fusion(doc: Document, gather: Gather) -> None:
    _read(doc, gather, FUSION)


READERS = (Reader(OCS, _detect_ocs, _read_ocs), Reader(FUSION, _detect_fusion, _read_fusion))
