"""The page in a real browser, offline: opened, drilled down to the evidence of computers, searched, sorted, turned over, printed."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.unit.report.chromium import Chromium
from tests.unit.report.sample import SampleResult

from licmatch.messages import message
from licmatch.report import device_blocks
from licmatch.report.findings_told import with_evidence
from licmatch.report.html import render_html
from licmatch.report.suspects import is_suspected
from licmatch.report.wording import code_title, shown, verdict_key

READY = "document.documentElement.dataset.ready !== undefined"
CATEGORIES = ("os", "office", "antivirus")
BOARD = [
    {"unit": "440802", "milestone": "M1", "title_zh": "成立领导小组", "title_en": "Group established", "due": "2026-06-30", "done_on": None,
     "status": status, "days_late": 153, "blocked_by": ["M0"], "who": "<b>张三</b>"}
    for status in ("done", "done_late", "late", "missing", "due_soon", "not_due")
]  # fmt: skip
HERE = Path(__file__).parent
DRILL = (HERE / "drill.js").read_text(encoding="utf-8")
CONTRAST = (HERE / "contrast.js").read_text(encoding="utf-8")
HEADS = "th,h2,h3,h4,dt,button:not(.link),option,label,.lead,summary .badge"
TEXTS = """(css) => [...document.querySelectorAll(css)].filter((node) => node.checkVisibility()).map((node) => node.innerText)"""
SPOKEN = "[...document.querySelectorAll(':is(#categories, #overview) svg[role=img]')].map((node) => node.getAttribute('aria-label'))"
DEVICES = "[...document.querySelectorAll('#ranking tbody tr')].map((row) => Number(row.cells[1].textContent))"
SEARCH = """(text) => {
  const input = document.querySelector('#suspects input');
  input.value = text;
  input.dispatchEvent(new Event('input'));
}"""
NAMELESS = """[...document.querySelectorAll("button,a,input,select,summary,svg[role=img],[role=link],table.stack")]
  .filter((node) => !(node.getAttribute("aria-label") || node.textContent || "").trim()).map((node) => node.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def page(result: SampleResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        # Several blocks, as a real city has them.
        patch.setattr(device_blocks, "DEVICES_IN_BLOCK", 30)
        path = tmp_path_factory.mktemp("page") / "report.html"
        scores = result.scores.with_columns(
            *(pl.lit(value).alias(f"{code}{end}") for code in ("thorough", "exact", "strict")
              for end, value in (("", 0.5), ("_low", 0.25), ("_high", 0.75))), accepted=pl.lit(False),
        )  # fmt: skip
        whole = SampleResult(**{**vars(result), "scores": scores})
        path.write_text(render_html(whole, board=BOARD), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser(page: Path, tmp_path_factory: pytest.TempPathFactory, chromium: str) -> Iterator[Chromium]:
    with Chromium(chromium, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def opened(browser: Chromium, page: Path) -> Chromium:
    browser.shaped(1280, 1000)
    browser.open("about:blank")
    browser.open(page.as_uri(), ready=READY)
    assert not browser.faults, browser.faults
    return browser


def titled(kind: str, code: str | None, lang: str) -> str:
    return "—" if code is None else code_title(kind, code).in_(lang)


def test_it_opens_offline_and_draws_every_part(opened: Chromium) -> None:
    for part in ("explorer", "ranking", "suspects", "position", "queue", "rulings-queue", "board"):
        opened.wait(f"document.querySelectorAll('#{part} table, #{part} details').length", 20)
    assert all(address.startswith(("file:", "about:")) for address in opened.requests), "the page asks nobody for anything"
    assert len(opened.requests) == 1
    assert opened.run("document.title") == "软件正版化评估报告 · 湛江市", "no name in the inventory may change the title"
    assert opened.run("document.querySelectorAll('img').length") == 0
    assert opened.run("document.querySelectorAll('[data-bar]').length") == 3, "the plan's three bars stand on page one"
    assert "<b>张三</b>" in opened.run("document.getElementById('board').textContent")


def test_fifty_computers_lead_to_the_evidence_of_their_findings(opened: Chromium, result: SampleResult) -> None:
    scores = result.scores.sort("level", "parent_id", "unit_id")
    place = {unit: at for at, unit in enumerate(scores["unit_id"])}
    parent = dict(scores.select("unit_id", "parent_id").iter_rows())
    devices = result.findings.select("device_id", "unit_id").unique().sort("device_id").rows()
    for device, unit in random.Random(20050613).sample(devices, 50):
        way = [unit]
        while parent[way[0]] is not None:
            way.insert(0, parent[way[0]])
        shown_there = opened.run(f"{DRILL}({json.dumps([[place[one] for one in way], device])})")
        held = result.findings.filter(pl.col("device_id") == device)
        wanted = [told(row) for row in with_evidence(result, held).iter_rows(named=True)]
        assert shown_there == sorted(wanted, key=lambda one: [titled_category(key) for key in CATEGORIES].index(one["category"])), device
    assert not opened.faults


def titled_category(key: str) -> str:
    return {"os": "操作系统", "office": "办公软件", "antivirus": "杀毒软件"}[key]


def told(row: dict[str, Any]) -> dict[str, Any]:
    """A finding as a reader of the Chinese page sees it."""
    verdict = titled("verdict", verdict_key(row["verdict"], row["official"]), "zh")
    settled = "report.js_official" if row["official"] else "report.js_provisional"
    return {
        "category": titled_category(row["category"]),
        "facts": [shown(row["products"], 200) or "—", f"{verdict} · {message(settled, 'zh')}", f"{row['confidence']:.2f}"],
        "evidence": [
            [titled("kind", fact["kind"], "zh"), shown(fact["text"], 200), shown(fact["rule_id"], 200),
             f"{titled('source', fact['source'], 'zh')} · 第 {fact['row']} 行", f"{fact['weight']:.2f}"]
            for fact in row["evidence"] or []
        ],
    }  # fmt: skip


def test_a_link_leads_down_to_a_unit(opened: Chromium, result: SampleResult) -> None:
    opened.run("location.hash = '#u5'")
    unit = result.scores.sort("level", "parent_id", "unit_id").row(5, named=True)
    assert opened.wait("document.querySelector('#explorer [aria-current]')?.textContent").startswith(unit["name"][:6])
    facts = opened.run("[...document.querySelectorAll('#explorer dl.facts dd')].map((dd) => dd.textContent)")
    assert f"{unit['devices']:,}" in facts


def test_the_treemap_is_a_way_down_for_the_keyboard_too(opened: Chromium) -> None:
    tiles = opened.run("[...document.querySelectorAll('.tile')].map((tile) => [tile.getAttribute('aria-label'), tile.tabIndex])")
    assert len(tiles) == 3
    assert all(tab == 0 for _, tab in tiles)
    opened.run("document.querySelector('.tile').focus()")
    for kind in ("keyDown", "keyUp"):
        opened.send("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    name = tiles[0][0].partition(":")[0]
    opened.wait(f"document.querySelector('#explorer [aria-current]')?.textContent === {json.dumps(name)}")
    assert opened.run("document.activeElement.textContent") == name, "the keyboard goes on from there"


def test_searching_finds_names_products_and_evidence(opened: Chromium, result: SampleResult) -> None:
    marked = result.findings.filter(is_suspected())
    pieces = with_evidence(result, marked).filter(
        pl.col("evidence").list.eval(pl.element().struct.field("text").str.contains("HEU KMS")).list.any()
    )
    for wanted, n in (("heu kms", pieces.height), ("heu KMS activator PC-", pieces.height), ("no such thing", 0)):
        opened.run(f"({SEARCH})({json.dumps(wanted)})")
        if n:
            opened.wait(f"document.querySelector('#suspects .pager')?.textContent.includes('共 {n}')", 20)
        else:
            opened.wait("document.querySelector('#suspects').textContent.includes('没有符合')", 20)


def test_sorting_a_table_turns_it_round(opened: Chromium) -> None:
    opened.run("document.querySelectorAll('#ranking th button')[1].click()")
    assert opened.run(DEVICES) == sorted(opened.run(DEVICES), reverse=True)
    assert opened.run("document.activeElement.textContent") == "设备", "the keyboard stays where it was"
    opened.run("document.querySelectorAll('#ranking th button')[1].click()")
    assert opened.run(DEVICES) == sorted(opened.run(DEVICES))
    assert opened.run("document.querySelectorAll('#ranking th')[1].getAttribute('aria-sort')") == "ascending"


def test_turning_to_english_leaves_no_chinese_but_names(opened: Chromium) -> None:
    opened.run("document.getElementById('switch-language').click()")
    opened.wait("document.querySelectorAll('#suspects details').length && document.querySelectorAll('#position table').length")
    assert opened.run("document.documentElement.lang") == "en"
    heads = opened.run(f"({TEXTS})({json.dumps(HEADS)})")
    chinese = [head for head in heads if re.search("[\u4e00-\u9fff]", head)]
    assert len(heads) > 100
    assert not [head for head in chinese if head != "中文" and not re.search("[区县市局府馆]", head)]
    labels = opened.run(SPOKEN)
    assert labels
    assert not [label for label in labels if re.search("[\u4e00-\u9fff]", label)], "what a screen reader says turns over as well"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_reads_and_speaks(opened: Chromium, width: int, dark: bool) -> None:
    opened.shaped(width, 1000, dark=dark)
    opened.wait("document.querySelectorAll('#suspects summary').length")
    opened.run("document.querySelector('#suspects summary').click()")
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert opened.run(over) <= 0, "nothing runs over the edge"
    contrast = opened.run(CONTRAST)
    assert contrast["seen"] > 300
    assert contrast["weak"] == []
    assert opened.run(NAMELESS) == [], "whatever can be reached has a name"
    opened.run("document.getElementById('switch-language').click()")
    opened.wait("document.querySelectorAll('#suspects summary').length && document.querySelectorAll('#board td').length")
    assert opened.run(over) <= 0, "nor in English"
    opened.run("document.querySelector('a.skip').focus()")
    assert opened.run("document.querySelector('a.skip').getBoundingClientRect().left >= 0"), "it shows when the keyboard comes to it"


def test_it_prints_on_a4_with_its_evidence(opened: Chromium, tmp_path: Path, needs_tool: Callable[[str], str]) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(opened.printed())
    info = subprocess.run([needs_tool("pdfinfo"), str(pdf)], capture_output=True, check=True, text=True).stdout
    assert "A4" in info
    text = subprocess.run([needs_tool("pdftotext"), "-layout", str(pdf), "-"], capture_output=True, check=True).stdout.decode("utf-8")
    for said in ("湛江市", "综合得分", "严格验收", "许可盘点", "等待裁定", "工作进度", "成立领导小组", "SIG-"):
        assert said in text, said
    assert "打印" not in text, "buttons are not for paper"


def test_a_page_of_sums_alone_opens_and_says_where_the_rest_is(browser: Chromium, result: SampleResult, tmp_path: Path) -> None:
    cleared = {name: getattr(result, name).clear() for name in ("findings", "installations", "matches", "unknown", "rejected", "position")}
    path = tmp_path / "sums.html"
    path.write_text(render_html(SampleResult(**{**vars(result), **cleared}), lang="en"), encoding="utf-8")
    browser.open("about:blank")
    browser.open(path.as_uri(), ready=READY)
    assert "This result holds sums only" in browser.wait("document.querySelector('#explorer .long')?.textContent")
    assert browser.run("document.querySelectorAll('#ranking tbody tr').length") > 0
    assert not browser.faults


def test_a_browser_that_cannot_unpack_says_so(browser: Chromium, page: Path) -> None:
    old = browser.send("Page.addScriptToEvaluateOnNewDocument", source="delete globalThis.DecompressionStream")
    try:
        browser.open("about:blank")
        browser.open(page.as_uri(), ready=READY)
        for part in ("suspects", "queue"):
            assert "DecompressionStream" not in browser.run(f"document.getElementById('{part}').textContent")
            assert "此浏览器无法解开" in browser.run(f"document.getElementById('{part}').textContent")
        assert browser.run("document.querySelectorAll('#ranking tbody tr').length") > 0, "units and their scores need nothing unpacked"
        assert not browser.faults
    finally:
        browser.send("Page.removeScriptToEvaluateOnNewDocument", identifier=old["identifier"])
