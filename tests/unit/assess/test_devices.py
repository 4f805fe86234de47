from __future__ import annotations

import pytest
from tests.unit.assess.cases import devices, judged


def test_devices_of_table_and_software_are_listed_once_in_order() -> None:
    result = judged(("b", "Foo"), ("c", "Foo"), devices=devices({"device_id": "c"}, {"device_id": "a"}))
    assert result.devices["device_id"].to_list() == ["a", "b", "c"]


def test_several_rows_of_a_device_are_merged_the_first_word_counts() -> None:
    table = devices({"device_id": "a", "os_name": None, "unit_id": "u"}, {"device_id": "a", "os_name": "Windows 7", "unit_id": "v"})
    assert judged(("a", "Foo"), devices=table).devices.select("os_name", "unit_id").row(0) == ("Windows 7", "u")


@pytest.mark.parametrize(
    ("word", "in_scope"), [("yes", True), (None, True), ("unknown", True), ("No ", False), ("闲置", False), ("IDLE", False)]
)
def test_only_a_clear_word_takes_a_device_out_of_scope(word: str | None, in_scope: bool) -> None:
    assert judged(("a", "Foo"), devices=devices({"device_id": "a", "in_use": word})).devices["in_scope"][0] is in_scope


def test_rows_are_counted_by_status_for_each_device() -> None:
    result = judged(("a", "Foo"), ("a", "Foo"), ("a", "天擎"), ("a", "KMSpico"), ("b", "Windows 7"))
    assert result.devices.select("device_id", "recognised", "ambiguous", "unknown").rows() == [("a", 1, 1, 2), ("b", 1, 0, 0)]


def test_names_count_devices_and_rows() -> None:
    result = judged(("a", "Foo"), ("a", "Foo"), ("b", "Foo"), ("c", "Windows 7"))
    assert result.matches.select("name", "rows", "devices").rows() == [("Foo", 3, 2), ("Windows 7", 1, 1)]
