"""Seeded draws that give the same values on every machine and every version of Python and polars.

Only `random.random()` is used of the standard generator (its sequence is guaranteed, `choices` and `sample` are not), and
rows are drawn by a counter-based generator written in plain integer expressions, because `Expr.hash` may change between versions.
"""

from __future__ import annotations

import hashlib
import random
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import polars as pl

T = TypeVar("T")
_RANGE = re.compile(r"\{(\d+)-(\d+)\}")


class Weighted(Generic[T]):
    """Values with weights, prepared once so that a draw costs one bisection."""

    def __init__(self, table: Iterable[tuple[T, float]]) -> None:
        rows = tuple(table)
        self.values = tuple(value for value, _ in rows)
        self._ends = tuple(accumulate(weight for _, weight in rows))

    def at(self, share: float) -> T:
        """Return the value at this share (0 to 1) of the total weight."""
        return self.values[min(bisect_right(self._ends, share * self._ends[-1]), len(self.values) - 1)]


class Draw:
    """A stream of random values named by a seed and a purpose: other streams do not shift it."""

    def __init__(self, seed: int, purpose: str) -> None:
        self.unit = random.Random(f"{seed}/{purpose}").random

    def below(self, limit: int) -> int:
        """Return an integer from 0 up to, not including, `limit`."""
        return int(self.unit() * limit)

    def chance(self, share: float) -> bool:
        """Return True in this share of all draws."""
        return self.unit() < share

    def pick(self, values: Sequence[T]) -> T:
        """Return one of the values, each as likely as the others."""
        return values[self.below(len(values))]

    def weighted(self, table: Weighted[T]) -> T:
        """Return one of the values by its weight."""
        return table.at(self.unit())

    def fill(self, template: str) -> str:
        """Return the template with each `{low-high}` replaced by a number of that range.

        >>> Draw(1, "doc").fill("10.0.{7-7}")
        '10.0.7'
        """
        return _RANGE.sub(lambda m: str(int(m[1]) + self.below(int(m[2]) - int(m[1]) + 1)), template)

    def versions(self, template: str, count: int) -> tuple[str, ...]:
        """Return up to `count` different versions of the template, in the order drawn."""
        return tuple(dict.fromkeys(self.fill(template) for _ in range(count)))


def _u64(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)


def noise(counter: pl.Expr, seed: int, purpose: str) -> pl.Expr:
    """Return a float of [0, 1) for each counter: splitmix64 of the counter and the stream's key.

    Polars integers wrap on overflow, which is what the mixing needs; a unit test pins its values.
    """
    key = int.from_bytes(hashlib.sha256(f"{seed}/{purpose}".encode()).digest()[:8], "little")
    mixed = counter.cast(pl.UInt64) * _u64(0x9E3779B97F4A7C15) + _u64(key)
    mixed = (mixed ^ (mixed // _u64(1 << 30))) * _u64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed // _u64(1 << 27))) * _u64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed // _u64(1 << 31))
    return (mixed // _u64(1 << 11)).cast(pl.Float64) * 2.0**-53
