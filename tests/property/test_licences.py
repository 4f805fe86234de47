"""The assignment against trying everything, and what must hold of any position."""

from __future__ import annotations

import os

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.licences.estates import ANCESTORS, AS_OF, EXCEL, FULL, OFFICE, WORD, Copy, best_by_trying, demand_of, lot, lots_of, rights

from licmatch.licences import assign, outcomes, position, verify_assignment

# A longer search: LICMATCH_EXAMPLES=2000 pytest tests/property/test_licences.py
EXAMPLES = int(os.environ.get("LICMATCH_EXAMPLES", "15"))
WHOLES = [(OFFICE, e, r) for e in ("standard", "professional-plus") for r in ("2016", "2019")] + [
    ("office.wps-office", "professional", "2019")
]
PARTS = [(WORD, None, "2016"), (EXCEL, None, "2016"), ("office.microsoft-access", None, "2016")]
CLIENTS = [("os.windows-7", "professional", "7"), ("os.windows-10", "enterprise", "10"), ("os.windows-10", "pro", "10")]


@st.composite
def estates(draw: st.DrawFn, joint: bool, crowded: bool = False) -> tuple[list[Copy], list[dict[str, object]]]:
    """`crowded`: many parts on few computers, so that seats of several suites fit on one."""
    products = WHOLES[:4] + PARTS * 3 if crowded else WHOLES + (PARTS * 2 + CLIENTS if joint else [])
    homes = [draw(st.sampled_from("ab")) for _ in range(4)]
    copies = []
    for _ in range(draw(st.integers(1, 6))):
        device = draw(st.integers(0, 1 if crowded else 3))
        copies.append(Copy(device, homes[device], *draw(st.sampled_from(products)), draw(st.sampled_from([None, True, False]))))
    # What is known of a computer is known for all its copies.
    known = {c.device: c.qualified for c in copies}
    copies = [Copy(c.device, c.unit, c.family, c.edition, c.release, known[c.device]) for c in copies]
    lots = []
    for _ in range(draw(st.integers(0, 4))):
        family, edition, release = draw(st.sampled_from(WHOLES + (CLIENTS if joint else [])))
        channel = draw(st.sampled_from(["volume", "volume", "purchased", "retail", "oem"]))
        bound = draw(st.sampled_from([None, None, "d0", "d1"]))
        metric = "oem" if channel == "oem" else "device" if bound else draw(st.sampled_from(["device", "device", "device", "site"]))
        if channel == "oem" and bound is None:
            bound = "d2"
        lots.append(
            lot(
                family, edition, release, channel=channel, metric=metric, device_id=bound,
                unit_id=draw(st.sampled_from(["a", "b", "city"])),
                quantity=None if metric == "site" else 1 if bound else draw(st.integers(1, 3)),
                proofs=draw(st.sampled_from([FULL, "发票", "发票;包装;装箱单;COA"])),
                unit_price=draw(st.sampled_from([None, "10", "25.50"])),
            )
        )  # fmt: skip
    return copies, lots


def score(found: object) -> tuple[int, int, int]:
    covers = found.covers
    return covers["lot"].count(), int(covers["proved"].fill_null(False).sum()), int(covers["kept"].fill_null(False).sum())


@pytest.mark.parametrize(("joint", "crowded"), [(False, False), (True, False), (False, True)])
def test_the_assignment_is_the_best_of_all_and_its_certificate_holds(joint, crowded):
    @settings(max_examples=EXAMPLES, deadline=None)
    @given(estates(joint, crowded))
    def check(estate):
        copies, lots = estate
        demand, owned = demand_of(copies), lots_of(lots)
        found = assign(demand, owned, ANCESTORS, rights(), AS_OF)
        assert verify_assignment(found, demand, owned, ANCESTORS, rights(), AS_OF) == ()
        best = best_by_trying(copies, lots)
        assert score(found) == best[:3]
        prices = {at: round(float(str(one.get("unit_price") or 0)) * 100) for at, one in enumerate(lots) if one["metric"] != "site"}
        seats = (
            found.covers.drop_nulls("lot").select("lot", "seat").unique()["lot"].to_list() + found.covers["base_lot"].drop_nulls().to_list()
        )
        assert -sum(prices.get(at, 0) for at in seats) == best[3]

    check()


