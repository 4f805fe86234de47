"""The headers of the inspection's forms as the catalog of forms defines them, and the lists of words their cells choose from."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import msgspec

from licmatch.forms.definition import Column, Form, load_definitions

# Blocks of the form that stand for no category of their own.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Header:
    """One header: its words, the name programs use, where it comes from (R: reconstructed), its width in letters, its list of words."""

    zh: str
    en: str
    field: str
    tag: str
    width: int
    words: str | None = None
    block: str | None = None

    @property
    def name(self) -> str:
        """The field, with its block before it: `os_verdict`."""
        return f"{self.block}_{self.field}" if self.block else self.field

    def label(self, lang: str) -> str:
        """The header as it stands on the form: the Chinese letter by letter, and for a reader of English that below it."""
        return self.zh if lang == "zh" or self.zh == self.en else f"{self.zh}\n{self.en}"


@dataclass(frozen=True, slots=True)
class Block:
    """A kind of software that the register asks about."""

    id: str
    zh: str
    en: str


class _Own(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    not_infringing: tuple[str, ...]
    widths: dict[str, dict[str, int]]
    lists: dict[str, tuple[str, ...]]
    measures: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Sheet:
    not_infringing: tuple[str, ...]
    lists: dict[str, tuple[str, ...]]
    measures: dict[str, str]
    block: tuple[Block, ...]
    F5c: tuple[Header, ...]
    F6b: tuple[Header, ...]


@cache
def sheet() -> _Sheet:
    """Return what the inspection adds to its forms, checked, with the headers of its tables of problems and notices."""
    own = msgspec.convert(tomllib.loads((files("licmatch.inspection") / "sheet.toml").read_text(encoding="utf-8")), _Own)
    blocks = {c.category: Block(c.category, c.group or "", c.group_en or "") for c in form("F5a").columns().values() if c.category}

    def wide(form_id: str, headers: Iterable[Header]) -> tuple[Header, ...]:
        return tuple(replace(header, width=own.widths[form_id].get(header.field, header.width)) for header in headers)

    problems = wide("F5c", (_header(column) for column in form("F5c").columns().values()))
    notices = wide("F6b", _on_one_row(form("F6b")))
    return _Sheet(own.not_infringing, own.lists, own.measures, tuple(blocks.values()), problems, notices)


@cache
def register_headers() -> tuple[Header, ...]:
    """Return the columns of the register (F5a) in their order: the computer, four blocks of software, who looked.

    >>> [header.name for header in register_headers()][6:9], len(register_headers())
    (['mac', 'os_name', 'os_version'], 48)
    """
    return tuple(_header(column) for column in form("F5a").columns().values())


def form(form_id: str) -> Form:
    """Return a form by its id."""
    return load_definitions().forms[form_id]


def _header(column: Column) -> Header:
    field = column.field.removeprefix(f"{column.category}_")
    return Header(column.zh, column.en, field, column.tag.split()[0], round(column.width), column.words, column.category)


def _on_one_row(form: Form) -> tuple[Header, ...]:
    """The headers of a form that is a page as those of a table with a row a page: a table on it becomes one cell, called as it is."""
    made: list[Header] = []
    for part in form.part:
        if part.layout == "table":
            made.append(Header(part.zh or part.id, part.en or part.id, part.id, part.columns[0].tag.split()[0], 0))
        else:
            made += [_header(column) for column in part.columns]
    return tuple(made)


def plain(text: object) -> str:
    """Return a word as it is compared: full and half width alike, no blanks, no case.

    >>> plain(" 版本（含版别） ") == plain("版本(含版别)")
    True
    """
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).casefold()
