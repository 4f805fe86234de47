"""Forms that were read, as the frames the rest of licmatch takes: units, entitlements, the organisation's facts, and their own tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from licmatch.forms.checks import address
from licmatch.forms.definition import Column, Definitions
from licmatch.forms.filled import Block, Filled, Values
from licmatch.forms.read import Reading
from licmatch.ingest.product_keys import frame_without_keys, key_bytes
from licmatch.ingest.rights.check import checked
from licmatch.ingest.rights.lots import Lots, lots_of
from licmatch.schema import ENTITLEMENTS, ORGANISATION, UNITS

_TYPES: dict[str, pl.DataType] = {
    "count": pl.Int64(), "money": pl.Decimal(18, 2), "wan": pl.Decimal(18, 6), "percent": pl.Decimal(9, 4), "date": pl.Date(),
}  # fmt: skip
_PLACES = {"money": Decimal("0.01"), "wan": Decimal("0.000001"), "percent": Decimal("0.0001")}
# Form and part -> the table its rows go to; every row keeps its unit and the cell it begins at.
TABLES = {
    ("F1", "people"): "survey_units", ("F1", "software"): "survey_software", ("F1", "demand"): "survey_demand",
    ("F2", "summary"): "summary", ("F4d", "lines"): "distribution", ("F7", "sessions"): "training", ("F4b", "lines"): "purchase_plan",
    ("F5c", "issues"): "problems", ("F3b", "devices"): "use", ("F3c", "records"): "maintenance", ("F8", "members"): "members",
}  # fmt: skip
_TIERS = {"省级": "province", "市级": "city", "县级": "county", "功能区": "zone", "乡镇": "township"}
FREE = "free_software"


def frames(reading: Reading, definitions: Definitions, names: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    """Return name -> frame, only those that have rows; `names` (unit name -> id) settles which unit a name is.

    `units`, `entitlements` and `organisation` have the columns of `licmatch.schema` and can be given to `assess`. Lots of F3d that
    cannot be used are added to the rejected rows of the reading, and no longer count as read.
    """
    made: dict[str, pl.DataFrame] = {}
    for (form, part), table in TABLES.items():
        rows = _table(reading, form, part, names)
        if rows is not None:
            made[table] = rows
    units = _units(reading)
    if units.height:
        made["units"] = units
    lots = _entitlements(reading, names)
    if lots is not None:
        made["entitlements"] = lots
    free = _free(reading)
    if free.height:
        made["organisation"] = free
    return {name: frame_without_keys(frame)[0] for name, frame in sorted(made.items())}


def unit_id_of(filled: Filled, names: Mapping[str, str]) -> str | None:
    """Return the unit a form is of: its code, else the unit of its name, else the name itself."""
    return filled.unit_id or names.get(filled.unit_name or "") or filled.unit_name


def _table(reading: Reading, form: str, part: str, names: Mapping[str, str]) -> pl.DataFrame | None:
    rows: list[Values] = []
    columns: dict[str, Column] = {}
    for filled in reading.forms:
        if filled.form.id != form or part not in filled.blocks:
            continue
        block = filled.blocks[part]
        columns = {column.field: column for column in block.part.columns}
        about = {"unit_id": unit_id_of(filled, names), "unit_name": filled.unit_name, "file": filled.file}
        if form == "F1" and part == "people":
            about["period"] = filled.first("head").get("period")
        for place, values in enumerate(block.rows):
            rows.append(about | {"cell": address(filled, block, place, block.part.columns[0].field)} | values)
    if not rows:
        return None
    head: dict[str, Any] = {"unit_id": pl.String(), "unit_name": pl.String()}
    if form == "F1" and part == "people":
        head["period"] = pl.String()
    schema = head | {field: _TYPES.get(column.type, pl.String()) for field, column in columns.items() if field not in head}
    schema |= {"file": pl.String(), "cell": pl.String()}
    fitted = [{name: _fit(row.get(name), columns.get(name)) for name in schema} for row in rows]
    return pl.DataFrame(fitted, schema=schema)


def _fit(value: Any, column: Column | None) -> Any:
    if value is None or column is None:
        return value
    return Decimal(value).quantize(_PLACES[column.type]) if column.type in _PLACES else value


def _units(reading: Reading) -> pl.DataFrame:
    """The units that filled in an F1, as the units table: what the form does not say (the parent) stays empty."""
    rows = []
    for filled in reading.forms:
        if filled.form.id != "F1" or not (filled.unit_id or filled.unit_name):
            continue
        head, people = filled.first("head"), filled.first("people")
        rows.append(
            {
                "unit_id": filled.unit_id or filled.unit_name, "parent_id": None, "name": filled.unit_name or filled.unit_id,
                "tier": "department" if head.get("tier") != "乡镇" else "township", "org_type": head.get("org_type"),
                "region_code": head.get("gb2260"),
            }
            | {name: people.get(name) for name in ("staff_quota", "staff_actual", "computer_users")}
        )  # fmt: skip
    return pl.DataFrame(rows, schema=UNITS).unique(maintain_order=True)


def _entitlements(reading: Reading, names: Mapping[str, str]) -> pl.DataFrame | None:
    """Lots of F3d, checked as any list of licences is."""
    parts = []
    for filled in reading.forms:
        if filled.form.id != "F3d" or not filled.blocks["licences"].rows:
            continue
        block = filled.blocks["licences"]
        default = unit_id_of(filled, names)
        cells = lots_of([_lot(row, default, names, f"{filled.name}#{line}") for row, line in zip(block.rows, block.lines, strict=True)])
        side = checked(Lots(cells, block.lines, _raw(block), "F3d"), filled.file)
        reading.rows_read -= side.rejected.height
        reading.rejected += [(f, line, f"{filled.name}: {why}", raw) for f, line, why, raw in side.rejected.iter_rows()]
        parts.append(side.frame)
    return pl.concat(parts).select(*ENTITLEMENTS) if parts else None


def _raw(block: Block) -> Callable[[int], bytes]:
    return lambda place: key_bytes(block.raws[place])


def _lot(row: Values, default: str | None, names: Mapping[str, str], made_id: str) -> Values:
    department = row.get("department")
    proofs = [row.get("invoice_no"), row.get("certificate_no")]
    bought = row.get("purchased_on")
    return {
        "entitlement_id": row.get("licence_no") or made_id,
        "unit_id": names.get(department or "", default if department is None else department),
        "product": row.get("product"), "release": row.get("release"), "metric": row.get("licence_mode"),
        "quantity": row.get("quantity"), "valid_to": _until(row.get("validity")), "valid_from": _from(row.get("validity")),
        "maintenance_to": row.get("support_to"), "agreement": row.get("contract_no"),
        "proofs": ";".join(text for text in proofs if text) or None,
        "acquired_on": bought.isoformat() if isinstance(bought, date) else None,
        "channel": row.get("source_type"), "scope": row.get("scope"), "supplier": row.get("supplier"),
    }  # fmt: skip


def _from(text: str | None) -> str | None:
    if text is None or text.startswith("至"):
        return None
    return text.removeprefix("自").split("至")[0].strip() if text.startswith("自") else None


def _until(text: str | None) -> str | None:
    """`A 至 B` is taken apart by the check of lots; here only the open ends are."""
    if text is None or text.startswith("自"):
        return None
    return text.removeprefix("至").strip()


def _free(reading: Reading) -> pl.DataFrame:
    """F3e as the organisation's facts: only what institutions may use, as the office itself filled in."""
    rows = []
    for filled in reading.forms:
        if filled.form.id != "F3e":
            continue
        for row in filled.blocks["list"].rows:
            if row.get("institutional_use_ok") != "是" or not row.get("product_name"):
                continue
            product = " ".join(text for text in (row["product_name"], row.get("version_edition")) if text)
            approved = row.get("approved_on")
            rows.append(
                {
                    "fact": FREE, "value": product, "reason": row.get("agreement"),
                    "valid_from": approved.isoformat() if isinstance(approved, date) else None,
                }
            )  # fmt: skip
    return pl.DataFrame(rows, schema=ORGANISATION)
