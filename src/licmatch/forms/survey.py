"""F1 政府使用软件调查表: one a unit."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from licmatch.forms.filled import Filled, Values
from licmatch.forms.making import Making

_COUNTS = ("installed", "genuine", "pirated", "undetermined", "src_purchased", "src_oem", "src_allocated", "src_free", "licence_count")


def surveys(making: Making) -> list[Filled]:
    """Return the survey of every unit that reports, in the order of the tree."""
    products = {str(key[0]): part for key, part in making.figures.products.group_by("unit_id", maintain_order=True)}
    needs = {str(key[0]): part for key, part in making.figures.needs.group_by("unit_id", maintain_order=True)}
    return [_survey(making, unit, products.get(unit), needs.get(unit)) for unit in making.reporting]


def _survey(making: Making, unit: str, products: pl.DataFrame | None, needs: pl.DataFrame | None) -> Filled:
    row = making.unit[unit]
    head = {
        "unit_name": row["name"], "unit_id": unit, "gb2260": row["region_code"], "tier": making.tier(unit), "org_type": row["org_type"],
        "period": making.figures.day.strftime("%Y-%m"),
    }  # fmt: skip
    people = {name: row[name] for name in ("staff_quota", "staff_actual", "computer_users")} | making.computers_of([unit])
    software: list[Values] = []
    for product in products.iter_rows(named=True) if products is not None else ():
        software.append(
            {"class": product["class"], "product_name": product["product_name"], "version_edition": product["version_edition"] or None}
            | {name: product[name] for name in _COUNTS}
        )
    demand = [_demand(making, need) for need in needs.iter_rows(named=True)] if needs is not None else []
    return making.fill("F1", {"head": [head], "people": [people], "software": software, "demand": demand, "sign": [{}]}, unit=unit)


def _demand(making: Making, need: Values) -> Values:
    remarks = []
    if need["undetermined"]:
        remarks.append(making.zh("papers", count=need["undetermined"]))
    if need["replaced"]:
        remarks.append(making.zh("now", product=need["product"]))
    if need["hardware"]:
        remarks.append(making.zh("with_hardware"))
    if need["next_year"]:
        remarks.append(making.zh("next_year"))
    price: Decimal | None = need["unit_price"]
    return {
        "qty_replace": need["qty_replace"], "qty_new": need["qty_new"], "product_to_buy": None if need["replaced"] else need["product"],
        "qty_to_buy": need["qty_to_buy"], "unit_price": price, "amount": None if price is None else price * need["qty_to_buy"],
        "remarks": "；".join(remarks) or None,
    }  # fmt: skip
