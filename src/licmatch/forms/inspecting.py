"""F5b 现场检查表, F5c 问题台账 and F6b 整改通知书: what was found, laid out for those who go and look."""

from __future__ import annotations

import polars as pl

from licmatch.forms.filled import Filled, Values
from licmatch.forms.making import Making

_BAD = ("not_genuine", "undetermined")


def on_site(making: Making) -> list[Filled]:
    """Return F5b of every unit that reports: what the scan knows is filled in, the rest is what the team goes to see."""
    made = []
    for unit in making.reporting:
        computers, copies = making.computers_of([unit]), making.copies_of(unit)
        said = making.say(
            "self_check", computers=computers["computers_in_use"], servers=computers["servers"], copies=copies.height,
            genuine=int((copies["state"] == "genuine").sum()), wanted=_wanted(making, unit),
        )  # fmt: skip
        head = {"unit_name": making.unit[unit]["name"], "unit_id": unit}
        made.append(making.fill("F5b", {"head": [head], "items": [{"self_check": said}]}, unit=unit))
    return made


def _wanted(making: Making, unit: str) -> int:
    return int(making.figures.needs.filter(pl.col("unit_id") == unit)["qty_to_buy"].sum())


def problems(making: Making) -> list[Filled]:
    """Return F5c of each jurisdiction: every copy in scope that is not genuine or still open, numbered."""
    made: dict[str, list[Values]] = {}
    order = {unit: place for place, unit in enumerate(making.unit)}
    bad = making.figures.copies.filter(pl.col("state").is_in(list(_BAD))).with_columns(
        order=pl.col("unit_id").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    )
    columns = ("unit_id", "device_id", "verdict", "official", "product_name", "version_edition", "decided_by")
    for unit, device, verdict, official, product, version, rule in (
        bad.sort("order", "device_id", "class_at", "at").select(columns).iter_rows()
    ):
        rows = made.setdefault(making.unit[unit]["jurisdiction"], [])
        rows.append(
            {
                "issue_no": f"{making.figures.day:%Y}-{len(rows) + 1:04d}", "unit": making.unit[unit]["name"], "device_id": device,
                "kind": making.verdict(verdict, official), "product_name": " ".join(text for text in (product, version) if text),
                "rule_id": rule,
            }
        )  # fmt: skip
    return [making.fill("F5c", {"issues": rows}, unit=unit) for unit, rows in made.items()]


def notices(making: Making) -> list[Filled]:
    """Return F6b for every unit where a copy is not genuine or open: what, how many; the terms are for the one who signs."""
    made = []
    for unit in making.reporting:
        copies = making.copies_of(unit).filter(pl.col("state").is_in(list(_BAD)))
        if copies.is_empty():
            continue
        grouped = copies.group_by("state", "verdict", "official").agg(count=pl.len(), devices=pl.col("device_id").n_unique())
        rows = [
            {"kind": making.verdict(row["verdict"], row["official"]), "count": row["count"], "devices": row["devices"]}
            for row in grouped.sort("state", "verdict", "official").iter_rows(named=True)
        ]
        text = {"consequence": making.say("consequence")}
        made.append(
            making.fill("F6b", {"head": [{"unit_name": making.unit[unit]["name"]}], "issues": rows, "text": [text]}, unit=unit)
        )  # fmt: skip
    return made
