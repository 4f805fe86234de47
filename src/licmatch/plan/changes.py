"""What-if changes as a file says them: remove these, buy those, replace by something else."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from licmatch.errors import InputError, Location

_MAX_BYTES = 4 << 20


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Remove(_Record, frozen=True):
    """Copies to uninstall: of a product, in a unit and all below, on a computer; what is not said does not restrict."""

    product: str | None = None
    unit: str | None = None
    device: str | None = None


class Replace(_Record, frozen=True):
    """Copies to put something else in the place of; `approved`: a free product on the approved list; `bought`: with its licences."""

    by: str
    product: str | None = None
    unit: str | None = None
    device: str | None = None
    bought: bool = True
    approved: bool = False


class Buy(_Record, frozen=True):
    """Licences for a unit and all below (none: for everybody)."""

    product: str
    quantity: int
    unit: str | None = None
    metric: str = "device"
    channel: str | None = None


class Changes(_Record, frozen=True):
    """Everything that is to change; first what is removed, then what is replaced, then what is bought."""

    remove: tuple[Remove, ...] = ()
    replace: tuple[Replace, ...] = ()
    buy: tuple[Buy, ...] = ()


def load_changes(changes: Changes | Mapping[str, Any] | str | Path) -> Changes:
    """Return changes from a TOML or CSV file or a mapping. Raises `InputError` for what does not fit.

    >>> load_changes({"buy": [{"product": "WPS Office 2019", "quantity": 5}]}).buy[0].quantity
    5
    """
    if isinstance(changes, Changes):
        return changes
    where = None if isinstance(changes, Mapping) else Location(str(changes))
    tables = changes if isinstance(changes, Mapping) else _read(Path(changes), where)
    try:
        made = msgspec.convert(tables, Changes)
    except msgspec.ValidationError as fault:
        raise InputError(f"the changes do not fit: {fault}", where=where, hint="tables [[remove]], [[replace]], [[buy]]") from None
    chosen: list[Remove | Replace] = [*made.remove, *made.replace]
    for one in chosen:
        if not (one.product or one.unit or one.device):
            raise InputError("a change that names no product, unit or device would touch everything", where=where)
    if any(not 0 < one.quantity < 10**9 for one in made.buy):
        raise InputError("a purchase needs a quantity of 1 or more", where=where)
    if made == Changes():
        raise InputError("there is no change in it", where=where, hint="tables [[remove]], [[replace]], [[buy]]")
    return made


def _read(path: Path, where: Location | None) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
        if len(raw) > _MAX_BYTES:
            raise InputError(f"the changes are larger than {_MAX_BYTES} bytes", where=where)
        text = raw.decode("utf-8-sig")
        if path.suffix.lower() != ".csv":
            return tomllib.loads(text)
    except OSError as fault:
        raise InputError(f"the changes cannot be read: {fault.strerror}", where=where) from None
    except (ValueError, RecursionError) as fault:
        raise InputError(f"the changes are neither TOML nor CSV in UTF-8: {fault}", where=where) from None
    tables: dict[str, list[dict[str, Any]]] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(text)), 2):
        said: dict[str, Any] = {
            key.strip(): (value or "").strip() for key, value in row.items() if isinstance(key, str) and isinstance(value, str)
        }
        kind = said.pop("change", "")
        if kind not in ("remove", "replace", "buy"):
            raise InputError(f"unknown change {kind!r}", where=Location(str(path), line), hint="remove, replace or buy")
        made: dict[str, Any] = {key: value for key, value in said.items() if value}
        for key in ("bought", "approved"):
            if key in made:
                made[key] = made[key].lower() in ("yes", "true", "1", "是")
        if "quantity" in made:
            if not made["quantity"].isdecimal():
                raise InputError(f"quantity {made['quantity']!r} is no whole number", where=Location(str(path), line))
            made["quantity"] = int(made["quantity"])
        tables.setdefault(kind, []).append(made)
    return tables
