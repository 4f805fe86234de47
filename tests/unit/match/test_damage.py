from __future__ import annotations

import polars as pl
import pytest

from licmatch.match import Engine


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(
    ("raw", "publisher", "identity", "edition"),
    [
        ("Microsoft Office ???? 2016", None, "office.microsoft-office-2016", None),
        ("Microsoft Office \ufffd\ufffd\ufffd 2016", None, "office.microsoft-office-2016", None),
        ("Microsoft Office 锟斤拷锟斤拷 2016", None, "office.microsoft-office-2016", None),
        ("Microsoft Windows 10 ???", None, "os.windows-10", None),
        # Professional is told, but "Plus" may be lost with the rest.
        ("Microsoft Office Professional ?? 2016", None, "office.microsoft-office-2016", None),
        # A code is untouched by what happened to the letters.
        ("???? {90160000-0011-0000-1000-0000000FF1CE}", None, "office.microsoft-office-2016.professional-plus", "Professional Plus"),
    ],
)
def test_what_is_left_answers_as_far_as_it_goes(
    engine: Engine, raw: str, publisher: str | None, identity: str, edition: str | None
) -> None:
    match = engine.match_name(raw, publisher=publisher)
    assert (match.status, match.product_id, match.edition) == ("recognised", identity, edition)


@pytest.mark.parametrize(
    ("raw", "publisher"),
    [
        ("?? Office 2016", None),  # 永中 Office is another maker's
        ("Office 2016 ????", None),
        ("Windows 10 ????", None),  # a tuning tool names its host first
        ("WPS ???", None),
        ("??? 2016", "Microsoft Corporation"),
        ("ESET ??????", "ESET, spol. s r.o."),
        ("UOS ????", None),
        ("????", None),
    ],
)
def test_no_guess_where_a_lost_word_decides(engine: Engine, raw: str, publisher: str | None) -> None:
    assert engine.match_name(raw, publisher=publisher).status != "recognised"


def test_the_publisher_still_names_the_maker(engine: Engine) -> None:
    assert engine.match_name("??? 2016", publisher="Microsoft Corporation").vendor == "Microsoft"


def test_a_damaged_publisher_is_no_other_publisher(engine: Engine) -> None:
    names = ("Microsoft Office 2016", "McAfee Total Protection")
    for name in names:
        assert engine.match_name(name, publisher="????????").score == engine.match_name(name).score


def test_damage_takes_weight_off_and_is_told(engine: Engine) -> None:
    damaged, whole = (engine.match_name(f"Microsoft Office {middle}2016") for middle in ("???? ", ""))
    assert damaged.score is not None
    assert whole.score is not None
    assert damaged.score < whole.score
    shown = engine.explain("Microsoft Office ???? 2016").as_text("en")
    assert "damaged: characters were lost here" in shown
    assert "damaged: words may be lost -0.20" in shown


def test_what_a_lost_word_may_make_of_it_is_told(engine: Engine) -> None:
    explanation = engine.explain("ESET ??????", publisher="ESET")
    assert explanation.match.status == "ambiguous"
    assert any("a lost word may make it" in line for _, _, why in explanation.others for line in why)


def test_a_damaged_name_holds_its_category_open(engine: Engine) -> None:
    keys = pl.DataFrame({"name": ["Windows 10 ????", "?? Office 2016", "????"], "publisher": [None] * 3, "version": [None] * 3})
    assert engine.decide(keys)["witness"].to_list() == ["os", "office", None]


def test_a_question_is_no_damage(engine: Engine) -> None:
    assert engine.match_name("Windows? 7 Professional", publisher="Microsoft").product_id == "os.windows-7.professional"
