"""Reading a campaign: the file, its programme and its units, checked against each other; every fault with file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.errors import InputError
from licmatch.programme.campaign import LEVELS, OF_A_UNIT, OUTCOMES, TOPIC_WORDS, TOPICS, Campaign, TrainingRecord
from licmatch.programme.programmes import Programme, load_programme
from licmatch.programme.reading import Fault, Place, Source, all_faults, from_mapping, read_toml
from licmatch.programme.settings import Settings, settle
from licmatch.programme.workflow import Workflow, load_workflow

WHAT = "the campaign"
_NOT_NEGATIVE = ("quantity", "to_buy", "expected", "attended", "unit_price", "amount", "software_cost", "work_cost", "computers", "passed")


@dataclass(frozen=True, slots=True)
class Case:
    """A campaign with what it refers to. `units`: the columns of `schema.UNITS`, or None where the result is to bring them."""

    campaign: Campaign
    programme: Programme
    settings: Settings
    workflow: Workflow
    units: pl.DataFrame | None
    source: Source


def load_campaign(campaign: Case | Campaign | Mapping[str, Any] | str | Path) -> Case:
    """Return a campaign with its programme, settings, workflow and units. Raises InputError that lists every fault with its line."""
    if isinstance(campaign, Case):
        return campaign
    folder = Path()
    if isinstance(campaign, Campaign):
        made, source = campaign, Source(WHAT, "")
    elif isinstance(campaign, Mapping):
        made, source = from_mapping(campaign, Campaign, WHAT)
    else:
        made, source = read_toml(Path(campaign), Campaign, WHAT)
        folder = Path(campaign).parent
    programme = load_programme(folder / made.programme if made.programme.endswith(".toml") else made.programme)
    settings = settle(programme.settings, made.settings, source)
    workflow = load_workflow(settings.before)
    all_faults(WHAT, source, _faults(made, programme, workflow))
    return Case(made, programme, settings, workflow, _units(made, folder, source), source)


def check_units(case: Case, known: set[str]) -> None:
    """Raise InputError where a record names a unit that is not in the tree."""
    all_faults(WHAT, case.source, _unknown_units(case.campaign, known))


def _units(campaign: Campaign, folder: Path, source: Source) -> pl.DataFrame | None:
    if campaign.unit and campaign.units:
        raise source.fault(WHAT, ("units",), "units are either a table of their own or [[unit]]")
    if campaign.units:
        from licmatch.ingest.frames import read_frame

        frame, rejected = read_frame("units", folder / campaign.units)
        if rejected.height:
            line, reason = rejected.row(0, named=True)["line"], rejected.row(0, named=True)["reason"]
            raise InputError(f"{WHAT}: the units table has rows that cannot be used, the first in line {line}: {reason}")
        return frame
    if not campaign.unit:
        return None
    rows = [(one.unit_id, one.parent_id, one.name, one.tier, one.org_type) for one in campaign.unit]
    return pl.DataFrame(rows, schema=dict.fromkeys(("unit_id", "parent_id", "name", "tier", "org_type"), pl.String), orient="row")


def _faults(campaign: Campaign, programme: Programme, workflow: Workflow) -> Iterator[Fault]:
    for number, step in enumerate(campaign.step):
        if step.step not in workflow.steps:
            yield ("step", number, "step"), f"the workflow has no step {step.step!r}; known: {', '.join(workflow.steps)}"
        if step.on is None and step.started_on is None:
            yield ("step", number), "a step has a day: on, or started_on"
        if step.on is not None and step.started_on is not None and step.on < step.started_on:
            yield ("step", number), "done before it was begun"
    for number, role in enumerate(campaign.role):
        if role.role not in workflow.roles:
            yield ("role", number, "role"), f"there is no role {role.role!r}; known: {', '.join(workflow.roles)}"
        if sum((role.unit is not None, bool(role.units), role.tier is not None)) != 1:
            yield ("role", number), "one of unit, units and tier says where"
        if not role.holder.strip():
            yield ("role", number, "holder"), "nobody holds it"
    for number, due in enumerate(campaign.due):
        if due.milestone not in {one.id for one in programme.milestone}:
            yield ("due", number, "milestone"), f"the programme has no milestone {due.milestone!r}"
        if (due.unit is None) == (due.tier is None) or (due.due is None) == (due.window is None):
            yield ("due", number), "a day of your own names a unit or a tier, and has due or window"
        if due.window is not None and due.window[0] > due.window[1]:
            yield ("due", number, "window"), "the window ends before it begins"
    for number, session in enumerate(campaign.training):
        for told in _session_faults(session):
            yield ("training", number), told
    for number, inspection in enumerate(campaign.inspection):
        if inspection.level not in LEVELS or inspection.outcome not in (None, *OUTCOMES):
            yield ("inspection", number), f"level is one of {', '.join(LEVELS)}; outcome one of {', '.join(OUTCOMES)}"
        if inspection.passed > inspection.computers:
            yield ("inspection", number, "passed"), "more passed than were looked at"
    for step_id, days in campaign.least_days.items():
        if step_id not in workflow.steps or days < 0:
            yield ("least_days", step_id), f"{step_id!r} is no step, or its days are negative"
    if not 0 <= campaign.soon_days <= 3660 or not 0 <= campaign.ledger_days <= 36600:
        yield ("soon_days",), "days are not negative"
    if campaign.work_rate is not None and not 0 <= campaign.work_rate <= 1:
        yield ("work_rate",), "the rate of work lies between 0 and 1"
    for name in OF_A_UNIT:
        for number, record in enumerate(getattr(campaign, name)):
            for key in _NOT_NEGATIVE:
                if getattr(record, key, 0) < 0:
                    yield (name, number, key), f"{key} is negative"
    for number, count in enumerate(campaign.count):
        if not isinstance(count.value, bool) and count.value < 0:
            yield ("count", number, "value"), "a count is not negative"


def _session_faults(session: TrainingRecord) -> Iterator[str]:
    unknown = [topic for topic in session.topics if TOPIC_WORDS.get(topic, topic) not in TOPICS]
    if unknown:
        yield f"topic {unknown[0]!r} is not one of {', '.join(TOPICS)} ({', '.join(TOPIC_WORDS)})"
    if session.attended > session.expected > 0:
        yield "more came than were expected"


def _unknown_units(campaign: Campaign, known: set[str]) -> Iterator[Fault]:
    def told(path: Place, unit: str | None) -> Iterator[Fault]:
        if unit is not None and unit not in known:
            yield path, f"there is no unit {unit!r}"

    for name in (*OF_A_UNIT, "role", "due"):
        for number, record in enumerate(getattr(campaign, name)):
            yield from told((name, number, "unit"), record.unit)
    for number, role in enumerate(campaign.role):
        for unit in role.units:
            yield from told(("role", number, "units"), unit)
    for number, inspection in enumerate(campaign.inspection):
        for unit in inspection.units:
            yield from told(("inspection", number, "units"), unit)
    for number, handed in enumerate(campaign.distribution):
        yield from told(("distribution", number, "to"), handed.to)
    for unit in campaign.tier_of:
        yield from told(("tier_of", unit), unit)
