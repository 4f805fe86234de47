"""Tables of others in and out by the Arrow interface: every column keeps its type and its values, and answers are those of the engine."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal
from tests.unit.match.small import small_engine

from licmatch import InputError, UsageError
from licmatch.match.arrow import match_stream
from licmatch.schema import MATCH_COLUMNS

NAMES = ["Microsoft Office 2010", None, "nothing known", "Microsoft Office 2010"]


def typed() -> pa.Table:
    """One column of every kind an inventory may carry along, each with a null."""
    columns = {
        "name": pa.array(NAMES).dictionary_encode(),
        "publisher": pa.array(["Microsoft", None, "Kingsoft", "Microsoft"], pa.large_string()),
        "version": pa.array(["14.0", None, "1", "14.0"], pa.string_view()),
        "number_dictionary": pa.array([1, 2, None, 1]).dictionary_encode(),
        "ordered": pa.DictionaryArray.from_arrays(pa.array([0, None, 1, 0], pa.int8()), pa.array(["low", "high"]), ordered=True),
        "seconds": pa.array([0, 1, None, 3], pa.timestamp("s")),
        "zoned": pa.array([0, 1, None, 3], pa.timestamp("us", "Asia/Shanghai")),
        "nano": pa.array([0, 1, None, 3], pa.timestamp("ns")),
        "day32": pa.array([0, 1, None, 3], pa.date32()),
        "day64": pa.array([0, 86_400_000, None, 0], pa.date64()),
        "time": pa.array([0, 1, None, 3], pa.time32("s")),
        "lasted": pa.array([0, 1, None, 3], pa.duration("s")),
        "price": pa.array([Decimal("1.23"), None, Decimal("0.10"), None], pa.decimal128(10, 2)),
        "small": pa.array([1, None, 3, 255], pa.uint8()),
        "half": pa.array([0.5, None, 1.5, 2.0], pa.float16()),
        "flag": pa.array([True, None, False, True]),
        "list": pa.array([[1, None], None, [], [2]]),
        "fixed_list": pa.array([[1, 2], None, [3, 4], [5, 6]], pa.list_(pa.int64(), 2)),
        "nested": pa.array([{"a": 1, "b": ["x", None]}, None, {"a": None, "b": None}, {"a": 2, "b": []}]),
        "map": pa.array([[("k", 1)], None, [], [("k", None)]], pa.map_(pa.string(), pa.int64())),
        "bytes": pa.array([b"a", None, b"", b"\xff"]),
        "fixed_bytes": pa.array([b"ab", None, b"cd", b"ef"], pa.binary(2)),
        "nothing": pa.nulls(4),
    }
    fields = [pa.field(name, array.type, metadata={"of": name}) for name, array in columns.items()]
    return pa.table(list(columns.values()), schema=pa.schema(fields, metadata={"owner": "asset tool"}))


# Types that polars refuses or turns into something else.
BEYOND_POLARS = {
    "wide": pa.array([Decimal("1.2")] * 4, pa.decimal256(50, 2)),
    "interval": pa.array([(1, 2, 3)] * 4, pa.month_day_nano_interval()),
    "runs": pa.RunEndEncodedArray.from_arrays([4], pa.array(["same"])),
    "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"1" * 16] * 4, pa.binary(16))),
}


@pytest.mark.parametrize("rows", [1, 3, 65_536])
def test_every_column_leaves_with_its_own_type_and_metadata(rows):
    table = typed()
    for name, array in BEYOND_POLARS.items():
        table = table.append_column(name, array)
    out = match_stream(table, small_engine(), max_rows=rows).read_all()
    assert out.select(table.column_names).schema.equals(table.schema, check_metadata=True)
    assert out.select(table.column_names).to_pylist() == table.to_pylist()
    assert out.column_names == [*table.column_names, *MATCH_COLUMNS]


def test_answers_are_those_of_the_engine_however_it_is_cut():
    table = typed().select(["name", "publisher", "version"])
    expected = small_engine().match(table).select(*MATCH_COLUMNS)
    for rows in (1, 2, 4):
        out = match_stream(table, small_engine(), max_rows=rows).read_all()
        assert_frame_equal(pl.DataFrame(out.select(list(MATCH_COLUMNS))), expected)


def test_a_product_code_answers_as_in_match():
    table = pa.table({"n": ["x", "Microsoft Word 2010"], "product_code": ["{90160000-0011-0000-0000-0000000FF1CE}"] * 2})
    expected = small_engine().match(table, name="n")
    assert expected["lm_method"].to_list() == ["identifier", "composed"]
    assert match_stream(table, small_engine(), name="n").read_all()["lm_product_id"].to_pylist() == expected["lm_product_id"].to_list()


def test_the_polars_door_keeps_the_values_of_every_type_it_has():
    """What `Engine.match` makes of foreign columns: polars' nearest type, no value another."""
    table = typed()
    out = small_engine().match(table)
    for name in table.column_names:
        told = out[name].to_list()
        if name == "map":
            assert [None if one is None else list(one.items()) for one in told] == table[name].to_pylist()
        elif name in ("day64",):
            assert [None if one is None else one.date() for one in told] == table[name].to_pylist()
        elif name == "nano":
            assert out[name].cast(pl.Int64).to_list() == table[name].cast(pa.int64()).to_pylist()
        else:
            assert told == table[name].to_pylist(), name
    assert out.schema["name"] == pl.Categorical
    assert out.schema["ordered"] == pl.Categorical
    assert out.schema["zoned"] == pl.Datetime("us", "Asia/Shanghai")
    assert out.schema["nested"] == pl.Struct({"a": pl.Int64, "b": pl.List(pl.String)})
    assert out.schema["price"] == pl.Decimal(10, 2)


