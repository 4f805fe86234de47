"""Texts as numbers: one number for each combination of a few columns, so that rows are grouped and compared by that alone.

The numbers say nothing beyond which rows are alike; nothing may be ordered by them.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_MOST = 1 << 31  # numbers are made small again before the next column could carry them past 64 bits


def numbered(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """Return a number (UInt64) for each row; equal where all the columns are, and null is a value of its own.

    >>> rows = pl.DataFrame({"os": ["a", "b", "a", None], "build": [1, 1, 1, 1]})
    >>> at = numbered(rows, ["os", "build"])
    >>> at[0] == at[2], at.n_unique()
    (True, 3)
    """
    number, size = _of_column(rows[columns[0]])
    for name in columns[1:]:
        if size > _MOST:
            _, number = first_and_place(number)
            size = rows.height
        code, among = _of_column(rows[name])
        number, size = number * among + code, size * among
    return number


def first_and_place(number: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return where each distinct number stands first, and which of them, in that order, each row has (UInt64)."""
    first = number.arg_unique().sort()
    known, places = number.gather(first), pl.int_range(first.len(), dtype=pl.UInt64, eager=True)
    size = above(known)
    # Numbers that are not far apart are looked up by their place.
    if size < 4 * number.len():
        return first, pl.repeat(0, size, dtype=pl.UInt64, eager=True).scatter(known, places).gather(number)
    return first, number.replace_strict(known, places, return_dtype=pl.UInt64)


def above(numbers: pl.Series) -> int:
    """Return the least number above all of them; 0 where there are none."""
    highest = numbers.max()
    return highest + 1 if isinstance(highest, int) else 0


def _of_column(column: pl.Series) -> tuple[pl.Series, int]:
    """Return a number (UInt64) for each value, and how many numbers there are at most; null has the last."""
    if column.null_count() == column.len():
        return pl.zeros(column.len(), dtype=pl.UInt64, eager=True), 1
    if column.dtype == pl.String:
        # Numbered in a table of its own, which goes with it: one pass over the texts.
        code = column.cast(pl.Categorical(pl.Categories.random())).to_physical()
    else:
        code = column if column.dtype.is_unsigned_integer() else column.rank("dense")
    size = above(code)
    return code.cast(pl.UInt64).fill_null(size), size + 1
