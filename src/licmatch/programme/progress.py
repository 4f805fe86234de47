"""What the records say was done by a day: for each place and step the day it was done, when it was begun, and how far it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from licmatch.programme.campaign import TOPIC_WORDS, TOPICS, Campaign, SubmissionRecord, paper_kind
from licmatch.programme.campaign_file import Case
from licmatch.programme.figures import Counts, Figures
from licmatch.programme.places import Jurisdiction, Places


@dataclass(frozen=True, slots=True)
class Done:
    """When something was done, and the paper that says so."""

    on: date
    document_no: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one place: steps done and begun, how far each is (`part` of `whole`), papers handed up by kind and period, and the branch."""

    done: Mapping[str, Done]
    begun: Mapping[str, date]
    parts: Mapping[str, tuple[int, int]]
    papers: Mapping[tuple[str, str | None], Done]
    reported: frozenset[str]  # units that handed in their form
    target: Done | None
    against_target: int | None  # copies that stand against the target in the result; None: nobody knows
    branches: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    done: dict[str, Done] = field(default_factory=dict)
    begun: dict[str, date] = field(default_factory=dict)
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def do(self, step: str, on: date, document_no: str | None = None) -> None:
        """Keep the earliest day, and the paper of that day; of two the first in order, so that the order of records never matters."""
        held = self.done.get(step)
        if held is None or (on, document_no or "\uffff") < (held.on, held.document_no or "\uffff"):
            self.done[step] = Done(on, document_no)
        self.begin(step, on)

    def begin(self, step: str, on: date) -> None:
        self.begun[step] = min(on, self.begun.get(step, on))


def progress_of(case: Case, places: Places, figures: Figures, as_of: date) -> dict[str, Progress]:
    """Return the progress of every place by a day; what is recorded for a later day is not done yet."""
    return {place.unit_id: _of_place(case, place, figures, as_of) for place in places.all}


def _of_place(case: Case, place: Jurisdiction, figures: Figures, as_of: date) -> Progress:
    campaign, here, found = case.campaign, place.unit_id, _Found()
    inside = set(place.inside)
    target: list[Done] = []
    if case.programme.issued is not None and case.programme.issued <= as_of:
        found.do("planned", case.programme.issued)
        for done_before in case.programme.already.get(place.calendar, ()):
            found.do(done_before, case.programme.issued)
    for step in campaign.step:
        if step.unit != here:
            continue
        if step.on is not None and step.on <= as_of:
            found.do(step.step, step.on, step.document_no)
        elif step.started_on is not None and step.started_on <= as_of:
            found.begin(step.step, step.started_on)
    for group in campaign.group:
        if group.unit == here and group.established_on <= as_of:
            found.do("group_established", group.established_on, group.document_no)
    reported = _reports(campaign, place, figures, as_of, found)
    _training(campaign, inside, as_of, found)
    _goods(campaign, inside, as_of, found)
    papers = _papers(case, here, as_of)
    both = [papers.get((kind, None)) for kind in ("summary_form", "work_summary")]
    for paper in both:
        if paper is not None:
            found.begin("reported", paper.on)
    if both[0] is not None and both[1] is not None:
        found.do("reported", max(both[0].on, both[1].on), both[0].document_no)
    branches = _inspections(campaign, here, as_of, found)
    against = _against_target(figures.of.get(here), figures.categories)
    declared = papers.get(("target_met", None))
    if figures.day is not None and against == 0:
        target.append(Done(figures.day))
    # What a place says of itself holds until a scan says otherwise.
    if declared is not None and not against:
        target.append(declared)
    return Progress(
        dict(found.done),
        dict(found.begun),
        dict(found.parts),
        papers,
        reported,
        min(target, key=lambda one: one.on, default=None),
        against,
        branches,
    )


