"""F6a 检查验收报告 and F6c 工作总结: paragraphs whose figures come from the result and whose judgements stay empty."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from licmatch.forms.filled import Filled, Values
from licmatch.forms.making import Making
from licmatch.forms.summary import is_done
from licmatch.report.wording import points_span


def acceptances(making: Making) -> list[Filled]:
    """Return F6a of each jurisdiction."""
    return [making.fill("F6a", {"sections": [_acceptance(making, unit)]}, unit=unit) for unit in making.jurisdictions]


def work_summaries(making: Making) -> list[Filled]:
    """Return F6c of each jurisdiction: the skeleton that goes with F2."""
    return [making.fill("F6c", {"sections": [_summary(making, unit)]}, unit=unit) for unit in making.jurisdictions]


def _acceptance(making: Making, unit: str) -> Values:
    score = making.scores[unit]
    bad = _bad(making, unit)
    strict = making.say("strict_met" if _strict(bad) else "strict_not_met", **bad)
    return {
        "organisation": _group(making, unit),
        "software": _software(making, unit),
        "purchases": _purchases(making, unit),
        "assets": making.say("assets", computers=score["devices"], used=score["in_use"]),
        "inspection": _inspection(making, unit),
        "points": making.say("points", span=points_span(score["points_low"], score["points_high"])),
        "problems": f"{_problems(making, unit)}{strict}",
        "annexes": making.say("annexes"),
    }


def _summary(making: Making, unit: str) -> Values:
    return {
        "leadership": _group(making, unit),
        "survey": _software(making, unit),
        "purchases": _purchases(making, unit),
        "training": _training(making, unit),
        "inspection": _inspection(making, unit),
        "next": _problems(making, unit) + making.say("next"),
    }


def _copies(making: Making, unit: str) -> pl.DataFrame:
    return making.figures.copies.filter(pl.col("unit_id").is_in(sorted(making.below[unit])))


def _bad(making: Making, unit: str) -> dict[str, int]:
    copies = _copies(making, unit)
    score = making.scores[unit]
    return {
        "infringing": int((copies["state"] == "not_genuine").sum()),
        "undetermined": int((copies["state"] == "undetermined").sum())
        + sum(int(score[f"{category}_open_names"]) for category in making.figures.categories),
        "over": int((copies["verdict"] == "over_deployed").sum()),
        "without_evidence": int(copies["verdict"].is_in(["no_evidence", "label_missing"]).sum()),
    }


def _strict(bad: dict[str, int]) -> bool:
    return not any(bad.values())


def _software(making: Making, unit: str) -> str:
    inside = making.below[unit]
    computers = making.computers_of(inside)
    reporting = [each for each in making.reporting if each in inside]
    text = making.say(
        "surveyed", units=len(reporting), done=sum(1 for each in reporting if is_done(making, each)),
        computers=computers["computers_total"], used=computers["computers_in_use"], servers=computers["servers"],
        desktops=computers["desktops"], laptops=computers["laptops"], others=computers["others"],
    )  # fmt: skip
    copies = _copies(making, unit)
    for category, title in making.figures.categories.items():
        own = copies.filter(pl.col("category") == category)
        counts = {state: int((own["state"] == state).sum()) for state in ("genuine", "not_genuine", "undetermined")}
        rate = "—" if own.is_empty() else f"{Decimal(counts['genuine'] * 100) / own.height:.2f}%"
        text += making.say("of_class", title=title, copies=own.height, rate=rate, **counts)
    return text


def _group(making: Making, unit: str) -> str | None:
    group = next((one for one in making.records.group if one.unit_id == unit), None)
    if group is None or not (group.established_on or group.document_no):
        return None
    members = sum(1 for one in making.records.member if one.unit_id == unit)
    day = group.established_on.isoformat() if group.established_on else "—"
    return making.say("group", day=day, document=group.document_no or "—", members=members)


def _purchases(making: Making, unit: str) -> str | None:
    bought = [one for one in making.records.purchase if one.unit_id in making.below[unit]]
    if not bought:
        return None
    amount = sum((one.amount for one in bought if one.amount is not None), Decimal(0))
    return making.say("bought", count=sum(one.quantity for one in bought), amount=f"{amount:,.2f}")


def _training(making: Making, unit: str) -> str | None:
    held = [one for one in making.records.training if one.unit_id in making.below[unit]]
    if not held:
        return None
    return making.say("trained", sessions=len(held), people=sum(one.attended or 0 for one in held))


def _inspection(making: Making, unit: str) -> str | None:
    looked = [one for one in making.records.inspected if one.unit_id in making.below[unit]]
    if not looked:
        return None
    return making.say(
        "looked", units=sum(one.units for one in looked), computers=sum(one.computers for one in looked),
        passed=sum(one.passed for one in looked),
    )  # fmt: skip


def _problems(making: Making, unit: str) -> str:
    bad = _copies(making, unit).filter(pl.col("state") != "genuine")
    grouped = bad.group_by("state", "verdict", "official").agg(count=pl.len()).sort("state", "verdict", "official")
    listed = [
        making.say("problem", kind=making.verdict(row["verdict"], row["official"]), count=row["count"])
        for row in grouped.iter_rows(named=True)
    ]
    return making.say("problems", listed=making.say("between").join(listed)) if listed else making.say("no_problems")
