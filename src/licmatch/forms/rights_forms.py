"""F3d 软件授权(许可)台账 from the entitlements, and F3e 可使用免费软件清单 from the free software that was found."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from licmatch.forms.filled import Filled, Values
from licmatch.forms.making import Making

_MODES = ("device", "user", "site", "oem", "concurrent", "unlimited")
_CHANNELS = ("oem", "volume", "retail", "subscription", "free", "trial", "allocated", "purchased")


def registers(making: Making) -> list[Filled]:
    """Return F3d of each jurisdiction: its lots, or an empty sheet to fill in where no entitlements were given."""
    if making.entitlements is None:
        return [making.fill("F3d", {"licences": []}, unit=unit) for unit in making.jurisdictions]
    rows: dict[str, list[Values]] = {}
    for lot in making.entitlements.sort("unit_id", "product", "entitlement_id", nulls_last=True).iter_rows(named=True):
        known = making.unit.get(lot["unit_id"] or "")
        rows.setdefault(known["jurisdiction"] if known else making.jurisdictions[0], []).append(_lot(making, lot, known))
    return [making.fill("F3d", {"licences": rows[unit]}, unit=unit) for unit in making.unit if unit in rows]


def _lot(making: Making, lot: Values, known: Values | None) -> Values:
    start, end = lot["valid_from"], lot["valid_to"]
    boundless = lot["metric"] in ("site", "unlimited")
    quantity = lot["quantity"] if lot["quantity"] is not None else 1 if lot["device_id"] else None
    release = " ".join(text for text in (lot["release"], lot["edition"]) if text)
    return {
        "product": lot["product"], "release": release or None,
        "source_type": making.zh(f"channel_{lot['channel']}") if lot["channel"] in _CHANNELS else None,
        "licence_no": lot["entitlement_id"],
        "validity": f"{start} 至 {end}" if start and end else f"自 {start}" if start else f"至 {end}" if end else None,
        "purchased_on": _day(lot["acquired_on"]),
        "licence_mode": making.zh(f"mode_{lot['metric']}") if lot["metric"] in _MODES else None,
        "quantity": None if boundless else quantity,
        "scope": lot["scope"] or (making.zh("bound", device=lot["device_id"]) if lot["device_id"] else None),
        "supplier": lot["supplier"], "invoice_no": lot["proofs"], "support_to": lot["maintenance_to"],
        "department": known["name"] if known else lot["unit_id"], "contract_no": lot["agreement"],
    }  # fmt: skip


def _day(text: Any) -> date | str | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return str(text)


def free_lists(making: Making) -> list[Filled]:
    """Return F3e: the free and open software found, each to be approved or not by the office."""
    found = making.figures.copies.filter(pl.col("verdict").is_in(list(making.figures.counting.sources["src_free"])))
    rows = found.select("product_name", "version_edition", "class").unique().sort("product_name", "version_edition", "class")
    listed = [
        {"seq": at, "product_name": name, "version_edition": version or None, "purpose": purpose}
        for at, (name, version, purpose) in enumerate(rows.iter_rows(), start=1)
    ]
    return [making.fill("F3e", {"list": listed}, unit=making.jurisdictions[0])]
