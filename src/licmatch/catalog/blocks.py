"""Blocks of a catalog file to records: what does not fit is left out and told, each fault with its key, and the rest is kept.

A file with three faults tells three, and a maker whose country is misspelt is still there for the families that name it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import Struct

T = TypeVar("T")
_LOST = object()
_HEADER = re.compile(r"^[ \t]*\[{1,2}[ \t]*([A-Za-z0-9_.\-]+)[ \t]*\]{1,2}", re.MULTILINE)
_STEP = re.compile(r"(?P<table>[A-Za-z0-9_-]+)\[(?P<at>\d+)\](?:\.(?P<key>[A-Za-z0-9_-]+))?")
_WANTED = (
    (bool, "true or false"), (str, "a text in quotes"), (int, "a whole number"), (float, "a number"),
    (date, "a day such as 2026-11-30"), (tuple, "a list"), (dict, "a table"),
)  # fmt: skip
_SHOWN = 60


def read_block(data: dict[str, Any], kind: type[T]) -> tuple[T | None, list[tuple[str, str]]]:
    """Return the record of what fits in a block, or None where too little does, and (path, fault) for all that does not.

    >>> from licmatch.catalog.records import Vendor
    >>> read_block({"name": "Ember", "contry": "CN", "words": ["ember", 7]}, Vendor)[1]
    [('contry', "unknown key 'contry', did you mean 'country'?"), ('words[1]', '`words[1]` is 7, and should be a text in quotes')]
    """
    try:
        return msgspec.convert(data, kind), []
    except msgspec.ValidationError as error:
        faults: list[tuple[str, str]] = []
        sound = _sound(data, kind, "", faults)
        if not faults:
            return None, [("", str(error))]
        return None if sound is _LOST else msgspec.convert(sound, kind), faults


def _sound(value: Any, kind: Any, path: str, faults: list[tuple[str, str]]) -> Any:
    """Return a value without the parts that do not fit, or `_LOST`."""
    origin, parts = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Struct) and isinstance(value, dict):
        fields = _fields(kind)
        kept = {}
        for key, each in value.items():
            if key not in fields:
                faults.append((_joined(path, key), unknown_key(key, fields)))
            elif (part := _sound(each, fields[key].type, _joined(path, key), faults)) is not _LOST:
                kept[key] = part
        needed = [name for name, field in fields.items() if field.required]
        of = f" of `{path}`" if path else ""
        faults += [(path, f"`{name}`{of} is missing") for name in needed if name not in value]
        return kept if all(name in kept for name in needed) else _LOST
    if origin is tuple and isinstance(value, list):
        each_item = (_sound(item, parts[0], f"{path}[{at}]", faults) for at, item in enumerate(value))
        return [item for item in each_item if item is not _LOST]
    if origin is dict and isinstance(value, dict):
        pairs = ((key, _sound(each, parts[1], _joined(path, key), faults)) for key, each in value.items())
        return {key: each for key, each in pairs if each is not _LOST}
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        faults.append((path, f"`{path}` is {shown(value)}, and should be {_wanted(kind)}"))
        return _LOST
    return value


@cache
def _fields(kind: type[Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """Return the fields of a record by their keys. Reading them off takes longer than a block."""
    return {field.encode_name: field for field in msgspec.structs.fields(kind)}


def unknown_key(key: str, known: Any) -> str:
    """Say that a key is unknown, and which one was perhaps meant.

    >>> unknown_key("catagory", ["schema", "category"])
    "unknown key 'catagory', did you mean 'category'?"
    """
    near = get_close_matches(key, list(known), n=1)
    return f"unknown key {key!r}" + (f", did you mean {near[0]!r}?" if near else "")


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _wanted(kind: Any) -> str:
    kinds = [part for part in (get_args(kind) or (kind,)) if part is not type(None)] if get_origin(kind) not in (tuple, dict) else [kind]
    bare = get_origin(kinds[0]) or kinds[0]
    return next((words for known, words in _WANTED if bare is known), "a table")


def shown(value: Any) -> str:
    """Return a value as a fault shows it, whatever its length."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    # The digits of a number without end are refused by Python itself.
    if isinstance(value, int) and value.bit_length() > 64:
        return "a number without end"
    told = repr(value) if isinstance(value, str | int | float) else str(value)
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}..."


class Lines:
    """On which line the blocks and keys of a TOML text stand. Its parser does not say, so headers are counted, in one go."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        headers = [(found.start(), found[1]) for found in _HEADER.finditer(text)]
        self._at, self._names = [at for at, _ in headers], [name for _, name in headers]
        self._blocks: dict[str, list[int]] = {}
        for number, name in enumerate(self._names):
            self._blocks.setdefault(name, []).append(number)
        self._naming: dict[str, dict[tuple[str, str], int]] = {}

    def of(self, path: str, among: int | None = None) -> int | None:
        """Return the line of a path such as `family[3].licence`: of the key, or else of its block; None where that is not sure.

        `among` is how many blocks of the table there are: a header inside a long text is no block.

        >>> Lines("schema = 1\\n\\n[[vendor]]\\nname = 7\\n").of("vendor[0].name")
        4
        """
        step = _STEP.match(path)
        if step is None:
            return self._key(path.rpartition(".")[2], 0, self._at[0] if self._at else len(self._text)) if path else None
        blocks = self._blocks.get(step["table"], [])
        if int(step["at"]) >= len(blocks) or among not in (None, len(blocks)):
            return None
        return self._line(blocks[int(step["at"])], step["key"])

    def table(self, name: str, key: str) -> int | None:
        """Return the line of a key in the table `[name]`, or else that of the table."""
        return self._line(self._blocks[name][0], key) if name in self._blocks else None

    def naming(self, table: str, key: str, value: str, said: str | None = None) -> int | None:
        """Return the line of the key `said`, or else of the block itself, in the first block of a table whose `key` is the value."""
        if key not in self._naming:
            known = self._naming[key] = {}
            for found in re.finditer(rf"^[ \t]*{re.escape(key)}[ \t]*=[ \t]*[\"']([^\"'\n]*)[\"']", self._text, re.MULTILINE):
                header = bisect_right(self._at, found.start()) - 1
                if header >= 0:
                    known.setdefault((self._names[header], found[1]), header)
        block = self._naming[key].get((table, value))
        return None if block is None else self._line(block, said)

    def _line(self, header: int, key: str | None) -> int:
        start, name = self._at[header], self._names[header]
        after = header + 1
        while after < len(self._names) and self._names[after].startswith(f"{name}."):
            after += 1
        end = self._at[after] if after < len(self._at) else len(self._text)
        return (self._key(key, start, end) if key else None) or self._number(start)

    def _key(self, key: str, start: int, end: int) -> int | None:
        wanted = re.compile(rf"^[ \t]*(?:\[+[A-Za-z0-9_.\-]*\b)?\"?{re.escape(key)}\"?(?:[ \t]*=|\])", re.MULTILINE)
        found = wanted.search(self._text, start, end)
        return None if found is None else self._number(found.start())

    def _number(self, at: int) -> int:
        return bisect_left(self._breaks, at) + 1
