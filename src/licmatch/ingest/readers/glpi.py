"""GLPI agent inventory as JSON."""

from __future__ import annotations

import msgspec

from licmatch.ingest.agent import host_name, section, sections, software_columns, take_antivirus, take_device, take_licences
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.wmi import said

INFO = FormatInfo("glpi-json", "GLPI agent inventory (JSON)", ("software", "devices", "activations", "traces"))


def _detect(doc: Document) -> float:
    value = doc.json if doc.head.startswith("{") else None
    if not isinstance(value, dict) or not isinstance(value.get("content"), dict):
        return 0.0
    return 1.0 if value["content"].keys() & {"softwares", "operatingsystem", "hardware", "versionclient"} else 0.0


def _read(doc: Document, gather: Gather) -> None:
    report = section(doc.json)
    content = section(report.get("content"))
    agent_id = said(report.get("deviceid"))
    host = host_name(section(content.get("hardware")), agent_id)
    device, _ = gather.device_id(doc, host)
    if device is not None:
        take_device(doc, gather, device, content, agent_id=agent_id, unit=said(report.get("tag")))
        take_licences(gather, device, sections(content.get("licenseinfos")))
        take_antivirus(gather, device, sections(content.get("antivirus")))
    if report.get("partial") is True:
        gather.notice("PARTIAL_COVERAGE", doc.label, 1, "partial inventory")
    items = sections(content.get("softwares"))
    columns = software_columns(items)
    if host is not None:
        columns["device_id"] = [host] * len(items)
    gather.software(doc, INFO.id, columns, list(range(1, len(items) + 1)), lambda at: msgspec.json.encode(items[at]))


READERS = (Reader(INFO, _detect, _read),)
