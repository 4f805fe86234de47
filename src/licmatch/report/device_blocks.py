"""Every device's findings and their evidence, as the segments a page loads piece by piece: a block holds the devices of a few units.

Of each block, `d` is its devices; `f0` to `f3` are their findings and `e0` to `e3` the evidence behind these, by how urgently a reader
needs them (`KINDS`). What many findings share stands once for all (`g`: judgements and products, `t`: pieces of evidence and sources);
what one segment alone uses stands in it (`block_segments.py`). `store.js` is the other half: who changes one changes both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from licmatch.report.block_segments import EVIDENCE_SHOWN, KINDS, SEGMENTS, Segments, Told, segments_of
from licmatch.report.figures import depth_first
from licmatch.report.findings_told import evidence_pieces, product_names
from licmatch.report.pieces import Pieces
from licmatch.report.result_view import ResultView, numbers_of
from licmatch.report.suspects import is_suspected
from licmatch.rules.number_order import order_of

DEVICES_IN_BLOCK = 2_500


@dataclass(frozen=True, slots=True)
class DeviceBlocks:
    """What the page carries of all devices: segments, how many findings there are of each kind, and which sorts of segments are in it.

    `pieces` are all pieces of evidence, by finding; `rows` says of each which row of the result's findings it is.
    """

    told: Segments
    findings: tuple[int, ...]
    kept: tuple[str, ...]
    codes: dict[str, set[str]]
    pieces: Pieces
    rows: pl.Series


@dataclass(frozen=True, slots=True)
class EveryBlock:
    """The segments of all devices, whatever their size: what the page carries of them is chosen once it is known what room there is."""

    findings: pl.DataFrame
    told: Told
    pieces: Pieces
    units: int
    whole: Segments

    def within(self, most: int) -> DeviceBlocks:
        """Return as many segments as `most` bytes hold, the urgent ones first; `kept` says which sorts these are."""
        findings, whole = self.findings, self.whole
        kinds, codes = findings["kind"].to_numpy(), whole.codes
        kept: tuple[str, ...] = SEGMENTS
        if whole.size("g", "t", "d", *SEGMENTS) > most:
            room, kept = most - whole.size("g", "t", "d"), ()
            for sort in SEGMENTS:
                room -= whole.size(sort)
                if room < 0:
                    break
                kept += (sort,)
            held = findings.filter(pl.col("kind").is_in([int(sort[1]) for sort in kept if sort[0] == "f"]))
            whole = segments_of(held, self.told, self.units, kept)
        counts = tuple(np.bincount(kinds, minlength=len(KINDS)).tolist())
        return DeviceBlocks(whole, counts, kept, codes, self.pieces, findings["place"])


def every_block(result: ResultView, units: list[str], categories: list[str]) -> EveryBlock:
    """Return the segments of all devices. `units`: unit ids in the page's order; `categories`: ids in the page's order."""
    name, names = product_names(result)
    findings = _findings(result, units, categories, name)
    pieces = evidence_pieces(result, findings["place"])
    told = _told(result, findings, pieces, names)
    # Of each finding how many pieces of its evidence are shown, and how many more there are.
    counts = pl.Series(np.bincount(pieces.rows["at"].to_numpy(), minlength=findings.height), dtype=pl.Int64)
    findings = findings.with_columns(pieces=counts.clip(upper_bound=EVIDENCE_SHOWN), more=(counts - EVIDENCE_SHOWN).clip(lower_bound=0))
    return EveryBlock(findings, told, pieces, len(units), segments_of(findings, told, len(units), SEGMENTS))


def _findings(result: ResultView, units: list[str], categories: list[str], name: pl.Series) -> pl.DataFrame:
    """A row a finding in the order of blocks, units, devices and categories, all told by number; `place` is its row in the result.

    `unit` and `cat` are places in the page's order, the number beyond for those the page does not show: a finding of theirs still is one.
    """
    numbers = numbers_of(result)
    known_units = {unit: at for at, unit in enumerate(units)}
    unit = pl.Series([known_units.get(each, len(units)) for each in numbers.units], dtype=pl.UInt32).gather(numbers.findings["unit"])
    cat = pl.Series(
        [categories.index(each) if each in categories else len(categories) for each in numbers.categories], dtype=pl.UInt32
    ).gather(numbers.findings["category"])
    findings = numbers.findings.select(
        "device", "category", "judged", unit=unit.fill_null(len(units)), cat=cat.fill_null(len(categories)),
        name=name, kind=_kinds(numbers.judged).gather(numbers.findings["judged"]),
    ).with_row_index("place")  # fmt: skip
    findings = _in_blocks(findings, result, units)
    return findings[order_of(findings.select("block", "unit", "device", "cat", "category"))]


def _kinds(judged: pl.DataFrame) -> pl.Series:
    """What each of these judgements is listed under, a place in `KINDS`."""
    open_, gone = pl.col("state") == "undetermined", pl.col("state") == "not_genuine"
    listed = pl.col("verdict") != "absent"
    kind = pl.when(is_suspected().fill_null(False)).then(0).when(gone & listed).then(1).when(open_ & listed).then(2).otherwise(3)
    return judged.select(kind=kind.cast(pl.UInt8)).to_series()


def _in_blocks(findings: pl.DataFrame, result: ResultView, units: list[str]) -> pl.DataFrame:
    """Neighbours in the tree share a block, a unit's devices stay together, and a block ends where it has enough of them."""
    pairs = findings.select("unit", "device").unique()
    devices = dict(pairs.group_by("unit").len().iter_rows())
    place = {unit: at for at, unit in enumerate(units)}
    order = [place[unit] for unit in depth_first(result.scores.select("unit_id", "parent_id"))["unit_id"] if unit in place]
    of_unit, before = {}, 0
    for unit in (*order, len(units)):
        of_unit[unit] = before // DEVICES_IN_BLOCK
        before += devices.get(unit, 0)
    number = {block: at for at, block in enumerate(sorted({of_unit[unit] for unit in devices}))}
    blocks = pl.Series([number.get(of_unit.get(unit, -1)) for unit in range(len(units) + 1)], dtype=pl.UInt32)
    return findings.with_columns(blocks.gather(findings["unit"]).alias("block"))


