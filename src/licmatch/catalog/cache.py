"""Finding the compiled catalog: the one in the wheel, a cached one by content hash, or compiled now."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import msgspec

from licmatch.catalog import lexicon as lx
from licmatch.catalog.compile import compile_files, decode, encode
from licmatch.catalog.load import catalog_files, content_hash
from licmatch.errors import CatalogError, WriteError
from licmatch.normalize.name_steps import NORMALIZER
from licmatch.place import replacing

BUILTIN = "builtin.msgpack"
KEPT_FILES = 64  # compiled files of one machine; those used longest ago go first
T = TypeVar("T")


def _cache_folder() -> Path:
    base = os.environ.get("LICMATCH_CACHE") or os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    return Path(base).expanduser() / "licmatch"


def kept(package: str, cached: str, usable: Callable[[bytes], T | None]) -> T | None:
    """Return what `usable` makes of the file shipped in a package, or else of the one an earlier run kept under a name, or None.

    None is also for what is damaged or of another format.
    """
    there = files(package) / BUILTIN
    if there.is_file() and (found := _made_of(there.read_bytes(), usable)) is not None:
        return found
    with contextlib.suppress(OSError):
        found = _made_of((_cache_folder() / cached).read_bytes(), usable)
        if found is not None:
            with contextlib.suppress(OSError):
                os.utime(_cache_folder() / cached)
            return found
    return None


def _made_of(raw: bytes, usable: Callable[[bytes], T | None]) -> T | None:
    try:
        return usable(raw)
    except (CatalogError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def keep(name: str, raw: bytes) -> None:
    """Keep a compiled file for the runs to come. Where nothing can be written, they only take longer."""
    folder = _cache_folder()
    with contextlib.suppress(OSError, WriteError):
        with replacing(folder / name) as partial:
            partial.write_bytes(raw)
        by_age = sorted(folder.glob("*.msgpack"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in by_age[KEPT_FILES:]:
            old.unlink(missing_ok=True)


def _usable(raw: bytes, wanted: str) -> lx.Compiled | None:
    compiled = decode(raw)
    return compiled if compiled.source_hash == wanted else None


def load_compiled(roots: Sequence[Traversable | Path]) -> lx.Compiled:
    """Return the compiled catalog of these folders; reads the shipped or kept one only if its content hash agrees."""
    sources = catalog_files(roots)
    wanted = content_hash(sources)
    name = f"{wanted}-{lx.FORMAT}-{NORMALIZER}.msgpack"
    compiled = kept("licmatch.catalog", name, lambda raw: _usable(raw, wanted))
    if compiled is None:
        compiled = compile_files(sources)
        keep(name, encode(compiled))
    return compiled
