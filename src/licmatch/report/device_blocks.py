"""Every device's findings and their evidence, as the segments a page loads piece by piece: a block holds the devices of a few units.

Of each block, `d` is its devices; `f0` to `f3` are their findings and `e0` to `e3` the evidence behind these, by how urgently a reader
needs them (`KINDS`). What many findings share stands once for all (`g`: judgements and products, `t`: pieces of evidence and sources);
what one segment alone uses stands in it. `store.js` is the other half: who changes one changes both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from licmatch.report.figures import depth_first
from licmatch.report.numbering import Values, judgements_of, shared_values
from licmatch.report.packed import column, segment, steps, texts
from licmatch.report.pieces import Pieces
from licmatch.report.result_view import ResultView
from licmatch.report.suspects import Places, evidence_pieces, finding_places, is_suspected, product_names
from licmatch.report.wording import shown, verdict_key

# What a finding is listed under: a suspicion; not genuine; open; everything else (genuine, absent, out of scope).
KINDS = ("suspected", "not_genuine", "undetermined", "settled")
# The order in which segments are left out, the last first, should a page grow too large.
SEGMENTS = ("f0", "e0", "f1", "e1", "f2", "e2", "f3", "e3")
DEVICES_IN_BLOCK = 2_500
# Of one finding. What is cut is counted, and stands in the result's tables.
EVIDENCE_SHOWN = 40
TEXT_SHOWN = 200

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeviceBlocks:
    """The segments by name (`g`, `t`, then `3-f0`: finding segment 0 of block 3), how large each sort is, and the codes that occur.

    `of_unit` is the block of each unit's devices, -1 for a unit that has none of its own. `findings` counts by kind.
    """

    segments: dict[str, str]
    of_unit: list[int]
    blocks: int
    findings: tuple[int, ...]
    kept: tuple[str, ...]
    codes: dict[str, set[str]]

    def size(self, *sorts: str) -> int:
        """Bytes of all segments of these sorts: the part of the name after the block."""
        return sum(len(text) for name, text in self.segments.items() if name.rpartition("-")[2] in sorts)


def device_blocks(result: ResultView, units: list[str], categories: list[str], most: int) -> DeviceBlocks:
    """Return as many segments as `most` bytes hold, the urgent ones first; `kept` says which sorts these are.

    `units`: unit ids in the page's order; `categories`: ids in the page's order.
    """
    places = finding_places(result, result.findings)
    findings = _findings(result, units, categories, places)
    pieces = evidence_pieces(result, _sorted_places(findings, places))
    shown_pieces = _shown(pieces, findings)
    findings = _with_counts(findings, pieces)
    whole = _segments(findings, shown_pieces, units, SEGMENTS)
    if whole.size("g", "t", "d", *SEGMENTS) <= most:
        return whole
    room, kept = most - whole.size("g", "t", "d"), []
    for sort in SEGMENTS:
        room -= whole.size(sort)
        if room < 0:
            break
        kept.append(sort)
    kinds = [int(sort[1]) for sort in kept if sort[0] == "f"]
    held = findings.filter(pl.col("kind").is_in(kinds))
    fewer = _segments(held, shown_pieces.of_kinds(kinds), units, tuple(kept))
    counts = whole.findings
    return DeviceBlocks(fewer.segments, fewer.of_unit, fewer.blocks, counts, fewer.kept, whole.codes)


def _findings(result: ResultView, units: list[str], categories: list[str], places: Places) -> pl.DataFrame:
    """A row a finding in the order of blocks, devices and categories, numbered `at`; `place` is its row in the result."""
    place = pl.DataFrame({"unit_id": units, "unit": range(len(units))}, schema={"unit_id": pl.String, "unit": pl.UInt32})
    # A finding of a unit or category the page does not show still is a finding.
    order = pl.DataFrame({"category": categories, "cat": range(len(categories))}, schema={"category": pl.String, "cat": pl.UInt32})
    open_, gone = pl.col("state") == "undetermined", pl.col("state") == "not_genuine"
    listed = pl.col("verdict") != "absent"
    given = result.findings
    for name, dtype in (("decided_by", pl.String()), ("flags", pl.List(pl.String()))):
        if name not in given.columns:
            given = given.with_columns(pl.lit(None, dtype).alias(name))
    findings = (
        given.select("device_id", "unit_id", "category", "verdict", "state", "grade", "decided_by", "flags",
                     pl.col("confidence").round(3), pl.col("official").fill_null(False),
                     kind=pl.when(is_suspected().fill_null(False)).then(0).when(gone & listed).then(1).when(open_ & listed).then(2)
                     .otherwise(3).cast(pl.UInt8))
        .with_row_index("place")
        .join(place, on="unit_id", how="left", maintain_order="left")
        .join(order, on="category", how="left", maintain_order="left")
        .join(product_names(result, places.copies), left_on="place", right_on="at", how="left", maintain_order="left")
        .with_columns(pl.col("unit").fill_null(len(units)), pl.col("cat").fill_null(len(categories)), pl.col("flags").fill_null([]),
                      pl.col("products").fill_null(""))
    )  # fmt: skip
    return (
        _in_blocks(findings, result, units).sort("block", "unit", "device_id", "cat", "category", maintain_order=True).with_row_index("at")
    )


def _in_blocks(findings: pl.DataFrame, result: ResultView, units: list[str]) -> pl.DataFrame:
    """Neighbours in the tree share a block, a unit's devices stay together, and a block ends where it has enough of them."""
    devices = dict(findings.group_by("unit").agg(pl.col("device_id").n_unique()).iter_rows())
    place = {unit: at for at, unit in enumerate(units)}
    order = [place[unit] for unit in depth_first(result.scores.select("unit_id", "parent_id"))["unit_id"] if unit in place]
    of_unit, before = {}, 0
    for unit in (*order, len(units)):
        of_unit[unit] = before // DEVICES_IN_BLOCK
        before += devices.get(unit, 0)
    number = {block: at for at, block in enumerate(sorted({of_unit[unit] for unit in devices}))}
    return findings.with_columns(
        block=pl.col("unit").replace_strict({unit: number[of_unit[unit]] for unit in devices}, return_dtype=pl.UInt32)
    )


