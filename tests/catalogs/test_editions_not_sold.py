"""A word of an edition that a product was never sold in gives no edition: neither that one nor a near one that holds it."""

from __future__ import annotations

import polars as pl

from licmatch.match import Engine
from licmatch.schema import LICENSABLE_ROLES, NAME_KEY

WORDS = {
    "Ultimate": "ultimate",
    "Datacenter": "datacenter",
    "Starter": "starter",
    "Student": "student",
    "Enterprise": "enterprise",
    "家庭版": "home",
}


def test_an_edition_never_sold_is_not_invented() -> None:
    engine = Engine.load()
    asked = [
        (family.id, part, f"{family.name} {word}", engine.compiled.vendors[family.vendor].name)
        for family in engine.compiled.families
        if family.role in LICENSABLE_ROLES
        for word, part in WORDS.items()
        if all(part not in edition.parts for edition in family.editions)
    ]
    keys = pl.DataFrame(
        [(name, maker, None) for _, _, name, maker in asked], schema=dict.fromkeys(NAME_KEY, pl.String), orient="row"
    )  # fmt: skip
    parts = {edition.id: edition.parts for edition in engine.compiled.editions}
    told = 0
    for (family, part, name, _), row in zip(asked, engine.decide(keys).iter_rows(named=True), strict=True):
        if row["family_id"] == family:
            told += 1
            assert part not in parts.get(row["edition_id"], ()), f"{name} -> {row['lm_product_id']}"
    assert told > 1000, "most of these names are still told by their product"
