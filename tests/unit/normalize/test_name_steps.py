from __future__ import annotations

import polars as pl
import pytest

from licmatch.normalize.name_steps import normalize
from licmatch.normalize.spans import traced


@pytest.mark.parametrize(
    ("raw", "tokens"),
    [
        ("Microsoft® Office", "microsoft office"),
        ("Microsoft(R) Windows(TM) XP", "microsoft windows xp"),
        ("Office\u200b2010", "office 2010"),
        ("ＷＰＳ　Office", "wps office"),
        ("WPS Office (11.1.0.8612)", "wps office ( 11.1.0.8612 )"),
        ("防毒軟體", "防 毒 软 体"),
        ("Anti-Virus & more", "antivirus & more"),
        ("KV2009", "kv 2009"),
        ("ウイルス", "ウ イ ル ス"),
        ("Антивирус", "антивирус"),
        ("Microsoft Windows 7", "microsoft windows 7"),
        ("a\x00b", "a b"),
    ],
)
def test_tokens(raw: str, tokens: str) -> None:
    assert " ".join(normalize(pl.Series([raw]))[0].split()) == tokens


def test_every_token_is_padded_on_both_sides() -> None:
    assert normalize(pl.Series(["a b", "", None])).to_list() == [" a  b ", "  ", None]


def test_the_trace_ends_where_the_column_path_ends() -> None:
    name = "Microsoft® Office 專業增強版 ２０１９"
    assert traced(name).key == normalize(pl.Series([name]))[0]
