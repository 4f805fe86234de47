"""`board`: a campaign on a day, from its file and, where there is one, a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from licmatch.errors import UsageError
from licmatch.programme.acceptance import accepted, conditions_of
from licmatch.programme.campaign import Campaign
from licmatch.programme.campaign_file import Case, load_campaign
from licmatch.programme.dates import Deadline
from licmatch.programme.doubts import doubts, out_of_order
from licmatch.programme.duties import Holders, holders_of, in_order, not_separated, unanswered
from licmatch.programme.figures import Figures, place_figures
from licmatch.programme.goods import money_and_goods
from licmatch.programme.places import Jurisdiction, Places, find_places
from licmatch.programme.points import Known, Reached, score
from licmatch.programme.progress import Progress, progress_of
from licmatch.programme.record import Board, Group, MilestoneTitle, Next, Place, Row, Score, SettingChosen
from licmatch.programme.recorded import record_counts
from licmatch.programme.rubric import Rubric, load_rubric
from licmatch.programme.slack import slack_of
from licmatch.programme.status import deadlines_of, rows_of
from licmatch.result import Result

# 通用办公软件(含杀毒软件) of the 2005 plan.
GROUPS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "general_office_2005": (("office", "antivirus"), "通用办公软件（含杀毒软件）", "office software with antivirus")
}


def board(
    campaign: Case | Campaign | Mapping[str, Any] | str | Path,
    result: Result | None = None,
    as_of: date | str | None = None,
    *,
    rubric: Rubric | str | Path | None = None,
) -> Board:
    """Return the board of a campaign on a day: what is done, late and missing, what blocks what, who must act, and the points.

    `campaign`: a TOML file, a mapping of the same shape, or what `load_campaign` returned. `result`: what `licmatch.read_result` returns;
    its units are taken where the campaign has none, its counts feed the rubric. `as_of` is the day, without it the result's; there is no
    clock. `rubric`: an id or a TOML file; the campaign's own without, and where that names none, no points. Raises InputError for files
    that do not fit, UsageError without a day, without units, or for a day before that of the result.

    >>> from licmatch.programme import example
    >>> made = board(example("zhanjiang"), as_of="2005-07-25")
    >>> made.row("440823", "survey_complete").status
    'done'
    """
    case = load_campaign(campaign)
    figures_day = None if result is None else date.fromisoformat(result.manifest["as_of"])
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of or figures_day
    if day is None:
        raise UsageError("a board needs a day", hint="give --as-of, or a result folder, whose day it then is")
    if figures_day is not None and figures_day > day:
        raise UsageError(f"the result is of {figures_day}, after the day {day} of the board", hint="give a later --as-of")
    places = find_places(case, None if result is None else result.units)
    figures = place_figures(result, places)
    progress, due, holders = progress_of(case, places, figures, day), deadlines_of(case, places, day), holders_of(case, places)
    chosen = _rubric(case, rubric)
    scores = _scores(case, places, figures, progress, due, holders, chosen, day)
    standing = tuple(_place(case, place, progress[place.unit_id], figures, scores, chosen) for place in places.all)
    faults = (
        *unanswered(case, places, holders, progress),
        *not_separated(case, places, holders, result, day),
        *money_and_goods(case, places, day),
        *out_of_order(case, places, progress),
        *doubts(case, places, figures, progress, standing, result, day, chosen),
    )
    rows = rows_of(case, places, due, progress, holders, day)
    return Board(
        case.programme.id,
        case.programme.title_zh,
        case.programme.title_en,
        case.campaign.title,
        day,
        figures_day,
        _milestones(case, rows),
        rows,
        standing,
        tuple(_next(case, places, progress, holders)),
        slack_of(case),
        in_order(faults),
        tuple(
            SettingChosen(one.setting.id, one.choice.id, one.by, one.setting.zh, one.setting.en, one.choice.zh, one.choice.en)
            for one in case.settings.chosen
        ),
        tuple(_groups(case, places, figures)),
        scores,
        None if chosen is None else chosen.id,
        "" if chosen is None or chosen.status == "official" else chosen.note_zh,
        "" if chosen is None or chosen.status == "official" else chosen.note_en,
    )


def _milestones(case: Case, rows: tuple[Row, ...]) -> tuple[MilestoneTitle, ...]:
    order = [milestone.id for milestone in case.programme.milestone]
    there = {row.milestone: row for row in rows}
    ids = sorted(there, key=lambda one: (order.index(one.partition("@")[0]), one))
    return tuple(MilestoneTitle(one, there[one].title_zh, there[one].title_en) for one in ids)


def _rubric(case: Case, given: Rubric | str | Path | None) -> Rubric | None:
    if isinstance(given, Rubric):
        return given
    if given is not None:
        return load_rubric(given)
    named = case.campaign.rubric
    if named is None:
        return None
    return load_rubric(Path(case.source.name).parent / named if named.endswith(".toml") else named)


def _scores(
    case: Case,
    places: Places,
    figures: Figures,
    progress: Mapping[str, Progress],
    due: Mapping[str, tuple[Deadline, ...]],
    holders: Holders,
    rubric: Rubric | None,
    as_of: date,
) -> tuple[Score, ...]:
    if rubric is None:
        return ()
    scored = [place for place in places.all if place.reporting and (not rubric.tiers or place.calendar in rubric.tiers)]
    return tuple(
        score(rubric, _known(case, place, figures, progress[place.unit_id], due[place.unit_id], holders, as_of)) for place in scored
    )


def _known(
    case: Case, place: Jurisdiction, figures: Figures, progress: Progress, due: tuple[Deadline, ...], holders: Holders, as_of: date
) -> Known:
    recorded = record_counts(case, place, progress, due, holders, as_of)
    by_hand = {one.input: int(one.value) for one in case.campaign.count if one.unit == place.unit_id}
    target = next((one.closes for one in due if one.milestone.target), None)
    return Known(
        place.unit_id,
        place.name,
        place.calendar,
        {**figures.of.get(place.unit_id, {}), **recorded},
        by_hand,
        case.workflow.done(progress.done),
        _deadlines(case, progress, due, as_of),
        case.programme.dated(),
        target is not None and as_of > target,
    )


def _deadlines(case: Case, progress: Progress, due: tuple[Deadline, ...], as_of: date) -> dict[str, Reached]:
    """Each step as a deadline item sees it. A step that the place's calendar gives no day cannot be late, but it can be missing."""
    closes = {one.milestone.step: one.closes for one in due if one.milestone.step is not None}
    made = {}
    for step in case.workflow.steps:
        found = progress.done.get(step)
        last = closes.get(step)
        if found is not None:
            made[step] = Reached(True, max(0, (found.on - last).days) if last is not None else 0)
        else:
            made[step] = Reached(False, over=last is None or as_of > last)
    return made


