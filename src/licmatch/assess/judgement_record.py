"""What judging gives, of all devices of a case or of some of them, and what the parts make together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from licmatch.assess.device_blocks import Block
from licmatch.assess.names import Names
from licmatch.ingest.records import Notice

# Tables with numbers of devices and copies.
_BY_NUMBER = ("devices", "held_open", "installations", "findings", "flags")


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


def counted_on(blocks: Sequence[Block], parts: Iterable[Judgement]) -> Iterator[Judgement]:
    """Yield the judgements of blocks, in which devices and copies are counted from 0, with both counted on from block to block."""
    copies = 0
    for block, part in zip(blocks, parts, strict=True):
        held = part.installations.height
        counted: dict[str, Any] = {name: _after(getattr(part, name), block.first, copies) for name in _BY_NUMBER}
        copies += held
        yield replace(part, **counted)


def joined(parts: Iterable[Judgement], *, added: bool) -> Judgement:
    """Return the judgement of all devices of blocks that follow one another; the devices of names are `added` up where each block
    counted its own.

    Blocks are made only where there are neither papers nor evidence of devices (`device_blocks`), so what is said of the case as a
    whole is the same in each.
    """
    first, *more = parts
    if not more:
        return first
    names = first.names
    if added:
        devices = sum((part.names.frame["devices"] for part in more), names.frame["devices"])
        names = Names(names.frame.with_columns(devices=devices))
    told = {each: words for part in (first, *more) for each, words in part.told.items()}
    tables: dict[str, Any] = {name: pl.concat(getattr(part, name) for part in (first, *more)) for name in _BY_NUMBER}
    return replace(first, names=names, told=dict(sorted(told.items())), **tables)


def _after(frame: pl.DataFrame, devices: int, copies: int) -> pl.DataFrame:
    before = {"device": devices, "at": copies}
    if not any(before.values()):
        return frame
    return frame.with_columns((pl.col(name) + many).cast(frame.schema[name]) for name, many in before.items() if name in frame.columns)
