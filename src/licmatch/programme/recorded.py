"""Counts that the records of a campaign give to the rubric, as `record.<name>`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from licmatch.programme.campaign import Campaign, TrainingRecord, paper_kind
from licmatch.programme.campaign_file import Case
from licmatch.programme.dates import Deadline
from licmatch.programme.duties import Holders
from licmatch.programme.goods import over_cap
from licmatch.programme.places import Jurisdiction
from licmatch.programme.progress import Progress, first_sessions


def record_counts(
    case: Case, place: Jurisdiction, progress: Progress, due: Iterable[Deadline], holders: Holders, as_of: date
) -> dict[str, int]:  # fmt: skip
    """Return the counts of a place. A kind of record that the file could hold and does not is 0: nothing was done."""
    campaign, inside = case.campaign, set(place.inside)
    kinds = {kind for kind, _ in progress.papers}
    counts = {
        "roster_submitted": int("roster" in kinds),
        "owner_named": int(bool(holders.persons.get((place.unit_id, "group_office")))),
        "group_missing": int("group_established" not in progress.done),
        "units_reported": len(progress.reported),
        "units_expected": len(place.units),
        "submissions_made": int("self_inspected" in progress.done) + len(kinds & {"summary_form", "work_summary"}),
        "policies_in_force": sum(
            document.unit == place.unit_id and paper_kind(document.kind, case.programme.forms) in ("policy", "制度")
            and (document.issued_on is None or document.issued_on <= as_of) and (document.ends_on is None or document.ends_on >= as_of)
            for document in campaign.document
        ),
        "ledgers_current": len({
            ledger.kind for ledger in campaign.ledger
            if ledger.unit == place.unit_id and as_of - timedelta(days=campaign.ledger_days) <= ledger.updated_on <= as_of
        }),
        "price_cap_breaches": sum(one.unit in inside and one.signed_on <= as_of and over_cap(one) is not None for one in campaign.contract),
        **_training(campaign, inside, due, as_of),
        **_issues(campaign, inside, as_of),
        **_purchase(campaign, inside, as_of),
    }  # fmt: skip
    # Without a contract there is no price that could have kept to a cap.
    if not any(one.unit in inside and one.signed_on <= as_of for one in campaign.contract):
        del counts["price_cap_breaches"]
    return {f"record.{name}": value for name, value in counts.items()}


def _training(campaign: Campaign, inside: set[str], due: Iterable[Deadline], as_of: date) -> dict[str, int]:
    """Topics whose first session lies in the window; without a window, by the last day; without either, at all."""
    first = first_sessions(campaign, inside, as_of)
    window = next((one for one in due if one.milestone.step == "trained"), None)
    within = [
        session for session in campaign.training
        if session.unit in inside and session.on <= as_of
        and (window is None or (session.on <= window.closes and (window.opens is None or session.on >= window.opens)))
    ]  # fmt: skip
    sessions = [one for one in campaign.training if one.unit in inside and one.on <= as_of]
    timely = first_sessions(_only(campaign, within), inside, as_of)
    return {
        "topics_trained": len(first),
        "topics_trained_in_window": len(timely),
        "trainees": sum(one.attended for one in sessions),
        "trainees_expected": sum(one.expected for one in sessions),
    }


def _only(campaign: Campaign, sessions: Iterable[TrainingRecord]) -> Campaign:
    return msgspec.structs.replace(campaign, training=tuple(sessions))


def _issues(campaign: Campaign, inside: set[str], as_of: date) -> dict[str, int]:
    found = [one for one in campaign.issue if one.unit in inside and one.found_on <= as_of]
    return {"issues_found": len(found), "issues_closed": sum(one.closed_on is not None and one.closed_on <= as_of for one in found)}


def _purchase(campaign: Campaign, inside: set[str], as_of: date) -> dict[str, int]:
    """What was bought of each product against what was verified; nothing where nothing was verified: then nobody knows."""
    wanted: dict[str, int] = defaultdict(int)
    for need in campaign.quantity:
        if need.unit in inside:
            wanted[need.product] += need.to_buy
    if not any(need.unit in inside for need in campaign.quantity):
        return {}
    bought: dict[str, int] = defaultdict(int)
    for contract in campaign.contract:
        if contract.unit in inside and contract.signed_on <= as_of:
            bought[contract.product] += contract.quantity
    error = sum(abs(bought.get(product, 0) - wanted.get(product, 0)) for product in wanted.keys() | bought.keys())
    return {"purchase_error": error, "purchase_to_buy": sum(wanted.values())}
