from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from tests.unit.assess.cases import devices, judged
from tests.unit.assess.small_engine import ANSWERS, SmallEngine, product

from licmatch.result import Result, diff

OFFICE = "Microsoft Office 专业增强版 2016"
ROWS = (("a", OFFICE), ("b", OFFICE), ("b", "Windows 10 Pro"), ("c", "Foo"))
PLACES = tuple({"device_id": device, "unit_id": "u1", "in_use": "yes"} for device in "abc")
PAPER = {"ruling_id": "R", "ruled_by": "局", "document_no": "1", "ruled_on": "2026-10-01", "verdict": "cracked", "device_id": "a"}


def county(*rows: tuple[str, str], places: tuple[dict[str, Any], ...] = PLACES, **given: Any) -> Result:
    return judged(*(rows or ROWS), devices=devices(*places), **given)


def whys(old: Result, new: Result) -> dict[tuple[str, str], str]:
    return {(row["device_id"], row["category"]): row["why"] for row in diff(old, new)["devices"].to_dicts()}


def test_a_result_and_itself_differ_in_nothing() -> None:
    assert {name: table.height for name, table in diff(county(), county()).items()} == {"causes": 0, "names": 0, "devices": 0, "units": 0}


def test_the_other_direction_tells_the_same_the_other_way_round() -> None:
    old, new = county(), county(rulings=pl.DataFrame([PAPER]))
    there, back = diff(old, new), diff(new, old)
    for name in ("causes", "units"):
        assert there[name].drop("old", "new").equals(back[name].drop("old", "new"))
        assert there[name]["old"].equals(back[name]["new"].rename("old"))
    assert there["devices"]["verdict_old"].equals(back["devices"]["verdict_new"].rename("verdict_old"))


def moved(place: int, **change: Any) -> tuple[dict[str, Any], ...]:
    return tuple({**row, **change} if at == place else row for at, row in enumerate(PLACES))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"rulings": pl.DataFrame([PAPER])}, {("a", "office"): "ruling"}),
        ({"places": moved(0, in_use="no")}, {("a", category): "scope" for category in ("os", "office", "antivirus")}),
        ({"places": moved(0, unit_id="u2")}, {("a", category): "unit" for category in ("os", "office", "antivirus")}),
        ({"policy": {"phase": "strict"}}, {("a", "office"): "policy", ("b", "office"): "policy", ("b", "os"): "policy"}),
        (
            {"engine": SmallEngine(answers={**ANSWERS, OFFICE: product("office", "LibreOffice", "7.3")})},
            {("a", "office"): "recognition", ("b", "office"): "recognition"},
        ),
    ],
)
def test_why_a_finding_moved(given: dict[str, Any], why: dict[tuple[str, str], str]) -> None:
    assert whys(county(), county(**given)) == why


def test_software_and_devices_that_come_and_go() -> None:
    more = (*ROWS, ("a", "Windows 10 Pro"))
    assert whys(county(), county(*more)) == {("a", "os"): "software"}
    assert set(whys(county(), county(*ROWS, ("d", "Foo"), places=(*PLACES, {"device_id": "d", "unit_id": "u1"}))).values()) == {
        "device_new"
    }
    assert set(whys(county(), county(*ROWS[:3], places=PLACES[:2])).values()) == {"device_gone"}


def test_names_that_are_answered_otherwise_or_are_new() -> None:
    other = SmallEngine(answers={**ANSWERS, "Foo": product("office", "Foo Writer", "1")})
    [changed] = diff(county(), county(engine=other))["names"].to_dicts()
    assert (changed["name"], changed["status_old"], changed["status_new"]) == ("Foo", "unknown", "recognised")
    [gone] = diff(county(), county(*ROWS[:3]))["names"].to_dicts()
    assert (gone["name"], gone["status_old"], gone["status_new"]) == ("Foo", "unknown", None)


def test_what_the_runs_were_made_of() -> None:
    other = replace(SmallEngine(), versions={"engine": "small", "catalog": "later"})
    causes = diff(county(), county(engine=other, as_of="2026-12-01"))["causes"]
    assert causes.rows() == [("as_of", "2026-11-30", "2026-12-01"), ("versions.catalog", "table", "later")]


def test_figures_of_units_that_moved() -> None:
    units = diff(county(), county(rulings=pl.DataFrame([{**PAPER, "verdict": "genuine_oem"}])))["units"]
    told = {(row["unit_id"], row["figure"]): (row["old"], row["new"]) for row in units.to_dicts()}
    assert told["u1", "office_genuine"] == (0, 1)
    assert told["u1", "office_rate_low"] == (0.0, 0.5)
    assert all(old != new for old, new in told.values())
