"""The segments of devices, findings and evidence in the bytes the page's script reads; which findings go where, `device_blocks.py` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from licmatch.report.numbering import Values, judgements_of, shared_values
from licmatch.report.packed import column, segments, steps, texts
from licmatch.report.wording import shown, shown_texts, verdict_key

# What a finding is listed under: a suspicion; not genuine; open; everything else (genuine, absent, out of scope).
KINDS = ("suspected", "not_genuine", "undetermined", "settled")
# The order in which segments are left out, the last first, should a page grow too large.
SEGMENTS = ("f0", "e0", "f1", "e1", "f2", "e2", "f3", "e3")
# Of one finding. What is cut is counted, and stands in the result's tables.
EVIDENCE_SHOWN = 40
TEXT_SHOWN = 200

Json = dict[str, Any]
Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What findings and their evidence say, and the tables whose rows the numbers of findings and pieces are.

    `rows` are the pieces that are shown, in the order of findings: block, kind (of the finding), told and source (rows of `pieces` and
    `sources`), row. `pieces` has piece_kind, rule_id, text and weight as they are shown, `sources` the column source; both are sorted.
    `judged` has what judgements say, with their `kind`, `names` the products, `devices` the ids.
    """

    rows: pl.DataFrame
    pieces: pl.DataFrame
    sources: pl.DataFrame
    judged: pl.DataFrame
    names: pl.Series
    devices: pl.Series

    def of_kinds(self, kinds: list[int]) -> pl.DataFrame:
        """Return the pieces of findings of these kinds."""
        return self.rows if len(kinds) == len(KINDS) else self.rows.filter(pl.col("kind").is_in(kinds))


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments by name (`g`, `t`, then `3-f0`: finding segment 0 of block 3), the block of each unit, and the codes that occur."""

    segments: dict[str, str]
    of_unit: list[int]
    blocks: int
    codes: dict[str, set[str]]

    def size(self, *sorts: str) -> int:
        """Bytes of all segments of these sorts: the part of the name after the block."""
        return sum(len(text) for name, text in self.segments.items() if name.rpartition("-")[2] in sorts)


def segments_of(findings: pl.DataFrame, told: Told, units: int, sorts: tuple[str, ...]) -> Segments:
    """Return the segments of these sorts. `findings`: block, unit, device, cat, kind, judged, name, pieces, more, in the page's order."""
    held = told.of_kinds([int(sort[1]) for sort in sorts if sort[0] == "e"])
    judged, judgements = judgements_of(told.judged.with_row_index("judged")[findings["judged"].unique().sort()])
    judgement = pl.repeat(0, told.judged.height, dtype=pl.UInt32, eager=True).scatter(judged["judged"], judged["judgement"])
    products, product = _products(told.names, findings["name"])
    blocks, kinds = held["block"].to_numpy(), held["kind"].to_numpy()
    segment = blocks.astype(np.int64) * len(KINDS) + kinds
    template, templates, own_templates = shared_values(segment, held["told"].to_numpy(), told.pieces)
    origin, sources, own_sources = shared_values(segment, held["source"].to_numpy(), told.sources)
    evidence = {"kind": kinds, "template": template, "origin": origin, "row": _row_numbers(held["row"])}
    said = {name: findings[name].to_numpy() for name in ("unit", "device", "kind", "cat", "pieces", "more")}
    said |= {"judgement": judgement.gather(findings["judged"]).to_numpy(), "product": product.to_numpy()}

    parts: dict[str, tuple[bytes, ...]] = {
        "g": (texts({"judgements": [_judgement(row) for row in judgements.iter_rows(named=True)], "products": products}),),
        "t": (_dictionary(templates, sources),),
    }
    of_unit, runs, evidence_runs = [-1] * units, _runs(findings["block"].to_numpy()), _runs(blocks)
    for block, run in runs.items():
        here = {name: values[run] for name, values in said.items()}
        pieces = {name: values[evidence_runs.get(block, slice(0))] for name, values in evidence.items()}
        first = _changes(here["unit"]) | _changes(here["device"])
        ids = told.devices.gather(pl.Series(here["device"][first]))
        parts[f"{block}-d"] = (texts(shown_texts(ids, 120).to_list()), steps(here["unit"][first]))
        here["nth"] = np.cumsum(first) - 1
        for unit in np.unique(here["unit"]).tolist():
            if unit < units:
                of_unit[unit] = block
        for kind in _in_turn(here["kind"]):
            some, of_kind = here["kind"] == kind, pieces["kind"] == kind
            key = block * len(KINDS) + kind
            if f"f{kind}" in sorts:
                parts[f"{block}-f{kind}"] = (
                    steps(here["nth"][some]),
                    *(column(here[name][some]) for name in ("cat", "judgement", "product")),
                )
            if f"e{kind}" in sorts:
                # Of each finding how many pieces follow and how many more there are; of each piece what, where from, which row (0: none).
                own = _dictionary(own_templates.get(key, []), own_sources.get(key, []))
                counts = (column(here[name][some]) for name in ("pieces", "more"))
                told_by = (column(pieces[name][of_kind]) for name in ("template", "origin"))
                parts[f"{block}-e{kind}"] = (own, *counts, *told_by, steps(pieces["row"][of_kind]))
    return Segments(segments(parts), of_unit, len(runs), _codes(judgements, held, told))


