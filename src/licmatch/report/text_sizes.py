"""How much room texts take in a cell, of many texts at once: columns (`messages.width`) and lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from licmatch.messages.width import display_width

# Letters before this one take a column each.
_FIRST_OTHER = 0x300


def display_widths(texts: pl.Series) -> pl.Series:
    """Return the columns each text takes (Int64), null for none.

    >>> display_widths(pl.Series(["WPS 专业版", None, ""])).to_list()
    [10, None, 0]
    """
    letters = texts.str.len_chars().fill_null(0).to_numpy().astype(np.int64)
    codes = np.frombuffer("".join(texts.drop_nulls()).encode("utf-32-le"), dtype="<u4")
    before = np.concatenate(([0], np.cumsum(_beyond_one(codes))))
    ends = np.cumsum(letters)
    beyond = before[ends] - before[ends - letters]
    return pl.select(pl.when(texts.is_not_null()).then(pl.Series(letters + beyond))).to_series()


def line_counts(texts: pl.Series, width: int) -> pl.Series:
    """Return the lines each text takes in a column of that width (Int64), 1 for none. See `workbook_table.line_count`.

    >>> line_counts(pl.Series(["a b c", "字" * 30, "a\\n\\nb", None]), 20).to_list()
    [1, 4, 3, 1]
    """
    said = texts.fill_null("")
    distinct = said.unique(maintain_order=True)
    lines = distinct.str.split("\n")
    taken = display_widths(lines.explode(empty_as_null=False, keep_nulls=False)).to_numpy()
    each = np.maximum(1, -(-taken * 12 // (width * 11)))
    ends = np.cumsum(lines.list.len().to_numpy().astype(np.int64))
    before = np.concatenate(([0], np.cumsum(each)))
    counts = pl.Series(np.diff(before[np.concatenate(([0], ends))]), dtype=pl.Int64)
    return counts if said.is_empty() else said.replace_strict(distinct, counts, return_dtype=pl.Int64)


def _beyond_one(codes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Of each letter how many columns more than one it takes; a text has few different ones, and only these are looked up."""
    others = codes[codes >= _FIRST_OTHER]
    if not others.size:
        return np.zeros(codes.size, dtype=np.int64)
    table: np.ndarray[Any, Any] = np.zeros(int(others.max()) + 1, dtype=np.int64)
    for code in np.unique(others):
        table[code] = display_width(chr(code)) - 1
    beyond: np.ndarray[Any, Any] = table[codes]
    return beyond
