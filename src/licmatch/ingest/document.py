"""One file in memory: its bytes, the encoding found, its text, and its JSON value when it is one."""

from __future__ import annotations

import mmap
from functools import cached_property

import msgspec

from licmatch.errors import InputError, Location
from licmatch.ingest.encoding import decide_encoding, decode
from licmatch.ingest.sources import Source, folder_of, stem_of

# What is read into memory at once, where it takes several times its size; plain tables beyond this stream instead.
MAX_DOCUMENT = 256 << 20
# No cell, value or line of a dump is so long without one of these marks in it.
MAX_TEXT = 4 << 20
MARKS = tuple(bytes([mark]) for mark in b"\n,\r\t;|\"<:'")
HEAD = 1 << 16
# Zipped (xlsx, xlsb, ods) and old binary (xls) spreadsheets.
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
BINARY = "binary"
# The codec that writes a text as it stood, where the one it was read by would put a byte order mark before it.
_WITHOUT_MARK = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le", BINARY: "utf-8"}


class Document:
    """One file, read whole. Texts are decoded once; line numbers count from 1."""

    def __init__(self, label: str, data: bytes, *, encoding: str | None = None) -> None:
        self.label = label
        self.data = data
        # The computer that another part of the same file names, where this is only a part of it.
        self.host: str | None = None
        # What detectors found out that others of them ask for, too.
        self.noted: dict[str, object] = {}
        self.encoding = encoding or (BINARY if data.startswith(WORKBOOK) else decide_encoding(data))

    @classmethod
    def open(cls, source: Source) -> Document:
        """Return the file's content. InputError when it cannot be read or is larger than a document may be."""
        try:
            if source.size() > MAX_DOCUMENT:
                raise InputError(
                    f"the file is larger than {MAX_DOCUMENT >> 20} MiB",
                    where=Location(source.label),
                    hint="only CSV, TSV and Parquet are read at that size; export one of those, or one file per unit",
                )
            data = source.read(MAX_DOCUMENT + 1)
            if len(data) > MAX_DOCUMENT:
                # The file grew while it was read.
                raise InputError(f"more than {MAX_DOCUMENT >> 20} MiB came", where=Location(source.label), hint="write it to a CSV file")
            if not data.startswith(WORKBOOK):
                refuse_endless(data, source.label)
            return cls(source.label, data)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", where=Location(source.label)) from error

    @property
    def stem(self) -> str:
        return stem_of(self.label)

    @property
    def folder(self) -> str:
        return folder_of(self.label)

    @cached_property
    def _decoded(self) -> tuple[str, int]:
        return ("", 0) if self.encoding == BINARY else decode(self.data, self.encoding)

    @property
    def text(self) -> str:
        return self._decoded[0]

    @property
    def undecodable(self) -> int:
        """Return how many characters could not be decoded."""
        return self._decoded[1]

    @cached_property
    def head(self) -> str:
        """Return the first 65,536 characters without leading blanks: enough to tell the format."""
        return self.text[:HEAD].lstrip()

    @cached_property
    def head_lines(self) -> list[str]:
        """Return the lines of the head that are not blank."""
        return [line.rstrip("\r") for line in self.head.split("\n") if line.strip()]

    @cached_property
    def lines(self) -> list[str]:
        """Return the lines without their ends; `\\r\\r\\n`, which re-encoded console output has, is one end."""
        return self.text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")

    @cached_property
    def json(self) -> object:
        """Return the value of a JSON file, or None where it is not one JSON value."""
        if not self.head.startswith(("{", "[")):
            return None
        try:
            return msgspec.json.decode(self.text)
        except (msgspec.DecodeError, RecursionError, UnicodeError, ValueError):
            return None

    @cached_property
    def json_lines(self) -> list[tuple[int, object]] | None:
        """Return (line, value) of a file with one JSON object a line, or None where it is not one.

        A line that does not parse (a log cut in the middle) has the value None, if most lines do.
        """
        if not self.head.startswith("{"):
            return None
        values: list[tuple[int, object]] = []
        broken = 0
        for number, line in enumerate(self.lines, start=1):
            if not line.strip():
                continue
            try:
                values.append((number, msgspec.json.decode(line)))
            except (msgspec.DecodeError, RecursionError, UnicodeError, ValueError):
                values.append((number, None))
                broken += 1
        return values if values and broken * 2 < len(values) else None

    def raw_line(self, number: int) -> bytes:
        """Return the bytes of one line, as they stood in the file's encoding."""
        line = self.lines[number - 1] if 0 < number <= len(self.lines) else ""
        return self.encoded(line)

    def encoded(self, text: str) -> bytes:
        return text.encode(_WITHOUT_MARK.get(self.encoding, self.encoding), errors="replace")


def refuse_endless(data: bytes | mmap.mmap, label: str) -> None:
    """Raise InputError where one text goes on for more than 4 MiB without any mark that ends a cell, a value or a line."""
    at = 0
    while at + MAX_TEXT < len(data):
        last = next((found for mark in MARKS if (found := data.rfind(mark, at, at + MAX_TEXT)) >= 0), -1)
        if last < 0:
            raise InputError(
                f"one text in it is longer than {MAX_TEXT >> 20} MiB", where=Location(label), hint="the file is damaged, or no dump at all"
            )
        at = last + 1
