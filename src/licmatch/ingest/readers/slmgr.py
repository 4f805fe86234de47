"""`slmgr /dlv` and `/dli` through cscript, in English and Chinese: one Windows licence, more with `/dlv all`."""

from __future__ import annotations

import re
import unicodedata

from licmatch.ingest.document import Document
from licmatch.ingest.gather import Gather
from licmatch.ingest.reader import Reader
from licmatch.ingest.records import FormatInfo
from licmatch.ingest.values import day_of, last_five, whole_number
from licmatch.ingest.wmi import application_of, channel_of, said

INFO = FormatInfo("slmgr", "slmgr /dlv or /dli, English or Chinese", ("activations",))
LABELS = {
    "name": "name",
    "名称": "name",
    "description": "description",
    "描述": "description",
    "activation id": "activation_id",
    "激活 id": "activation_id",
    "application id": "application_id",
    "应用程序 id": "application_id",
    "extended pid": "product_key_id",
    "扩展 pid": "product_key_id",
    "product key channel": "channel",
    "产品密钥通道": "channel",
    "产品密钥频道": "channel",
    "partial product key": "partial_key",
    "部分产品密钥": "partial_key",
    "license status": "status",
    "许可证状态": "status",
    "授权状态": "status",
    "volume activation expiration": "grace",
    "批量激活过期": "grace",
    "批量激活到期": "grace",
    "timebased activation expiration": "grace",
    "time remaining": "grace",
    "剩余时间": "grace",
    "evaluation end date": "evaluation_end",
    "评估结束日期": "evaluation_end",
    "registered kms machine name": "kms",
    "已注册的 kms 计算机名称": "kms",
    "注册的 kms 计算机名称": "kms",
    "已注册 kms 计算机名称": "kms",
    "kms machine name from dns": "kms",
    "来自 dns 的 kms 计算机名称": "kms",
    "kms machine extended pid": "kms_epid",
    "kms 计算机扩展 pid": "kms_epid",
    "ad activation object name": "ad_object",
    "ad 激活对象名称": "ad_object",
    "trusted time": "trusted",
    "信任时间": "trusted",
    "受信任时间": "trusted",
    "notification reason": "reason",
    "通知原因": "reason",
}
# Most telling first: the Chinese word for "unlicensed" contains the one for "licensed".
STATUSES = (
    ("non-genuine", 4),
    ("非正版", 4),
    ("notification", 5),
    ("通知", 5),
    ("initial grace", 2),
    ("初始宽限", 2),
    ("additional grace", 3),
    ("附加宽限", 3),
    ("额外宽限", 3),
    ("其他宽限", 3),
    ("extended grace", 6),
    ("延长宽限", 6),
    ("扩展宽限", 6),
    ("unlicensed", 0),
    ("未授权", 0),
    ("未许可", 0),
    ("未经许可", 0),
    ("licensed", 1),
    ("已授权", 1),
    ("已许可", 1),
    ("已获许可", 1),
)
MAX_SIZE = 1 << 20
MINUTES = re.compile(r"(\d+)\s*(?:minute|分钟)")
LISTENS = ("key management service is enabled", "密钥管理服务已启用", "已启用密钥管理服务")


def _labelled(doc: Document) -> list[tuple[str, str]]:
    pairs = []
    for line in doc.lines:
        label, colon, value = unicodedata.normalize("NFKC", line).partition(":")
        field = LABELS.get(" ".join(label.casefold().split())) if colon else None
        if field is not None:
            pairs.append((field, value.strip()))
    return pairs


def is_label(line: str) -> bool:
    """Return whether a line is one of the tool's: a label it knows, and a colon."""
    label, colon, _ = unicodedata.normalize("NFKC", line).partition(":")
    return bool(colon) and " ".join(label.casefold().split()) in LABELS


def is_licence(doc: Document) -> bool:
    """Return whether a text has enough of the labels to be what the tool printed."""
    if len(doc.data) > MAX_SIZE or not any(word in doc.text for word in ("icense", "ICENSE", "许可证", "授权")):
        return False
    fields = {field for field, _ in _labelled(doc)}
    return "status" in fields and len(fields) >= 3 and bool(fields & {"activation_id", "partial_key", "application_id", "description"})


def _detect(doc: Document) -> float:
    return 0.9 if not doc.head.startswith(("{", "[", "<", "#TYPE", '"')) and is_licence(doc) else 0.0


def read(doc: Document, gather: Gather) -> None:
    device, _ = gather.device_id(doc)
    if device is None:
        gather.reject(doc.label, 1, "no device", doc.data[:1024])
        return
    listens = any(phrase in unicodedata.normalize("NFKC", line).casefold() for line in doc.lines for phrase in LISTENS)
    records: list[dict[str, str]] = []
    templates = 0
    for field, value in _labelled(doc):
        if field == "name" or not records:
            records.append({})
        records[-1].setdefault(field, value)
    for record in records:
        found = {field: said(text) for field, text in record.items()}
        name = found.get("name") or found.get("description")
        if name is None:
            continue
        partial, status = last_five(found.get("partial_key")), status_of(found.get("status"))
        if partial is None and not status and len(records) > 1:
            templates += 1
            continue
        host, _, port = (found.get("kms") or "").partition(":")
        minutes = MINUTES.search(found.get("grace") or "")
        day = day_of(found.get("trusted")) or _us_day(found.get("trusted"))
        gather.activation(
            device,
            application=application_of(found.get("application_id"), name),
            product_name=name,
            description=found.get("description"),
            activation_id=found.get("activation_id"),
            channel=channel_of(found.get("channel"), found.get("description")),
            license_status=status,
            partial_product_key=partial,
            grace_minutes=int(minutes.group(1)) if minutes is not None and len(minutes.group(1)) < 12 else None,
            evaluation_end=day_of(found.get("evaluation_end")),
            kms_host=host or None,
            kms_port=whole_number(port),
            kms_epid=found.get("kms_epid"),
            product_key_id=found.get("product_key_id"),
            ad_object=found.get("ad_object"),
            status_reason=found.get("reason"),
            listens_kms=True if listens else None,
            collected_at=day,
        )
        gather.device(doc.label, device, None, collected_at=day)
    if templates:
        gather.notice("LICENCE_TEMPLATES", doc.label, templates)


def status_of(text: str | None) -> int | None:
    """Return the number Windows gives a licence state, from its words.

    >>> status_of("Licensed"), status_of("未授权"), status_of("---NOTIFICATIONS---"), status_of(None)
    (1, 0, 5, None)
    """
    low = (text or "").casefold()
    return next((number for words, number in STATUSES if words in low), None)


def _us_day(text: str | None) -> str | None:
    """English Windows writes the trusted time as month/day/year; other orders only show when the day is above 12."""
    parts = (text or "").split(" ")[0].split("/")
    if len(parts) != 3 or len(parts[2]) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    first, second = int(parts[0]), int(parts[1])
    if first > 12 and second <= 12:
        first, second = second, first
    elif second <= 12 and first != second:
        return None
    return day_of(f"{parts[2]}-{first}-{second}")


READERS = (Reader(INFO, _detect, read),)
