"""Software identification tags (ISO/IEC 19770-2:2015): one file a program, in the folder of its computer."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from licmatch.errors import InputError, Location
from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.record_rows import RecordRows
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.values import truth
from licmatch.ingest.wmi import said
from licmatch.ingest.xml_elements import DECLARATION, elements

INFO = FormatInfo("swid", "SWID tag (ISO/IEC 19770-2:2015)", ("software", "devices"))
ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,60}:)?SoftwareIdentity[\s>/]")
NAMESPACE = "http://standards.iso.org/iso/19770/-2/2015"
MAX_DEPTH = 200
# A tag of one of these kinds tells of no installed program of its own.
NO_PROGRAM = {
    "corpus": "corpus tag: it describes an installer, nothing installed",
    "patch": "patch tag: it describes a change to a program that has a tag of its own",
    "supplemental": "supplemental tag: it adds to the tag of a program",
}


def _detect(doc: Document) -> float:
    return 0.95 if doc.head.startswith("<") and ROOT.search(doc.head[:8000]) is not None else 0.0


def _read(doc: Document, gather: Gather) -> None:
    tag, entities, meta, evidence = _parts(doc)
    rows = RecordRows()
    seen_on = said(evidence.get("deviceId"))
    kind = next((word for word in NO_PROGRAM if truth(tag.get(word)) is True), None)
    creator = next((each for each in entities if "softwareCreator" in (each.get("role") or "").split()), None)
    rows.add(
        1,
        tag,
        refused=NO_PROGRAM[kind] if kind is not None else None,
        device_id=seen_on,
        name=_whole_name(tag.get("name"), meta.get("edition")),
        publisher=creator.get("name") if creator is not None else None,
        version=tag.get("version"),
        product_code=tag.get("tagId"),
        tag_channel=meta.get("channelType"),
        tag_activation=meta.get("activationStatus"),
    )
    if seen_on is not None and kind is None and not gather.ignores_content:
        gather.device(doc.label, seen_on, None, collected_at=said(evidence.get("date")))
    # Few makers write tags, so that a computer's tags are never all of its programs.
    rows.put(doc, gather, INFO.id, by_folder=True, whole=False)


def _whole_name(name: str | None, edition: str | None) -> str | None:
    """Return the name with the edition, which makers that fill it in leave out of the name.

    >>> _whole_name("Decision Manager", "Open Edition"), _whole_name("Office Professional Plus", "Professional Plus")
    ('Decision Manager Open Edition', 'Office Professional Plus')
    """
    title, told = said(name), said(edition)
    return title if title is None or told is None or told.casefold() in title.casefold() else f"{title} {told}"


def _parts(doc: Document) -> tuple[dict[str, str], list[dict[str, str]], dict[str, str], dict[str, str]]:
    """Return the attributes of the tag, of its entities, of the first Meta and of Evidence. InputError for anything suspicious."""
    text = DECLARATION.sub("", doc.text, count=1)
    if "<!" in text.replace("<!--", "").replace("<![CDATA[", ""):
        raise InputError("the XML has a document type declaration, which no tag has; it is not read", where=Location(doc.label))
    tag: dict[str, str] = {}
    entities: list[dict[str, str]] = []
    meta: dict[str, str] = {}
    evidence: dict[str, str] = {}
    depth = 0
    for event, element in elements(text, doc.label, MAX_DEPTH):
        if event == "end":
            depth -= 1
            element.clear()
            continue
        depth += 1
        space, _, local = element.tag.rpartition("}")
        if depth == 1:
            if not space.startswith("{" + NAMESPACE) or local != "SoftwareIdentity":
                raise InputError(
                    "not a tag of ISO/IEC 19770-2:2015", where=Location(doc.label), hint=f"its root element is {element.tag[:120]}"
                )
            tag = _attributes(element)
        elif depth == 2 and local == "Entity":
            entities.append(_attributes(element))
        elif depth == 2 and local == "Meta" and not meta:
            meta = _attributes(element)
        elif depth == 2 and local == "Evidence":
            evidence = _attributes(element)
    return tag, entities, meta, evidence


def _attributes(element: ElementTree.Element) -> dict[str, str]:
    return {name.rpartition("}")[2]: value for name, value in element.attrib.items()}


READERS = (Reader(INFO, _detect, _read),)
