from __future__ import annotations

import pytest
from tests.unit.match.small import small_engine

OFFICE_2019 = "office.microsoft-office-2019.professional-plus"


@pytest.mark.parametrize(
    ("raw", "publisher", "expected"),
    [
        ("Microsoft Office 专业增强版 2019 - zh-cn", "Microsoft Corporation", OFFICE_2019),
        ("Microsoft® Office Professional Plus 2019", None, OFFICE_2019),
        ("ＭＳ　Office２０１９专业增强版", None, OFFICE_2019),
        ("office2010", None, "office.microsoft-office-2010"),
        ("Microsoft Office Home and Student 2010", None, "office.microsoft-office-2010.home-and-student"),
        ("Microsoft Office 小型企业版 2019", None, "office.microsoft-office-2019.home-and-business"),
        ("Microsoft Office 小型企业版 2007", None, "office.microsoft-office-2007.small-business"),
        ("Microsoft Office Word 2010", None, "office.microsoft-word-2010"),
        ("WIN10专业版", None, "os.windows-10.pro"),
        ("{90160000-0011-0000-1000-0000000FF1CE}", None, "office.microsoft-office-2016.professional-plus"),
        ("Tails 5.1", None, "os.tails-5-1"),
    ],
)
def test_names_nobody_wrote_down_are_composed(raw: str, publisher: str | None, expected: str) -> None:
    assert small_engine().match_name(raw, publisher=publisher).product_id == expected


@pytest.mark.parametrize(
    ("raw", "publisher"),
    [
        ("Office Tab Enterprise", None),
        ("Office", None),
        ("Office", "Contoso"),
        ("Sonic Tails", None),
        ("Visual Studio Tools for Office", None),
        ("Office Supplies Catalog 2016 Buyer", None),
        ("", None),
        ("***", None),
        ("Word Search Puzzle", None),
    ],
)
def test_a_name_without_its_witness_or_with_words_left_over_stays_unknown(raw: str, publisher: str | None) -> None:
    assert small_engine().match_name(raw, publisher=publisher).status == "unknown"


def test_companions_are_recognised_as_what_they_are() -> None:
    engine = small_engine()
    assert engine.match_name("Security Update for Microsoft Office 2010 (KB2553065) 32-Bit Edition").role == "update"
    assert engine.match_name("Microsoft Office Proofing (Chinese (Simplified)) 2007").role == "language_pack"
    assert engine.match_name("Service Pack 2 for Microsoft Office 2010").role == "update"
    assert engine.match_name("Microsoft Office 2010 Service Pack 2").role == "product"
    assert engine.match_name("Office 16 Click-to-Run Extensibility Component").role == "component"


def test_a_build_number_overrules_the_name() -> None:
    engine = small_engine()
    assert engine.match_name("Windows 10 Pro", version="10.0.22631").product_id == "os.windows-11.pro"
    assert engine.match_name("Windows 10 Pro", version="10.0.19045").product_id == "os.windows-10.pro"
    assert engine.match_name("Windows 10 Pro", version="22H2").product_id == "os.windows-10.pro"


def test_two_products_of_one_name_are_ambiguous_until_the_publisher_tells() -> None:
    engine = small_engine()
    alone = engine.match_name("Twin Guard")
    assert (alone.status, alone.product_id) == ("ambiguous", None)
    assert engine.match_name("Twin Guard", publisher="Kingsoft Corp.").product_id == "os.twin-b"
    # Of two makers in one publisher the first one is it.
    assert engine.match_name("Twin Guard", publisher="Kingsoft, a partner of Microsoft").product_id == "os.twin-b"
    assert engine.match_name("Twin Guard", publisher="Microsoft, a partner of Kingsoft").product_id == "os.twin-a"


def test_a_name_known_from_memory_never_scores_high() -> None:
    found = small_engine().match_name("Remembered Thing", publisher="Kingsoft")
    assert found.product_id == "os.twin-b"
    assert found.score is not None
    assert found.score <= 0.80


def test_explain_tells_winner_runner_up_and_reasons_in_both_languages() -> None:
    explanation = small_engine().explain("Microsoft Office Word 2010")
    assert explanation.match.product_id == "office.microsoft-word-2010"
    assert explanation.runner_up is not None
    assert explanation.runner_up[0] == "office.microsoft-office"
    assert explanation.runner_up[2]
    assert "次位" in explanation.as_text("zh")
    assert "runner-up" in explanation.as_text("en")
    assert explanation.as_dict()["match"]["product_id"] == "office.microsoft-word-2010"


def test_one_familys_own_words_hide_nobody_elses() -> None:
    # "standard home" is an edition word of Twin B only; for Office it falls apart into words everybody knows.
    assert small_engine().match_name("Microsoft Office 2010 thin standard").product_id == "office.microsoft-office-2010.standard"


def test_numbers_of_a_library_and_epochs_are_no_release() -> None:
    engine = small_engine()
    assert engine.match_name("Tails", version="4:7.4.7-1").product_id == "os.tails"
    assert engine.match_name("Office 16 Click-to-Run Extensibility Component 3.1").release in (None, "2016")


def test_what_two_likely_answers_agree_on_is_told() -> None:
    engine = small_engine()
    assert engine.decision("Twin Guard").category == "os"
    margins = [engine.decision(name).margin for name in ("Microsoft Office Word 2010", "Windows 10 Pro", "Microsoft Office Std 2010")]
    assert [margin for margin in margins if margin is not None and round(margin, 4) != margin] == []
