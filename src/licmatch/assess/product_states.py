"""What devices report of a category's products: running or not, current or not, and until when they are licensed.

A reader writes one trace a product, of the kind `<category>_state`: its name, then `key=value` parted by `; `.
"""

from __future__ import annotations

import polars as pl

from licmatch.assess.engine_view import EngineView, category_ids
from licmatch.assess.evidence import STATE
from licmatch.schema import NAME_KEY

_ANSWERS = ("enabled", "real_time", "up_to_date")
STATES = {
    "device": pl.UInt32, "category": pl.String, "product": pl.String, "version": pl.String, "family_id": pl.String, "licence": pl.String,
    **dict.fromkeys(_ANSWERS, pl.Boolean), "expires": pl.Date, "seen_on": pl.Date, "memory": pl.Boolean,
}  # fmt: skip


def product_states(traces: pl.DataFrame, devices: pl.DataFrame, engine: EngineView) -> pl.DataFrame:
    """Return the columns of `STATES`, one row a device and product, sorted by device, category and product.

    `devices`: device, device_id. Of several reports on one product the latest counts. A word that is neither yes nor no, and a
    day that is none, is unknown.
    """
    kinds = {category + STATE: category for category in category_ids(engine)}
    said = traces.filter(pl.col("kind").is_in(list(kinds)))
    if said.is_empty():
        return pl.DataFrame(schema=STATES)
    read = (
        said.select("kind", "value")
        .unique(maintain_order=True)
        .with_columns(
            category=pl.col("kind").replace_strict(kinds, default=None, return_dtype=pl.String),
            product=pl.col("value").str.split("; ").list.first().str.strip_chars(),
            **{name: _answer(name) for name in _ANSWERS},
            version=pl.col("value").str.extract(r"; version=([^;]+)").str.strip_chars(),
            expires=pl.col("value").str.extract(r"; expires=(\d{4}-\d{2}-\d{2})").str.to_date("%Y-%m-%d", strict=False),
        )
    )
    known = read.join(_recognised(read, engine), on=["category", "product", "version"], how="left", nulls_equal=True, maintain_order="left")
    return (
        said.join(known, on=["kind", "value"])
        .join(devices.select("device_id", "device"), on="device_id")
        .with_columns(seen_on=pl.col("seen_at").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False))
        .sort("device", "category", "product", "seen_on", "value", nulls_last=False)
        .unique(["device", "category", "product"], keep="last", maintain_order=True)
        .select(pl.col(name).cast(dtype) for name, dtype in STATES.items())
    )


def running_names(states: pl.DataFrame) -> pl.DataFrame:
    """Return device and the name (`NAME_KEY`) of the products that are recognised and said to run: they are there, listed or not.

    What is built into the system stands in no list of programs. One that does not run may be a leftover of the report itself.
    """
    running = pl.col("enabled").fill_null(False) & pl.col("real_time").fill_null(True)
    known = pl.col("family_id").is_not_null() & ~pl.col("memory").fill_null(True)
    return states.filter(running & known).select("device", name="product", publisher=pl.lit(None, pl.String), version="version")


def _answer(name: str) -> pl.Expr:
    word = pl.col("value").str.extract(rf"; {name}=(\w+)")
    return pl.when(word == "yes").then(True).when(word == "no").then(False)


def _recognised(read: pl.DataFrame, engine: EngineView) -> pl.DataFrame:
    """category, product, version, family_id, licence, memory of the reports that are recognised as something of their category."""
    names = read.select("category", "product", "version").unique().sort("category", "product", "version", nulls_last=False)
    keys = names.select(name="product", publisher=pl.lit(None, pl.String), version="version").select(NAME_KEY)
    decided = engine.decide(keys).select("lm_status", "lm_category", "family_id", "memory")
    licences = engine.facts.select("family_id", "licence").unique("family_id", keep="first", maintain_order=True)
    return (
        pl.concat([names, decided], how="horizontal")
        .filter((pl.col("lm_status") == "recognised") & (pl.col("lm_category") == pl.col("category")))
        .join(licences, on="family_id", how="left", maintain_order="left")
        .select("category", "product", "version", "family_id", "licence", "memory")
    )
