"""What a filled form says, against the scan: field, form, scan; and what only one of them knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from licmatch.forms.canonical import unit_id_of
from licmatch.forms.checks import address
from licmatch.forms.filled import Block, Filled, Values
from licmatch.forms.making import Making
from licmatch.forms.read import Reading
from licmatch.forms.summary import summaries
from licmatch.forms.survey import surveys

DIFFERENCES: dict[str, pl.DataType] = {
    "form": pl.String(), "unit_id": pl.String(), "what": pl.String(), "field": pl.String(), "header": pl.String(),
    "form_says": pl.String(), "scan_says": pl.String(), "cell": pl.String(), "file": pl.String(),
}  # fmt: skip
_COPIES = ("installed", "genuine", "pirated", "undetermined", "src_purchased", "src_oem", "src_allocated", "src_free", "licence_count")
_PEOPLE = (
    "staff_quota",
    "staff_actual",
    "computer_users",
    "servers",
    "desktops",
    "laptops",
    "others",
    "computers_total",
    "computers_in_use",
)
NOT_IN_SCAN, NOT_ON_FORM, NO_SUCH_UNIT, NO_FORM = "not_in_scan", "not_on_form", "no_such_unit", "no_form"
Recognise = Callable[[list[str]], Mapping[str, tuple[str, str, str] | None]]


def differences(reading: Reading, making: Making, recognise: Recognise) -> pl.DataFrame:
    """Return where F1 and F2 differ from the result, columns of DIFFERENCES, in the order of the forms.

    Products are compared as what they are, however they were written: `recognise` gives (category, name, version) of each text, None
    where it is not known; such a row is compared by its words. A product that stands twice is added up. An empty cell says nothing.
    `field` is `not_in_scan`, `not_on_form`, `no_such_unit` or `no_form` (a unit of the scan that handed in none) where a side has none.
    """
    names = {row["name"]: key for key, row in making.unit.items()}
    rows: list[tuple[Any, ...]] = []
    read = [filled for filled in reading.forms if filled.form.id == "F1"]
    if read:
        own = {filled.unit_id: filled for filled in surveys(making)}
        known = _known_products(read, recognise)
        met: set[str] = set()
        for filled in read:
            unit = unit_id_of(filled, names)
            scanned = own.get(unit) or own.get(names.get(filled.unit_name or "", ""))
            if scanned is None:
                rows.append(
                    ("F1", unit, filled.unit_name or "", NO_SUCH_UNIT, "", filled.unit_name or unit or "", "", filled.name, filled.file)
                )
                continue
            met.add(str(scanned.unit_id))
            rows += _people(filled, scanned)
            rows += _software(filled, scanned, known)
        for unit in making.reporting:
            if unit not in met:
                rows.append(("F1", unit, making.unit[unit]["name"], NO_FORM, "", "", "", "", ""))
    totals = {filled.unit_id: filled for filled in summaries(making)}
    for filled in reading.forms:
        if filled.form.id == "F2":
            unit = unit_id_of(filled, names)
            rows += _summary(filled, totals.get(unit) or totals.get(names.get(filled.unit_name or "", "")), unit)
    return pl.DataFrame(rows, schema=DIFFERENCES, orient="row")


def _people(filled: Filled, scanned: Filled) -> list[tuple[Any, ...]]:
    block, scan = filled.blocks["people"], scanned.first("people")
    return [
        found
        for place, row in enumerate(block.rows[:1])
        for found in _fields(filled, block, place, row, scan, "", _PEOPLE, scanned.unit_id)
    ]


def _software(filled: Filled, scanned: Filled, known: Mapping[str, tuple[str, str, str] | None]) -> list[tuple[Any, ...]]:
    block = filled.blocks["software"]
    scan: dict[tuple[str, ...], Values] = {_words(row): row for row in scanned.rows("software")}
    said: dict[tuple[str, ...], Values] = {}
    places: dict[tuple[str, ...], int] = {}
    for place, row in enumerate(block.rows):
        found = known.get(_written(row))
        key = _words(row) if found is None or _words(row) in scan else ("", found[1].casefold(), found[2].casefold())
        if key not in scan:
            key = next((each for each in scan if each[1:] == key[1:]), key)
        if key in said:
            added = Counter({name: said[key].get(name) or 0 for name in _COPIES})
            added.update({name: row.get(name) or 0 for name in _COPIES})
            said[key] = said[key] | dict(added)
        else:
            said[key], places[key] = row, place
    made: list[tuple[Any, ...]] = []
    for key, row in said.items():
        what = _written(row)
        if key not in scan:
            cell = address(filled, block, places[key], "product_name")
            made.append(("F1", scanned.unit_id, what, NOT_IN_SCAN, "", str(row.get("installed") or ""), "", cell, filled.file))
            continue
        made += _fields(filled, block, places[key], row, scan[key], what, _COPIES, scanned.unit_id)
    made += [
        ("F1", scanned.unit_id, _written(row), NOT_ON_FORM, "", "", str(row["installed"]), "", filled.file)
        for key, row in scan.items() if key not in said and (row["installed"] or row["licence_count"])
    ]  # fmt: skip
    return made


def _summary(filled: Filled, scanned: Filled | None, unit: str | None) -> list[tuple[Any, ...]]:
    block = filled.blocks["summary"]
    if scanned is None:
        return [("F2", unit, filled.unit_name or "", NO_SUCH_UNIT, "", filled.unit_name or unit or "", "", filled.name, filled.file)]
    scan = {str(row["jurisdiction"]): row for row in scanned.rows("summary")}
    # Only what a scan can know is compared; the rest is the office's own to say.
    fields = [column.field for column in block.part.columns if column.type in ("count", "percent") and column.field != "seq"]
    made: list[tuple[Any, ...]] = []
    for place, row in enumerate(block.rows):
        name = str(row.get("jurisdiction") or "")
        if name not in scan:
            made.append(("F2", unit, name, NOT_IN_SCAN, "", name, "", address(filled, block, place, "jurisdiction"), filled.file))
            continue
        made += _fields(filled, block, place, row, scan[name], name, fields, scanned.unit_id)
    missing = [name for name in scan if name not in {str(row.get("jurisdiction") or "") for row in block.rows}]
    return made + [("F2", unit, name, NOT_ON_FORM, "", "", name, "", filled.file) for name in missing]


def _fields(
    filled: Filled, block: Block, place: int, row: Values, scan: Values, what: str, fields: Any, unit: str | None
) -> list[tuple[Any, ...]]:
    columns = {column.field: column for column in block.part.columns}
    return [
        (
            filled.form.id, unit, what, name, columns[name].zh, str(row[name]), str(scan[name]),
            address(filled, block, place, name), filled.file,
        )
        for name in fields
        if name in columns and row.get(name) is not None and scan.get(name) is not None and row[name] != scan[name]
    ]  # fmt: skip


def _written(row: Values) -> str:
    return " ".join(str(text) for text in (row.get("product_name"), row.get("version_edition")) if text)


def _words(row: Values) -> tuple[str, ...]:
    return tuple(str(row.get(name) or "").casefold().strip() for name in ("class", "product_name", "version_edition"))


def _known_products(read: list[Filled], recognise: Recognise) -> Mapping[str, tuple[str, str, str] | None]:
    texts = sorted({_written(row) for filled in read for row in filled.rows("software")} - {""})
    return recognise(texts) if texts else {}
