"""The looks that let most names pass by a step: no name that the step would change may be among them."""

from __future__ import annotations

import random
import subprocess
import unicodedata
from pathlib import Path

import opencc
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch.normalize import name_steps as steps
from licmatch.signatures.text import text_of_folded

PLANE = [chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000]
BEYOND_WORDS = (steps.mark_damage, steps.drop_invisible, steps.drop_trademark_signs, steps.drop_guids)
PIECES = st.sampled_from(
    ["(R)", "( tm )", "(c", "?", "??", "锟斤拷", "斤拷", "ï¿½", "â„¢", "Â®", "®", "\u200b", "\x07", "\ufffd",
     "{90160000-0011-0000-1000-0000000FF1CE}", "90160000-0011", "Office", "微软", "(R", " ",
      "２", "[", "】", "ｶﾞ", "é", "e\u0301", "가", "ᆨ", "か\u3099"]
)  # fmt: skip
NAMES = st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=6).map("".join))


def simplified_alone(names: pl.Series) -> pl.Series:
    """Return the names in which the look finds no character that may be traditional."""
    return names.filter(~names.str.contains(steps.traditional()))


def test_every_character_that_a_step_changes_is_found() -> None:
    alone = pl.Series(PLANE)
    plain = alone.filter(~alone.str.contains(steps._BEYOND_WORDS))
    for step in BEYOND_WORDS:
        assert step(plain).equals(plain), step.__name__
    narrow = alone.filter(~alone.str.contains(steps._MAY_FOLD))
    assert [unicodedata.normalize("NFKC", char) for char in narrow] == narrow.to_list()
    assert not set("[]{}〔〕【】〈〉《》「」『』") & set(narrow)


def test_no_two_characters_that_are_passed_by_compose() -> None:
    alone = pl.Series(PLANE)
    narrow = set(alone.filter(~alone.str.contains(steps._MAY_FOLD)))
    canonical = [unicodedata.decomposition(char).split() for char in PLANE]
    seconds = {chr(int(part, 16)) for parts in canonical if parts and not parts[0].startswith("<") for part in parts[1:]}
    jamo = {chr(code) for code in range(0x1100, 0x1200)}
    assert len(seconds) > 50
    assert not narrow & (seconds | jamo)
    assert not [char for char in narrow if unicodedata.combining(char)]


@given(st.lists(NAMES, max_size=6))
def test_names_that_are_passed_by_stay(names: list[str]) -> None:
    column = pl.Series(names, dtype=pl.String)
    plain = column.filter(~column.str.contains(steps._BEYOND_WORDS))
    for step in BEYOND_WORDS:
        assert step(plain).to_list() == plain.to_list()
    assert steps.fold_width(column).to_list() == [
        unicodedata.normalize("NFKC", name).translate(str.maketrans("[{〔【〈《「『]}〕】〉》」』", "(((((((())))))))")) for name in names
    ]
    assert text_of_folded(column).to_list() == column.str.replace_all(r"[\s·•‧∙・]+", " ").str.strip_chars().to_list()


@given(st.lists(NAMES, max_size=6))
def test_the_key_of_a_name_is_that_of_all_steps_in_a_row(names: list[str]) -> None:
    keys = steps.readable(pl.Series(names, dtype=pl.String))
    for step in (steps.mark_damage, steps.drop_invisible):
        keys = step(keys)
    seen = keys
    for step in steps.CLOSING:
        keys = step(keys)
    assert steps.normalize(pl.Series(names, dtype=pl.String)).to_list() == steps.spell_out(seen, keys).to_list()


def test_simplified_characters_stay_in_any_order() -> None:
    characters = simplified_alone(pl.Series([char for char in PLANE if "㐀" <= char <= "鿿"])).to_list()
    assert len(characters) > 6_700
    draw = random.Random(20050613)
    texts = ["".join(draw.choices(characters, k=12)) for _ in range(20_000)]
    assert steps.converter().convert("\n".join([*characters, *texts])).split("\n") == [*characters, *texts]
    traditional = ["專業版", "答覆", "深沈", "沈阳", "后来", "後來"]
    assert steps.simplify_han(pl.Series(traditional)).to_list() == ["专业版", "答复", "深沉", "沈阳", "后来", "后来"]


@pytest.mark.ci_may_skip("the program that writes a dictionary as text is not in every wheel; orders of characters are tried everywhere")
def test_no_word_of_the_dictionaries_is_passed_by(tmp_path: Path) -> None:
    home = Path(opencc.__file__).parent / "clib"
    program = home / "bin" / "opencc_dict"
    if not program.exists():
        pytest.skip(f"{program.name} is not there")
    words: list[str] = []
    for dictionary in ("TSPhrases", "TSCharacters", "TSCharactersExt", "CJK_Compatibility_Ideographs"):
        source, target = home / "share" / "opencc" / f"{dictionary}.ocd2", tmp_path / dictionary
        if source.exists():
            subprocess.run([program, "-i", source, "-o", target, "-f", "ocd2", "-t", "text"], check=True, capture_output=True)
            lines = [line.partition("\t") for line in target.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
            words += [word for word, _, meanings in lines if meanings and meanings.split(" ")[0] != word]
    assert len(words) > 4_000
    assert simplified_alone(pl.Series(words)).to_list() == []
