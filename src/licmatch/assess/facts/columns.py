"""Small readings of columns that several fact tables share."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from licmatch.rules.columns import rows_of


def said(frame: pl.DataFrame, column: str, dtype: pl.DataType | type[pl.DataType] = pl.String) -> pl.Expr:
    """Return a column that may be missing, cast; a missing column says nothing."""
    return pl.col(column).cast(dtype, strict=False) if column in frame.columns else pl.lit(None, dtype=dtype)


def day(column: str | pl.Expr) -> pl.Expr:
    """Return an ISO text as Date; what is no day is unknown.

    >>> pl.select(day(pl.lit("2026-11-30T08:00:00Z"))).item()
    datetime.date(2026, 11, 30)
    """
    text = pl.col(column) if isinstance(column, str) else column
    return text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)


def moment(column: str | pl.Expr) -> pl.Expr:
    """Return an ISO text as Datetime in UTC, a bare day as its midnight; offsets are not kept apart.

    >>> str(pl.select(moment(pl.lit("2026-11-30"))).item())
    '2026-11-30 00:00:00'
    """
    text = pl.col(column) if isinstance(column, str) else column
    clock = text.str.slice(0, 19).str.replace("T", " ", literal=True)
    return pl.coalesce(clock.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False), day(text).cast(pl.Datetime("us")))


def first_case(cases: Iterable[tuple[pl.Expr, pl.Expr | str]], otherwise: pl.Expr | None = None) -> pl.Expr:
    """Return the value of the first case that holds; text is a value, not a column.

    >>> pl.select(first_case([(pl.lit("lenovo") == "dell", "d"), (pl.lit(True), "x")])).item()
    'x'
    """
    values = [pl.when(met).then(pl.lit(value) if isinstance(value, str) else value) for met, value in cases]
    return pl.coalesce([*values, *([] if otherwise is None else [otherwise])])


def looked_up(frame: pl.DataFrame, key: str, table: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with the columns of a table (`key` once each) beside it; same rows, same order."""
    return frame.join(table, on=key, how="left", maintain_order="left")


def of_device(rows: pl.DataFrame, devices: pl.DataFrame, *columns: str, **renamed: str) -> pl.DataFrame:
    """Return the rows with columns of their device beside them (`name="column"` renames); same rows, same order.

    >>> of_device(pl.DataFrame({"device": [1, 0]}), pl.DataFrame({"device": [0, 1], "unit_id": ["a", "b"]}), "unit_id").rows()
    [(1, 'b'), (0, 'a')]
    """
    places = rows_of(devices["device"], rows["device"])
    named = {**{column: column for column in columns}, **renamed}
    return rows.with_columns(devices[column].gather(places).alias(name) for name, column in named.items())


def with_device(rows: pl.DataFrame, devices: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of known devices (device, device_id) in order, with `device` in place of `device_id`."""
    known = rows.select("device_id").join(devices.select("device", "device_id"), on="device_id", how="left", maintain_order="left")
    placed = rows.drop("device_id").with_columns(known["device"])
    return placed.filter(pl.col("device").is_not_null()) if known["device"].null_count() else placed
