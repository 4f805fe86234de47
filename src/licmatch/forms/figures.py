"""What the forms count, from a result: computers, copies by product and source, licences and needs of each unit by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import polars as pl

from licmatch.assess import EngineView
from licmatch.errors import ResultError
from licmatch.forms.definition import Counting, Definitions
from licmatch.licences.rights import Rights, load_rights
from licmatch.plan.needs import find_needs, placed_copies
from licmatch.plan.record import Plan
from licmatch.report.result_view import ResultView, as_of, categories

KINDS = {"server": "servers", "desktop": "desktops", "laptop": "laptops"}
COMPUTERS = ("servers", "desktops", "laptops", "others", "computers_total", "computers_in_use")
COPIES = ("installed", "genuine", "pirated", "undetermined")
# Tiers that are a jurisdiction: a row of the summary. With units below it, it has a summary and workbooks of its own.
JURISDICTIONS = ("province", "city", "county", "zone", "township")
_PRODUCT = ["class_at", "class", "category", "product_name", "version_edition"]


class ResultTables(ResultView, Protocol):
    """The attributes of a result that forms read; `licmatch.result.Result` fills it."""

    @property
    def position(self) -> pl.DataFrame: ...
    @property
    def devices(self) -> pl.DataFrame: ...


@dataclass(frozen=True, slots=True)
class Figures:
    """`units`: the result's with `reports` (fills in an F1) and `jurisdiction` (nearest at or above, itself included).

    `computers`: unit_id and COMPUTERS. `products`: unit_id, class, product_name, version_edition, counts, sources, licence_count.
    `copies`: one row a copy in scope with its class, product and pool. `needs`: unit_id and the columns of part C of F1.
    `pools`: every pool of the position with its class, product_name and version_edition.
    """

    day: date
    units: pl.DataFrame
    computers: pl.DataFrame
    products: pl.DataFrame
    copies: pl.DataFrame
    needs: pl.DataFrame
    position: pl.DataFrame
    pools: pl.DataFrame
    scores: pl.DataFrame
    devices: pl.DataFrame
    categories: Mapping[str, str]
    plan: Plan | None
    counting: Counting

    def name(self, unit_id: str | None, said: Mapping[str, str]) -> str:
        """Return the name of a unit; `said` words the units nobody named."""
        return said.get(unit_id or "", self.names.get(unit_id or "", unit_id or ""))

    @property
    def names(self) -> dict[str, str]:
        """Return unit_id -> name."""
        return dict(self.units.select("unit_id", "name").iter_rows())


def figures(
    result: ResultTables, engine: EngineView, definitions: Definitions, *, plan: Plan | None = None, rights: Rights | None = None
) -> Figures:
    """Return what the forms count. Raises ResultError where it does not equal the scores of the result: a form never differs from them."""
    counting = definitions.counting
    titles = {each.id: each.title.zh for each in categories(result)}
    held = rights if rights is not None else load_rights()
    position = result.position if result.position.height else None
    copies = _copies(result.installations, engine, held, counting, titles)
    units = _units(result.units, result.devices)
    computers = _computers(result.devices)
    products = _products(copies, result.position, counting, engine, titles)
    needs = _needs(result, position, copies, engine, held, counting) if plan is None else _planned(plan)
    pools = _pools(copies, result.position, counting, engine, titles)
    made = Figures(
        as_of(result), units, computers, products, copies, needs, result.position, pools,
        result.scores, result.devices, titles, plan, counting,
    )  # fmt: skip
    _equal_scores(made)
    return made


def _units(units: pl.DataFrame, devices: pl.DataFrame) -> pl.DataFrame:
    parents = set(units["parent_id"].drop_nulls())
    owning = set(devices["unit_id"].drop_nulls())
    nearest: dict[str, str] = {}
    rows = []
    # Parents stand before their children.
    for unit, parent, tier in units.select("unit_id", "parent_id", "tier").iter_rows():
        own = parent is None or (tier in JURISDICTIONS and unit in parents)
        nearest[unit] = unit if own else nearest.get(parent, parent)
        rows.append((unit, unit in owning or unit not in parents, nearest[unit]))
    placed = pl.DataFrame(rows, schema={"unit_id": pl.String(), "reports": pl.Boolean(), "jurisdiction": pl.String()}, orient="row")
    return units.join(placed, on="unit_id", how="left", maintain_order="left")


def _computers(devices: pl.DataFrame) -> pl.DataFrame:
    kind = pl.col("kind").fill_null("other")
    return (
        devices.group_by("unit_id")
        .agg(
            *((kind == code).sum().cast(pl.Int64).alias(name) for code, name in KINDS.items()),
            (~kind.is_in(list(KINDS))).sum().cast(pl.Int64).alias("others"),
            pl.len().cast(pl.Int64).alias("computers_total"),
            pl.col("in_scope").sum().cast(pl.Int64).alias("computers_in_use"),
        )
        .sort("unit_id")
    )


def class_of(counting: Counting, titles: Mapping[str, str]) -> tuple[pl.Expr, pl.Expr]:
    """Return (place, title) of the class of a copy: the first whose category and pattern fit, else the category's own title."""
    place: pl.Expr = pl.lit(len(counting.classes))
    title: pl.Expr = pl.col("category").replace(dict(titles))
    for at in range(len(counting.classes) - 1, -1, -1):
        one = counting.classes[at]
        fits = pl.col("category") == one.category
        if one.family is not None:
            fits &= pl.col("family").fill_null("").str.contains(one.family)
        place = pl.when(fits).then(at).otherwise(place)
        title = pl.when(fits).then(pl.lit(one.zh)).otherwise(title)
    return place.alias("class_at"), title.alias("class")


