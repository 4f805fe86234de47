"""Numbers for combinations of columns: equal where the columns are, whatever their kinds and however many values they have."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from licmatch.rules.numbers import above, first_and_place, numbered

ROWS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from(["", "a", "b", "甲", "a" * 20])),
        st.one_of(st.none(), st.integers(-3, 3)),
        st.integers(0, 4),
        st.one_of(st.none(), st.booleans()),
    ),
    max_size=30,
)


def frame(rows: list[tuple[str | None, int | None, int, bool | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"text": pl.String, "build": pl.Int64, "device": pl.UInt32, "said": pl.Boolean}, orient="row")


@given(ROWS)
def test_rows_are_alike_where_their_columns_are(rows):
    number = numbered(frame(rows), ["text", "build", "device", "said"]).to_list()
    assert len(number) == len(rows)
    for one, mine in zip(rows, number, strict=True):
        assert [other == one for other in rows] == [its == mine for its in number]


@given(ROWS)
def test_places_follow_the_rows(rows):
    number = numbered(frame(rows), ["text", "said"])
    first, place = first_and_place(number)
    assert first.to_list() == sorted(first.to_list())
    assert number.gather(first).gather(place).to_list() == number.to_list()
    assert place.gather(first).to_list() == list(range(first.len()))


def test_numbers_far_apart_are_placed_too():
    number = pl.Series([1 << 60, 5, 1 << 60, 0], dtype=pl.UInt64)
    first, place = first_and_place(number)
    assert (first.to_list(), place.to_list()) == ([0, 1, 3], [0, 1, 0, 2])


def test_many_columns_of_many_values_stay_within_64_bits():
    many = pl.DataFrame({f"c{at}": [f"{at}-{row}" for row in range(3000)] for at in range(8)})
    twice = pl.concat([many, many])
    number = numbered(twice, twice.columns)
    assert number.n_unique() == 3000
    assert number.head(3000).equals(number.tail(3000), check_names=False)


def test_nothing_has_no_number_above_it():
    assert above(pl.Series([], dtype=pl.UInt64)) == 0
    assert numbered(pl.DataFrame({"text": pl.Series([None, None], dtype=pl.String)}), ["text"]).n_unique() == 1


def test_the_first_column_still_counts_behind_many_others():
    # 255 values and null are 256 numbers: without room being made, the first of nine columns would be carried out of the 64 bits.
    values = list(range(255))
    once = {f"c{at}": [f"v{value}" for value in values] for at in range(9)}
    moved = {**once, "c0": [f"v{(value + 1) % 255}" for value in values]}
    number = numbered(pl.concat([pl.DataFrame(once), pl.DataFrame(moved)]), list(once))
    assert number.n_unique() == 510
