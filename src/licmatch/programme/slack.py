"""Whether the calendar can be kept: days between one deadline of a tier and the next, and the steps that must fit between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from licmatch.programme.campaign_file import Case
from licmatch.programme.dates import Deadline, deadlines
from licmatch.programme.record import Slack
from licmatch.programme.workflow import Workflow

ISSUED = "issued"


def slack_of(case: Case) -> tuple[Slack, ...]:
    """Return the slack of every tier of the programme, under the settings chosen.

    A deadline is held against the latest earlier one of a milestone that must come before it by the workflow, else against the day
    of issue. `needed` is the longest chain of steps between the two, a day each unless `least_days` says more.
    """
    made: list[Slack] = []
    for tier in case.programme.tiers:
        made += _of_tier(case, tier, deadlines(case.programme, tier, case.settings))
    return tuple(made)


def _of_tier(case: Case, tier: str, due: tuple[Deadline, ...]) -> Iterator[Slack]:
    workflow, issued = case.workflow, case.programme.issued
    own = {milestone.id for milestone in case.programme.milestone for date in milestone.date if date.tier == tier and date.inherit is None}
    # A tier that goes with another one has that one's slack.
    stepped = [one for one in due if one.milestone.step is not None and one.period is None and one.milestone.id in own]
    already = frozenset(case.programme.already.get(tier, ()))
    for one in stepped:
        step = one.milestone.step or ""
        earlier = [other for other in stepped if other.milestone.step in workflow.before[step]]
        # Of the milestones before it the last one in the workflow, not in the calendar: a calendar may be out of order.
        latest = max(earlier, key=lambda other: list(workflow.steps).index(other.milestone.step or ""), default=None)
        start: tuple[str, date, str] | None = None
        if latest is not None:
            start = latest.id, latest.closes, latest.milestone.step or ""
        elif issued is not None:
            start = ISSUED, issued, "planned"
        if start is None:
            continue
        between = tuple(one for one in _between(workflow, start[2], step) if one not in already)
        needed = _longest(workflow, between, step, case.campaign.least_days)
        days = (one.closes - start[1]).days
        yield Slack(tier, start[0], start[1], one.id, one.closes, days, between, needed, days >= needed)


def _between(workflow: Workflow, start: str, end: str) -> tuple[str, ...]:
    """The steps after one and up to another, in order; of alternatives only the ordinary one."""
    within = workflow.before[end] - workflow.before[start] - {start} | {end}
    return tuple(step.id for step in workflow.main() if step.id in within)


def _longest(workflow: Workflow, steps: tuple[str, ...], end: str, least: Mapping[str, int]) -> int:
    length: dict[str, int] = {}
    for step in steps:
        before = max((length[one] for one in workflow.steps[step].after if one in length), default=0)
        length[step] = before + least.get(step, 1)
    return length[end]
