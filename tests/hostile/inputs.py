"""The inputs, by name: each writes one file and returns it."""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

MIB = 1 << 20
HEAD = "device_id,name\n"
GOOD = "PC-1,Windows 10 专业版\n"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def text(content: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    return raw(content.encode(encoding))


def raw(*parts: bytes, name: str = "PC-7.csv") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        file = folder / name
        with file.open("wb") as stream:
            for part in parts:
                stream.write(part)
        return file

    return make


def repeated(before: bytes, piece: bytes, times: int, after: bytes, name: str = "PC-7.csv") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        file = folder / name
        with file.open("wb") as stream:
            stream.write(before)
            for _ in range(times):
                stream.write(piece)
            stream.write(after)
        return file

    return make


def cell(place: str, said: str) -> bytes:
    return f'<c r="{place}" t="inlineStr"><is><t>{said}</t></is></c>'.encode()


FIRST_ROWS = (
    b'<row r="1">'
    + cell("A1", "device_id")
    + cell("B1", "name")
    + b'</row><row r="2">'
    + cell("A2", "PC-1")
    + cell("B2", "Windows 10")
    + b"</row>"
)


def workbook(*rows: Iterable[bytes] | bytes, shared: Iterable[bytes] = ()) -> Callable[[Path], Path]:
    """An .xlsx of one sheet with these parts of XML after its first two rows."""

    def make(folder: Path) -> Path:
        file = folder / "book.xlsx"
        sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "[Content_Types].xml",
                f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
                f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/xl/workbook.xml" ContentType="{sheet_type}.sheet.main+xml"/></Types>',
            )
            relations = '<Relationships xmlns="{}/relationships">{}</Relationships>'
            archive.writestr(
                "_rels/.rels", relations.format(_PACKAGE, f'<Relationship Id="r1" Type="{_DOC}/officeDocument" Target="xl/workbook.xml"/>')
            )
            archive.writestr(
                "xl/workbook.xml",
                f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
            )
            archive.writestr(
                "xl/_rels/workbook.xml.rels",
                relations.format(
                    _PACKAGE,
                    f'<Relationship Id="r1" Type="{_DOC}/worksheet" Target="worksheets/sheet1.xml"/>'
                    f'<Relationship Id="r2" Type="{_DOC}/sharedStrings" Target="sharedStrings.xml"/>',
                ),
            )
            with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
                part.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode() + FIRST_ROWS)
                for row in rows:
                    for piece in [row] if isinstance(row, bytes) else row:
                        part.write(piece)
                part.write(b"</sheetData></worksheet>")
            with archive.open("xl/sharedStrings.xml", "w") as part:
                part.write(b"<?xml version='1.0'?>")
                for piece in shared or [f'<sst xmlns="{_MAIN}"></sst>'.encode()]:
                    part.write(piece)
        return file

    return make


def laughing() -> bytes:
    entities = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10 if level else "ha" * 10}">' for level in range(9))
    return f'<!DOCTYPE lolz [{entities}]><sst xmlns="{_MAIN}"><si><t>&l8;</t></si></sst>'.encode()


OCS = "<REQUEST><DEVICEID>a</DEVICEID><CONTENT>{}</CONTENT></REQUEST>"
Make = Callable[[Path], Path]

