"""Copies and findings of a result by number: what hundreds of thousands of them say is a few hundred things, told once each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from licmatch.rules.number_order import in_order
from licmatch.rules.numbers import first_and_place, numbered

# What a copy is, but for its device, and what a finding says, but for whom it is about.
MADE = ("category", "vendor", "family", "release", "edition", "origin", "state", "end_of_support")
JUDGED = ("official", "grade", "state", "verdict", "confidence", "decided_by", "flags")
# Columns that results of earlier versions lack.
_LATER = {"end_of_support": pl.Boolean(), "decided_by": pl.String(), "flags": pl.List(pl.String())}


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
    device, devices = in_order([copies["device_id"], found["device_id"]])
    category, categories = in_order([copies["category"], found["category"]])
    (unit,), units = in_order([found["unit_id"]])
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


def _columns(table: pl.LazyFrame, names: tuple[str, ...]) -> pl.DataFrame:
    held = table.collect_schema()
    return table.select(name if name in held else pl.lit(None, _LATER[name]).alias(name) for name in names).collect(engine="streaming")


def _findings(device: list[pl.Series], category: list[pl.Series], devices: pl.Series, categories: pl.Series) -> pl.Series:
    """Of each copy the row of the finding of its device and category."""
    of_copy, of_finding = (one.cast(pl.Int64) * categories.len() + other for one, other in zip(device, category, strict=True))
    rows = pl.int_range(of_finding.len(), dtype=pl.UInt32, eager=True).filter(of_finding.is_not_null())
    known = pl.repeat(None, devices.len() * categories.len(), dtype=pl.UInt32, eager=True).scatter(of_finding.drop_nulls(), rows)
    return known.gather(of_copy).alias("finding")
