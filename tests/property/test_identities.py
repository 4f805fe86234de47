"""The identities I1 to I13 that every form must satisfy (regulation, 1.6), in licmatch's own tables: scores, position, plan, handover."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.test_licences import estates as papers
from tests.property.test_plan import estates as machines
from tests.property.test_plan import lists, offered_sets, planned
from tests.property.test_rollup import CATEGORIES, COUNTS, DEVICES, parents, rows, table
from tests.unit.assess.cases import devices, judged, units
from tests.unit.licences.estates import ANCESTORS, AS_OF, demand_of, lot, lots_of, rights
from tests.unit.plan.estate import copies, copy, made, prices

from licmatch.ingest.frames import read_side
from licmatch.licences import assign, position
from licmatch.plan import reconcile
from licmatch.result import Result

GENUINE = ("genuine_oem", "genuine_purchased", "genuine_allocated", "genuine_site", "genuine_free", "open_source")
KINDS = ["desktop", "laptop", "server", "vm", "other", None]
few = settings(max_examples=12, deadline=None)
kinds = st.lists(st.sampled_from(KINDS), min_size=len(DEVICES), max_size=len(DEVICES))


def assessed(found: Any, described: Any, tree: Any, kind: Any = None) -> Result:
    machines = [{"device_id": device, **facts} for device, facts in zip(DEVICES, described, strict=True)]
    frame = devices(*machines)
    if kind is not None:
        frame = frame.with_columns(kind=pl.Series(kind, dtype=pl.String))
    return judged(*found, devices=frame, units=units(**tree))


def under(result: Result, unit: str) -> set[str]:
    parent = dict(result.units.select("unit_id", "parent_id").iter_rows())
    found = set()
    for one in parent:
        at: str | None = one
        while at is not None and at != unit:
            at = parent[at]
        if at == unit:
            found.add(one)
    return found


@few
@given(rows, table, parents, kinds)
def test_i1_computers_are_those_of_every_kind_together(found, described, tree, kind):
    result = assessed(found, described, tree, kind)
    for row in result.scores.iter_rows(named=True):
        own = result.devices.filter(pl.col("unit_id").is_in(sorted(under(result, row["unit_id"]))))
        by_kind = own.group_by("kind").len()
        assert row["devices"] == by_kind["len"].sum() == own["device_id"].n_unique()


@few
@given(rows, table, parents)
def test_i2_installed_is_genuine_not_genuine_and_undetermined(found, described, tree):
    for row in assessed(found, described, tree).scores.iter_rows(named=True):
        for one in CATEGORIES:
            assert row[f"{one}_installed"] == row[f"{one}_genuine"] + row[f"{one}_not_genuine"] + row[f"{one}_undetermined"]


@few
@given(rows, table, parents)
def test_i3_genuine_is_the_sum_of_its_sources(found, described, tree):
    result = assessed(found, described, tree)
    for row in result.scores.iter_rows(named=True):
        own = result.installations.filter(pl.col("unit_id").is_in(sorted(under(result, row["unit_id"]))))
        for one in CATEGORIES:
            mine = own.filter((pl.col("category") == one) & (pl.col("state") != "out_of_scope"))
            assert row[f"{one}_genuine"] == sum(mine.filter(pl.col("verdict") == code).height for code in GENUINE)


@few
@given(rows, table, parents)
def test_i4_computers_without_a_class_are_none_or_more(found, described, tree):
    result = assessed(found, described, tree)
    for row in result.scores.iter_rows(named=True):
        own = result.findings.filter(pl.col("unit_id").is_in(sorted(under(result, row["unit_id"]))) & (pl.col("state") != "out_of_scope"))
        for one in CATEGORIES:
            without = row["in_use"] - row[f"{one}_covered"]
            assert 0 <= row[f"{one}_absent"] <= without
            genuine = own.filter((pl.col("category") == one) & (pl.col("state") == "genuine"))["device_id"].n_unique()
            assert genuine <= row[f"{one}_covered"] <= row["in_use"]


@few
@given(machines, lists, offered_sets)
def test_i5_no_computer_needs_more_than_one_of_a_class(estate, steps, offered):
    plan = planned(estate, steps, offered)
    whole = plan.actions.filter(pl.col("action").is_in(["keep", "replace"]) & pl.col("product_id").str.contains("wps|microsoft-office"))
    assert whole.group_by("device_id", "category").len().filter(pl.col("len") > 1).is_empty()
    suites = plan.actions.filter("seat").join(plan.lines.filter(pl.col("metric") == "device"), on="line")
    assert suites["device_id"].n_unique() <= len(estate)


@few
@given(papers(True))
def test_i6_a_gap_and_a_surplus_are_the_same_difference(estate):
    held, lots = estate
    for row in position(assign(demand_of(held), lots_of(lots), ANCESTORS, rights(), AS_OF), rights()).iter_rows(named=True):
        assert row["shortfall"] == max(0, row["required"] - row["usable"])
        assert row["surplus"] == max(0, row["usable"] - row["required"])


@few
@given(st.integers(1, 4), st.integers(0, 3), st.integers(0, 5))
def test_i7_to_buy_is_the_sum_of_the_gaps_and_another_surplus_takes_nothing_off(wps, suites, spare):
    """The surplus stands in the position beside the gaps, in the same unit and class."""
    held = [copy(f"w{at}", "office.wps-office", "2019") for at in range(wps)]
    held += [copy(f"s{at}", "office.microsoft-office.standard", "2016") for at in range(suites)]
    keys = {"unit_id": "u1", "category": "office"}
    gaps = [("office.wps-office|-|2019", wps), ("office.microsoft-office|standard|2016", suites)]
    stand = [{**keys, "pool": pool, "required": gap, "usable": 0, "shortfall": gap, "surplus": 0} for pool, gap in gaps]
    stand.append({**keys, "pool": "office.wps-office|professional|2016", "required": 0, "usable": spare, "shortfall": 0, "surplus": spare})
    offered = prices(
        {"product": "office.wps-office", "release": "2019", "unit_price": "300"},
        {"product": "office.microsoft-office", "edition": "standard", "release": "2016", "channel": "volume", "unit_price": "250"},
    )
    full = pl.DataFrame(stand).with_columns(limited=pl.lit(True), **{name: pl.lit(0) for name in ("entitled", "used", "covered", "free")})
    plan = made(copies(*held), offered, position=full)
    assert plan.lines["gap"].sum() == wps + suites == full["shortfall"].sum()


@few
@given(machines, lists, offered_sets, st.integers(0, 2000))
def test_i8_amounts_are_price_times_quantity_and_the_budget_has_two_lines(estate, steps, offered, work):
    from decimal import Decimal

    from licmatch.plan import load_plan_rules, with_work

    plan = planned(estate, steps, offered, rules=with_work(load_plan_rules(), amount=Decimal(work)))
    for row in plan.lines.iter_rows(named=True):
        assert row["amount"] == row["unit_price"] * row["quantity"]
    for year, money in plan.money.items():
        lines = plan.lines.filter((pl.col("year") == year) & (pl.col("fund") == "software"))
        assert money.software == int((lines["amount"].sum() or 0) * 100)
        assert money.total == money.software + money.work


@few
@given(rows, table, parents)
def test_i9_a_county_is_the_sum_of_its_units_and_nothing_counts_twice(found, described, tree):
    result = assessed(found, described, tree)
    scores = {row["unit_id"]: row for row in result.scores.iter_rows(named=True)}
    direct = dict(result.devices.group_by("unit_id").len().iter_rows())
    for unit, row in scores.items():
        below = [other for other in scores.values() if other["parent_id"] == unit]
        assert row["devices"] == direct.get(unit, 0) + sum(other["devices"] for other in below)
        for name in COUNTS:
            assert row[name] >= sum(other[name] for other in below)
    tops = [row for row in scores.values() if row["parent_id"] is None]
    assert sum(row["devices"] for row in tops) == result.devices.height
    for one in CATEGORIES:
        counted = result.installations.filter((pl.col("category") == one) & (pl.col("state") != "out_of_scope")).height
        assert sum(row[f"{one}_installed"] for row in tops) == counted


shares = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=4)


@given(shares, st.integers(0, 5), st.sampled_from(["none", "delivered", "stock", "installed"]))
def test_i10_delivered_is_distributed_and_stock_and_nothing_is_installed_beyond(given_out, stock, broken):
    """`given_out`: distributed to each unit, and how many of them are installed."""
    total = sum(number for number, _ in given_out) + stock
    lines = pl.DataFrame({"line": [1], "quantity": [total]})
    units_of = [f"u{at}" for at in range(len(given_out))]
    allocations = pl.DataFrame({"line": 1, "unit_id": units_of, "quantity": [number for number, _ in given_out]})
    handed = [
        {"line": 1, "unit_id": unit, "distributed": number, "installed": min(number, put)}
        for unit, (number, put) in zip(units_of, given_out, strict=True)
    ]
    handed.append({"line": 1, "unit_id": None, "delivered": total, "stock": stock})
    if broken == "delivered":
        handed[-1]["delivered"] = total + 1
    if broken == "stock":
        handed[-1]["stock"] = stock + 1
    if broken == "installed":
        handed[0]["installed"] = handed[0]["distributed"] + 1
    table = pl.DataFrame(handed, schema_overrides={"unit_id": pl.String}, infer_schema_length=None)
    faults = set(reconcile(lines, allocations, table)["fault"])
    wanted = {"none": set(), "delivered": {"delivered", "distributed"}, "stock": {"distributed"}, "installed": {"installed"}}
    assert faults == wanted[broken]


@few
@given(rows, table, parents, papers(True))
def test_i11_what_is_of_which_is_never_more_than_the_whole(found, described, tree, estate):
    for row in assessed(found, described, tree).scores.iter_rows(named=True):
        assert row["in_use"] <= row["devices"]
        assert row["pirated_devices"] + row["suspected_devices"] <= row["in_use"]
        for one in CATEGORIES:
            for part in ("domestic", "end_of_support", "official", "genuine"):
                assert row[f"{one}_{part}"] <= row[f"{one}_installed"]
    held, lots = estate
    for row in position(assign(demand_of(held), lots_of(lots), ANCESTORS, rights(), AS_OF), rights()).iter_rows(named=True):
        assert row["covered"] <= row["required"]
        if row["limited"]:
            assert row["entitled_proved"] <= row["entitled"]
            assert row["used"] <= row["entitled"]


@few
@given(papers(True))
def test_i12_a_limited_licence_has_a_number_and_an_unlimited_one_has_none(estate):
    held, lots = estate
    for row in position(assign(demand_of(held), lots_of(lots), ANCESTORS, rights(), AS_OF), rights()).iter_rows(named=True):
        assert (row["entitled"] is None) == (not row["limited"])
    site = lot("office.wps-office", "professional", "2019", metric="site", quantity=None)
    found = position(assign(demand_of([]), lots_of([site]), ANCESTORS, rights(), AS_OF), rights())
    assert found.select("limited", "entitled").rows() == [(False, None)]


def test_i12_a_ledger_that_leaves_the_number_out_is_rejected_by_name(tmp_path):
    file = tmp_path / "lots.csv"
    file.write_text("entitlement_id,unit_id,product,metric,quantity\nA,u,WPS Office 2019,device,\nB,u,WPS Office 2019,site,\n", "utf-8")
    read = read_side("entitlements", file)
    assert read.frame["entitlement_id"].to_list() == ["B"]
    assert "quantity" in read.rejected["reason"].item()


@few
@given(rows, table, parents)
def test_i13_a_rate_is_a_sum_over_a_sum_and_nothing_over_nothing_is_unknown(found, described, tree):
    for row in assessed(found, described, tree).scores.iter_rows(named=True):
        for one in CATEGORIES:
            for rate, part, whole in (("rate", f"{one}_genuine", f"{one}_installed"), ("coverage", f"{one}_covered", "in_use")):
                wanted = None if row[whole] == 0 else pytest.approx(row[part] / row[whole])
                assert row[f"{one}_{rate}"] == wanted
