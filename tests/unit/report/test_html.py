"""The page: offline, the frames' own figures, hostile names harmless, both languages, the same bytes every time."""

from __future__ import annotations

import dataclasses
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.unit.report.sample import SampleResult, sample_result

from licmatch.errors import ResultError
from licmatch.report import figures, page_data, suspects, write_html
from licmatch.report.html import render_html


class Page(HTMLParser):
    """Elements with their attributes, and the text of each script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self._stack: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._stack.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._stack.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self._stack and self._stack[-1] == "script":
            self.scripts[-1] += data
        else:
            self.texts.append(data)


def embedded(text: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def test_the_same_result_gives_the_same_bytes(result: SampleResult, tmp_path: Path) -> None:
    write_html(result, tmp_path / "a.html")
    write_html(sample_result(counties=3, units=8, devices=6), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_nothing_outside_the_file_is_referred_to(result: SampleResult) -> None:
    page = Page(render_html(result))
    for tag, attributes in page.elements:
        assert tag not in {"link", "img", "iframe", "object", "base", "embed", "form"}, tag
        assert "src" not in attributes
        assert attributes.get("href") is None or str(attributes["href"]).startswith("#")
    style = next(text for text in page.texts if ":root{" in text)
    assert "@import" not in style
    assert set(re.findall(r"url\(([^)]*)\)", style)) == {"#hatch"}


def test_hostile_names_stay_text(result: SampleResult) -> None:
    text = render_html(result)
    page = Page(text)
    assert len(page.scripts) == 2, "the data and the page's own script, no third one out of a name"
    assert not [attributes for _, attributes in page.elements if any(name.startswith("on") for name in attributes)]
    assert "<script>alert(1)" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    names = json.dumps(embedded(text), ensure_ascii=False)
    assert "</script><script>document.title='owned'</script>" in names, "what was in the inventory is shown as it is"
    assert "photo⟨U+202E⟩gpj.exe" in names
    assert "{{ 7 * 7 }}${alert(1)}" in names


def test_only_the_pages_own_script_may_run(result: SampleResult) -> None:
    from base64 import b64encode
    from hashlib import sha256

    page = Page(render_html(result))
    policy = next(str(held["content"]) for _, held in page.elements if held.get("http-equiv") == "Content-Security-Policy")
    digest = b64encode(sha256(page.scripts[1].encode("utf-8")).digest()).decode("ascii")
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_units_in_the_page_are_those_of_the_scores(result: SampleResult) -> None:
    units = {unit[0]: unit for unit in embedded(render_html(result))["units"]}
    assert units.keys() == set(result.scores["unit_id"])
    for row in result.scores.iter_rows(named=True):
        unit = units[row["unit_id"]]
        assert unit[4:7] == [row["devices"], row["in_use"], row["pirated_devices"] + row["suspected_devices"]]
        assert unit[7:12] == [row["points"], row["points_low"], row["points_high"], row["grade_low"], row["grade_high"]]
        for category, held in zip(("os", "office", "antivirus"), unit[12], strict=True):
            assert held[:6] == [row[f"{category}_{name}"] for name in figures.COUNTS]
            for rate, name in zip(held[6:], figures.RATES, strict=True):
                assert rate == pytest.approx(row[f"{category}_{name}"], abs=1e-6)


def test_children_add_up_to_their_parents_in_the_page(result: SampleResult) -> None:
    units = embedded(render_html(result))["units"]
    for at, unit in enumerate(units):
        below = [other for other in units if other[1] == at]
        if below:
            assert unit[4] == sum(other[4] for other in below)
            assert unit[6] == sum(other[6] for other in below)
            assert [cat[:5] for cat in unit[12]] == [[sum(other[12][c][n] for other in below) for n in range(5)] for c in range(3)]


def test_totals_on_top_are_the_manifests(result: SampleResult) -> None:
    text = render_html(result, lang="en")
    totals = result.manifest["totals"]
    equation = re.search(r'<div class="equation">(.*?)</div>\s*<svg', text, re.DOTALL)
    assert equation
    numbers = [int(number.replace(",", "")) for number in re.findall(r"<b>([\d,]+)</b>", equation[1])]
    assert numbers == [totals[key] for key in ("rows_in", "recognised", "ambiguous", "unknown", "rejected")]
    assert numbers[0] == sum(numbers[1:])
    assert not re.search(r"do not add up", text)


def test_rows_that_do_not_add_up_are_said(result: SampleResult) -> None:
    totals = {**result.manifest["totals"], "rows_in": result.manifest["totals"]["rows_in"] + 1}
    text = render_html(dataclasses.replace(result, manifest={**result.manifest, "totals": totals}))
    assert "The rows do not add up" in text


def test_category_counts_are_those_of_the_top_unit(result: SampleResult) -> None:
    text = render_html(result)
    top = result.scores.filter(pl.col("parent_id").is_null()).row(0, named=True)
    shown = {key: int(number.replace(",", "")) for key, number in re.findall(r'data-count="(\w+)">([\d,]+)<', text)}
    assert len(shown) == 15
    assert shown == {key: top[key] for key in shown}


def test_suspected_findings_carry_their_evidence(result: SampleResult) -> None:
    data = embedded(render_html(result))
    marked = result.findings.filter(suspects.is_suspected())
    listed = [finding for finding in data["findings"] if finding[8]]
    assert {(finding[0], finding[2]) for finding in listed} == {
        (row["device_id"], ("os", "office", "antivirus").index(row["category"])) for row in marked.iter_rows(named=True)
    }
    assert all(finding[10][0][0] == "signature" for finding in listed), "the trace comes before the name of the product"
    assert [finding[8] for finding in data["findings"]] == sorted((finding[8] for finding in data["findings"]), reverse=True)


def test_nobody_is_called_a_pirate_without_a_ruling(result: SampleResult) -> None:
    data = embedded(render_html(result))
    assert "cracked" not in data["titles"]["verdict"]
    assert data["titles"]["verdict"]["cracked_suspected"][0].startswith("疑似")
    ruled = result.findings.with_columns(official=pl.col("verdict") == "cracked")
    data = embedded(render_html(dataclasses.replace(result, findings=ruled)))
    assert "cracked_suspected" not in data["titles"]["verdict"]
    assert data["findings"][0][7] == 1, "what is ruled on comes first"


def test_both_languages_are_complete(result: SampleResult) -> None:
    text = render_html(result)
    assert text.count('class="zh"') == text.count('class="en"') > 100
    words = embedded(text)["words"]
    assert words["zh"].keys() == words["en"].keys()
    chinese = re.compile("[\u4e00-\u9fff]")
    assert not [word for word in words["en"].values() if chinese.search(word)]
    assert all(chinese.search(word) for word in words["zh"].values())
    used = set(re.findall(r'word\("(\w+)"', (Path(page_data.__file__).parent / "templates" / "report.js").read_text(encoding="utf-8")))
    assert used <= words["zh"].keys(), "every word the script asks for is there"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_opens_in_the_language_asked_for(result: SampleResult, lang: str) -> None:
    text = render_html(result, lang=lang)
    assert f'data-lang="{lang}"' in text
    assert embedded(text)["lang"] == lang


def test_long_lists_are_cut_and_say_how_much_is_left(result: SampleResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_data, "UNKNOWN_SHOWN", 10)
    monkeypatch.setattr(page_data, "FINDINGS_SHOWN", 5)
    text = render_html(result, lang="en")
    data = embedded(text)
    assert (len(data["unknown"]), len(data["findings"])) == (10, 5)
    assert f"The first 10 are listed here; {result.unknown.height - 10} more" in text
    assert f"The first 5 are listed here; {suspects.listed_findings(result).height - 5} more" in text


def test_unknown_names_that_hold_something_open_come_first(result: SampleResult) -> None:
    unknown = embedded(render_html(result))["unknown"]
    held = [row for row in unknown if row[7]]
    assert unknown[: len(held)] == held
    devices = [row[6] for row in unknown[len(held) :]]
    assert devices == sorted(devices, reverse=True)


def test_a_result_without_findings_or_unknowns_still_makes_a_page(result: SampleResult) -> None:
    bare = dataclasses.replace(
        result, findings=result.findings.clear(), installations=result.installations.clear(), unknown=result.unknown.clear(),
        rejected=result.rejected.clear(), matches=result.matches.clear(), manifest={"as_of": "2026-11-30"},
    )  # fmt: skip
    text = render_html(bare)
    assert "没有发现疑似线索。" in text
    assert "没有拒收任何行。" in text


def test_a_plugin_left_out_is_said_on_top(result: SampleResult) -> None:
    text = render_html(dataclasses.replace(result, manifest={**result.manifest, "without": ["antivirus"], "incomplete": True}))
    assert "本报告不完整" in text
    assert text.index("本报告不完整") < text.index('id="categories"')


def test_a_manifest_without_a_day_is_refused(result: SampleResult) -> None:
    manifest = {key: value for key, value in result.manifest.items() if key != "as_of"}
    with pytest.raises(ResultError, match="as_of"):
        render_html(dataclasses.replace(result, manifest=manifest))


def test_units_no_table_names_are_named_in_both_languages(result: SampleResult) -> None:
    everything = {"440800": "(all)"}
    named = result.scores.with_columns(pl.col("unit_id", "parent_id").replace(everything))
    # `merge --name` gives the node over all a name; without one it is called like its id.
    nameless = named.with_columns(name=pl.when(pl.col("unit_id") == "(all)").then(pl.lit("(all)")).otherwise("name"))
    units = [embedded(render_html(dataclasses.replace(result, scores=scores)))["units"][0][2] for scores in (nameless, named)]
    assert units == [["全部单位", "All units"], ["湛江市", "湛江市"]]


def test_rejected_rows_of_other_tables_are_told_apart(result: SampleResult) -> None:
    assert "belong to other tables" not in render_html(result)
    totals = {**result.manifest["totals"], "rejected": 1, "rows_in": result.manifest["totals"]["rows_in"] - 2}
    text = render_html(dataclasses.replace(result, manifest={**result.manifest, "totals": totals}))
    assert "2 of them belong to other tables" in text
