"""One name asked alone is answered as in a column: the two ways of reading it must not drift apart."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch.demo.everyday import everyday_entries
from licmatch.demo.pirated import pirated_entries
from licmatch.match import Engine
from licmatch.match.distinct import coded
from licmatch.normalize.name_steps import normalize
from licmatch.normalize.one_name import key_and_text, publisher_key
from licmatch.normalize.publisher import normalize_publishers
from licmatch.schema import MATCH_COLUMNS
from licmatch.signatures import signature_text

WORDS = (
    *("Microsoft", "微软", "Office", "Windows", "Win", "10", "2016", "11.1.0.9912", "KB4279480", "专业版", "專業版", "安全更新程序", "SP1"),
    *("x64", "(R)", "®", "™", "360", "杀毒", "殺毒", "WPS", "金山", "kms", "激活", "工具"),
    *(
        "pico",
        "Loader",
        "k m s",
        "Kaspersky",
        "Anti",
        "Virus",
        "Power",
        "Point",
        "End",
        "Größe",
        "打印机驱动 服务程序",
        "Î¢ÐÅ",
        "????",
        "锟斤拷",
        "ＷＰＳ",
        "（简体）",
    ),
    *("【正式】", "…", "·", "\xa0", "{90160000-0011-0000-1000-0000000FF1CE}", "wps-office:amd64", "é", "ß", "Ⅱ", "a.b", "3.", "12345.6"),
)
MAKERS = (
    *("Co., Ltd.", "Inc.", "北京", "(北京)", "有限公司", "科技", "Microsoft Corporation", "CN=", "O=", "GmbH"),
    *("Developer ID Application:", "(ABCDE12345)", *WORDS),
)
GAPS = st.sampled_from(("", " ", "-"))
names = st.builds(lambda gap, told: gap.join(told), GAPS, st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)) | st.text(max_size=30)
makers = st.none() | st.lists(st.sampled_from(MAKERS), min_size=1, max_size=4).map(" ".join) | st.text(max_size=20)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@given(names)
def test_key_and_text_are_those_of_a_column(name: str) -> None:
    told = key_and_text(name)
    column = pl.Series([name.encode("utf-8", "replace").decode()])
    assert told is None or told == (normalize(column)[0], signature_text(column)[0])


@given(st.text(max_size=40) | makers.map(lambda text: text or ""))
def test_a_publisher_reads_as_in_a_column(publisher: str) -> None:
    told = publisher_key(publisher)
    assert told is None or told == normalize_publishers(pl.Series([publisher.encode("utf-8", "replace").decode()]))[0]


@given(names, makers, st.sampled_from((None, "16.0.4266.1001", "10.0.22631", "4:7.4", "")))
def test_match_name_is_match(engine: Engine, name: str, publisher: str | None, version: str | None) -> None:
    one = engine.match_name(name, publisher=publisher, version=version)
    frame = pl.DataFrame(
        [(one.name, one.publisher, one.version)], schema=dict.fromkeys(("name", "publisher", "version"), pl.String), orient="row"
    )
    row = engine.match(frame).row(0, named=True)
    assert {column: getattr(one, column.removeprefix("lm_")) for column in MATCH_COLUMNS} == {
        column: row[column] for column in MATCH_COLUMNS
    }


def test_most_ordinary_names_are_told_at_once(engine: Engine) -> None:
    entries = [*(entry for entry, _ in everyday_entries(1)), *pirated_entries()]
    frame = pl.DataFrame(
        [(e.name, e.publisher, e.versions[0]) for e in entries],
        schema=dict.fromkeys(("name", "publisher", "version"), pl.String),
        orient="row",
    )
    frame = frame.unique().sort(pl.all()).head(1500)
    told = engine.match(frame)
    ones = [engine.match_name(name, publisher=publisher, version=version) for name, publisher, version in frame.iter_rows()]
    for column in MATCH_COLUMNS:
        assert [getattr(one, column.removeprefix("lm_")) for one in ones] == told[column].to_list(), column
    assert sum(key_and_text(name) is not None for name in frame["name"]) > 0.9 * frame.height


@given(st.lists(st.sampled_from((None, "a", "b", "c", "")), max_size=12), st.booleans())
def test_coded_numbers_the_distinct_values(values: list[str | None], in_order: bool) -> None:
    column = pl.Series(values, dtype=pl.String)
    column = column.sort() if in_order else column
    distinct, codes = coded(column)
    assert distinct.gather(codes).to_list() == column.to_list()
    assert distinct.to_list() == list(dict.fromkeys(column.to_list()))
