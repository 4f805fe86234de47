"""Texts read once: the distinct combinations of a few columns, and which of them each row has.

An estate has millions of rows and some hundred names, hosts and editions among them. What is read out of such a text is read from
the distinct ones and handed to the rows by number: a gather costs a tenth of what comparing the texts again would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from licmatch.rules.numbers import first_and_place, numbered


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
        """Return the distinct combinations of columns; null is a text of its own."""
        first, at = first_and_place(numbered(rows, columns))
        return cls(rows.select(columns)[first], at.cast(pl.UInt32))

    def reading(self, *read: pl.Expr, **named: pl.Expr | pl.Series) -> Distinct:
        """Return the same with columns read out of its own, each combination once."""
        return Distinct(self.frame.with_columns(*read, **named), self.at)

    def by(self, columns: Sequence[str]) -> Distinct:
        """Return the distinct combinations of fewer of its columns."""
        fewer = Distinct.of(self.frame, columns)
        return Distinct(fewer.frame, fewer.at.gather(self.at))

    def beside(self, other: Distinct) -> Distinct:
        """Return the combinations of both that stand on some row."""
        first, at = first_and_place(self.at.cast(pl.UInt64) * max(other.frame.height, 1) + other.at)
        both = self.frame[self.at.gather(first)].hstack(other.frame[other.at.gather(first)])
        return Distinct(both, at.cast(pl.UInt32))

    def at_rows(self, rows: pl.Series) -> Distinct:
        """Return the same for other rows: those of these numbers."""
        return Distinct(self.frame, self.at.gather(rows))

    def on(self, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Return the rows with columns of `frame` beside them, all of them where none is named."""
        return rows.with_columns(self.column(name) for name in columns or self.frame.columns)

    def column(self, name: str) -> pl.Series:
        """Return a column of `frame` for the rows."""
        return self.frame[name].gather(self.at)

    def counts(self) -> pl.Series:
        """Return how many rows have each combination (UInt32)."""
        counted = self.at.value_counts(name="rows")
        return pl.repeat(0, self.frame.height, dtype=pl.UInt32, eager=True).scatter(counted[self.at.name], counted["rows"])
