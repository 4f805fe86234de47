"""What the owner of the devices says about itself. Each fact turns off exactly what it explains, and only while it is in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from licmatch.assess.own_file import read_own_file
from licmatch.errors import InputError, Location
from licmatch.ingest.records import Notice


class _Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What any fact may carry: who stands for it, why, and from when to when it holds."""

    owner: str | None = None
    reason: str | None = None
    since: date | None = None
    until: date | None = None

    def holds(self, as_of: date) -> bool:
        """Return whether the fact is in force on a day; both ends count."""
        return (self.since is None or self.since <= as_of) and (self.until is None or as_of <= self.until)


class KmsHost(_Fact, frozen=True, forbid_unknown_fields=True):
    """A KMS host of the organisation, or of one above it: its name or address, and where asked, what it activates."""

    host: str
    product: str | None = None


class KmsService(_Fact, frozen=True, forbid_unknown_fields=True):
    """Where the DNS service record `_vlmcs._tcp` of a domain points."""

    domain: str
    host: str


class VolumeAgreement(_Fact, frozen=True, forbid_unknown_fields=True):
    """A volume agreement: what it covers, for which unit and all below (none: for everybody), and the last five of its MAKs."""

    product: str
    editions: tuple[str, ...] = ()
    quantity: int | None = None
    mak: tuple[str, ...] = ()
    agreement: str | None = None
    unit: str | None = None


class AllowedTool(_Fact, frozen=True, forbid_unknown_fields=True):
    """A tool that may be on some devices: a signature's id or a name, for these devices (none: for all)."""

    owner: str
    until: date
    signature: str | None = None
    name: str | None = None
    devices: tuple[str, ...] = ()


class Laboratory(_Fact, frozen=True, forbid_unknown_fields=True):
    """Devices, or a unit with all below, that test and may hold what others may not."""

    devices: tuple[str, ...] = ()
    unit: str | None = None


class FreeSoftware(_Fact, frozen=True, forbid_unknown_fields=True):
    """A product or family on the list of free software, with the licence text that was read (its date, or its hash)."""

    product: str
    eula: Any = None  # a day or a hash, as written
    document_no: str | None = None


class ApprovedProduct(_Fact, frozen=True, forbid_unknown_fields=True):
    """A product that may be bought."""

    product: str


class Organisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The owner's facts. Everything may be left out: silence is not a no."""

    name: str | None = None
    type: str | None = None  # kind of organisation where the units do not say it: government, education ...
    kms_hosts: tuple[KmsHost, ...] = ()
    kms_srv: tuple[KmsService, ...] = ()
    volume_agreements: tuple[VolumeAgreement, ...] | None = None  # None: nobody said; (): there are none
    allowed_tools: tuple[AllowedTool, ...] = ()
    test_labs: tuple[Laboratory, ...] = ()
    free_software: tuple[FreeSoftware, ...] = ()
    approved_products: tuple[ApprovedProduct, ...] = ()
    locales: tuple[int, ...] = ()  # Windows locale ids in use: 2052, 1033
    purchases_complete: bool = False  # the entitlements are the whole register: what is not in it was not bought
    devices_total: int | None = None

    def names(self) -> list[str]:
        """Return what names a person, a device or a host in the facts: what a result under pseudonyms must not tell."""
        facts: list[Any] = [
            *self.kms_hosts, *self.kms_srv, *(self.volume_agreements or ()), *self.allowed_tools, *self.test_labs,
            *self.free_software, *self.approved_products,
        ]  # fmt: skip
        told = [name for fact in facts for name in (fact.owner, getattr(fact, "host", None), *getattr(fact, "devices", ()))]
        return [name for name in told if name]

    def on(self, as_of: date) -> Organisation:
        """Return the facts that hold on a day."""
        held = {field: _holding(getattr(self, field), as_of) for field in _DATED}
        return msgspec.structs.replace(self, **held)

    def notices(self, as_of: date) -> tuple[Notice, ...]:
        """Return what a person should know: facts that no longer hold, by their place in the file."""
        lapsed = [
            f"{field}[{place}]"
            for field in _DATED
            for place, fact in enumerate(getattr(self, field) or (), start=1)
            if fact.until is not None and fact.until < as_of
        ]
        return (Notice("OWNER_FACT_EXPIRED", "organisation", len(lapsed), ", ".join(lapsed[:10])),) if lapsed else ()

    def registered_hosts(self) -> list[str]:
        """Return the KMS hosts it registered and those its DNS service records point to, lower case, sorted."""
        named = [known.host for known in self.kms_hosts] + [record.host for record in self.kms_srv]
        return sorted({host.lower().strip(".") for host in named})

    def free_ids(self) -> frozenset[str]:
        """Return the ids on the list of free software."""
        return frozenset(entry.product for entry in self.free_software)


