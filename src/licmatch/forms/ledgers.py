"""F3: the ledgers a unit keeps, drawn up from what was found."""

from __future__ import annotations

import polars as pl

from licmatch.forms.filled import Filled, Values
from licmatch.forms.making import Making


def summaries_of_use(making: Making) -> list[Filled]:
    """F3a 软件使用情况汇总表, one a unit: commercial licences, what came with computers, free software."""
    products = {str(key[0]): part for key, part in making.figures.products.group_by("unit_id", maintain_order=True)}
    limits = {(row[0], row[1]): row[2] for row in making.figures.position.select("unit_id", "pool", "limited").iter_rows()}
    used = {(row[0], row[1]): row[2] for row in making.figures.position.select("unit_id", "pool", "used").iter_rows()}
    sources = making.figures.counting.sources
    made = []
    for unit in making.reporting:
        copies = making.copies_of(unit)
        commercial = []
        for row in products[unit].iter_rows(named=True) if unit in products else ():
            own = row["installed"] - row["src_oem"] - row["src_free"]
            if own == 0 and not row["licence_count"]:
                continue
            key = (unit, row["pool"])
            unlimited = limits.get(key) is False
            counted = row["licence_count"] is not None
            commercial.append(
                {
                    "software_no": _number(row), "class": row["class"], "product_name": row["product_name"],
                    "version_edition": row["version_edition"] or None,
                    "licence_mode": making.zh("mode_unlimited") if unlimited else making.zh("mode_limited") if counted else None,
                    "licence_count": row["licence_count"], "installed": own,
                    "available": row["licence_count"] - used.get(key, 0) if counted else None,
                }
            )  # fmt: skip
        row = making.unit[unit]
        computers = making.computers_of([unit])
        people = {"staff_actual": row["staff_actual"]} | {name: computers[name] for name in ("servers", "desktops", "laptops")}
        oem, free = (_by_product(copies, sources[f"src_{name}"], name, f"{name}_devices") for name in ("oem", "free"))
        made.append(making.fill("F3a", {"people": [people], "commercial": commercial, "oem": oem, "free": free}, unit=unit))
    return made


def _number(row: Values) -> str:
    """A licence's number in the ledgers: stable, and the same in all three."""
    return " ".join(text for text in (row["product_name"], row["version_edition"]) if text)


def _by_product(copies: pl.DataFrame, verdicts: tuple[str, ...], prefix: str, count: str) -> list[Values]:
    grouped = copies.filter(pl.col("verdict").is_in(list(verdicts))).group_by("product_name", "version_edition").agg(
        pl.col("device_id").n_unique().alias("n")
    )  # fmt: skip
    rows = grouped.sort("product_name", "version_edition", nulls_last=True).iter_rows()
    return [{f"{prefix}_name": name, f"{prefix}_version": version or None, count: n} for name, version, n in rows]


def details_of_use(making: Making) -> list[Filled]:
    """F3b 软件使用情况明细表, one a jurisdiction: a row a computer in scope, the first copy of each class and the others named beside."""
    part = next(part for part in making.form("F3b").part if part.id == "devices")
    groups = {column.field.rpartition("_")[0]: column.category for column in part.columns if column.category}
    names = [*(f"{prefix}_{name}" for prefix in groups for name in ("no", "name", "version", "source")), "other"]
    copies: dict[str, Values] = {}
    of = {category: prefix for prefix, category in groups.items()}
    ordered = making.figures.copies.select("device_id", "category", "product_name", "version_edition", "verdict", "official")
    for device, category, product, version, verdict, official in ordered.iter_rows():
        row = copies.setdefault(device, dict.fromkeys(names))
        prefix = of.get(category)
        if prefix is None or row[f"{prefix}_name"] is not None:
            said = " ".join(text for text in (product, version) if text)
            row["other"] = said if row["other"] is None else f"{row['other']}；{said}"
            continue
        number = " ".join(text for text in (product, version) if text)
        row |= {
            f"{prefix}_no": number, f"{prefix}_name": product, f"{prefix}_version": version or None,
            f"{prefix}_source": making.verdict(verdict, official),
        }  # fmt: skip
    return [making.fill("F3b", {"devices": rows}, unit=unit) for unit, rows in _computers(making, copies, names)]


def computers_in_use(making: Making) -> list[Filled]:
    """F3f 计算机使用情况表, one a jurisdiction."""
    systems: dict[str, str] = {}
    category = making.form("F3f").columns()["os"].category
    own = making.figures.copies.filter(pl.col("category") == category)
    for device, product, version in own.select("device_id", "product_name", "version_edition").iter_rows():
        systems.setdefault(device, " ".join(text for text in (product, version) if text))
    said = {device: {"os": name} for device, name in systems.items()}
    return [making.fill("F3f", {"devices": rows}, unit=unit) for unit, rows in _computers(making, said, ["os"])]


def _computers(making: Making, said: dict[str, Values], names: list[str]) -> list[tuple[str, list[Values]]]:
    order = {unit: place for place, unit in enumerate(making.unit)}
    day = making.figures.day
    devices = making.figures.devices.filter("in_scope").select("device_id", "unit_id", "kind", "manufacturer", "model")
    made: dict[str, list[Values]] = {}
    for device, unit, kind, maker, model in sorted(devices.iter_rows(), key=lambda row: (order.get(row[1], len(order)), row[0])):
        rows = made.setdefault(making.unit[unit]["jurisdiction"], [])
        rows.append(
            {
                "seq": len(rows) + 1, "department": making.unit[unit]["name"], "device_id": device, "kind": making.kind(kind) or None,
                "model": " ".join(text for text in (maker, model) if text) or None, "updated_on": day,
            }
            | said.get(device, dict.fromkeys(names))
        )  # fmt: skip
    return list(made.items())
