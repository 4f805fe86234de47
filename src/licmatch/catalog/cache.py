"""Finding the compiled catalog: the one in the wheel, a cached one by content hash, or compiled now."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from licmatch.catalog import lexicon as lx
from licmatch.catalog.compile import compile_sources, decode, encode
from licmatch.catalog.load import catalog_files, content_hash, read_sources
from licmatch.errors import CatalogError
from licmatch.normalize.name_steps import NORMALIZER

BUILTIN = "builtin.msgpack"


def _cache_folder() -> Path:
    base = os.environ.get("LICMATCH_CACHE") or os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    return Path(base).expanduser() / "licmatch"


def _usable(raw: bytes, wanted: str) -> lx.Compiled | None:
    try:
        compiled = decode(raw)
    except CatalogError:
        return None
    return compiled if compiled.source_hash == wanted else None


def load_compiled(roots: Sequence[Traversable | Path]) -> lx.Compiled:
    """Return the compiled catalog of these folders; reads the shipped or cached one only if its content hash agrees."""
    sources = catalog_files(roots)
    wanted = content_hash(sources)
    shipped = files("licmatch.catalog") / BUILTIN
    if shipped.is_file():
        compiled = _usable(shipped.read_bytes(), wanted)
        if compiled is not None:
            return compiled
    cached = _cache_folder() / f"{wanted}-{lx.FORMAT}-{NORMALIZER}.msgpack"
    with contextlib.suppress(OSError):
        compiled = _usable(cached.read_bytes(), wanted)
        if compiled is not None:
            return compiled
    compiled = compile_sources(read_sources(sources))
    with contextlib.suppress(OSError):  # a read-only installation works too, only slower
        cached.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=cached.parent, delete=False) as handle:
            handle.write(encode(compiled))
        os.replace(handle.name, cached)
    return compiled