def version_text() -> pl.Expr:
    """Return release and edition as a form prints them; a release that ends the family's name is not said twice."""
    release = pl.col("release").fill_null("")
    again = (release != "") & pl.col("family").fill_null("").str.ends_with(release)
    said = pl.when(again).then(pl.lit("")).otherwise(release)
    return pl.concat_str([said, pl.col("edition").fill_null("")], separator=" ").str.strip_chars().alias("version_edition")


def _copies(
    installations: pl.DataFrame, engine: EngineView, rights: Rights, counting: Counting, titles: Mapping[str, str]
) -> pl.DataFrame:  # fmt: skip
    placed, _ = placed_copies(installations, engine, rights)
    pools = placed.select("at", "pool")
    kept = installations.drop("evidence", "flags").with_row_index("at").filter(pl.col("state") != "out_of_scope")
    name = pl.coalesce("family", "product_id", pl.lit("?")).alias("product_name")
    return (
        kept.join(pools, on="at", how="left", maintain_order="left")
        .with_columns(*class_of(counting, titles), name, version_text())
        .sort("unit_id", "class_at", "class", "product_name", "version_edition", "device_id", "at", nulls_last=True)
    )


def _products(
    copies: pl.DataFrame, position: pl.DataFrame, counting: Counting, engine: EngineView, titles: Mapping[str, str]
) -> pl.DataFrame:
    keys = ["unit_id", *_PRODUCT]
    state, verdict = pl.col("state"), pl.col("verdict")
    counted = copies.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("installed"),
        (state == "genuine").sum().cast(pl.Int64).alias("genuine"),
        (state == "not_genuine").sum().cast(pl.Int64).alias("pirated"),
        (state == "undetermined").sum().cast(pl.Int64).alias("undetermined"),
        *(
            ((state == "genuine") & verdict.is_in(list(codes))).sum().cast(pl.Int64).alias(source)
            for source, codes in sorted(counting.sources.items())
        ),
        pl.col("pool").drop_nulls().min().alias("pool"),
    )
    if position.is_empty():
        return counted.with_columns(licence_count=pl.lit(None, pl.Int64)).sort(keys, nulls_last=True)
    # The seats of a pool stand once: in the row of it that has most copies; what has none installed gets a row of its own.
    held = position.select("unit_id", "category", "pool", licence_count="entitled").filter(pl.col("licence_count") > 0)
    ranked = counted.sort("installed", *keys, descending=[True, *[False] * len(keys)], nulls_last=True)
    first = pl.int_range(pl.len()).over("unit_id", "pool") == 0
    pooled = ranked.with_columns(first=first & pl.col("pool").is_not_null())
    joined = pooled.join(held.select("unit_id", "pool", "licence_count"), on=["unit_id", "pool"], how="left", maintain_order="left")
    joined = joined.with_columns(pl.when("first").then("licence_count").alias("licence_count")).drop("first")
    idle = held.join(counted.select("unit_id", "pool").drop_nulls(), on=["unit_id", "pool"], how="anti")
    zero = [pl.lit(0, pl.Int64).alias(name) for name in (*COPIES, *sorted(counting.sources))]
    extra = _named_pools(idle, engine).with_columns(*class_of(counting, titles), version_text(), product_name="family").with_columns(zero)
    return pl.concat([joined, extra.select(joined.columns)], how="vertical_relaxed").sort(keys, nulls_last=True)


def _pools(copies: pl.DataFrame, position: pl.DataFrame, counting: Counting, engine: EngineView, titles: Mapping[str, str]) -> pl.DataFrame:
    """A pool is called as the product of it that most computers have, or as the catalogs call its line where nobody has it."""
    wanted = ["category", "pool", *_PRODUCT[:2], *_PRODUCT[3:]]
    installed = copies.filter(pl.col("pool").is_not_null()).group_by(wanted).len().sort("len", *wanted, descending=[True, *[False] * 6])
    first = installed.unique(["category", "pool"], keep="first", maintain_order=True).select(wanted)
    rest = position.select("category", "pool").unique().join(first, on=["category", "pool"], how="anti")
    named = _named_pools(rest, engine).with_columns(*class_of(counting, titles), version_text(), product_name="family")
    return pl.concat([first, named.select(wanted)], how="vertical_relaxed").sort("class_at", "product_name", "version_edition", "pool")


