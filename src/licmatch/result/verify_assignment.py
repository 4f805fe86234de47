"""What does not hold between the lots of a result, the seats that copies got of them, and the position."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from licmatch.result.record import Result

_FILE = "assignment.parquet"
Told = tuple[str, str, dict[str, object]]  # code, file, values of the message


def assignment_faults(result: Result) -> Iterable[Told]:
    """Yield a seat of a lot that is not there, a copy that is not the one it is said to be, and sums unlike the lots' or the position's.

    A result without lots and seats (no entitlements were given) has nothing to hold; nor have the sums where devices are withheld.
    """
    lots, seats = result.entitlements, result.assignment
    if lots.is_empty() and seats.is_empty():
        return
    installed = result.installations.select(said="device_id", kind="category").with_row_index("installation")
    placed = seats.join(installed, on="installation", how="left", maintain_order="left")
    strange = pl.col("said").ne_missing(pl.col("device_id")) | pl.col("kind").ne_missing(pl.col("category"))
    yield from _rows(placed.filter(strange), "assigned_copy")
    given = seats.filter(pl.col("lot").is_not_null())
    known = given.join(lots.select("lot", own="entitlement_id"), on="lot", how="left", maintain_order="left")
    yield from _rows(known.filter(pl.col("own").ne_missing(pl.col("entitlement_id"))), "assigned_lot")
    spent = [given.select("lot", "seat").unique().select("lot"), seats.filter(pl.col("base_lot").is_not_null()).select(lot="base_lot")]
    counted = pl.concat(spent).group_by("lot").agg(counted=pl.len().cast(pl.Int64))
    both = lots.join(counted, on="lot", how="left", maintain_order="left").with_columns(pl.col("counted").fill_null(0))
    wrong = both.filter(pl.col("used") != pl.col("counted")).select("entitlement_id", "used", "counted")
    for lot, stated, found in wrong.head(5).iter_rows():
        yield "assigned_seats", "entitlements.parquet", {"lot": lot, "stated": stated, "counted": found}
    if result.manifest.get("withheld"):
        return
    short = int(result.position["required"].sum()) - int(seats["proved"].sum() or 0)
    for name, stated, found in (
        ("covered", int(result.position["covered"].sum()), given.height),
        ("shortfall", int(result.position["shortfall"].sum()), short),
    ):
        if stated != found:
            yield "assigned_sum", _FILE, {"name": name, "stated": stated, "counted": found}


def _rows(found: pl.DataFrame, code: str) -> Iterable[Told]:
    if found.height:
        yield code, _FILE, {"count": found.height, "example": found["device_id"][0]}
