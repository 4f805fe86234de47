"""Texts read once: the distinct combinations of a few columns, and which of them each row has.

An estate has millions of rows and some hundred names, hosts and editions among them. What is read out of such a text is read from
the distinct ones and handed to the rows by number: a gather costs a tenth of what comparing the texts again would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

_MOST = 1 << 31  # numbers are made small again before the next column could carry them past 64 bits


@dataclass(frozen=True, slots=True)
class Distinct:
    """`frame`: the distinct combinations, in the order in which they first stand; `at` (UInt32): the row of `frame` of each row.

    >>> seen = Distinct.of(pl.DataFrame({"os": ["a", None, "a"], "n": ["x", "x", "x"]}), ["os", "n"])
    >>> seen.frame.rows(), seen.at.to_list()
    ([('a', 'x'), (None, 'x')], [0, 1, 0])
    """

    frame: pl.DataFrame
    at: pl.Series

    @classmethod
    def of(cls, rows: pl.DataFrame, columns: Sequence[str]) -> Distinct:
        """Return the distinct combinations of text columns; null is a text of its own."""
        number, size = _code(rows[columns[0]])
        for name in columns[1:]:
            if size > _MOST:
                _, number = _first_and_place(number)
                size = rows.height
            code, among = _code(rows[name])
            number, size = number * among + code, size * among
        first, at = _first_and_place(number)
        return cls(rows.select(columns)[first], at.cast(pl.UInt32))

    def reading(self, *read: pl.Expr, **named: pl.Expr) -> Distinct:
        """Return the same with columns read out of its own, each combination once."""
        return Distinct(self.frame.with_columns(*read, **named), self.at)

    def by(self, columns: Sequence[str]) -> Distinct:
        """Return the distinct combinations of fewer of its columns."""
        fewer = Distinct.of(self.frame, columns)
        return Distinct(fewer.frame, fewer.at.gather(self.at))

    def beside(self, other: Distinct) -> Distinct:
        """Return the combinations of both that stand on some row."""
        first, at = _first_and_place(self.at.cast(pl.UInt64) * max(other.frame.height, 1) + other.at)
        both = self.frame[self.at.gather(first)].hstack(other.frame[other.at.gather(first)])
        return Distinct(both, at.cast(pl.UInt32))

    def at_rows(self, rows: pl.Series) -> Distinct:
        """Return the same for other rows: those of these numbers."""
        return Distinct(self.frame, self.at.gather(rows))

    def on(self, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Return the rows with columns of `frame` beside them, all of them where none is named."""
        return rows.with_columns(self.frame[name].gather(self.at) for name in columns or self.frame.columns)

    def counts(self) -> pl.Series:
        """Return how many rows have each combination (UInt32)."""
        counted = self.at.value_counts(name="rows")
        return pl.repeat(0, self.frame.height, dtype=pl.UInt32, eager=True).scatter(counted[self.at.name], counted["rows"])


def _code(column: pl.Series) -> tuple[pl.Series, int]:
    """Return a number (UInt64) for each text, and how many numbers there are; null has the last."""
    # Numbered in a table of its own, which goes with it: one pass over the texts.
    code = column.cast(pl.Categorical(pl.Categories.random())).to_physical()
    size = _above(code)
    return code.cast(pl.UInt64).fill_null(size), size + 1


def _above(numbers: pl.Series) -> int:
    """Return the least number above all of them."""
    highest = numbers.max()
    return highest + 1 if isinstance(highest, int) else 0


def _first_and_place(number: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return where each distinct number stands first, and which of them, in that order, each row has (UInt64)."""
    first = number.arg_unique().sort()
    known, places = number.gather(first), pl.int_range(first.len(), dtype=pl.UInt64, eager=True)
    size = _above(known)
    # Numbers that are not far apart are looked up by their place.
    if size < 4 * number.len():
        return first, pl.repeat(0, size, dtype=pl.UInt64, eager=True).scatter(known, places).gather(number)
    return first, number.replace_strict(known, places, return_dtype=pl.UInt64)
