"""The folder of forms: workbooks by form, for all units or for each jurisdiction, and an index of their hashes. Whole or not at all."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
from xlsxwriter import Workbook

from licmatch.assess import EngineView
from licmatch.errors import Location, ResultError, UsageError
from licmatch.forms.buying import distributions, purchase_plans
from licmatch.forms.checks import faults
from licmatch.forms.definition import Definitions
from licmatch.forms.figures import Figures, ResultTables, figures
from licmatch.forms.filled import Filled
from licmatch.forms.inspecting import notices, on_site, problems
from licmatch.forms.ledgers import computers_in_use, details_of_use, summaries_of_use
from licmatch.forms.maintenance import maintenance
from licmatch.forms.making import Making
from licmatch.forms.people import commitments, groups, trainings
from licmatch.forms.records import Records
from licmatch.forms.reporting import acceptances, work_summaries
from licmatch.forms.rights_forms import free_lists, registers
from licmatch.forms.sheet import FONT, FormStyles, write_form
from licmatch.forms.summary import summaries
from licmatch.forms.survey import surveys
from licmatch.plan.record import Plan
from licmatch.report.workbook_table import BOOK_OPTIONS
from licmatch.result.folder import write_folder

INDEX = "forms.json"
SHEETS = 60  # in one workbook; beyond, there is one a jurisdiction
ROWS = 30_000
MOST_ROWS = 1_000_000
BUILDERS: Mapping[str, Callable[[Making], list[Filled]]] = {
    "F1": surveys, "F2": summaries, "F3a": summaries_of_use, "F3b": details_of_use, "F3c": maintenance, "F3d": registers,
    "F3e": free_lists, "F3f": computers_in_use, "F4b": purchase_plans, "F4d": distributions, "F5b": on_site, "F5c": problems,
    "F6a": acceptances, "F6b": notices, "F6c": work_summaries, "F7": trainings, "F8": groups, "F9": commitments,
}  # fmt: skip
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_NOT_IN_FILE_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: file -> (form, sheets), in the order of the forms."""

    files: Mapping[str, tuple[str, int]]


