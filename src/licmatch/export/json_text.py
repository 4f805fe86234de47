"""JSON put together by polars, column by column: a null leaves its key out, which standards with closed schemas ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

_WRAPPED = '{"v":'


def quoted(value: pl.Expr) -> pl.Expr:
    """Return a value as JSON; null stays null.

    >>> pl.select(quoted(pl.Series(['say "x"', None]))).to_series().to_list()
    ['"say \\\\"x\\\\""', None]
    """
    wrapped = pl.struct(value.alias("v")).struct.json_encode()
    return pl.when(value.is_not_null()).then(wrapped.str.head(-1).str.slice(len(_WRAPPED)))


def json_object(fields: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return an object of values that are JSON already; a key whose value is null is left out, and an object without keys is null.

    >>> frame = pl.DataFrame({"a": ["1", None], "b": ["true", None]})
    >>> frame.select(json_object({"a": pl.col("a"), "b": pl.col("b")})).to_series().to_list()
    ['{"a":1,"b":true}', None]
    """
    parts = [pl.lit(f'"{key}":') + value for key, value in fields.items()]
    joined = pl.concat_str(parts, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.lit("{") + joined + pl.lit("}"))


def json_list(parts: Sequence[pl.Expr]) -> pl.Expr:
    """Return a list of values that are JSON already, without the nulls; a list of nothing is null."""
    joined = pl.concat_str(parts, separator=",", ignore_nulls=True)
    return pl.when(joined != "").then(pl.lit("[") + joined + pl.lit("]"))


def gathered(values: pl.Expr) -> pl.Expr:
    """Return the values of a group as one list, for `agg`; a group of nulls gives null."""
    joined = values.drop_nulls().str.join(",")
    return pl.when(joined != "").then(pl.lit("[") + joined + pl.lit("]"))
