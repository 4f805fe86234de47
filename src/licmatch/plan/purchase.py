"""The plan itself: needs, offers, this year's round and what waits for the next, put together as lines, allocations and money."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

import polars as pl

from licmatch.assess import EngineView
from licmatch.errors import UsageError
from licmatch.licences import pool
from licmatch.licences.rights import Rights
from licmatch.plan.afterwards import position_afterwards
from licmatch.plan.alternatives import other_ways
from licmatch.plan.model import Bought
from licmatch.plan.needs import find_needs
from licmatch.plan.offers import Offer, read_offers
from licmatch.plan.patterns import OPEN
from licmatch.plan.record import ACTIONS, ALLOCATIONS, DEMANDS, LINES, NEXT_YEAR, THIS_YEAR, Money, Plan
from licmatch.plan.rounds import Planner, Round, after, without_fixed_work
from licmatch.plan.rules import PlanRules


def plan(
    position: pl.DataFrame | None,
    installations: pl.DataFrame,
    prices: pl.DataFrame,
    units: pl.DataFrame,
    rights: Rights,
    *,
    rules: PlanRules,
    as_of: date,
    engine: EngineView,
    devices: pl.DataFrame | None = None,
    approved: Collection[str] = (),
    purchaser: str = "top",
    budget: Decimal | None = None,
    undetermined: bool = True,
    seats: pl.DataFrame | None = None,
    holdings: pl.DataFrame | None = None,
) -> Plan:
    """Return the cheapest purchase that closes the shortfall, with what becomes of each copy and who gets what.

    `position` (columns of `schema.POSITION`) says how many copies of each unit and pool are short; without one every copy in
    doubt is. `installations`, `units` and `devices` are those of a result, `prices` has the columns of `schema.PRICES`. `purchaser`: "top"
    (each root of the tree buys for all below), "unit" (each for itself), or a tier such as "county". With `budget` (yuan, software and
    work) this year puts as many copies right as it pays for, the worst computers first; the rest is next year's. Same input, same plan.
    With `seats` and `holdings` (the tables `assignment` and `entitlements` of a result that has lots) what is bought is assigned with what
    was there, and `Plan.after` is the position then.
    Raises `UsageError`: an unknown purchaser, a negative budget, or a search that does not end.
    """
    if budget is not None and budget < 0:
        raise UsageError("the budget is negative")
    bound = rules.on(as_of)
    offered = read_offers(prices, engine, rights, bound, as_of, approved)
    needs = find_needs(position, installations, engine, rights, undetermined=undetermined)
    licensed = pl.col("state") == "genuine" if needs.derived else ~pl.col("short")
    copies = needs.copies.with_columns(held=licensed & ~pl.col("short")).join(
        _buyers(units, purchaser), on="unit_id", how="left", maintain_order="left"
    )
    copies = copies.with_columns(buyer=pl.coalesce("buyer", "unit_id"), side=_side(devices, copies))
    planner = Planner(offered.offers, needs.kinds, rights, bound, as_of)
    cents = None if budget is None else int(budget * 100)
    first = planner.go(copies, budget=cents)
    rounds, complete = {THIS_YEAR: first}, planner.complete
    if budget is not None and first.actions.filter(pl.col("action") == OPEN).height:
        later = Planner(offered.offers, needs.kinds, rights, without_fixed_work(bound), as_of)
        waiting = later.go(after(copies, first.actions))
        complete &= later.complete
        if waiting.actions.filter(pl.col("action") != OPEN).height:
            rounds[NEXT_YEAR] = waiting
    actions = _actions(copies, rounds)
    later_on = None
    if seats is not None and holdings is not None and holdings.height:
        bought = [each for one in rounds.values() for each in one.bought]
        later_on = position_afterwards(seats, holdings, units, actions, bought, offered.offers, rights, as_of)
    lines, actions = _lines(rounds, actions, offered.offers, position, copies, planner)
    money = {year: _money(one, offered.offers, bound if year == THIS_YEAR else without_fixed_work(bound)) for year, one in rounds.items()}
    return Plan(
        as_of=as_of,
        rules=bound,
        lines=lines,
        actions=actions.select(pl.col(name).cast(dtype) for name, dtype in ACTIONS.items()),
        allocations=_allocations(lines, actions),
        demands=_demands(position, copies, actions),
        refused=offered.refused,
        untraced=needs.untraced,
        derived=needs.derived,
        budget=cents,
        money=money,
        proofs={year: one.solved for year, one in rounds.items()},
        complete=complete,
        after=later_on,
    )


def _buyers(units: pl.DataFrame, purchaser: str) -> pl.DataFrame:
    """unit_id, buyer: itself, the nearest unit of a tier at or above it, or the root; itself where there is none of the tier."""
    tiers = set(units["tier"].drop_nulls().to_list()) if "tier" in units.columns else set()
    if purchaser not in {"top", "unit", *tiers}:
        raise UsageError(f"no unit buys as {purchaser!r}", hint="one of top, unit" + "".join(f", {tier}" for tier in sorted(tiers)))
    known = {
        row[0]: (row[1], row[2]) for row in units.select("unit_id", "parent_id", pl.col("tier") if tiers else pl.lit(None)).iter_rows()
    }
    rows = []
    for unit in known:
        at, found, seen = unit, unit, {unit}
        while purchaser != "unit":
            parent, tier = known[at]
            if tier == purchaser:
                found = at
                break
            if parent is None or parent not in known or parent in seen:
                found = at if purchaser == "top" else unit
                break
            seen.add(parent)
            at = parent
        rows.append((unit, found))
    return pl.DataFrame(rows, schema={"unit_id": pl.String(), "buyer": pl.String()}, orient="row")


def _side(devices: pl.DataFrame | None, copies: pl.DataFrame) -> pl.Expr:
    """Servers need the server side of a product that has two."""
    if devices is None or "kind" not in devices.columns:
        return pl.lit("client")
    servers = devices.filter(pl.col("kind") == "server")["device_id"].unique()
    return pl.when(pl.col("device_id").is_in(servers.implode())).then(pl.lit("server")).otherwise(pl.lit("client"))


def _actions(copies: pl.DataFrame, rounds: dict[str, Round]) -> pl.DataFrame:
    """One row a copy that was short: what its last round did, open ones without a year."""
    done = [one.actions.filter(pl.col("action") != OPEN).with_columns(year=pl.lit(year)) for year, one in rounds.items()]
    last = list(rounds.values())[-1]
    done.append(last.actions.filter(pl.col("action") == OPEN).with_columns(year=pl.lit(None, pl.String)))
    return pl.concat(done).join(copies.drop("buyer"), on="at", how="left").sort("at")


def _lines(
    rounds: dict[str, Round],
    actions: pl.DataFrame,
    offers: tuple[Offer, ...],
    position: pl.DataFrame | None,
    copies: pl.DataFrame,
    planner: Planner,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The lines, numbered, and the actions with the number of their line."""
    bought: list[tuple[str, Bought, Offer]] = []
    for year, one in rounds.items():
        bought += [(year, each, offers[each.offer]) for each in one.bought]
    bought.sort(key=lambda one: (one[0] != THIS_YEAR, one[1].buyer or "", one[2].category, one[2].name, one[2].version, one[2].place))
    numbers = pl.DataFrame(
        [(at, year, each.buyer, each.offer) for at, (year, each, _) in enumerate(bought, 1)],
        schema={"line": pl.Int64(), "year": pl.String(), "buyer": pl.String(), "offer": pl.Int64()},
        orient="row",
    )
    actions = actions.join(numbers, on=["year", "buyer", "offer"], how="left", nulls_equal=True, maintain_order="left")
    per_line = actions.filter(pl.col("line").is_not_null()).group_by("line").agg(
        gap=pl.col("seat").sum().cast(pl.Int64),
        devices=pl.col("device_id").n_unique().cast(pl.Int64),
        copies=pl.len().cast(pl.Int64),
        kept=(pl.col("action") == "keep").sum().cast(pl.Int64),
        replaced=(pl.col("action") == "replace").sum().cast(pl.Int64),
        undetermined=(pl.col("state") == "undetermined").sum().cast(pl.Int64),
    )  # fmt: skip
    counts = {row["line"]: row for row in per_line.iter_rows(named=True)}
    ways = other_ways(actions.filter(pl.col("line").is_not_null()), planner)
    usable = _in_use(position, copies)
    rows = []
    for at, (year, each, offer) in enumerate(bought, 1):
        own = counts[at]
        existing = usable.get((each.buyer, pool(offer.licence.product)), 0)
        kept, replaced, removed = ways.get(at, (None, None, None))
        rows.append({
            "line": at, "year": year, "buyer": each.buyer, "category": offer.category, "product": offer.name, "version": offer.version,
            "metric": offer.metric, "fund": offer.fund, "existing": existing, "required": existing + own["gap"], **own,
            "quantity": each.quantity, "spare": 0 if offer.site else each.quantity - each.used, "unit_price": _yuan(each.cents),
            "amount": _yuan(each.amount), "cap": _yuan(offer.cap_cents), "reason": offer.reason, "years": offer.years,
            "needs_base": offer.upgrade, "if_kept": _yuan(kept), "if_replaced": _yuan(replaced), "if_removed": _yuan(removed),
        })  # fmt: skip
    return pl.DataFrame(rows, schema=LINES, orient="row"), actions


