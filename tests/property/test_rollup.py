"""Counts conserve for any estate, however its devices are spread over units, and nothing depends on the order of rows."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.assess.cases import devices, judged, units
from tests.unit.assess.small_engine import ANSWERS

from licmatch.result import Result
from licmatch.rollup import REPORTING, count_columns

CATEGORIES = ["os", "office", "antivirus"]
COUNTS = count_columns(CATEGORIES)
DEVICES = [f"d{number}" for number in range(6)]
UNITS = ["r", "u1", "u2", "u3", "u4"]

rows = st.lists(st.tuples(st.sampled_from(DEVICES), st.sampled_from([*ANSWERS, "X", "Y"])), max_size=40)
table = st.lists(
    st.fixed_dictionaries(
        {
            "unit_id": st.sampled_from([*UNITS, None, "gone"]),
            "os_name": st.sampled_from([None, "Windows 10 Pro", "Windows 7", "X"]),
            "in_use": st.sampled_from(["yes", "no", None]),
        }
    ),
    min_size=len(DEVICES), max_size=len(DEVICES),
)  # fmt: skip
# Any tree: each unit's parent is one that stands before it.
parents = st.tuples(*(st.integers(0, place - 1) for place in range(1, len(UNITS)))).map(
    lambda places: {"r": None, **{UNITS[child]: UNITS[place] for child, place in enumerate(places, start=1)}}
)


def estate(described: list[dict[str, Any]]) -> pl.DataFrame:
    return devices(*({"device_id": device, **facts} for device, facts in zip(DEVICES, described, strict=True)))


def top(result: Result) -> dict[str, Any]:
    return result.scores.filter(pl.col("parent_id").is_null()).row(0, named=True)


@given(rows, table, parents)
@settings(max_examples=25)
def test_counts_conserve_and_intervals_hold_the_rate(
    found: list[tuple[str, str]], described: list[dict[str, Any]], tree: dict[str, str | None]
) -> None:
    result = judged(*found, devices=estate(described), units=units(**tree))
    whole = top(result)
    assert whole["rows"] == len(found)
    assert whole["devices"] == len(DEVICES) == result.devices.height
    assert result.findings.height == len(DEVICES) * len(CATEGORIES)
    assert result.installations["rows_collapsed"].sum() <= len(found)
    # The obvious count: straight from the installations and findings, without any unit.
    in_scope = result.installations.filter(pl.col("state") != "out_of_scope")
    for category in CATEGORIES:
        copies = in_scope.filter(category=category)
        assert whole[f"{category}_installed"] == copies.height
        assert whole[f"{category}_genuine"] == copies.filter(state="genuine").height
        assert whole[f"{category}_covered"] == copies.filter(state="genuine")["device_id"].n_unique()
    for row in result.scores.iter_rows(named=True):
        for figure in [f"{category}_{kind}" for category in CATEGORIES for kind in ("rate", "coverage")] + ["points"]:
            low, here, high = row[f"{figure}_low"], row[figure], row[f"{figure}_high"]
            assert here is None or low <= here <= high
            assert low is None or 0 <= low <= high <= (100 if figure == "points" else 1)


@given(rows, table, parents, parents)
@settings(max_examples=15)
def test_any_grouping_of_units_sums_to_the_same_whole(
    found: list[tuple[str, str]], described: list[dict[str, Any]], tree: dict[str, str | None], other: dict[str, str | None]
) -> None:
    one = top(judged(*found, devices=estate(described), units=units(**tree)))
    two = top(judged(*found, devices=estate(described), units=units(**other)))
    # Which units should report is what the tree says; everything else is counted on the devices, wherever they are.
    added = [name for name in COUNTS if name not in REPORTING]
    assert {name: one[name] for name in added} == {name: two[name] for name in added}
    assert one["points"] == two["points"]


@given(rows, table, st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_the_order_of_rows_moves_no_verdict(found: list[tuple[str, str]], described: list[dict[str, Any]], chance: Any) -> None:
    shuffled, mixed = list(found), estate(described).sample(fraction=1, shuffle=True, seed=chance.randint(0, 99))
    chance.shuffle(shuffled)
    one, two = judged(*found, devices=estate(described)), judged(*shuffled, devices=mixed)
    assert one.findings.drop("evidence").equals(two.findings.drop("evidence"))
    assert one.scores.equals(two.scores)
    assert one.matches.equals(two.matches)
    assert one.unknown.equals(two.unknown)


@given(rows, st.sampled_from(sorted(ANSWERS)))
@settings(max_examples=15)
def test_a_device_is_judged_by_its_own_rows_alone(found: list[tuple[str, str]], name: str) -> None:
    before = judged(*found, ("d0", "Foo")).findings
    after = judged(*found, ("d0", "Foo"), ("other", name)).findings.filter(pl.col("device_id") != "other")
    assert before.drop("evidence").equals(after.drop("evidence"))


def below(unit: str, parents: dict[str, str | None]) -> set[str]:
    """The unit and all under it."""
    found = {unit}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


@given(rows, table, parents)
@settings(max_examples=25)
def test_every_count_is_what_the_tables_beside_it_show(
    found: list[tuple[str, str]], described: list[dict[str, Any]], tree: dict[str, str | None]
) -> None:
    result = judged(*found, devices=estate(described), units=units(**tree))
    over = dict(result.units.select("unit_id", "parent_id").iter_rows())
    in_use = result.devices.filter("in_scope")
    for row in result.scores.iter_rows(named=True):
        mine = pl.col("unit_id").is_in(below(row["unit_id"], over))
        devices_here, used = result.devices.filter(mine), in_use.filter(mine)["device_id"].to_list()
        findings = result.findings.filter(pl.col("device_id").is_in(used))
        pirated = set(findings.filter(verdict="cracked")["device_id"])
        traced = findings.filter(pl.col("grade").is_in(["indication", "strong", "conclusive"]))
        suspected = set(traced.filter(pl.col("state").is_in(["undetermined", "not_genuine"]))["device_id"])
        told = {
            "devices": devices_here.height, "in_use": len(used),
            "pirated_devices": len(pirated), "suspected_devices": len(suspected - pirated),
            **{status: int(devices_here[status].sum()) for status in ("recognised", "ambiguous", "unknown")},
        }  # fmt: skip
        for one in CATEGORIES:
            copies = result.installations.filter(pl.col("device_id").is_in(used), pl.col("category") == one)
            told |= {f"{one}_{state}": copies.filter(state=state).height for state in ("genuine", "not_genuine", "undetermined")}
            told |= {
                f"{one}_installed": copies.height,
                f"{one}_domestic": copies.filter(origin="domestic").height,
                f"{one}_end_of_support": int(copies["end_of_support"].fill_null(False).sum()),
                f"{one}_official": int(copies["official"].sum()),
                f"{one}_absent": len(used) - copies["device_id"].n_unique(),
                f"{one}_covered": copies.filter(state="genuine")["device_id"].n_unique(),
            }
        assert told == {name: row[name] for name in told}
        assert row["rows"] == sum(told[status] for status in ("recognised", "ambiguous", "unknown"))
