"""Which texts of a result name a device, an address or a person: from its own columns, and from paths, addresses and mails in its texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from licmatch.result import Result
from licmatch.signatures.key_servers import KeyServers

# Columns of any table that hold one name, or several with `;` between.
NAMES = ("device_id", "hostname", "serial_number", "hardware_uuid", "addresses", "ruled_by")
_LEDGER = ("only_ledger", "only_found")
# Accounts that every computer has; they name nobody.
_EVERYBODYS = frozenset(
    {"administrator", "admin", "public", "default", "default user", "all users", "guest", "user", "users", "root", "system", "shared",
     "localhost", "localservice", "networkservice", "owner", "none", "null", "unknown"}
)  # fmt: skip
# In texts: the account in a path, the computer of a share, a mail address, an IPv4 address, a hardware address.
ACCOUNT = r"(?i)[\\/](?:users|documents and settings|home|用户)[\\/]([^\\/:*?\"<>|;,\r\n]+)"
_FOUND = (
    ACCOUNT,
    r"(?:^|[^\\])\\\\([\p{L}\p{N}][\p{L}\p{N}._-]*)\\",
    r"([\p{L}\p{N}._+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)",
    r"\b((?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2})\b",
)
_ADDRESS = r"(?:^|[^0-9.])((?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]))(?:[^0-9.]|$)"
# A fact of evidence that is a host.
_HOST_FACT = r"\b(?:kms_host|kms_host_norm|host|hostname)=([^;\s]+)"
# Evidence of these kinds is a name with its version, which looks like an address.
_NAMES_SEEN = ("installed_program", "os", "unsettled_name")


def names_in_case(
    software: pl.LazyFrame, activations: pl.DataFrame, traces: pl.DataFrame, more: Iterable[str | None] = ()
) -> frozenset[str]:
    """Return names that only the input tells: accounts in paths, and the hosts that were asked for an activation.

    A host that stands in the public list of activation servers is evidence and nobody's name.
    """
    found = set(_known(more))
    columns = software.collect_schema().names()
    for column in ("install_location", "name"):
        if column in columns:
            texts = software.select(pl.col(column).filter(pl.col(column).str.contains(ACCOUNT)).unique()).collect(engine="streaming")
            found |= _in_texts(texts[column])
    for cells in (traces["value"], activations["ad_object"]):
        found |= _in_texts(cells)
    return frozenset(found | _own_hosts(activations["kms_host"].drop_nulls().unique().to_list()))


def names_in(result: Result) -> frozenset[str]:
    """Return every name that the tables, the log and the manifest of a result hold."""
    found: set[str] = set()
    for frame in result.tables().values():
        for column in NAMES:
            if column in frame.columns:
                cells = frame[column].drop_nulls().unique()
                found.update(_known(part for cell in cells.to_list() for part in _parts(column, cell)))
        for column in ("name", "publisher", "text", "reason", "file", "source", "product"):
            if column in frame.columns and frame.schema[column] == pl.String:
                found |= _in_texts(frame[column])
        if "evidence" in frame.columns:
            said = frame.select(pl.col("evidence").list.explode(keep_nulls=False, empty_as_null=False)).unnest("evidence")
            found |= _in_texts(said["text"]) | _in_texts(said["source"])
            found |= _own_hosts(_all_of(said["text"], _HOST_FACT))
            found.update(_known(_all_of(said.filter(~pl.col("kind").is_in(_NAMES_SEEN))["text"], _ADDRESS)))
    found |= _in_texts(pl.Series([str(entry["path"]) for entry in result.manifest["inputs"]], dtype=pl.String))
    ledger: Mapping[str, Any] = result.manifest.get("ledger") or {}
    found.update(_known(each for name in _LEDGER for each in ledger.get(name, ())))
    for entry in result.rulings_log:
        found.update(_known(str(entry[name]) for name in NAMES if entry.get(name)))
    return frozenset(found)


def _own_hosts(hosts: Iterable[str | None]) -> set[str]:
    """The hosts that stand in no public list of activation servers."""
    servers = KeyServers.load()
    return {host for host in _known(hosts) if servers.known(host.lower()) is None}


def _parts(column: str, cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";")] if column == "addresses" else [cell]


def _in_texts(texts: pl.Series) -> set[str]:
    return {name for pattern in _FOUND for name in _known(_all_of(texts, pattern))}


def _all_of(texts: pl.Series, pattern: str) -> list[str]:
    """Every place of the texts that a pattern fits, its group only, each once."""
    whole = texts.drop_nulls().unique().str.extract_all(pattern).list.explode(keep_nulls=False, empty_as_null=False).unique()
    return whole.str.extract(pattern, 1).unique().drop_nulls().to_list()


def _known(names: Iterable[str | None]) -> list[str]:
    return [name.strip() for name in names if name and name.strip() and name.strip().casefold() not in _EVERYBODYS]
