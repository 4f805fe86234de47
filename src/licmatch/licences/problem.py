"""The estate as an assignment problem: like copies are one class, like lots one stock, and edges say who may cover whom, by which right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from licmatch.licences.bundles import bundled
from licmatch.licences.frames import ANCESTORS, DEMAND, DEMAND_OPTIONAL, LOTS, LOTS_OPTIONAL, shaped
from licmatch.licences.proof import missing_proof
from licmatch.licences.reach import Licence, Product, reaches
from licmatch.licences.rights import Rights, UpgradeOnly
from licmatch.licences.stock import ReadLots, products, read_lots, stocks

BASE, REGISTER = "base_licence", "user_register"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be assigned.

    `demanded`: every copy, those that need no licence too: at, device_id, unit_id, category, cp, need.
    `copies`: at, class, place (within its class, from 0), device, unit_id, cp, need. `classes`: class, count.
    `stocks`: stock, cap (null: no number), cents and what tells it from others. `members`: stock, lot, start, end (seats).
    `edges`: class, stock, right, order, distance, part, kept, proved, missing, cents, needs_base.
    `bases`: class, stock: full licences an upgrade could stand on. `bundles`, `held`: copies of like computers that may share a seat.
    `settled`: at, lot, right, missing: copies whose own OEM licence covers them, and covers nothing else.
    """

    demanded: pl.DataFrame
    copies: pl.DataFrame
    classes: pl.DataFrame
    stocks: pl.DataFrame
    members: pl.DataFrame
    edges: pl.DataFrame
    bases: pl.DataFrame
    bundles: pl.DataFrame
    held: pl.DataFrame
    settled: pl.DataFrame
    lots: ReadLots
    ancestors: pl.DataFrame
    kinds: tuple[Product, ...]
    reach: pl.DataFrame


def needs_licence() -> pl.Expr:
    """Whether a copy needs a licence: open source does not, free software does unless the approved list has it."""
    approved = (pl.col("licence") == "free") & pl.col("approved_free").fill_null(False)
    return ~((pl.col("licence") == "open_source").fill_null(False) | approved.fill_null(False))


def state_problem(demand: pl.DataFrame, lots: pl.DataFrame, ancestors: pl.DataFrame, rights: Rights, as_of: date) -> Problem:
    """Return the problem of an estate on a day. The order of the rows of any table changes nothing but `lot` and `at`."""
    copies, kinds = products(shaped(demand, DEMAND, DEMAND_OPTIONAL).with_columns(need=needs_licence()), "cp", rights)
    read = read_lots(shaped(lots, LOTS, LOTS_OPTIONAL), rights, as_of)
    ancestors = shaped(ancestors, ANCESTORS, ()).unique()
    reach = _reach_table(read.licences, kinds, rights, as_of)
    alive = read.frame.filter(~pl.col("lapsed"))
    copies = _qualified(copies, alive, read, kinds, rights)
    wanted = copies.filter("need")
    seen, members = stocks(alive, read, rights)
    seen = _upgrades(seen, read, rights)
    settled, used_up = _settled(wanted, seen, members, reach, read, rights, ancestors)
    wanted = wanted.join(settled, on="at", how="anti")
    seen = seen.join(used_up, on="stock", how="anti")
    wanted = _bound(wanted, seen, reach)
    wanted, classes = _classes(wanted)
    edges = _edges(classes, seen, reach, ancestors, read, rights)
    bases = _bases(classes, edges, seen, ancestors, read, kinds, rights)
    wanted, classes, edges, bases = _merged(wanted, classes, edges, bases)
    bundles, held = bundled(wanted, edges, seen)
    order = ["unit_id", "device_id", "at"]
    wanted = wanted.sort("class", *order).with_columns(place=pl.int_range(pl.len()).over("class"))
    demanded = copies.select("at", "device_id", "unit_id", "category", "cp", "need")
    return Problem(demanded, wanted, classes, seen, members, edges, bases, bundles, held, settled, read, ancestors, kinds, reach)


