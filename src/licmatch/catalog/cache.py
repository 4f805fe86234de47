"""Finding the compiled catalog: the one in the wheel, a cached one by content hash, or compiled now."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from licmatch.catalog import lexicon as lx
from licmatch.catalog.compile import compile_sources, decode, encode
from licmatch.catalog.load import catalog_files, content_hash, read_sources
from licmatch.errors import CatalogError
from licmatch.normalize.name_steps import NORMALIZER

BUILTIN = "builtin.msgpack"


KEPT_FILES = 64  # compiled files of one machine; those used longest ago go first
T = TypeVar("T")


def _cache_folder() -> Path:
    base = os.environ.get("LICMATCH_CACHE") or os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    return Path(base).expanduser() / "licmatch"


def kept(package: str, shipped: str, cached: str, usable: Callable[[bytes], T | None]) -> T | None:
    """Return what `usable` makes of the file shipped in a package, or else of the one an earlier run kept under a name, or None."""
    there = files(package) / shipped
    if there.is_file() and (found := usable(there.read_bytes())) is not None:
        return found
    with contextlib.suppress(OSError):
        found = usable((_cache_folder() / cached).read_bytes())
        if found is not None:
            with contextlib.suppress(OSError):
                os.utime(_cache_folder() / cached)
            return found
    return None


def keep(name: str, raw: bytes) -> None:
    """Keep a compiled file for the runs to come. Where nothing can be written, they only take longer."""
    with contextlib.suppress(OSError):
        folder = _cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as handle:
            handle.write(raw)
        os.replace(handle.name, folder / name)
        by_age = sorted(folder.glob("*.msgpack"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in by_age[KEPT_FILES:]:
            old.unlink(missing_ok=True)


def _usable(raw: bytes, wanted: str) -> lx.Compiled | None:
    try:
        compiled = decode(raw)
    except CatalogError:
        return None
    return compiled if compiled.source_hash == wanted else None


def load_compiled(roots: Sequence[Traversable | Path]) -> lx.Compiled:
    """Return the compiled catalog of these folders; reads the shipped or kept one only if its content hash agrees."""
    sources = catalog_files(roots)
    wanted = content_hash(sources)
    name = f"{wanted}-{lx.FORMAT}-{NORMALIZER}.msgpack"
    compiled = kept("licmatch.catalog", BUILTIN, name, lambda raw: _usable(raw, wanted))
    if compiled is None:
        compiled = compile_sources(read_sources(sources))
        keep(name, encode(compiled))
    return compiled
