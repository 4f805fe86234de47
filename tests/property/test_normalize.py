"""What holds for every name, however hostile: keys, spans, fields, and the doors that take single strings."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.match.small import small_engine

from licmatch.match.examples import read_examples
from licmatch.normalize import FIELDS, normalize, read_fields, traced
from licmatch.normalize.fields import locate_fields
from licmatch.normalize.name_steps import MAX_CHARACTERS, well_formed

CATALOGS = Path(__file__).parents[2] / "catalogs" / "licmatch_catalogs"
PIECES = st.sampled_from(
    [
        "Microsoft", "Office", "®", "(R)", "™", "專業增強版", "２０１９", "ﾊﾟｿｺﾝ", "x64", "64-bit", "- zh-CN",
        "en-us", "SP1", "Service Pack 2", "KB5012170", "v3.1", "Build 22631", "21H2",
        "(C:\\Program Files (x86)\\A)", "{90160000-0011-0000-0000-0000000FF1CE}", "anti-virus",
        "Î¢ÐÅµçÄÔ°æ", "閲戝北姣掗湼", "Größe", "????", "锟斤拷", "\ufffd", "?", "\u200f", "\u202e", "\x00",
        "\u200b", "e\u0301", "ΟΔΟΣ", "İ", "ﷺ", "👍", "\ufdd0", "\ufdd1", "(", ")", " ", "\u3000", "-",
        "★", "Ã¢â€žÂ¢", "Â\xad", "MSI", "remove only",
    ]
)  # fmt: skip
NAMES = st.one_of(
    st.text(max_size=40),
    st.lists(PIECES, max_size=8).map("".join),
    st.lists(PIECES, max_size=8).map(" ".join),
    st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=6).map("".join),
)
# Lone surrogates too: they cannot stand in a column, but anybody may hand one over.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
HOSTILE = [
    "\u200b" * 1500 + "x", "a" * (1 << 20), "安全" * (1 << 18), "1." * 4000, "win7" * 3000, "®" * 2000, "ﷺ" * 900,
    " " * 5000 + "★", "Ã©" * 9000,
]  # fmt: skip


def key_of(name: str) -> str:
    return str(normalize(pl.Series([name], dtype=pl.String))[0])


def seen(name: str) -> bool:
    return any(unicodedata.category(char)[0] not in "CZ" and char not in "\u115f\u1160\u3164\uffa0" for char in name)


def check_trace(name: str) -> None:
    """The trace ends in the key, and every step undone, one by one, gives the raw name back."""
    trace = traced(name)
    assert trace.key == key_of(well_formed(name))
    text = trace.key
    for step in reversed(trace.steps):
        assert step.text == text
        assert len(step.origins) == len(text)
        assert all(0 <= start <= end <= len(trace.raw) for start, end in step.origins)
        assert all(0 <= edit.start <= edit.end <= len(trace.raw) for edit in step.edits)
        assert all(one.end <= other.start for one, other in zip(step.edits, step.edits[1:], strict=False))
        assert all(one.at + len(one.before) <= other.at for one, other in zip(step.edits, step.edits[1:], strict=False))
        text = step.text_before()
    assert text == trace.raw == well_formed(name)


@given(NAMES)
def test_a_key_is_its_own_key(name: str) -> None:
    assert key_of(key_of(name)) == key_of(name)


@given(NAMES)
def test_what_can_be_seen_keeps_a_key(name: str) -> None:
    assert bool(key_of(name).strip()) or not seen(name)


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: f"{name[:4]!a}x{len(name)}")
def test_hostile_lengths(name: str) -> None:
    key = key_of(name)
    assert key.strip()
    assert len(key) <= MAX_CHARACTERS
    assert key_of(key) == key
    check_trace(name)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.one_of(NAMES, st.none()), max_size=6))
def test_one_row_is_as_a_million(names: list[str | None]) -> None:
    column = pl.Series(names, dtype=pl.String)
    assert normalize(column).to_list() == [normalize(pl.Series([name], dtype=pl.String))[0] for name in names]
    fields = read_fields(column)
    assert fields.rows() == [read_fields(pl.Series([name], dtype=pl.String)).row(0) for name in names]


@settings(deadline=None)
@given(st.one_of(NAMES, ANY_TEXT))
def test_a_trace_replays_and_undoes(name: str) -> None:
    check_trace(name)


@settings(deadline=None)
@given(NAMES)
def test_located_fields_are_the_columns(name: str) -> None:
    row = read_fields(pl.Series([name], dtype=pl.String)).row(0, named=True)
    located = locate_fields(traced(name))
    assert {field: [one.value for one in located if one.field == field] for field in FIELDS} == {field: row[field] for field in FIELDS}
    assert all(0 <= one.start < one.end <= len(name) for one in located)


@settings(deadline=None, max_examples=60)
@given(ANY_TEXT, ANY_TEXT)
def test_no_text_makes_a_door_raise(name: str, publisher: str) -> None:
    engine = small_engine()
    explanation = engine.explain(name, publisher=publisher, version=name)
    assert explanation.match == engine.match_name(name, publisher=publisher, version=name)
    assert explanation.as_text("en").encode()


def examples() -> list[str]:
    return sorted({example.raw for example in read_examples([CATALOGS / category for category in ("os", "office", "antivirus")])})


def test_every_twentieth_catalog_example_is_replayed() -> None:
    for name in examples()[::20]:
        check_trace(name)


@pytest.mark.slow
def test_every_catalog_example_is_replayed() -> None:
    for name in examples():
        check_trace(name)
