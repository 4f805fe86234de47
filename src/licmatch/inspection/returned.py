"""Filled registers read back: every row is either used, blank, or refused with file, line and reason; nothing disappears."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from licmatch.errors import InputError, Location
from licmatch.ingest.document import BINARY, Document
from licmatch.ingest.grid import DELIMITERS, cell_text, records_of_text, sheets
from licmatch.ingest.sources import find_sources
from licmatch.inspection.draw import VERSION
from licmatch.inspection.sheet import Header, plain, register_headers, sheet

_HEAD_WITHIN = 40
_SIGNS = ("=", "+", "-", "@")
# One verdict on one kind of software of one computer.
GIVEN: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "block": pl.String(),
    "verdict": pl.String(),
    "name": pl.String(),
    "version": pl.String(),
    "proof": pl.String(),
    "ledger_match": pl.String(),
    "remark": pl.String(),
    "inspector": pl.String(),
    "inspected_on": pl.String(),
    "file": pl.String(),
    "line": pl.Int64(),
}
REFUSED: dict[str, pl.DataType] = {
    "file": pl.String(),
    "line": pl.Int64(),
    "device_id": pl.String(),
    "reason": pl.String(),  # not_drawn | twice | contradiction | unknown_verdict | no_device
    "detail": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a register: where it stood and its cells by the name of their header, blank ones left out."""

    file: str
    line: int
    cells: Mapping[str, str]

    @property
    def device(self) -> str:
        return self.cells.get("device_id", "")

    @property
    def verdicts(self) -> dict[str, str]:
        """What stands in the verdict cells, by block."""
        return {block.id: self.cells[f"{block.id}_verdict"] for block in sheet().block if f"{block.id}_verdict" in self.cells}


@dataclass(frozen=True, slots=True)
class Returned:
    """Columns of `GIVEN` and `REFUSED`; how many rows were read and how many of them nobody filled in; who was refused.

    `lines` = rows used + `blank` + rows refused.
    """

    given: pl.DataFrame
    refused: pl.DataFrame
    lines: int
    used: int
    blank: int
    mentioned: frozenset[str]


def read_registers(paths: Sequence[str | Path]) -> tuple[list[Line], str]:
    """Return the rows of filled registers (.xlsx, .csv, .jsonl) and the line of their draw.

    Headers may be Chinese, English or the names of fields, full or half width. Raises InputError for a file without a register, without the
    line of a draw, or with another one than the files before it.
    """
    lines: list[Line] = []
    codes: dict[str, str] = {}
    for path in paths:
        if not Path(path).exists():
            raise InputError("no such file", where=Location(str(path)))
    for source in find_sources(list(paths))[0]:
        doc = Document.open(source)
        found = False
        for cells, numbers in _tables(doc):
            for row in cells:
                for cell in row:
                    if cell.startswith(f"{VERSION};"):
                        codes.setdefault(cell.strip(), doc.label)
            read = list(_lines(doc.label, cells, numbers))
            found = found or bool(read) or _header(cells) is not None
            lines += read
        if not found:
            raise InputError(
                "no register of an inspection was found", where=Location(doc.label),
                hint="it needs the columns 计算机编号 (device_id) and 判定 (os_verdict and so on) of what `licmatch sample` wrote",
            )  # fmt: skip
    if not codes:
        raise InputError(
            "the line of the draw is missing", where=Location(str(paths[0])),
            hint="keep the second sheet of the workbook, or the column draw of the table",
        )  # fmt: skip
    if len(codes) > 1:
        (_, first), (_, second) = list(codes.items())[:2]
        raise InputError(f"the sheets belong to different draws: {first} and {second}", hint="inspect each draw by itself")
    return lines, next(iter(codes))


def settle(lines: Sequence[Line], drawn: pl.Series, codes: Mapping[str, str]) -> Returned:
    """Check the rows against the draw and the verdict words (`words.verdict_codes`).

    A computer given twice with the same verdicts counts once; with different ones not at all: nobody may choose between them here.
    """
    known = frozenset(drawn)
    filled = [line for line in lines if line.verdicts]
    refused: list[dict[str, object]] = []

    def refuse(line: Line, reason: str, detail: str) -> None:
        refused.append({"file": line.file, "line": line.line, "device_id": line.device, "reason": reason, "detail": detail})

    sound: dict[str, list[tuple[Line, dict[str, str]]]] = {}
    for line in filled:
        unknown = sorted({said for said in line.verdicts.values() if plain(said) not in codes})
        if not line.device:
            refuse(line, "no_device", "")
        elif line.device not in known:
            refuse(line, "not_drawn", line.device)
        elif unknown:
            refuse(line, "unknown_verdict", "; ".join(unknown)[:200])
        else:
            read = {block: codes[plain(said)] for block, said in line.verdicts.items()}
            sound.setdefault(line.device, []).append((line, read))
    given = []
    for same in sound.values():
        first, verdicts = same[0]
        if any(read != verdicts for _, read in same):
            for line, _ in same:
                refuse(line, "contradiction", ", ".join(f"{one.file}:{one.line}" for one, _ in same))
            continue
        for line, _ in same[1:]:
            refuse(line, "twice", f"{first.file}:{first.line}")
        given += [_verdict(first, block, code) for block, code in verdicts.items()]
    frame = pl.DataFrame(given, schema=GIVEN).sort("device_id", "block")
    refusals = pl.DataFrame(refused, schema=REFUSED).sort("file", "line")
    used = len(filled) - len(refused)
    return Returned(frame, refusals, len(lines), used, len(lines) - len(filled), frozenset(line.device for line in lines))