def _in_use(position: pl.DataFrame | None, copies: pl.DataFrame) -> dict[tuple[str | None, str], int]:
    """(purchaser, pool) -> licences with complete proof that cover copies; counted from the copies where there is no position."""
    where = copies.select("unit_id", "buyer").unique(["unit_id"], keep="first", maintain_order=True)
    if position is None:
        table = copies.filter("held").group_by("buyer", "pool").agg(count=pl.len().cast(pl.Int64))
    else:
        placed = position.join(where, on="unit_id", how="left").with_columns(buyer=pl.coalesce("buyer", "unit_id"))
        table = placed.group_by("buyer", "pool").agg(count=(pl.col("usable") - pl.col("surplus")).sum())
    return {(buyer, name): count for buyer, name, count in table.select("buyer", "pool", "count").iter_rows()}


def _yuan(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents) / 100


def _money(one: Round, offers: tuple[Offer, ...], rules: PlanRules) -> Money:
    software = sum(each.amount for each in one.bought if offers[each.offer].fund == "software")
    hardware = sum(each.amount for each in one.bought if offers[each.offer].fund == "hardware")
    rate = int(Decimal(software) * Decimal(round(rules.work.rate * 10_000)) / 10_000)
    fixed = rules.work.amount if one.bought or one.work or software else 0
    return Money(software, (fixed + one.work) * 100 + rate, hardware)


