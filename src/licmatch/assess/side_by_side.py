"""Two pieces of work at the same time, where neither needs the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

First = TypeVar("First")
Second = TypeVar("Second")


def side_by_side(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """Return the results of both; what either raises is raised, of two errors the first.

    Much of what polars does with one frame runs on one core and lets go of Python meanwhile. Neither may change what the other
    reads: results must not depend on which is done first.

    >>> side_by_side(lambda: 1, lambda: "b")
    (1, 'b')
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        beside = pool.submit(first)
        try:
            mine = second()
        except BaseException:
            beside.result()
            raise
        return beside.result(), mine
