from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from licmatch.normalize.mojibake import damaged, repair

LATIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=("Cc",)), max_size=30)
SPOILT = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(min_codepoint=0x80, max_codepoint=0x2122, exclude_categories=("Cs",)), max_size=60),
    st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
    st.binary(max_size=60).map(lambda raw: raw.decode("gb18030", "ignore")),
)
WORDS = ["系统", "管理", "软件", "安全", "电脑", "输入法", "浏览器", "企业版"]
CHINESE = st.lists(st.sampled_from(WORDS), min_size=3, max_size=8).map("".join)


@given(SPOILT)
def test_nothing_raises_and_nothing_is_emptied(name: str) -> None:
    after = repair(pl.Series([name], dtype=pl.String))
    assert after.dtype == pl.String
    assert bool(after[0]) == bool(name)


@given(st.lists(st.one_of(SPOILT, st.none()), max_size=8))
def test_a_name_alone_is_as_in_a_column(names: list[str | None]) -> None:
    column = pl.Series(names, dtype=pl.String)
    assert repair(column).to_list() == [repair(pl.Series([name], dtype=pl.String))[0] for name in names]


@given(st.one_of(SPOILT, LATIN))
def test_a_damaged_name_is_never_changed(name: str) -> None:
    spoilt = pl.Series([f"{name}??"])
    assert damaged(spoilt)[0]
    assert repair(spoilt)[0] == spoilt[0]


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_ascii_is_never_touched(name: str) -> None:
    assert repair(pl.Series([name]))[0] == name


@given(CHINESE, st.sampled_from([("gbk", "latin-1"), ("utf-8", "latin-1"), ("utf-8", "gb18030")]))
def test_a_round_trip_brings_the_name_back_or_leaves_it(name: str, way: tuple[str, str]) -> None:
    written, read = way
    spoilt = name.encode(written).decode(read, "replace")
    answer = repair(pl.Series([spoilt]))[0]
    assert answer in (name, spoilt)
    if "\ufffd" not in spoilt and len(name) % 2 == 0:
        assert answer == name