def _products(names: pl.Series, name: pl.Series) -> tuple[list[str], pl.Series]:
    """The texts of these products, sorted, and of each finding which it has; "" where nothing is installed."""
    given = pl.concat([names, pl.Series([""], dtype=pl.String)])
    number = name.fill_null(names.len())
    used = number.unique()
    said = given.gather(used).unique().sort()
    place = given.gather(used).replace_strict(said, pl.int_range(said.len(), dtype=pl.UInt32, eager=True), return_dtype=pl.UInt32)
    return shown_texts(said, TEXT_SHOWN).to_list(), pl.repeat(0, given.len(), dtype=pl.UInt32, eager=True).scatter(used, place).gather(
        number
    )


def _runs(numbers: Numbers) -> dict[int, slice]:
    """Where each number stands in numbers of which equals stand together."""
    starts = np.flatnonzero(_changes(numbers))
    ends = [*starts[1:].tolist(), numbers.size][: starts.size]
    return {int(numbers[start]): slice(start, end) for start, end in zip(starts.tolist(), ends, strict=True)}


def _changes(numbers: Numbers) -> Numbers:
    """True where a number is not the one before it, and for the first."""
    changed: Numbers = np.ones(numbers.size, dtype=bool)
    changed[1:] = numbers[1:] != numbers[:-1]
    return changed


def _in_turn(numbers: Numbers) -> list[int]:
    """The different numbers in the order in which they first come."""
    distinct, first = np.unique(numbers, return_index=True)
    return [int(number) for number in distinct[np.argsort(first)]]


def _dictionary(templates: Values, sources: Values) -> bytes:
    return texts({"pieces": [_template(row) for row in templates], "sources": [shown(row[0], TEXT_SHOWN) for row in sources]})


def _row_numbers(rows: pl.Series) -> Numbers:
    """Rows plus one, told as steps from the piece before; evidence of one device lies close together in its file."""
    numbers: Numbers = rows.fill_null(-1).to_numpy() + 1
    # Beyond four bytes there is no such inventory; the tables have the number.
    return np.where((numbers < 0) | (numbers >= 1 << 30), 0, numbers)


def _judgement(row: Mapping[str, Any]) -> list[Any]:
    return [row["kind"], verdict_key(row["verdict"], row["official"]), row["state"], row["grade"], row["confidence"], int(row["official"]),
            row["decided_by"], row["flags"]]  # fmt: skip


def _template(row: tuple[Any, ...]) -> list[Any]:
    kind, rule, text, weight = row
    return [kind, shown(rule, TEXT_SHOWN) or None, shown(text, TEXT_SHOWN), weight]


def _codes(judgements: pl.DataFrame, held: pl.DataFrame, told: Told) -> dict[str, set[str]]:
    pieces = told.pieces[held["told"].unique()]
    return {
        "verdict": {verdict_key(code, official) for code, official in judgements.select("verdict", "official").unique().iter_rows()},
        "state": set(judgements["state"].drop_nulls()), "strength": set(judgements["grade"].drop_nulls()),
        "flag": set(judgements["flags"].explode(empty_as_null=True, keep_nulls=True).drop_nulls()),
        "decided": set(judgements["decided_by"].drop_nulls()),
        "kind": set(pieces["piece_kind"].drop_nulls()), "rule": set(pieces["rule_id"].drop_nulls()),
        "source": set(told.sources["source"].gather(held["source"].unique())),
    }  # fmt: skip