_DATED = ("kms_hosts", "kms_srv", "volume_agreements", "allowed_tools", "test_labs", "free_software", "approved_products")
# Where a bare text says enough, it is the fact's first field.
_TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".jsonl", ".parquet")
_CELLS = {"unit_id": "unit", "valid_from": "since", "valid_to": "until"}
_NAMED = {"kms_srv": "host", "allowed_tools": "name"}
_LISTS = {"editions", "mak", "devices"}
_SHORT = {"kms_hosts": "host", "free_software": "product", "approved_products": "product", "volume_agreements": "product"}


def load_organisation(organisation: Organisation | Mapping[str, Any] | str | Path | None) -> Organisation:
    """Return the owner's facts from a TOML file, a table with one fact a row, a mapping, or nothing.

    Lists may hold bare texts where one says enough: a host, a product. Raises InputError for unknown keys and wrong types.

    >>> facts = load_organisation({"free_software": ["antivirus.avast", {"product": "office.wps", "eula": "2022-01-25"}]})
    >>> sorted(facts.free_ids())
    ['antivirus.avast', 'office.wps']
    """
    if organisation is None:
        return Organisation()
    if isinstance(organisation, Organisation):
        return organisation
    where = None if isinstance(organisation, Mapping) else Location(str(organisation))
    facts = organisation if isinstance(organisation, Mapping) else _read(Path(organisation))
    unknown = sorted(set(facts) - set(Organisation.__struct_fields__))
    if unknown:
        known = ", ".join(Organisation.__struct_fields__)
        raise InputError(f"unknown key {unknown[0]!r} among the organisation's facts", where=where, hint=f"known: {known}")
    try:
        read = msgspec.convert({key: _spelled_out(key, value) for key, value in facts.items()}, Organisation)
    except msgspec.ValidationError as fault:
        raise InputError(f"the organisation's facts do not fit: {fault}", where=where) from None
    nameless = [tool for tool in read.allowed_tools if tool.signature is None and tool.name is None]
    if nameless:
        raise InputError("an allowed tool needs a `signature` or a `name`", where=where)
    return read


def _read(path: Path) -> Mapping[str, Any]:
    return _tabled(path) if path.suffix.lower() in _TABLES else read_own_file(path, "the organisation file")


def _tabled(path: Path) -> dict[str, Any]:
    """The facts of a table: `fact` names the key, the other cells are its fields. A row that cannot be used is an error."""
    from licmatch.ingest import read_frame

    frame, rejected = read_frame("organisation", path)
    if not rejected.is_empty():
        raise InputError(
            f"a row of the organisation table cannot be used: {rejected['reason'][0]}", where=Location(str(path), rejected["line"][0])
        )
    facts: dict[str, Any] = {}
    for row in frame.iter_rows(named=True):
        key = row.pop("fact").strip().lower()
        cells = {_CELLS.get(name, name): value for name, value in row.items() if value is not None}
        value = cells.pop("value", None)
        if key in _DATED:
            if value is not None:
                cells[_SHORT.get(key, _NAMED.get(key, "value"))] = value
            lists = {name: _parts(cells[name]) for name in _LISTS & cells.keys()}
            facts.setdefault(key, []).append(cells | lists)
        else:
            facts[key] = _scalar(key, value)
    return facts


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\uff1b", ";").split(";") if part.strip()]


def _scalar(key: str, value: str | None) -> Any:
    if key == "locales":
        return [int(part) for part in _parts(value or "") if part.isdigit()]
    if key == "purchases_complete":
        return (value or "").strip().lower() in ("1", "true", "yes", "是")
    return int(value) if key == "devices_total" and value is not None and value.strip().isdigit() else value


def _spelled_out(key: str, value: Any) -> Any:
    short = _SHORT.get(key)
    if short is None or not isinstance(value, list):
        return value
    return [{short: entry} if isinstance(entry, str) else entry for entry in value]


def _holding(facts: tuple[_Fact, ...] | None, as_of: date) -> tuple[_Fact, ...] | None:
    return None if facts is None else tuple(fact for fact in facts if fact.holds(as_of))
