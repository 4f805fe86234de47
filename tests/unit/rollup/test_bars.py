"""The three bars of the founding plan: thorough, exact, strict, as counts, as rates, and as an answer."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from tests.unit.assess.cases import devices, judged, units

from licmatch.assess import load_policy
from licmatch.result import Result
from licmatch.rollup import count_columns, pool_bars, score, unit_tree
from licmatch.schema import POSITION, UNITS

CATEGORIES = ["os", "office", "antivirus"]


def figures(**counts: int) -> dict[str, Any]:
    row = pl.DataFrame({name: [counts.get(name, 0)] for name in count_columns(CATEGORIES)})
    return score(row, CATEGORIES, load_policy()).row(0, named=True)


def top(result: Result) -> dict[str, Any]:
    return result.scores.filter(pl.col("parent_id").is_null()).row(0, named=True)


def tree(**parents: str | None) -> Any:
    rows = [{"unit_id": unit, "parent_id": parent, "name": unit} for unit, parent in parents.items()]
    return unit_tree(pl.DataFrame(rows, schema=UNITS))


def test_nothing_to_judge_is_neither_accepted_nor_refused() -> None:
    nothing = figures()
    assert [nothing[name] for name in ("thorough", "exact", "strict", "strict_high", "accepted", "not_accepted")] == [None] * 6


@pytest.mark.parametrize(
    ("counts", "accepted", "why", "strict", "strict_high"),
    [
        ({"devices_accepted": 10}, True, None, 1.0, 1.0),
        ({"devices_accepted": 9, "infringing": 2}, False, "infringing", 0.9, 0.9),
        ({"devices_accepted": 8, "devices_in_doubt": 2, "in_doubt": 3}, False, "in_doubt", 0.8, 1.0),
        ({"devices_accepted": 9, "infringing": 1, "over_deployed": 1}, False, "infringing; over_deployed", 0.9, 0.9),
        ({"devices_accepted": 10, "entitled": 4, "entitled_proved": 3}, False, "evidence", 0.75, 0.75),
        ({"devices_accepted": 10, "entitled": 4, "entitled_proved": 4}, True, None, 1.0, 1.0),
    ],
)
def test_acceptance_says_why_not(counts: dict[str, int], accepted: bool, why: str | None, strict: float, strict_high: float) -> None:
    row = figures(in_use=10, **counts)
    assert (row["accepted"], row["not_accepted"], row["strict"], row["strict_low"], row["strict_high"]) == (
        accepted, why, strict, strict, strict_high,
    )  # fmt: skip


def test_points_never_overrule_acceptance() -> None:
    copies = {"os_installed": 1000, "os_genuine": 999, "os_not_genuine": 1, "antivirus_covered": 1000}
    row = figures(in_use=1000, infringing=1, devices_accepted=999, **copies)
    assert (row["grade"], row["accepted"]) == ("A", False)


def test_thorough_is_the_least_of_its_parts() -> None:
    row = figures(
        units_expected=4, units_reported=3, ledger_listed=10, ledger_surveyed=8, ledger_both=8, device_fields=100,
        device_fields_filled=90, os_installed=9, os_undetermined=1, os_open_names=1,
    )  # fmt: skip
    assert (row["units_rate"], row["devices_rate"], row["fields_rate"], row["settled_rate"]) == (0.75, 0.8, 0.9, 0.8)
    assert (row["ledger_match"], row["thorough"]) == (0.8, 0.75)


def test_a_surplus_of_one_pool_does_not_make_up_for_another() -> None:
    def pool(unit: str | None, name: str, required: int, usable: int, **more: Any) -> dict[str, Any]:
        base = {"unit_id": unit, "category": "office", "pool": name, "required": required, "limited": True, "entitled": usable,
                "entitled_proved": usable, "used": 0, "covered": min(required, usable), "usable": usable, "blocked": 0, "free": 0,
                "surplus": max(0, usable - required), "shortfall": max(0, required - usable)}  # fmt: skip
        return {**base, **more}

    rows = [
        pool("u1", "a", 3, 1), pool("u1", "b", 1, 5), pool("u1", "c", 2, 2), pool("u1", "free", 0, 0, free=9), pool(None, "d", 0, 2),
        pool("u2", "site", 4, 4, limited=False, entitled=None, entitled_proved=None),
    ]  # fmt: skip
    counted = {row["unit_id"]: row for row in pool_bars(pl.DataFrame(rows, schema=POSITION), tree(r=None, u1="r", u2="r")).to_dicts()}
    assert [counted["u1"][name] for name in ("pools", "pools_exact", "pools_short", "pools_over")] == [3, 1, 1, 1]
    assert [counted["u1"][name] for name in ("required", "usable", "shortfall", "surplus")] == [6, 8, 2, 4]
    assert (counted["r"]["pools_over"], counted["u2"]["pools_exact"], counted["u2"]["entitled"]) == (1, 1, 0)
    row = figures(**{name: counted["u1"][name] for name in counted["u1"] if name != "unit_id"})
    # Four of six copies have a licence although there are more licences than copies.
    assert (row["sufficiency"], row["exact"]) == (4 / 6, 1 / 3)


def test_a_valid_trial_misses_the_target_but_does_not_infringe() -> None:
    assert "trial_valid" not in load_policy().infringing()
    assert {"cracked", "expired", "trial_expired"} <= set(load_policy().infringing())
    assert "no_evidence" in load_policy({"phase": "strict"}).infringing()


def test_units_that_sent_nothing_are_missing_and_upper_units_are_not_asked() -> None:
    table = devices({"device_id": "a", "unit_id": "u1", "os_name": "Windows 10 Pro", "kind": "desktop", "in_use": "yes"})
    row = top(judged(("a", "Windows 10 Pro"), devices=table, units=units(r=None, u1="r", u2="r", u3="r")))
    assert (row["units_expected"], row["units_reported"], row["units_rate"]) == (3, 1, 1 / 3)
    # kind, in_use and os_name of the computer are filled in, the day is not.
    assert (row["device_fields"], row["device_fields_filled"], row["unit_fields"]) == (4, 3, 18)


def test_the_ledger_counts_where_a_computer_stands() -> None:
    ledger = pl.DataFrame({"device_id": ["a", "gone", "scrapped"], "unit_id": ["u1", "u2", "u2"], "in_use": ["yes", "yes", "no"]})
    table = devices({"device_id": "a", "unit_id": "u1"}, {"device_id": "b", "unit_id": "u2"})
    result = judged(("a", "Foo"), ("b", "Foo"), devices=table, units=units(r=None, u1="r", u2="r"), ledger=ledger)
    rows = {row["unit_id"]: row for row in result.scores.to_dicts()}
    assert [rows["u2"][name] for name in ("ledger_listed", "ledger_surveyed", "ledger_both")] == [1, 1, 0]
    assert (rows["r"]["ledger_match"], rows["r"]["devices_rate"], rows["u1"]["ledger_match"]) == (1 / 3, 2 / 3, 1.0)
    assert result.manifest["ledger"]["match"] == pytest.approx(rows["r"]["ledger_match"], abs=1e-6)


def test_strict_is_one_exactly_where_acceptance_holds() -> None:
    good = top(judged(("a", "LibreOffice 7.3")))
    assert (good["accepted"], good["strict"]) == (True, 1.0)
    bad = top(judged(("a", "LibreOffice 7.3"), ("b", "Microsoft Office 家庭和学生版 2016")))
    assert (bad["accepted"], bad["infringing"], bad["strict"]) == (False, 1, 0.5)
    doubt = top(judged(("a", "某某杀毒")))
    assert (doubt["accepted"], doubt["in_doubt"], doubt["strict"], doubt["strict_high"]) == (False, 1, 0.0, 1.0)


def test_all_that_is_open_is_named_somewhere() -> None:
    """The width of a rate is what copies in doubt and unknown names hold open, and each name carries its share."""
    result = judged(("a", "某某杀毒"), ("b", "某某杀毒"), ("b", "天擎"), ("c", "Kaspersky Endpoint Security 11"), ("d", "Windows Defender"))
    row = top(result)
    names = result.unknown.filter(category="antivirus")
    assert names["held_open"].sum() == row["antivirus_open_names"] == 3
    whole = row["antivirus_installed"] + row["antivirus_open_names"]
    width = row["antivirus_rate_high"] - row["antivirus_rate_low"]
    assert width == pytest.approx(names["interval_open"].sum() + row["antivirus_undetermined"] / whole)


def test_licences_bought_tell_the_share_of_domestic_makers() -> None:
    bought = pl.DataFrame(
        {"entitlement_id": ["e1", "e2", "e3"], "unit_id": ["u1", None, "u1"],
         "product": ["Kaspersky Endpoint Security 11", "360安全卫士", "Microsoft Office 专业增强版 2016"],
         "metric": ["device", "device", "device"], "quantity": [3, 9, 5]}
    )  # fmt: skip
    result = judged(("a", "Foo"), devices=devices({"device_id": "a", "unit_id": "u1"}), units=units(r=None, u1="r"), entitlements=bought)
    rows = {row["unit_id"]: row for row in result.scores.to_dicts()}
    assert (rows["r"]["antivirus_domestic_rate"], rows["u1"]["antivirus_domestic_rate"]) == (0.75, 0.0)
    assert [rows["u1"][f"{category}_licences"] for category in CATEGORIES] == [0, 5, 3]
    assert [rows["r"][f"{category}_licences"] for category in CATEGORIES] == [0, 5, 12]
    assert [rows["r"][f"{category}_licences_domestic"] for category in CATEGORIES] == [0, 0, 9]
