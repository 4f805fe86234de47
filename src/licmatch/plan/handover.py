"""What was delivered, distributed and installed, held against the plan and against each other."""

from __future__ import annotations

import polars as pl

_COUNTS = ("delivered", "distributed", "installed", "stock")
FAULTS: dict[str, pl.DataType] = {
    "line": pl.Int64(),
    "unit_id": pl.String(),
    "fault": pl.String(),
    "planned": pl.Int64(),
    "found": pl.Int64(),
}


def reconcile(lines: pl.DataFrame, allocations: pl.DataFrame, handed: pl.DataFrame) -> pl.DataFrame:
    """Return what does not hold, columns of `FAULTS`, sorted. None: bought = delivered = distributed + stock, installed fits.

    `handed`: line, unit_id (null: at the purchaser), delivered, distributed, installed, stock; absent counts are 0. Faults: `delivered`
    (other than bought), `distributed` (delivered is not distributed plus stock), `share` (a unit got other than its share), `installed`
    (more than distributed), `unplanned` (a line that is not in the plan).
    """
    table = handed.with_columns(
        (pl.col(name) if name in handed.columns else pl.lit(0)).cast(pl.Int64).fill_null(0).alias(name) for name in _COUNTS
    )
    table = table.with_columns(pl.col("line").cast(pl.Int64), pl.col("unit_id").cast(pl.String))
    whole = lines.select("line", "quantity").join(table.group_by("line").agg(pl.col(_COUNTS).sum()), on="line", how="left")
    whole = whole.with_columns(pl.col(_COUNTS).fill_null(0))
    given = table.group_by("line", "unit_id").agg(pl.col(_COUNTS).sum())
    shares = allocations.filter(pl.col("unit_id").is_not_null()).select("line", "unit_id", "quantity")
    both = shares.join(given.filter(pl.col("unit_id").is_not_null()), on=["line", "unit_id"], how="full", coalesce=True)
    both = both.with_columns(pl.col("quantity", *_COUNTS).fill_null(0))
    nobody = pl.lit(None, pl.String)
    unit = pl.col("unit_id")
    strange = given.join(lines, on="line", how="anti")
    parts = [
        _faults(whole, nobody, "delivered", pl.col("quantity"), pl.col("delivered"), pl.col("delivered") != pl.col("quantity")),
        _faults(
            whole,
            nobody,
            "distributed",
            pl.col("delivered"),
            pl.col("distributed") + pl.col("stock"),
            pl.col("delivered") != pl.col("distributed") + pl.col("stock"),
        ),
        _faults(both, unit, "share", pl.col("quantity"), pl.col("distributed"), pl.col("distributed") != pl.col("quantity")),
        _faults(given, unit, "installed", pl.col("distributed"), pl.col("installed"), pl.col("installed") > pl.col("distributed")),
        _faults(strange, unit, "unplanned", pl.lit(0, pl.Int64), pl.col("distributed"), pl.lit(True)),
    ]
    return pl.concat(parts).sort("line", "unit_id", "fault", nulls_last=False)


def _faults(table: pl.DataFrame, unit: pl.Expr, fault: str, planned: pl.Expr, found: pl.Expr, broken: pl.Expr) -> pl.DataFrame:
    made = table.filter(broken).select(line="line", unit_id=unit, fault=pl.lit(fault), planned=planned, found=found)
    return made.select(pl.col(name).cast(dtype) for name, dtype in FAULTS.items())
