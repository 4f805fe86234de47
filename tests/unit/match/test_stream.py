"""Matching a lazy table: input columns first and unchanged, rows in order, each distinct name decided once."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch import UsageError
from licmatch.match.stream import decide_distinct, match_lazy, totals
from licmatch.schema import DECISION_COLUMNS, MATCH_COLUMNS


class EveryOfficeIsOffice:
    """Recognises names that hold the word office, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[pl.DataFrame] = []

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        self.asked.append(keys)
        office = pl.col("name").str.to_lowercase().str.contains("office").fill_null(False)
        answers = {column: pl.lit(None, dtype=dtype) for column, dtype in DECISION_COLUMNS.items()}
        answers["lm_status"] = pl.when(office).then(pl.lit("recognised")).otherwise(pl.lit("unknown"))
        answers["lm_release"] = pl.col("version")
        answers["lm_vendor"] = pl.col("publisher")
        answers["lm_risk"] = pl.lit("none")
        return keys.with_columns(**answers)


ROWS = pl.DataFrame(
    {
        "编号": [5, 4, 3, 2, 1],
        "软件名称": ["Office", "", "office", "Office", None],
        "厂商": ["Microsoft", None, None, "Microsoft", None],
        "版本": ["16", "1", None, "16", None],
        "when": [date(2026, 1, day) for day in range(1, 6)],
    }
)


def test_input_columns_stay_first_unchanged_and_rows_in_order():
    matched = match_lazy(ROWS.lazy(), EveryOfficeIsOffice(), "软件名称", "厂商", "版本").collect()
    assert matched.columns == [*ROWS.columns, *MATCH_COLUMNS]
    assert matched.select(ROWS.columns).equals(ROWS)
    assert matched["lm_status"].to_list() == ["recognised", "unknown", "recognised", "recognised", "unknown"]
    assert {name: matched.schema[name] for name in MATCH_COLUMNS} == MATCH_COLUMNS


def test_a_distinct_name_is_decided_once():
    engine = EveryOfficeIsOffice()
    match_lazy(ROWS.lazy(), engine, "软件名称", "厂商", "版本")
    assert len(engine.asked) == 1
    assert engine.asked[0].height == 4
    assert engine.asked[0].columns == ["name", "publisher", "version"]


def test_a_missing_publisher_column_is_null_for_every_name():
    engine = EveryOfficeIsOffice()
    matched = match_lazy(ROWS.lazy(), engine, "软件名称").collect()
    assert engine.asked[0]["publisher"].null_count() == engine.asked[0].height == 4
    assert matched["lm_vendor"].null_count() == ROWS.height


def test_no_python_runs_for_a_row_and_the_result_streams():
    plan = match_lazy(ROWS.lazy(), EveryOfficeIsOffice(), "软件名称", "厂商", "版本").explain(engine="streaming")
    assert "python" not in plan.lower()


def test_numbers_and_categories_are_read_as_text_and_stay_what_they_are():
    frame = pl.DataFrame({"name": pl.Series(["Office", "x"], dtype=pl.Categorical), "version": [16, 2]})
    matched = match_lazy(frame.lazy(), EveryOfficeIsOffice(), "name", version="version").collect()
    assert matched["lm_release"].to_list() == ["16", "2"]
    assert matched.select(frame.columns).schema == frame.schema


def test_an_empty_table_gets_its_columns():
    matched = match_lazy(ROWS.clear().lazy(), EveryOfficeIsOffice(), "软件名称").collect()
    assert matched.shape == (0, len(ROWS.columns) + len(MATCH_COLUMNS))


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(UsageError, match=r"no column 'Name'.*\n.*软件名称"):
        match_lazy(ROWS.lazy(), EveryOfficeIsOffice(), "Name")


def test_a_table_that_was_matched_before_is_refused():
    with pytest.raises(UsageError, match="already has a column lm_status"):
        match_lazy(ROWS.with_columns(lm_status=pl.lit("x")).lazy(), EveryOfficeIsOffice(), "软件名称")


def test_a_list_is_no_name():
    with pytest.raises(UsageError, match="holds List"):
        match_lazy(pl.LazyFrame({"name": [["a"]]}), EveryOfficeIsOffice(), "name")


@given(st.lists(st.tuples(st.sampled_from(["Office", "x", "", None]), st.sampled_from(["a", None])), max_size=30))
def test_totals_count_every_row(pairs):
    frame = pl.DataFrame(pairs, schema={"name": pl.String, "publisher": pl.String}, orient="row")
    counts = totals(decide_distinct(frame.lazy(), EveryOfficeIsOffice(), "name", "publisher"))
    assert counts["rows"] == len(pairs) == counts["recognised"] + counts["ambiguous"] + counts["unknown"]
    assert counts["distinct"] == len(set(pairs))
    assert counts["recognised"] == sum(name == "Office" for name, _ in pairs)
