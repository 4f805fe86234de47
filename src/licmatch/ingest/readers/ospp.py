"""`cscript ospp.vbs /dstatus`: the Office licences of one computer; labels are English on every system."""

from __future__ import annotations

import re

from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.readers.wmic_list import PAIR, host_in, read_blocks
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.values import day_of, last_five, whole_number
from licmatch.ingest.wmi import channel_of, said

INFO = FormatInfo("ospp", "ospp.vbs /dstatus, wmic blocks around it too", ("activations", "devices"))
START = "---Processing---"
SEPARATOR = re.compile(r"-{20,}\s*")
MINUTES = re.compile(r"\((\d+)\s*minute")
STATUSES = {
    "LICENSED": 1,
    "UNLICENSED": 0,
    "OOB_GRACE": 2,
    "OOT_GRACE": 3,
    "NON_GENUINE_GRACE": 4,
    "NOTIFICATIONS": 5,
    "NOTIFICATION": 5,
    "EXTENDED_GRACE": 6,
}


def _detect(doc: Document) -> float:
    return 1.0 if START in doc.head and "LICENSE NAME:" in doc.text else (0.5 if START in doc.head else 0.0)


def _records(doc: Document) -> list[dict[str, str]]:
    records: list[dict[str, str]] = [{}]
    for line in doc.lines:
        if SEPARATOR.fullmatch(line.strip()) or line.startswith("---Exiting"):
            records.append({})
            continue
        label, colon, value = line.partition(":")
        if colon:
            records[-1].setdefault(" ".join(label.casefold().split()), value.strip())
    return [record for record in records if "license name" in record]


def read(doc: Document, gather: Gather) -> None:
    rest = _around(doc)
    device, _ = gather.device_id(doc, host_in(rest))
    if device is None:
        gather.reject(doc.label, 1, "no device", doc.data[:1024])
        return
    gather.device(doc.label, device, None)
    if any(PAIR.match(line.strip()) for line in rest.lines):
        # One script a computer often writes all it asks into one file.
        read_blocks(rest, gather)
    for record in _records(doc):
        value = {label: said(text) for label, text in record.items()}
        kms = value.get("kms machine registry override defined") or value.get("kms machine name from dns") or value.get("kms machine name")
        host, _, port = (kms or "").partition(":")
        minutes = MINUTES.search(value.get("remaining grace") or "")
        name = value.get("license name") or "Office"
        gather.activation(
            device,
            application="office",
            product_name=name,
            description=value.get("license description"),
            activation_id=value.get("sku id"),
            channel=channel_of(None, value.get("license description")),
            license_status=STATUSES.get((value.get("license status") or "").strip("- ")),
            partial_product_key=last_five(value.get("last 5 characters of installed product key")),
            grace_minutes=int(minutes.group(1)) if minutes is not None and len(minutes.group(1)) < 12 else None,
            evaluation_end=day_of(value.get("beta expiration")),
            kms_host=host or None,
            kms_port=whole_number(port),
            license_family=_family(name),
            product_key_id=value.get("product id"),
            status_reason=value.get("error code"),
        )


def _around(doc: Document) -> Document:
    """Return what stands before and after the output of ospp.vbs; its own lines are blank, so that line numbers hold."""
    inside, lines = False, []
    for line in doc.lines:
        inside = inside or line.startswith(START)
        lines.append("" if inside else line)
        inside = inside and not line.startswith("---Exiting")
    return Document(doc.label, "\n".join(lines).encode("utf-8", errors="replace"), encoding="utf-8")


def _family(name: str) -> str | None:
    """`Office 16, Office16ProPlusVL_KMS_Client edition` names its licence family behind the comma."""
    _, comma, rest = name.partition(",")
    words = rest.split()
    return words[0] if comma and len(words) == 2 and words[1] == "edition" else None


READERS = (Reader(INFO, _detect, read),)
