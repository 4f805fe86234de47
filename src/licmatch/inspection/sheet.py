"""The headers of the inspection's forms, read from `sheet.toml`: which columns there are, how they are written and read back."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

import msgspec

# Blocks of the form that stand for no category of their own.
OTHER = "other"


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
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


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form's title, and whether it was seen or reconstructed."""

    id: str
    zh: str
    en: str
    tag: str


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of software that the register asks about."""

    id: str
    zh: str
    en: str


class _Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    not_infringing: tuple[str, ...]
    form: tuple[Form, ...]
    block: tuple[Block, ...]
    F5a: tuple[Header, ...]
    software: tuple[Header, ...]
    inspector: tuple[Header, ...]
    F5c: tuple[Header, ...]
    F6b: tuple[Header, ...]
    lists: dict[str, tuple[str, ...]]
    measures: dict[str, str]


@cache
def sheet() -> _Sheet:
    """Return the file, checked."""
    return msgspec.convert(tomllib.loads((files("licmatch.inspection") / "sheet.toml").read_text(encoding="utf-8")), _Sheet)


@cache
def register_headers() -> tuple[Header, ...]:
    """Return the columns of the register (F5a) in their order: the computer, four blocks of software, who looked.

    >>> [header.name for header in register_headers()][6:9], len(register_headers())
    (['mac', 'os_name', 'os_version'], 48)
    """
    given = sheet()
    blocks = [msgspec.structs.replace(header, block=block.id) for block in given.block for header in given.software]
    return (*given.F5a, *blocks, *given.inspector)


def form(form_id: str) -> Form:
    """Return a form by its id."""
    return next(one for one in sheet().form if one.id == form_id)


def plain(text: object) -> str:
    """Return a word as it is compared: full and half width alike, no blanks, no case.

    >>> plain(" 版本（含版别） ") == plain("版本(含版别)")
    True
    """
    return "".join(unicodedata.normalize("NFKC", str(text)).split()).casefold()
