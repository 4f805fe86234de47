"""Whose task a step is: holders of roles, steps nobody answers for, and the separation of duties."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from licmatch.programme.campaign_file import Case
from licmatch.programme.places import Places
from licmatch.programme.progress import Progress
from licmatch.programme.record import Fault
from licmatch.programme.workflow import Step
from licmatch.result import Result

# Roles that are never vacant: the units are there, and the teams are named by each inspection.
_ALWAYS = ("unit",)
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds which role where. `persons`: the persons named beside a holder."""

    held: Mapping[tuple[str, str], tuple[str, ...]]
    known_as: Mapping[tuple[str, str], frozenset[str]]
    persons: Mapping[tuple[str, str], tuple[str, ...]]
    upwards: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]

    def of(self, unit_id: str, role: str) -> tuple[str, ...]:
        """Return the holders of a role in a place; for identification, of the nearest place above where it has none (A7)."""
        if role == "copyright_dept":
            return next((self.held[unit, role] for unit in self.upwards[unit_id] if (unit, role) in self.held), ())
        return self.held.get((unit_id, role), ())

    def for_step(self, unit_id: str, step: Step) -> tuple[str, ...]:
        """Return who must act on a step of a place."""
        at = unit_id
        if step.level == "superior":
            # The place at the top has nobody above it and inspects itself.
            at = next(iter(self.upwards[unit_id][1:]), unit_id)
        if step.role in _ALWAYS:
            return (self.names[unit_id],)
        return self.of(at, step.role)

    def may_identify(self, unit_id: str) -> frozenset[str]:
        """Return every name a copyright department of the place or above goes by, as written for comparison."""
        return frozenset().union(*(self.known_as.get((unit, "copyright_dept"), frozenset()) for unit in self.upwards[unit_id]))


def holders_of(case: Case, places: Places) -> Holders:
    """Return the roles of a campaign, spread over the places they are held for; sorted, so that the order of records never matters."""
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    known: dict[tuple[str, str], set[str]] = defaultdict(set)
    persons: dict[tuple[str, str], set[str]] = defaultdict(set)
    for role in case.campaign.role:
        where = {*role.units, *([role.unit] if role.unit else ()), *(place.unit_id for place in places.all if role.tier == place.tier)}
        for unit in where:
            holder = role.holder.replace("{unit}", places.names[unit])
            held[unit, role.role].add(holder)
            known[unit, role.role] |= {same(name.replace("{unit}", places.names[unit])) for name in (role.holder, *role.aliases)}
            if role.person:
                persons[unit, role.role].add(role.person)
    return Holders(
        {key: tuple(sorted(names)) for key, names in held.items()},
        {key: frozenset(names) for key, names in known.items()},
        {key: tuple(sorted(names)) for key, names in persons.items()},
        {place.unit_id: places.upwards(place.unit_id) for place in places.all},
        places.names,
    )


def same(name: str) -> str:
    """Return a name as it is compared: width, blanks and case do not matter.

    >>> same("市 财政局（综合科）") == same("市财政局(综合科)")
    True
    """
    return _BLANK.sub("", normalize("NFKC", name)).casefold()


def unanswered(case: Case, places: Places, holders: Holders, progress: Mapping[str, Progress]) -> Iterator[Fault]:
    """Yield a fault for each place with steps that nobody answers for, or that nobody may propose or approve."""
    over_others = {place.above or place.unit_id for place in places.all}
    for place in places.all:
        if not place.reporting:
            continue
        roles: dict[str, list[str]] = defaultdict(list)
        for step in case.workflow.main(progress[place.unit_id].branches):
            # What is the task of the level above is asked of that level.
            if step.level == "superior" and place.unit_id not in over_others:
                continue
            for role in dict.fromkeys(one for one in (step.role, *step.with_, step.proposer, step.approver) if one and one not in _ALWAYS):
                if not holders.of(place.unit_id, role):
                    roles[role].append(step.id)
        if roles:
            steps = dict.fromkeys(step for of_role in roles.values() for step in of_role)
            yield fault("no_responsible", place.unit_id, places, roles=" ".join(roles), steps=" ".join(steps))


