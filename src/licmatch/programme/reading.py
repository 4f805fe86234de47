"""Reading the TOML files of this stage: programmes, rubrics and campaigns. Exact decimals, bounded size, and every fault with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from licmatch.errors import InputError, Location
from licmatch.rules.placing import Placed

MAX_BYTES = 8 << 20
SCHEMA = 1
MOST_TOLD = 200  # nobody mends more at a time

Place = tuple[str | int, ...]
Fault = tuple[Place, str]
_AT = re.compile(r"`\$([^`]*)`$")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_UNKNOWN = re.compile(r"unknown field `(\w+)`")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every record that a file holds: a key nobody knows is a fault, not a comment."""


T = TypeVar("T", bound=Table)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its name for messages and its text, so that a fault found later still has a line."""

    name: str
    text: str

    def at(self, path: Place) -> Location:
        """Return where a key of the file stands; the file alone where it cannot be found.

        >>> str(Source("a.toml", 'x = 1\\n[[unit]]\\nname = 2').at(("unit", 0, "name")))
        'a.toml:3'
        """
        if len(path) > 1 and isinstance(path[0], str) and isinstance(path[1], int):
            return Location(self.name, _placed(self.text, re.escape(path[0])).line(path[1], path[2:]))
        for key in reversed([step for step in path if isinstance(step, str)]):
            found = re.search(rf"(?m)^[ \t]*(?:{re.escape(key)}\s*=|\[{re.escape(key)}\])", self.text)
            if found:
                return Location(self.name, self.text.count("\n", 0, found.start()) + 1)
        return Location(self.name)

    def fault(self, what: str, path: Place, told: str, hint: str | None = None) -> InputError:
        """Return the error for a fault at a place."""
        return InputError(f"{what}: {told}", where=self.at(path), hint=hint)


@lru_cache(maxsize=4)
def _placed(text: str, name: str) -> Placed:
    """A file with thousands of faults is looked through once for all of them."""
    return Placed(text, name)


def read_toml(file: Traversable | Path | str, kind: type[T], what: str) -> tuple[T, Source]:
    """Return the record a TOML file holds, and the file. Numbers with a point are exact decimals. Raises InputError with file and line."""
    source = Path(file) if isinstance(file, str) else file
    where = Location(str(source))
    try:
        raw = source.read_bytes()
        if len(raw) > MAX_BYTES:
            raise InputError(f"{what} is larger than {MAX_BYTES} bytes", where=where)
        text = raw.decode("utf-8-sig")
        data = tomllib.loads(text, parse_float=_exact)
    except OSError as fault:
        raise InputError(f"{what} cannot be read: {fault.strerror}", where=where) from None
    except tomllib.TOMLDecodeError as fault:
        line = re.search(r"at line (\d+)", str(fault))
        raise InputError(f"{what} is not TOML: {fault}", where=Location(str(source), int(line[1]) if line else None)) from None
    except (UnicodeDecodeError, RecursionError, ValueError) as fault:
        raise InputError(f"{what} is not TOML in UTF-8: {fault}", where=where) from None
    return _fitted(data, kind, what, Source(str(source), text.replace("\r\n", "\n")))


def from_mapping(data: Mapping[str, Any], kind: type[T], what: str) -> tuple[T, Source]:
    """Return the record a mapping holds, checked like a file."""
    return _fitted(dict(data), kind, what, Source(what, ""))


def all_faults(what: str, source: Source, faults: Iterable[Fault]) -> None:
    """Raise one InputError that lists the first `MOST_TOLD` faults, each with its file and line; nothing where there is none."""
    every = list(faults)
    told = [f"{source.at(path)}: {text}" for path, text in every[:MOST_TOLD]]
    if len(every) == 1:
        raise InputError(f"{what} cannot be used: {told[0]}")
    if every:
        count = len(every)
        found = [
            f"{what} cannot be used; {count} faults:"
            if count <= MOST_TOLD
            else f"{what} cannot be used; {count} faults, the first {MOST_TOLD}:"
        ]
        raise InputError("\n".join(found + told))


def _fitted(data: dict[str, Any], kind: type[T], what: str, source: Source) -> tuple[T, Source]:
    if data.get("schema", SCHEMA) != SCHEMA:
        raise source.fault(what, ("schema",), f"schema {data['schema']!r}, this licmatch reads {SCHEMA}")
    try:
        return msgspec.convert(data, kind), source
    except msgspec.ValidationError as fault:
        raise source.fault(what, _path(str(fault)), str(fault)) from None


def _exact(text: str) -> Decimal:
    try:
        value = Decimal(text.replace("_", ""))
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is no number to calculate with")
    if abs(value.adjusted()) > 30:
        raise ValueError(f"{text!r} is out of all proportion")
    return value


def _path(told: str) -> Place:
    """Return the path a validation error names: `$.section[0].item[1]`, and the unknown key if there is one."""
    found = _AT.search(told)
    path: list[str | int] = [int(index) if index else key for key, index in _STEP.findall(found[1])] if found else []
    unknown = _UNKNOWN.search(told)
    return tuple(path) + ((unknown[1],) if unknown else ())
