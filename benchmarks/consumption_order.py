"""Set the assignment beside a fixed order of consumption: which copies the order leaves without a licence, and what buying for them costs.

    python benchmarks/consumption_order.py --estates 10 --devices 400

The order, as makers of asset tools describe theirs (docs/explanation/assignment.md says from which pages):

1. licences that are allocated to a computer, on that computer;
2. licences without a number (site agreements);
3. then right by right: the product itself, upgrade, downgrade, lower edition, another platform, suite;
4. within a right lot by lot, within a lot by unit and computer; ties fall by name;
5. a seat of a suite that a computer has got covers whatever else the suite holds on it; nothing that was given is taken back.

Every right of the rights data is honoured, but no full licence is spent on an upgrade. Proofs are left out of both sides: such tools
do not ask for them, so a copy with a seat counts as licensed here. What is short then is bought by the same plan from the same prices.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import replace

import polars as pl
from assignment import AS_OF, city

from licmatch.licences import Assignment, Rights, assign, load_rights, position
from licmatch.licences.frames import COVERS
from licmatch.match import Engine
from licmatch.plan import load_plan_rules, plan
from licmatch.schema import INSTALLATIONS, PRICES

# Yuan a copy; the kinds of licence, each at one price, stand for what a county's price list has.
OFFERED = (
    ("office.microsoft-office", "standard", "2021", "volume", 590, None),
    ("office.microsoft-office", "professional-plus", "2021", "volume", 1390, "databases"),
    ("office.wps-office", "professional", "2019", None, 380, None),
    ("antivirus.kaspersky-endpoint-security", None, "11", None, 95, None),
    ("os.windows-11", "pro", "11", "upgrade", 1100, None),
    ("os.windows-11", "enterprise", "11", "upgrade", 1596, None),
    ("os.windows-server-2019", "standard", "2019", "upgrade", 4200, None),
    ("os.windows-server-2019", "datacenter", "2019", "upgrade", 21000, None),
)


class Order:
    """Seats given away in a fixed order; `taken`: copy -> (stock, seat)."""

    def __init__(self, found: Assignment) -> None:
        problem = found.problem
        self.left = {stock: cap if cap is not None else 1 << 40 for stock, cap in problem.stocks.select("stock", "cap").iter_rows()}
        self.next: dict[int, int] = defaultdict(int)
        self.taken: dict[int, tuple[int, int]] = {}
        self.copies: dict[int, list[tuple[int, int]]] = defaultdict(list)  # class -> (copy, computer)
        for at, one, device in problem.copies.sort("unit_id", "device_id", "at").select("at", "class", "device").iter_rows():
            self.copies[one].append((at, device))
        self.edges = problem.edges.filter(~pl.col("needs_base")).sort("stock", "class")
        self.place = {at: number for number, at in enumerate(problem.copies.sort("unit_id", "device_id", "at")["at"])}
        # stock -> computer -> the seat that a suite has there; and the copies that ride on it.
        self.seat_on: dict[int, dict[int, int]] = defaultdict(dict)
        parts: dict[int, set[int]] = defaultdict(set)
        for one, stock in self.edges.filter("part").select("class", "stock").iter_rows():
            parts[stock].add(one)
        self.parts = {stock: self._by_device(of) for stock, of in parts.items()}

    def _by_device(self, classes: set[int]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for one in sorted(classes):
            for at, device in self.copies[one]:
                found[device].append(at)
        return found

    def go(self, boundless: set[int]) -> dict[int, tuple[int, int]]:
        kept, free = self.edges.filter("kept"), self.edges.filter(pl.col("stock").is_in(sorted(boundless)))
        for edges in (kept, free, *(self.edges.filter(pl.col("order") == stage) for stage in sorted(self.edges["order"].unique()))):
            for stock, classes in edges.group_by("stock", maintain_order=True).agg("class").iter_rows():
                line = sorted((pair for one in classes for pair in self.copies[one]), key=lambda pair: self.place[pair[0]])
                for at, device in line:
                    if at not in self.taken:
                        self._give(at, device, stock)
        return self.taken

    def _give(self, at: int, device: int, stock: int) -> None:
        if not self.left[stock]:
            return
        self.left[stock] -= 1
        seat, self.next[stock] = self.next[stock], self.next[stock] + 1
        self.taken[at] = (stock, seat)
        for other in self.parts.get(stock, {}).get(device, ()):
            self.taken.setdefault(other, (stock, seat))


def ordered(found: Assignment) -> Assignment:
    """Return the assignment that the order makes of the same estate."""
    problem = found.problem
    boundless = set(problem.stocks.filter(pl.col("cap").is_null())["stock"])
    rows = [(at, stock, seat) for at, (stock, seat) in sorted(Order(found).go(boundless).items())]
    taken = pl.DataFrame(rows, schema={"at": pl.UInt32, "stock": pl.UInt32, "seat_of": pl.Int64}, orient="row")
    met = taken.join(problem.members, on="stock").filter(
        pl.col("end").is_null() | ((pl.col("seat_of") >= pl.col("start")) & (pl.col("seat_of") < pl.col("end")))
    )
    met = met.sort("at", "lot").unique("at", keep="first", maintain_order=True)
    start = pl.col("start").fill_null(0)
    met = met.select("at", "lot", seat=pl.col("seat_of") - start + pl.col("offset"))
    settled = problem.settled.select("at", "lot", seat=pl.lit(0, pl.Int64))
    covers = found.covers.select("at").join(pl.concat([met, settled]), on="at", how="left", maintain_order="left")
    nothing = [pl.lit(None, dtype).alias(name) for name, dtype in COVERS.items() if name not in ("at", "lot", "seat")]
    return replace(found, covers=covers.with_columns(nothing).select(*COVERS))


def purchase(found: Assignment, demand: pl.DataFrame, ancestors: pl.DataFrame, rights: Rights, engine: Engine) -> tuple[int, int, int]:
    """Return copies short, cents, and copies for which nothing on the list helps."""
    held = replace(found, covers=found.covers.with_columns(proved=pl.col("lot").is_not_null()))
    stand = position(held, rights)
    without = held.covers.filter(pl.col("lot").is_null())["at"].implode()
    family, edition, release = pl.col("family_id"), pl.col("edition_id"), pl.col("release")
    ends = family.str.ends_with(pl.concat_str(pl.lit("-"), release))
    identity = pl.concat_str(
        family, pl.when(~ends).then(pl.concat_str(pl.lit("-"), release)), pl.concat_str(pl.lit("."), edition), ignore_nulls=True
    )
    roles = dict(engine.facts.select("family_id", "role").iter_rows())
    short = pl.col("at").is_in(without)
    installed = demand.with_columns(
        product_id=identity, role=family.replace_strict(roles, default="product", return_dtype=pl.String),
        state=pl.when(short).then(pl.lit("not_genuine")).otherwise(pl.lit("genuine")), verdict=pl.lit("over_deployed"),
    )  # fmt: skip
    installed = installed.select(
        (pl.col(name) if name in installed.columns else pl.lit(None)).cast(dtype).alias(name) for name, dtype in INSTALLATIONS.items()
    )
    parent = ancestors.filter(pl.col("unit_id") != pl.col("ancestor"))
    units = ancestors.select("unit_id").unique().sort("unit_id")
    near = parent.with_columns(deep=pl.len().over("unit_id")).group_by("unit_id").agg(
        parent_id=pl.col("ancestor").sort_by(pl.col("ancestor") == "city").first()
    )
    units = units.join(near, on="unit_id", how="left").with_columns(name="unit_id", tier=pl.lit(None, pl.String))
    rows = [
        {"product": name, "edition": kind, "release": year, "channel": way, "unit_price": str(yuan), "reason": why, "approved": True}
        for name, kind, year, way, yuan, why in OFFERED
    ]
    made = plan(
        stand, installed, pl.DataFrame(rows, schema=PRICES), units, rights, rules=load_plan_rules(), as_of=AS_OF, engine=engine
    )  # fmt: skip
    return int(stand["shortfall"].sum()), sum(one.software for one in made.money.values()), made.actions["year"].null_count()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--estates", type=int, default=10)
    parser.add_argument("--devices", type=int, default=400)
    parser.add_argument("--lots", type=int, default=80)
    asked = parser.parse_args()
    rights, engine = load_rights(), Engine.load()
    names = ("estates", "copies", "covered", "by the order", "left out", "in", "plan, yuan", "after the order", "saved", "no offer")
    print("| " + " | ".join(names) + " |\n" + "|---" * len(names) + "|")
    for name, joint in (("servers, office, antivirus: downgrade and site rights", False), ("clients and suites: all rights", True)):
        copies = ours = theirs = lost = 0
        money, unhelped = [0, 0], [0, 0]
        for seed in range(asked.estates):
            demand, owned, ancestors = city(asked.devices, asked.lots, 40, seed, joint)
            best = assign(demand, owned, ancestors, rights, AS_OF)
            order = ordered(best)
            covered = best.covers["lot"].count(), order.covers["lot"].count()
            for at, one in enumerate((best, order)):
                short, cents, nothing = purchase(one, demand, ancestors, rights, engine)
                assert short == demand.height - covered[at]
                money[at] += cents
                unhelped[at] += nothing
            copies, ours, theirs, lost = copies + demand.height, ours + covered[0], theirs + covered[1], lost + (covered[1] < covered[0])
        yuan = [f"{cents / 100:,.0f}" for cents in (*money, money[1] - money[0])]
        print(
            f"| {name} | {copies:,} | {ours:,} | {theirs:,} | {ours - theirs:,} | {lost} of {asked.estates} | "
            f"{yuan[0]} | {yuan[1]} | {yuan[2]} | {unhelped[0]} / {unhelped[1]} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
