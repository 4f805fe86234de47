"""What reading an inventory hands over: frames, the files they came from, and what a person should be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from licmatch.ingest.numbered import NumberedRows


@dataclass(frozen=True, slots=True)
class FormatInfo:
    """One inventory format that can be read: its id, its name for people, and the frames it fills."""

    id: str
    title: str
    emits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that was read. `rows` is the number of software records emitted plus the rows rejected."""

    path: str
    format: str
    encoding: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know about a file that was read all the same; `code` names the issue."""

    code: str
    file: str
    count: int
    detail: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """All inputs as canonical frames.

    `software` has the columns of `schema.SOFTWARE` (String), then further columns carried along; its rows keep the
    order of the input, and `rows` are the same as numbers, where reading gave them already. The sum of `rows` over `files` equals
    the rows of `software` plus those of `rejected`.
    """

    software: pl.LazyFrame
    devices: pl.DataFrame
    units: pl.DataFrame
    activations: pl.DataFrame
    traces: pl.DataFrame
    rejected: pl.DataFrame
    files: tuple[InputFile, ...]
    notices: tuple[Notice, ...]
    rows: NumberedRows | None = None


@dataclass(frozen=True, slots=True)
class NameTable:
    """A table with a name column: which columns hold name, publisher and version, and every row as it stood."""

    frame: pl.LazyFrame
    name: str
    publisher: str | None
    version: str | None
    files: tuple[InputFile, ...]
    rejected: pl.DataFrame
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class SideTable:
    """A frame beside the inventory: its rows, the rows that could not be used, and what a person should be told."""

    frame: pl.DataFrame
    rejected: pl.DataFrame
    notices: tuple[Notice, ...] = ()
    label: str = ""
    raw: Callable[[int], bytes] | None = None  # the bytes of a line, for rows that are only rejected later