def not_separated(case: Case, places: Places, holders: Holders, result: Result | None, as_of: date) -> Iterator[Fault]:
    """Yield a fault for each two who must not be the same and are (REGULATION 1.3)."""
    campaign = case.campaign
    kinds = {one.kind: one.id for one in case.workflow.separations}
    for step in campaign.step:
        if step.proposed_by and step.approved_by and same(step.proposed_by) == same(step.approved_by) and _by(step.on, as_of):
            yield fault(kinds["proposer_approver"], step.unit, places, who=step.proposed_by, what=step.step)
    buyers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for contract in campaign.contract:
        if contract.bought_by and contract.signed_on <= as_of:
            buyers[_line(contract.unit, places), contract.contract_no].add(same(contract.bought_by))
    for handed in (*campaign.delivery, *campaign.distribution, *campaign.installation):
        if handed.accepted_by and handed.on <= as_of and same(handed.accepted_by) in buyers[_line(handed.unit, places), handed.contract_no]:
            yield fault(kinds["buyer_acceptor"], handed.unit, places, who=handed.accepted_by, what=handed.contract_no)
    yield from _own_teams(case, places, kinds["own_team"], as_of)
    for separation in case.workflow.separations:
        if separation.kind == "holders":
            first, second = separation.roles
            for place in places.all:
                both = set(holders.held.get((place.unit_id, first), ())) & set(holders.held.get((place.unit_id, second), ()))
                for name in sorted(both):
                    yield fault(separation.id, place.unit_id, places, who=name, what=f"{first} {second}")
    if result is not None:
        yield from _official(result, places, holders, kinds["official_verdict"])


def _line(unit: str, places: Places) -> str:
    return places.place_of.get(unit, unit)


def _own_teams(case: Case, places: Places, code: str, as_of: date) -> Iterator[Fault]:
    """A unit that is inspected has nobody in the team: neither by its own name nor as the place that is inspected by the level above."""
    for one in case.campaign.inspection:
        if one.on > as_of or one.unit not in places.by_id:
            continue
        # A city's team that names no units visits the whole place.
        visited = {*one.units, *(() if one.level == "self" else (one.unit, *(() if one.units else places[one.unit].inside)))}
        inspected = {same(text): unit for unit in sorted(visited) for text in (unit, places.names[unit])}
        for member in one.team:
            unit = inspected.get(same(member.unit))
            if unit is not None:
                yield fault(code, unit, places, who=member.name, what=one.on.isoformat())


def _official(result: Result, places: Places, holders: Holders, code: str) -> Iterator[Fault]:
    """Rulings that decided something and are not by a copyright department of the place or above."""
    unit_of: dict[str, str] = dict(result.devices.select("device_id", "unit_id").iter_rows())
    for entry in result.rulings_log:
        if entry.get("outcome") != "applied":
            continue
        unit = entry.get("unit_id") or unit_of.get(str(entry.get("device_id")))
        place = places.place_of.get(str(unit), places.all[0].unit_id)
        if same(str(entry.get("ruled_by") or "")) not in holders.may_identify(place):
            yield fault(code, place, places, who=str(entry.get("ruled_by")), what=str(entry.get("ruling_id")))


def fault(code: str, unit_id: str, places: Places, **values: object) -> Fault:
    """Return a fault with the values of its text."""
    return Fault(code, unit_id, places.names.get(unit_id, unit_id), {key: str(value) for key, value in values.items()})


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return faults once each, sorted by place, code and values."""
    return tuple(
        sorted(
            {(one.code, one.unit_id, one.unit, tuple(sorted(one.values.items()))): one for one in faults}.values(),
            key=lambda one: (one.unit_id, one.code, sorted(one.values.items())),
        )
    )


def _by(on: date | None, as_of: date) -> bool:
    return on is None or on <= as_of
