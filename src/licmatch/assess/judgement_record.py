"""What judging gives, of all devices of a case or of some of them, and what the parts make together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from licmatch.assess.device_blocks import Block
from licmatch.assess.names import Names
from licmatch.ingest.records import Notice


@dataclass(frozen=True, slots=True)
class Judgement:
    """What judging a case gives.

    `devices`: one row a device with `in_scope` and its rows by status. `installations` and `findings` have the columns of
    the result tables and more, for the roll-up. `held_open`: device, match and category of the names that hold a category
    open. `flags`: what rules and categories say beside the verdicts (`rule_items.flagged`). `position`: where each unit
    stands, `licences`: what was bought (`facts.lots.bought`), and `assignment`: how the position was proved. `told`: the words
    of the rules and signatures that evidence names. `rejected`: rulings that could not be used.
    """

    names: Names
    devices: pl.DataFrame
    held_open: pl.DataFrame
    installations: pl.DataFrame
    findings: pl.DataFrame
    flags: pl.DataFrame
    position: pl.DataFrame
    holdings: pl.DataFrame
    assigned: pl.DataFrame
    licences: pl.DataFrame
    assignment: dict[str, object]
    told: dict[str, dict[str, str]]
    rejected: pl.DataFrame
    notices: tuple[Notice, ...]


def joined(parts: Sequence[tuple[Block, Judgement]]) -> Judgement:
    """Return the judgement of all devices: of blocks that follow one another, in which devices and copies are counted from 0.

    Blocks are made only where there are no papers, no evidence of devices and no rulings on several of them at once
    (`device_blocks`), so what is said of the case as a whole is the same in each.
    """
    (_, first), *more = parts
    if not more:
        return first
    copies = [0]
    for _, part in parts:
        copies.append(copies[-1] + part.installations.height)
    numbered = {
        name: pl.concat(_counted_on(getattr(part, name), block.first, before) for (block, part), before in zip(parts, copies, strict=False))
        for name in ("devices", "held_open", "installations", "findings", "flags")
    }
    devices = sum((part.names.frame["devices"] for _, part in more), first.names.frame["devices"])
    told = {each: words for _, part in parts for each, words in part.told.items()}
    return replace(
        first, names=Names(first.names.frame.with_columns(devices=devices)), told=dict(sorted(told.items())), **numbered
    )  # fmt: skip


def _counted_on(frame: pl.DataFrame, devices: int, copies: int) -> pl.DataFrame:
    """Return a table of a block with its devices and copies counted on from those of the blocks before."""
    numbers = {"device": devices, "at": copies}
    return frame.with_columns(
        (pl.col(name) + before).cast(frame.schema[name]) for name, before in numbers.items() if name in frame.columns
    )  # fmt: skip