def write_forms(
    result: ResultTables,
    folder: str | Path,
    *,
    engine: EngineView,
    definitions: Definitions,
    only: Collection[str] = (),
    plan: Plan | None = None,
    records: Records | None = None,
    entitlements: pl.DataFrame | None = None,
    earlier: pl.DataFrame | None = None,
    lang: str = "zh",
) -> Written:
    """Write the forms of a result as `folder`, whole or not at all; with `only`, those alone. Same arguments, same bytes.

    `plan` fills in what is bought and what it costs, `records` what no scan knows, `entitlements` the register of licences;
    `earlier` (installations of an earlier result) makes the maintenance ledger one of changes. Raises UsageError for an unknown
    form, ResultError where a form does not add up or the folder cannot be written.
    """
    unknown = sorted(set(only) - BUILDERS.keys())
    if unknown:
        raise UsageError(f"no form is called {unknown[0]!r}", hint="one of " + ", ".join(BUILDERS))
    made = figures(result, engine, definitions, plan=plan)
    making = Making(made, definitions, records or Records(), entitlements, earlier, lang)
    written: dict[str, tuple[str, int]] = {}

    def fill(partial: Path) -> None:
        for key in BUILDERS:
            if only and key not in only:
                continue
            for name, sheets in _workbooks(key, BUILDERS[key](making), making):
                path = partial / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(render(sheets, making, made))
                written[name] = (key, len(sheets))
        index = {
            "kind": "licmatch-forms", "schema": 1, "as_of": made.day.isoformat(),
            "files": {name: {"form": form, "sheets": count, "sha256": hashlib.sha256((partial / name).read_bytes()).hexdigest()}
                      for name, (form, count) in written.items()},
        }  # fmt: skip
        text = json.dumps(index, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        (partial / INDEX).write_text(text, encoding="utf-8", newline="\n")

    write_folder(Path(folder), fill, may_replace=_may_replace)
    return Written(written)


def render(sheets: list[Filled], making: Making, made: Figures) -> bytes:
    """Return a workbook with these forms, a sheet each. Raises ResultError where one does not add up: that is a fault in licmatch."""
    memory = BytesIO()
    book = Workbook(memory, BOOK_OPTIONS)
    first = sheets[0].form
    book.set_properties({"title": first.zh, "author": "licmatch", "created": datetime.combine(made.day, time())})
    book.formats[0].set_font_name(FONT)
    styles = FormStyles(book)
    for filled, name in zip(sheets, _sheet_names(sheets), strict=True):
        filled.name = name
        filled.about = {**filled.about, "day": made.day.isoformat()}
        write_form(book.add_worksheet(name), styles, filled, making.lang, making.say)
        broken = faults(filled, making.definitions.counting)
        if broken:
            one = broken[0]
            raise ResultError(
                f"form {first.id} does not add up: {one.check} at {one.address} ({one.header}): {one.says} where {one.should} should be",
                hint="this is a fault in licmatch; please report it",
            )
    book.close()
    return memory.getvalue()


def _workbooks(key: str, sheets: list[Filled], making: Making) -> Iterator[tuple[str, list[Filled]]]:
    if not sheets:
        return
    over = next((sheet for sheet in sheets if _rows(sheet) > MOST_ROWS), None)
    if over is not None:
        raise ResultError(f"form {key} of {over.unit_name} has more than {MOST_ROWS} rows", hint="make the forms of each county by itself")
    stem = f"{key}_{_NOT_IN_FILE_NAMES.sub('_', making.form(key).zh)}"
    if len(sheets) <= SHEETS and sum(map(_rows, sheets)) <= ROWS:
        yield f"{stem}.xlsx", sheets
        return
    homes: dict[str, list[Filled]] = {}
    for sheet in sheets:
        homes.setdefault(sheet.folder or "", []).append(sheet)
    for home, own in homes.items():
        name = _NOT_IN_FILE_NAMES.sub("_", f"{home}_{making.unit[home]['name']}" if home in making.unit else home or key)[:80]
        chunks = list(_chunks(own))
        for place, chunk in enumerate(chunks, start=1):
            yield f"{stem}/{name}{f'_{place}' if len(chunks) > 1 else ''}.xlsx", chunk


def _chunks(sheets: list[Filled]) -> Iterator[list[Filled]]:
    chunk: list[Filled] = []
    for sheet in sheets:
        if chunk and (len(chunk) == SHEETS or sum(map(_rows, chunk)) + _rows(sheet) > MOST_ROWS):
            yield chunk
            chunk = []
        chunk.append(sheet)
    yield chunk


def _rows(sheet: Filled) -> int:
    return sum(len(block.rows) for block in sheet.blocks.values())


def _sheet_names(sheets: list[Filled]) -> list[str]:
    """Names of 31 characters at most, told apart without regard to case."""
    taken: set[str] = set()
    names = []
    for sheet in sheets:
        plain = _NOT_IN_SHEET_NAMES.sub(" ", sheet.name).strip() or sheet.form.id
        name, number = plain[:31].strip(), 1
        while name.casefold() in taken or name.casefold() == "history":
            number += 1
            ending = f" ({number})"
            name = plain[: 31 - len(ending)].strip() + ending
        taken.add(name.casefold())
        names.append(name)
    return names


def _may_replace(target: Path) -> None:
    """An earlier folder of forms may be replaced if nothing of anybody else's is in it: what was filled in stays."""
    if not target.exists() and not target.is_symlink():
        return
    where = Location(str(target))
    if target.is_symlink() or not target.is_dir():
        raise ResultError("the place of the forms is taken by a file", where=where, hint="choose another folder")
    held = sorted(path for path in target.rglob("*") if path.is_file() or path.is_symlink())
    if not held:
        return
    index = _index(target)
    if index is None:
        raise ResultError("the folder exists and holds no forms of licmatch", where=where, hint="choose another folder, or empty this one")
    for path in held:
        name = path.relative_to(target).as_posix()
        if name == INDEX:
            continue
        known = index.get(name)
        if known is None:
            raise ResultError(f"the folder holds {name!r}, which is none of the forms there", where=where, hint="move it away first")
        if known != hashlib.sha256(path.read_bytes()).hexdigest():
            raise ResultError(f"{name!r} was filled in or changed", where=where, hint="move it away first, or choose another folder")


def _index(target: Path) -> dict[str, Any] | None:
    try:
        index = json.loads((target / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(index, dict) or index.get("kind") != "licmatch-forms" or not isinstance(index.get("files"), dict):
        return None
    return {name: entry.get("sha256") for name, entry in index["files"].items() if isinstance(entry, dict)}
