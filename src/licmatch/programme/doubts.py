"""What does not go together: papers with records, records with each other and with the result, the result with the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from licmatch.programme.acceptance import NOT_MET
from licmatch.programme.campaign_file import Case
from licmatch.programme.duties import fault
from licmatch.programme.figures import Figures
from licmatch.programme.places import Places
from licmatch.programme.progress import Progress
from licmatch.programme.record import Fault, Place
from licmatch.programme.rubric import Rubric
from licmatch.result import Result


def out_of_order(case: Case, places: Places, progress: Mapping[str, Progress]) -> Iterator[Fault]:
    """A step that is recorded although one before it is not, or was done only later."""
    for place in places.all:
        own = progress[place.unit_id]
        done = case.workflow.done(own.done)
        going = {step.id for step in case.workflow.main(own.branches)}
        for step in case.workflow.steps.values():
            # That a survey goes on is told by its forms, not by a record that could be out of order.
            if step.id not in own.done or step.id == "surveying" or not place.reporting:
                continue
            for before in step.after:
                if before not in going:
                    continue
                if before not in done:
                    yield fault("step_missing", place.unit_id, places, step=step.id, before=before)
                # A group may be older than the plan that asks for it.
                elif before != "planned" and before in own.done and own.done[before].on > own.done[step.id].on:
                    yield fault(
                        "step_too_early",
                        place.unit_id,
                        places,
                        step=step.id,
                        before=before,
                        on=own.done[step.id].on,
                        later=own.done[before].on,
                    )


def doubts(
    case: Case,
    places: Places,
    figures: Figures,
    progress: Mapping[str, Progress],
    standing: tuple[Place, ...],
    result: Result | None,
    as_of: date,
    rubric: Rubric | None,
) -> Iterator[Fault]:
    """What does not go together: papers with records, records with the result, the result with the settings."""
    campaign = case.campaign
    silent = [unit for unit in places.addressees if _silent(unit, places, progress)]
    if silent:
        yield fault("not_heard_from", places.all[0].unit_id, places, count=len(silent), units=_some(places, tuple(silent)))
    for place in standing:
        own = progress[place.unit_id]
        if "surveyed" in own.done and place.missing_units:
            yield fault(
                "reporters_missing", place.unit_id, places, count=len(place.missing_units), units=_some(places, place.missing_units)
            )
        if ("target_met", None) in own.papers and own.against_target:
            yield fault("target_contradicted", place.unit_id, places, count=own.against_target)
        if "accepted" in own.done and place.acceptance == NOT_MET:
            yield fault("accepted_against", place.unit_id, places, by=place.acceptance_by)
        if "re_inspected" in own.done and not own.branches:
            yield fault("nothing_to_rectify", place.unit_id, places)
    for group in campaign.group:
        roles = {member.role for member in group.member if member.role}
        lacking = [role for role in ("copyright_dept", "finance_dept", "it_dept") if role not in roles]
        if not any(member.head for member in group.member):
            lacking.insert(0, "head")
        if not group.office:
            lacking.append("group_office")
        if lacking and group.established_on <= as_of:
            yield fault("group_incomplete", group.unit, places, lacking=" ".join(lacking))
        if not group.document_no and group.established_on <= as_of:
            yield fault("no_document", group.unit, places, step="group_established")
    for unit, step in sorted({(one.unit, one.step) for one in campaign.step if one.on is not None and one.on > as_of}):
        yield fault("in_the_future", unit, places, step=step)
    known = {place.unit_id for place in places.all}
    for name in ("step", "group", "inspection", "submission"):
        for record in getattr(campaign, name):
            if record.unit not in known:
                yield fault("no_place", record.unit, places, record=name)
    if rubric is not None:
        asked = {one.name for one in rubric.input}
        for count in campaign.count:
            if count.input not in asked:
                yield fault("unknown_input", count.unit, places, input=count.input)
    if figures.elsewhere:
        yield fault("devices_elsewhere", places.all[0].unit_id, places, count=figures.elsewhere)
    yield from _scope(case, places, result)


def _silent(unit: str, places: Places, progress: Mapping[str, Progress]) -> bool:
    """Nothing at all is known from an addressee of the plan (R01)."""
    own = progress.get(unit)
    if own is None:
        return unit not in progress[places.all[0].unit_id].reported
    return not (own.begun.keys() - {"planned"} or own.papers or own.reported)


def _scope(case: Case, places: Places, result: Result | None) -> Iterator[Fault]:
    """Devices that the result counts although the setting A10 does not, by what the devices table calls them."""
    if result is None or "in_scope" not in result.devices.columns:
        return
    counted = result.devices.filter("in_scope").group_by("in_use").len().sort("in_use")
    for word, number in counted.iter_rows():
        if word is not None and str(word).strip().casefold() in case.settings.not_counted:
            yield fault("counted_out_of_use", places.all[0].unit_id, places, word=word, count=number)


def _some(places: Places, units: tuple[str, ...], most: int = 8) -> str:
    shown = "、".join(places.names[unit] for unit in units[:most])
    return shown if len(units) <= most else f"{shown} …"