def _named_pools(pools: pl.DataFrame, engine: EngineView) -> pl.DataFrame:
    """A pool is `line|edition|release`; of the line the catalogs know the name, or it stands for itself."""
    known = dict(engine.facts.select("family_id", "family").iter_rows())
    parts = pl.col("pool").str.split_exact("|", 2)
    line = parts.struct.field("field_0")
    said = pl.concat_str([line.str.split(".").list.slice(1).list.join(".").str.replace_all("-", " ")])
    return pools.with_columns(
        family=pl.coalesce(line.replace_strict(known, default=None, return_dtype=pl.String), said),
        edition=pl.when(parts.struct.field("field_1") != "-").then(
            parts.struct.field("field_1").str.replace_all("-", " ").str.to_titlecase()
        ),
        release=pl.when(parts.struct.field("field_2") != "-").then(parts.struct.field("field_2")),
    )


def _needs(
    result: ResultTables, position: pl.DataFrame | None, copies: pl.DataFrame, engine: EngineView, rights: Rights, counting: Counting
) -> pl.DataFrame:
    found = find_needs(position, result.installations, engine, rights)
    short = copies.join(found.copies.filter("short").select("at"), on="at", how="semi", maintain_order="left")
    replace = pl.col("verdict").is_in(list(counting.needs.get("replace", ())))
    keys = ["unit_id", *_PRODUCT, "replace"]
    grouped = short.with_columns(replace=replace).group_by(keys).agg(
        count=pl.len().cast(pl.Int64), undetermined=(pl.col("state") == "undetermined").sum().cast(pl.Int64)
    )  # fmt: skip
    count = pl.col("count")
    return grouped.sort(keys, nulls_last=True).select(
        "unit_id",
        qty_replace=pl.when("replace").then(count),
        qty_new=pl.when(~pl.col("replace")).then(count),
        product=pl.concat_str(["product_name", "version_edition"], separator=" ").str.strip_chars(),
        replaced="replace",
        qty_to_buy=count,
        unit_price=pl.lit(None, pl.Decimal(18, 2)),
        undetermined="undetermined",
        next_year=pl.lit(False),
        hardware=pl.lit(False),
    )


def _planned(plan: Plan) -> pl.DataFrame:
    """Part C where prices are known: the lines of the plan, unit by unit."""
    done = plan.actions.filter(pl.col("line").is_not_null()).group_by("line", "unit_id").agg(
        qty_replace=(pl.col("action") == "replace").sum().cast(pl.Int64),
        qty_new=(pl.col("action") == "keep").sum().cast(pl.Int64),
        undetermined=(pl.col("state") == "undetermined").sum().cast(pl.Int64),
    )  # fmt: skip
    lines = plan.lines.select("line", "product", "version", "unit_price", "year", "fund")
    shares = plan.allocations.filter(pl.col("unit_id").is_not_null()).select("line", "unit_id", qty_to_buy="quantity")
    joined = shares.join(done, on=["line", "unit_id"], how="left").join(lines, on="line", how="left").sort("unit_id", "line")
    return joined.select(
        "unit_id",
        "qty_replace",
        "qty_new",
        product=pl.concat_str([pl.col("product"), pl.col("version").fill_null("")], separator=" ").str.strip_chars(),
        replaced=pl.lit(False),
        qty_to_buy="qty_to_buy",
        unit_price=pl.col("unit_price").cast(pl.Decimal(18, 2)),
        undetermined=pl.col("undetermined").fill_null(0),
        next_year=pl.col("year") != "this",
        hardware=pl.col("fund") == "hardware",
    )


def _equal_scores(made: Figures) -> None:
    """Sums over all units equal the scores of the roots, copy by copy and computer by computer."""
    tops = made.scores.filter(pl.col("parent_id").is_null())
    for category in made.categories:
        own = made.copies.filter(pl.col("category") == category)
        for state, name in (("genuine", "genuine"), ("not_genuine", "not_genuine"), ("undetermined", "undetermined")):
            scored, counted = int(tops[f"{category}_{name}"].sum()), int((own["state"] == state).sum())
            if scored != counted:
                raise ResultError(
                    f"the forms count {counted} copies of {category} as {state}, the scores {scored}",
                    hint="run licmatch verify on the folder",
                )
    counts = {"devices": "computers_total", "in_use": "computers_in_use"}
    for scored_name, name in counts.items():
        scored, counted = int(tops[scored_name].sum()), int(made.computers[name].sum())
        if scored != counted:
            raise ResultError(
                f"the forms count {counted} computers ({name}), the scores {scored}", hint="run licmatch verify on the folder"
            )
