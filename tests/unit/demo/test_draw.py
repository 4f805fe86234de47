from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from licmatch.demo.draw import Draw, Weighted, noise

MASK = (1 << 64) - 1


def slow_noise(counter: int, key: int) -> float:
    """Splitmix64 in plain integers, the oracle for the expression."""
    mixed = (counter * 0x9E3779B97F4A7C15 + key) & MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
    mixed ^= mixed >> 31
    return (mixed >> 11) * 2.0**-53


@given(st.lists(st.integers(0, MASK), min_size=1, max_size=20), st.integers(0, 10**9))
def test_noise_is_splitmix64(counters: list[int], seed: int) -> None:
    import hashlib

    key = int.from_bytes(hashlib.sha256(f"{seed}/x".encode()).digest()[:8], "little")
    frame = pl.DataFrame({"counter": counters}, schema={"counter": pl.UInt64})
    assert frame.select(noise(pl.col("counter"), seed, "x"))["counter"].to_list() == [slow_noise(counter, key) for counter in counters]


def test_noise_is_pinned() -> None:
    frame = pl.select(pl.int_range(3).alias("n"))
    assert frame.select(noise(pl.col("n"), 20050613, "pin"))["n"].to_list() == [0.9914743182220528, 0.40899684045374063, 0.7964104989921311]


def test_draws_are_pinned() -> None:
    draw = Draw(20050613, "pin")
    assert [draw.below(1000) for _ in range(5)] == [502, 847, 81, 515, 993]


def test_streams_do_not_shift_each_other() -> None:
    alone = Draw(1, "a")
    first = [alone.unit() for _ in range(5)]
    left, right = Draw(1, "a"), Draw(1, "b")
    assert [(left.unit(), right.unit())[0] for _ in range(5)] == first


def test_weighted_gives_each_value_its_share() -> None:
    draw, table = Draw(3, "weights"), Weighted((("a", 9.0), ("b", 1.0), ("never", 0.0)))
    drawn = [draw.weighted(table) for _ in range(5000)]
    assert 0.87 < drawn.count("a") / 5000 < 0.93
    assert "never" not in drawn


def test_versions_are_different_and_in_range() -> None:
    versions = Draw(5, "v").versions("{1-3}.{0-1}", 50)
    assert len(set(versions)) == len(versions) <= 6
    assert all(1 <= int(v.split(".")[0]) <= 3 for v in versions)
