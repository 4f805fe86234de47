from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from licmatch.demo.damage import as_ansi, as_ascii, as_mojibake, damaged
from licmatch.demo.draw import Draw

names = st.text(st.sampled_from("微信办公软件Office 2016®()专业版.x64英特尔"), min_size=1).map(str.strip).filter(bool)


@given(names, st.integers(0, 1000))
def test_a_damaged_name_differs_and_is_one_printable_line(name: str, seed: int) -> None:
    spoilt, kind = damaged(name, Draw(seed, "damage"))
    assert spoilt != name
    assert all(char.isprintable() or char in "\u00a0\u3000" for char in spoilt)
    if kind == "mojibake":
        assert spoilt.encode("latin-1") == name.encode("gbk", "replace")
    elif kind == "lossy":
        assert spoilt == as_ascii(name)
    else:
        assert unicodedata.normalize("NFKC", spoilt).split() == unicodedata.normalize("NFKC", name).split()


@given(st.text())
def test_ansi_text_survives_gbk(text: str) -> None:
    assert as_ansi(text).encode("gbk").decode("gbk") == as_ansi(text)


def test_mojibake_turns_back() -> None:
    assert as_mojibake("火绒安全软件").encode("latin-1").decode("gbk") == "火绒安全软件"
