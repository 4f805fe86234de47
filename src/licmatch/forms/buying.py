"""F4b 软件采购计划表 and F4d 正版软件配发登记表: from a plan where prices are known, else from the licence position."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from licmatch.forms.filled import Filled, Values
from licmatch.forms.making import Making
from licmatch.plan.record import Plan


def purchase_plans(making: Making) -> list[Filled]:
    """Return F4b. Each product stands for itself: a surplus of one never offsets a gap of another (REGULATION I6, I7)."""
    top = making.jurisdictions[0]
    plan = making.figures.plan
    rows = _short(making) if plan is None else _planned(making, plan)
    return [making.fill("F4b", {"lines": [{"seq": at} | row for at, row in enumerate(rows, start=1)]}, unit=top)]


def _short(making: Making) -> list[Values]:
    """What is short over all units; what to buy and at which price is for the office to fill in.

    A unit's surplus does not fill another's gap (the position has lent already what may be lent), so gaps are added, not netted.
    """
    position, copies = making.figures.position, making.figures.copies
    open_copies = (pl.col("state") == "undetermined").sum().alias("open")
    if position.is_empty():
        keys = ["class_at", "class", "product_name", "version_edition"]
        lacking = (pl.col("state") != "genuine").sum()
        table = copies.group_by(keys).agg(
            required=pl.len().cast(pl.Int64), gap=lacking.cast(pl.Int64), open=(pl.col("state") == "undetermined").sum()
        )
    else:
        sums = position.group_by("category", "pool").agg(required=pl.col("required").sum(), gap=pl.col("shortfall").sum())
        table = sums.join(making.figures.pools, on=["category", "pool"]).join(
            copies.group_by("category", "pool").agg(open_copies), on=["category", "pool"], how="left"
        )
    rows = []
    table = table.filter(pl.col("gap") > 0).sort("class_at", "product_name", "version_edition", "required", nulls_last=True)
    for row in table.iter_rows(named=True):
        waiting = min(row["open"] or 0, row["gap"])
        rows.append(
            {
                "class": row["class"], "product_name": row["product_name"], "version_edition": row["version_edition"] or None,
                "existing": row["required"] - row["gap"], "required": row["required"], "gap": row["gap"],
                "remarks": making.zh("papers", count=waiting) if waiting else None,
            }
        )  # fmt: skip
    return rows


def _planned(making: Making, plan: Plan) -> list[Values]:
    rows = []
    for line in plan.lines.iter_rows(named=True):
        remarks = [making.zh("next_year")] if line["year"] != "this" else []
        remarks += [making.zh("papers", count=line["undetermined"])] if line["undetermined"] else []
        remarks += [making.zh("spare", count=line["spare"])] if line["spare"] else []
        rows.append(
            {
                "class": making.figures.categories.get(line["category"], line["category"]), "product_name": line["product"],
                "version_edition": line["version"], "licence_mode": making.zh(f"mode_{line['metric']}"), "existing": line["existing"],
                "required": line["required"], "gap": line["gap"], "qty": line["quantity"], "unit_price": line["unit_price"],
                "amount": line["amount"] if line["amount"] is not None else Decimal(0), "price_cap": line["cap"], "reason": line["reason"],
                "fund_source": making.zh(f"fund_{line['fund']}"), "remarks": "；".join(remarks) or None,
            }
        )  # fmt: skip
    return rows


def distributions(making: Making) -> list[Filled]:
    """Return F4d: who gets what by the plan; what the handover alone knows stays empty."""
    plan, rows = making.figures.plan, []
    if plan is not None:
        lines = {line["line"]: line for line in plan.lines.iter_rows(named=True)}
        for share in plan.allocations.filter(pl.col("unit_id").is_not_null()).iter_rows(named=True):
            line = lines[share["line"]]
            rows.append(
                {
                    "to_unit": making.unit[share["unit_id"]]["name"], "product_name": line["product"],
                    "version_edition": line["version"], "licence_count": share["quantity"],
                }
            )  # fmt: skip
    return [making.fill("F4d", {"lines": rows}, unit=making.jurisdictions[0])]
