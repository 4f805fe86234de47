"""Programmes as data: tiers, milestones and days, in the words of the instrument that set them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from msgspec import field

from licmatch.errors import InputError
from licmatch.programme.reading import Fault, Source, Table, all_faults, read_toml
from licmatch.programme.settings import settle
from licmatch.programme.workflow import load_workflow

WHAT = "the programme"


class MilestoneDate(Table, frozen=True):
    """When a tier must have reached a milestone: one day, a window, another tier's day, before another milestone, or again and again."""

    tier: str
    due: date | None = None
    strict_due: date | None = None  # the day if A1 is read strictly
    window: tuple[date, date] | None = None
    inherit: str | None = None  # tier whose day holds
    before: str | None = None  # milestone whose window must not have begun
    every: str | None = None  # month | year
    day: int | None = None
    month: int | None = None
    first: date | None = None
    until: date | None = None
    text: str = ""  # the instrument's own words
    settings: tuple[str, ...] = ()  # the ambiguities that bear on it


class Milestone(Table, frozen=True):
    """Something to be reached by a day: a step of the workflow, the target itself, or a paper handed in."""

    id: str
    zh: str
    en: str
    date: tuple[MilestoneDate, ...]
    step: str | None = None
    target: bool = False
    after: str | None = None  # for a target: the step whose doing lets it be reached
    submission: str | None = None
    source: tuple[str, ...] = ()


class Programme(Table, frozen=True):
    """A programme. `forms`: kind of paper -> the titles it goes by; `status`: how sure its dates are (REGULATION, status tags)."""

    schema: int
    id: str
    title_zh: str
    title_en: str
    tiers: tuple[str, ...]
    milestone: tuple[Milestone, ...]
    issued: date | None = None
    legal_basis: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    status: str = "R"
    workflow: str = "cn-government"
    settings: dict[str, str] = field(default_factory=dict)
    forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    already: dict[str, tuple[str, ...]] = field(default_factory=dict)  # tier -> steps that the instrument says are done

    def dated(self) -> date | None:
        """Return the day that decides which rules were in force: of issue, else the first of the calendar."""
        dates = [one for milestone in self.milestone for one in milestone.date]
        days = [day for one in dates for day in (one.due, (one.window or (None,))[0], one.first, one.until)]
        return self.issued or min((day for day in days if day is not None), default=None)


def built_in_programmes() -> tuple[str, ...]:
    """Return the ids of the built-in programmes, sorted."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml")))


def load_programme(name: str | Path) -> Programme:
    """Return a built-in programme by its id, or that of a TOML file. Raises InputError that lists every fault with file and line.

    >>> load_programme("cn-gd-zhanjiang-2005").issued
    datetime.date(2005, 6, 13)
    """
    if str(name) in built_in_programmes():
        return _built_in(str(name))
    if not str(name).endswith(".toml"):
        raise InputError(f"there is no programme {str(name)!r}", hint=f"a .toml file, or one of: {', '.join(built_in_programmes())}")
    return _read(Path(name))


@cache
def _built_in(name: str) -> Programme:
    return _read(_folder() / f"{name}.toml")


def _folder() -> Traversable:
    return files("licmatch_catalogs") / "programmes"


def _read(file: Traversable | Path) -> Programme:
    programme, source = read_toml(file, Programme, WHAT)
    all_faults(WHAT, source, _faults(programme))
    settle(programme.settings, source=Source(source.name, source.text))
    return programme


def _faults(programme: Programme) -> Iterator[Fault]:
    workflow = load_workflow()
    if programme.workflow != workflow.id:
        yield ("workflow",), f"there is no workflow {programme.workflow!r}; known: {workflow.id}"
    ids = [milestone.id for milestone in programme.milestone]
    for number, milestone in enumerate(programme.milestone):
        at = ("milestone", number)
        if ids.index(milestone.id) != number:
            yield (*at, "id"), f"the milestone {milestone.id!r} is there twice"
        if sum((milestone.step is not None, milestone.target, milestone.submission is not None)) != 1:
            yield at, f"{milestone.id}: one of step, target and submission says what reaches it"
        if milestone.step is not None and milestone.step not in workflow.steps:
            yield (*at, "step"), f"{milestone.id}: the workflow has no step {milestone.step!r}"
        if milestone.after is not None and (milestone.after not in workflow.steps or not milestone.target):
            yield (*at, "after"), f"{milestone.id}: after names a step, and belongs to a target"
        if not milestone.date:
            yield at, f"{milestone.id}: no tier has a date"
        tiers = [one.tier for one in milestone.date]
        for place, one in enumerate(milestone.date):
            for told in _date_faults(programme, milestone, one):
                yield (*at, "date", place), f"{milestone.id}, {one.tier}: {told}"
            if tiers.index(one.tier) != place:
                yield (*at, "date", place, "tier"), f"{milestone.id}: tier {one.tier!r} is there twice"
    for tier, steps in programme.already.items():
        if tier not in programme.tiers or not set(steps) <= workflow.steps.keys():
            yield ("already", tier), f"already: {tier!r} is no tier, or one of its steps is not of the workflow"
    if not programme.milestone:
        yield ("milestone",), "a programme without milestones"


def _date_faults(programme: Programme, milestone: Milestone, one: MilestoneDate) -> Iterator[str]:
    ways = sum(value is not None for value in (one.due, one.window, one.inherit, one.before, one.every))
    if ways != 1:
        yield "one of due, window, inherit, before and every says when"
    if one.tier not in programme.tiers:
        yield f"tier {one.tier!r} is not one of tiers"
    if one.strict_due is not None and one.due is None:
        yield "strict_due needs due beside it"
    if one.window is not None and one.window[0] > one.window[1]:
        yield "the window ends before it begins"
    if one.inherit is not None and one.inherit not in {other.tier for other in milestone.date if other.inherit is None}:
        yield f"there is no date of {one.inherit!r} to inherit"
    if one.before is not None:
        target = next((other for other in programme.milestone if other.id == one.before), None)
        if target is None or not any(date.tier == one.tier and (date.window or date.due) for date in target.date):
            yield f"milestone {one.before!r} has no day for this tier"
    if one.every is not None:
        if one.every not in ("month", "year") or one.day is None or not 1 <= one.day <= 31:
            yield "every is month or year, with the day"
        if one.every == "year" and (one.month is None or not 1 <= one.month <= 12):
            yield "every year needs a month from 1 to 12"
