"""F2 政府安装使用正版软件统计汇总表: a row a jurisdiction and the total, for the root and every jurisdiction with others below."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

from licmatch.errors import ResultError
from licmatch.forms.figures import JURISDICTIONS
from licmatch.forms.filled import Filled, Values, percent
from licmatch.forms.making import Making

_WAN = Decimal(10000)


def summaries(making: Making) -> list[Filled]:
    """Return the summary of each jurisdiction: its own units in one row, then each jurisdiction next below; all of it is the total."""
    return [_summary(making, unit) for unit in making.jurisdictions]


def rows_of(making: Making, unit: str) -> dict[str | None, set[str]]:
    """Return which units each row of a jurisdiction's summary counts; the key None is its own. No unit counts twice (I9)."""
    inside = making.below[unit]
    children = [key for key in making.unit if key != unit and key in inside and making.unit[key]["tier"] in JURISDICTIONS]
    next_below = [key for key in children if not any(key != other and key in making.below[other] for other in children)]
    taken: set[str] = set().union(*(making.below[key] for key in next_below)) if next_below else set()
    rest = inside - taken
    # The level's own units, and what is recorded for the level itself.
    told = {one.unit_id for name in making.records.__struct_fields__ for one in getattr(making.records, name)}
    shown = not next_below or any(making.unit[key]["reports"] or key in told for key in rest)
    made: dict[str | None, set[str]] = {None: rest} if shown else {}
    return made | {key: making.below[key] for key in next_below}


def _summary(making: Making, unit: str) -> Filled:
    parts = rows_of(making, unit)
    rows, counts = [], []
    for place, (key, units) in enumerate(parts.items(), start=1):
        row, counted = _row(making, unit, key, units)
        rows.append({"seq": place} | row)
        counts.append(counted)
    filled = making.fill("F2", {"summary": rows, "sign": [{"unit_name": making.unit[unit]["name"]}]}, unit=unit)
    filled.name = making.unit[unit]["name"]
    total = filled.blocks["summary"].total
    if total is not None:
        for prefix in _groups(making):
            total[f"{prefix}_rate"] = percent(sum(c[prefix][0] for c in counts), sum(c[prefix][1] for c in counts))
    _equal_scores(making, unit, filled)
    return filled


def _groups(making: Making) -> dict[str, str]:
    """Return prefix of the five columns -> category; the form's data says which category a group counts."""
    part = next(part for part in making.form("F2").part if part.id == "summary")
    return {column.field.rpartition("_")[0]: column.category for column in part.columns if column.category}


def _row(making: Making, parent: str, key: str | None, units: set[str]) -> tuple[Values, dict[str, tuple[int, int]]]:
    about = making.unit[key or parent]
    reporting = [unit for unit in making.reporting if unit in units]
    computers = making.computers_of(units)
    copies = making.figures.copies.filter(pl.col("unit_id").is_in(sorted(units)))
    done = sum(1 for unit in reporting if is_done(making, unit))
    row: Values = {
        "jurisdiction": making.zh("own", name=about["name"]) if key is None else about["name"], "gb2260": about["region_code"],
        "tier": making.tier(key or parent), "organs_total": len(reporting), "organs_done": done, "done_rate": percent(done, len(reporting)),
        **{name: _known(making.unit[unit][name] for unit in reporting) for name in ("staff_quota", "computer_users")},
        **{name: computers[name] for name in ("servers", "desktops", "laptops", "computers_total")},
    }  # fmt: skip
    bought = [one for one in making.records.purchase if one.unit_id in units]
    counted: dict[str, tuple[int, int]] = {}
    for prefix, category in _groups(making).items():
        own = copies.filter(pl.col("category") == category)
        genuine = int((own["state"] == "genuine").sum())
        counted[prefix] = (genuine, own.height)
        of_class = [one for one in bought if one.category == category]
        row |= {
            f"{prefix}_required": computers["computers_in_use"],
            # What was there before the purchases cannot be told from a scan made after them.
            f"{prefix}_existing": None if of_class else genuine,
            f"{prefix}_bought": sum(one.quantity for one in of_class) if of_class else None,
            f"{prefix}_installed": genuine,
            f"{prefix}_rate": percent(genuine, own.height),
        }
    return row | _recorded(making, units, key or parent), counted


def is_done(making: Making, unit: str) -> bool:
    """Whether a unit has met the target: surveyed, and no copy in scope that is not genuine or still open (REGULATION 1.5)."""
    scored = making.scores.get(unit)
    if not scored or not scored["in_use"]:
        return False
    bad = ("not_genuine", "undetermined", "open_names")
    return not any(scored[f"{category}_{name}"] for category in making.figures.categories for name in bad)


def _recorded(making: Making, units: set[str], level: str) -> Values:
    records = making.records
    bought = [one for one in records.purchase if one.unit_id in units]
    funds = [one for one in records.fund if one.unit_id in units]
    trained = [one for one in records.training if one.unit_id in units]
    looked = [one for one in records.inspected if one.unit_id in units]
    group = next((one for one in records.group if one.unit_id == level), None)
    made: Values = {}
    if bought:
        of = {origin: [one for one in bought if one.origin == origin] for origin in ("domestic", "foreign")}
        made |= {"bought_total": sum(one.quantity for one in bought), "amount_wan": _wan(one.amount for one in bought)}
        # A purchase of which nobody knows where it comes from may be either.
        told = (("domestic", "dom"), ("foreign", "for")) if all(one.origin in of for one in bought) else ()
        for origin, prefix in told:
            made |= {f"{prefix}_qty": sum(one.quantity for one in of[origin]), f"{prefix}_amount": _wan(one.amount for one in of[origin])}
    if funds:
        sources = list(dict.fromkeys(one.source for one in funds if one.source))
        made |= {"software_cost": _wan(one.software_cost for one in funds), "work_cost": _wan(one.work_cost for one in funds)}
        made["fund_source"] = "；".join(sources) or None
    if group is not None:
        made |= {"group_established": "是" if group.established_on or group.document_no else "否", "group_doc_no": group.document_no}
    if trained:
        made |= {"training_sessions": len(trained), "trainees": _known(one.attended for one in trained)}
    if looked:
        made |= {
            "inspected_units": sum(one.units for one in looked), "inspected_computers": sum(one.computers for one in looked),
            "passed": sum(one.passed for one in looked),
        }  # fmt: skip
    return made


def _known(values: Any) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _wan(amounts: Any) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return (sum(known, Decimal(0)) / _WAN).quantize(Decimal("0.000001")).normalize() + 0 if known else None


def _equal_scores(making: Making, unit: str, filled: Filled) -> None:
    """I9 across forms: the total of a jurisdiction is what the result scores for it."""
    total, scored = filled.blocks["summary"].total, making.scores.get(unit)
    if total is None or scored is None:
        return
    pairs = {"computers_total": "devices"} | {f"{prefix}_installed": f"{category}_genuine" for prefix, category in _groups(making).items()}
    for field, name in pairs.items():
        if name in scored and total[field] != scored[name]:
            raise ResultError(
                f"F2 of {unit} totals {field} {total[field]}, the scores say {scored[name]}", hint="run licmatch verify on the folder"
            )
