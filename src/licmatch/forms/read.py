"""Filled forms read back: every row of every sheet is read or rejected with its place and reason, and looked at by the validators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from licmatch.errors import InputError, Location
from licmatch.forms.cells import Unreadable, keys_of, value_of
from licmatch.forms.checks import Fault, faults, letters
from licmatch.forms.definition import Definitions, Form
from licmatch.forms.filled import Block, Filled, Values
from licmatch.forms.recognise import Found, keys, recognise
from licmatch.ingest.document import WORKBOOK, Document
from licmatch.ingest.grid import DELIMITERS, Records, records_of_text, sheets
from licmatch.ingest.headers import plain_header
from licmatch.ingest.product_keys import key_bytes, key_text
from licmatch.ingest.records import Notice
from licmatch.ingest.sources import find_sources
from licmatch.schema import REJECTED

_TOTALS = frozenset({"合计", "总计", "小计", "total", "grandtotal"})
_MARK = "重构"
_NOTE = re.compile(r"^\s*(?:注\s*\d*\s*[:：]|重构|说明\s*[:：]|note\s*:)", re.IGNORECASE)
_SECTION = re.compile(r"^\s*[一二三四五六七八九十]{1,2}\s*[、.．)）]")
_UNIT = re.compile(r"(?:填报单位|单位名称)[^:：]{0,12}[:：]\s*([^\s:：]+(?: [^\s:：]+)*?)(?=\s{2,}|　|\s*(?:单位代码|数据日期)|$)")
_CODE = re.compile(r"单位代码[^:：]{0,12}[:：]\s*([^\s:：　]+)")


@dataclass(slots=True)
class Reading:
    """What was read: forms in the order of files and sheets, rejected rows, faults with their file, notices, and the rows counted.

    `rows_in` = rows read + rows rejected, of all sheets; titles, headers, totals, notes and signatures are not rows.
    """

    forms: list[Filled] = field(default_factory=list)
    rejected: list[tuple[str, int | None, str, bytes]] = field(default_factory=list)
    faults: list[tuple[str, str, Fault]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    rows_in: int = 0
    rows_read: int = 0

    def rejected_frame(self) -> pl.DataFrame:
        """Return the rejected rows, columns of `schema.REJECTED`."""
        return pl.DataFrame(self.rejected, schema=REJECTED, orient="row")


def read_forms(inputs: Sequence[str | Path], definitions: Definitions) -> Reading:
    """Read filled forms from workbooks, delimited text or folders of them.

    Raises InputError where a file cannot be opened, or nothing in any file is one of the forms.
    """
    sources, _ = find_sources(list(inputs))
    reading = Reading()
    for source in sources:
        if source.label.endswith("forms.json"):
            continue
        doc = Document.open(source)
        for name, records in _tables(doc):
            _sheet(reading, doc.label, name, records, definitions)
    if not reading.forms:
        known = ", ".join(f"{form.id} {form.zh}" for form in definitions.read_here().values())
        raise InputError(
            "nothing here is one of the forms", where=Location(str(inputs[0])), hint=f"known: {known}; see --mapping for other headers"
        )
    for filled in reading.forms:
        reading.faults += [(filled.file, filled.form.id, fault) for fault in faults(filled, definitions.counting)]
    if reading.rows_in != reading.rows_read + len(reading.rejected):
        raise InputError(f"{reading.rows_in} rows came in, {reading.rows_read} were read and {len(reading.rejected)} rejected",
                         hint="this is a fault in licmatch; please report it")  # fmt: skip
    return reading


def _tables(doc: Document) -> Iterator[tuple[str, Records]]:
    if doc.data.startswith(WORKBOOK):
        for name, records, _ in sheets(doc):
            yield name, records
        return
    head = doc.head_lines[:20]
    mark = max(DELIMITERS, key=lambda each: max((line.count(each) for line in head), default=0))
    yield doc.stem, records_of_text(doc, mark)


def _sheet(reading: Reading, label: str, name: str, records: Records, definitions: Definitions) -> None:
    if not records.cells:
        return
    known = recognise(records.cells, definitions.read_here())
    if known is None:
        for place, line in enumerate(records.lines):
            reading.rejected.append((label, line, f"{name}: the sheet is none of the forms", key_bytes(records.raw(place))))
        reading.rows_in += len(records.lines)
        reading.notices.append(Notice("OTHER_SHEET", label, len(records.lines), name))
        return
    form, found = known
    filled = Filled(form, name, {}, file=label)
    used = _read_tables(reading, filled, records, found, form)
    _read_labels(reading, filled, records, used)
    _named(filled, records)
    for one in found:
        if one.missing:
            reading.notices.append(Notice("MISSING_COLUMN", label, len(one.missing), f"{name}: {'、'.join(one.missing)}"))
        if one.others:
            reading.notices.append(Notice("UNKNOWN_COLUMN", label, len(one.others), f"{name}: {'、'.join(one.others)}"))
    reading.forms.append(filled)


def _read_tables(reading: Reading, filled: Filled, records: Records, found: list[Found], form: Form) -> set[int]:
    """Read the rows under each header, up to the next part; returns the places that were rows or headers of a table."""
    labels = {key for part in form.part if part.layout != "table" for column in part.columns for key in keys(column)}
    sections = {plain_header(title) for part in form.part for title in (part.zh, f"{part.zh} {part.en}") if title}
    paragraphs = any(part.layout == "text" for part in form.part)
    used: set[int] = set()
    for number, one in enumerate(found):
        end = found[number + 1].first if number + 1 < len(found) else len(records.cells)
        block = Block(one.part, [], columns_at=dict(one.columns))
        filled.blocks[one.part.id] = block
        used |= set(range(one.first, one.last + 1))
        ended = False
        for place in range(one.last + 1, end):
            row = records.cells[place]
            said = [cell.strip() for cell in row if cell.strip()]
            if all(cell == _MARK for cell in said):
                used.add(place)
                continue
            if not ended and any(plain_header(cell) in _TOTALS for cell in said):
                used.add(place)
                block.total, block.total_line = _total(reading, filled, records, place, one), records.lines[place]
                continue
            first = said[0]
            if len(said) == 1 and (_NOTE.match(first) or plain_header(first) in sections or _SECTION.match(first)):
                used.add(place)
                continue
            labelled = any(set(keys_of(cell)) & labels or plain_header(re.split("[:：]", cell, maxsplit=1)[0]) in labels for cell in said)
            if labelled or (ended and paragraphs):
                ended = True
                continue
            if ended and not (len(said) == 1 and _NOTE.match(first)):
                reading.rows_in += 1
                reason = f"{filled.name}!A{records.lines[place]}: stands below the signatures, outside every table"
                reading.rejected.append((filled.file, records.lines[place], reason, key_bytes(records.raw(place))))
                continue
            if ended:
                continue
            used.add(place)
            _row(reading, filled, records, place, one, block)
    return used


def _row(reading: Reading, filled: Filled, records: Records, place: int, one: Found, block: Block) -> None:
    reading.rows_in += 1
    values, wrong = _values(filled, records, place, one)
    line = records.lines[place]
    if wrong:
        reading.rejected.append((filled.file, line, "; ".join(wrong), key_bytes(records.raw(place))))
    elif not any(value is not None for value in values.values()):
        reason = f"{filled.name}!A{line}: nothing stands in the columns of the form"
        reading.rejected.append((filled.file, line, reason, key_bytes(records.raw(place))))
    else:
        reading.rows_read += 1
        block.rows.append(values)
        block.lines.append(line)
        block.raws.append(records.raw(place))


def _total(reading: Reading, filled: Filled, records: Records, place: int, one: Found) -> Values:
    values, wrong = _values(filled, records, place, one, only_numbers=True)
    for reason in wrong:
        reading.notices.append(Notice("TOTAL_UNREADABLE", filled.file, 1, reason))
    return values


def _values(
    filled: Filled, records: Records, place: int, one: Found, *, only_numbers: bool = False
) -> tuple[Values, list[str]]:  # fmt: skip
    row = records.cells[place]
    values: Values = {}
    wrong: list[str] = []
    for column in one.part.columns:
        at = one.columns.get(column.field)
        if at is None or at >= len(row) or (only_numbers and column.total == "none"):
            values[column.field] = None
            continue
        try:
            values[column.field] = _kept(value_of(row[at], column.type))
        except Unreadable as fault:
            values[column.field] = None
            wrong.append(f"{filled.name}!{letters(at)}{records.lines[place]} {column.zh}: {key_text(str(fault))}")
    return values, wrong


def _kept(value: object) -> object:
    return key_text(value) if isinstance(value, str) else value


def _read_labels(reading: Reading, filled: Filled, records: Records, used: set[int]) -> None:
    """Read labels with their values: in the next cell that says something, after a colon, or in the row below."""
    form = filled.form
    every = {key for part in form.part if part.layout != "table" for column in part.columns for key in keys(column)}
    for part in form.part:
        if part.layout == "table":
            continue
        values: Values = {}
        block = Block(part, [values])
        for column in part.columns:
            values[column.field] = None
            found = _label(records, keys(column), used)
            if found is None:
                continue
            place, at = found
            told = _beside(records, place, at, every) if part.layout == "pairs" else _below(records, place, every)
            if told is None:
                continue
            (line_place, cell_at), text = told
            if not block.lines:
                block.lines = [records.lines[line_place]]
            block.columns_at[column.field] = cell_at
            try:
                values[column.field] = _kept(value_of(text, column.type))
            except Unreadable as fault:
                where = f"{filled.name}!{letters(cell_at)}{records.lines[line_place]} {column.zh}: {fault}"
                reading.notices.append(Notice("CELL_UNREADABLE", filled.file, 1, key_text(where)))
        filled.blocks[part.id] = block
    filled.blocks = {part.id: filled.blocks.get(part.id, Block(part, [])) for part in form.part}


def _label(records: Records, wanted: frozenset[str], used: set[int]) -> tuple[int, int] | None:
    for place, row in enumerate(records.cells):
        if place in used:
            continue
        for at, cell in enumerate(row):
            if set(keys_of(cell)) & wanted or (
                (":" in cell or "：" in cell) and plain_header(re.split("[:：]", cell, maxsplit=1)[0]) in wanted
            ):
                return place, at
    return None


def _beside(records: Records, place: int, at: int, every: set[str]) -> tuple[tuple[int, int], str] | None:
    row = records.cells[place]
    parts = re.split("[:：]", row[at], maxsplit=1)
    if len(parts) == 2 and parts[1].strip() and not set(keys_of(row[at])) & every:
        return (place, at), parts[1]
    for next_at in range(at + 1, len(row)):
        if row[next_at].strip():
            return None if set(keys_of(row[next_at])) & every else ((place, next_at), row[next_at])
    return None


def _below(records: Records, place: int, every: set[str]) -> tuple[tuple[int, int], str] | None:
    if place + 1 >= len(records.cells) or records.lines[place + 1] != records.lines[place] + 1:
        return None
    for at, cell in enumerate(records.cells[place + 1]):
        if cell.strip():
            return None if set(keys_of(cell)) & every or _NOTE.match(cell) else ((place + 1, at), cell)
    return None


def _named(filled: Filled, records: Records) -> None:
    """Which unit a form is of: its own labels, else the line under the title."""
    head: Mapping[str, object] = {}
    for part_id in ("head", "sign"):
        head = {**filled.first(part_id), **{key: value for key, value in head.items() if value is not None}}
    name, code = head.get("unit_name"), head.get("unit_id")
    for row in records.cells[:8]:
        for cell in row:
            found_name, found_code = _UNIT.search(cell), _CODE.search(cell)
            name = name or (found_name.group(1).strip() if found_name else None)
            code = code or (found_code.group(1).strip() if found_code else None)
    filled.unit_name = None if name is None else str(name)
    filled.unit_id = None if code is None else str(code)
