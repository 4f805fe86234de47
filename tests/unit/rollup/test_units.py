from __future__ import annotations

import polars as pl
import pytest
from tests.unit.assess.cases import devices, judged, units

from licmatch.errors import InputError
from licmatch.rollup import EVERYTHING, UNASSIGNED

ROWS = (("a", "Foo"), ("b", "Foo"), ("c", "Foo"))


def test_without_units_all_devices_belong_to_one() -> None:
    result = judged(*ROWS)
    assert result.scores.select("unit_id", "parent_id", "devices").rows() == [(EVERYTHING, None, 3)]
    assert set(result.findings["unit_id"]) == {EVERYTHING}


def test_without_a_units_table_the_units_devices_name_are_the_table() -> None:
    result = judged(*ROWS, devices=devices({"device_id": "a", "unit_id": "u1"}, {"device_id": "b", "unit_id": "u2"}))
    assert dict(result.scores.select("unit_id", "devices").iter_rows()) == {EVERYTHING: 3, UNASSIGNED: 1, "u1": 1, "u2": 1}


def test_a_tree_of_any_depth_sums_upwards() -> None:
    chain = {f"n{level}": (f"n{level - 1}" if level else None) for level in range(50)}
    result = judged(
        *ROWS,
        units=units(**chain),
        devices=devices({"device_id": "a", "unit_id": "n49"}, {"device_id": "b", "unit_id": "n7"}, {"device_id": "c", "unit_id": "n0"}),
    )
    counted = dict(result.scores.select("unit_id", "devices").iter_rows())
    assert [counted[f"n{level}"] for level in (0, 1, 7, 8, 49)] == [3, 2, 2, 1, 1]
    assert result.scores["level"].to_list() == sorted(result.scores["level"])
    assert result.units["level"].max() == 49


def test_devices_without_a_known_unit_are_unassigned_and_that_is_said() -> None:
    result = judged(
        *ROWS, units=units(u1=None), devices=devices({"device_id": "a", "unit_id": "u1"}, {"device_id": "b", "unit_id": "gone"})
    )
    assert dict(result.scores.select("unit_id", "devices").iter_rows()) == {EVERYTHING: 3, UNASSIGNED: 2, "u1": 1}
    assert [(notice["code"], notice["count"], notice["detail"]) for notice in result.manifest["notices"]] == [("UNKNOWN_UNIT", 1, "gone")]


def test_a_unit_without_devices_has_counts_of_zero_and_no_rates() -> None:
    result = judged(*ROWS, units=units(u1=None, u2="u1"), devices=devices(*({"device_id": device, "unit_id": "u1"} for device in "abc")))
    row = result.scores.row(by_predicate=pl.col("unit_id") == "u2", named=True)
    assert (row["devices"], row["os_rate"], row["os_coverage_high"], row["points"], row["grade"]) == (0, None, None, None, None)


def test_a_parent_that_is_not_in_the_table_leaves_a_top_unit_and_a_notice() -> None:
    result = judged(*ROWS, units=units(u1="elsewhere"), devices=devices(*({"device_id": device, "unit_id": "u1"} for device in "abc")))
    assert result.scores.select("unit_id", "parent_id").rows() == [("u1", None)]
    assert result.manifest["notices"][0]["code"] == "UNKNOWN_PARENT_UNIT"


@pytest.mark.parametrize("parents", [{"u1": "u1"}, {"u1": "u2", "u2": "u1"}, {"top": None, "u1": "u3", "u2": "u1", "u3": "u2"}])
def test_a_circle_of_units_is_an_input_error_that_shows_it(parents: dict[str, str | None]) -> None:
    with pytest.raises(InputError, match=r"circle: u1 > "):
        judged(*ROWS, units=units(**parents))


def test_one_id_for_two_units_is_an_input_error() -> None:
    twice = pl.DataFrame({"unit_id": ["u", "u"], "name": ["一", "二"]})
    with pytest.raises(InputError, match="'u' is described twice"):
        judged(*ROWS, units=twice)


def test_the_same_row_again_is_rejected() -> None:
    result = judged(*ROWS, units=pl.concat([units(u=None), units(u=None)]))
    assert result.rejected.select("file", "line", "raw").rows() == [("units", 2, b"u")]
    assert result.manifest["totals"]["rejected_elsewhere"] == 1


def test_a_reserved_id_is_an_input_error() -> None:
    with pytest.raises(InputError, match="reserved"):
        judged(*ROWS, units=pl.DataFrame({"unit_id": [UNASSIGNED], "name": ["x"]}))


def test_a_long_circle_is_shown_by_its_first_eight_units() -> None:
    ring = {f"u{number}": f"u{(number + 1) % 12}" for number in range(12)}
    with pytest.raises(InputError, match=r"circle: u0 > u1 > u2 > u3 > u4 > u5 > u6 > u7 > u0\n"):
        judged(*ROWS, units=units(**ring))


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_parent_of_blanks_is_none(blank: str) -> None:
    result = judged(*ROWS, units=units(u1=blank), devices=devices(*({"device_id": device, "unit_id": "u1"} for device in "abc")))
    assert result.scores.select("unit_id", "parent_id").rows() == [("u1", None)]
    assert "UNKNOWN_PARENT_UNIT" not in [notice["code"] for notice in result.manifest["notices"]]


def test_of_units_told_twice_the_first_is_named() -> None:
    twice = pl.DataFrame({"unit_id": ["u2", "u1", "u2", "u1"], "name": ["a", "b", "c", "d"], "parent_id": [None] * 4})
    with pytest.raises(InputError, match="'u2' is described twice"):
        judged(*ROWS, units=twice)
