from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licmatch.catalog.lexicon import IdentifierRecord
from licmatch.match import Engine
from licmatch.match.identifiers import Identifiers, spellings, unpacked

PRO_PLUS_2016 = "office.microsoft-office-2016.professional-plus"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(
    ("raw", "identity", "method"),
    [
        ("{90160000-0011-0000-1000-0000000FF1CE}", PRO_PLUS_2016, "identifier"),  # MSI product code
        ("{90160000-0011-0000-0000-0000000FF1CE}", PRO_PLUS_2016, "identifier"),  # the same of 32 bits
        ("90160000-0011-0000-1000-0000000ff1ce", PRO_PLUS_2016, "identifier"),  # without braces
        ("00006109110000000100000000F01FEC", PRO_PLUS_2016, "identifier"),  # as the registry packs it
        ("{90140000-0012-0000-0000-0000000FF1CE}", "office.microsoft-office-2010.standard", "identifier"),
        ("ProPlus2019Retail", "office.microsoft-office-2019.professional-plus", "identifier"),  # Click-to-Run
        ("ProPlus2019Retail - zh-cn", "office.microsoft-office-2019.professional-plus", "identifier"),
        ("O365ProPlusRetail", "office.microsoft-365.apps-for-enterprise", "identifier"),
        ("cn.wps.wps-office-pro", "office.wps-office.professional", "identifier"),  # UOS, Kylin
        ("wps-office", "office.wps-office", "identifier"),  # dpkg
        ("wps-office:amd64", "office.wps-office", "identifier"),
        ("almalinux-release-9.3-1.el9.x86_64", "os.almalinux", "identifier"),  # rpm -qa
        ("com.kingsoft.wpsoffice.mac", "office.wps-office", "identifier"),  # macOS bundle
        ("org.libreoffice.script", "office.libreoffice", "identifier"),
        ("com.apple.iWork.Pages", "office.iwork-pages", "identifier"),
        ("com.microsoft.Word", "office.microsoft-word", "composed"),
        ("Kingsoft.WPSOffice", "office.wps-office", "composed"),  # winget
        ("TheDocumentFoundation.LibreOffice", "office.libreoffice", "composed"),
        ("ONLYOFFICE.DesktopEditors", "office.onlyoffice-desktop-editors", "exact"),
        ("Huorong.Sysdiag", "antivirus.huorong-internet-security", "exact"),
    ],
)
def test_each_kind_of_identifier_through_the_engine(engine: Engine, raw: str, identity: str, method: str) -> None:
    match = engine.match_name(raw)
    assert (match.product_id, match.method) == (identity, method)


@pytest.mark.parametrize(
    "raw",
    [
        "{90160000-0011-0000-1000-0000000FF1CF}",  # one sign off
        "{12345678-0011-0000-1000-000000000000}",
        "ffffffffffffffffffffffffffffffff",
        "x-wps-office:amd64",
        "{90160000-0011-0000-1000-0000000FF1CE}_{12345678-0011-0000-1000-000000000000}",  # a patch of it
    ],
)
def test_what_only_looks_like_one(engine: Engine, raw: str) -> None:
    assert engine.match_name(raw).method != "identifier"


def test_a_code_inside_a_name_speaks_only_where_its_words_do_not(engine: Engine) -> None:
    assert engine.match_name("安装包 {90160000-0011-0000-1000-0000000FF1CE}").product_id == PRO_PLUS_2016
    assert engine.match_name("LibreOffice 7.3 {90160000-0011-0000-1000-0000000FF1CE}").family == "LibreOffice"


def test_a_product_code_column_answers_for_names_that_do_not(engine: Engine) -> None:
    code = "{90160000-0011-0000-1000-0000000FF1CE}"
    frame = pl.DataFrame(
        {
            "name": ["????", "Foo Bar", "Microsoft Office 2010", "KMSpico", "Foo Bar", None],
            "product_code": [code, "org.libreoffice.script", code, code, None, code],
        }
    )
    matched = engine.match(frame)
    assert matched.columns[:2] == frame.columns
    assert matched["lm_product_id"].to_list() == [
        PRO_PLUS_2016, "office.libreoffice", "office.microsoft-office-2010", engine.match_name("KMSpico").product_id, None, PRO_PLUS_2016,
    ]  # fmt: skip
    assert engine.match(frame.lazy()).collect().equals(matched)
    assert engine.match(frame.rename({"product_code": "IdentifyingNumber"}))["lm_product_id"][0] is None
    assert engine.match(frame.rename({"product_code": "guid"}), product_code="guid")["lm_product_id"][0] == PRO_PLUS_2016


def test_spellings_and_holes() -> None:
    assert unpacked("00006109110000000100000000f01fec") == "{90160000-0011-0000-1000-0000000ff1ce}"
    assert list(spellings("foo_1.2.3_x64__8wekyb3d8bbwe")) == ["foo_1.2.3_x64__8wekyb3d8bbwe", "foo"]
    record = IdentifierRecord(0, None, None, None, None)
    identifiers = Identifiers({"a?c": record, "x": record})
    names = pl.Series(["ABC", "abd", "x", " X ", None, ""])
    assert identifiers.flags(names).to_list() == [True, False, True, True, False, False]
    assert Identifiers({}).flags(names).to_list() == [False] * 6


_VALUES = ["wps-office", "kingsoft internet security", "{90160000-0011-0000-1000-0000000ff1ce}", "00006109110000000100000000f01fec"]
_MASKED = ["{?0160000-0011-0000-?000-0000000ff1ce}", "proplus2019retail - ??-??"]
_RECORD = IdentifierRecord(0, None, None, None, None)
WRAPS = st.sampled_from(
    [
        *["{}", " {}\t", "{}:amd64", "{}-1.2 x-3.x86_64", "{}_1.2_x64__abcdefghijklm", "an {} inside"],
        *["\u3000{}", "{} - zh-cn", "{}\u00a0", "x{}", "{}.i686 "],
    ]
)
_MORE = ["{a0160000-0011-0000-1000-0000000ff1ce}", "ProPlus2019Retail - en-us", "Office 2016", "İ", "wps-office "]
GIVEN_VALUES = st.sampled_from([*_VALUES, *_MORE])


@given(st.lists(st.tuples(GIVEN_VALUES, WRAPS, st.booleans()), max_size=6))
def test_a_column_tells_of_each_name_what_is_told_of_it_alone(asked: list[tuple[str, str, bool]]) -> None:
    identifiers = Identifiers(dict.fromkeys([*_VALUES, *_MASKED], _RECORD))
    names = [wrap.replace("{}", value.upper() if upper else value) for value, wrap, upper in asked]
    assert identifiers.flags(pl.Series(names, dtype=pl.String)).to_list() == [identifiers.holds(name) for name in names]
