"""Columns of a Spark frame as texts that compare as they do locally: byte by byte, null unlike the empty text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import functions as F
from pyspark.sql import types as T

from licmatch.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Types that are written in one way everywhere. A double or a timestamp is not: its text depends on who writes it.
_WRITTEN_ALIKE = (T.IntegralType, T.BooleanType, T.DateType, T.NullType)
_BYTES = "UTF8_BINARY"


def column_of(frame: DataFrame, name: str) -> Column:
    """Return a column by its exact name, dots and quotes included."""
    if name not in frame.columns:
        raise UsageError(f"there is no column '{name}'", hint="the columns are: " + ", ".join(frame.columns))
    return frame["`" + name.replace("`", "``") + "`"]


def text_of(frame: DataFrame, name: str | None) -> Column:
    """Return a column as text: bytes compared as bytes, whatever its collation; what is not UTF-8 replaced by U+FFFD.

    Null where there is no column. Raises UsageError for one that is not there or has no plain text.
    """
    if name is None:
        return F.lit(None).cast("string")
    column = column_of(frame, name)
    kind = frame.schema[name].dataType
    if isinstance(kind, T.StringType):
        plain = column if getattr(kind, "collation", _BYTES) == _BYTES else F.collate(column, _BYTES)
        return F.make_valid_utf8(plain)
    if isinstance(kind, _WRITTEN_ALIKE):
        return column.cast("string")
    raise UsageError(f"column '{name}' holds {kind.simpleString()}, not text", hint="cast it to string as you want it read")


def refuse_columns(frame: DataFrame, taken: Sequence[str]) -> None:
    """Raise UsageError where a frame has a column that would be written twice, or two columns that Spark takes for one."""
    spark = frame.sparkSession
    exact = str(spark.conf.get("spark.sql.caseSensitive", "false")).lower() == "true"
    names = [name if exact else name.lower() for name in frame.columns]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"the input has two columns {twice}", hint="rename or drop one of them")
    found = next((name for name in taken if name in names), None)
    if found is not None:
        hint = "match the table as it was before, or rename or drop its lm_ columns"
        raise UsageError(f"the input already has a column {found}", hint=hint)
