"""What is fuzzed, and what must hold for any bytes: an answer or a LicmatchError, every row accounted for, in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import polars as pl

from licmatch.catalog.compile import compile_sources, encode
from licmatch.catalog.load import SourceFile
from licmatch.catalog.load import read_sources as read_catalogs
from licmatch.catalog.pack import load_pack
from licmatch.errors import LicmatchError
from licmatch.ingest.document import Document
from licmatch.ingest.inventory import read_sources
from licmatch.ingest.registry import readers, surest_reader
from licmatch.ingest.rights import read_rights
from licmatch.ingest.sources import Source
from licmatch.rules import compile_rule, fields_of, load_rules

CORPUS = Path(__file__).parent / "corpus"
GOLDEN = Path(__file__).parents[1] / "golden" / "formats"
SECONDS_A_MIB = 2.0
# The six that most inventories come in; `make fuzz` gives them fifteen times the time of the others.
MOST_USED = ("csv", "xlsx", "uninstall-csv", "uninstall-reg", "wmic-csv", "jsonl")
FEW_WORDS = "schema = 1\n[role]\nproduct = ['软件']\n"


@dataclass(frozen=True)
class Target:
    """Something that takes bytes from outside: its name, the seeds it starts from, and the call."""

    name: str
    run: Callable[[bytes], None]

    @property
    def seeds(self) -> tuple[bytes, ...]:
        return seeds_of(self.name)


class Slow(AssertionError):
    """An input took longer than 2 CPU seconds a MiB."""


def check(target: Target, data: bytes) -> None:
    """Run one input. Anything but an answer or a LicmatchError goes through; so does `Slow`."""
    start = time.process_time()
    try:
        target.run(data)
    except LicmatchError as error:
        str(error).encode("utf-8")
    spent = time.process_time() - start
    allowed = SECONDS_A_MIB * max(1.0, len(data) / (1 << 20))
    if spent > allowed:
        raise Slow(f"{len(data)} bytes took {spent:.1f} CPU s, {allowed:.1f} are allowed")


@cache
def targets() -> dict[str, Target]:
    """Return every target by name: one for each reader that is registered, and the readers of papers, rules and catalogs."""
    found = [Target(reader.info.id, _reading(reader.info.id)) for reader in readers()]
    found += [Target("entitlements", _rights), Target("rules", _rules), Target("catalog", _catalog), Target("pack", _pack)]
    return {target.name: target for target in found}


def _reading(format: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        # Half of the inputs go to the reader whatever they look like, the others to the one that is surest of them.
        forced = sum(data[-3:]) % 2 == 0
        inventory = read_sources([Source("PC-1.txt", None, data)], [], format=format if forced else None, columns={}, device_from="auto")
        software = inventory.software.collect()
        rows = sum(file.rows for file in inventory.files)
        assert software.height + inventory.rejected.height == rows, f"{software.height} + {inventory.rejected.height} is not {rows}"
        assert software["device_id"].null_count() == software["name"].null_count() == 0, "a row without device or name"
        assert inventory.rejected["reason"].null_count() == 0, "rejected without a reason"
        for frame in (inventory.devices, inventory.units, inventory.activations, inventory.traces):
            assert "device_id" not in frame.columns or frame["device_id"].null_count() == 0

    return read


def _rights(data: bytes) -> None:
    table = read_rights(Document("rights", data))
    assert table.frame["entitlement_id"].null_count() == 0
    assert table.rejected.select(pl.col("reason").null_count()).item() == 0


class _InMemory:
    """A rule file that never was on a disk; what `load_rules` asks of one."""

    def __init__(self, data: bytes) -> None:
        self.name = "rules.toml"
        self._data = data

    def is_file(self) -> bool:
        return True

    def is_dir(self) -> bool:
        return False

    def read_bytes(self) -> bytes:
        return self._data


def _rules(data: bytes) -> None:
    for rule in load_rules(_InMemory(data)):  # type: ignore[arg-type]
        compile_rule(rule, fields_of(rule.about))


def _catalog(data: bytes) -> None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    encode(compile_sources(read_catalogs([SourceFile("words.toml", FEW_WORDS), SourceFile("own.toml", text)])))


def _pack(data: bytes) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile(suffix=".pack") as file:
        file.write(data)
        file.flush()
        load_pack(Path(file.name))


def _files_of(name: str) -> list[Path]:
    catalogs = Path(str(files("licmatch_catalogs")))
    if name == "rules":
        return sorted((catalogs / "rules").glob("*.toml"), key=lambda file: file.stat().st_size)[:6]
    if name == "catalog":
        wanted = ("office/wps-office", "antivirus/jiangmin", "antivirus/qihoo", "retired")
        return [catalogs / f"{part}.toml" for part in wanted] + sorted((catalogs / "signatures").rglob("*.toml"))[:2]
    return []


@cache
def seeds_of(name: str) -> tuple[bytes, ...]:
    """Return the small valid files of a target: its folder of the corpus, and the golden inputs that its reader is surest of."""
    found = sorted((CORPUS / name).glob("*.dump")) + _files_of(name)
    if not found and name in {reader.info.id for reader in readers()}:
        found = [path for path, told in _golden() if told == name]
    return tuple(path.read_bytes()[: 1 << 16] for path in found)


@cache
def _golden() -> tuple[tuple[Path, str], ...]:
    told = []
    for path in sorted(GOLDEN.glob("*/input.*")) if GOLDEN.is_dir() else []:
        reader = surest_reader(Document(path.name, path.read_bytes()))
        if reader is not None:
            told.append((path, reader.info.id))
    return tuple(told)
