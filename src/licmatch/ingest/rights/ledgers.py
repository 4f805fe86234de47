"""The three software ledgers (台账): what a unit wrote down of its own licences.

The yearly summary lists lots. The detailed ledger lists what each computer uses, so only what came with a computer (OEM) is
a right there; the rest is use. The ledger of installations has one sheet a licence: its head is the lot.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from licmatch.ingest.document import Document
from licmatch.ingest.grid import HEADER_WITHIN, Records, is_summary
from licmatch.ingest.headers import plain_header
from licmatch.ingest.readers.ledger import MODE, NAME_AND_VERSION, SAME_AS_ABOVE, header_place
from licmatch.ingest.records import Notice
from licmatch.ingest.rights.lots import Lots, lots_of
from licmatch.ingest.values import is_placeholder

_NAMES = ("软件名称", "名称", "产品名称")
_QUANTITY = {"许可数量": None, "许可数量套": None, "授权数量": None, "预装台数": "oem", "预装数量": "oem", "安装台数": "free"}
_SUMMARY_MARKS = frozenset({"已安装数量", "已安装", "剩余", "剩余数量", "预装台数", "安装台数"})
_COLUMNS = {
    "entitlement_id": ("软件编号", "许可证号码", "许可证号", "编号"),
    "edition": ("版别",),
    "release": ("版本", "软件版本"),
    "metric": ("授权方式", "许可方式", "授权类型"),
    "valid_to": ("有效期", "有效期至", "到期日期"),
    "acquired_on": ("购买日期", "采购日期", "取得日期"),
    "unit_price": ("单价", "单价元"),
    "agreement": ("合同编号", "合同号"),
    "supplier": ("供应商",),
    "proofs": ("授权凭证", "凭证", "发票编号", "发票号"),
}
_FREE = "free"
_PAIR = re.compile(r"^\s*([^:\uff1a\s]{2,8})\s*[:\uff1a]\s*(.+?)\s*$")
_HEAD_FIELDS = {
    "软件编号": "entitlement_id",
    "软件名称": "product",
    "名称": "product",
    "软件名称版本": "product",
    "版本": "release",
    "软件版本": "release",
    "许可数量": "quantity",
    "授权数量": "quantity",
    "授权方式": "metric",
    "有效期": "valid_to",
    "购买日期": "acquired_on",
}
_SECTION = re.compile(r"^(?:[一二三四五六七八九十\d]{1,2}\s*[、.．)）]|.{0,6}(?:商业|预装|OEM|免费).{0,6}软件)", re.IGNORECASE)
_OEM_WORDS = ("oem", "预装", "随机")
ID_OF_LINE = "{stem}#{line}"


def lots_of_ledger(doc: Document, records: Records, sheet: str, unit: str | None) -> Lots | None:
    """Return the lots of a sheet that is one of the three ledgers, or None where it is none."""
    if header_place(records.cells) is not None:
        return _of_details(doc, records, unit)
    if _install_header(records.cells) is not None:
        return _of_installations(doc, records, sheet, unit)
    return _of_summary(doc, records, sheet, unit)


def _plain(row: Sequence[str]) -> list[str]:
    return [plain_header(cell) for cell in row]


# --- the yearly summary: sections with a header each ---


def _summary_header(row: Sequence[str]) -> tuple[int, int, str | None] | None:
    """Return (column of the name, column of the number, what the number counts) of a section's header."""
    cells = _plain(row)
    name = next((cells.index(word) for word in _NAMES if word in cells), None)
    number = next((place for place, cell in enumerate(cells) if cell in _QUANTITY), None)
    return None if name is None or number is None else (name, number, _QUANTITY[cells[number]])


