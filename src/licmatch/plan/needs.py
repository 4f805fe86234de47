"""Which copies are short of a licence: the shortfall of the position, copy by copy, and which computers have something licensed already."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess import EngineView
from licmatch.licences import pool
from licmatch.licences.reach import Product, product
from licmatch.licences.rights import Rights
from licmatch.schema import LICENSABLE_ROLES

OPEN_STATES = ("not_genuine", "undetermined")
WHOLE = "product"


@dataclass(frozen=True, slots=True)
class Needs:
    """`copies`: every copy that counts, with at, cp (place in `kinds`), pool and `short`; in the order of the installations.

    `untraced`: unit_id, category, pool, count of the shortfall that no copy in doubt explains: those copies are held genuine by a ruling.
    `derived`: whether there was no position, so that every copy in doubt is short.
    """

    copies: pl.DataFrame
    kinds: tuple[Product, ...]
    untraced: pl.DataFrame
    derived: bool


def find_needs(
    position: pl.DataFrame | None, installations: pl.DataFrame, engine: EngineView, rights: Rights, *, undetermined: bool = True
) -> Needs:
    """Return which copies are short. Where fewer are short than are in doubt, the worst verdicts come first.

    `position`: columns of `schema.POSITION`. With `undetermined=False` copies that only lack an answer wait for one.
    """
    copies, kinds = placed_copies(installations, engine, rights)
    states = OPEN_STATES if undetermined else OPEN_STATES[:1]
    doubtful = pl.col("state").is_in(states)
    keys = ["unit_id", "category", "pool"]
    if position is None:
        made = copies.with_columns(short=doubtful)
        return Needs(made, kinds, pl.DataFrame(schema={**dict.fromkeys(keys, pl.String()), "count": pl.Int64()}), True)
    short = position.filter(pl.col("shortfall") > 0).select(*keys, "shortfall")
    order = copies.filter(doubtful).sort(pl.col("state") != "not_genuine", pl.col("verdict") != "cracked", "device_id", "at")
    taken = order.join(short, on=keys, how="left", nulls_equal=True, maintain_order="left")
    taken = taken.filter(pl.int_range(pl.len()).over(keys) < pl.col("shortfall").fill_null(0))
    found = taken.group_by(keys).agg(found=pl.len().cast(pl.Int64))
    untraced = short.join(found, on=keys, how="left", nulls_equal=True).with_columns(
        count=pl.col("shortfall") - pl.col("found").fill_null(0)
    )
    made = copies.with_columns(short=pl.col("at").is_in(taken["at"].implode()))
    return Needs(made, kinds, untraced.filter(pl.col("count") > 0).select(*keys, "count").sort(keys, nulls_last=True), False)


def placed_copies(installations: pl.DataFrame, engine: EngineView, rights: Rights) -> tuple[pl.DataFrame, tuple[Product, ...]]:
    """Return the licensable copies in scope with at (place among the installations), cp and pool, and the products that cp means."""
    kept = installations.drop("evidence", "flags", strict=False).with_row_index("at")
    kept = kept.filter(pl.col("role").is_in(LICENSABLE_ROLES) & pl.col("product_id").is_not_null() & (pl.col("state") != "out_of_scope"))
    known = frozenset(engine.facts["family_id"].to_list())
    said = kept.select("category", "product_id", "release").unique().sort("category", "product_id", "release", nulls_last=True)
    made = []
    for category, identity, release in said.iter_rows():
        family, edition = family_and_edition(identity, release, known)
        made.append(product(category, family, edition, release, rights))
    kinds = sorted(set(made), key=lambda one: (one.category, one.line, one.family, one.edition or "", one.release or ""))
    places = {one: place for place, one in enumerate(kinds)}
    said = said.with_columns(
        cp=pl.Series([places[one] for one in made], dtype=pl.UInt32),
        pool=pl.Series([pool(one) for one in made], dtype=pl.String),
    )
    met = kept.join(said, on=["category", "product_id", "release"], how="left", nulls_equal=True, maintain_order="left")
    return met, tuple(kinds)


def family_and_edition(product_id: str, release: str | None, known: frozenset[str]) -> tuple[str, str | None]:
    """Return the family and edition of a product's id: `<category>.<family>[-<release>][.<edition>]`.

    >>> family_and_edition("office.microsoft-office-2016.standard", "2016", frozenset({"office.microsoft-office"}))
    ('office.microsoft-office', 'standard')
    >>> family_and_edition("os.windows-10.pro", "10", frozenset({"os.windows-10"}))
    ('os.windows-10', 'pro')
    """
    parts = product_id.split(".", 2)
    family = ".".join(parts[:2])
    edition = parts[2] if len(parts) == 3 else None
    if family in known or not release:
        return family, edition
    ending = "-" + "-".join("".join(char if char.isascii() and char.isalnum() else " " for char in release.casefold()).split())
    short = family.removesuffix(ending)
    return (short if short in known or short != family else family), edition