def _sorted_places(findings: pl.DataFrame, places: Places) -> Places:
    """The same places, told by `at`: findings were numbered as they stand in the result."""
    at = findings["place"].arg_sort().cast(pl.UInt32)
    return Places(at.gather(places.copies), at)


@dataclass(frozen=True, slots=True)
class _Shown:
    """Pieces of evidence that are shown: at, block, kind (of the finding), told and source (rows of the two tables), row.

    `told` has piece_kind, rule_id, text and weight as they are shown, `sources` the column source; both sorted.
    """

    rows: pl.DataFrame
    told: pl.DataFrame
    sources: pl.DataFrame

    def of_kinds(self, kinds: list[int]) -> _Shown:
        return _Shown(self.rows.filter(pl.col("kind").is_in(kinds)), self.told, self.sources)


def _shown(pieces: Pieces, findings: pl.DataFrame) -> _Shown:
    at = pieces.rows["at"].to_numpy()
    # The pieces lie by finding: how many stand before one there is its place less that of the first.
    first = np.concatenate(([0], np.cumsum(np.bincount(at, minlength=findings.height))))
    rows = pieces.rows.filter(pl.Series(np.arange(at.size) - first[at] < EVIDENCE_SHOWN))
    told, told_place = _distinct_sorted(pieces.told.rename({"kind": "piece_kind"}).with_columns(pl.col("weight").round(3)))
    sources, source_place = _distinct_sorted(pieces.sources.fill_null("").to_frame())
    rows = rows.select(
        "at", findings["block"].gather(rows["at"]), findings["kind"].gather(rows["at"]), told_place.gather(rows["told"]).alias("told"),
        source_place.gather(rows["source"]).alias("source"), "row",
    )  # fmt: skip
    return _Shown(rows, told, sources)


