"""An engine as bytes: what another process needs to answer as this one does, and the proof that it does.

The catalogs are carried, not looked for: a worker may have other files lying about. Code and plugins are not carried but compared,
for no bytes that arrive may be executed. Nothing here is a pickle.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

from licmatch.catalog.compile import decode, encode
from licmatch.catalog.pack import PackProduct, SitePack
from licmatch.errors import CatalogError, PluginError, UsageError
from licmatch.match.engine import Engine
from licmatch.match.store import engine_hash
from licmatch.plugin_loader import GIVEN, load_plugins


@dataclass(frozen=True, slots=True)
class EngineMark:
    """What must be the same on both sides: `sha256` of the carried bytes, `code` (the code that decides, and its libraries), `plugins`."""

    sha256: str
    code: str
    plugins: tuple[str, ...]
    without: tuple[str, ...]


class _Pack(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    path: str
    products: tuple[PackProduct, ...]
    hash: str


class _Carried(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    compiled: bytes
    packs: tuple[_Pack, ...]


def carried(engine: Engine) -> tuple[EngineMark, bytes]:
    """Return the mark and the bytes of an engine; overrides that do not act on its day are left behind.

    Raises UsageError for an engine with plugins that were handed over as objects: no other process has them.
    """
    strangers = [name.name for name in engine.plugins.names if name.distribution == GIVEN]
    if strangers:
        raise UsageError(f"plugin {strangers[0]!r} is an object of this process", hint="install it as a package on every worker")
    compiled = msgspec.structs.replace(engine.compiled, overrides=engine.acting_overrides)
    packs = tuple(_Pack(pack.path, pack.products, pack.hash) for pack in engine.packs)
    raw = msgspec.msgpack.encode(_Carried(encode(compiled), packs))
    plugins = tuple(str(name) for name in engine.plugins.names)
    return EngineMark(hashlib.sha256(raw).hexdigest(), engine_hash(), plugins, engine.without), raw


def unpacked(mark: EngineMark, raw: bytes) -> Engine:
    """Return the engine of these bytes. Raises CatalogError or PluginError unless everything is as the mark says."""
    found = hashlib.sha256(raw).hexdigest()
    if found != mark.sha256:
        raise CatalogError(f"the catalog that arrived is not the one that was sent: {found[:16]}, not {mark.sha256[:16]}")
    if engine_hash() != mark.code:
        raise PluginError(
            "this worker has another licmatch, or other versions of its libraries, than the driver",
            hint="give driver and workers one environment (docs/how-to/spark.md)",
        )
    plugins = load_plugins(without=mark.without)
    here = tuple(str(name) for name in plugins.names)
    if here != mark.plugins:
        raise PluginError(f"this worker has the plugins {', '.join(here) or 'none'}, the driver has {', '.join(mark.plugins) or 'none'}")
    try:
        content = msgspec.msgpack.decode(raw, type=_Carried)
    except msgspec.DecodeError as fault:
        raise CatalogError(f"the catalog that arrived is damaged: {fault}") from None
    return Engine(decode(content.compiled), plugins, [SitePack(pack.path, pack.products, pack.hash) for pack in content.packs])
