"""Before and after: what is removed, replaced and bought moves the position and the score, and nothing of the result."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from licmatch import Engine, assess
from licmatch.errors import InputError
from licmatch.plan import load_changes, whatif
from licmatch.result import Result

OFFICE = "Microsoft Office Professional Plus 2016"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@pytest.fixture(scope="module")
def result(engine: Engine) -> Result:
    rows = [(f"pc{at}", OFFICE, "Microsoft Corporation") for at in range(4)] + [("pc0", "LibreOffice 7.3", "The Document Foundation")]
    table = pl.DataFrame(rows, schema=["device_id", "name", "publisher"], orient="row")
    owned = pl.DataFrame(
        [("L1", "all", OFFICE, "device", 1, "合同;授权书;发票", "volume")],
        schema=["entitlement_id", "unit_id", "product", "metric", "quantity", "proofs", "channel"],
        orient="row",
    )
    units = pl.DataFrame({"unit_id": ["all"], "name": ["全部"]})
    devices = pl.DataFrame({"device_id": [f"pc{at}" for at in range(4)], "unit_id": ["all"] * 4, "in_use": ["yes"] * 4})
    return assess(table, devices=devices, units=units, entitlements=owned, as_of="2026-11-30", engine=engine)


def sums(frame: pl.DataFrame) -> tuple[int, ...]:
    office = frame.filter(pl.col("category") == "office")
    return tuple(int(office[name].sum()) for name in ("required", "usable", "shortfall"))


def rate(frame: pl.DataFrame) -> float:
    return float(frame.filter(pl.col("parent_id").is_null())["office_rate_low"].item())


def test_buying_closes_the_shortfall_and_lifts_the_score(result: Result, engine: Engine):
    found = whatif(
        result, {"buy": [{"product": OFFICE, "quantity": 3, "unit": "all", "channel": "volume"}]}, engine=engine, position=result.position
    )
    assert sums(found.position_before) == (4, 1, 3)
    assert sums(found.position_after) == (4, 4, 0)
    assert found.done == {"removed": 0, "replaced": 0, "bought": 3, "covered": 3}
    assert rate(found.scores_before) == pytest.approx(2 / 5)
    assert rate(found.scores_after) == 1.0


def test_before_is_what_the_result_says(result: Result, engine: Engine):
    found = whatif(result, {"buy": [{"product": "WPS Office 2019 专业版", "quantity": 1}]}, engine=engine, position=result.position)
    assert found.scores_before.select("unit_id", "points", "office_rate").equals(result.scores.select("unit_id", "points", "office_rate"))
    assert found.scores_after.equals(found.scores_before)
    assert found.position_after["surplus"].sum() == found.position_before["surplus"].sum() + 1


def test_removing_frees_its_need(result: Result, engine: Engine):
    found = whatif(result, {"remove": [{"product": OFFICE}]}, engine=engine, position=result.position)
    assert sums(found.position_after)[::2] == (0, 0)
    assert rate(found.scores_after) == 1.0
    assert found.scores_after["office_installed"].item() == 1


def test_a_seat_set_free_covers_another_copy(result: Result, engine: Engine):
    genuine = result.installations.filter((pl.col("state") == "genuine") & (pl.col("family") == "Microsoft Office"))["device_id"].item()
    found = whatif(result, {"remove": [{"product": OFFICE, "device": genuine}]}, engine=engine, position=result.position)
    assert sums(found.position_after) == (3, 1, 2)
    assert found.scores_after["office_genuine"].item() == found.scores_before["office_genuine"].item()


def test_replacing_by_open_source_needs_no_licence(result: Result, engine: Engine):
    found = whatif(result, {"replace": [{"product": OFFICE, "by": "LibreOffice 7.3"}]}, engine=engine, position=result.position)
    assert found.done["replaced"] == 4
    assert sums(found.position_after)[::2] == (0, 0)
    assert rate(found.scores_after) == 1.0
    # pc0 had it already.
    assert found.scores_after["office_installed"].item() == 4


@pytest.mark.parametrize(
    ("change", "verdict", "rate_after", "bought"),
    [
        ({"by": "WPS Office 2019 专业版"}, "genuine_purchased", 1.0, 4),
        ({"by": "WPS Office 2019 专业版", "bought": False}, "no_evidence", 1 / 5, 0),
        ({"by": "SoftMaker FreeOffice 2021", "approved": True}, "genuine_free", 1.0, 0),
        ({"by": "SoftMaker FreeOffice 2021"}, "undetermined", 1 / 5, 0),
    ],
)
def test_what_takes_the_place_is_judged_by_its_own_licence(
    result: Result, engine: Engine, change: dict[str, object], verdict: str, rate_after: float, bought: int
):
    swap = {"product": "office.microsoft-office", "unit": "all"} | change
    found = whatif(result, {"replace": [swap]}, engine=engine, position=result.position)
    assert found.done | {"covered": 0} == {"removed": 0, "replaced": 4, "bought": bought, "covered": 0}, verdict
    assert found.scores_after["office_installed"].item() == 5
    assert rate(found.scores_after) == pytest.approx(rate_after)
    required, usable, shortfall = sums(found.position_after)
    needed = 0 if change.get("approved") else 4  # what is free counts as free where it is approved
    assert (required, shortfall) == (needed, needed - bought)
    assert usable == bought + 1  # the seat that was there is nobody's now


def test_all_of_a_unit_or_of_a_computer_may_go(result: Result, engine: Engine):
    everything = whatif(result, {"remove": [{"unit": "all"}]}, engine=engine, position=result.position)
    assert everything.scores_after["office_installed"].item() == 0
    one = whatif(result, {"remove": [{"device": "pc0"}]}, engine=engine, position=result.position)
    assert (one.done["removed"], one.scores_after["office_installed"].item()) == (2, 3)


def test_an_edition_for_persons_cannot_be_bought(result: Result, engine: Engine):
    bought = {"product": "Microsoft Office Home and Student 2019", "quantity": 1}
    with pytest.raises(InputError, match="is for persons: it licenses no organisation"):
        whatif(result, {"buy": [bought]}, engine=engine, position=result.position)
    with pytest.raises(InputError, match="not recognised as a product that needs a licence"):
        whatif(result, {"buy": [{"product": "Microsoft Visual C++ 2019 Redistributable", "quantity": 1}]}, engine=engine)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "no change"),
        ({"remove": [{}]}, "would touch everything"),
        ({"buy": [{"product": OFFICE, "quantity": 0}]}, "quantity of 1"),
        ({"buy": [{"product": OFFICE}]}, "do not fit"),
        ({"sell": []}, "do not fit"),
    ],
)
def test_changes_that_say_nothing_are_refused(changes: dict[str, object], said: str):
    with pytest.raises(InputError, match=said):
        load_changes(changes)


def test_unknown_units_and_products_are_named(result: Result, engine: Engine):
    for changes in ({"buy": [{"product": OFFICE, "quantity": 1, "unit": "nowhere"}]}, {"remove": [{"product": "谁也不认识的东西"}]}):
        with pytest.raises(InputError, match=r"nowhere|谁也不认识的东西"):
            whatif(result, changes, engine=engine)


def test_a_csv_says_the_same_as_a_toml(tmp_path: Path):
    table, tables = tmp_path / "c.csv", tmp_path / "c.toml"
    table.write_text(
        "change,product,unit,device,by,quantity,approved\nremove,A,u1,,,,\nreplace,B,,d1,C,,是\nbuy,D,u1,,,7,\n", encoding="utf-8-sig"
    )
    tables.write_text(
        '[[remove]]\nproduct = "A"\nunit = "u1"\n[[replace]]\nproduct = "B"\ndevice = "d1"\nby = "C"\napproved = true\n'
        '[[buy]]\nproduct = "D"\nunit = "u1"\nquantity = 7\n'
    )
    assert load_changes(table) == load_changes(tables)
    table.write_text("change,product\nsell,A\n")
    with pytest.raises(InputError, match=r"c\.csv:2"):
        load_changes(table)


def test_what_is_bought_is_assigned_by_its_rights(result: Result, engine: Engine):
    """A newer volume licence covers the older copies; one of a suite that reaches nothing covers none; what is too much is surplus."""
    bought = {"product": "Microsoft Office Professional Plus 2019", "quantity": 5, "unit": "all", "channel": "volume"}
    found = whatif(result, {"buy": [bought]}, engine=engine, position=result.position)
    assert sums(found.position_after) == (4, 4, 0) or found.position_after["shortfall"].sum() == 0
    assert found.position_after["surplus"].sum() == 2
    assert found.done["covered"] == 3
    other = {"product": "Microsoft Office Standard 2019", "quantity": 5, "unit": "all", "channel": "volume"}
    assert whatif(result, {"buy": [other]}, engine=engine, position=result.position).position_after["shortfall"].sum() == 3


def test_a_bought_suite_covers_the_parts_of_one_computer_with_one_seat(engine: Engine):
    names = [("pc0", "Microsoft Word 2016"), ("pc0", "Microsoft Excel 2016"), ("pc1", "Microsoft Word 2016")]
    table = pl.DataFrame([(*one, "Microsoft Corporation") for one in names], schema=["device_id", "name", "publisher"], orient="row")
    owned = pl.DataFrame(
        [("L1", "all", "WPS Office 2019 专业版", "device", 1)],
        schema=["entitlement_id", "unit_id", "product", "metric", "quantity"],
        orient="row",
    )
    before = assess(
        table, units=pl.DataFrame({"unit_id": ["all"], "name": ["全部"]}), entitlements=owned, as_of="2026-11-30", engine=engine,
        devices=pl.DataFrame({"device_id": ["pc0", "pc1"], "unit_id": ["all"] * 2, "in_use": ["yes"] * 2}),
    )  # fmt: skip
    assert before.position["shortfall"].sum() == 3
    suite = {"product": "Microsoft Office Standard 2016", "unit": "all", "channel": "volume"}
    one = whatif(before, {"buy": [{**suite, "quantity": 1}]}, engine=engine, position=before.position)
    two = whatif(before, {"buy": [{**suite, "quantity": 2}]}, engine=engine, position=before.position)
    assert [found.position_after["shortfall"].sum() for found in (one, two)] == [1, 0]
    assert [found.done["covered"] for found in (one, two)] == [2, 3]


def test_the_result_keeps_the_lots_and_who_got_which_seat(result: Result, tmp_path: Path):
    from licmatch.result import read_result, write_result
    from licmatch.result.verify import verify
    from licmatch.result.verify_assignment import assignment_faults

    assert result.entitlements.select("entitlement_id", "quantity", "used").rows() == [("L1", 1, 1)]
    assert result.assignment.filter(pl.col("entitlement_id") == "L1").height == 1
    write_result(result, tmp_path / "r")
    assert not verify(tmp_path / "r").faults
    again = read_result(tmp_path / "r")
    assert again.assignment.equals(result.assignment)
    assert again.entitlements.equals(result.entitlements)
    for wrong, code in (
        (replace(result, entitlements=result.entitlements.with_columns(used=pl.col("used") + 1)), "assigned_seats"),
        (replace(result, entitlements=result.entitlements.with_columns(entitlement_id=pl.lit("L9"))), "assigned_lot"),
        (replace(result, assignment=result.assignment.with_columns(device_id=pl.lit("pc9"))), "assigned_copy"),
        (replace(result, assignment=result.assignment.with_columns(proved=pl.lit(False))), "assigned_sum"),
    ):
        assert [fault[0] for fault in assignment_faults(wrong)] == [code]


def test_a_plan_is_tried_out_by_the_same_assignment(result: Result, engine: Engine):
    """What the plan buys closes the gap when it is assigned with what was there, this year or the next."""
    from datetime import date
    from decimal import Decimal

    from licmatch.licences import load_rights
    from licmatch.plan import load_plan_rules, plan
    from licmatch.schema import PRICES

    rows = [
        {"product": "Microsoft Office Professional Plus 2019", "channel": "volume", "unit_price": "500", "approved": True},
        {"product": "WPS Office 2019 专业版", "unit_price": "600", "approved": True},
    ]
    for budget in (None, Decimal(1000), Decimal(0)):
        made = plan(
            result.position, result.installations, pl.DataFrame(rows, schema=PRICES), result.units, load_rights(), rules=load_plan_rules(),
            as_of=date(2026, 11, 30), engine=engine, budget=budget, seats=result.assignment, holdings=result.entitlements,
        )  # fmt: skip
        assert made.after is not None
        assert made.lines["quantity"].sum() == 3
        assert made.after["shortfall"].sum() == 0
        assert made.after["required"].sum() == 4
    nothing = plan(
        result.position, result.installations, pl.DataFrame(schema=PRICES), result.units, load_rights(), rules=load_plan_rules(),
        as_of=date(2026, 11, 30), engine=engine, seats=result.assignment, holdings=result.entitlements,
    )  # fmt: skip
    assert nothing.after is not None
    assert nothing.after.equals(result.position)
    replaced = plan(
        result.position, result.installations, pl.DataFrame(rows[1:], schema=PRICES), result.units, load_rights(), rules=load_plan_rules(),
        as_of=date(2026, 11, 30), engine=engine, seats=result.assignment, holdings=result.entitlements,
    )  # fmt: skip
    assert replaced.after is not None
    assert replaced.after["shortfall"].sum() == 0
    assert replaced.after.filter(pl.col("pool").str.contains("wps"))["required"].sum() == 3
