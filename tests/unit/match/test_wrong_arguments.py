"""What is handed to the library and is not what it takes: told as such, with what was given."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.unit.match.small import small_engine

import licmatch.polars
from licmatch.catalog.pack import build_pack
from licmatch.errors import UsageError
from licmatch.match import Engine
from licmatch.testing import engine_with


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one")
    (folder / "site.csv").write_text("id,name\nour.crm,Our Customer Desk\n", encoding="utf-8")
    build_pack(folder / "site.csv", folder / "site.json")
    return folder / "site.json"


@pytest.mark.parametrize("given", [str, Path, lambda path: [path], lambda path: (str(path),), lambda path: iter([path])])
def test_catalogs_is_one_path_or_several(pack, given):
    assert Engine.load(catalogs=given(pack)).match_name("Our Customer Desk").product_id == "our.crm"


def test_the_kit_for_tests_takes_one_path_too(pack):
    assert len(engine_with(str(pack)).packs) == 1


@pytest.mark.parametrize("given", [5, [5], None])
def test_what_is_no_path_is_told(given):
    with pytest.raises(UsageError, match=r"catalogs (is|holds) (5|None), which is no path"):
        Engine.load(catalogs=given)


@pytest.mark.parametrize("ask", ["match_name", "explain", "decision"])
def test_a_name_that_is_no_text_is_told(ask):
    with pytest.raises(UsageError, match="5 is no text"):
        getattr(small_engine(), ask)(5)
    with pytest.raises(UsageError, match=r"b'x' is no text"):
        getattr(small_engine(), ask)("Windows 10", publisher=b"x")


def test_what_is_no_engine_or_column_of_an_expression_is_told():
    with pytest.raises(UsageError, match="engine is 'x', which is no engine"):
        pl.col("name").licmatch.match(engine="x")
    with pytest.raises(UsageError, match="publisher is 5, which is no column"):
        pl.col("name").licmatch.match(5)


NUMBERS = [
    ([1, 2], pl.Int64),
    ([None, 2.5], pl.Float64),
    ([True, None], pl.Boolean),
    ([date(2026, 11, 30)], pl.Date),
]


@pytest.mark.parametrize(("values", "dtype"), NUMBERS, ids=str)
def test_names_that_are_no_texts_are_told_with_column_and_type(values, dtype):
    frame = pl.DataFrame({"title": pl.Series(values, dtype=dtype)})
    for asked in (
        lambda: small_engine().match(frame, name="title"),
        lambda: small_engine().match(frame.lazy(), name="title").collect(),
        lambda: frame.select(pl.col("title").licmatch.match(engine=small_engine())),
        lambda: frame.lazy().select(pl.col("title").licmatch.match(engine=small_engine())).collect(engine="streaming"),
    ):
        with pytest.raises(UsageError, match=rf"column 'title' holds {dtype}"):
            asked()


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Int64, pl.Null, pl.String, pl.Boolean])
def test_a_column_of_names_without_any_is_unknown_whatever_its_type(dtype):
    frame = pl.DataFrame({"name": pl.Series([None, None], dtype=dtype)})
    assert small_engine().match(frame)["lm_status"].to_list() == ["unknown"] * 2
    told = frame.select(pl.col("name").licmatch.match(engine=small_engine())).unnest("name")
    assert told["lm_status"].to_list() == ["unknown"] * 2


def test_an_empty_column_of_pandas_and_one_of_numbers():
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    assert small_engine().match(pandas.DataFrame({"name": [float("nan")] * 2}))["lm_status"].to_list() == ["unknown"] * 2
    with pytest.raises(UsageError, match="column 'name' holds Int64"):
        small_engine().match(pandas.DataFrame({"name": [7, 8]}))


def test_categories_and_numbers_elsewhere_are_taken_as_ever():
    frame = pl.DataFrame({"name": pl.Series(["Windows 10 Pro"], dtype=pl.Categorical), "version": [10.0], "publisher": [1]})
    assert small_engine().match(frame)["lm_product_id"].to_list() == ["os.windows-10.pro"]


def test_an_inventory_of_numbers_is_refused_and_an_empty_one_rejected_row_by_row():
    rows = {"device_id": ["a", "b"], "name": [1, 2]}
    with pytest.raises(UsageError, match="column 'name' holds Int64"):
        licmatch.assess(pl.DataFrame(rows), as_of="2026-11-30", engine=small_engine())
    nameless = pl.DataFrame(rows, schema_overrides={"name": pl.Float64}).with_columns(name=pl.lit(None, dtype=pl.Float64))
    assert licmatch.assess(nameless, as_of="2026-11-30", engine=small_engine()).rejected.height == 2