def _verdict(line: Line, block: str, code: str) -> dict[str, object]:
    own = {field: line.cells.get(f"{block}_{field}") for field in ("name", "version", "proof", "ledger_match", "remark")}
    who = {field: line.cells.get(field) for field in ("inspector", "inspected_on")}
    return {"device_id": line.device, "block": block, "verdict": code, **own, **who, "file": line.file, "line": line.line}


def _tables(doc: Document) -> Iterator[tuple[list[list[str]], list[int]]]:
    if doc.encoding == BINARY:
        for _, records, _ in sheets(doc):
            yield records.cells, records.lines
        return
    if doc.text.lstrip()[:1] == "{":
        yield _of_json_lines(doc)
        return
    # A title above the header may hold any of them.
    for delimiter in DELIMITERS:
        records = records_of_text(doc, delimiter)
        if _header(records.cells) is not None:
            yield records.cells, records.lines
            return


def _of_json_lines(doc: Document) -> tuple[list[list[str]], list[int]]:
    names: dict[str, int] = {}
    rows, numbers = [], []
    for number, text in enumerate(io.StringIO(doc.text), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except ValueError:
            raise InputError("this is no JSON line", where=Location(doc.label, number)) from None
        if not isinstance(row, dict):
            raise InputError("a line that is no record", where=Location(doc.label, number))
        for name in row:
            names.setdefault(str(name), len(names))
        rows.append({str(name): cell_text(value) for name, value in row.items()})
        numbers.append(number)
    cells = [[row.get(name, "") for name in names] for row in rows]
    return [list(names), *cells], [0, *numbers]


def _lines(label: str, cells: list[list[str]], numbers: list[int]) -> Iterator[Line]:
    head = _header(cells)
    if head is None:
        return
    at, columns = head
    names = {header.name for header in register_headers()}
    for row, number in zip(cells[at + 1 :], numbers[at + 1 :], strict=True):
        read = {name: _plain_cell(row[column]) for column, name in columns.items() if column < len(row) and row[column].strip()}
        # Below the Chinese headers stand the tags and the names of the fields.
        if read.get("device_id") in (*names, "重构") or not read:
            continue
        # A signature or a note is no row of a computer.
        if "device_id" not in read and not any(name.endswith("_verdict") for name in read):
            continue
        yield Line(label, number, read)


def _header(cells: list[list[str]]) -> tuple[int, dict[int, str]] | None:
    """The last row at the top that reads as the header, and which column is which; the names of the fields stand below the words."""
    found = None
    for at, row in enumerate(cells[:_HEAD_WITHIN]):
        columns = _columns(row)
        if "device_id" in columns.values() and any(name.endswith("_verdict") for name in columns.values()):
            found = (at, columns)
    return found


def _columns(row: Sequence[str]) -> dict[int, str]:
    """Which header each cell is: a field's name, its words with its block before it, or the words alone, block after block."""
    headers = register_headers()
    exact: dict[str, str] = {}
    repeated: dict[str, list[str]] = {}
    blocks = {block.id: block for block in sheet().block}
    for header in headers:
        exact[plain(header.name)] = header.name
        for word in (header.zh, header.en):
            if header.block is None:
                exact[plain(word)] = header.name
            else:
                repeated.setdefault(plain(word), []).append(header.name)
                for name in (blocks[header.block].zh, blocks[header.block].en):
                    exact[plain(name + word)] = header.name
                    exact[plain(f"{name}:{word}")] = header.name
    columns: dict[int, str] = {}
    seen: dict[str, int] = {}
    for at, cell in enumerate(row):
        word = plain(cell.split("\n", 1)[0])
        if word in exact:
            columns.setdefault(at, exact[word])
        elif word in repeated:
            turn = seen.get(word, 0)
            seen[word] = turn + 1
            if turn < len(repeated[word]):
                columns[at] = repeated[word][turn]
    return columns


def table_of(rows: pl.DataFrame, suffix: str) -> bytes:
    """Return a register as .csv (Chinese headers, one line) or .jsonl (names of fields); the draw's line is the column draw."""
    if suffix == ".jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows.iter_rows(named=True)).encode("utf-8")
    blocks = {block.id: block.zh for block in sheet().block}
    titles = {header.name: _title(header, blocks) for header in register_headers()}
    memory = io.StringIO()
    writer = csv.writer(memory, lineterminator="\n")
    writer.writerow([titles.get(name, name) for name in rows.columns])
    writer.writerows([_no_formula(cell or "") for cell in row] for row in rows.iter_rows())
    # With its mark Excel reads the Chinese.
    return b"\xef\xbb\xbf" + memory.getvalue().encode("utf-8")


def _no_formula(cell: str) -> str:
    """A leading sign would be a formula to the program that opens the file; read back, the mark before it goes again."""
    return f"'{cell}" if cell.startswith(_SIGNS) else cell


def _plain_cell(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(_SIGNS) else text


def _title(header: Header, blocks: Mapping[str, str]) -> str:
    return header.zh if header.block is None else f"{blocks[header.block]}：{header.zh}"
