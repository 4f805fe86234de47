"""The table of chance collisions, and the thresholds that follow from it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from licmatch.rules.chance import TOLERATED, chance_limits, chance_threshold, expected_collisions

# Devices with keys of their own, and how many values k = 2, 3, 4, 5 of them are expected to share.
TABLE = [
    (1_000, "0.06", "0", "0", "0"),
    (5_000, "1.6", "0.0003", "0", "0"),
    (10_000, "6.3", "0.003", "0", "0"),
    (50_000, "156", "0.33", "0.0005", "0"),
    (100_000, "623", "2.6", "0.008", "0"),
    (300_000, "551e1", "69", "0.65", "0.005"),
    (1_000_000, "578e2", "239e1", "75", "1.9"),
]  # as printed: each is right to half a unit of its last digit


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row[0]))
def test_the_published_table_is_reproduced(row: tuple[int, str, str, str, str]) -> None:
    for shared_by, printed in enumerate(row[1:], start=2):
        value = Decimal(printed)
        half = Decimal(5).scaleb(int(value.as_tuple().exponent) - 1) if value else Decimal("0.00005")
        assert abs(Decimal(expected_collisions(row[0], shared_by)) - value) <= half


@pytest.mark.parametrize("devices", [2, 399, 400, 15_619, 15_620, 100_000, 105_196, 1_000_000])
def test_the_threshold_is_the_smallest_that_chance_does_not_explain(devices: int) -> None:
    k = chance_threshold(devices)
    assert expected_collisions(devices, k) < TOLERATED
    assert k == 2 or expected_collisions(devices, k - 1) >= TOLERATED


def test_thresholds_for_the_sizes_of_estates() -> None:
    assert [chance_threshold(devices) for devices in (300, 5_000, 10_000, 50_000, 100_000, 300_000, 1_500_000)] == [2, 3, 3, 4, 4, 5, 8]
    assert list(chance_limits()) == sorted(chance_limits())
