"""Texts read once: rows get back what their own texts say, whatever else there is."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from licmatch.assess.facts.distinct import Distinct

TEXTS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "A", "\u0000", "微软"]))
ROWS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=40)


def frame(rows: list[tuple[str | None, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"x": pl.String, "y": pl.String, "z": pl.String}, orient="row")


@given(ROWS)
def test_every_row_finds_its_own_combination_and_none_stands_twice(rows: list[tuple[str | None, ...]]) -> None:
    given_rows = frame(rows)
    seen = Distinct.of(given_rows, ["x", "y", "z"])
    assert seen.frame[seen.at].rows() == given_rows.rows()
    assert seen.frame.is_unique().all()
    assert seen.frame.rows() == given_rows.unique(maintain_order=True).rows()
    assert seen.counts().sum() == given_rows.height


@given(ROWS)
def test_fewer_columns_and_two_together_say_the_same_of_each_row(rows: list[tuple[str | None, ...]]) -> None:
    given_rows = frame(rows)
    fewer = Distinct.of(given_rows, ["x", "y", "z"]).by(["y"])
    assert fewer.frame["y"].gather(fewer.at).to_list() == given_rows["y"].to_list()
    both = Distinct.of(given_rows, ["x"]).beside(fewer)
    assert both.frame[both.at].rows() == given_rows.select("x", "y").rows()
    assert both.frame.is_unique().all()


def test_many_columns_of_many_texts_stay_apart() -> None:
    height = 3000
    columns = {f"c{number}": [str(row * (number + 1) % height) for row in range(height)] for number in range(9)}
    rows = pl.DataFrame(columns)
    seen = Distinct.of(rows, list(columns))
    assert seen.frame[seen.at].equals(rows)
    assert seen.frame.height == rows.unique().height
