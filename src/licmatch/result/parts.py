"""The tables of a result that grow with its computers, taken part by part: held in memory, or put into files where memory is limited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from licmatch.ingest.frame_parts import FrameParts


class TableParts:
    """Parts of tables, in order. With a `folder` they wait in files there and a table is a scan of them; without, in memory.

    >>> parts = TableParts()
    >>> parts.add(devices=pl.DataFrame({"n": [1]}))
    >>> parts.add(devices=pl.DataFrame({"n": [2]}))
    >>> parts.table("devices")["n"].to_list()
    [1, 2]
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._tables: dict[str, FrameParts] = {}

    def add(self, **frames: pl.DataFrame) -> None:
        """Take the next part of each table."""
        for name, frame in frames.items():
            self._tables.setdefault(name, FrameParts(self._folder, name)).add(frame)

    def table(self, name: str) -> Any:
        """Return all parts of a table: a frame, or a scan of files."""
        return self._tables[name].table()
