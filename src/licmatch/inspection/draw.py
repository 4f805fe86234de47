"""The draw: how many of each stratum, and which. The same seed draws the same computers on every machine, for ever.

A computer's place in the queue of its stratum is the SHA-256 of `licmatch-draw-1`, the seed and its device_id, one a line, in UTF-8;
the first n by that number, read as hexadecimal text, are drawn. Neither the order of rows nor a random generator of any library has a
part in it, so an inspected unit can work it out again with `sha256sum`. Whoever knows the seed could name a computer so that it is not
drawn: choose it in public, after the result is sealed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from licmatch.errors import InputError, UsageError
from licmatch.inspection.frame import frame_hash
from licmatch.inspection.hypergeometric import chance_of_none, smallest_sample, tolerated
from licmatch.inspection.stratified import chance_of_missing

VERSION = "licmatch-draw-1"
CENSUS = ("server",)  # kinds of which every one is looked at
EVERY, RANDOM, BESIDES = "every", "random", "besides"
STRATUM, WHOLE = "stratum", "whole"
_CODE = re.compile(rf"{VERSION}(?:;[a-z]+=[\w.()/:-]*)+")
DRAWN: dict[str, pl.DataType] = {
    "number": pl.Int64(),
    "device_id": pl.String(),
    "unit_id": pl.String(),
    "group": pl.String(),
    "kind": pl.String(),
    "seen_in": pl.String(),
    "model": pl.String(),
    "chosen": pl.String(),  # every: the whole stratum | random | besides: for the unit's sake, no part of the random sample
}
STRATA: dict[str, pl.DataType] = {
    "group": pl.String(),
    "kind": pl.String(),
    "population": pl.Int64(),
    "tolerated": pl.Int64(),  # D
    "sample": pl.Int64(),  # n
    "besides": pl.Int64(),
    "drawn": pl.Int64(),
    "chance": pl.Float64(),  # of seeing a defect, if D of the stratum are defective
}


@dataclass(frozen=True, slots=True)
class Design:
    """How to draw. Shares are exact decimals in text or fractions, never floats: 0.1 is a tenth.

    `hold`: confidence and tolerance hold in each stratum, or in the whole, whose sample is then shared out by size. `percent`, where given,
    replaces the plan by that share of each stratum, at least `floor` and at most `cap`. `minimum`: computers of each unit that has any.
    """

    seed: int
    confidence: Decimal = Decimal("0.95")
    tolerance: Decimal = Decimal("0.05")
    by: str = "county"
    hold: str = STRATUM
    percent: Decimal | None = None
    floor: int = 0
    cap: int | None = None
    minimum: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1 or not 0 < self.tolerance < 1:
            raise UsageError("confidence and tolerance lie between 0 and 1", hint="as --confidence 0.95 --tolerance 0.05")
        if self.seed < 0 or self.minimum < 0 or self.floor < 0:
            raise UsageError("seed, minimum and floor are not negative")
        if self.percent is not None and not 0 < self.percent <= 100:
            raise UsageError(f"{self.percent} is no percentage", hint="above 0, at most 100")
        if self.cap is not None and self.cap < max(1, self.floor):
            raise UsageError("the cap is below the floor", hint="--cap at least 1 and at least --floor")
        if self.hold not in (STRATUM, WHOLE):
            raise UsageError(f"{self.hold!r} is not where a plan can hold", hint="stratum or whole")

    def written(self) -> str:
        """The design as one line of text: `name=value` with `;` between, what is not asked for left out."""
        said = ((field.name, getattr(self, field.name)) for field in fields(self))
        return ";".join(f"{name}={value}" for name, value in said if value is not None)


@dataclass(frozen=True, slots=True)
class Draw:
    """What was drawn from what: `strata` and `drawn` with the columns of `STRATA` and `DRAWN`, and the hashes they rest on."""

    design: Design
    strata: pl.DataFrame
    drawn: pl.DataFrame
    result: str
    frame: str

    @property
    def code(self) -> str:
        """One line that says it all: whoever has the result can draw again from it and compare."""
        return f"{VERSION};{self.design.written()};result={self.result};frame={self.frame};number={self.number}"

    @property
    def number(self) -> str:
        """The first sixteen digits of the SHA-256 of design, hashes and drawn computers: the number printed on every page."""
        head = f"{VERSION};{self.design.written()};result={self.result};frame={self.frame}\n"
        return hashlib.sha256((head + "\n".join(sorted(self.drawn["device_id"]))).encode("utf-8")).hexdigest()[:16]

    @property
    def chance(self) -> Fraction:
        """The chance to see a defect by the random samples if the tolerated share of the whole is defective, wherever it hides best."""
        sizes = list(self.strata.select("population", "sample").iter_rows())
        return 1 - chance_of_missing(sizes, tolerated(sum(size for size, _ in sizes), Fraction(self.design.tolerance)))


def place(seed: int, device_id: str) -> str:
    """Return a computer's place in the queue, as hexadecimal text.

    >>> place(7, "PC-0001")[:16]
    '9635c28f49006434'
    """
    return hashlib.sha256(f"{VERSION}\n{seed}\n{device_id}".encode()).hexdigest()


def draw(frame: pl.DataFrame, design: Design, *, result: str = "") -> Draw:
    """Draw from a frame (`frame.FRAME`) by the design. Servers are all drawn; every unit has at least `minimum` of its computers drawn.

    The random sample of a stratum is drawn first and by chance alone, so that what it shows bears on the stratum; what the minimum of a
    unit still asks for comes on top and is marked. `result`: the hash of what the frame was made of. Raises InputError for a frame with
    nobody in it.
    """
    if frame.is_empty():
        raise InputError("no computer can be drawn: none is in scope")
    # One call a computer: a hash that is the same everywhere is not among polars' own.
    keys = [place(design.seed, device) for device in frame["device_id"]]
    queue = (
        frame.with_columns(key=pl.Series(keys, dtype=pl.String))
        .sort("group", "kind", "key", "device_id")
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("group", "kind"))
    )
    sizes = queue.group_by("group", "kind").agg(population=pl.len().cast(pl.Int64)).sort("group", "kind")
    planned = sizes.with_columns(sample=pl.Series(_planned(sizes, design), dtype=pl.Int64))
    placed = queue.join(planned.select("group", "kind", "sample"), on=["group", "kind"], maintain_order="left")
    every = pl.col("kind").is_in(CENSUS)
    chosen = placed.with_columns(chosen=pl.when(every).then(pl.lit(EVERY)).when(pl.col("rank") <= pl.col("sample")).then(pl.lit(RANDOM)))
    # Signed: a unit may have more than its least.
    owed = pl.lit(design.minimum) - pl.col("chosen").is_not_null().sum().cast(pl.Int64).over("unit_id")
    waiting = pl.when(pl.col("chosen").is_null()).then("key").rank("ordinal").over("unit_id")
    asked = (waiting <= owed).fill_null(False) & pl.col("chosen").is_null()
    marked = chosen.with_columns(chosen=pl.when(asked).then(pl.lit(BESIDES)).otherwise("chosen"))
    drawn = (
        marked.filter(pl.col("chosen").is_not_null())
        .sort("group", "unit_id", "device_id")
        .with_row_index("number", offset=1)
        .select(pl.col(name).cast(dtype) for name, dtype in DRAWN.items())
    )
    return Draw(design, _strata(planned, drawn, design), drawn, result, frame_hash(frame))


def read_code(code: str) -> dict[str, Any]:
    """Return what the line of a draw says: `design`, `result`, `frame`, `number`. Raises InputError for what is no such line."""
    if not _CODE.fullmatch(code):
        raise InputError("the line of the draw cannot be read", hint="it begins with " + VERSION)
    said = dict(part.split("=", 1) for part in code.split(";")[1:])
    try:
        design = Design(
            seed=int(said["seed"]), confidence=Decimal(said["confidence"]), tolerance=Decimal(said["tolerance"]), by=said["by"],
            hold=said["hold"], percent=Decimal(said["percent"]) if "percent" in said else None, floor=int(said["floor"]),
            cap=int(said["cap"]) if "cap" in said else None, minimum=int(said["minimum"]),
        )  # fmt: skip
        return {"design": design, "result": said["result"], "frame": said["frame"], "number": said["number"]}
    except (KeyError, ValueError, ArithmeticError, UsageError):
        raise InputError(
            "the line of the draw is damaged", hint="take it from the second sheet of the workbook as it was written"
        ) from None


def _planned(sizes: pl.DataFrame, design: Design) -> list[int]:
    """The size of each stratum's random sample; all of those of which every one is looked at."""
    rows = list(sizes.select("kind", "population").iter_rows())
    if design.percent is not None:
        share = Fraction(design.percent) / 100
        return [population if kind in CENSUS else _by_percent(population, share, design) for kind, population in rows]
    confidence, tolerance = Fraction(design.confidence), Fraction(design.tolerance)
    if design.hold == STRATUM:
        return [
            population if kind in CENSUS else smallest_sample(population, tolerated(population, tolerance), confidence)
            for kind, population in rows
        ]
    open_sizes = [population for kind, population in rows if kind not in CENSUS]
    shared = iter(_shared_out(open_sizes, tolerated(sum(open_sizes), tolerance), confidence))
    return [population if kind in CENSUS else next(shared) for kind, population in rows]


