"""Rows that are counted where they lie, on a cluster: judging asks for counts and never sees the rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import polars as pl

from licmatch.ingest.numbered import NumberedRows

if TYPE_CHECKING:
    from licmatch.assess.names import Names
    from licmatch.assess.occurrences import Occurrences
    from licmatch.assess.source_rows import SourceRows


class CountedRows(ABC):
    """An inventory that is too large for this machine. Counts are whole numbers, the same as `number_rows` and what follows would give.

    `names`: name, publisher, version, rows (Int64), one row a distinct name. `devices`: device_id, one row a device.
    `rejected`: rows without a name or a device, with the columns of `schema.REJECTED`.
    """

    names: pl.DataFrame
    devices: pl.DataFrame
    rejected: pl.DataFrame

    @abstractmethod
    def occurrences(self, names: Names, devices: pl.DataFrame) -> Occurrences:
        """Return how the rows fall on devices (device_id, device) and names; `occurrences.count_occurrences` says in which columns."""

    @abstractmethod
    def sources(self) -> SourceRows:
        """Return where the first row of each pair of `occurrences` came from."""


# What every later step takes: the rows as numbers, or rows that are counted elsewhere.
SoftwareRows = NumberedRows | CountedRows
