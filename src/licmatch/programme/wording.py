"""What the board says, in words of one language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from licmatch.messages import message, texts
from licmatch.programme.record import Board, Fault, ItemScore, Row, VetoScore
from licmatch.programme.workflow import load_workflow


def say(key: str, lang: str, /, **values: object) -> str:
    """Return a text of this stage."""
    return message(f"programme.{key}", lang, **values)


def heading(board: Board, lang: str) -> str:
    """Return the title of the board: the campaign's own, else the programme's."""
    return board.title or (board.title_zh if lang == "zh" else board.title_en)


def status_text(row: Row | None, lang: str) -> str:
    """Return the status of a row with its days, a dash where the place has no such milestone."""
    if row is None:
        return "–"
    if row.days_left == 0:
        return say("cell_due_today", lang)
    return say(f"cell_{row.status}", lang, days=row.days_late or row.days_left or 0)


def step_title(step: str | None, lang: str) -> str:
    """Return the title of a step of the workflow."""
    found = load_workflow().steps.get(step or "")
    return "–" if found is None else found.zh if lang == "zh" else found.en


def role_title(role: str, lang: str) -> str:
    """Return the title of a role."""
    found = load_workflow().roles.get(role)
    return role if found is None else found.zh if lang == "zh" else found.en


def milestone_title(board: Board, milestone: str, lang: str) -> str:
    """Return the title of a milestone that some row has; `issued` is the day the programme was issued."""
    if milestone == "issued":
        return say("issued", lang)
    one = next((one for one in board.milestones if one.id == milestone), None)
    return milestone if one is None else titled(one.id, one.zh, one.en, lang)


def fault_text(fault: Fault, lang: str) -> str:
    """Return what a fault says."""
    values: dict[str, str] = dict(fault.values)
    for key in ("step", "before", "after"):
        if values.get(key) in load_workflow().steps:
            values[key] = step_title(values[key], lang)
    for key in ("roles", "lacking"):
        if key in values:
            values[key] = joined((say("head", lang) if one == "head" else role_title(one, lang) for one in values[key].split()), lang)
    if "steps" in values:
        values["steps"] = some((step_title(one, lang) for one in values["steps"].split()), lang)
    if fault.code.startswith("SOD"):
        found = next((one for one in load_workflow().separations if one.id == fault.code), None)
        title = fault.code if found is None else found.zh if lang == "zh" else found.en
        steps = load_workflow().steps
        what = joined((step_title(one, lang) if one in steps else role_title(one, lang) for one in values["what"].split(" ")), lang)
        return say("fault_separation", lang, title=title, who=values["who"], what=what)
    if "by" in values:
        values["by"] = say(f"acceptance_by_{values['by']}", lang)
    if "record" in values:
        values["record"] = f"[[{values['record']}]]"
    return say(f"fault_{fault.code}", lang, **values)


def inputs_text(item: ItemScore, lang: str) -> str:
    """Return the inputs of an item as `name = value [bad, good]`."""
    told = []
    for one in item.inputs:
        value = say("item_no_data", lang) if one.value is None else str(one.value)
        told.append(
            f"{(one.title_zh if lang == 'zh' else one.title_en) or one.name} {value}"
            + ("" if one.bad == one.good == one.value else f" [{one.bad}, {one.good}]")
        )
    return "; ".join(told)


def veto_text(veto: VetoScore, lang: str) -> str:
    return say("veto_open" if veto.open and veto.state != "holds" else f"veto_{veto.state}", lang)


def tier_title(tier: str, lang: str) -> str:
    """Return the title of a tier; one of a programme's own stands for itself."""
    return texts(lang).get(f"programme.tier_{tier}", texts(lang).get(f"report.tier_{tier}", tier))


def row_title(row: Row, lang: str) -> str:
    return titled(row.milestone, row.title_zh, row.title_en, lang)


def titled(milestone: str, zh: str, en: str, lang: str) -> str:
    title, period = (zh if lang == "zh" else en), milestone.partition("@")[2]
    return f"{title} {period}" if period else title


def grades(grade: str | None, low: str | None, high: str | None) -> str:
    if grade is None:
        return "–"
    return grade if low == high else f"{grade} [{low}, {high}]"


def day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def joined(texts_: Iterable[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(texts_)


def some(names: Iterable[str], lang: str, most: int = 3) -> str:
    every = list(names)
    return joined(every[:most], lang) + (f" +{len(every) - most}" if len(every) > most else "")