# name -> (input, rows emitted and rejected, or words of the error)
SMALL: dict[str, tuple[Make, tuple[int, int] | str]] = {
    "xlsx, a cell at the far end of the sheet": (workbook(b'<row r="1048576">' + cell("XFD1048576", "x") + b"</row>"), "too large to be read"),
    "xlsx, entities in shared strings": (workbook(b'<row r="3"><c r="A3" t="s"><v>0</v></c></row>', shared=[laughing()]), "not a readable workbook"),
    "xlsx, a reference behind an entity": (workbook(b'<row r="3"><c r="&#88;FD9"/></row>'), "as no program writes them"),
    "xlsx, cut off": (lambda folder: raw(workbook()(folder).read_bytes()[:-300], name="cut.xlsx")(folder), "not a readable workbook"),
    "xml with entities": (text("<!DOCTYPE a [<!ENTITY x 'y'>]>" + OCS.format("<SOFTWARES><NAME>&x;</NAME></SOFTWARES>")), "document type declaration"),
    "xml nested without end": (text(OCS.format("<A>" * 50_000)), "nested too deeply"),
    "xml cut off": (text(OCS.format("<SOFTWARES><NAME>a")[:-30]), "the XML is broken"),
    "json nested without end": (text("[" * MIB), "not recognised"),
    "json objects nested without end": (text('{"a":' * MIB), "not recognised"),
    "json cut off": (text('[{"device_id": "PC-1", "name": "Windows 10"}, {"device_id": "PC-2", "na'), "not recognised"),
    "json with lone surrogates": (text('[{"device_id": "PC-1", "name": "\\ud800 Windows 10"}]'), "not recognised"),
    "lone surrogates in UTF-8": (raw(HEAD.encode() + b"PC-1,Windows \xed\xa0\x80 10\nPC-2,WPS\n"), (2, 0)),
    "lone surrogates in UTF-16": (raw(codecs.BOM_UTF16_LE + (HEAD + "PC-1,Windows ").encode("utf-16-le") + b"\x00\xd8" + " 10\n".encode("utf-16-le")), (1, 0)),
    "NUL bytes": (text(HEAD + "PC-1,Win\0dows 10\n\0\0\0\0,\0\nPC-2,WPS\n"), (3, 0)),
    "encodings mixed in one file": (raw(HEAD.encode() + GOOD.encode("utf-8") + "PC-2,办公软件\n".encode("gb18030")), (2, 0)),
    "UTF-16 cut in the middle of a character": (raw((HEAD + GOOD).encode("utf-16")[:-1]), (1, 0)),
    "a quote that is never closed": (text(HEAD + 'PC-1,"Windows 10\nPC-2,WPS\nPC-3,天擎\n'), (3, 0)),
    "headers twice": (text("device_id,name,name\nPC-1,Windows 10,x\n"), (1, 0)),
    "no headers": (text("PC-1,Windows 10\nPC-2,WPS\n"), "not recognised"),
    "a row with more cells than headers": (text(HEAD + "PC-1,Windows 10,x,y\nPC-2,WPS\n"), (1, 1)),
    "ten thousand columns": (text("device_id,name" + ",c" * 10_000 + "\nPC-1,Windows 10\n"), "more than 2,000 columns"),
    "right-to-left override": (text(HEAD + "PC-1,\u202e01 swodniW\nPC-1,Win\u200bdo\u2060ws 10\n"), (2, 0)),
    "formulas in cells": (text(HEAD + "PC-1,=cmd|' /C calc'!A0\n@SUM(1),+1+1\n"), (2, 0)),
    "paths that climb out": (text(HEAD + "../../../etc/passwd,Windows 10\nC:\\..\\..\\x,WPS\n"), (2, 0)),
    "names of devices that collide": (text(HEAD + "PC-1,Windows 10\npc-1,WPS\n"), (2, 0)),
    "clocks that are nonsense": (text("device_id,name,install_date,collected_at\nPC-1,WPS,9999-99-99,0000-00-00\nPC-2,WPS,2026-02-30,31/12/2999\n"), (2, 0)),
}  # fmt: skip

# What takes or would take memory: run in a process of its own, which is measured.
LARGE: dict[str, tuple[Make, str | None]] = {
    "xlsx, two gigabytes of blanks": (workbook([b" " * MIB] * 2048), "more than a megabyte in one cell"),
    "xlsx, sixty million empty shared strings": (
        workbook(shared=[f'<sst xmlns="{_MAIN}">'.encode(), *[b"<si><t></t></si>" * 65_536] * 1024, b"</sst>"]), "unpacks to more than 400 MiB",
    ),
    "xlsx, one cell in the last row": (workbook(b'<row r="1048576">' + cell("B1048576", "x") + b"</row>"), None),
    "one cell of a gigabyte": (repeated((HEAD + GOOD + "PC-2,").encode(), b"A" * MIB, 1024, b"\n"), "longer than 4 MiB"),
    "one quoted cell of a gigabyte": (repeated((HEAD + GOOD + 'PC-2,"').encode(), b"A" * MIB, 1024, b'"\n'), "longer than 4 MiB"),
    "one JSON text of a gigabyte": (repeated(b'[{"name":"', b"A" * MIB, 1024, b'"}]', "PC-7.json"), "longer than 4 MiB"),
    "one JSON text of 200 MiB": (repeated('[{"😀":1,"name":"'.encode(), b"A" * MIB, 200, b'"}]', "PC-7.json"), "longer than 4 MiB"),
    "ten million columns": (repeated(b"device_id,name", b",c" * 10_000, 1000, b"\nPC-1,Windows 10\n"), "more than 2,000 columns"),
    "ten million cells in a row": (repeated((HEAD + "PC-1,Windows 10").encode(), b",c" * 10_000, 1000, b"\nPC-1,WPS\n"), None),
    "json nested ten million deep": (repeated(b"", b"[" * MIB, 10, b"", "PC-7.json"), "longer than 4 MiB"),
}  # fmt: skip
