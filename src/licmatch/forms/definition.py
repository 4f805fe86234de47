"""What a form is: its parts, an entry a header, the identities it must satisfy. Data from `forms/*.toml`; a mapping file renames."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from licmatch.assess.own_file import read_own_file
from licmatch.errors import CatalogError, InputError, Location

FOLDER = "forms"
TYPES = ("text", "long", "count", "money", "wan", "percent", "date", "month", "yesno")
LAYOUTS = ("pairs", "table", "text")
TOTALS = ("none", "sum", "rate")
KINDS = ("sum", "at_most", "product", "gap", "rate", "bounded", "number_by_mode")
# V: seen in a real form; V-m: in a copy; S: in the founding plan; R: reconstructed.
TAGS = ("V", "V-m", "S", "R")
NUMBERS = ("count", "money", "wan", "percent")


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One header: exactly as printed, what it holds, and how it is known. `fill`: only a person can; `beyond`: no source has it.

    `words` names the list that a cell of an inspection chooses from.
    """

    zh: str
    en: str
    field: str
    type: str
    tag: str
    width: float
    total: str = "none"
    group: str | None = None
    group_en: str | None = None
    category: str | None = None
    fill: bool = False
    beyond: bool = False
    aliases: tuple[str, ...] = ()
    words: str | None = None

    @property
    def reconstructed(self) -> bool:
        """Whether no source has this header."""
        return self.tag.split()[0] == "R"

    def title(self, lang: str) -> str:
        """Return the header as it is printed: the Chinese one exactly, an English label under it where that is asked for."""
        return self.zh if lang == "zh" else f"{self.zh}\n{self.en}"


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An identity of REGULATION 1.6, for every row of a part (`checks.broken` says what each kind means)."""

    id: str
    kind: str
    whole: str
    parts: tuple[str, ...]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A block of a form: a table, label and value pairs, or headed paragraphs."""

    id: str
    layout: str
    columns: tuple[Column, ...]
    zh: str | None = None
    en: str | None = None
    per_row: int = 3
    total: bool = False
    blank_rows: int = 0
    checks: tuple[Check, ...] = ()

    @property
    def grouped(self) -> bool:
        """Whether the header takes two rows."""
        return any(column.group for column in self.columns)


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One form. `break_before`: the field a second page begins with, which repeats the first `keep_columns`.

    `drawn_by`: another command draws it up and takes it back. `real`: an office has the original and says so in a mapping file, so
    nothing on it is called reconstructed.
    """

    id: str
    zh: str
    en: str
    tag: str
    paper: str
    part: tuple[Part, ...]
    aliases: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    break_before: str | None = None
    keep_columns: int = 0
    drawn_by: str | None = None
    real: bool = False

    @property
    def reconstructed(self) -> bool:
        """Whether the form as a whole is a reconstruction."""
        return not self.real and self.tag.split()[0] == "R"

    def title(self, lang: str) -> str:
        """Return the title as it is printed."""
        return self.zh if lang == "zh" else f"{self.zh}  {self.en}"

    def columns(self) -> dict[str, Column]:
        """Return every column of every part by its field; fields are unique in a form."""
        return {column.field: column for part in self.part for column in part.columns}


class Class(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class of software as forms print it: a category, and where it is told apart within one, a pattern on the family."""

    zh: str
    en: str
    category: str
    family: str | None = None


class _Modes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    limited: tuple[str, ...]
    unlimited: tuple[str, ...]


class Counting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"classes": "class"}):
    """How the engine's codes become what forms count."""

    schema: int
    classes: tuple[Class, ...]
    sources: dict[str, tuple[str, ...]]
    needs: dict[str, tuple[str, ...]]
    modes: _Modes


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    schema: int
    form: tuple[Form, ...]


