"""One text a computer, as a batch file leaves it: the output of several commands one after the other, each read as what it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.readers import ospp, slmgr, uninstall_reg, wmic_list
from licmatch.ingest.records import FormatInfo

INFO = FormatInfo(
    "device-text",
    "text of several commands of one computer: reg query, wmic, slmgr, ospp",
    ("software", "devices", "activations", "traces"),
)
MAX_SIZE = 64 << 20
# What `slmgr /xpr` says below the name of the product, and the state that stands for.
_XPR = (
    (re.compile(r"\s+(?:Volume activation will expire|批量激活将于|批量激活将在)"), 1),
    (re.compile(r"\s+(?:The machine is permanently activated|计算机已永久激活|此计算机已永久激活)"), 1),
    (re.compile(r"\s+(?:Timebased activation will expire|基于时间的激活将于|基于时间的激活将在)"), 1),
    (re.compile(r"\s+(?:Windows is in Notification mode|Windows 处于通知模式)"), 5),
    (re.compile(r"\s+(?:Initial grace period ends|初始宽限期.{0,10}结束)"), 2),
    (re.compile(r"\s+(?:Additional grace period ends|附加宽限期.{0,10}结束|其他宽限期.{0,10}结束)"), 3),
)
_PRODUCT = re.compile(r"\s*(\S.{0,200}?)\s*[:\uff1a]\s*")
REG, OSPP, WMIC, XPR, REST = "reg-query", "ospp", "wmic-list", "xpr", "rest"


def _xpr_state(line: str) -> int | None:
    return next((state for pattern, state in _XPR if pattern.match(line[:200])), None)


def _parts(doc: Document) -> dict[str, list[str]]:
    """Return what belongs to each command as lines of its own; the lines of others are blank in it, so that line numbers hold."""
    kinds: list[str] = []
    inside, in_registry = False, False
    for place, line in enumerate(doc.lines):
        if inside or line.startswith(ospp.START):
            kinds.append(OSPP)
            inside = not line.startswith("---Exiting")
            continue
        in_registry = line.startswith(uninstall_reg.HIVES) or (in_registry and (not line.strip() or line.startswith("    ")))
        if in_registry:
            kinds.append(REG)
        elif _xpr_state(line) is not None:
            kinds.append(XPR)
            if place and kinds[place - 1] == REST and _PRODUCT.fullmatch(doc.lines[place - 1][:300]):
                kinds[place - 1] = XPR
        else:
            kinds.append(WMIC if wmic_list.PAIR.match(line.strip()[:2_000]) else REST)
    said = {kind for kind, line in zip(kinds, doc.lines, strict=True) if line.strip()}
    return {kind: [line if own == kind else "" for own, line in zip(kinds, doc.lines, strict=True)] for kind in sorted(said)}


def _as_document(doc: Document, lines: list[str], host: str | None = None) -> Document:
    part = Document(doc.label, "\n".join(lines).encode("utf-8", errors="replace"), encoding="utf-8")
    part.host = host
    return part


def _kinds(doc: Document, parts: dict[str, list[str]]) -> set[str]:
    """Return which commands the text is of; a line or two that only look like one are none."""
    kinds = set(parts) - {REST, WMIC}
    if WMIC in parts and wmic_list.is_list(_as_document(doc, parts[WMIC])):
        kinds.add(WMIC)
    if REST in parts and slmgr.is_licence(_as_document(doc, parts[REST])):
        kinds.add(REST)
    return kinds


def _detect(doc: Document) -> float:
    if len(doc.data) > MAX_SIZE or doc.head.startswith(("{", "[", "<", "#TYPE", '"')):
        return 0.0
    text = doc.text
    # Cheap tests first: most files are something else.
    marks = ("\nHKEY_" in text or text.startswith("HKEY_"), ospp.START in text, any(phrase in text for phrase in _PHRASES))
    if not any(marks) and not ("=" in text and slmgr.is_licence(doc)):
        return 0.0
    kinds = _kinds(doc, _parts(doc))
    # What one command wrote, and what the reader of ospp.vbs takes with it, has a reader of its own.
    return 0.95 if kinds == {XPR} or (len(kinds) > 1 and kinds != {OSPP, WMIC}) else 0.0


_PHRASES = (
    "ctivation will expire",
    "permanently activated",
    "grace period ends",
    "Notification mode",
    "激活将于",
    "激活将在",
    "永久激活",
    "通知模式",
    "宽限期",
)


def _read(doc: Document, gather: Gather) -> None:
    parts = _parts(doc)
    host = wmic_list.host_in(_as_document(doc, parts[WMIC])) if WMIC in parts else None
    kinds = _kinds(doc, parts)
    readers: dict[str, Callable[[Document, Gather], None]] = {
        REG: uninstall_reg.read_query,
        OSPP: ospp.read,
        WMIC: wmic_list.read_blocks,
        XPR: _read_xpr,
        REST: slmgr.read,
    }
    for kind, read in readers.items():
        if kind in parts and (kind in kinds or kind == WMIC):
            read(_as_document(doc, parts[kind], host), gather)
    rest = parts.get(REST, [])
    unread = sum(1 for line in rest if line.strip() and not (REST in kinds and slmgr.is_label(line)))
    if unread:
        gather.notice("LINES_NOT_READ", doc.label, unread)


def _read_xpr(doc: Document, gather: Gather) -> None:
    device, _ = gather.device_id(doc)
    name = None
    for number, line in enumerate(doc.lines, start=1):
        state = _xpr_state(line)
        if state is None:
            match = _PRODUCT.fullmatch(line[:300])
            name = match.group(1) if match is not None else name
        elif device is None:
            gather.reject(doc.label, number, "no device", doc.encoded(line))
        else:
            gather.activation(
                device, application="windows", product_name=name or "Windows", description=line.strip()[:300], license_status=state
            )
            gather.device(doc.label, device, None)
            name = None


READERS = (Reader(INFO, _detect, _read),)
