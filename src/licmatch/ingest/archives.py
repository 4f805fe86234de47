"""Dumps inside .zip and .gz: unpacked within bounds to temporary files under names of our own, so that no path climbs out."""

from __future__ import annotations

import gzip
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from licmatch.errors import InputError, Location
from licmatch.ingest.encoding import decide_encoding
from licmatch.place import scratch_folder

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
GZIP = b"\x1f\x8b"
MEMBERS = 100_000
# An archive in an archive in an archive is where people stop.
DEPTH = 3
# What an archive may come to: so much in any case, and beyond it so many times its own size. Dumps shrink to a tenth, tables of
# the same programs over and over to a fiftieth.
UNPACKED_ANYWAY = 256 << 20
RATIO = 150
UNPACKED_AT_MOST = 64 << 30
# The list of members that zipfile takes into memory whole; a longer one than so many members need is an attack.
DIRECTORY = 32 << 20
# What makes a zip a document of its own.
DOCUMENTS = ("[Content_Types].xml", "mimetype")
CHUNK = 1 << 20
_CLIMBS = re.compile(r"(?:^|/)\.\.(?:/|$)")
_ROOTED = re.compile(r"/|[A-Za-z]:")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file out of an archive: the name it goes by, and the temporary file that holds it."""

    label: str
    path: Path


@dataclass(slots=True)
class Allowance:
    """What is left of what one archive, with all archives inside it, may come to."""

    label: str
    bytes: int
    members: int = MEMBERS

    def take(self, size: int) -> None:
        """Count unpacked bytes. InputError when there are more than the archive may come to."""
        self.bytes -= size
        if self.bytes < 0:
            raise InputError(
                f"the archive unpacks to more than {UNPACKED_ANYWAY >> 20} MiB and {RATIO} times its own size, as only a bomb does",
                where=Location(self.label),
                hint="unpack it yourself and give the folder",
            )

    def take_member(self) -> None:
        """Count a member. InputError when there are too many."""
        self.members -= 1
        if self.members < 0:
            raise InputError(
                f"the archive holds more than {MEMBERS:,} files", where=Location(self.label), hint="unpack it yourself and give the folder"
            )


def is_archive(head: bytes) -> bool:
    """Return whether a file begins as a zip (documents of offices do too) or a gzip."""
    return head.startswith((*ZIP, GZIP))


def unpack(label: str, file: BinaryIO, size: int, skipped: list[str]) -> list[Member] | None:
    """Return the files in an archive, those of archives inside it too, or None where it is a document and no archive.

    Members go by `archive/path inside`; what is compressed by gzip keeps its name. Hidden ones are put into `skipped`.
    InputError for what is broken, encrypted, too large, nested too deeply, or has a path that climbs out.
    """
    allowance = Allowance(label, min(max(UNPACKED_ANYWAY, RATIO * size), UNPACKED_AT_MOST))
    target = Target(allowance)
    try:
        found = list(_unpacked(label, file, size, target, skipped, 1))
    except NoArchiveError:
        return None
    if not found:
        raise InputError("the archive holds no file", where=Location(label))
    seen: set[str] = set()
    for member in found:
        if member.label in seen:
            raise InputError(
                "two files in the archive have one name", where=Location(member.label), hint="pack it again without the older one"
            )
        seen.add(member.label)
    return found


class NoArchiveError(Exception):
    """What looked like an archive is a spreadsheet or the like."""


@dataclass(slots=True)
class Target:
    """Where members go: files named by number in a folder that is gone when the program ends."""

    allowance: Allowance
    folder: Path | None = None
    written: int = 0

    def write(self, label: str, content: IO[bytes] | gzip.GzipFile) -> Path:
        """Write one member; its name is only ever part of a label, never of a path on disk."""
        if self.folder is None:
            self.folder = scratch_folder()
        self.written += 1
        path = self.folder / f"{self.written:06d}"
        with path.open("wb") as file:
            while True:
                try:
                    chunk = content.read(CHUNK)
                except _BROKEN as error:
                    raise _broken(label, error) from error
                except RuntimeError as error:
                    raise InputError("protected by a password", where=Location(label), hint="pack it without one") from error
                if not chunk:
                    return path
                self.allowance.take(len(chunk))
                try:
                    file.write(chunk)
                except OSError as error:
                    raise InputError(
                        f"cannot be unpacked: {error.strerror}", where=Location(label), hint="TMPDIR says where temporary files go"
                    ) from error


def _unpacked(label: str, file: BinaryIO, size: int, target: Target, skipped: list[str], depth: int) -> Iterator[Member]:
    if depth > DEPTH:
        raise InputError(f"archives lie in archives more than {DEPTH} deep", where=Location(label), hint="unpack the outer ones")
    if file.read(2) == GZIP:
        file.seek(0)
        with gzip.GzipFile(fileobj=file) as content:
            path = target.write(label, content)
        yield from _opened(label, path, target, skipped, depth)
        return
    yield from _members(label, file, size, target, skipped, depth)


def _opened(label: str, path: Path, target: Target, skipped: list[str], depth: int) -> Iterator[Member]:
    """Yield a file that came out of an archive, or the files in it where it is one itself."""
    with path.open("rb") as file:
        inner = is_archive(file.read(4))
        file.seek(0)
        if inner:
            try:
                yield from list(_unpacked(label, file, path.stat().st_size, target, skipped, depth + 1))
            except NoArchiveError:
                inner = False
            else:
                path.unlink()
    if not inner:
        yield Member(label, path)


def _members(label: str, file: BinaryIO, size: int, target: Target, skipped: list[str], depth: int) -> Iterator[Member]:
    try:
        _check_directory(label, file, size)
        archive = zipfile.ZipFile(file)
    except _BROKEN as error:
        # A document of an office that is broken is told by the reader of such documents, which knows more.
        if depth == 1 and not label.casefold().endswith(".zip"):
            raise NoArchiveError from error
        raise _broken(label, error) from error
    with archive:
        entries = archive.infolist()
        if any(entry.filename in DOCUMENTS for entry in entries):
            raise NoArchiveError
        told = sum(entry.file_size for entry in entries)
        if told > target.allowance.bytes:
            # Told before a byte is unpacked; members that overlap in the archive count each time.
            target.allowance.take(told)
        for entry in entries:
            name = member_name(entry)
            place = f"{label}/{name}"
            if entry.is_dir() or name.endswith("/"):
                continue
            target.allowance.take_member()
            if _ROOTED.match(name) or _CLIMBS.search(name):
                raise InputError(
                    "the path of a file in the archive climbs out of it",
                    where=Location(label, entry=name[:200]),
                    hint="no program that packs files writes such a path; do not trust this archive",
                )
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise InputError(
                    "a file in the archive is a symbolic link", where=Location(label, entry=name[:200]), hint="pack the file it leads to"
                )
            if any(part.startswith(".") or part == "__MACOSX" for part in name.split("/")):
                skipped.append(place)
                continue
            try:
                content = archive.open(entry)
            except RuntimeError as error:
                raise InputError("protected by a password", where=Location(place), hint="pack it without one") from error
            except _BROKEN as error:
                raise _broken(place, error) from error
            with content:
                path = target.write(place, content)
            yield from _opened(place, path, target, skipped, depth)


def member_name(entry: zipfile.ZipInfo) -> str:
    """Return a member's name as the packing computer had it: Chinese Windows writes GBK and says so nowhere; one kind of slash.

    >>> info = zipfile.ZipInfo("财务科".encode("gbk").decode("cp437") + "\\\\PC-1.csv")
    >>> member_name(info)
    '财务科/PC-1.csv'
    """
    name = entry.orig_filename if "\0" not in entry.orig_filename else entry.filename
    if not entry.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            raw = b""
        if raw and not raw.isascii():
            name = raw.decode(decide_encoding(raw), errors="replace")
    # A line break or a mark that turns the direction of text would let a name say what it is not.
    return "".join("\ufffd" if unicodedata.category(sign) in ("Cc", "Cf") else sign for sign in name.replace("\\", "/"))


def _check_directory(label: str, file: BinaryIO, size: int) -> None:
    """Raise InputError where the list of members is larger than any list of so many files, before it is read."""
    file.seek(max(size - (1 << 16) - 100, 0))
    tail = file.read()
    file.seek(0)
    end, wide = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    listed = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if listed == 0xFFFFFFFF and wide >= 0:
        listed = int.from_bytes(tail[wide + 40 : wide + 48], "little")
    if listed > DIRECTORY:
        raise InputError(
            f"the archive holds more than {MEMBERS:,} files", where=Location(label), hint="unpack it yourself and give the folder"
        )


def _broken(label: str, error: BaseException) -> InputError:
    what = str(error) or type(error).__name__
    return InputError(f"the archive is broken or breaks off: {what[:200]}", where=Location(label), hint="copy or pack it again")