def _by_percent(population: int, share: Fraction, design: Design) -> int:
    wanted = max(design.floor, tolerated(population, share))
    return min(population, wanted if design.cap is None else min(design.cap, wanted))


def _shared_out(sizes: list[int], defects: int, confidence: Fraction) -> list[int]:
    """The smallest sample, shared out by size, that shows one of so many defects wherever they are."""
    whole = sum(sizes)

    def shows(total: int) -> bool:
        return 1 - chance_of_missing(list(zip(sizes, _by_size(sizes, total), strict=True)), defects) >= confidence

    # Rarely more than the undivided sample: look near it, not among all computers.
    low = smallest_sample(whole, defects, confidence)
    step, high = 1, low
    while high < whole and not shows(high):
        low, high, step = high + 1, min(whole, high + step), 2 * step
    while low < high:
        middle = (low + high) // 2
        if shows(middle):
            high = middle
        else:
            low = middle + 1
    return _by_size(sizes, high)


def _by_size(sizes: list[int], total: int) -> list[int]:
    """`total` shared out in proportion, rounded up: no stratum is left out, and none gets more than it has."""
    whole = sum(sizes)
    return [min(size, -(-size * total // whole)) for size in sizes]


def _strata(planned: pl.DataFrame, drawn: pl.DataFrame, design: Design) -> pl.DataFrame:
    counted = drawn.group_by("group", "kind").agg(besides=(pl.col("chosen") == BESIDES).sum().cast(pl.Int64), drawn=pl.len().cast(pl.Int64))
    joined = planned.join(counted, on=["group", "kind"], how="left", maintain_order="left").with_columns(
        pl.col("besides", "drawn").fill_null(0)
    )
    tolerance = Fraction(design.tolerance)
    least = [tolerated(population, tolerance) for population in joined["population"]]
    chances = [
        float(1 - chance_of_none(population, defects, sample))
        for population, defects, sample in zip(joined["population"], least, joined["sample"], strict=True)
    ]
    return joined.with_columns(tolerated=pl.Series(least, dtype=pl.Int64), chance=pl.Series(chances, dtype=pl.Float64)).select(
        pl.col(name).cast(dtype) for name, dtype in STRATA.items()
    )
