from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from licmatch import schema
from licmatch.demo.places import hand_out, units_frame, units_of_the_city

UNITS = units_of_the_city(20050613)
TIERS = {"province", "city", "county", "zone", "township", "department", "other"}


def test_units_are_a_tree_with_parents_first() -> None:
    seen: set[str] = set()
    for unit in UNITS:
        assert unit.unit_id not in seen
        assert unit.parent_id in seen or (unit.parent_id is None and not seen)
        assert unit.tier in TIERS
        seen.add(unit.unit_id)


def test_the_city_has_nine_counties_two_zones_and_known_offices() -> None:
    assert sum(unit.tier == "county" for unit in UNITS) == 9
    assert sum(unit.tier == "zone" for unit in UNITS) == 2
    names = {unit.name for unit in UNITS}
    assert {"湛江市财政局", "遂溪县教育局", "太平镇人民政府", "中共廉江市委宣传部"} <= names
    assert len(names) == len(UNITS)


@given(st.integers(1, 20_000))
def test_every_device_has_a_unit(devices: int) -> None:
    counts = hand_out(UNITS, devices)
    assert sum(counts) == devices
    assert all(count == 0 for unit, count in zip(UNITS, counts, strict=True) if unit.tier in ("city", "county", "zone"))


def test_the_units_table_has_the_canonical_columns() -> None:
    frame = units_frame(UNITS, hand_out(UNITS, 3000), 1)
    assert dict(frame.schema) == schema.UNITS
    assert (frame["staff_quota"] >= frame["staff_actual"]).all()
