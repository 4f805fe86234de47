"""A long table as parts that follow one another: held in memory, or waiting in files where memory is limited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl


class FrameParts:
    """Frames of one schema, in the order in which they were added. With a `folder` each is a file there, `name` and its number.

    >>> parts = FrameParts()
    >>> parts.add(pl.DataFrame({"n": [1]}))
    >>> parts.add(pl.DataFrame({"n": [2]}))
    >>> parts.table()["n"].to_list(), [part.height for part in parts]
    ([1, 2], [1, 1])
    """

    def __init__(self, folder: Path | None = None, name: str = "part") -> None:
        self._folder, self._name = folder, name
        self._frames: list[pl.DataFrame] = []
        self._files: list[Path] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Take the next part."""
        if self._folder is None:
            self._frames.append(frame)
            return
        self._files.append(self._folder / f"{self._name}-{len(self._files):05d}.parquet")
        # With the bounds of its numbers, so that who wants some of them need not read the others.
        frame.write_parquet(self._files[-1], compression="lz4", statistics=True)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Yield the parts."""
        if self._folder is None:
            yield from self._frames
        else:
            yield from (pl.read_parquet(file, glob=False) for file in self._files)

    def table(self) -> pl.DataFrame | pl.LazyFrame:
        """Return all of it: a frame, or a scan of the files."""
        return pl.concat(self._frames) if self._folder is None else pl.scan_parquet(self._files, glob=False)

    def clear(self) -> None:
        """Let go of all parts, and of their files."""
        self._frames.clear()
        for file in self._files:
            file.unlink(missing_ok=True)
        self._files.clear()
