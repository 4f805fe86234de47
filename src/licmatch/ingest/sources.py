"""Which files an input means: files, folders, globs, archives and standard input, in one defined order."""

from __future__ import annotations

import glob
import hashlib
import io
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from licmatch.errors import InputError, Location
from licmatch.ingest.archives import is_archive, unpack
from licmatch.place import LOCK

# Left behind by file managers and version control; never inventories.
NOT_INPUT = frozenset({"thumbs.db", "desktop.ini"})
STDIN = "-"
MAX_STDIN = 1 << 31


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read. `label` is how messages call it; `content` is set only when it came through a pipe."""

    label: str
    path: Path | None
    content: bytes | None = None

    def size(self) -> int:
        if self.path is None:
            return len(self.content or b"")
        return self.path.stat().st_size

    def head(self, length: int) -> bytes:
        if self.path is None:
            return (self.content or b"")[:length]
        with self.path.open("rb") as file:
            return file.read(length)

    def read(self, most: int = -1) -> bytes:
        """Return the content, or no more than the first `most` bytes."""
        if self.path is None:
            return (self.content or b"")[: most if most >= 0 else None]
        with self.path.open("rb") as file:
            return file.read(most)

    def sha256(self) -> str:
        if self.path is None:
            return hashlib.sha256(self.content or b"").hexdigest()
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def stem_of(label: str) -> str:
    """Return what a file is called without its ending; the ending of its compression is none of its name.

    >>> stem_of("dumps/PC-1.csv.gz"), stem_of("all.zip/PC-1/soft.csv"), stem_of("PC-1.docs.lan.csv")
    ('PC-1', 'soft', 'PC-1.docs.lan')
    """
    name = PurePosixPath(label).name
    return PurePosixPath(name[: -len(".gz")] if name.casefold().endswith(".gz") and len(name) > len(".gz") else name).stem


def folder_of(label: str) -> str:
    """Return the folder a file is in; for one that lies in an archive itself, the archive's name without its ending.

    >>> folder_of("all.zip/PC-1/soft.csv"), folder_of("dumps/PC-2.zip/soft.csv"), folder_of("soft.csv")
    ('PC-1', 'PC-2', '')
    """
    name = PurePosixPath(label).parent.name
    bare = name[: -len(".gz")] if name.casefold().endswith(".zip.gz") else name
    return bare[: -len(".zip")] if bare.casefold().endswith(".zip") and len(bare) > len(".zip") else bare


def find_sources(inputs: Sequence[str | Path]) -> tuple[list[Source], list[str]]:
    """Return the files to read, sorted by path, and the files of folders and archives that were passed over (hidden ones).

    The files of a .zip go by `archive/path inside`; they lie in temporary files until the program ends.

    InputError when an input does not exist, when a glob or folder holds nothing, or when nothing was named.
    """
    if not inputs:
        raise InputError("no input was named", hint="name files, folders, globs, or - for standard input")
    found: dict[str, Source] = {}
    skipped: list[str] = []
    for item in inputs:
        if str(item) == STDIN:
            found[STDIN] = _through_pipe(STDIN, sys.stdin.buffer)
            continue
        path = Path(item)
        try:
            if path.is_fifo():
                with path.open("rb") as stream:
                    found[path.as_posix()] = _through_pipe(path.as_posix(), stream)
                continue
            if path.is_dir():
                files = _files_below(path, skipped)
            elif path.exists():
                files = [_one(path)]
            else:
                files = _matches(str(item), skipped)
        except (OSError, ValueError) as error:
            raise InputError(f"cannot be opened: {error}", where=Location(str(item))) from error
        for file in files:
            found[file.as_posix()] = Source(file.as_posix(), file)
    opened: dict[str, Source] = {}
    for source in found.values():
        for member in _out_of_archive(source, skipped):
            opened[member.label] = member
    return [opened[label] for label in sorted(opened)], sorted(skipped)


def _out_of_archive(source: Source, skipped: list[str]) -> list[Source]:
    """Return the files in an archive, or the file itself where it is none."""
    try:
        if not is_archive(source.head(4)):
            return [source]
        with io.BytesIO(source.content or b"") if source.path is None else source.path.open("rb") as file:
            members = unpack(source.label, file, source.size(), skipped)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=Location(source.label)) from error
    return [source] if members is None else [Source(member.label, member.path) for member in members]


def _through_pipe(label: str, stream: BinaryIO) -> Source:
    """Return what comes through a pipe. It comes once, and files are looked into more than once, so it is held."""
    content = stream.read(MAX_STDIN + 1)
    if len(content) > MAX_STDIN:
        what = "standard input" if label == STDIN else f"what came through the pipe {label}"
        raise InputError(f"{what} is larger than 2 GiB", hint="write it to a file and name the file")
    return Source(label, None, content)


def _one(path: Path) -> Path:
    """Return a file that was named. InputError for a device, which has no end."""
    if not path.is_file():
        hint = "name a file, a folder, or - for standard input"
        raise InputError("this is neither a file nor a folder", where=Location(str(path)), hint=hint)
    return path


def _matches(pattern: str, skipped: list[str]) -> list[Path]:
    if not glob.has_magic(pattern):
        raise InputError(
            "no such file or folder", where=Location(pattern), hint="check the path; wildcards such as dumps/*.csv are understood"
        )
    files: list[Path] = []
    for name in glob.glob(pattern, recursive=True):
        path = Path(name)
        files.extend(_files_below(path, skipped) if path.is_dir() else [path])
    if not files:
        raise InputError("no file matches this pattern", where=Location(pattern))
    return files


def _walk(folder: Path) -> Iterator[Path]:
    """Yield what is below a folder; a folder that cannot be opened is an error, or its computers would vanish unseen.

    Links to folders are yielded and not followed: they may lead anywhere, and around in a circle.
    """

    def refuse(error: OSError) -> None:
        raise InputError("the folder cannot be read", where=Location(str(error.filename)), hint="check its permissions") from error

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders.sort()
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted([*names, *links]):
            yield Path(place, name)


def _files_below(folder: Path, skipped: list[str]) -> list[Path]:
    files = []
    for path in _walk(folder):
        if path.name.endswith(LOCK):
            # Of a result that is being written beside its dumps, and no file of anybody's.
            continue
        inside = path.relative_to(folder).parts
        # Links to folders, links to nothing, pipes and devices are no dumps; that they lie there is said.
        if not path.is_file() or any(part.startswith(".") for part in inside) or path.name.casefold() in NOT_INPUT:
            skipped.append(path.as_posix())
        else:
            files.append(path)
    if not files:
        raise InputError("the folder holds no file", where=Location(str(folder)))
    return files


# fmt: off
# What the collection guide calls the files in a computer's own folder, and words people use for them.
GUIDE_STEMS = frozenset((
    "uninstall", "uninstall32", "uninstalluser", "programs", "software", "slmgr", "ospp", "os", "licences", "licenses", "licence",
    "activation", "system", "computer", "hardware", "bios", "firmware", "device", "network", "services", "service", "sc", "tasks",
    "schtasks", "processes", "process", "tasklist", "hosts", "files", "filelist", "dir", "netstat", "ports", "detections", "threats",
    "defender", "exclusions", "antivirus", "registry", "reg", "ifeo", "oem", "oeminformation", "spp", "setup", "clicktorun",
))
# fmt: on


def shared_stems(sources: Sequence[Source]) -> frozenset[str]:
    """Return the file stems that name no device, so that the folder does: those in several folders, and those our guide gives.

    >>> sorted(shared_stems([Source("PC1/soft.csv", Path("PC1/soft.csv")), Source("PC2/soft.csv", Path("PC2/soft.csv"))]) - GUIDE_STEMS)
    ['soft']
    """
    places = {(stem_of(source.label).casefold(), PurePosixPath(source.label).parent) for source in sources if source.label != STDIN}
    return GUIDE_STEMS | frozenset(stem for stem, count in Counter(stem for stem, _ in places).items() if count > 1)