def _reach_table(licences: Sequence[Licence], kinds: Sequence[Product], rights: Rights, as_of: date) -> pl.DataFrame:
    """lp, cp, right, order, part, right_documents."""
    by_line: dict[str, list[int]] = {}
    for place, one in enumerate(kinds):
        by_line.setdefault(one.line, []).append(place)
    rows = []
    for lp, licence in enumerate(licences):
        line = licence.product.line
        lines = {line, *(copy for right in rights.rights if line in right.lot_lines for copy in right.copy_lines)}
        for cp in (place for each in sorted(lines) for place in by_line.get(each, ())):
            found = reaches(licence, kinds[cp], rights, as_of)
            if found is not None:
                rows.append((lp, cp, found.right, found.order, found.part, list(found.documents)))
    schema = {
        "lp": pl.UInt32(), "cp": pl.UInt32(), "right": pl.String(), "order": pl.Int64(), "part": pl.Boolean(),
        "documents": pl.List(pl.String()),
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _rule(line: str, rights: Rights) -> UpgradeOnly | None:
    return next((one for one in rights.upgrade_only if one.line == line), None)


def _full(licence: Licence, rights: Rights) -> bool:
    rule = _rule(licence.product.line, rights)
    return rule is not None and licence.kind in rule.qualifying_kinds and licence.product.edition in rule.qualifying_editions


def _upgrades(seen: pl.DataFrame, read: ReadLots, rights: Rights) -> pl.DataFrame:
    """Add `upgrade` (covers only beside a full licence) and `full` (is one)."""
    only = []
    for licence in read.licences:
        rule = _rule(licence.product.line, rights)
        only.append(rule is not None and licence.kind in rule.kinds)
    table = pl.DataFrame(
        {"upgrade": only, "full": [_full(licence, rights) for licence in read.licences]}, schema={"upgrade": pl.Boolean, "full": pl.Boolean}
    )
    return seen.join(table.with_row_index("lp"), on="lp", how="left", maintain_order="left")


def _qualified(copies: pl.DataFrame, alive: pl.DataFrame, read: ReadLots, kinds: Sequence[Product], rights: Rights) -> pl.DataFrame:
    """`qualified` where a full licence matters: True where an OEM licence of this computer is one, else what was told."""
    full = [place for place, licence in enumerate(read.licences) if _full(licence, rights)]
    having = alive.filter(pl.col("hard") & pl.col("lp").is_in(full)).select("device_id", _fact=pl.lit(True)).unique()
    matters = [place for place, one in enumerate(kinds) if _rule(one.line, rights) is not None]
    met = copies.join(having, on="device_id", how="left", maintain_order="left")
    return met.with_columns(qualified=pl.when(pl.col("cp").is_in(matters)).then(pl.coalesce("_fact", "qualified"))).drop("_fact")


def _settled(
    wanted: pl.DataFrame,
    seen: pl.DataFrame,
    members: pl.DataFrame,
    reach: pl.DataFrame,
    read: ReadLots,
    rights: Rights,
    ancestors: pl.DataFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Copies that their computer's own proved OEM licence covers, where each has nobody but the other: no assignment does better.

    Covering them so takes nothing from anybody, and any other way gives up a present assignment.
    """
    hard = seen.filter(pl.col("hard") & (pl.col("cap") == 1))
    found = (
        wanted.select("at", "device_id", "cp")
        .join(hard.select("stock", "lp", "device_id", "proof"), on="device_id")
        .join(reach, on=["lp", "cp"])
    )
    found = found.filter((pl.len().over("stock") == 1) & (pl.len().over("at") == 1))
    found = _with_missing(found.with_columns(second=pl.lit(False), upgrade=pl.lit(False), qualified=pl.lit(None, pl.Boolean)), read, rights)
    found = found.filter("proved").join(members.select("stock", "lot"), on="stock").sort("at")
    return found.select("at", "lot", "right", "missing", "stock"), found.select("stock")


def _bound(wanted: pl.DataFrame, seen: pl.DataFrame, reach: pl.DataFrame) -> pl.DataFrame:
    """Add `bind`: the computer, for copies that a lot of this very computer reaches; they are a class of their own."""
    own = seen.filter(pl.col("device_id").is_not_null()).select("lp", "device_id").unique()
    named = wanted.select("at", "device_id", "cp").join(own, on="device_id").join(reach.select("lp", "cp"), on=["lp", "cp"], how="semi")
    return wanted.with_columns(bind=pl.when(pl.col("at").is_in(named["at"].unique().implode())).then("device_id"))


def _classes(wanted: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    keys = ["unit_id", "cp", "qualified", "bind"]
    classes = wanted.group_by(keys).agg(count=pl.len().cast(pl.Int64)).sort(keys, nulls_last=True).with_row_index("class")
    return wanted.join(classes.drop("count"), on=keys, how="left", nulls_equal=True, maintain_order="left"), classes


def _placed(classes: pl.DataFrame, seen: pl.DataFrame, ancestors: pl.DataFrame) -> pl.DataFrame:
    """class, stock, distance: where a stock's unit stands above a class (or is its own, or nobody's). `classes` has lp."""
    above = ancestors.with_columns(own=pl.col("unit_id") == pl.col("ancestor"))
    depth = ancestors.group_by("unit_id").agg(depth=pl.len().cast(pl.Int64))
    above = above.join(depth, on="unit_id", how="left").join(
        depth.rename({"unit_id": "ancestor", "depth": "_up"}), on="ancestor", how="left"
    )
    above = above.select("unit_id", "ancestor", "own", distance=pl.col("depth") - pl.col("_up").fill_null(0))
    open_to = seen.filter(~pl.col("hard"))
    far = classes.join(above, on="unit_id").join(open_to.rename({"unit_id": "ancestor", "device_id": "names"}), on=["lp", "ancestor"])
    far = far.filter(pl.col("own") | ~pl.col("scope_own"))
    everywhere = classes.join(open_to.filter(pl.col("unit_id").is_null()).drop("unit_id").rename({"device_id": "names"}), on="lp")
    here = classes.filter(pl.col("bind").is_not_null()).join(
        seen.filter("hard").with_columns(bind=pl.col("device_id")).rename({"device_id": "names"}).drop("unit_id"), on=["lp", "bind"]
    )
    columns = [*classes.columns, "stock", "names", "distance", "cents", "proof", "second", "upgrade", "full", "hard"]
    parts = [far, everywhere.with_columns(distance=pl.lit(99, pl.Int64)), here.with_columns(distance=pl.lit(0, pl.Int64))]
    return pl.concat([part.select(columns) for part in parts])


def _edges(
    classes: pl.DataFrame, seen: pl.DataFrame, reach: pl.DataFrame, ancestors: pl.DataFrame, read: ReadLots, rights: Rights
) -> pl.DataFrame:
    found = _placed(classes.join(reach, on="cp"), seen, ancestors)
    found = _with_missing(found, read, rights).with_columns(
        kept=(pl.col("names") == pl.col("bind")).fill_null(False),
        needs_base=pl.col("upgrade") & (pl.col("qualified") == False).fill_null(False),  # noqa: E712
    )
    found = found.sort("class", "stock", "order").unique(["class", "stock"], keep="first", maintain_order=True)
    return found.select(
        "class",
        "stock",
        "right",
        "order",
        "distance",
        "part",
        "kept",
        "proved",
        "missing",
        "cents",
        "needs_base",
        "upgrade",
        "proof",
        "second",
        "documents",
    )


def _merged(
    wanted: pl.DataFrame, classes: pl.DataFrame, edges: pl.DataFrame, bases: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Classes that the same stocks reach in the same way are one: most units own nothing and live on their county's lots."""
    way = pl.concat_str(
        "stock",
        "right",
        "distance",
        pl.col("kept", "proved", "needs_base", "upgrade").cast(pl.Int8),
        pl.col("missing").list.join(","),
        separator=":",
    )
    ways = edges.sort("class", "stock").group_by("class").agg(_ways=way.str.join("|"))
    stands = bases.sort("class", "stock").group_by("class").agg(_bases=pl.col("stock").cast(pl.String).str.join("|"))
    told = classes.join(ways, on="class", how="left").join(stands, on="class", how="left").sort("class")
    told = told.with_columns(first=pl.col("class").first().over("_ways", "_bases"))
    told = told.with_columns(new=(pl.col("first").rank("dense") - 1).cast(pl.UInt32))
    one = told.select("class", "new")
    merged = told.group_by("new").agg(pl.col("count").sum()).rename({"new": "class"}).sort("class")
    kept = told.filter(pl.col("class") == pl.col("first")).select("class", "new")
    wanted = wanted.join(one, on="class", how="left", maintain_order="left").drop("class").rename({"new": "class"})
    tables = [table.join(kept, on="class").drop("class").rename({"new": "class"}).sort("class", "stock") for table in (edges, bases)]
    return wanted, merged, tables[0], tables[1]


def _with_missing(found: pl.DataFrame, read: ReadLots, rights: Rights) -> pl.DataFrame:
    """Add missing and proved, worked out once for each distinct proof, right and doubt."""
    keys = ["proof", "right", "second", "_doubt"]
    found = found.with_columns(_doubt=pl.col("upgrade") & pl.col("qualified").is_null())
    asked = found.group_by(keys).agg(pl.col("documents").first()).sort(keys)
    rows = []
    for proof, _, second, doubt, more in asked.iter_rows():
        wanted = (*(more or ()), *((REGISTER,) if second else ()), *((BASE,) if doubt else ()))
        kind, metric, said, filled = read.proofs[proof]
        rows.append(list(missing_proof(kind, metric, said, filled, rights, wanted)))
    told = asked.with_columns(pl.Series("missing", rows, dtype=pl.List(pl.String))).drop("documents")
    met = found.join(told, on=keys, how="left", maintain_order="left")
    return met.with_columns(proved=pl.col("missing").list.len() == 0).drop("_doubt")


def _bases(
    classes: pl.DataFrame,
    edges: pl.DataFrame,
    seen: pl.DataFrame,
    ancestors: pl.DataFrame,
    read: ReadLots,
    kinds: Sequence[Product],
    rights: Rights,
) -> pl.DataFrame:
    """class, stock: full licences that are not bound to another computer, for classes whose computers are not known to have one."""
    doubtful = (
        edges.filter("upgrade")
        .select("class")
        .unique()
        .join(classes, on="class")
        .filter(pl.col("qualified").is_null() | ~pl.col("qualified"))
    )
    full = [(lp, licence.product.line) for lp, licence in enumerate(read.licences) if _full(licence, rights)]
    lines = pl.DataFrame(full, schema={"lp": pl.UInt32(), "line": pl.String()}, orient="row")
    of_copy = pl.DataFrame({"cp": range(len(kinds)), "line": [one.line for one in kinds]}, schema={"cp": pl.UInt32(), "line": pl.String()})
    asked = doubtful.join(of_copy, on="cp").join(lines, on="line")
    return (
        _placed(asked, seen.filter(~pl.col("hard") & ~pl.col("second")), ancestors).select("class", "stock").unique().sort("class", "stock")
    )


def line_pairs(problem: Problem) -> pl.DataFrame:
    """lp, cp, reached: licences and copies of one line, and whether a right leads from one to the other; no trials, no free grants."""
    lots = pl.DataFrame(
        [(lp, one.product.line) for lp, one in enumerate(problem.lots.licences) if one.kind not in ("trial", "free")],
        schema={"lp": pl.UInt32(), "line": pl.String()},
        orient="row",
    )
    copies = pl.DataFrame(
        [(cp, one.line) for cp, one in enumerate(problem.kinds)], schema={"cp": pl.UInt32(), "line": pl.String()}, orient="row"
    )
    pairs = pl.concat([lots.join(copies, on="line").select("lp", "cp"), problem.reach.select("lp", "cp")]).unique()
    return pairs.join(problem.reach.select("lp", "cp", reached=pl.lit(True)), on=["lp", "cp"], how="left").with_columns(
        pl.col("reached").fill_null(False)
    )


def near_lots(problem: Problem) -> pl.DataFrame:
    """unit_id, cp, line, lapsed: whether a lot of the copy's line is in force above a unit, and whether one that is over reached it."""
    free = problem.lots.frame.filter(~pl.col("hard"))
    own = free["scope"].is_in(["unit", "own", "本单位"]).fill_null(False)
    free = free.with_columns(scope_own=own).select("lp", "unit_id", "scope_own", "lapsed").unique()
    asked = problem.demanded.filter("need").select("unit_id", "cp").unique().join(line_pairs(problem), on="cp")
    above = asked.join(problem.ancestors, on="unit_id").join(free.rename({"unit_id": "ancestor"}), on=["lp", "ancestor"])
    above = above.filter(~pl.col("scope_own") | (pl.col("unit_id") == pl.col("ancestor")))
    every = asked.join(free.filter(pl.col("unit_id").is_null()).drop("unit_id"), on="lp")
    found = pl.concat([each.select("unit_id", "cp", "reached", "lapsed") for each in (above, every)])
    return found.group_by("unit_id", "cp").agg(line=(~pl.col("lapsed")).any(), lapsed=(pl.col("lapsed") & pl.col("reached")).any())
