"""Names that are passed by because no other reading can beat them: none of them may be one that would have been mended."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch.normalize.mojibake import MANY, _paths, _suspicious, repair
from licmatch.normalize.plausibility import costs, least, least_of_characters
from licmatch.normalize.undoubted import undoubted

# Han words with blanks between them, as Korean read by GBK has them: all of these are looked at, none is mended.
KINDS = ("客户端", "测试版", "打印组件")
APART = [f"{maker}{thing} {kind}" for maker in ("雷州", "深圳", "长沙") for thing in ("文档系统", "招商项目库") for kind in KINDS]
KOREAN = ["한글과컴퓨터 오피스", "안랩 온라인 보안", "네이버 백신 설치 프로그램", "공인 인증서 관리 프로그램", "전자 세금 계산서"]
TAIWAN = ["騰訊視訊 用戶端", "台灣銀行 網路 憑證 元件"]
WAYS = [*((written, "gb18030") for written in ("cp949", "cp950", "utf-8", "cp932", "cp1251")), ("gb18030", "cp1252")]
OTHERS = ["Антивирус Касперского", "ウイルスバスター 体験版"]
WRITTEN = st.one_of(st.sampled_from([*APART, *KOREAN, *TAIWAN, *OTHERS]), st.text(max_size=20))


def test_ordinary_names_of_words_apart_are_passed_by() -> None:
    assert len(_suspicious(pl.Series(APART))) == len(APART)
    assert undoubted(APART).all()


@pytest.mark.parametrize("name", [*KOREAN, *TAIWAN])
def test_what_is_to_be_mended_is_not(name: str) -> None:
    codec = "cp949" if name in KOREAN else "cp950"
    spoilt = name.encode(codec).decode("gb18030")
    assert undoubted([*APART, spoilt]).tolist() == [*([True] * len(APART)), False]
    assert repair(pl.Series([*APART, spoilt]))[-1] == name


@given(st.lists(st.tuples(WRITTEN, st.sampled_from(WAYS), st.booleans()), min_size=1, max_size=8))
def test_nothing_that_is_passed_by_would_have_been_mended(given_names: list[tuple[str, tuple[str, str], bool]]) -> None:
    spoilt = [name.encode(written, "ignore").decode(read, "replace") for name, (written, read), _ in given_names]
    names = [one for one in (*(name for name, _, plain in given_names if plain), *spoilt) if one and not one.isascii()]
    for name, sure, path in zip(names, undoubted(names).tolist(), _paths(names), strict=True):
        assert not (sure and path), name


@given(st.lists(st.text(max_size=20), max_size=4), st.lists(st.sampled_from(KOREAN), max_size=3))
def test_many_names_are_mended_as_each_alone(others: list[str], korean: list[str]) -> None:
    names = [*APART, *others, *(name.encode("cp949").decode("gb18030") for name in korean)]
    assert len(names) >= MANY
    assert repair(pl.Series(names, dtype=pl.String)).to_list() == [repair(pl.Series([name], dtype=pl.String))[0] for name in names]


@pytest.mark.parametrize("odd", ["line\nbreak 深圳文档 客户端", "", "深圳文档 客户端" * 40, "拷斤锟 客户端"])
def test_odd_names_beside_them_are_never_passed_by_wrongly(odd: str) -> None:
    names = [*APART, odd]
    told = undoubted(names).tolist()
    assert not any(sure and path for sure, path in zip(told, _paths([one or "?" for one in names]), strict=True))
    # A line break in one name leaves all of them to be looked at: no other may be taken for a part of it.
    assert any(told) == ("\n" not in odd)


@given(st.text(min_size=1, max_size=30))
def test_no_text_costs_less_than_the_least_of_its_characters(text: str) -> None:
    floor = least_of_characters()
    least_bits = sum(int(floor[min(ord(char), 0xFFFF)]) for char in text)
    assert least_bits <= int(least(costs([text]), [text])[0])


def test_a_bound_that_is_too_bold_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = [name.encode("cp949").decode("gb18030") for name in KOREAN]
    monkeypatch.setattr("licmatch.normalize.undoubted.LEAD", 10_000.0)
    assert undoubted(spoilt).all()
    assert all(_paths(spoilt))
