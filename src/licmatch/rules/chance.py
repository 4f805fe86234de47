"""How many devices must share the last five characters of a key before chance no longer explains it."""

from __future__ import annotations

from functools import cache
from math import exp, lgamma, log, log1p

VALUES = 24**5  # keys are written in an alphabet of 24 letters
TOLERATED = 0.01  # chance collisions expected in one product
MOST_DEVICES = 1_000_000_000


def expected_collisions(devices: int, shared_by: int, values: int = VALUES) -> float:
    """Return how many values are expected to be shared by at least `shared_by` devices if every device has a key of its own.

    >>> round(expected_collisions(100_000, 2)), round(expected_collisions(100_000, 3), 1)
    (623, 2.6)
    """
    share, total = 1 / values, 0.0
    for number in range(shared_by, devices + 1):
        ways = lgamma(devices + 1) - lgamma(number + 1) - lgamma(devices - number + 1)
        term = exp(ways + number * log(share) + (devices - number) * log1p(-share))
        total += term
        if number > devices * share and term <= total * 1e-12:
            break  # past the peak of the distribution every further term is smaller still
    return values * total


@cache
def chance_limits() -> tuple[int, ...]:
    """Return for k = 2, 3, ... the largest number of devices at which k devices with one value are still no chance.

    >>> chance_limits()[:2]
    (399, 15619)
    """
    limits = []
    for shared_by in range(2, 64):
        low, high = 1, MOST_DEVICES
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if expected_collisions(middle, shared_by) < TOLERATED else (low, middle - 1)
        limits.append(low)
        if low >= 10_000_000:  # more computers than any estate has
            break
    return tuple(limits)


def chance_threshold(devices: int) -> int:
    """Return the smallest k for which fewer than TOLERATED values are expected to be shared by k of so many devices by chance.

    >>> [chance_threshold(devices) for devices in (100, 10_000, 100_000, 300_000)]
    [2, 3, 4, 5]
    """
    return 2 + sum(devices > limit for limit in chance_limits())
