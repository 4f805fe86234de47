"""Copies of one computer that one seat of a suite covers together: which, and for how many like computers."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

import polars as pl

_Of = dict[int, tuple[bool, bool]]  # stock -> whether as a part, whether proved


def bundled(
    wanted: pl.DataFrame, classes: pl.DataFrame, edges: pl.DataFrame, bases: pl.DataFrame, stocks: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the tables with classes split where copies of one computer hang together, and `options`: bundle, stock.

    Like computers are one bundle. Where two suites on one computer could each cover several of its copies, counting alone
    does not tell whether they fit, and each computer is a bundle of its own.
    """
    counted = stocks.filter(pl.col("cap").is_not_null()).select("stock")
    of_suites = edges.filter("part").select("stock").unique().join(counted, on="stock", how="semi")
    near = edges.join(of_suites, on="stock", how="semi").select("class", "stock", "part", "proved")
    held = wanted.join(near.select("class").unique(), on="class", how="semi")
    held = held.filter(pl.len().over("device") > 1).sort("device", "class", "at").select("at", "device", "device_id", "class")
    none = pl.DataFrame(schema={"bundle": pl.UInt32, "stock": pl.UInt32})
    if held.is_empty():
        return wanted, classes.select("class", "count", bundle=pl.lit(None, pl.UInt32), ordinal=pl.lit(0)), edges, bases, none
    of: dict[int, _Of] = defaultdict(dict)
    for one, stock, part, proved in near.iter_rows():
        of[one][stock] = (part, proved)
    devices = held.group_by("device", maintain_order=True).agg(pl.col("class").alias("signature"), pl.col("device_id").first())
    signatures = devices.select("signature").unique().sort("signature")
    rows = [(row, list(_options(row, of))) for row in signatures["signature"].to_list()]
    told = signatures.with_columns(
        pl.Series("_any", [bool(found) for _, found in rows], dtype=pl.Boolean),
        pl.Series("_alone", [len(row) >= 4 and not _chain(row, found, of) for row, found in rows], dtype=pl.Boolean),
    )
    devices = devices.join(told, on="signature", how="left", maintain_order="left").filter("_any")
    devices = devices.with_columns(own=pl.when("_alone").then("device_id"))
    bundles = devices.select("signature", "own").unique().sort("signature", "own", nulls_last=True).with_row_index("bundle")
    devices = devices.join(bundles, on=["signature", "own"], nulls_equal=True)
    found_of = {tuple(row): found for row, found in rows}
    options = [(bundle, stock) for bundle, row in bundles.select("bundle", "signature").iter_rows() for stock in found_of[tuple(row)]]
    mine = held.join(devices.select("device", "bundle"), on="device").with_columns(ordinal=pl.int_range(pl.len()).over("device", "class"))
    wanted = wanted.join(mine.select("at", "bundle", "ordinal"), on="at", how="left", maintain_order="left").with_columns(
        pl.col("ordinal").fill_null(0)
    )
    keys = ["class", "bundle", "ordinal"]
    split = wanted.group_by(keys).agg(count=pl.len().cast(pl.Int64)).sort(keys, nulls_last=True).with_row_index("new")
    wanted = (
        wanted.join(split.drop("count"), on=keys, nulls_equal=True, how="left", maintain_order="left")
        .drop("class")
        .rename({"new": "class"})
    )
    renamed = split.select("class", "new")
    lifted = [table.join(renamed, on="class").drop("class").rename({"new": "class"}).sort("class", "stock") for table in (edges, bases)]
    classes = split.drop("class").rename({"new": "class"}).sort("class").select("class", "count", "bundle", "ordinal")
    return wanted, classes, lifted[0], lifted[1], pl.DataFrame(options, schema=none.schema, orient="row")


def _options(row: list[int], of: dict[int, _Of]) -> Iterator[int]:
    """Stocks of which one seat covers several of the copies: any number of parts, and one whole."""
    for stock in sorted({stock for one in row for stock in of[one]}):
        parts = [of[one][stock][0] for one in row if stock in of[one]]
        if len(parts) > 1 and any(parts):
            yield stock


def _chain(row: list[int], found: list[int], of: dict[int, _Of]) -> bool:
    """Whether of any two suites one covers all that the other does, with the same proof: two seats are then never better than one."""
    sets = sorted(({place for place, one in enumerate(row) if stock in of[one]} for stock in found), key=len)
    wholes = sum(1 for one in row if any(not part for stock, (part, _) in of[one].items() if stock in found))
    proofs = {of[one][stock][1] for stock in found for one in row if stock in of[one]}
    return len(proofs) == 1 and wholes <= 1 and all(small <= large for small, large in itertools.pairwise(sets))
