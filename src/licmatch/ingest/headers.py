"""Which column of a plain table is which: Chinese and English header aliases of every canonical frame."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence
from functools import lru_cache

from licmatch.ingest.aliases import DEVICE_COUNTS, TABLES
from licmatch.ingest.rights_aliases import LICENCE_COUNTS

_JOINERS = re.compile(r"[\s_\-/.:()*]+")


@lru_cache(maxsize=4096)
def plain_header(text: str) -> str:
    """Fold a header for comparison: NFKC, case, spaces and joiners gone.

    >>> plain_header(" Display_Name "), plain_header("软件 名称：")
    ('displayname', '软件名称')
    """
    return _JOINERS.sub("", unicodedata.normalize("NFKC", text).casefold())


_PLAIN = {kind: {column: [plain_header(alias) for alias in aliases] for column, aliases in table.items()} for kind, table in TABLES.items()}
_PLAIN_LICENCES = frozenset(plain_header(alias) for alias in LICENCE_COUNTS)
_PLAIN_COUNTS = frozenset(plain_header(alias) for alias in DEVICE_COUNTS)


def find_columns(kind: str, headers: Sequence[str]) -> dict[str, str]:
    """Return canonical column -> header of the table, for those that are there; no header serves twice.

    >>> find_columns("software", ["计算机名", "软件名称", "版本", "备注"])
    {'hostname': '计算机名', 'name': '软件名称', 'version': '版本'}
    """
    return dict(_found(kind, tuple(headers)))


# Thousands of files of one collection have the same headers.
@lru_cache(maxsize=512)
def _found(kind: str, headers: tuple[str, ...]) -> dict[str, str]:
    plain: dict[str, str] = {}
    for header in headers:
        plain.setdefault(plain_header(header), header)
    found: dict[str, str] = {}
    used: set[str] = set()
    for column, aliases in _PLAIN[kind].items():
        # A header that is the canonical word itself is never taken as the alias of another column.
        for alias in (plain_header(column), *aliases):
            own = plain.get(alias)
            if own is not None and own not in used:
                found[column] = own
                used.add(own)
                break
    return found


def own_names(headers: Sequence[str], found: Mapping[str, str], reserved: Container[str] = ()) -> dict[str, str]:
    """Return header -> column name in the frame: canonical for those found; others keep theirs unless it is taken or reserved.

    >>> own_names(["name", "what", "note", "version"], {"name": "what"}, reserved=["version"])
    {'name': 'name_own', 'what': 'name', 'note': 'note', 'version': 'version_own'}
    """
    taken = {header: column for column, header in found.items()}
    return {header: taken.get(header, f"{header}_own" if header in found or header in reserved else header) for header in headers}


def counts_devices(headers: Sequence[str]) -> bool:
    """Return whether a header says the rows are counts over devices."""
    return any(plain_header(header) in _PLAIN_COUNTS for header in headers)


def counts_licences(headers: Sequence[str]) -> bool:
    """Return whether a header says the rows are licences bought, not programs found."""
    return any(plain_header(header) in _PLAIN_LICENCES for header in headers)


def table_kind(headers: Sequence[str]) -> str | None:
    """Return which canonical frame a table with these headers is, or None if it is none of them.

    >>> table_kind(["device_id", "name"]), table_kind(["单位编号", "单位名称", "上级单位编号"])
    ('software', 'units')
    """
    return _kind(tuple(headers))


@lru_cache(maxsize=512)
def _kind(headers: tuple[str, ...]) -> str | None:
    found = {kind: find_columns(kind, headers) for kind in TABLES}
    if {"ruling_id", "verdict", "document_no"} <= found["rulings"].keys():
        return "rulings"
    if {"product", "metric"} <= found["entitlements"].keys() and found["entitlements"].keys() & {"entitlement_id", "quantity"}:
        return "entitlements"
    licence = found["activations"].keys()
    if "product_name" in licence and licence & {"license_status", "partial_product_key"}:
        return "activations"
    if {"unit_id", "name"} <= found["units"].keys() and found["units"].keys() & {"parent_id", "tier", "org_type", "region_code"}:
        return "units"
    if {"kind", "value"} <= found["traces"].keys() and found["traces"].keys() & {"device_id", "hostname"}:
        return "traces"
    if "name" in found["software"]:
        return "software"
    devices = found["devices"].keys()
    if devices & {"device_id", "hostname"} and len(devices) >= 2:
        return "devices"
    return None
