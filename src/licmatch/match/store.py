"""Names decided before: a folder that a later run asks first, so that tomorrow's scan costs only what is new in it.

An answer is kept for the names it was made for, beside the catalog it was made with. When the catalog has changed, only the names that
the change can touch are decided again; when the engine itself has, all are. Overrides have a last day and are put on afresh each time.
A run with a store gives the same bytes as one without.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from licmatch.catalog import lexicon as lx
from licmatch.catalog.compile import decode, encode
from licmatch.errors import CatalogError, Location, UsageError, WriteError
from licmatch.match.touched import touched
from licmatch.place import replacing
from licmatch.schema import DECISION_COLUMNS, NAME_KEY

if TYPE_CHECKING:
    from licmatch.match.engine import Engine

FORMAT = 1
_MARK, _NAMES, _CATALOG = "store.json", "names.parquet", "catalog.msgpack"
_KEPT = {**dict.fromkeys((*NAME_KEY, "key"), pl.String()), **DECISION_COLUMNS}
# Whose code makes the answers, and whose tables of characters.
_STAGES = ("catalog", "match", "normalize", "signatures")
_LIBRARIES = ("polars", "opencc", "pyahocorasick", "rapidfuzz")
# Layers of the built-in catalogs; what else answered, or nothing did, site packs have a say in.
_BUILT_IN = ("identifier", "exact", "composed")


class DecisionStore:
    """Decisions of earlier runs, and those of this one; `save` writes them. One store serves one run; it is not for several threads."""

    def __init__(self, folder: str | Path) -> None:
        """Open a store, a new one where the folder is absent or empty. Raises UsageError for a folder that holds something else."""
        self.folder = Path(folder)
        self._mark: dict[str, Any] = {}
        self._catalog: lx.Compiled | None = None
        self._known = pl.DataFrame(schema=_KEPT)
        self.reused = self.decided = 0
        if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            self._read()

    def _read(self) -> None:
        where = Location(str(self.folder))
        try:
            mark = json.loads((self.folder / _MARK).read_bytes())
            foreign = not isinstance(mark, dict) or mark.get("kind") != "licmatch-store"
        except (OSError, ValueError):
            foreign = True
        if foreign:
            raise UsageError("this folder is no store of decided names", where=where, hint="give an empty folder, or one that --store made")
        # A damaged or older store costs time and nothing else: it is begun anew.
        with contextlib.suppress(OSError, CatalogError, pl.exceptions.PolarsError, KeyError):
            if mark["format"] == FORMAT and mark["sha256"] == {name: _sha256(self.folder / name) for name in (_NAMES, _CATALOG)}:
                known = pl.read_parquet(self.folder / _NAMES, glob=False)
                if dict(known.schema) == _KEPT:
                    self._mark, self._known, self._catalog = mark, known, decode((self.folder / _CATALOG).read_bytes())

    def decide(self, engine: Engine, keys: pl.DataFrame) -> pl.DataFrame:
        """Return what `engine.decide(keys)` returns, decided now only where no earlier answer still holds."""
        self._settle(engine)
        wanted = keys.select(pl.col(column).cast(pl.String) for column in NAME_KEY).with_row_index("row")
        met = wanted.join(self._known.with_columns(known=pl.lit(True)), on=NAME_KEY, how="left", nulls_equal=True, maintain_order="left")
        fresh = wanted.filter(met["known"].is_null())
        if fresh.height:
            told = engine.decide_afresh(fresh.select(NAME_KEY)).rename({"padded": "key"})
            self._known = pl.concat([self._known, told.select(*_KEPT)])
            decided = pl.concat([met.filter("known").select("row", *_KEPT), fresh.select("row").hstack(told.select(*_KEPT))])
            met = decided.sort("row")
        self.reused += keys.height - fresh.height
        self.decided += fresh.height
        answers = engine.with_overrides_put(met["key"], met["publisher"], met.select(*DECISION_COLUMNS))
        return pl.concat([keys, answers], how="horizontal")

    def _settle(self, engine: Engine) -> None:
        """Leave out the answers that this engine would not give."""
        mark = {"engine": engine_hash(), "categories": [one.id for one in engine.categories], "packs": engine.versions["packs"]}
        if self._catalog is None or any(self._mark.get(part) != mark[part] for part in ("engine", "categories")):
            self._known = self._known.clear()
        else:
            if self._catalog.source_hash != engine.compiled.source_hash:
                self._known = self._known.filter(~touched(self._known, self._catalog, engine.compiled))
            # A pack may answer by an id that was retired since.
            if self._mark["packs"] != mark["packs"] or (mark["packs"] and self._catalog.retired != engine.compiled.retired):
                self._known = self._known.filter(pl.col("lm_method").is_in(_BUILT_IN).fill_null(False))
        self._mark, self._catalog = mark, engine.compiled

    def save(self) -> None:
        """Write the store, whole or not at all. Raises UsageError where it cannot be written."""
        if self._catalog is None:
            return
        try:
            with replacing(self.folder) as partial:
                partial.mkdir()
                self._known.sort(NAME_KEY, nulls_last=False).write_parquet(partial / _NAMES, compression="lz4", statistics=False)
                (partial / _CATALOG).write_bytes(encode(self._catalog))
                hashes = {name: _sha256(partial / name) for name in (_NAMES, _CATALOG)}
                mark = {"kind": "licmatch-store", "format": FORMAT, **self._mark, "sha256": hashes}
                (partial / _MARK).write_text(json.dumps(mark, sort_keys=True, indent=1) + "\n", encoding="utf-8", newline="\n")
        except WriteError as fault:
            raise UsageError(f"the store {fault.message}", where=Location(str(self.folder)), hint=fault.hint) from None


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@lru_cache(maxsize=1)
def engine_hash() -> str:
    """Return a hash of the code that decides and of the libraries it decides with: nobody can forget to raise a version."""
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for stage in _STAGES:
        for source in _sources(files(f"licmatch.{stage}")):
            digest.update(source.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable) -> list[Traversable]:
    return sorted((entry for entry in folder.iterdir() if entry.name.endswith(".py")), key=lambda entry: entry.name)