@pytest.mark.parametrize("name", ["wide", "interval", "runs"])
def test_a_type_polars_has_not_is_a_usage_error_that_says_what_to_do(name, capfd):
    table = pa.table({"name": NAMES, name: BEYOND_POLARS[name]})
    with pytest.raises(UsageError, match="match_stream keeps every type"):
        small_engine().match(table)


def test_what_matching_gives_back_is_a_table_for_others():
    out = small_engine().match(typed())
    back = pa.table(out)
    assert back.column_names == out.columns
    assert back.schema.field("zoned").type == pa.timestamp("us", "Asia/Shanghai")
    assert pa.types.is_dictionary(back.schema.field("name").type)
    # pyarrow cannot yet hand lists of texts as views to pandas.
    assert pd.DataFrame.from_arrow(out.drop("nested", "map")).shape == (out.height, out.width - 2)


def pandas_frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "DisplayName": pd.Categorical(NAMES),
            "Publisher": pd.array(["Microsoft", None, "Kingsoft", "Microsoft"], dtype="string"),
            "seats": pd.array([1, None, 3, 4], dtype="Int64"),
            "seen": pd.to_datetime(["2026-01-01", None, "2026-01-03", "2026-01-04"]).tz_localize("Asia/Shanghai"),
            "kind": pd.Categorical(["b", "a", None, "b"], categories=["b", "a"], ordered=True),
        },
        index=pd.Index(["pc1", "pc2", "pc3", "pc4"], name="device"),
    )


def test_pandas_gets_its_types_and_its_index_back():
    frame = pandas_frame()
    out = match_stream(frame, small_engine(), name="DisplayName", publisher="Publisher").read_pandas()
    pd.testing.assert_frame_equal(out[frame.columns], frame)
    assert out["lm_status"].tolist() == ["recognised", "unknown", "unknown", "recognised"]


def test_pandas_comes_in_by_match_with_its_index_as_a_column():
    out = small_engine().match(pandas_frame(), name="DisplayName", publisher="Publisher")
    assert out["device"].to_list() == ["pc1", "pc2", "pc3", "pc4"]
    assert out.schema["kind"] in (pl.Categorical, pl.Enum(["b", "a"]))
    assert out["seats"].to_list() == [1, None, 3, 4]


_DUCKDB = """
import sys, duckdb, licmatch, polars as pl
from licmatch.match.arrow import match_stream
base = duckdb.connect()
relation = base.sql('''select * from (values
    ('Microsoft Office 2010', 'Microsoft', date '2026-01-02', 1.50::decimal(6,2), ['a', null], {'k': 1}),
    (null, null, null, null, null, null)) t(DisplayName, Publisher, day, price, list, struct)''')
engine = licmatch.Engine.load()
matched = engine.match(relation, name="DisplayName", publisher="Publisher")
stream = match_stream(base.sql("select * from relation"), engine, name="DisplayName", publisher="Publisher").read_all()
assert pl.DataFrame(stream).equals(matched), (stream, matched)
again = base.sql("select lm_product_id, day, price, list, struct from matched where lm_status = 'recognised'")
assert base.sql("select count(*) from stream").fetchall() == [(2,)]
pl.DataFrame(again).write_parquet(sys.argv[1])
"""


def test_duckdb_hands_over_and_asks_the_answer(tmp_path: Path):
    # In a process of its own: DuckDB's bindings write about leaked references when a process ends.
    ran = subprocess.run([sys.executable, "-c", _DUCKDB, str(tmp_path / "out.parquet")], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    [row] = pl.read_parquet(tmp_path / "out.parquet").rows(named=True)
    assert row["lm_product_id"] == "office.microsoft-office-2010"
    assert (str(row["day"]), row["price"], row["list"], row["struct"]) == ("2026-01-02", Decimal("1.50"), ["a", None], {"k": 1})


def test_a_polars_frame_streams_too_and_a_lazy_one_has_a_door_of_its_own():
    frame = pl.DataFrame({"name": NAMES})
    assert match_stream(frame, small_engine()).read_all()["lm_status"].to_pylist() == small_engine().match(frame)["lm_status"].to_list()
    assert isinstance(small_engine().match(frame.lazy()), pl.LazyFrame)


def test_a_name_is_decided_once_in_all_batches():
    asked: list[int] = []

    class Counting:
        def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
            asked.append(keys.height)
            return small_engine().decide(keys)

    table = pa.table({"name": NAMES * 50})
    assert match_stream(table, Counting(), max_rows=7).read_all().num_rows == 200
    assert sum(asked) == 3


@pytest.mark.parametrize(
    ("source", "words", "what"),
    [
        ([1, 2], {}, "is no stream of Arrow"),
        (pa.table({"other": ["x"]}), {}, "there is no column 'name'"),
        (pa.table({"name": ["x"]}), {"publisher": "p"}, "there is no column 'p'"),
        (pa.table({"name": ["x"]}), {"publisher": "p", "version": "v"}, "there is no column 'p'"),
        (pa.table({"name": ["x"], "lm_status": ["x"]}), {}, "already has a column lm_status"),
        (pa.table({"name": ["x"]}), {"max_rows": 0}, "max_rows is 0"),
        (pa.table({"name": [["x"]]}), {}, "not text"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_read(source, words, what):
    with pytest.raises(UsageError, match=what):
        match_stream(source, small_engine(), **words)


def test_text_that_is_not_utf8_is_an_input_error():
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff\xfe"]).buffers())
    with pytest.raises(InputError, match="not UTF-8"):
        match_stream(pa.table({"name": broken}), small_engine()).read_all()


def test_an_empty_table_gets_its_columns():
    out = match_stream(typed().slice(0, 0), small_engine()).read_all()
    assert (out.num_rows, out.num_columns) == (0, len(typed().column_names) + len(MATCH_COLUMNS))
