"""Where a computer asked for its activation: the class of a KMS host, from a table of known hosts and the rules of addresses.

What the organisation registered, and which addresses are the device's own, is for the caller to decide first.
"""

from __future__ import annotations

import csv
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import polars as pl

from licmatch.errors import CatalogError, Location
from licmatch.signatures.text import trace_text
from licmatch.signatures.trace_texts import host_text

AZURE, LOOPBACK, PLACEHOLDER, PUBLIC_SERVER, PRIVATE, PUBLIC = CLASSES = (
    "azure", "loopback", "placeholder", "public_server", "private", "public",
)  # fmt: skip
HEADER = ("host", "match", "class", "confidence", "lists", "source")
MATCHES = ("exact", "suffix", "ip", "cidr")
# The first class that fits is the answer: 127.0.0.2 is a loopback before it is anything else.
_ORDER = (AZURE, LOOPBACK, PLACEHOLDER, PUBLIC_SERVER, PRIVATE)
# Tops that are no part of the public name space.
_INNER_NAMES = ("local", "localdomain", "internal", "corp", "lan", "intranet", "home", "private", "domain", "workgroup", "arpa", "test")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class KeyServer:
    """One row of the table: a host or a range of addresses, and what it is known as."""

    host: str
    match: str  # exact | suffix (the host and names below it) | ip | cidr
    class_: str
    confidence: float  # P(unlicensed use | a client was activated there)
    lists: int | None  # independent public lists that name it
    source: str


class KeyServers:
    """The table of known KMS hosts. Immutable, shared by threads."""

    def __init__(self, servers: tuple[KeyServer, ...]) -> None:
        self.servers = servers
        self._exact = {one.host: one for one in servers if one.match == "exact"}
        self._suffix = {one.host: one for one in servers if one.match == "suffix"}
        networks = ((ipaddress.ip_network(one.host), one) for one in servers if one.match in ("ip", "cidr"))
        self._networks: list[tuple[Network, KeyServer]] = sorted(
            networks, key=lambda pair: (_ORDER.index(pair[1].class_), -pair[0].prefixlen)
        )

    @classmethod
    def load(cls, file: Traversable | Path | None = None) -> KeyServers:
        """Read the table; the built-in one when none is given.

        Raises CatalogError with file and line for a row that is not as the header says.
        """
        return _builtin() if file is None else cls(_read(file))

    def known(self, host: str) -> KeyServer | None:
        """Return the row of the table that a host meets; the host is lower case, without port."""
        address = _address(host)
        if address is not None:
            return next((server for network, server in self._networks if address in network), None)
        if host in self._exact:
            return self._exact[host]
        labels = host.split(".")
        return next((self._suffix[name] for at in range(len(labels)) if (name := ".".join(labels[at:])) in self._suffix), None)

    def class_of(self, host: str) -> str:
        """Return the class of one host.

        >>> servers = KeyServers.load()
        >>> [servers.class_of(host) for host in ("127.0.0.2", "kms.03k.org", "kms01.corp.local", "kms.agency.gov.cn")]
        ['loopback', 'public_server', 'private', 'public']
        """
        server = self.known(host)
        if server is not None:
            return server.class_
        address = _address(host)
        if address is not None:
            return PUBLIC if address.is_global else PRIVATE
        return PRIVATE if "." not in host or host.rpartition(".")[2] in _INNER_NAMES else PUBLIC

    def classify(self, hosts: pl.Series) -> pl.Series:
        """Return azure, loopback, placeholder, public_server, private or public for a String column of hosts; null for null and blank.

        Ports, brackets and case do not matter. The first class in that order that fits is the answer.
        """
        plain = trace_text(hosts).alias("host").to_frame().select(host_text(pl.col("host"))).to_series()
        distinct = plain.unique().drop_nulls()
        told = {host: self.class_of(host) for host in distinct.to_list() if host}
        return plain.replace_strict(told, default=None, return_dtype=pl.String).alias(hosts.name)


def _address(host: str) -> Address | None:
    try:
        found: Address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        last = host.rpartition(".")[2]
        if not last[:1].isdigit() or " " in host:
            return None
        try:
            # 127.1, 2130706433 and 0x7f.1 are addresses to every resolver. This only parses, it asks nobody.
            found = ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


@lru_cache(maxsize=1)
def _builtin() -> KeyServers:
    return KeyServers(_read(files("licmatch_catalogs") / "licensing" / "kms_hosts.tsv"))


def _read(file: Traversable | Path) -> tuple[KeyServer, ...]:
    lines = file.read_text(encoding="utf-8").splitlines()
    told = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    rows = csv.DictReader([line for _, line in told], delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(rows.fieldnames or ()) != HEADER:
        raise CatalogError(f"the columns are {', '.join(HEADER)}, separated by tabs", where=Location(file.name, told[0][0] if told else 1))
    found = []
    for (number, _), row in zip(told[1:], rows, strict=True):
        try:
            found.append(_server(row))
        except (TypeError, ValueError) as error:
            raise CatalogError(str(error), where=Location(file.name, number, row.get("host"))) from None
    return tuple(found)


def _server(row: Mapping[str, str]) -> KeyServer:
    if None in row or None in row.values():
        raise ValueError(f"a row has {len(HEADER)} cells")
    if row["match"] not in MATCHES or row["class"] not in _ORDER:
        raise ValueError(f"match is one of {', '.join(MATCHES)}; class is one of {', '.join(_ORDER)}")
    if row["match"] in ("ip", "cidr"):
        ipaddress.ip_network(row["host"])
    elif row["host"] != row["host"].casefold() or not row["host"]:
        raise ValueError("a host is written in lower case")
    confidence = float(row["confidence"])
    if not 0 <= confidence <= 1:
        raise ValueError("a confidence lies between 0 and 1")
    return KeyServer(row["host"], row["match"], row["class"], confidence, int(row["lists"]) if row["lists"] else None, row["source"])
