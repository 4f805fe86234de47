"""The result as an object: the frames of the folder, by their names there, and the manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import Any, TypeVar

import polars as pl

from licmatch.assess.rulings_queue import COPIES_OF_A_GROUP, queue
from licmatch.errors import UsageError
from licmatch.messages import environment_language
from licmatch.result.notebook import result_html
from licmatch.result.numbers import Numbers, numbers_of_tables
from licmatch.schema import ASSIGNMENT, HOLDINGS, POSITION, empty

# Frames in the order their files are written; each is `<name>.parquet` in the folder.
TABLES = (
    "matches", "installations", "findings", "position", "entitlements", "assignment", "scores", "unknown", "rejected", "units", "devices",
)  # fmt: skip

Made = TypeVar("Made")


class MadeOnce(cached_property[Made]):
    """What is made of a result when it is first asked for: once, also where several threads ask at the same time."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        super().__init__(make)
        self._making = RLock()

    def __get__(self, result: Any, owner: type | None = None) -> Any:
        with self._making:
            return super().__get__(result, owner)


class Table:
    """A field of a result that may be a scan of files: it is then read anew whenever it is asked for, and memory keeps none of it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, result: Any, owner: type | None = None) -> pl.DataFrame:
        held: pl.DataFrame | pl.LazyFrame = result.__dict__[self._name]
        return held.collect(engine="streaming") if isinstance(held, pl.LazyFrame) else held

    def __set__(self, result: Any, table: pl.DataFrame | pl.LazyFrame) -> None:
        result.__dict__[self._name] = table


@dataclass(frozen=True)
class Result:
    """What one run found. Columns of the frames are those of `licmatch.schema`; `scores` has those of `licmatch.rollup`.

    `units` adds `level` to the units table; `devices` has a row a device with `in_scope` and its rows by status.
    `position` has a row a unit and pool of licences (`licmatch.schema.POSITION`), none where no entitlements were given.
    `entitlements` has the lots as judged, `assignment` a row a copy in scope with the seat it got: what a question asked later starts from.
    `rulings_log` has an entry for what became of each ruling, those of earlier results first (`licmatch.result.rulings_log`).
    """

    manifest: dict[str, Any]
    matches: pl.DataFrame
    installations: pl.DataFrame
    findings: pl.DataFrame
    scores: pl.DataFrame
    unknown: pl.DataFrame
    rejected: pl.DataFrame
    units: pl.DataFrame
    devices: pl.DataFrame
    rulings_log: tuple[Mapping[str, Any], ...] = ()
    position: pl.DataFrame = field(default_factory=lambda: empty(POSITION))
    entitlements: pl.DataFrame = field(default_factory=lambda: empty(HOLDINGS))
    assignment: pl.DataFrame = field(default_factory=lambda: empty(ASSIGNMENT))

    def as_html(self, lang: str = "en") -> str:
        """Return totals, categories and top units as HTML for a notebook, everything in it escaped."""
        return result_html(self, lang)

    def _repr_html_(self) -> str:
        """Return what a notebook shows, in the language of the environment."""
        return self.as_html(environment_language())

    def __repr__(self) -> str:
        """Return one line: a console would else be flooded with every table."""
        totals = self.manifest.get("totals", {})
        told = ", ".join(f"{name}={totals[name]}" for name in ("rows_in", "devices", "units", "installations") if name in totals)
        return f"<Result as of {self.manifest.get('as_of')}: {told}>"

    @MadeOnce
    def waiting(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """What waits for a ruling, as `licmatch.assess.rulings_queue.queue` returns it: the queue's file and both reports show it."""
        return queue(self.scan("installations"), self.scan("findings"), self.scores, copies_listed=COPIES_OF_A_GROUP)

    @MadeOnce
    def numbers(self) -> Numbers:
        """Copies and findings by number, as the reports count them; made once for all of them."""
        return numbers_of_tables(self.scan("installations"), self.scan("findings"))

    def with_copies(self) -> Result:
        """Return the result itself, or raise UsageError where it withholds the copies of some units: what asks for each needs all."""
        withheld = self.manifest.get("withheld")
        if withheld:
            raise UsageError(
                f"the result holds the figures of {len(withheld)} units without their computers ({', '.join(withheld[:3])})",
                hint="ask them for their whole results, or do this where the whole results are",
            )
        return self

    def tables(self) -> dict[str, pl.DataFrame]:
        """Return the frames by name, in the order of their files."""
        return {name: getattr(self, name) for name in TABLES}

    def scan(self, name: str) -> pl.LazyFrame:
        """Return a table to be streamed: one that waits in files is not read here."""
        held: pl.DataFrame | pl.LazyFrame = self.__dict__[name]
        return held.lazy()

    def waits_in_files(self) -> bool:
        """Whether tables wait in files because memory is limited: what reads them then does so one after the other."""
        return any(isinstance(self.__dict__[name], pl.LazyFrame) for name in ("installations", "findings"))

    def with_manifest(self, manifest: dict[str, Any]) -> Result:
        """Return the same result with another manifest."""
        other = copy(self)
        other.__dict__["manifest"] = manifest
        return other


# The tables that grow with computers and have a row or more for each category of theirs.
for _name in ("installations", "findings"):
    setattr(Result, _name, Table(_name))
