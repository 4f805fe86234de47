"""What the owner of the devices says about itself. Free software it has approved counts today; the other facts are kept for the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from licmatch.assess.own_file import read_own_file
from licmatch.errors import InputError, Location

KNOWN = ("name", "free_software", "kms_hosts", "volume_agreements", "allowed_tools", "test_labs", "approved_products")
JUDGED = ("name", "free_software")


@dataclass(frozen=True, slots=True)
class Organisation:
    """The owner's facts: ids of products or families on its list of free software, and which facts are not judged yet."""

    free_software: frozenset[str] = frozenset()
    not_judged: tuple[str, ...] = ()


def load_organisation(organisation: Organisation | Mapping[str, Any] | str | Path | None) -> Organisation:
    """Return the owner's facts from a TOML file, a mapping, or nothing.

    `free_software` lists product or family ids, as text or as tables with a `product`. Raises InputError for unknown keys.

    >>> sorted(load_organisation({"free_software": ["antivirus.avast", {"product": "office.wps", "eula": "2022-01-25"}]}).free_software)
    ['antivirus.avast', 'office.wps']
    """
    if organisation is None:
        return Organisation()
    if isinstance(organisation, Organisation):
        return organisation
    where = None if isinstance(organisation, Mapping) else Location(str(organisation))
    facts = organisation if isinstance(organisation, Mapping) else read_own_file(Path(organisation), "the organisation file")
    unknown = sorted(set(facts) - set(KNOWN))
    if unknown:
        raise InputError(f"unknown key {unknown[0]!r} among the organisation's facts", where=where, hint=f"known: {', '.join(KNOWN)}")
    approved = set()
    entries = facts.get("free_software", [])
    for entry in entries if isinstance(entries, list) else [None]:
        product = entry.get("product") if isinstance(entry, Mapping) else entry
        if not isinstance(product, str) or not product:
            raise InputError("free_software must list product ids, or tables with a `product`", where=where)
        approved.add(product)
    return Organisation(frozenset(approved), tuple(sorted(key for key in facts if key not in JUDGED)))
