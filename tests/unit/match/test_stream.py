"""Matching a lazy table: input columns first and unchanged, rows in order, each distinct name decided once."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch import UsageError
from licmatch.match.stream import decide_distinct, join_back, match_lazy, totals
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


@pytest.mark.parametrize("listed", [False, True], ids=["texts", "listed"])
def test_rows_are_left_to_polars_and_the_result_streams(tmp_path, listed):
    ROWS.write_parquet(tmp_path / "rows.parquet")
    frame = pl.scan_parquet(tmp_path / "rows.parquet")
    engine = EveryOfficeIsOffice()
    decided = decide_distinct(frame, engine, "软件名称", "厂商", "版本")
    matched = join_back(frame, decided, "软件名称", "厂商", "版本", ("版本", decided), listed=listed)
    assert "python" not in matched.explain(engine="streaming").lower()
    written = matched.sink_parquet(tmp_path / "out.parquet", lazy=True)
    nodes = written.show_graph(engine="streaming", plan_stage="physical", raw_output=True)
    # What holds all rows at once goes by these names: a column looked up whole, rows kept until it is, a plan that is not streamed.
    assert "equi-join" in nodes
    assert not [held for held in ("columnar-function", "multiplexer", "in-memory-map", "in-memory-join", "python") if held in nodes.lower()]


@pytest.mark.parametrize("different", [1, 2, 3, 300])
@pytest.mark.parametrize("listed", [False, True], ids=["texts", "listed"])
def test_few_or_many_different_answers_stand_beside_their_rows(different, listed):
    # 120,000 rows are more than one piece of a stream. Of the names the last is null.
    names = [f"Microsoft Office Professional Plus {place}" for place in range(different - 1)] + [None]
    table = pl.DataFrame(
        {"name": names, "version": [str(place) for place in range(different)]}, schema=dict.fromkeys(("name", "version"), pl.String)
    )
    rows = table[pl.Series([place * 7 % different for place in range(120_000)])].with_row_index("at")
    decided = decide_distinct(rows.lazy(), EveryOfficeIsOffice(), "name", version="version")
    matched = join_back(rows.lazy(), decided, "name", version="version", listed=listed).collect(engine="streaming")
    assert matched.select(rows.columns).equals(rows)
    assert matched["lm_release"].cast(pl.String).equals(rows["version"].alias("lm_release"))
    known = pl.when(rows["name"].is_null()).then(pl.lit("unknown")).otherwise(pl.lit("recognised"))
    assert matched["lm_status"].cast(pl.String).equals(pl.select(known).to_series().alias("lm_status"))
    texts = {column for column, dtype in MATCH_COLUMNS.items() if dtype == pl.String}
    assert {column for column in MATCH_COLUMNS if isinstance(matched.schema[column], pl.Enum)} == (texts if listed else set())


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
