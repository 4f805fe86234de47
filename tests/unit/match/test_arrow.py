"""Arrow in, Arrow out: what an engine that takes columns by place must be able to rely on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licmatch import Engine, InputError, UsageError
from licmatch.match.arrow import OUT_SCHEMA, match_batches
from licmatch.schema import DECISION_COLUMNS, NAME_KEY

ROWS = [
    ("Windows 10 专业版", "Microsoft Corporation", "22H2"),
    ("Windows 10 专业版", None, "22H2"),
    ("Windows 10 专业版", "", "22H2"),
    ("KMSAuto Net 2016", None, None),
    ("WPS Office 2019 专业版 (11.8.2.12085)", "Kingsoft Corp.", "11.8.2.12085"),
    ("360杀毒", "360安全中心", None),
    ("𠮷野家会计 𝟚.𝟘", "𠮷", "2.0"),
    ("Security Update for Windows (KB5005565)", "Microsoft Corporation", "1"),
    ("Security Update for Windows (KB5005566)", "Microsoft Corporation", "1"),
    ("never heard of 7", None, ""),
    (None, "Microsoft Corporation", None),
    ("", None, None),
]
NAMES = pl.DataFrame(ROWS, schema=dict.fromkeys(NAME_KEY, pl.String), orient="row")


def out(batches: list[pa.RecordBatch], engine: Engine, **words: int) -> pl.DataFrame:
    frame = pl.from_arrow(pa.Table.from_batches(list(match_batches(batches, engine, **words)), schema=OUT_SCHEMA))
    assert isinstance(frame, pl.DataFrame)
    return frame


def batch(frame: pl.DataFrame) -> pa.RecordBatch:
    return frame.to_arrow().combine_chunks().to_batches()[0]


def test_answers_are_those_of_the_engine_in_order(engine: Engine) -> None:
    assert out([batch(NAMES)], engine).equals(engine.decide(NAMES).select(*NAME_KEY, *DECISION_COLUMNS))


def test_only_plain_types_leave() -> None:
    assert {str(kind) for kind in OUT_SCHEMA.types} == {"string", "double", "bool"}
    assert OUT_SCHEMA.names == [*NAME_KEY, *DECISION_COLUMNS]


@pytest.mark.parametrize("order", [("version", "name", "publisher"), ("publisher", "version", "name")])
def test_columns_are_found_by_name_and_leave_by_place(engine: Engine, order: tuple[str, ...]) -> None:
    shuffled = NAMES.select(pl.lit(7).alias("other"), *order)
    [told] = match_batches([batch(shuffled)], engine)
    assert told.schema.equals(OUT_SCHEMA)
    assert [told.column(place).to_pylist() for place in range(3)] == [NAMES[part].to_list() for part in NAME_KEY]


def test_an_engine_that_shuffles_its_columns_cannot_shuffle_the_answer(engine: Engine) -> None:
    class Shuffling:
        def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
            told = engine.decide(keys)
            return told.select(pl.lit(1).alias("more"), *reversed(told.columns))

    [told] = match_batches([batch(NAMES)], Shuffling())
    assert told.schema.equals(OUT_SCHEMA)
    assert told.column("lm_status").to_pylist() == engine.decide(NAMES)["lm_status"].to_list()


def test_an_engine_that_forgets_a_column_is_told(engine: Engine) -> None:
    class Forgetful:
        def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
            return engine.decide(keys).drop("lm_risk")

    with pytest.raises(UsageError, match="lm_risk"):
        list(match_batches([batch(NAMES)], Forgetful()))


def test_large_batches_are_cut_and_empty_ones_give_nothing(engine: Engine) -> None:
    assert [told.num_rows for told in match_batches([batch(NAMES)], engine, max_rows=5)] == [5, 5, 2]
    assert list(match_batches([batch(NAMES).slice(0, 0)], engine)) == []
    assert list(match_batches([], engine)) == []
    with pytest.raises(UsageError, match="max_rows"):
        list(match_batches([batch(NAMES)], engine, max_rows=0))


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())])
def test_text_comes_in_whatever_type_it_has(engine: Engine, kind: pa.DataType) -> None:
    columns = {part: pa.array(NAMES[part].to_list(), type=pa.string()).cast(kind) for part in NAME_KEY}
    assert out([pa.record_batch(columns)], engine).equals(out([batch(NAMES)], engine))


def test_a_column_of_nothing_is_a_column_of_nulls(engine: Engine) -> None:
    columns = {"name": pa.array(["Windows 10 Pro"]), "publisher": pa.nulls(1), "version": pa.nulls(1)}
    assert out([pa.record_batch(columns)], engine)["lm_product_id"].to_list() == ["os.windows-10.pro"]


def test_what_is_no_text_is_refused_by_name(engine: Engine) -> None:
    wrong = pa.record_batch({"name": pa.array([1.5]), "publisher": pa.nulls(1), "version": pa.nulls(1)})
    with pytest.raises(InputError, match="'name' holds double"):
        list(match_batches([wrong], engine))
    with pytest.raises(UsageError, match="no column 'publisher'"):
        list(match_batches([pa.record_batch({"name": ["x"]})], engine))
    with pytest.raises(UsageError, match="no column 'name'"):
        list(match_batches([pa.record_batch({"version": ["x"]})], engine))


def test_bytes_that_are_no_text_are_refused(engine: Engine) -> None:
    spoilt = pa.array([b"Windows \xff\xfe 10"], type=pa.binary()).cast(pa.string(), safe=False)
    with pytest.raises(InputError, match="not UTF-8"):
        list(match_batches([pa.record_batch({"name": spoilt, "publisher": pa.nulls(1), "version": pa.nulls(1)})], engine))


@settings(max_examples=40)
@given(order=st.permutations(range(len(ROWS))), cuts=st.sets(st.integers(1, len(ROWS) - 1)), most=st.integers(1, 20))
def test_answers_depend_neither_on_the_order_nor_on_where_batches_end(order: list[int], cuts: set[int], most: int) -> None:
    engine = _engine()
    moved = NAMES[order]

    def pieces() -> Iterator[pa.RecordBatch]:
        edges = [0, *sorted(cuts), len(ROWS)]
        for start, end in pairwise(edges):
            yield batch(moved[start:end])

    told = out(list(pieces()), engine, max_rows=most)
    assert told.equals(engine.decide(NAMES).select(*NAME_KEY, *DECISION_COLUMNS)[order])


_KEPT: list[Engine] = []


def _engine() -> Engine:
    # Hypothesis cannot be given a fixture for each example; one engine serves them all.
    if not _KEPT:
        _KEPT.append(Engine.load())
    return _KEPT[0]
