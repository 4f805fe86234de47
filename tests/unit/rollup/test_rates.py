from __future__ import annotations

from typing import Any

import pytest
from tests.unit.assess.cases import devices, judged

from licmatch.assess import load_policy
from licmatch.rollup import count_columns, score

import polars as pl  # isort: skip

CATEGORIES = ["os", "office", "antivirus"]


def figures(**counts: int) -> dict[str, Any]:
    row = pl.DataFrame({name: [counts.get(name, 0)] for name in count_columns(CATEGORIES)})
    return score(row, CATEGORIES, load_policy()).row(0, named=True)


def test_low_is_all_open_bad_and_high_is_all_open_good() -> None:
    row = figures(
        in_use=10, os_installed=8, os_genuine=4, os_undetermined=2, os_not_genuine=2, os_open_names=2, os_covered=4, os_coverable=3
    )
    assert (row["os_rate"], row["os_rate_low"], row["os_rate_high"]) == (4 / 8, 4 / 10, 8 / 10)
    assert (row["os_coverage"], row["os_coverage_low"], row["os_coverage_high"]) == (0.4, 0.4, 0.7)


def test_nothing_over_nothing_is_null() -> None:
    row = figures(in_use=3)
    assert (row["os_rate"], row["os_rate_low"], row["os_rate_high"], row["os_coverage"]) == (None, None, None, 0.0)
    assert figures()["antivirus_coverage"] is None
    assert figures()["points"] is None


@pytest.mark.parametrize(
    ("genuine", "points", "grade"),
    [(100, 100.0, "A"), (98, 90.0, "A"), (96, 80.0, "B"), (92, 60.0, "C"), (80, 0.0, "D"), (0, 0.0, "D"), (97, 85.0, "B")],
)
def test_points_run_straight_between_the_two_values(genuine: int, points: float, grade: str) -> None:
    row = figures(os_installed=100, os_genuine=genuine, os_not_genuine=100 - genuine)
    assert (row["points"], row["grade"]) == (points, grade)


def test_points_weigh_what_there_is() -> None:
    row = figures(in_use=10, os_installed=10, os_genuine=10, office_installed=10, office_genuine=0, antivirus_covered=9)
    # 12 of 12 for the systems, 0 of 12 for the suites, half of 6 for the antivirus at 0.9.
    assert row["points"] == 50.0
    assert row["points_low"] <= row["points"] <= row["points_high"]


def test_a_parent_rate_is_sum_over_sum_not_a_mean() -> None:
    table = devices(*({"device_id": f"d{place}", "unit_id": "small" if place == 0 else "big"} for place in range(4)))
    result = judged(("d0", "LibreOffice 7.3"), *((f"d{place}", "Microsoft Office 家庭和学生版 2016") for place in (1, 2, 3)), devices=table)
    rates = dict(result.scores.select("unit_id", "office_rate").iter_rows())
    assert (rates["small"], rates["big"], rates["(all)"]) == (1.0, 0.0, 0.25)


def test_an_open_name_widens_the_interval_and_a_silent_one_does_not() -> None:
    base = [("a", "Windows Defender"), ("b", "Kaspersky Endpoint Security 11")]

    def interval(*more: tuple[str, str]) -> tuple[float, float]:
        return judged(*base, *more).scores.select("antivirus_rate_low", "antivirus_rate_high").row(0)

    assert interval() == (1 / 2, 1.0)
    assert interval(("b", "单位自编程序")) == interval()
    assert interval(("b", "某某杀毒")) == (1 / 3, 1.0)


def test_a_device_whose_system_nobody_named_may_still_be_covered() -> None:
    row = judged(("a", "Foo"), ("b", "Foo")).scores.row(0, named=True)
    assert (row["os_coverage_low"], row["os_coverage_high"], row["os_absent"]) == (0.0, 1.0, 2)
    assert (row["office_coverage_low"], row["office_coverage_high"]) == (0.0, 0.0)


@pytest.mark.parametrize("weight", [0.5, 1, 40])
def test_points_are_out_of_a_hundred_whatever_the_weights_sum_up_to(weight: float) -> None:
    policy = load_policy({"points": [{"category": "os", "by": "rate", "weight": weight, "zero_at": 0.0, "full_at": 1.0}]})
    row = pl.DataFrame({name: [{"os_installed": 4, "os_genuine": 3}.get(name, 0)] for name in count_columns(CATEGORIES)})
    assert score(row, CATEGORIES, policy)["points"].to_list() == [75.0]
