"""Does a result folder still hold what its run wrote, and does that add up? Every file by its hash, then every total anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.errors import ResultError
from licmatch.messages import message
from licmatch.result.fault import Fault
from licmatch.result.folder import MANIFEST, SEAL, hash_of, read_manifest, read_result, seal_of
from licmatch.result.record import TABLES, Result
from licmatch.result.rulings_log import LOG
from licmatch.result.verify_contents import content_faults


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found: the faults, how many files were looked at, and the hash of the manifest, which stands for all of them."""

    faults: tuple[Fault, ...]
    files: int
    manifest_sha256: str

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(folder: str | Path, *, expect: str | None = None) -> Verification:
    """Return what does not hold of a result folder. Nothing in it is changed.

    First the files: each is there with the hash of the manifest, no other is, and the manifest has that of its seal, and
    `expect` where that is given. Only where all of this holds are the tables opened: columns, totals, states, findings,
    scores and the log of rulings are worked out anew. Raises ResultError where the folder is no result of this version.
    """
    source = Path(folder)
    manifest = read_manifest(source)
    seal = hash_of(source / MANIFEST)
    faults = [*_seal_faults(source, seal, expect), *_file_faults(source, manifest)]
    if not faults:
        faults += _opened(source)
    return Verification(tuple(faults), len(manifest.get("files") or {}) + 2, seal)


def worded(fault: Fault, lang: str) -> str:
    """Return what a fault means to a person."""
    return message(f"verify.{fault.code}", lang, **{"file": fault.file, **fault.values})


def _seal_faults(folder: Path, seal: str, expect: str | None) -> list[Fault]:
    faults = []
    path = folder / SEAL
    if path.is_symlink() or not path.is_file():
        faults.append(Fault("missing", SEAL))
    elif path.stat().st_size > 1024 or path.read_bytes() != seal_of((folder / MANIFEST).read_bytes()):
        faults.append(Fault("seal", SEAL))
    if expect is not None and expect.strip().lower() != seal:
        faults.append(Fault("other_seal", MANIFEST, {"expected": expect.strip()[:80], "found": seal}))
    return faults


def _file_faults(folder: Path, manifest: dict[str, Any]) -> list[Fault]:
    stated = manifest.get("files")
    if not isinstance(stated, dict) or not all(isinstance(digest, str) for digest in stated.values()):
        return [Fault("no_hashes", MANIFEST)]
    faults = []
    present = {path.name: path for path in folder.iterdir()}
    needed = {f"{name}.parquet" for name in TABLES} | {LOG}
    for name in sorted({*stated, *needed} - set(present)):
        faults.append(Fault("missing", name))
    for name in sorted(set(present) - {MANIFEST, SEAL}):
        path = present[name]
        if name not in stated:
            faults.append(Fault("extra", name))
        elif path.is_symlink() or not path.is_file():
            faults.append(Fault("no_file", name))
        elif hash_of(path) != stated[name]:
            faults.append(Fault("changed", name))
    return faults


def _opened(folder: Path) -> list[Fault]:
    try:
        result: Result = read_result(folder)
        return content_faults(result)
    except ResultError as fault:
        return [Fault("unreadable", fault.where.path if fault.where else str(folder), {"why": fault.message})]
    except (pl.exceptions.PolarsError, KeyError, TypeError, ValueError, AttributeError) as fault:
        # The hashes hold, so the folder was sealed like this: somebody else's writer, or ours with a fault.
        return [Fault("unreadable", MANIFEST, {"why": " ".join(f"{type(fault).__name__}: {fault}".split())[:300]})]
