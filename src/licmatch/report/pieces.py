"""Pieces of evidence by number: a million pieces say a few thousand things, so they are put in order as numbers, not as texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from licmatch.rules.number_order import order_of, packed, unpacked
from licmatch.rules.numbers import first_and_place, numbered

TOLD = ("kind", "rule_id", "text", "weight")
# A ruling settles, a trace accuses, the recognised name only says what the finding is about: that goes last, however sure.
RECOGNITION = 2
ORDER = pl.col("kind").replace_strict(
    {"ruling": 0, "installed_program": RECOGNITION, "os": RECOGNITION, "unsettled_name": 3}, default=1, return_dtype=pl.Int64
)


@dataclass(frozen=True, slots=True)
class Pieces:
    """`rows`: at, told, source (UInt32), row (Int64); each piece once, by `at` and in it in the order in which a person should read them.

    `told` is the row of `told` (kind, rule_id, text, weight), `source` that of `sources`.
    """

    rows: pl.DataFrame
    told: pl.DataFrame
    sources: pl.Series

    def in_words(self) -> pl.DataFrame:
        """Return at, kind, source, row, rule_id, text, weight, in the same order."""
        said = self.told[self.rows["told"]]
        source = self.sources.gather(self.rows["source"])
        return self.rows.select("at", "row").hstack([*said.get_columns(), source]).select("at", "kind", "source", "row", *TOLD[1:])


def exploded(lists: pl.Series, at: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the pieces of a column of evidence one after another, and of each the value of `at` on its row."""
    owner = pl.Series("at", np.repeat(at.to_numpy(), lists.list.len().fill_null(0).to_numpy()), dtype=at.dtype)
    pieces = lists.explode(empty_as_null=False, keep_nulls=False)
    return (pieces, owner) if not pieces.null_count() else (pieces.drop_nulls(), owner.filter(pieces.is_not_null()))


def pieces_of(parts: Iterable[tuple[pl.Series, pl.Series]]) -> Pieces:
    """Return the pieces of columns of evidence; beside each column `at` (UInt32), the number of each row's finding.

    >>> seen = {"kind": "os", "source": "software", "row": 3, "rule_id": "os#x", "text": "Windows 10", "weight": 1.0}
    >>> pieces_of([(pl.Series([[seen], [seen, seen]]), pl.Series([7, 5], dtype=pl.UInt32))]).in_words()["at"].to_list()
    [5, 7]
    """
    flat = []
    for lists, at in parts:
        pieces, owner = exploded(lists, at)
        flat.append(pl.DataFrame([owner, *(pieces.struct.field(name) for name in (*TOLD, "source", "row"))]))
    every = pl.concat(flat)
    first, place = first_and_place(numbered(every.with_columns(_few(every["weight"])), TOLD))
    told = (
        every.select(TOLD)[first]
        .with_row_index("place")
        .sort(ORDER, "weight", "kind", "rule_id", "text", descending=[False, True, False, False, False], nulls_last=True)
    )
    first_source, source = first_and_place(numbered(every, ["source"]))
    sources = every["source"][first_source].to_frame().with_row_index("place").sort("source", nulls_last=True)
    rows = every.select(
        "at", _in_order(told["place"]).gather(place).alias("told"), _in_order(sources["place"]).gather(source).alias("source"), "row"
    )
    return Pieces(_each_once(rows), told.drop("place"), sources["source"])


def _each_once(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in order, each once, what is null last."""
    least = rows["row"].min()
    # A row of an inventory is counted from the first one that is named.
    start = least if isinstance(least, int) else 0
    counted = rows.with_columns(pl.col("row") - start)
    keys = packed(counted)
    if keys is None:
        rows = rows[order_of(rows.drop("row"), then=counted["row"])]
        again = pl.all_horizontal(pl.all().eq_missing(pl.all().shift(1)))
        # The first row has none before it.
        return rows.filter(~again | (pl.int_range(pl.len()) == 0))
    # Numbers alone are put in order many times as fast as rows.
    keys.sort()
    return unpacked(keys[np.diff(keys, prepend=-1) != 0], counted).with_columns(pl.col("row") + start)


def _few(weights: pl.Series) -> pl.Series:
    """Weights as numbers, equal where they are: a million of them are some ten different ones."""
    distinct = weights.drop_nulls().unique().sort()
    place = pl.Series(np.searchsorted(distinct.to_numpy(), weights.fill_null(0.0).to_numpy()), dtype=pl.UInt32)
    return pl.select(weight=pl.when(weights.is_not_null()).then(place)).to_series()


def _in_order(places: pl.Series) -> pl.Series:
    """Return where each number stands among these numbers, each of which occurs once."""
    return places.arg_sort().cast(pl.UInt32)
