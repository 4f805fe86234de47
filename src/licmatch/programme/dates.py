"""From a programme to days: what a tier must have done by when, with every open point settled."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from licmatch.programme.programmes import Milestone, MilestoneDate, Programme
from licmatch.programme.settings import Settings

DAY = timedelta(days=1)
# A programme that asks for a report again and again stops somewhere; no calendar has more of them than this.
MOST_TIMES = 600


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day for a milestone (`closes`), the first where it has a window, and the words it comes from.

    `period` tells one time of many (2011-07); `text` is the instrument's wording; `settings` are the open points that settled the day.
    """

    milestone: Milestone
    tier: str
    closes: date
    opens: date | None = None
    period: str | None = None
    text: str = ""
    settings: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The milestone's id, with the period where it comes again: `monthly_report@2011-07`."""
        return self.milestone.id if self.period is None else f"{self.milestone.id}@{self.period}"


def deadlines(
    programme: Programme, tier: str, settings: Settings, *, starts_on: date | None = None, until: date | None = None
) -> tuple[Deadline, ...]:
    """Return the deadlines of a tier, in the programme's order. `until`: the last day that what comes again is looked at for.

    >>> from licmatch.programme.programmes import load_programme
    >>> from licmatch.programme.settings import settle
    >>> [str(one.closes) for one in deadlines(load_programme("cn-gd-zhanjiang-2005"), "county", settle({}, {"A1": "strict"}))][1:3]
    ['2005-07-10', '2005-07-30']
    """
    made: list[Deadline] = []
    for milestone in programme.milestone:
        one = next((date for date in milestone.date if date.tier == tier), None)
        if one is not None:
            made += _of(programme, milestone, one, settings, starts_on, until)
    return tuple(made)


def _of(
    programme: Programme, milestone: Milestone, one: MilestoneDate, settings: Settings, starts_on: date | None, until: date | None
) -> Iterator[Deadline]:
    if one.inherit is not None:
        if "A3" in one.settings and not settings.township_inherits:
            return
        other = next(date for date in milestone.date if date.tier == one.inherit)
        for inherited in _of(programme, milestone, other, settings, starts_on, until):
            yield Deadline(
                milestone,
                one.tier,
                inherited.closes,
                inherited.opens,
                inherited.period,
                one.text or inherited.text,
                (*one.settings, *inherited.settings),
            )
        return
    if one.every is not None:
        yield from _again(milestone, one, settings, starts_on, until)
        return
    opens, closes = _day(programme, one, settings)
    yield Deadline(milestone, one.tier, closes, opens, None, one.text, one.settings)


def _day(programme: Programme, one: MilestoneDate, settings: Settings) -> tuple[date | None, date]:
    if one.window is not None:
        return one.window
    if one.before is not None:
        target = next(milestone for milestone in programme.milestone if milestone.id == one.before)
        at = next(date for date in target.date if date.tier == one.tier)
        return None, (at.window[0] if at.window else _due(at, settings)) - DAY
    return None, _due(one, settings)


def _due(one: MilestoneDate, settings: Settings) -> date:
    assert one.due is not None
    if settings.strict_dates and one.strict_due is not None:
        return one.strict_due
    return one.due - DAY if settings.exclusive and "A2" in one.settings else one.due


def _again(milestone: Milestone, one: MilestoneDate, settings: Settings, starts_on: date | None, until: date | None) -> Iterator[Deadline]:
    start = max((day for day in (one.first, starts_on) if day is not None), default=None)
    end = min((day for day in (one.until, until) if day is not None), default=None)
    if start is None or end is None:
        return
    year, month = start.year, one.month if one.every == "year" and one.month else start.month
    for _ in range(MOST_TIMES):
        # The 30th of February is its last day.
        closes = date(year, month, min(one.day or 1, monthrange(year, month)[1]))
        if closes > end:
            return
        if closes >= start:
            last = closes - DAY if settings.exclusive and "A2" in one.settings else closes
            period = f"{year}" if one.every == "year" else f"{year}-{month:02d}"
            yield Deadline(milestone, one.tier, last, None, period, one.text, one.settings)
        year, month = (year + 1, month) if one.every == "year" else (year + month // 12, month % 12 + 1)
        if year > 9000:
            return
