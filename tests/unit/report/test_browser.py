"""The page in a real browser, offline: its script runs, drills down, and nothing runs out of a name or over the edge."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest
from tests.unit.report.sample import SampleResult

from licmatch.report.html import render_html

_MEASURE = """<script>
  document.documentElement.dataset.over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
</script></body>"""


@pytest.fixture(scope="module")
def dom(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    folder = tmp_path_factory.mktemp("browser")

    def load(chromium: str, text: str, fragment: str = "", width: int = 1280) -> str:
        page = folder / "report.html"
        page.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", f"--window-size={width},1200",
             "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}", "--dump-dom", f"{page.as_uri()}{fragment}"],
            capture_output=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout.decode("utf-8")

    return load


def test_the_script_draws_every_part(result: SampleResult, dom: Callable[..., str], needs_tool: Callable[[str], str]) -> None:
    shown = dom(needs_tool("chromium"), render_html(result))
    for part in ("explorer", "ranking", "suspects", "queue"):
        assert re.search(rf'<div id="{part}">\s*<', shown), f"{part} is empty"
    assert "<title>软件正版化评估报告 · 湛江市</title>" in shown, "no name in the inventory may change the title"
    assert "<img" not in shown


def test_a_link_leads_down_to_a_unit(result: SampleResult, dom: Callable[..., str], needs_tool: Callable[[str], str]) -> None:
    shown = dom(needs_tool("chromium"), render_html(result, lang="en"), "#u5")
    explorer = re.search(r'<div id="explorer">(.*?)<section id="worst"', shown, re.DOTALL)
    assert explorer
    crumbs = re.search(r'aria-current="page">([^<]*)<', explorer[1])
    assert crumbs
    unit = result.scores.sort("level", "parent_id", "unit_id").row(5, named=True)
    assert crumbs[1].startswith(unit["name"][:6])
    assert f"<dt>Devices</dt><dd>{unit['devices']}</dd>" in explorer[1]


@pytest.mark.parametrize("width", [1280, 520])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_runs_over_the_edge(
    result: SampleResult, dom: Callable[..., str], needs_tool: Callable[[str], str], lang: str, width: int
) -> None:
    # The measuring script is ours, so the page's own rule against foreign scripts has to go for this one test.
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", render_html(result, lang=lang)).replace("</body>", _MEASURE)
    over = re.search(r'data-over="(-?\d+)"', dom(needs_tool("chromium"), text, width=width))
    assert over
    assert int(over[1]) <= 0