class _Own(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a mapping file says of one form."""

    title: str | None = None
    real: bool = False
    columns: dict[str, str] = {}
    groups: dict[str, str] = {}
    order: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Definitions:
    """All forms by id, in the order of their ids, and how things are counted."""

    forms: Mapping[str, Form]
    counting: Counting

    def read_here(self) -> dict[str, Form]:
        """Return the forms that `licmatch forms` draws up and reads; another command's are its own to take back."""
        return {key: form for key, form in self.forms.items() if form.drawn_by is None}


def load_definitions(mapping: str | Path | None = None) -> Definitions:
    """Return the built-in forms, with an office's mapping file laid over them.

    A mapping file has a table a form: `title`, `real = true`, `columns.<field> = "header"`, `groups."header" = "header"` and
    `order.<part> = [fields]`. Raises CatalogError for the built-in files, InputError for the mapping.

    >>> load_definitions().forms["F1"].columns()["pirated"].zh
    '盗版(未授权)数量'
    """
    built_in = _built_in()
    if mapping is None:
        return built_in
    path = Path(mapping)
    own = _own(read_own_file(path, "the mapping file"), Location(str(path)))
    unknown = sorted(own.keys() - built_in.forms.keys())
    if unknown:
        raise InputError(f"no form is called {unknown[0]!r}", where=Location(str(path)), hint="one of " + ", ".join(built_in.forms))
    made = {key: _mapped(form, own[key], Location(str(path))) if key in own else form for key, form in built_in.forms.items()}
    return Definitions(made, built_in.counting)


@cache
def _built_in() -> Definitions:
    root = files("licmatch_catalogs") / FOLDER
    forms: dict[str, Form] = {}
    counting = None
    faults: list[str] = []
    for file in sorted(root.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".toml"):
            continue
        try:
            raw = tomllib.loads(file.read_text(encoding="utf-8"))
            if file.name == "classes.toml":
                counting = msgspec.convert(raw, Counting)
                continue
            for form in msgspec.convert(raw, _File).form:
                faults += [f"{file.name}: {fault}" for fault in _faults(form)]
                faults += [f"{file.name}: {form.id} is there twice"] if form.id in forms else []
                forms[form.id] = form
        except (ValueError, RecursionError, msgspec.ValidationError) as fault:
            faults.append(f"{file.name}: {fault}")
    if counting is None or faults:
        raise CatalogError("The forms cannot be used", faults=tuple(faults) or ("classes.toml is missing",))
    return Definitions({key: forms[key] for key in sorted(forms)}, counting)


def _faults(form: Form) -> list[str]:
    columns = [column for part in form.part for column in part.columns]
    faults = [f"{form.id}: field {field} is there twice" for field, count in Counter(c.field for c in columns).items() if count > 1]
    faults += [f"{form.id}.{c.field}: unknown type {c.type!r}" for c in columns if c.type not in TYPES]
    faults += [f"{form.id}.{c.field}: unknown tag {c.tag!r}" for c in columns if not c.tag or c.tag.split()[0] not in TAGS]
    faults += [f"{form.id}.{c.field}: unknown total {c.total!r}" for c in columns if c.total not in TOTALS]
    faults += [f"{form.id}: no field {form.break_before!r}"] if form.break_before and form.break_before not in form.columns() else []
    faults += [f"{form.id}: unknown paper {form.paper!r}"] if form.paper not in ("A3", "A4") else []
    for part in form.part:
        faults += [f"{form.id}.{part.id}: unknown layout {part.layout!r}"] if part.layout not in LAYOUTS else []
        fields = {column.field for column in part.columns}
        for check in part.checks:
            faults += [f"{form.id}.{part.id}: unknown check {check.kind!r}"] if check.kind not in KINDS else []
            faults += [
                f"{form.id}.{part.id}: check of unknown field {name!r}" for name in (check.whole, *check.parts) if name not in fields
            ]
    return faults


def _own(raw: Mapping[str, Any], where: Location) -> dict[str, _Own]:
    try:
        return msgspec.convert(raw, dict[str, _Own])
    except msgspec.ValidationError as fault:
        raise InputError(f"the mapping file does not fit: {fault}", where=where) from None


def _mapped(form: Form, own: _Own, where: Location) -> Form:
    known = form.columns()
    groups = {column.group for column in known.values() if column.group}
    strange = [*sorted(own.columns.keys() - known.keys()), *sorted(own.groups.keys() - groups)]
    if strange:
        raise InputError(f"{form.id} has no column {strange[0]!r}", where=where, hint="its fields are " + ", ".join(known))
    order = dict(own.order)
    parts = []
    for part in form.part:
        columns = {column.field: _renamed(column, own) for column in part.columns}
        wanted = order.pop(part.id, tuple(columns))
        if sorted(wanted) != sorted(columns):
            raise InputError(
                f"{form.id}: order.{part.id} must name each field once", where=where, hint="they are " + ", ".join(columns)
            )  # fmt: skip
        parts.append(msgspec.structs.replace(part, columns=tuple(columns[field] for field in wanted)))
    if order:
        raise InputError(f"{form.id} has no part {sorted(order)[0]!r}", where=where, hint="one of " + ", ".join(p.id for p in form.part))
    titles = (*form.aliases, form.zh) if own.title else form.aliases
    return msgspec.structs.replace(form, zh=own.title or form.zh, aliases=titles, real=own.real, part=tuple(parts))


def _renamed(column: Column, own: _Own) -> Column:
    zh = own.columns.get(column.field, column.zh)
    group = own.groups.get(column.group, column.group) if column.group else None
    # The office's own header is read, and the built-in one still is.
    aliases = (*column.aliases, column.zh) if zh != column.zh else column.aliases
    return msgspec.structs.replace(column, zh=zh, group=group, aliases=aliases)