@settings(max_examples=EXAMPLES, deadline=None)
@given(estates(True), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(estate, draw):
    copies, lots = estate
    demand, owned = demand_of(copies), lots_of(lots)
    found = assign(demand, owned, ANCESTORS, rights(), AS_OF)
    mixed, other = list(range(len(copies))), list(range(len(lots)))
    draw.shuffle(mixed)
    draw.shuffle(other)
    again = assign(demand[mixed], owned[other], ANCESTORS.reverse(), rights(), AS_OF)
    assert found.covers.equals(again.covers)
    assert position(found, rights()).equals(position(again, rights()))


def shortfall(copies: list[Copy], lots: list[dict[str, object]]) -> tuple[int, int]:
    found = assign(demand_of(copies), lots_of(lots), ANCESTORS, rights(), AS_OF)
    return position(found, rights())["shortfall"].sum(), found.covers["lot"].null_count()


@settings(max_examples=EXAMPLES, deadline=None)
@given(estates(False), estates(False))
def test_more_licences_never_raise_the_shortfall_and_another_computer_never_lowers_it(estate, other):
    copies, lots = estate
    before = shortfall(copies, lots)
    richer = shortfall(copies, lots + other[1])
    assert richer[0] <= before[0]
    assert richer[1] <= before[1]
    more = [Copy(c.device + 10, c.unit, c.family, c.edition, c.release, c.qualified) for c in other[0]]
    larger = shortfall(copies + more, lots)
    assert larger[0] >= before[0]
    assert larger[1] >= before[1]


@settings(max_examples=EXAMPLES, deadline=None)
@given(estates(True), estates(True))
def test_with_joint_needs_too_more_licences_never_leave_more_copies_without_one(estate, other):
    copies, lots = estate
    lots = [one | {"device_id": None} if one["metric"] != "oem" else one for one in lots]
    more = [one for one in other[1] if one["metric"] != "oem"]
    assert shortfall(copies, lots + more)[1] <= shortfall(copies, lots)[1]


@settings(max_examples=EXAMPLES, deadline=None)
@given(estates(True))
def test_a_city_is_the_sum_of_its_counties_where_pools_do_not_cross(estate):
    copies, lots = estate
    own = [one | {"unit_id": "a" if one["unit_id"] == "city" else one["unit_id"]} for one in lots]
    home = {f"d{c.device}": c.unit for c in copies}
    own = [one | ({"unit_id": home[str(one["device_id"])]} if one.get("device_id") in home else {}) for one in own]
    whole = position(assign(demand_of(copies), lots_of(own), ANCESTORS, rights(), AS_OF), rights())
    parts = []
    for unit in "ab":
        mine = [c for c in copies if c.unit == unit]
        bought = [one for one in own if one["unit_id"] == unit]
        parts.append(position(assign(demand_of(mine), lots_of(bought), ANCESTORS, rights(), AS_OF), rights()))
    keys = ["unit_id", "category", "pool"]
    assert pl.concat(parts).sort(keys, nulls_last=True).equals(whole)


@settings(max_examples=EXAMPLES, deadline=None)
@given(estates(True))
def test_the_identities_of_the_programme_hold_in_every_row(estate):
    copies, lots = estate
    found = assign(demand_of(copies), lots_of(lots), ANCESTORS, rights(), AS_OF)
    rows = position(found, rights())
    for row in rows.iter_rows(named=True):
        assert row["shortfall"] == max(0, row["required"] - row["usable"])
        assert row["surplus"] == max(0, row["usable"] - row["required"])
        assert (row["entitled"] is None) == (not row["limited"])
        assert row["blocked"] >= 0
        if row["limited"]:
            assert row["used"] <= row["entitled"]
    seats = found.covers.drop_nulls("lot").select("lot", "seat").unique().height + found.covers["base_lot"].count()
    assert rows["used"].sum() == seats
    assert rows["required"].sum() == len(copies)
    assert rows["covered"].sum() == found.covers["lot"].count()
    told = outcomes(found)
    assert told.height == len(copies)
    assert told.filter(pl.col("outcome").str.starts_with("genuine").fill_null(False)).height == len(copies) - rows["shortfall"].sum()
