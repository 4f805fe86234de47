"""The namespace `.licmatch` of polars expressions: the answers of `Engine.match`, wherever an expression may stand, never row by row."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.unit.match.small import small_engine

from licmatch.errors import UsageError
from licmatch.match import expressions
from licmatch.schema import MATCH_COLUMNS

FRAME = pl.DataFrame(
    {
        "DisplayName": ["Microsoft Office 2010", "Twin Guard", None, "nothing known", "Microsoft Office 2010"],
        "Publisher": ["Microsoft", None, None, "Kingsoft", "Microsoft"],
        "DisplayVersion": ["14.0", None, None, "1", "14.0"],
        "unit": ["a", "b", "a", "b", "b"],
    }
)


class Asked:
    """The small engine, and the heights of what it was asked."""

    def __init__(self) -> None:
        self.heights: list[int] = []

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        self.heights.append(keys.height)
        return small_engine().decide(keys)


@pytest.fixture
def asked():
    return Asked()


@pytest.fixture
def batches(monkeypatch):
    """Count the calls of the function behind the expression, by the heights it was called with."""
    heights: list[int] = []
    whole = expressions._Batches.__call__

    def counted(self, columns):
        heights.append(max(len(column) for column in columns))
        return whole(self, columns)

    monkeypatch.setattr(expressions._Batches, "__call__", counted)
    return heights


def told(engine) -> pl.Expr:
    return pl.col("DisplayName").licmatch.match("Publisher", "DisplayVersion", engine=engine)


EXPECTED = small_engine().match(FRAME, name="DisplayName", publisher="Publisher", version="DisplayVersion").select(*MATCH_COLUMNS)


def test_a_frame_gets_a_struct_of_the_contract_under_the_name_of_its_column(asked, batches):
    out = FRAME.select(told(asked))
    assert out.schema == {"DisplayName": pl.Struct(MATCH_COLUMNS)}
    assert_frame_equal(out.unnest("DisplayName"), EXPECTED)
    assert batches == [5]
    assert asked.heights == [4]


@pytest.mark.parametrize("engine_of_polars", ["in-memory", "streaming"])
def test_a_lazy_frame_knows_its_schema_and_streams(asked, batches, engine_of_polars):
    rows = pl.concat([FRAME] * 20_000, rechunk=True)
    lazy = rows.lazy().with_columns(told=told(asked))
    assert lazy.collect_schema()["told"] == pl.Struct(MATCH_COLUMNS)
    assert batches == []
    out = lazy.collect(engine=engine_of_polars)
    assert_frame_equal(out.drop("told"), rows)
    assert_frame_equal(out["told"].struct.unnest(), pl.concat([EXPECTED] * 20_000))
    # Batches of thousands of rows, and of all of them only the distinct names are asked, each once.
    assert sum(batches) == rows.height
    assert len(batches) <= 20
    assert sum(asked.heights) == 4


@pytest.mark.parametrize("engine_of_polars", ["in-memory", "streaming"])
def test_groups_are_answered_in_one_batch_and_not_one_by_one(asked, batches, engine_of_polars):
    rows = pl.concat([FRAME.with_columns(group=pl.lit(n)) for n in range(500)], rechunk=True)
    out = rows.lazy().group_by("group", maintain_order=True).agg(told=told(asked)).collect(engine=engine_of_polars)
    assert out["told"].explode().struct.unnest().equals(pl.concat([EXPECTED] * 500))
    assert len(batches) <= 20
    assert sum(asked.heights) == 4
    first = FRAME.group_by("unit", maintain_order=True).agg(told(asked).struct.field("lm_product_id").first())
    assert first["lm_product_id"].to_list() == [EXPECTED["lm_product_id"][0], EXPECTED["lm_product_id"][1]]


def test_over_windows_and_in_filters_and_conditions(asked):
    over = FRAME.with_columns(told=told(asked).over("unit"))
    assert_frame_equal(over["told"].struct.unnest(), EXPECTED)
    office = FRAME.lazy().filter(told(asked).struct.field("lm_category") == "office").collect()
    assert office.height == 2
    chosen = FRAME.select(pl.when(pl.col("unit") == "b").then(told(asked).struct.field("lm_status")))
    assert chosen["lm_status"].to_list() == [None, "ambiguous", None, "unknown", "recognised"]


def test_what_is_no_column_can_be_asked_too(asked):
    literal = FRAME.select(pl.lit("Microsoft Office 2010").licmatch.match(engine=asked)).to_series()
    assert literal.struct.field("lm_release").to_list() == ["2010"]
    joined = pl.concat_str(pl.lit("Microsoft "), pl.col("unit")).licmatch.match(pl.lit("Microsoft"), engine=asked)
    assert FRAME.select(joined).height == FRAME.height
    numbers = pl.DataFrame({"n": pl.Series(["Microsoft Office 2010", None], dtype=pl.Categorical), "v": [14, None]})
    assert numbers.select(pl.col("n").licmatch.match(version="v", engine=asked)).unnest("n")["lm_release"].to_list() == ["2010", None]
    assert FRAME.clear().select(told(asked)).schema == {"DisplayName": pl.Struct(MATCH_COLUMNS)}


def test_without_an_engine_the_built_in_one_is_loaded_once(engine, monkeypatch):
    loaded = []
    monkeypatch.setattr(type(engine), "load", classmethod(lambda cls: loaded.append(1) or engine))
    expressions._loaded.cache_clear()
    for _ in range(3):
        FRAME.select(pl.col("DisplayName").licmatch.match())
    expressions._loaded.cache_clear()
    assert loaded == [1]


def test_a_plan_is_serialised_by_nobody_unnoticed():
    """A plan with the expression holds Python, and polars says so: it cannot go where the engine is not."""
    assert "python" in FRAME.lazy().select(told(small_engine())).explain().lower()


def test_one_import_registers_it_and_licmatch_alone_brings_no_polars():
    code = "import licmatch.polars, polars; print(polars.col('x').licmatch.match)"
    assert "LicmatchExpressions" in subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_numbers_are_refused_whatever_stands_beside_them(asked):
    numbers = pl.DataFrame({"n": [1, 2], "v": ["a", "b"]})
    with pytest.raises(UsageError, match="column 'n' holds Int64"):
        numbers.select(pl.col("n").licmatch.match(version="v", engine=asked))
