"""What no scan can know and somebody keeps: groups, training, money, purchases, inspections. Plain rows by kind, all optional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from licmatch.assess.own_file import read_own_file
from licmatch.errors import InputError, Location


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    unit_id: str


class Group(_Record, frozen=True, forbid_unknown_fields=True):
    """A leading group of a jurisdiction, with the document that set it up."""

    established_on: date | None = None
    document_no: str | None = None


class Member(_Record, frozen=True, forbid_unknown_fields=True):
    """One member of a leading group."""

    name: str
    post: str | None = None
    role: str | None = None
    phone: str | None = None


class Training(_Record, frozen=True, forbid_unknown_fields=True):
    """One session."""

    date: date
    topic: str
    audience: str | None = None
    expected: int | None = None
    attended: int | None = None
    lecturer: str | None = None
    sheet: str | None = None


class Fund(_Record, frozen=True, forbid_unknown_fields=True):
    """Money of a jurisdiction in yuan, and which year's budget it comes from."""

    software_cost: Decimal | None = None
    work_cost: Decimal | None = None
    source: str | None = None


class Purchase(_Record, frozen=True, forbid_unknown_fields=True):
    """Licences bought for a unit or jurisdiction; amount in yuan; `origin` is domestic or foreign."""

    category: str
    quantity: int
    amount: Decimal | None = None
    origin: str | None = None


class Inspected(_Record, frozen=True, forbid_unknown_fields=True):
    """What an inspection of a jurisdiction looked at."""

    units: int
    computers: int
    passed: int


class Records(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All records. `unit_id` is a unit or jurisdiction of the result; what belongs to one counts for all above it."""

    group: tuple[Group, ...] = ()
    member: tuple[Member, ...] = ()
    training: tuple[Training, ...] = ()
    fund: tuple[Fund, ...] = ()
    purchase: tuple[Purchase, ...] = ()
    inspected: tuple[Inspected, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nobody said anything."""
        return not any(getattr(self, name) for name in self.__struct_fields__)


class _Outcome(msgspec.Struct, frozen=True):
    """The one part of an outcome that forms ask for; it has many others."""

    number: str
    inspected: list[dict[str, Any]]


def load_records(records: Records | Mapping[str, Sequence[Mapping[str, Any]]] | str | Path | None) -> Records:
    """Return the records of a TOML file or of plain mappings: `group`, `member`, `training`, `fund`, `purchase`, `inspected`.

    Raises InputError for what does not fit.

    >>> load_records({"training": [{"unit_id": "440800", "date": "2005-07-04", "topic": "软件操作"}]}).training[0].topic
    '软件操作'
    """
    if records is None:
        return Records()
    if isinstance(records, Records):
        return records
    where = None if isinstance(records, Mapping) else Location(str(records))
    raw = records if isinstance(records, Mapping) else read_own_file(Path(records), "the file of records")
    try:
        made = msgspec.convert(raw, Records, strict=False)
    except msgspec.ValidationError as fault:
        raise InputError(f"the records do not fit: {fault}", where=where) from None
    for name in made.__struct_fields__:
        for place, one in enumerate(getattr(made, name), start=1):
            amounts = [getattr(one, field) for field in one.__struct_fields__ if isinstance(getattr(one, field), int | Decimal)]
            if any(amount < 0 for amount in amounts):
                raise InputError(f"{name}[{place}] has a negative number", where=where)
    return made


def load_inspected(path: str | Path | None) -> Records:
    """Return what `licmatch inspect --json` printed as records: a unit, the computers looked at there, and how many passed.

    Raises InputError for a file that is no outcome of an inspection.
    """
    if path is None:
        return Records()
    where = Location(str(path))
    try:
        content = Path(path).read_bytes()
    except OSError as fault:
        raise InputError(f"the outcome of the inspection cannot be read: {fault.strerror}", where=where) from None
    try:
        told = msgspec.json.decode(content, type=_Outcome)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise InputError(
            f"this is no outcome of an inspection: {fault}", where=where, hint="keep what `licmatch inspect DIR SHEET --json` prints"
        ) from None
    return load_records({"inspected": told.inspected})
