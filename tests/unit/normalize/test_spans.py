from __future__ import annotations

import polars as pl
import pytest

from licmatch.normalize.name_steps import normalize
from licmatch.normalize.spans import places, traced


def edits(name: str, step: str) -> list[tuple[str, str, str]]:
    """Return (raw text, before, after) of what a step changed."""
    return [(name[edit.start : edit.end], edit.before, edit.after) for edit in traced(name).after(step).edits]


@pytest.mark.parametrize(
    ("name", "step", "told"),
    [
        ("Office® 2016", "drop_trademark_signs", [("®", "®", " ")]),
        ("Office(R) (TM)x", "drop_trademark_signs", [("(R)", "(R)", " "), ("(TM)", "(TM)", " ")]),
        ("A {90160000-0011-0000-0000-0000000FF1CE}", "drop_guids", [("{90160000-0011-0000-0000-0000000FF1CE}",) * 2 + (" ",)]),
        ("２０ ﾊﾟ", "fold_width", [("２", "２", "2"), ("０", "０", "0"), ("ﾊﾟ", "ﾊﾟ", "パ")]),
        ("專業版", "simplify_han", [("專", "專", "专"), ("業", "業", "业")]),
        ("a\u200bb\x00", "drop_invisible", [("\u200b", "\u200b", ""), ("\x00", "\x00", " ")]),
        ("ΟΔΟΣ", "lower_case", [("Ο", "Ο", "ο"), ("Δ", "Δ", "δ"), ("Ο", "Ο", "ο"), ("Σ", "Σ", "ς")]),
        ("Office ??? x", "mark_damage", [("???", "???", " \ufffd ")]),
        ("Anti-Virus", "join_twins", [("Anti-Virus", " anti  virus ", " antivirus ")]),
        ("Î¢ÐÅ电", "repair", []),  # half of it is in order: no exact way back
        ("Î¢ÐÅµçÄÔ°æ 8", "repair", [(a, a, b) for a, b in zip(("Î¢", "ÐÅ", "µç", "ÄÔ", "°æ"), "微信电脑版", strict=True)]),
        # Two characters in UTF-8 were read as three in GBK: their spans cannot be divided.
        (
            "閲戝北姣掗湼鐢ㄦ埛鐗堟湰",
            "repair",
            [(a, a, b) for a, b in zip(("閲戝北", "姣掗湼", "鐢ㄦ埛", "鐗堟湰"), ("金山", "毒霸", "用户", "版本"), strict=True)],
        ),
    ],
)
def test_spans_name_the_raw_characters(name: str, step: str, told: list[tuple[str, str, str]]) -> None:
    assert edits(name, step) == told


def test_origins_of_tokens_survive_all_steps() -> None:
    name = "Microsoft® Office 專業版 (x64)"
    last = traced(name).steps[-1]
    at = last.text.index("专")
    assert [name[start:end] for start, end in last.origins[at : at + 1]] == ["專"]
    at = last.text.index("office")
    assert name[slice(*last.span(at, at + 6))] == "Office"


def test_twice_misread_is_traced_through_both_rounds() -> None:
    written = "Intel® Driver"
    once = written.encode().decode("latin-1")
    name = once.encode().decode("cp1252")
    assert name != once
    (edit,) = traced(name).after("repair").edits
    assert (edit.before, edit.after) == ("Ã‚Â®", "®")


def test_an_emptied_name_is_spelt_out_of_its_own_characters() -> None:
    name = "{ABCD0000-0011-0000-0000-0000000FF1CE}"
    trace = traced(name)
    assert trace.key == normalize(pl.Series([name]))[0]
    assert trace.steps[-1].step == "spell_out"
    assert name[slice(*trace.steps[-1].origins[trace.key.index("d")])] == "D"


def test_a_pattern_bound_to_word_edges_is_found_where_it_matches() -> None:
    assert places("ab a b", r"\ba\b") == [(3, 4)]
