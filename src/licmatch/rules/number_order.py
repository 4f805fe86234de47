"""Order by numbers: texts as numbers that stand in their order, rows of numbers as one number each, which is sorted many times as fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from licmatch.rules.numbers import above, first_and_place, numbered

# So many bits does a number have that is not below 0.
_BITS = 63


def in_order(columns: Sequence[pl.Series]) -> tuple[list[pl.Series], pl.Series]:
    """Return columns of texts as numbers (UInt32), and the texts these stand for, sorted; null stays null.

    >>> (first, second), texts = in_order([pl.Series(["b", None]), pl.Series(["a", "b"])])
    >>> first.to_list(), second.to_list(), texts.to_list()
    ([1, None], [0, 1], ['a', 'b'])
    """
    heads, places = zip(*(_heads(column) for column in columns), strict=True)
    texts = pl.concat(heads)
    first, place = first_and_place(numbered(texts.to_frame("text"), ["text"]))
    distinct = texts.gather(first)
    order = distinct.arg_sort(nulls_last=True)
    number = order.arg_sort().cast(pl.UInt32).gather(place)
    if texts.null_count():
        number = pl.select(pl.when(texts.is_not_null()).then(number)).to_series()
    starts = np.cumsum([0, *(head.len() for head in heads)]).tolist()
    told = [number.slice(start, head.len()).gather(at) for start, head, at in zip(starts, heads, places, strict=False)]
    return told, distinct.gather(order).drop_nulls()


def _heads(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Some of the texts, all different ones among them, and where among these each text stands."""
    if column.null_count() or not column.is_sorted():
        first, place = first_and_place(numbered(column.to_frame("text"), ["text"]))
        return column.gather(first), place.cast(pl.UInt32)
    # Texts in order need not be looked up: another begins where it is not the one before.
    begins = (column != column.shift(1)).fill_null(True)
    return column.filter(begins), begins.cum_sum().cast(pl.UInt32) - 1


def order_of(numbers: pl.DataFrame, *, then: pl.Series | None = None) -> pl.Series:
    """Return the rows (UInt32) of a table of whole numbers from 0 on in the order of its columns, null last; equals stay as they stand.

    `then` is one more column, for a table of which few rows are equal but for it.

    >>> order_of(pl.DataFrame({"unit": [1, None, 0, 1], "device": [5, 0, 9, 2]})).to_list()
    [2, 3, 0, 1]
    >>> order_of(pl.DataFrame({"unit": [1, 0, 1]}), then=pl.Series([7, 8, 6])).to_list()
    [1, 2, 0]
    """
    keys = packed(numbers)
    if keys is None:
        every = numbers if then is None else numbers.with_columns(then.alias("then"))
        return every.select(pl.arg_sort_by(every.columns, nulls_last=True, maintain_order=True)).to_series()
    ordered = bool((keys[1:] >= keys[:-1]).all())
    order = np.arange(keys.size) if ordered else np.argsort(keys, kind="stable")
    if then is not None:
        same = np.diff(keys[order]) == 0
        alike = np.flatnonzero(np.append(same, False) | np.insert(same, 0, False)) if same.any() else np.zeros(0, dtype=np.int64)
        last = packed(then.to_frame())
        if last is not None and alike.size:
            some = order[alike]
            order[alike] = some[np.lexsort((last[some], keys[some]))]
    return pl.Series(order, dtype=pl.UInt32)


def packed(numbers: pl.DataFrame) -> np.ndarray[Any, Any] | None:
    """Return each row of whole numbers from 0 on as one number that sorts like the row, null last; None where they do not go into one."""
    bits = _bits(numbers)
    if sum(bits) > _BITS:
        return None
    keys = np.zeros(numbers.height, dtype=np.int64)
    for column, wide in zip(numbers, bits, strict=True):
        keys <<= wide
        keys |= column.cast(pl.Int64).fill_null((1 << wide) - 1).to_numpy()
    return keys


def unpacked(keys: np.ndarray[Any, Any], like: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of which these are the numbers, `like` being what was packed.

    >>> rows = pl.DataFrame({"at": [2, 0], "row": [None, 7]})
    >>> unpacked(packed(rows), rows).rows()
    [(2, None), (0, 7)]
    """
    columns = []
    for column, wide in reversed(list(zip(like, _bits(like), strict=True))):
        none = (1 << wide) - 1
        told = pl.Series(column.name, keys & none)
        if column.null_count():
            told = pl.select(pl.when(told != none).then(told).alias(column.name)).to_series()
        columns.append(told.cast(column.dtype))
        keys = keys >> wide
    return pl.DataFrame(columns[::-1])


def each_once(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the different ones of these numbers, in order.

    >>> each_once(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    # Sorting is several times as fast as the table of hashes that `numpy.unique` makes.
    ordered = np.sort(numbers)
    each: np.ndarray[Any, Any] = ordered[np.diff(ordered, prepend=ordered[:1] - 1) != 0]
    return each


def _bits(numbers: pl.DataFrame) -> list[int]:
    """How many bits each column takes, with room for none: all of them set."""
    return [above(column).bit_length() for column in numbers]
