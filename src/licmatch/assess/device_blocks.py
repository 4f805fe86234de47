"""Judging some devices at a time, where no device bears on another: so memory does not grow with the estate, and cores share the work.

Devices bear on one another through what they report and what their owner holds: a key seen on many computers, one machine under two
names, a licence that covers one copy or another. Where nothing but programs is known of them, each is judged by its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

import polars as pl

from licmatch.assess.case import Case
from licmatch.ingest.numbered import DEVICE, NumberedRows

# Devices judged at a time: fewer cost more calls, more cost more memory (about 8 KiB a device with 70 programs).
AT_A_TIME = 40_000
SIDE_BY_SIDE = 2
_OF_MACHINES = ("hardware_uuid", "serial_number")

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Block:
    """Devices that follow one another: rows of the devices' frame from `first` on."""

    first: int
    height: int

    whole: bool = False

    def part(
        self, case: Case, devices: pl.DataFrame, *tables: pl.DataFrame
    ) -> tuple[Case, pl.DataFrame, *tuple[pl.DataFrame, ...]]:  # fmt: skip
        """Return the case, its devices and tables with the column `device`, of these devices alone: they are counted from 0 again."""
        assert isinstance(case.rows, NumberedRows)
        mine = devices[self.first : self.first + self.height]
        return (replace(case, rows=self._rows(case.rows, mine)), *(self._of(table) for table in (mine, *tables)))

    def _of(self, table: pl.DataFrame) -> pl.DataFrame:
        mine = table.filter(pl.col("device").is_between(self.first, self.first + self.height, closed="left"))
        return mine.with_columns(pl.col("device") - self.first)

    def _rows(self, rows: NumberedRows, devices: pl.DataFrame) -> NumberedRows:
        mine = rows.devices.join(devices.select("device_id"), on="device_id", how="semi")
        # Ids are numbered in their order, and so are devices: what lies between two of a block is of the block.
        return rows.of_devices(mine, pl.col(DEVICE).is_between(mine[DEVICE].min(), mine[DEVICE].max()))


def device_blocks(case: Case, devices: pl.DataFrame, *, at_a_time: int | None = None) -> list[Block]:
    """Return the devices in blocks to be judged one after the other; all in one where some device may bear on another."""
    apart = _apart(case, devices) and devices.height > (at_a_time or AT_A_TIME)
    if not apart:
        return [Block(0, devices.height, whole=True)]
    # An even number of them, so that two cores end together.
    count = -(-devices.height // ((at_a_time or AT_A_TIME) * SIDE_BY_SIDE)) * SIDE_BY_SIDE
    ends = [devices.height * place // count for place in range(count + 1)]
    return [Block(first, last - first) for first, last in pairwise(ends)]


def _apart(case: Case, devices: pl.DataFrame) -> bool:
    reported = (case.activations, case.traces, case.entitlements)
    # Where a table was read whole, each of its rows says by its number where it stands; else looking that up is one pass for all devices.
    placed = isinstance(case.rows, NumberedRows) and case.rows.places is not None
    machines = any(devices[column].null_count() < devices.height for column in _OF_MACHINES)
    return placed and not machines and all(frame.is_empty() for frame in reported)


def in_turn(blocks: Sequence[Block], judge: Callable[[Block], Done], *, side_by_side: int = SIDE_BY_SIDE) -> Iterator[Done]:
    """Yield what judging each block gives, in their order; `side_by_side` of them are judged at the same time."""
    if len(blocks) == 1 or side_by_side == 1:
        yield from map(judge, blocks)
        return
    with ThreadPoolExecutor(max_workers=side_by_side) as pool:
        yield from pool.map(judge, blocks)
