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
from licmatch.report.result_view import ResultView
from licmatch.report.suspects import evidence_pieces, is_suspected, product_names
from licmatch.report.wording import shown, verdict_key

# What a finding is listed under: a suspicion; not genuine; open; everything else (genuine, absent, out of scope).
KINDS = ("suspected", "not_genuine", "undetermined", "settled")
# The order in which segments are left out, the last first, should a page grow too large.
SEGMENTS = ("f0", "e0", "f1", "e1", "f2", "e2", "f3", "e3")
DEVICES_IN_BLOCK = 2_500
# Of one finding. What is cut is counted, and stands in the result's tables.
EVIDENCE_SHOWN = 40
TEXT_SHOWN = 200

_PIECE = ["piece_kind", "rule_id", "text", "weight"]
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
    findings = _findings(result, units, categories)
    pieces = _pieces(result, findings)
    whole = _segments(findings, pieces, units, SEGMENTS)
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
    fewer = _segments(held, pieces.filter(pl.col("at").is_in(held["at"].implode())), units, tuple(kept))
    counts = whole.findings
    return DeviceBlocks(fewer.segments, fewer.of_unit, fewer.blocks, counts, fewer.kept, whole.codes)


def _findings(result: ResultView, units: list[str], categories: list[str]) -> pl.DataFrame:
    """A row a finding in the order of blocks, devices and categories, numbered `at`."""
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
        .join(place, on="unit_id", how="left", maintain_order="left")
        .join(order, on="category", how="left", maintain_order="left")
        .join(product_names(result), on=["device_id", "category"], how="left", maintain_order="left")
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


def _pieces(result: ResultView, findings: pl.DataFrame) -> pl.DataFrame:
    """A row a piece of evidence of a finding, in the order it is read, with `more` pieces that are not shown."""
    return (
        evidence_pieces(result, findings.select("device_id", "category", "at"))
        .rename({"kind": "piece_kind"})
        .with_columns(nth=pl.int_range(pl.len()).over("at"), pieces=pl.len().over("at"))
        .filter(pl.col("nth") < EVIDENCE_SHOWN)
        .join(findings.select("at", "block", "kind"), on="at", maintain_order="left")
        .select("at", "block", "kind", "pieces", "piece_kind", "rule_id", "text", "source", "row", pl.col("weight").round(3))
    )


def _segments(findings: pl.DataFrame, pieces: pl.DataFrame, units: list[str], sorts: tuple[str, ...]) -> DeviceBlocks:
    held = pieces.filter(pl.col("kind").is_in([int(sort[1]) for sort in sorts if sort[0] == "e"]))
    judged, judgements = judgements_of(findings)
    products = judged.select("products").unique().sort("products").with_row_index("product")
    rows = judged.join(products, on="products", maintain_order="left")
    told = {
        "judgements": [_judgement(row) for row in judgements.iter_rows(named=True)],
        "products": [shown(text, TEXT_SHOWN) for text in products["products"]],
    }
    facts, templates, own_templates = shared_values(held, _PIECE, "template")
    sourced, sources, own_sources = shared_values(facts.with_columns(pl.col("source").fill_null("")), ["source"], "origin")
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
    counted = pieces.group_by("at").agg(pl.len().alias("n"), pl.col("pieces").first() - pl.len())
    per = findings.select("at").join(counted, on="at", how="left", maintain_order="left").fill_null(0)
    numbers = (per["n"], per["pieces"], pieces["template"], pieces["origin"])
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


def _codes(judgements: pl.DataFrame, pieces: pl.DataFrame) -> dict[str, set[str]]:
    return {
        "verdict": {verdict_key(code, official) for code, official in judgements.select("verdict", "official").unique().iter_rows()},
        "state": set(judgements["state"].drop_nulls()), "strength": set(judgements["grade"].drop_nulls()),
        "flag": set(judgements["flags"].explode(empty_as_null=True, keep_nulls=True).drop_nulls()),
        "decided": set(judgements["decided_by"].drop_nulls()),
        "kind": set(pieces["piece_kind"].drop_nulls().unique()), "rule": set(pieces["rule_id"].drop_nulls().unique()),
        "source": set(pieces["source"].drop_nulls().unique()),
    }  # fmt: skip