def _told(result: ResultView, findings: pl.DataFrame, pieces: Pieces, names: pl.Series) -> Told:
    at = pieces.rows["at"].to_numpy()
    # The pieces lie by finding: how many stand before one there is its place less that of the first.
    first = np.concatenate(([0], np.cumsum(np.bincount(at, minlength=findings.height))))
    rows = pieces.rows.filter(pl.Series(np.arange(at.size) - first[at] < EVIDENCE_SHOWN))
    told, told_place = _distinct_sorted(pieces.told.rename({"kind": "piece_kind"}).with_columns(pl.col("weight").round(3)))
    sources, source_place = _distinct_sorted(pieces.sources.fill_null("").to_frame())
    numbers = numbers_of(result)
    judged = numbers.judged.select(
        "verdict", "state", "grade", "decided_by", pl.col("flags").fill_null([]), pl.col("confidence").round(3),
        pl.col("official").fill_null(False), _kinds(numbers.judged),
    )  # fmt: skip
    return Told(
        rows=rows.select(
            findings["block"].gather(rows["at"]), findings["kind"].gather(rows["at"]), told_place.gather(rows["told"]).alias("told"),
            source_place.gather(rows["source"]).alias("source"), "row",
        ),
        pieces=told, sources=sources, judged=judged, names=names, devices=numbers.devices,
    )  # fmt: skip


def _distinct_sorted(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct rows in order, and of each row of the table which of them it is."""
    distinct = table.unique().sort(table.columns, nulls_last=True)
    place = table.join(distinct.with_row_index("place"), on=table.columns, how="left", nulls_equal=True, maintain_order="left")["place"]
    return distinct, place
