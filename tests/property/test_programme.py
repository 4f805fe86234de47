"""Board and rubric: the order of records never matters, an earlier day never worsens, points stay in bounds and are monotone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from licmatch.programme import STATUSES, board, load_rubric, load_workflow
from licmatch.programme.points import Known, Reached, score

FIRST = date(2005, 6, 13)
DAYS = st.integers(0, 170).map(lambda number: FIRST + timedelta(days=number))
UNITS: list[dict[str, Any]] = [
    {"unit_id": "C", "name": "市", "tier": "city"},
    {"unit_id": "C1", "name": "局", "parent_id": "C"},
    {"unit_id": "K", "name": "县", "parent_id": "C", "tier": "county"},
    {"unit_id": "K1", "name": "县局", "parent_id": "K"},
    {"unit_id": "T", "name": "镇", "parent_id": "K", "tier": "township"},
]
PLACES = st.sampled_from(["C", "K", "T"])
LISTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "step": st.fixed_dictionaries({"unit": PLACES, "step": st.sampled_from(list(load_workflow().steps)), "on": DAYS}),
    "report": st.fixed_dictionaries({"unit": st.sampled_from(["C1", "K1", "T"]), "on": DAYS}),
    "group": st.fixed_dictionaries({"unit": PLACES, "established_on": DAYS, "document_no": st.sampled_from(["1号", "2号"])}),
    "training": st.fixed_dictionaries(
        {
            "unit": PLACES,
            "on": DAYS,
            "topics": st.lists(st.sampled_from(["著作权保护", "operation", "软件资产管理"]), min_size=1, max_size=3),
        }
    ),
    "submission": st.fixed_dictionaries(
        {"unit": PLACES, "what": st.sampled_from(["工作总结", "summary_form", "roster", "target_met"]), "on": DAYS}
    ),
    "contract": st.fixed_dictionaries(
        {
            "unit": PLACES,
            "contract_no": st.sampled_from("ab"),
            "product": st.just("P"),
            "quantity": st.integers(1, 9),
            "unit_price": st.just(Decimal(5)),
            "signed_on": DAYS,
        }
    ),
    "distribution": st.fixed_dictionaries(
        {"unit": PLACES, "contract_no": st.sampled_from("ab"), "product": st.just("P"), "quantity": st.integers(1, 9), "on": DAYS}
    ),
    "inspection": st.fixed_dictionaries(
        {
            "unit": PLACES,
            "on": DAYS,
            "level": st.sampled_from(["self", "city"]),
            "outcome": st.sampled_from([None, "passed", "rectify"]),
            "again": st.booleans(),
        }
    ),
}
RECORDS = st.fixed_dictionaries({name: st.lists(one, max_size=6) for name, one in LISTS.items()})
DAY_OF = {"group": "established_on", "contract": "signed_on"}
# Goods are asked to be complete: a contract signed earlier asks for more, so only what is not set against it can be earlier alone.
MOVED = ("step", "report", "group", "training", "submission", "distribution")


def made(records: dict[str, Any], as_of: date) -> Any:
    return board({"schema": 1, "programme": "cn-gd-zhanjiang-2005", "rubric": "licmatch-demo-100", "unit": UNITS, **records}, as_of=as_of)


@settings(max_examples=40)
@given(RECORDS, DAYS, st.randoms(use_true_random=False))
def test_the_order_of_records_never_matters(records, as_of, random):
    shuffled = {name: random.sample(list(rows), len(rows)) for name, rows in records.items()}
    assert made(records, as_of) == made(shuffled, as_of)


@settings(max_examples=60)
@given(RECORDS, DAYS, st.data())
def test_an_earlier_day_never_worsens_a_status(records, as_of, data):
    names = [name for name in MOVED if records[name]]
    if not names:
        return
    name = data.draw(st.sampled_from(names))
    number = data.draw(st.integers(0, len(records[name]) - 1))
    key = DAY_OF.get(name, "on")
    earlier = {**records, name: [dict(row) for row in records[name]]}
    earlier[name][number][key] -= timedelta(days=data.draw(st.integers(1, 60)))
    before, after = made(records, as_of), made(earlier, as_of)
    assert [(row.unit_id, row.milestone) for row in before.rows] == [(row.unit_id, row.milestone) for row in after.rows]
    for old, new in zip(before.rows, after.rows, strict=True):
        assert STATUSES.index(new.status) <= STATUSES.index(old.status), (old, new)


RUBRIC = load_rubric()
ITEMS = [item for section in RUBRIC.section for item in section.item]
COUNTS = sorted({name.removeprefix("-") for one in RUBRIC.input for name in (*one.value, *one.bad, *one.good)})
BY_HAND = ("identity_errors", "falsified_records", "new_devices", "new_devices_with_oem_os", "assets_booked", "assets_bookable")
INPUTS = tuple(sorted({name for item in ITEMS for name in item.inputs()}))


@st.composite
def places(draw: st.DrawFn) -> Known:
    counts = {name: draw(st.integers(0, 30)) for name in COUNTS if draw(st.integers(0, 4))}
    by_hand = {name: draw(st.integers(0, 3)) for name in BY_HAND if draw(st.booleans())}
    done = frozenset(draw(st.sets(st.sampled_from(["quantity_verified", "finance_reviewed", "government_approved", "budgeted"]))))
    reached = st.builds(Reached, st.booleans(), st.integers(0, 40), st.booleans())
    return Known(
        "u",
        "U",
        draw(st.sampled_from(["city", "county", "township"])),
        counts,
        by_hand,
        done,
        {"group_established": draw(reached), "surveyed": draw(reached)},
        draw(st.sampled_from([date(2005, 6, 13), date(2014, 1, 1)])),
        draw(st.booleans()),
    )


@settings(max_examples=200)
@given(places())
def test_points_lie_between_0_and_100_and_between_their_ends(known):
    told = score(RUBRIC, known)
    if told.points is None:
        return
    assert 0 <= told.low <= told.points <= told.high <= 100
    assert all(0 <= item.low <= item.points <= item.high <= 100 for item in told.items)


@settings(max_examples=200)
@given(places())
def test_what_does_not_apply_gives_its_points_away_so_that_100_can_be_reached(known):
    told = score(RUBRIC, known)
    if told.points is not None:
        assert abs(sum(item.most for item in told.items) - 100) < Decimal("0.001")


def by_hand(values: dict[str, int]) -> Known:
    """A place of which every input is known: what moves one input moves nothing else."""
    return Known("u", "U", "township", {}, values, frozenset(), {}, date(2014, 1, 1))


# More of these is better, and more of those is worse, all else being equal.
BETTER = (
    "os_genuine",
    "units_reported",
    "ledger_match",
    "trainees",
    "policies_in_force",
    "issues_closed",
    "topics_trained_in_window",
    "roster_submitted",
)
WORSE = ("identity_errors", "overdeployed_licences", "purchase_error", "price_cap_breaches", "falsified_records", "cracked_after_deadline")


@settings(max_examples=100)
@given(
    st.fixed_dictionaries({name: st.integers(0, 20) for name in (*INPUTS, "falsified_records", "cracked_after_deadline", "group_missing")}),
    st.sampled_from([*BETTER, *WORSE]),
    st.integers(1, 9),
)
def test_points_are_monotone(values, name, more):
    before, after = score(RUBRIC, by_hand(values)), score(RUBRIC, by_hand({**values, name: values[name] + more}))
    grades = [grade.code for grade in sorted(RUBRIC.grade, key=lambda grade: grade.min)]
    if name in BETTER:
        before, after = after, before
    assert after.points <= before.points
    assert grades.index(after.grade) <= grades.index(before.grade)
