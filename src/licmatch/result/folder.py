"""A result on disk. It is written beside its place and moved there in one step, so a reader sees a whole result or none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.assess.side_by_side import side_by_side
from licmatch.errors import Location, ResultError
from licmatch.place import claimed, replacing, settle_place
from licmatch.result.manifest import SCHEMA_VERSION
from licmatch.result.queue_file import QUEUE_FILE, queue_csv
from licmatch.result.record import TABLES, Result
from licmatch.result.rulings_log import LOG, earlier_log, log_bytes, read_log

MANIFEST = "manifest.json"
# The hash of the manifest, which holds the hashes of all other files; `sha256sum --check` reads it too.
SEAL = "manifest.sha256"
_CHUNK = 1 << 20


def write_result(result: Result, folder: str | Path, *, extra: Callable[[Path], None] | None = None) -> Result:
    """Write the result as `folder`, whole or not at all, and return it with the hashes of its files in the manifest.

    `extra` is called with the unfinished folder and may add files (the reports); they are hashed like the rest. An existing
    folder is replaced only if it is an earlier result with nothing of anybody else's in it. Same result, same bytes.
    Raises ResultError.
    """
    manifest = dict(result.manifest)

    def fill(partial: Path) -> None:
        def tables() -> None:
            for name in TABLES:
                write_table(result.scan(name), partial / f"{name}.parquet")

        def told() -> None:
            (partial / LOG).write_bytes(log_bytes(result.rulings_log))
            (partial / QUEUE_FILE).write_bytes(queue_csv(result.waiting[0]))

        def further() -> None:
            if extra is not None:
                extra(partial)

        if result.waits_in_files():
            tables()
            told()
            further()
        else:
            side_by_side(tables, lambda: side_by_side(told, further))
        manifest["files"] = seal(partial, manifest)

    write_folder(Path(folder), fill)
    return result.with_manifest(manifest)


@contextmanager
def reserved(folder: str | Path) -> Iterator[None]:
    """Hold the place of a result while it is worked on. Raises ResultError before the work where it could not be written after it."""
    with claimed(Path(folder)):
        may_replace_result(Path(folder))
        yield


def write_folder(target: Path, fill: Callable[[Path], None], *, may_replace: Callable[[Path], None] | None = None) -> None:
    """Have `fill` make a folder beside `target`, then put it there in one step. Raises ResultError.

    `may_replace` raises where what stands there is not to be replaced; without one, whatever is not an earlier result.
    """
    with claimed(target):
        (may_replace or may_replace_result)(target)
        with replacing(target) as partial:
            partial.mkdir()
            fill(partial)


def seal(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Write the manifest with the hash of every file of the folder, and the manifest's own beside it; return the hashes."""
    hashes = file_hashes(folder)
    text = json.dumps({**manifest, "files": hashes}, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    (folder / SEAL).write_bytes(seal_of(text.encode("utf-8")))
    return hashes


def seal_of(manifest: bytes) -> bytes:
    """Return what the seal of a manifest with these bytes holds."""
    return f"{hashlib.sha256(manifest).hexdigest()}  {MANIFEST}\n".encode("ascii")


def read_result(folder: str | Path) -> Result:
    """Return the result a folder holds. Raises ResultError where it is not one, or a table is missing or damaged."""
    source = Path(folder)
    while True:
        manifest = read_manifest(source)
        try:
            made = _read_tables(source, manifest)
        except ResultError:
            if manifest == read_manifest(source):
                raise
            continue
        # Where a run put another result there meanwhile, these tables may be of both.
        if manifest == read_manifest(source):
            return made


def _read_tables(source: Path, manifest: dict[str, Any]) -> Result:
    frames = {}
    for name in TABLES:
        path = source / f"{name}.parquet"
        try:
            frames[name] = pl.read_parquet(path, glob=False)
        except FileNotFoundError:
            raise ResultError("a table of the result is missing", where=Location(str(path))) from None
        except (pl.exceptions.PolarsError, OSError) as fault:
            raise ResultError(f"a table of the result cannot be read: {fault}", where=Location(str(path))) from None
    return Result(manifest, **frames, rulings_log=read_log(source))


def previous_log(folder: str | Path | None) -> tuple[Mapping[str, Any], ...]:
    """Return the log of rulings of an earlier result; nothing where none is given. Raises ResultError where it does not hold."""
    return () if folder is None else earlier_log(Path(folder), read_manifest(Path(folder)))


def write_table(table: pl.DataFrame | pl.LazyFrame, path: Path) -> None:
    """Write one table so that the same rows give the same bytes, however they lie in memory or in parts."""
    # A page ends where a guess of the bytes of a row says, and the guess depends on how texts lie: one page holds a row group.
    table.lazy().sink_parquet(
        path, compression="zstd", compression_level=3, statistics=True, row_group_size=1 << 18, data_page_size=(1 << 31) - 1,
        maintain_order=True, engine="streaming",
    )  # fmt: skip


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a result folder. Raises ResultError where there is none of this version's."""
    path = folder / MANIFEST
    settle_place(folder)
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultError("this is not a result: it has no manifest.json", where=Location(str(folder))) from None
    except (OSError, ValueError) as fault:
        raise ResultError(f"the manifest cannot be read: {fault}", where=Location(str(path))) from None
    if not isinstance(manifest, dict) or manifest.get("kind") != "licmatch-result":
        raise ResultError("the manifest is not one of licmatch", where=Location(str(path)))
    if manifest.get("schema") != SCHEMA_VERSION:
        raise ResultError(
            f"the result has schema {manifest.get('schema')!r}, this version reads {SCHEMA_VERSION}", where=Location(str(path)),
            hint="read it with the licmatch that wrote it, or assess again",
        )  # fmt: skip
    return manifest


def may_replace_result(target: Path) -> None:
    """Raise ResultError where something stands that is neither an earlier result nor empty."""
    if not target.exists() and not target.is_symlink():
        return
    where = Location(str(target))
    if target.is_symlink() or not target.is_dir():
        raise ResultError("the place of the result is taken by a file", where=where, hint="choose another folder")
    held = {entry.name for entry in target.iterdir()}
    if not held:
        return
    try:
        known = {MANIFEST, SEAL, *read_manifest(target).get("files", {})}
    except ResultError:
        raise ResultError(
            "the folder exists and is not a result of licmatch", where=where, hint="choose another folder, or empty this one"
        ) from None
    foreign = sorted(held - known)
    if foreign:
        raise ResultError(
            f"the folder holds {foreign[0]!r}, which is not part of the result there",
            where=where,
            hint="move it away, or choose another folder",
        )


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file but the manifest and its seal, by name."""
    names = sorted({path.name for path in folder.iterdir()} - {MANIFEST, SEAL})
    return {name: hash_of(folder / name) for name in names}


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
