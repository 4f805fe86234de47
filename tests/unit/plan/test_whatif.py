"""Before and after: what is removed, replaced and bought moves the position and the score, and nothing of the result."""

from __future__ import annotations

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