def _place(
    case: Case, place: Jurisdiction, progress: Progress, figures: Figures, scores: tuple[Score, ...], rubric: Rubric | None
) -> Place:
    steps = case.workflow.main(progress.branches) if place.reporting else ()
    done = case.workflow.done(progress.done) if place.reporting else frozenset()
    conditions = conditions_of(figures.of.get(place.unit_id), figures.categories)
    own = next((one for one in scores if one.unit_id == place.unit_id), None)
    strict = case.settings.strict_acceptance
    return Place(
        place.unit_id,
        place.name,
        place.tier,
        place.calendar,
        case.workflow.reached(done, progress.branches),
        progress.branches,
        sum(step.id in done for step in steps),
        len(steps),
        len(progress.reported),
        len(place.units),
        tuple(unit for unit in place.units if unit not in progress.reported),
        accepted(conditions, own, rubric, strict=strict),
        "strict" if strict else "rubric",
        conditions,
    )


def _next(case: Case, places: Places, progress: Mapping[str, Progress], holders: Holders) -> Iterator[Next]:
    for place in places.all:
        if not place.reporting:
            continue
        own = progress[place.unit_id]
        done = case.workflow.done(own.done)
        for step in case.workflow.open_now(done, own.branches):
            waits = tuple(
                one.id for one in case.workflow.main(own.branches) if step.id in case.workflow.before[one.id] and one.id not in done
            )
            who = holders.for_step(place.unit_id, step)
            yield Next(place.unit_id, place.name, step.id, step.zh, step.en, step.role, who, waits)


def _groups(case: Case, places: Places, figures: Figures) -> Iterator[Group]:
    """Rates of every class, and of the group that A6 asks for; sum over sum, 0/0 is null."""
    wanted: dict[str, tuple[tuple[str, ...], str, str]] = {one: ((one,), *figures.titles[one]) for one in figures.categories}
    wanted |= {name: made for name, made in GROUPS.items() if name == case.settings.groups}
    for place in places.all:
        counts = figures.of.get(place.unit_id)
        if not place.reporting or counts is None:
            continue
        for group, (categories, zh, en) in wanted.items():
            names = [f"{one}_{what}" for one in categories for what in ("genuine", "installed")]
            if not all(name in counts for name in names):
                continue
            genuine, installed = (sum(counts[f"{one}_{what}"] for one in categories) for what in ("genuine", "installed"))
            yield Group(place.unit_id, place.name, group, zh, en, genuine, installed, genuine / installed if installed else None)