def _reports(campaign: Campaign, place: Jurisdiction, figures: Figures, as_of: date, found: _Found) -> frozenset[str]:
    """A unit has reported when its form is there, or when its computers are in the result."""
    first: dict[str, date] = {}
    for report in campaign.report:
        if report.on <= as_of:
            first[report.unit] = min(report.on, first.get(report.unit, report.on))
    if figures.day is not None and figures.day <= as_of:
        for unit in figures.with_devices:
            first.setdefault(unit, figures.day)
    wanted = [unit for unit in place.units if unit in first]
    if place.units:
        found.parts["surveyed"] = (len(wanted), len(place.units))
    if wanted:
        found.begin("surveying", min(first[unit] for unit in wanted))
        found.begin("surveyed", min(first[unit] for unit in wanted))
        # Who has forms has a survey under way, whether or not somebody wrote that down.
        found.do("surveying", min(first[unit] for unit in wanted))
    if wanted and len(wanted) == len(place.units):
        found.do("surveyed", max(first[unit] for unit in wanted))
    if "surveyed" in found.done:
        found.do("surveying", found.done["surveyed"].on)
    return frozenset(wanted)


def first_sessions(campaign: Campaign, inside: Iterable[str], as_of: date) -> dict[str, date]:
    """Return for each topic the day it was first trained in a place."""
    units, first = set(inside), dict[str, date]()
    for session in campaign.training:
        if session.unit in units and session.on <= as_of:
            for word in session.topics:
                topic = TOPIC_WORDS.get(word, word)
                first[topic] = min(session.on, first.get(topic, session.on))
    return first


def _training(campaign: Campaign, inside: set[str], as_of: date, found: _Found) -> None:
    first = first_sessions(campaign, inside, as_of)
    if first:
        found.begin("trained", min(first.values()))
        found.parts["trained"] = (len(first), len(TOPICS))
    if len(first) == len(TOPICS):
        found.do("trained", max(first.values()))


def _goods(campaign: Campaign, inside: set[str], as_of: date, found: _Found) -> None:
    """Contracts, deliveries and receipts carry their step with them: contracted, delivered, distributed, installed."""
    signed = [one for one in campaign.contract if one.unit in inside and one.signed_on <= as_of]
    if not signed:
        return
    found.do("contracted", min(one.signed_on for one in signed))
    bought: dict[tuple[str, str], int] = defaultdict(int)
    for one in signed:
        bought[one.contract_no, one.product] += one.quantity
    for step, records in (("delivered", campaign.delivery), ("distributed", campaign.distribution), ("installed", campaign.installation)):
        there = sorted((one.on, one.contract_no, one.product, one.quantity) for one in records if one.unit in inside and one.on <= as_of)
        if not there:
            continue
        found.begin(step, there[0][0])
        come: dict[tuple[str, str], int] = defaultdict(int)
        for on, contract_no, product, quantity in there:
            come[contract_no, product] += quantity
            if all(come[line] >= count for line, count in bought.items()):
                found.do(step, on)
                break
        found.parts[step] = (sum(min(come[line], count) for line, count in bought.items()), sum(bought.values()))


def _papers(case: Case, here: str, as_of: date) -> dict[tuple[str, str | None], Done]:
    papers: dict[tuple[str, str | None], Done] = {}
    for paper in sorted((one for one in case.campaign.submission if one.unit == here and one.on <= as_of), key=_paper_order):
        papers.setdefault((paper_kind(paper.what, case.programme.forms), paper.period), Done(paper.on, paper.document_no))
    return papers


def _paper_order(paper: SubmissionRecord) -> tuple[date, str]:
    return paper.on, paper.document_no or "\uffff"


def _inspections(campaign: Campaign, here: str, as_of: date, found: _Found) -> tuple[str, ...]:
    """Inspections carry their steps, and the last of the first round says whether there is something to rectify."""
    branches: tuple[str, ...] = ()
    for one in sorted(
        (one for one in campaign.inspection if one.unit == here and one.on <= as_of), key=lambda one: (one.on, one.outcome or "")
    ):
        step = "self_inspected" if one.level == "self" else "re_inspected" if one.again else "city_inspected"
        found.begin(step, one.on)
        if one.level == "self" or one.outcome is not None:
            found.do(step, one.on, one.document_no)
        if step == "city_inspected" and one.outcome == "rectify":
            branches = ("rectify",)
        if step == "re_inspected" and one.outcome == "passed":
            found.do("rectifying", one.on)
    return branches


def _against_target(counts: Counts | None, categories: Iterable[str]) -> int | None:
    """Copies that are not genuine or not settled, of the place's own level; None where the result does not know the place."""
    if counts is None or not counts.get("in_use"):
        return None
    return sum(counts.get(f"{one}_{state}", 0) for one in categories for state in ("not_genuine", "undetermined", "open_names"))
