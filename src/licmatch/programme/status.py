"""The board's rows: each place and milestone, done or not, late by how much, what it waits for and who must act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from licmatch.programme.campaign_file import Case
from licmatch.programme.dates import Deadline, deadlines
from licmatch.programme.duties import Holders
from licmatch.programme.places import Jurisdiction, Places
from licmatch.programme.progress import Done, Progress
from licmatch.programme.record import Row

Own = Mapping[str, tuple[Deadline, ...]]


def deadlines_of(case: Case, places: Places, as_of: date) -> dict[str, tuple[Deadline, ...]]:
    """Return the deadlines of every place: the programme's of its tier, with the office's own days laid over them."""
    campaign = case.campaign
    horizon = as_of + timedelta(days=campaign.soon_days)
    by_tier: dict[str, tuple[Deadline, ...]] = {}
    for tier in {place.calendar for place in places.all}:
        by_tier[tier] = deadlines(case.programme, tier, case.settings, starts_on=campaign.starts_on, until=horizon)
    return {place.unit_id: _with_own(case, place, by_tier[place.calendar]) for place in places.all}


def _with_own(case: Case, place: Jurisdiction, given: tuple[Deadline, ...]) -> tuple[Deadline, ...]:
    # A day for the very place goes before one for its tier.
    own = {due.milestone: due for due in case.campaign.due if due.tier == place.calendar}
    own |= {due.milestone: due for due in case.campaign.due if due.unit == place.unit_id}
    held = {one.milestone.id: one for one in given}
    made: list[Deadline] = []
    for milestone in case.programme.milestone:
        due = own.get(milestone.id)
        if due is None:
            made += [one for one in given if one.milestone.id == milestone.id]
            continue
        opens, closes = due.window or (None, due.due)
        assert closes is not None
        text = held[milestone.id].text if milestone.id in held else ""
        made.append(Deadline(milestone, place.calendar, closes, opens, None, text, ()))
    return tuple(made)


def rows_of(
    case: Case, places: Places, due: Own, progress: Mapping[str, Progress], holders: Holders, as_of: date
) -> tuple[Row, ...]:  # fmt: skip
    """Return the rows, places in their order and milestones in the programme's. The order of records never matters."""
    return tuple(
        _row(case, place, one, places, progress, holders, as_of)
        for place in places.all
        for one in due[place.unit_id]
        if not _over(one, progress[place.unit_id])
    )


def _over(deadline: Deadline, progress: Progress) -> bool:
    """A report that comes again is not asked for any more once the target was reached before its period closed."""
    return deadline.period is not None and progress.target is not None and progress.target.on < deadline.closes


def _row(
    case: Case, place: Jurisdiction, deadline: Deadline, places: Places, progress: Mapping[str, Progress], holders: Holders, as_of: date
) -> Row:  # fmt: skip
    milestone = deadline.milestone
    # A town inside its county is covered by what the county did, where it has no record of its own; that all is genuine there has to be
    # seen there.
    alone = place.reporting or place.above is None or milestone.target
    through = [place.unit_id] if alone or place.above is None else [place.unit_id, place.above]
    done = next((found for found in (reached(deadline, progress[unit]) for unit in through) if found is not None), None)
    acting = place if place.reporting or place.above is None else places[place.above]
    own, mine = progress[acting.unit_id], progress[place.unit_id]
    part, whole = mine.parts.get(milestone.step or "") or (None, None)
    known = milestone.target and mine.against_target is not None
    begun = any(milestone.step in progress[unit].begun for unit in through) if milestone.step else known
    status = status_of(done.on if done else None, deadline.closes, begun, as_of, case.campaign.soon_days)
    blocked, who = _waiting(case, acting, milestone.step or milestone.after, own, holders) if done is None else ((), ())
    return Row(
        place.unit_id, place.name, place.tier, deadline.id, milestone.zh, milestone.en, milestone.step, deadline.opens, deadline.closes,
        done.on if done else None, status, *_days(done, deadline.closes, as_of), part, whole, blocked, who,
        done.document_no if done else None, deadline.text, deadline.settings,
    )  # fmt: skip


def reached(deadline: Deadline, progress: Progress) -> Done | None:
    """Return when a milestone was reached, None where it was not."""
    milestone = deadline.milestone
    if milestone.step is not None:
        return progress.done.get(milestone.step)
    if milestone.submission is not None:
        return progress.papers.get((milestone.submission, deadline.period))
    return progress.target


def status_of(done_on: date | None, due: date, begun: bool, as_of: date, soon_days: int) -> str:
    """Return the status: overdue and begun is `late`, overdue and nothing recorded at all is `missing`.

    >>> status_of(date(2005, 7, 2), date(2005, 6, 30), True, date(2005, 8, 1), 7)
    'done_late'
    >>> status_of(None, date(2005, 6, 30), False, date(2005, 6, 25), 7)
    'due_soon'
    """
    if done_on is not None:
        return "done" if done_on <= due else "done_late"
    if as_of <= due:
        return "due_soon" if (due - as_of).days <= soon_days else "not_due"
    return "late" if begun else "missing"


def _days(done: Done | None, due: date, as_of: date) -> tuple[int | None, int | None]:
    """Days late, and days left; neither where it was done in time."""
    if done is not None:
        return ((done.on - due).days if done.on > due else None), None
    return ((as_of - due).days, None) if as_of > due else (None, (due - as_of).days)


def _waiting(
    case: Case, place: Jurisdiction, step: str | None, progress: Progress, holders: Holders
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What must be done first, and who must act: on that, or on the step itself."""
    if step is None:
        # The target and papers that stand outside the workflow: the office of the group answers for them.
        return (), holders.of(place.unit_id, "group_office")
    done = case.workflow.done(progress.done)
    if step in done:
        return (), holders.of(place.unit_id, "group_office")
    first = case.workflow.blockers(step, done, progress.branches)
    acting = first or (case.workflow.steps[step],)
    who = [name for one in acting for name in holders.for_step(place.unit_id, one)]
    return tuple(one.id for one in first), tuple(dict.fromkeys(who))
