"""Replacing names in texts: what is found, what is left alone, and that nothing else of a text is lost."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licmatch.privacy import Key
from licmatch.privacy.scrub import Scrubber

KEY = Key(b"0f1e2d3c4b5a69788796a5b4c3d2e1f0")
NAMES = ("PC-1", "PC-10", "zhangsan", "office", "王小明", "2016", "Server-Alpha", "li")


def scrubbed(text: str) -> str:
    return Scrubber(NAMES, KEY, ["Microsoft Office", "Professional Plus"]).each([text])[text]


@pytest.mark.parametrize(
    ("text", "name"),
    [("on PC-1.", "PC-1"), ("\\\\pc-10\\share", "PC-10"), ("backup of ZhangSan (old)", "zhangsan"), ("xzhangsanx", "zhangsan"),
     ("给王小明的工具", "王小明"), ("my_server-alpha_disk", "Server-Alpha"), ("by li", "li")],
)  # fmt: skip
def test_a_name_is_found_as_a_word_and_a_long_one_anywhere(text: str, name: str) -> None:
    said = scrubbed(text)
    assert name.casefold() not in said.casefold()
    assert KEY.pseudonym(name) in said


@pytest.mark.parametrize("text", ["Microsoft Office 2016 Professional Plus", "Lighttpd", "PC-100", "", "—"])
def test_products_numbers_and_other_words_stay(text: str) -> None:
    assert scrubbed(text) == text


@given(st.lists(st.text(max_size=30), max_size=8))
@settings(max_examples=60, deadline=None)
def test_texts_without_names_are_untouched_letter_by_letter(texts: list[str]) -> None:
    column = pl.Series("text", [*texts, None], dtype=pl.String)
    assert Scrubber(["nobody-is-called-this"], KEY, []).texts(column).to_list() == column.to_list()
