"""One year's round: copies that are short grouped by like computers, the cheapest purchase, and what it means for each copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.licences.reach import Product
from licmatch.licences.rights import Rights
from licmatch.plan.model import Bought, Group, Solved, solve
from licmatch.plan.needs import WHOLE
from licmatch.plan.offers import Offer
from licmatch.plan.patterns import OPEN, Item, Options, Pattern
from licmatch.plan.rules import PlanRules


@dataclass(frozen=True, slots=True)
class Round:
    """`actions`: at, buyer, action, offer (-1: none), seat. `work`: yuan by what is done to copies."""

    actions: pl.DataFrame
    bought: tuple[Bought, ...]
    solved: tuple[Solved, ...]
    work: int


class Planner:
    """Everything that stays the same between rounds."""

    def __init__(self, offers: Sequence[Offer], kinds: Sequence[Product], rights: Rights, rules: PlanRules, as_of: date) -> None:
        self.offers, self.kinds, self.rules = offers, kinds, rules
        self.complete = True  # False once a computer had more ways than were looked at
        self.options = Options(offers, kinds, rights, rules, as_of)

    def go(self, copies: pl.DataFrame, *, budget: int | None = None) -> Round:
        """Return the cheapest round. `copies`: at, device_id, unit_id, buyer, category, cp, role, side, state, verdict, short, held."""
        short = copies.filter("short")
        if short.is_empty():
            return Round(_no_actions(), (), (), 0)
        items = short.select("cp", "role", "side").unique().sort("cp", "role", "side").with_row_index("item")
        known = [Item(*row) for row in items.select("cp", "role", "side").iter_rows()]
        short = short.join(items, on=["cp", "role", "side"]).sort("device_id", "item", "at")
        short = short.with_columns(place=pl.int_range(pl.len()).over("device_id"))
        held = (
            copies.filter(pl.col("held") & (pl.col("role") == WHOLE)).select("device_id", "category").unique().sort("device_id", "category")
        )
        held = held.group_by("device_id", maintain_order=True).agg(pl.col("category").alias("have"))
        devices = short.group_by("device_id", maintain_order=True).agg(
            pl.col("buyer", "unit_id").first(),
            pl.col("item").alias("items"),
            worst=(pl.col("verdict") == "cracked").any().cast(pl.Int8) * 2 + (pl.col("state") == "not_genuine").any().cast(pl.Int8),
        )
        devices = devices.join(held, on="device_id", how="left", maintain_order="left")
        devices = devices.with_columns(pl.col("have").fill_null(pl.lit([], dtype=pl.List(pl.String))))
        like = ["buyer", "items", "have"]
        kinds = devices.group_by(like).agg(count=pl.len()).sort(like, nulls_last=True).with_row_index("kind")
        groups, slots = self._groups(kinds, known)
        devices = devices.join(kinds.select("kind", *like), on=like, nulls_equal=True).select("device_id", "unit_id", "worst", "kind")
        placed = short.select("at", "device_id", "place", "buyer").join(devices, on="device_id").join(slots, on=["kind", "place"])
        solved, shares, bought = self._solved(groups, budget)
        turn = placed.select("group", "device_id", "unit_id", "worst").unique()
        turn = turn.sort("group", -pl.col("worst"), "unit_id", "device_id", nulls_last=True)
        turn = turn.with_columns(turn=pl.int_range(pl.len()).over("group")).select("group", "device_id", "turn")
        given, done = _given(groups, shares)
        line = pl.col("group").cast(pl.Int64) * (1 << 32)
        found = placed.join(turn, on=["group", "device_id"]).with_columns(key=line + pl.col("turn")).sort("key")
        found = found.join_asof(
            given.with_columns(key=line + pl.col("start")).select("key", "pattern").sort("key"), on="key", strategy="backward"
        )
        found = found.join(done, on=["group", "pattern", "slot"], how="left").sort("at")
        work = sum(
            pattern.work * number
            for group, row in zip(groups, shares, strict=True)
            for pattern, number in zip(group.patterns, row, strict=True)
        )
        return Round(found.select("at", "buyer", "action", "offer", "seat"), bought, solved, work)

    def _groups(self, kinds: pl.DataFrame, known: Sequence[Item]) -> tuple[list[Group], pl.DataFrame]:
        """The groups, and kind, place, group, slot: which copy of such a computer is which of its group."""
        ids: dict[tuple[str | None, tuple[int, ...], frozenset[str]], int] = {}
        counts: list[int] = []
        slots: list[tuple[int, int, int, int]] = []
        of_items: dict[tuple[int, ...], list[list[int]]] = {}
        for kind, buyer, items, have, count in kinds.select("kind", "buyer", "items", "have", "count").iter_rows():
            row = tuple(items)
            parts = of_items.setdefault(row, self.options.components([known[item] for item in row]))
            for part in parts:
                mine = tuple(row[place] for place in part)
                categories = {self.kinds[known[item].cp].category for item in mine}
                group = ids.setdefault((buyer, mine, frozenset(have) & categories), len(ids))
                if group == len(counts):
                    counts.append(0)
                counts[group] += count
                slots += [(kind, place, group, slot) for slot, place in enumerate(part)]
        made: dict[tuple[tuple[int, ...], frozenset[str]], list[Pattern]] = {}
        groups = []
        for (buyer, mine, have), group in ids.items():
            if (mine, have) not in made:
                made[mine, have], complete = self.options.patterns([known[item] for item in mine], have)
                self.complete &= complete
            groups.append(Group(buyer, counts[group], tuple(made[mine, have])))
        schema = {"kind": pl.UInt32(), "place": pl.Int64(), "group": pl.UInt32(), "slot": pl.Int64()}
        return groups, pl.DataFrame(slots, schema=schema, orient="row")

    def _solved(self, groups: Sequence[Group], budget: int | None) -> tuple[tuple[Solved, ...], list[tuple[int, ...]], tuple[Bought, ...]]:
        """What shares no offer of one purchaser has nothing to do with each other, unless it shares a budget."""
        shares: list[tuple[int, ...]] = [()] * len(groups)
        solved = []
        for places in _parts(groups) if budget is None else [list(range(len(groups)))]:
            one = solve([groups[at] for at in places], self.offers, self.rules.work, budget=budget)
            solved.append(one)
            for at, share in zip(places, one.shares, strict=True):
                shares[at] = share
        return tuple(solved), shares, tuple(each for one in solved for each in one.bought)


def _parts(groups: Sequence[Group]) -> list[list[int]]:
    """Groups that could buy the same, together; in the order of their first."""
    parts: list[tuple[set[tuple[str | None, int]], list[int]]] = []
    for at, group in enumerate(groups):
        wanted = {(group.buyer, offer) for pattern in group.patterns for offer in pattern.seats}
        near = [part for part in parts if part[0] & wanted]
        joined = (wanted.union(*(part[0] for part in near)), sorted([at, *(one for part in near for one in part[1])]))
        parts = [part for part in parts if not part[0] & wanted] + [joined]
    return [places for _, places in sorted(parts, key=lambda part: part[1])]


def _given(groups: Sequence[Group], shares: Sequence[tuple[int, ...]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """group, start, pattern: from which computer on a pattern holds; and group, pattern, slot, action, offer, seat."""
    given: list[tuple[int, int, int]] = []
    done: list[tuple[int, int, int, str, int, bool]] = []
    for at, (group, share) in enumerate(zip(groups, shares, strict=True)):
        start = 0
        # The worst computers come first, and they get the most.
        for place in sorted(range(len(share)), key=lambda one, of=group.patterns: (of[one].open, one)):  # type: ignore[misc]
            if not share[place]:
                continue
            given.append((at, start, place))
            start += share[place]
            counted: set[int] = set()
            for slot, (action, offer) in enumerate(group.patterns[place].actions):
                done.append((at, place, slot, action, offer, offer >= 0 and offer not in counted))
                counted.add(offer)
    return (
        pl.DataFrame(given, schema={"group": pl.UInt32(), "start": pl.Int64(), "pattern": pl.Int64()}, orient="row"),
        pl.DataFrame(
            done,
            schema={
                "group": pl.UInt32(), "pattern": pl.Int64(), "slot": pl.Int64(),
                "action": pl.String(), "offer": pl.Int64(), "seat": pl.Boolean(),
            },
            orient="row",
        ),
    )  # fmt: skip


def _no_actions() -> pl.DataFrame:
    return pl.DataFrame(schema={"at": pl.UInt32(), "buyer": pl.String(), "action": pl.String(), "offer": pl.Int64(), "seat": pl.Boolean()})


def after(copies: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    """Return the copies as the round leaves them: what is open stays short, what is licensed is held, what is removed is gone."""
    met = copies.join(actions.select("at", "action"), on="at", how="left", maintain_order="left")
    gone = met.filter(pl.col("action").is_null() | (pl.col("action") != "remove"))
    still = (pl.col("action") == OPEN).fill_null(False)
    return gone.with_columns(held=pl.col("held") | pl.col("action").is_in(["keep", "replace"]).fill_null(False), short=still).drop("action")


def without_fixed_work(rules: PlanRules) -> PlanRules:
    """Return the rules of a second year: the sum for work is paid once."""
    from msgspec.structs import replace as with_fields

    return with_fields(rules, work=with_fields(rules.work, amount=0))
