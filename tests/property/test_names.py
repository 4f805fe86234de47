from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.unit.match.small import small_engine

from licmatch.normalize.name_steps import normalize
from licmatch.schema import STATUSES

WORDS = st.sampled_from(
    [
        "Microsoft",
        "Office",
        "Word",
        "2010",
        "2019",
        "专业增强版",
        "win10",
        "Update",
        "for",
        "(",
        ")",
        "Twin Guard",
        "Tails",
        "KB123",
        "杀毒",
        "x64",
        "-",
    ]
)
NAMES = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=7).map(" ".join))


@given(NAMES)
def test_normalising_again_changes_nothing(name: str) -> None:
    once = normalize(pl.Series([name], dtype=pl.String))
    assert normalize(once).to_list() == once.to_list()


@settings(deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=12))
def test_one_name_is_decided_as_in_a_column(names: list[str]) -> None:
    keys = pl.DataFrame(
        {"name": names, "publisher": [None] * len(names), "version": [None] * len(names)},
        schema=dict.fromkeys(("name", "publisher", "version"), pl.String),
    )
    together = small_engine().decide(keys)
    assert together["lm_status"].is_in(STATUSES).all()
    alone = pl.concat([small_engine().decide(keys[row : row + 1]) for row in range(len(names))])
    assert_frame_equal(together, alone)


@settings(deadline=None)
@given(NAMES)
def test_explain_agrees_with_match(name: str) -> None:
    explanation = small_engine().explain(name)
    assert explanation.match == small_engine().match_name(name)
    assert all(0 <= score <= 1 for _, score, _ in explanation.others)
    winner = small_engine().decision(name).winner
    assert winner is None or 0 <= winner.score <= 1
    assert explanation.as_text("zh")
    assert explanation.as_text("en")