def _allocations(lines: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    given = actions.filter(pl.col("line").is_not_null()).group_by("line", "unit_id").agg(
        quantity=pl.col("seat").sum().cast(pl.Int64), devices=pl.col("device_id").n_unique().cast(pl.Int64)
    )  # fmt: skip
    spare = lines.filter(pl.col("spare") > 0).select("line", unit_id=pl.lit(None, pl.String), quantity="spare", devices=pl.lit(0, pl.Int64))
    return (
        pl.concat([given, spare])
        .select(pl.col(name).cast(dtype) for name, dtype in ALLOCATIONS.items())
        .sort("line", "unit_id", nulls_last=True)
    )


def _demands(position: pl.DataFrame | None, copies: pl.DataFrame, actions: pl.DataFrame) -> pl.DataFrame:
    keys = ["unit_id", "category", "pool"]
    done = {
        name: ((pl.col("action") == name) & (pl.col("year") == THIS_YEAR)).fill_null(False).sum().cast(pl.Int64)
        for name in ("keep", "replace", "remove")
    }
    release = pl.concat_str(pl.col("release"), pl.col("edition"), separator=" ", ignore_nulls=True)
    table = actions.group_by(keys).agg(
        product=pl.col("family").mode().min(),
        version=release.min(),
        short=pl.len().cast(pl.Int64),
        not_genuine=(pl.col("state") == "not_genuine").sum().cast(pl.Int64),
        undetermined=(pl.col("state") == "undetermined").sum().cast(pl.Int64),
        **done,
        next_year=(pl.col("year") == NEXT_YEAR).fill_null(False).sum().cast(pl.Int64),
        open=pl.col("year").is_null().sum().cast(pl.Int64),
    )
    if position is None:
        stand = copies.group_by(keys).agg(required=pl.len().cast(pl.Int64), usable=pl.col("held").sum().cast(pl.Int64))
    else:
        stand = position.select(*keys, "required", "usable")
    met = table.join(stand, on=keys, how="left", nulls_equal=True)
    return met.select(pl.col(name).cast(dtype) for name, dtype in DEMANDS.items()).sort(keys, nulls_last=True)