def _distinct_sorted(table: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct rows in order, and of each row of the table which of them it is."""
    distinct = table.unique().sort(table.columns, nulls_last=True)
    place = table.join(distinct.with_row_index("place"), on=table.columns, how="left", nulls_equal=True, maintain_order="left")["place"]
    return distinct, place


def _with_counts(findings: pl.DataFrame, pieces: Pieces) -> pl.DataFrame:
    """The findings with how many pieces of their evidence are shown (`pieces`) and how many more there are (`more`)."""
    counts = pl.Series(np.bincount(pieces.rows["at"].to_numpy(), minlength=findings.height), dtype=pl.Int64)
    return findings.with_columns(pieces=counts.clip(upper_bound=EVIDENCE_SHOWN), more=(counts - EVIDENCE_SHOWN).clip(lower_bound=0))


def _segments(findings: pl.DataFrame, pieces: _Shown, units: list[str], sorts: tuple[str, ...]) -> DeviceBlocks:
    held = pieces.of_kinds([int(sort[1]) for sort in sorts if sort[0] == "e"])
    judged, judgements = judgements_of(findings)
    products = judged.select("products").unique().sort("products").with_row_index("product")
    rows = judged.join(products, on="products", maintain_order="left")
    told = {
        "judgements": [_judgement(row) for row in judgements.iter_rows(named=True)],
        "products": [shown(text, TEXT_SHOWN) for text in products["products"]],
    }
    templated, templates, own_templates = shared_values(held.rows, "told", held.told, "template")
    sourced, sources, own_sources = shared_values(templated, "source", held.sources, "origin")
    segments = {"g": segment(texts(told)), "t": segment(_dictionary(templates, sources))}
    by_block = rows.partition_by("block", as_dict=True, maintain_order=True)
    of_evidence = sourced.partition_by("block", "kind", as_dict=True, maintain_order=True)
    of_unit = [-1] * len(units)
    for (block,), part in by_block.items():
        devices = part.select("unit", "device_id").unique(maintain_order=True).with_row_index("device")
        for unit in devices["unit"].unique():
            if unit < len(units):
                of_unit[unit] = int(str(block))
        segments[f"{block}-d"] = segment(texts([shown(text, 120) for text in devices["device_id"]]), steps(devices["unit"]))
        placed = part.join(devices, on=["unit", "device_id"], maintain_order="left")
        for (kind,), some in placed.partition_by("kind", as_dict=True, maintain_order=True).items():
            key = (block, kind)
            if f"f{kind}" in sorts:
                numbers = (column(some[name]) for name in ("cat", "judgement", "product"))
                segments[f"{block}-f{kind}"] = segment(steps(some["device"]), *numbers)
            if f"e{kind}" in sorts:
                own = _dictionary(own_templates.get(key, []), own_sources.get(key, []))
                segments[f"{block}-e{kind}"] = _evidence(some, of_evidence.get(key, sourced.clear()), own)
    counts = tuple(findings.filter(pl.col("kind") == kind).height for kind in range(len(KINDS)))
    return DeviceBlocks(segments, of_unit, len(by_block), counts, sorts, _codes(judgements, held))


def _dictionary(templates: Values, sources: Values) -> bytes:
    return texts({"pieces": [_template(row) for row in templates], "sources": [shown(row[0], TEXT_SHOWN) for row in sources]})


def _evidence(findings: pl.DataFrame, pieces: pl.DataFrame, own: bytes) -> str:
    """Of each finding how many pieces follow and how many more there are; of each piece what, where from, which row (0: none)."""
    numbers = (findings["pieces"], findings["more"], pieces["template"], pieces["origin"])
    return segment(own, *map(column, numbers), _row_numbers(pieces))


def _row_numbers(pieces: pl.DataFrame) -> bytes:
    """Rows plus one as steps from the piece before; evidence of one device lies close together in its file."""
    rows = pieces["row"].fill_null(-1).to_numpy() + 1
    # Beyond four bytes there is no such inventory; the tables have the number.
    return steps(np.where((rows < 0) | (rows >= 1 << 30), 0, rows))


def _judgement(row: Mapping[str, Any]) -> list[Any]:
    return [row["kind"], verdict_key(row["verdict"], row["official"]), row["state"], row["grade"], row["confidence"], int(row["official"]),
            row["decided_by"], row["flags"]]  # fmt: skip


def _template(row: tuple[Any, ...]) -> list[Any]:
    kind, rule, text, weight = row
    return [kind, shown(rule, TEXT_SHOWN) or None, shown(text, TEXT_SHOWN), weight]


def _codes(judgements: pl.DataFrame, pieces: _Shown) -> dict[str, set[str]]:
    told = pieces.told[pieces.rows["told"].unique()]
    return {
        "verdict": {verdict_key(code, official) for code, official in judgements.select("verdict", "official").unique().iter_rows()},
        "state": set(judgements["state"].drop_nulls()), "strength": set(judgements["grade"].drop_nulls()),
        "flag": set(judgements["flags"].explode(empty_as_null=True, keep_nulls=True).drop_nulls()),
        "decided": set(judgements["decided_by"].drop_nulls()),
        "kind": set(told["piece_kind"].drop_nulls()), "rule": set(told["rule_id"].drop_nulls()),
        "source": set(pieces.sources["source"].gather(pieces.rows["source"].unique())),
    }  # fmt: skip
