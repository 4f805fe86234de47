from __future__ import annotations

import time

import polars as pl
import pytest

from licmatch.normalize.mojibake import _suspicious, damaged, repair


def repaired(name: str) -> str:
    return str(repair(pl.Series([name]))[0])


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("腾讯视频播放器 专业版", "gbk", "latin-1"),
        ("微信电脑版", "gb18030", "cp1252"),
        ("文件檢視工具", "big5", "latin-1"),
        ("防毒軟體管理工具", "big5", "gb18030"),
        ("ウイルスバスター クラウド", "cp932", "latin-1"),
        ("らくらく年賀状ソフト", "cp932", "gbk"),
        ("한국어 언어 팩 뷰어", "euc_kr", "latin-1"),
        ("보안 프로그램 관리자", "euc_kr", "gbk"),
        ("Антивирус Касперского", "cp1251", "latin-1"),
        ("Редактор документов", "cp1251", "gbk"),
        ("金山毒霸用户版本", "utf-8", "gbk"),
        ("Größe für Schüler", "utf-8", "cp1252"),
        ("Użytkowników Domowych", "utf-8", "latin-1"),
        ("PlayStation™Now", "utf-8", "cp1252"),
        ("Intel® Driver", "utf-8", "latin-1"),
    ],
)
def test_a_name_read_by_the_wrong_table_comes_back(name: str, written: str, read: str) -> None:
    spoilt = name.encode(written).decode(read)
    assert spoilt != name
    assert repaired(spoilt) == name


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("腾讯视频播放器", ("utf-8", "cp1252"), ("utf-8", "latin-1")),
        ("腾讯视频播放器", ("gbk", "latin-1"), ("utf-8", "gbk")),
        ("한국어 언어 팩", ("euc_kr", "gbk"), ("utf-8", "latin-1")),
        ("Recovery™ 17", ("utf-8", "cp1252"), ("utf-8", "cp1252")),
    ],
)
def test_twice_over_too(name: str, first: tuple[str, str], second: tuple[str, str]) -> None:
    spoilt = name
    for written, read in (first, second):
        spoilt = "".join(_read(byte, read) for byte in spoilt.encode(written)) if read == "cp1252" else spoilt.encode(written).decode(read)
    assert repaired(spoilt) == name


def _read(byte: int, table: str) -> str:
    return bytes((byte,)).decode(table, "ignore") or chr(byte)


@pytest.mark.parametrize(
    "name",
    [
        "Microsoft® Office 2016",
        "Intel® oneAPI™ – «Éditeur»",
        "Füße und Größe",
        "Écran d’été à créée",
        "Español (AR) Ñandú",
        "Þjóðskrá Íslands",
        "RØDECaster ÆØÅ",
        "µTorrent",
        "腾讯视频",
        "哔哩哔哩",
        "鼎捷獵鷹鑫淼",
        "電腦管家 繁體中文",
        "東北きりたん",
        "Антивирус Касперского",
        "한국어 언어 팩",
        "ﾊﾟｿｺﾝ ﾊﾞｯｸｱｯﾌﾟ",
        "العربية Language Pack",
        "Â Manager",
        "ÃƒÂ",
        "",
        "?",
    ],
)
def test_a_name_in_order_stays(name: str) -> None:
    assert repaired(name) == name


@pytest.mark.parametrize("name", ["Microsoft Office ????", "鐢ㄦ埛??", "鐢ㄦ埛\ufffd", "锟斤拷锟斤拷", "ï¿½ï¿½Î¢ÐÅµçÄÔ°æ"])
def test_what_was_lost_is_marked_and_never_guessed(name: str) -> None:
    assert damaged(pl.Series([name])).to_list() == [True]
    assert repaired(name) == name


def test_names_in_order_are_not_damaged() -> None:
    assert damaged(pl.Series(["What is it?", "腾讯视频", None, ""])).to_list() == [False, False, None, False]


def test_the_callers_column_is_left_as_it_was() -> None:
    names = pl.Series("raw", ["Î¢ÐÅµçÄÔ°æ", None, "Word"])
    after = repair(names)
    assert names.to_list() == ["Î¢ÐÅµçÄÔ°æ", None, "Word"]
    assert (after.name, after.to_list()) == ("raw", ["微信电脑版", None, "Word"])


def test_empty_and_null_columns() -> None:
    assert repair(pl.Series([], dtype=pl.String)).to_list() == []
    assert repair(pl.Series([None], dtype=pl.String)).to_list() == [None]


def test_ordinary_names_never_reach_the_slow_path() -> None:
    names = ["Microsoft Office", "腾讯视频", "金山毒霸", "電腦管家", "Windows 10 专业版", "360安全卫士（极速版）", "企业微信——标准版……"]
    assert _suspicious(pl.Series(names)).to_list() == []


def test_the_head_of_a_long_name_decides_and_the_whole_is_repaired() -> None:
    name = "腾讯视频播放器" * 100
    assert repaired(name.encode("gbk").decode("latin-1")) == name
    # The judged head ends inside a character here.
    assert repaired("a" + name.encode().decode("latin-1")) == "a" + name


def test_hostile_length_costs_no_more_than_its_bytes() -> None:
    start = time.perf_counter()
    repaired("Ã©\x81" * 300_000)
    assert time.perf_counter() - start < 2
