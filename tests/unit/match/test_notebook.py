"""What a notebook shows: the answer, in two languages, and nothing of an inventory as anything but text."""

from __future__ import annotations

from html.parser import HTMLParser

import polars as pl
import pytest

import licmatch

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)> Microsoft Office 2016 &amp; \u202e gpj.exe'


class Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, int] = {}
        self.attributes: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found[tag] = self.found.get(tag, 0) + 1
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def result():
    inventory = pl.DataFrame({"device_id": [EVIL, "pc2"], "name": [EVIL, "Windows 10 Pro"]})
    units = pl.DataFrame({"unit_id": ["u"], "name": [EVIL]})
    devices = pl.DataFrame({"device_id": [EVIL, "pc2"], "unit_id": ["u", "u"]})
    return licmatch.assess(inventory, devices=devices, units=units, as_of="2026-11-30", engine=licmatch.Engine.load())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_from_an_inventory_is_markup(engine, result, lang):
    pages = [
        engine.match_name(EVIL, publisher=EVIL, version=EVIL).as_html(lang), engine.explain(EVIL, publisher=EVIL).as_html(lang),
        result.as_html(lang),
    ]  # fmt: skip
    for page in pages:
        tags = Tags(page)
        assert set(tags.found) <= {"table", "tr", "td", "th", "bdi", "details", "summary", "pre", "p", "em", "strong"}
        assert tags.attributes <= {"style", "open"}
        assert "<script>alert(1)</script>" in tags.text


def test_a_match_shows_what_is_known_and_no_empty_line(engine):
    page = Tags(engine.match_name("Microsoft Office 专业增强版 2016").as_html())
    for told in ("office.microsoft-office-2016.professional-plus", "Professional Plus", "2016", "recognised"):
        assert told in page.text
    assert page.found["td"] == 2 * page.found["tr"]
    assert "risk" not in page.text


def test_an_explanation_holds_the_whole_text(engine):
    why = engine.explain("KMSAuto Net 2016")
    for lang in ("en", "zh"):
        assert why.as_text(lang) in Tags(why.as_html(lang)).text


def test_a_result_adds_up_and_says_that_it_is_provisional(result):
    page = Tags(result.as_html()).text
    assert "2 rows = " in page
    assert "As of 2026-11-30" in page
    assert "provisional" in page
    assert "暂定" in Tags(result.as_html("zh")).text


def test_the_language_is_that_of_the_environment(engine, monkeypatch):
    for variable in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(variable, raising=False)
    one = engine.match_name("Windows 10 Pro")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert one._repr_html_() == one.as_html("zh")
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert one._repr_html_() == one.as_html("en")


def test_a_console_gets_one_line(engine, result):
    assert repr(result) == "<Result as of 2026-11-30: rows_in=2, devices=2, units=1, installations=1>"
    assert repr(engine).startswith("<Engine of os, office, antivirus: ")