def _of_summary(doc: Document, records: Records, sheet: str, unit: str | None) -> Lots | None:
    titled = any("软件使用情况汇总表" in cell for row in records.cells[:HEADER_WITHIN] for cell in row)
    headers = [place for place, row in enumerate(records.cells) if _summary_header(row) is not None]
    marked = any(_SUMMARY_MARKS & set(_plain(records.cells[place])) for place in headers)
    if not headers or not (titled or marked):
        return None
    rows: list[dict[str, object]] = []
    lines: list[int] = []
    places: list[int] = []
    free = 0
    refused: dict[int, str] = {}
    for start, end in zip(headers, [*headers[1:], len(records.cells)], strict=True):
        found = _summary_header(records.cells[start])
        if found is None:
            continue
        name, number, counts = found
        plain = _plain(records.cells[start])
        at = {column: next((plain.index(word) for word in words if word in plain), None) for column, words in _COLUMNS.items()}
        for place in range(start + 1, end):
            row = records.cells[place]
            product = _cell(row, name)
            said = [cell for cell in row if cell.strip()]
            if len(said) <= 1 and (product is None or _SECTION.match(product)):
                continue  # the title of the next section
            if counts == _FREE:
                free += 1
                continue
            cells: dict[str, object] = {column: _cell(row, column_at) for column, column_at in at.items()}
            if is_summary(row):
                refused[len(rows)] = "total or signature row"
            cells |= {
                "product": product,
                "quantity": _cell(row, number),
                "metric": cells["metric"] or counts,
                "unit_id": unit,
                "entitlement_id": cells["entitlement_id"] or _made_id(doc, sheet, records.lines[place]),
                "channel": counts,
            }
            rows.append(cells)
            lines.append(records.lines[place])
            places.append(place)
    notices = (Notice("LEDGER_FREE", doc.label, free, sheet),) if free else ()
    return Lots(lots_of(rows), lines, lambda at_row: records.raw(places[at_row]), "ledger-summary", unusable=refused, notices=notices)


# --- the detailed ledger: one row a computer ---


def _of_details(doc: Document, records: Records, unit: str | None) -> Lots:
    start = header_place(records.cells) or 0
    upper, lower = records.cells[start], records.cells[start + 1]
    plain = _plain(upper)
    device = next((plain.index(word) for word in ("计算机编号", "资产编号", "设备编号", "计算机编号资产编号") if word in plain), None)
    names = [column for column, cell in enumerate(lower) if plain_header(cell) == NAME_AND_VERSION]
    rows: list[dict[str, object]] = []
    lines: list[int] = []
    places: list[int] = []
    uses = 0
    above: list[str] = []
    for place in range(start + 2, len(records.cells)):
        row = records.cells[place]
        if is_summary(row):
            continue
        row = [above[at] if cell.strip() in SAME_AS_ABOVE and at < len(above) else cell for at, cell in enumerate(row)]
        above = row
        for column in names:
            product = _cell(row, column)
            mode = _cell(row, column + 1) if column + 1 < len(lower) and plain_header(lower[column + 1]) == MODE else None
            if product is None:
                continue
            if mode is None or not any(word in mode.casefold() for word in _OEM_WORDS):
                uses += 1
                continue
            owner = _cell(row, device)
            rows.append(
                {
                    "entitlement_id": f"{owner}/{column}" if owner else _made_id(doc, str(column), records.lines[place]),
                    "unit_id": unit or _cell(row, plain.index("单位") if "单位" in plain else None),
                    "product": product,
                    "metric": "oem",
                    "quantity": "1",
                    "device_id": owner,
                    "channel": "oem",
                }
            )
            lines.append(records.lines[place])
            places.append(place)
    notices = (Notice("LEDGER_USES", doc.label, uses, ""),) if uses else ()
    return Lots(lots_of(rows), lines, lambda at: records.raw(places[at]), "ledger-details", unit_required=unit is not None, notices=notices)


# --- the ledger of installations: a sheet a licence ---


def _install_header(cells: Sequence[Sequence[str]]) -> int | None:
    for place, row in enumerate(cells[:HEADER_WITHIN]):
        plain = set(_plain(row))
        if "操作类型" in plain and plain & {"计算机编号", "设备编号", "资产编号"}:
            return place
    return None


def _of_installations(doc: Document, records: Records, sheet: str, unit: str | None) -> Lots:
    start = _install_header(records.cells) or 0
    head: dict[str, object] = {"unit_id": unit}
    line = records.lines[0]
    for place, row in enumerate(records.cells[:start]):
        for column, cell in enumerate(row):
            match = _PAIR.match(cell)
            label, value = (
                (match.group(1), match.group(2)) if match is not None else (cell, row[column + 1] if column + 1 < len(row) else "")
            )
            name = _HEAD_FIELDS.get(plain_header(label).replace("::", ""))
            if name is not None and value.strip() and not head.get(name):
                head[name] = value.strip()
                line = records.lines[place]
    head["entitlement_id"] = head.get("entitlement_id") or _made_id(doc, sheet, line)
    head["metric"] = head.get("metric") or "device"
    return Lots(lots_of([head]), [line], lambda _: records.raw(max(start - 1, 0)), "ledger-installations")


def _cell(row: Sequence[str], column: int | None) -> str | None:
    if column is None or column >= len(row) or is_placeholder(row[column]):
        return None
    return row[column].strip()


def _made_id(doc: Document, sheet: str, line: int) -> str:
    stem = PurePosixPath(doc.label).stem
    return ID_OF_LINE.format(stem=f"{stem}/{sheet}" if sheet else stem, line=line)
