from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from tests.unit.assess.cases import devices, judged, units
from tests.unit.assess.small_engine import ANSWERS, SmallEngine, product

from licmatch.errors import UsageError
from licmatch.privacy import Key
from licmatch.result import Result, diff, summary_only
from licmatch.result.diff_moves import COUNTS

OFFICE = "Microsoft Office 专业增强版 2016"
ROWS = (("a", OFFICE), ("b", OFFICE), ("b", "Windows 10 Pro"), ("c", "Foo"))
PLACES = tuple({"device_id": device, "unit_id": "u1", "in_use": "yes"} for device in "abc")
PAPER = {"ruling_id": "R", "ruled_by": "局", "document_no": "1", "ruled_on": "2026-10-01", "verdict": "cracked", "device_id": "a"}


def county(*rows: tuple[str, str], places: tuple[dict[str, Any], ...] = PLACES, **given: Any) -> Result:
    return judged(*(rows or ROWS), devices=devices(*places), **given)


def whys(old: Result, new: Result) -> dict[tuple[str, str], str]:
    return {(row["device_id"], row["category"]): row["why"] for row in diff(old, new)["devices"].to_dicts()}


def test_a_result_and_itself_differ_in_nothing() -> None:
    assert {name: table.height for name, table in diff(county(), county()).items()} == {
        "causes": 0, "moves": 0, "names": 0, "devices": 0, "units": 0,
    }  # fmt: skip


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


def movement(old: Result, new: Result) -> dict[tuple[str, str], int]:
    """The difference of the two scores tables, count by count."""
    found = {}
    for side, sign in ((old, -1), (new, 1)):
        for row in side.scores.to_dicts():
            for figure in ("devices", "in_use", *(f"{c}_{k}" for c in ("os", "office", "antivirus") for k in COUNTS)):
                key = (row["unit_id"], figure)
                found[key] = found.get(key, 0) + sign * row[figure]
    return {key: change for key, change in found.items() if change}


OTHER = {"engine": SmallEngine(answers={**ANSWERS, OFFICE: product("office", "LibreOffice", "7.3")})}


@pytest.mark.parametrize(
    ("given", "causes"),
    [
        ({"rulings": pl.DataFrame([PAPER])}, {"rulings"}),
        ({"places": moved(0, in_use="no")}, {"scan"}),
        # A second unit brings a node over both.
        ({"places": moved(0, unit_id="u2")}, {"scan", "units"}),
        ({"policy": {"phase": "strict"}}, {"policy"}),
        (OTHER, {"catalog"}),
        ({"units": units(r=None, u1="r")}, {"units"}),
        (
            {**OTHER, "rulings": pl.DataFrame([{**PAPER, "device_id": "b"}]), "places": moved(2, unit_id="u2")},
            {"rulings", "scan", "catalog", "units"},
        ),
    ],
)
def test_the_causes_of_a_count_add_up_to_its_movement(given: dict[str, Any], causes: set[str]) -> None:
    old, new = county(), county(**given)
    table = diff(old, new)["moves"]
    summed = {tuple(key): change for *key, change in table.group_by("unit_id", "figure").agg(pl.col("change").sum()).iter_rows() if change}
    assert summed == movement(old, new) != {}
    assert set(table["cause"]) == causes


def test_a_second_copy_beside_one_that_stays_is_movement_too() -> None:
    old, new = county(), county(*ROWS, ("a", "Microsoft Visio 2016"))
    assert diff(old, new)["moves"].filter(figure="office_installed").select("why", "change").rows() == [("software", 1)]


def test_what_one_side_withholds_is_not_told() -> None:
    old, new = summary_only(county()), county(rulings=pl.DataFrame([PAPER]))
    found = diff(old, new)
    assert set(found["moves"]["cause"]) == {"not_told"}
    assert found["devices"].is_empty()
    summed = {tuple(key): change for *key, change in found["moves"].select("unit_id", "figure", "change").iter_rows()}
    assert summed == movement(old, new)


def test_results_under_different_keys_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="name devices differently"):
        diff(county(), county(pseudonymize=Key(b"0123456789abcdef0123")))
