"""The site builds without a warning and without a network, in both languages, and loads nothing from elsewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from blocks import DOCS
from tests.unit.report.chromium import Chromium

LANGUAGES = {"en": [], "zh": ["-t", "zh"]}
# What a browser fetches by itself. A link that somebody has to follow is none of these.
LOADS = {
    ("script", "src"),
    ("img", "src"),
    ("link", "href"),
    ("iframe", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("img", "srcset"),
    ("object", "data"),
}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    # A proxy nobody answers at: whatever asks the network fails.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    for language, flags in LANGUAGES.items():
        ran = subprocess.run(
            [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "-d", out / f"trees-{language}", *flags, DOCS, out / language],
            env={**os.environ, **nowhere}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
    return out


def html(site: Path, language: str) -> dict[str, str]:
    return {
        page.relative_to(site / language).as_posix(): page.read_text(encoding="utf-8") for page in sorted((site / language).rglob("*.html"))
    }


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(text)
    return parser.found


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_loaded_from_elsewhere(site, language):
    pages = html(site, language)
    assert len(pages) > 35
    remote = []
    for page, text in pages.items():
        for tag, attributes in tags(text):
            remote += [
                f"{page}: {value}" for name, value in attributes.items() if (tag, name) in LOADS and re.match(r"(https?:)?//", value or "")
            ]
        remote += [f"{page}: {found}" for found in re.findall(r"@import[^;]*|url\(['\"]?(?:https?:)?//[^)]*", text)]
    for sheet in (site / language).rglob("*.css"):
        remote += [
            f"{sheet.name}: {found}"
            for found in re.findall(r"@import[^;]*|url\(['\"]?(?:https?:)?//[^)]*", sheet.read_text(encoding="utf-8"))
        ]
    assert remote == []


@pytest.mark.slow
def test_each_page_leads_to_itself_in_the_other_language(site):
    both = [html(site, language) for language in LANGUAGES]
    assert both[0].keys() == both[1].keys()
    for language, other, pages in (("en", "zh", both[0]), ("zh", "en", both[1])):
        for page, text in pages.items():
            to = {attributes.get("href") for tag, attributes in tags(text) if tag == "a" and attributes.get("lang") == other}
            leads = {(site / language / page).parent.joinpath(each or "").resolve().relative_to(site.resolve()).as_posix() for each in to}
            assert leads == {f"{other}/{page}"}, page


@pytest.mark.slow
def test_every_link_inside_the_site_leads_to_a_page_of_it(site):
    broken = []
    for page in sorted(site.rglob("*.html")):
        for tag, attributes in tags(page.read_text(encoding="utf-8")):
            target = (attributes.get("href") or "") if tag == "a" else ""
            path = target.partition("#")[0].partition("?")[0]
            if path and not re.match(r"\w+:|//", path) and not (page.parent / path).exists():
                broken.append(f"{page.relative_to(site)}: {target}")
    assert broken == []


@pytest.mark.slow
def test_the_chinese_site_speaks_chinese(site):
    index = (site / "zh" / "index.html").read_text(encoding="utf-8")
    assert '<html class="no-js" lang="zh-CN"' in index
    for words in ("操作指南", "本页内容", "回到顶部", "搜索", "下一页"):
        assert words in index
    for words in ("On this page", "Back to top", ">Next<", ">Search<", "How to"):
        assert words not in index
    # A page that nobody translated says so, and one that was does not.
    assert "本页只有英文" in (site / "zh" / "reference" / "cli.html").read_text(encoding="utf-8")
    assert "本页只有英文" not in index


PAGES = (
    "index",
    "tutorial/library",
    "how-to/collect",
    "reference/rule_list",
    "reference/frames",
    "explanation/accuracy",
    "explanation/how_matching_decides",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("the program chromium is not installed")
    with Chromium(program, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_asks_for_nothing_else_and_no_page_is_wider_than_a_telephone(site, browser, language):
    wide = []
    browser.shaped(390, 800)
    for page in PAGES:
        browser.open((site / language / f"{page}.html").as_uri(), ready="document.readyState === 'complete'")
        if browser.run("document.documentElement.scrollWidth") > 390:
            wide.append(page)
    assert wide == []
    assert {address.partition(":")[0] for address in browser.requests} <= {"file", "data", "about"}


@pytest.mark.slow
def test_a_search_in_chinese_finds_pages(site, browser):
    browser.shaped(1280, 1000)
    browser.open((site / "zh" / "search.html").as_uri() + "?q=鉴定意见", ready="document.readyState === 'complete'")
    found = browser.wait(
        "document.querySelectorAll('#search-results li a').length > 0 && document.querySelector('#search-results').innerText"
    )
    assert "鉴定" in found


@pytest.mark.slow
def test_chinese_is_in_the_index(site):
    text = (site / "zh" / "searchindex.js").read_text(encoding="utf-8")
    terms = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))["terms"]
    assert {"盗版", "抽查", "鉴定", "licmatch"} <= terms.keys()
    assert "function splitQuery" in (site / "zh" / "_static" / "language_data.js").read_text(encoding="utf-8")
