"""Copies and findings of a result by number: what hundreds of thousands of them say is a few hundred things, told once each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from licmatch.rules.numbers import above, first_and_place, numbered

# What a copy is, but for its device, and what a finding says, but for whom it is about.
MADE = ("category", "vendor", "family", "release", "edition", "origin", "state", "end_of_support")
JUDGED = ("official", "grade", "state", "verdict", "confidence", "decided_by", "flags")
# Columns that results of earlier versions lack.
_LATER = {"end_of_support": pl.Boolean(), "decided_by": pl.String(), "flags": pl.List(pl.String())}


# So many bits does a number have that is not below 0.
_LARGEST = 63


@dataclass(frozen=True, slots=True)
class Numbers:
    """A row a copy in `copies`, a row a finding in `findings`, both in the order of the result and as numbers (UInt32).

    `copies` has device, finding (the row of the finding of its device and category, null where there is none) and made, the row of
    `made`, which has `MADE` and how many copies are so. `findings` has device, unit, category and judged, the row of `judged`, which has
    `JUDGED`. `devices`, `units` and `categories` are sorted texts, so that these numbers stand in the order of what they stand for.
    """

    copies: pl.DataFrame
    made: pl.DataFrame
    findings: pl.DataFrame
    judged: pl.DataFrame
    devices: pl.Series
    units: pl.Series
    categories: pl.Series


def numbers_of_tables(installations: pl.LazyFrame, findings: pl.LazyFrame) -> Numbers:
    """Return the copies and findings of these two tables of a result, by number.

    >>> installed = pl.LazyFrame({"device_id": ["b", "a"], "category": ["os"] * 2, **{name: ["x"] * 2 for name in MADE[1:]}})
    >>> found = pl.LazyFrame({"device_id": ["a"], "unit_id": ["u"], "category": ["os"], **{name: ["y"] for name in JUDGED[:-1]}})
    >>> numbers_of_tables(installed, found).copies.rows()
    [(1, None, 0), (0, 0, 0)]
    """
    copies = _columns(installations, ("device_id", *MADE))
    found = _columns(findings, ("device_id", "unit_id", "category", *JUDGED))
    device, devices = _in_order([copies["device_id"], found["device_id"]])
    category, categories = _in_order([copies["category"], found["category"]])
    (unit,), units = _in_order([found["unit_id"]])
    first, made = first_and_place(numbered(copies, MADE))
    kinds = copies.select(MADE)[first].with_columns(copies=pl.Series(np.bincount(made, minlength=first.len()), dtype=pl.Int64))
    told = found.select(*JUDGED[:-1], pl.col("flags").list.join("\0"))
    first, judged = first_and_place(numbered(told, JUDGED))
    return Numbers(
        copies=pl.DataFrame([
            device[0].alias("device"), _findings(device, category, devices, categories), made.cast(pl.UInt32).alias("made"),
        ]),
        made=kinds,
        findings=pl.DataFrame([
            device[1].alias("device"), unit.alias("unit"), category[1].alias("category"), judged.cast(pl.UInt32).alias("judged"),
        ]),
        judged=found.select(JUDGED)[first], devices=devices, units=units, categories=categories,
    )  # fmt: skip


def order_of(numbers: pl.DataFrame) -> pl.Series:
    """Return the rows (UInt32) of a table of whole numbers from 0 on in the order of its columns, null last; equals stay as they stand.

    >>> order_of(pl.DataFrame({"unit": [1, None, 0, 1], "device": [5, 0, 9, 2]})).to_list()
    [2, 3, 0, 1]
    """
    keys = packed(numbers)
    if keys is None:
        return numbers.select(pl.arg_sort_by(pl.all(), nulls_last=True, maintain_order=True)).to_series()
    if (keys[1:] >= keys[:-1]).all():
        return pl.int_range(keys.size, dtype=pl.UInt32, eager=True)
    return pl.Series(np.argsort(keys, kind="stable"), dtype=pl.UInt32)


def packed(numbers: pl.DataFrame) -> np.ndarray[Any, Any] | None:
    """Return each row of whole numbers from 0 on as one number that sorts like the row, null last; None where they do not go into one."""
    bits = _bits(numbers)
    if sum(bits) > _LARGEST:
        return None
    keys = np.zeros(numbers.height, dtype=np.int64)
    for column, wide in zip(numbers, bits, strict=True):
        keys <<= wide
        keys |= column.cast(pl.Int64).fill_null((1 << wide) - 1).to_numpy()
    return keys


def unpacked(keys: np.ndarray[Any, Any], like: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of which these are the numbers, `like` being what was packed.

    >>> rows = pl.DataFrame({"at": [2, 0], "row": [None, 7]})
    >>> unpacked(packed(rows), rows).rows()
    [(2, None), (0, 7)]
    """
    columns = []
    for column, wide in reversed(list(zip(like, _bits(like), strict=True))):
        none = (1 << wide) - 1
        told = pl.Series(column.name, keys & none)
        if column.null_count():
            told = pl.select(pl.when(told != none).then(told).alias(column.name)).to_series()
        columns.append(told.cast(column.dtype))
        keys = keys >> wide
    return pl.DataFrame(columns[::-1])


def each_once(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the different ones of these numbers, in order.

    >>> each_once(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    # Sorting is several times as fast as the table of hashes that `numpy.unique` makes.
    ordered = np.sort(numbers)
    each: np.ndarray[Any, Any] = ordered[np.diff(ordered, prepend=ordered[:1] - 1) != 0]
    return each


def _bits(numbers: pl.DataFrame) -> list[int]:
    """How many bits each column takes, with room for none: all of them set."""
    return [above(column).bit_length() for column in numbers]


def _columns(table: pl.LazyFrame, names: tuple[str, ...]) -> pl.DataFrame:
    held = table.collect_schema()
    return table.select(name if name in held else pl.lit(None, _LATER[name]).alias(name) for name in names).collect(engine="streaming")


def _in_order(columns: list[pl.Series]) -> tuple[list[pl.Series], pl.Series]:
    """Return the columns as numbers, and the texts these stand for, sorted; null stays null."""
    texts = pl.concat(columns)
    known = texts.null_count() == 0
    first, place = first_and_place(numbered(texts.to_frame("text"), ["text"]))
    distinct = texts.gather(first)
    order = distinct.arg_sort(nulls_last=True)
    rank = order.arg_sort().cast(pl.UInt32)
    number = rank.gather(place)
    if not known:
        number = pl.select(pl.when(texts.is_not_null()).then(number)).to_series()
    ends = np.cumsum([0, *(column.len() for column in columns)])
    return [number.slice(ends[at], column.len()) for at, column in enumerate(columns)], distinct.gather(order).drop_nulls()


def _findings(device: list[pl.Series], category: list[pl.Series], devices: pl.Series, categories: pl.Series) -> pl.Series:
    """Of each copy the row of the finding of its device and category."""
    of_copy, of_finding = (one.cast(pl.Int64) * categories.len() + other for one, other in zip(device, category, strict=True))
    rows = pl.int_range(of_finding.len(), dtype=pl.UInt32, eager=True).filter(of_finding.is_not_null())
    known = pl.repeat(None, devices.len() * categories.len(), dtype=pl.UInt32, eager=True).scatter(of_finding.drop_nulls(), rows)
    return known.gather(of_copy).alias("finding")
