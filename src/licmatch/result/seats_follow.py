"""Seats name rows of other tables: copies by their row in installations, lots by their number. Where these move, the seats follow."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_LOTS = ("lot", "base_lot")


def seats_follow(seats: pl.DataFrame, copies: pl.Series, lots: pl.Series | None = None) -> pl.DataFrame:
    """Return seats (`schema.ASSIGNMENT`) after their copies and lots moved, in the order of the copies.

    `copies`: at each place the row that now holds what was the row of this place; `lots`: the same of the lots' numbers.

    >>> from licmatch.schema import ASSIGNMENT, empty
    >>> seats = pl.DataFrame({"installation": [0, 1], "lot": [5, None]}, schema={k: ASSIGNMENT[k] for k in ("installation", "lot")})
    >>> seats_follow(seats.with_columns(base_lot=pl.lit(None, pl.UInt32)), pl.Series([1, 0])).rows()
    [(0, None, None), (1, 5, None)]
    """
    moved = seats.with_columns(_moved(seats["installation"], copies))
    if lots is not None:
        moved = moved.with_columns(_moved(seats[name], lots) for name in _LOTS)
    return moved.sort("installation", maintain_order=True)


def places_of(moved: pl.Series) -> pl.Series:
    """Return where each row went, from the old row of each new one.

    >>> places_of(pl.Series([2, 0, 1])).to_list()
    [1, 2, 0]
    """
    return moved.arg_sort()


def numbered_lots(lots: Sequence[pl.DataFrame]) -> tuple[pl.DataFrame, list[pl.Series]]:
    """Return the lots of several results (`schema.HOLDINGS`) as one, numbered by what they say, and what each result's numbers became.

    Neither the order of the results nor the numbers that the lots had there show in it.
    """
    every = pl.concat([frame.with_columns(_part=pl.lit(part), _was=pl.col("lot")) for part, frame in enumerate(lots)])
    content = [name for name in every.columns if name not in ("lot", "_part", "_was")]
    ordered = every.sort(content, nulls_last=True, maintain_order=True).with_columns(lot=pl.int_range(pl.len(), dtype=pl.UInt32))
    new = []
    for part, frame in enumerate(lots):
        own = ordered.filter(pl.col("_part") == part)
        size = int(frame["lot"].max()) + 1 if frame.height else 0  # type: ignore[arg-type]
        table = pl.Series("lot", [None], dtype=pl.UInt32).new_from_index(0, size)
        new.append(table.scatter(own["_was"], own["lot"]) if size else table)
    return ordered.drop("_part", "_was"), new


def _moved(numbers: pl.Series, to: pl.Series) -> pl.Series:
    if to.len() == 0:
        return numbers
    return to.gather(numbers).cast(numbers.dtype).alias(numbers.name)
