"""Judging some devices at a time, where no device bears on another: so memory does not grow with the estate, and cores share the work.

Devices bear on one another through what they report and what their owner holds: a key seen on many computers, one machine under two
names, a licence that covers one copy or another. Where nothing but programs is known of them, each is judged by its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import polars as pl

from licmatch.assess.case import Case
from licmatch.assess.counted_rows import SoftwareRows
from licmatch.ingest.numbered import DEVICE, NumberedRows

# Devices judged at a time: fewer cost more calls, more cost more memory.
AT_A_TIME = 75_000
AT_ONCE = 2
# Bytes that a run takes before it judges (the engine, 160,000 names), and for each device judged at a time (70 programs).
_ANYWAY, _A_DEVICE, _FEWEST = 700 << 20, 16 << 10, 5_000
_OF_MACHINES = ("hardware_uuid", "serial_number")

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Block:
    """Devices that follow one another: rows of the devices' frame from `first` on."""

    first: int
    height: int
    whole: bool = False  # all devices of the case

    def of(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of these devices of a table with the column `device`: they are counted from 0 again."""
        if self.whole:
            return table
        mine = table.filter(pl.col("device").is_between(self.first, self.first + self.height, closed="left"))
        return mine.with_columns(pl.col("device") - self.first)

    def rows(self, case: Case, devices: pl.DataFrame) -> SoftwareRows:
        """Return the rows of the software on these devices. `devices`: all of the case."""
        if self.whole:
            return case.rows
        assert isinstance(case.rows, NumberedRows)
        ids = devices.select("device_id")[self.first : self.first + self.height]
        mine = case.rows.devices.join(ids, on="device_id", how="semi")
        # Ids are numbered in their order, and so are devices: what lies between two of a block is of the block.
        return case.rows.of_devices(mine, pl.col(DEVICE).is_between(mine[DEVICE].min(), mine[DEVICE].max()))


def shares(memory: int | None) -> tuple[int, int]:
    """Return how many devices are judged at a time, and how many such blocks at once, in a run that may take so many bytes.

    >>> shares(None), shares(4 << 30), shares(1 << 30)
    ((75000, 2), (75000, 1), (20736, 1))
    """
    if memory is None:
        return AT_A_TIME, AT_ONCE
    return max(min((memory - _ANYWAY) // _A_DEVICE, AT_A_TIME), _FEWEST), 1


def device_blocks(case: Case, devices: pl.DataFrame, at_a_time: int = AT_A_TIME) -> list[Block]:
    """Return the devices in blocks to be judged one after the other; all in one where some device may bear on another."""
    if devices.height <= at_a_time or not _apart(case, devices):
        return [Block(0, devices.height, whole=True)]
    # An even number of them, so that two cores end together.
    count = -(-devices.height // (at_a_time * AT_ONCE)) * AT_ONCE
    ends = [devices.height * place // count for place in range(count + 1)]
    return [Block(first, last - first) for first, last in pairwise(ends)]


def _apart(case: Case, devices: pl.DataFrame) -> bool:
    reported = (case.activations, case.traces, case.entitlements)
    # Where a table was read whole, each of its rows says by its number where it stands; else looking that up is one pass for all devices.
    placed = isinstance(case.rows, NumberedRows) and case.rows.places is not None
    machines = any(devices[column].null_count() < devices.height for column in _OF_MACHINES)
    return placed and not machines and all(frame.is_empty() for frame in reported)


def in_turn(blocks: Sequence[Block], judge: Callable[[Block], Done], at_once: int = AT_ONCE) -> Iterator[Done]:
    """Yield what judging each block gives, in their order; `at_once` of them are judged at the same time."""
    if len(blocks) == 1 or at_once == 1:
        yield from map(judge, blocks)
        return
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        yield from pool.map(judge, blocks)
