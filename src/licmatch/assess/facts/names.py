"""What is known of software that a rule asks for by name, whatever its category."""

from __future__ import annotations

import polars as pl

from licmatch.assess.facts.lots import Lots


def name_facts(seen: pl.DataFrame, devices: pl.DataFrame, bought: list[str], lots: Lots) -> pl.DataFrame:
    """Return one row a device and name, with the fields of the grain `name`.

    `seen`: device, row, name, publisher, vendor, family_id, category. `bought`: the texts of what entitlements are for, in lower
    case; one of them that stands in the name, or in which the name stands, is a purchase.
    """
    named = seen.join(devices.select("device", "device_id"), on="device", how="left", maintain_order="left")
    low = pl.col("name").str.to_lowercase()
    texts = sorted(text for text in bought if text)
    held = named.select("name").unique().with_columns(
        held=low.str.contains_any(texts) if texts else pl.lit(False),
        part=low.map_elements(lambda name: any(name in text for text in texts), return_dtype=pl.Boolean) if texts else pl.lit(False),
    )  # fmt: skip
    met = named.join(held, on="name", how="left", maintain_order="left")
    return met.with_columns(bought=pl.when(pl.lit(lots.entitlements_given)).then(pl.col("held") | pl.col("part"))).drop("held", "part")
