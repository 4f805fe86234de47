"""Every finding and its evidence travel in the page; what does not fit is left out by urgency, counted, and said."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from typing import Any

import polars as pl
import pytest
from tests.unit.report.page_reader import Packed
from tests.unit.report.sample import SampleResult

from licmatch.report import device_blocks, html
from licmatch.report.block_segments import KINDS, SEGMENTS
from licmatch.report.findings_told import with_evidence
from licmatch.report.html import render_html
from licmatch.report.suspects import listed_findings
from licmatch.report.wording import shown, verdict_key

CATEGORIES = ("os", "office", "antivirus")


@pytest.fixture(params=[2_500, 20], ids=["one block", "many blocks"])
def page(request: pytest.FixtureRequest, result: SampleResult, monkeypatch: pytest.MonkeyPatch) -> Packed:
    monkeypatch.setattr(device_blocks, "DEVICES_IN_BLOCK", request.param)
    return Packed(render_html(result))


def expected(result: SampleResult) -> dict[tuple[str, int], dict[str, Any]]:
    rows = with_evidence(result, result.findings)
    return {(row["device_id"], CATEGORIES.index(row["category"])): row for row in rows.iter_rows(named=True)}


def test_every_finding_is_there_once_with_its_verdict_unit_and_product(result: SampleResult, page: Packed) -> None:
    units = [unit[0] for unit in page.small["units"]]
    wanted = expected(result)
    assert len(page.findings) == len(wanted) == result.findings.height
    for told in page.findings:
        row = wanted.pop((told["device"], told["cat"]))
        assert units[told["unit"]] == row["unit_id"]
        assert told["verdict"] == verdict_key(row["verdict"], row["official"])
        assert (told["state"], told["grade"], told["confidence"]) == (
            row["state"],
            row["grade"],
            pytest.approx(row["confidence"], abs=1e-3),
        )
        assert told["product"] == shown(row["products"], 200)
    assert not wanted


def test_every_piece_of_evidence_is_there_in_its_order(result: SampleResult, page: Packed) -> None:
    wanted = expected(result)
    for told in page.findings:
        pieces = wanted[told["device"], told["cat"]]["evidence"] or []
        said = [(p["kind"], shown(p["rule_id"], 200) or None, shown(p["text"], 200), p["weight"], p["source"], p["row"]) for p in pieces]
        assert told["facts"] == said
        assert told["more"] == 0


def test_findings_are_listed_as_in_the_workbook(result: SampleResult, page: Packed) -> None:
    listed = [told for told in page.findings if told["kind"] < 3]
    rows = listed_findings(result)
    assert len(listed) == rows.height
    said = [(told["kind"] == 0, told["official"], told["grade"]) for told in listed]
    assert said == sorted(said, key=lambda one: (not one[0], -one[1], ["conclusive", "strong", "indication", "none"].index(one[2])))
    assert Counter(told["kind"] == 0 for told in listed) == Counter(rows["suspected"].to_list())


def test_blocks_hold_whole_units_and_the_page_knows_which(result: SampleResult, page: Packed) -> None:
    of_unit = page.small["blocks"]["of"]
    places = Counter((unit, block) for (block, _), (_, unit) in page.devices.items())
    assert len({unit for unit, _ in places}) == len(places), "no unit lies in two blocks"
    assert all(of_unit[unit] == block for unit, block in places)
    counted = result.findings.group_by("unit_id").agg(pl.col("device_id").n_unique())
    assert {page.small["units"][unit][0]: n for (unit, _), n in places.items()} == dict(counted.iter_rows())


def test_a_long_finding_is_cut_and_counts_what_is_missing(result: SampleResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_blocks, "EVIDENCE_SHOWN", 1)
    for told in Packed(render_html(result)).findings:
        pieces = expected(result)[told["device"], told["cat"]]["evidence"] or [] if told["kind"] == 0 else None
        if pieces is not None:
            assert (len(told["facts"]), told["more"]) == (1, len(pieces) - 1)


@pytest.mark.parametrize("kept", range(len(SEGMENTS)))
def test_what_does_not_fit_is_left_out_by_urgency_and_said(result: SampleResult, monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    whole = Packed(render_html(result))
    sizes = Counter[str]()
    for name, text in whole.raw.items():
        sizes[name.rpartition("-")[2]] += len(text)
    fixed = sum(sizes[sort] for sort in ("u", "q", "p", "g", "t", "d"))
    small = len(html.page_data.embedded_json({key: value for key, value in whole.small.items() if key not in ("blocks", "titles")}))
    room = fixed + small + sum(sizes[sort] for sort in SEGMENTS[:kept])
    monkeypatch.setattr(html, "_FRAME", html.SIZE_LIMIT - room - 20)
    text = render_html(result, lang="en")
    page = Packed(text)
    assert page.small["blocks"]["kept"] == list(SEGMENTS[:kept])
    assert {name.rpartition("-")[2] for name in page.raw} - {"u", "q", "p", "g", "t", "d"} == set(SEGMENTS[:kept])
    kinds = {int(sort[1]) for sort in SEGMENTS[:kept] if sort[0] == "f"}
    assert {told["kind"] for told in page.findings} == kinds
    assert "too large for one page" in text
    for at, kind in enumerate(KINDS):
        n = sum(told["kind"] == at for told in whole.findings)
        assert (f"Without evidence: {n:,} " in text) == (f"e{at}" not in SEGMENTS[:kept]), kind


def test_a_result_of_sums_alone_makes_a_page_and_says_where_the_rest_is(result: SampleResult) -> None:
    parts = [
        {"name": "赤坎区", "as_of": "2026-11-30", "totals": {"units": 9, "devices": 50}, "manifest_sha256": "ab" * 32},
        {"path": "<b>x</b>"},
    ]
    bare = dataclasses.replace(
        result, findings=result.findings.clear(), installations=result.installations.clear(), matches=result.matches.clear(),
        manifest={**result.manifest, "parts": parts, "inputs": None, "rules": None},
    )  # fmt: skip
    text = render_html(bare, lang="en")
    assert "This result holds sums only" in text
    assert "Results put together here" in text
    assert "赤坎区" in text
    assert "<b>x</b>" not in text
    assert "Nothing waits for a ruling" not in text, "nobody can tell from sums"
    page = Packed(text)
    assert page.findings == []
    assert len(page.small["units"]) == result.scores.height


def test_a_result_that_was_partly_handed_in_as_sums_says_what_its_lists_leave_out(result: SampleResult) -> None:
    parts = [
        {"tops": [{"unit_id": "440802", "name": "赤坎区"}], "as_of": "2026-11-30", "totals": {"units": 9, "devices": 50}, "withheld": True}
    ]
    manifest = {**result.manifest, "parts": parts, "withheld": ["440802", "440802-000"]}
    held = result.findings.filter(~pl.col("unit_id").str.starts_with("440802"))
    text = render_html(dataclasses.replace(result, manifest=manifest, findings=held), lang="en")
    assert "2 units were handed in as sums" in text
    assert "sums only" in text
    assert "This result holds sums only" not in re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


def test_bars_show_their_parts_and_why_a_unit_is_not_accepted(result: SampleResult) -> None:
    row = {"thorough": 0.373, "exact": 0.364, "strict": 0.073, "strict_low": 0.073, "strict_high": 0.805, "units_rate": 0.475,
           "devices_rate": None, "accepted": False, "not_accepted": "infringing; evidence"}  # fmt: skip
    scores = result.scores.with_columns(pl.lit(value).alias(name) for name, value in row.items())
    text = render_html(dataclasses.replace(result, scores=scores), lang="en")
    shown_there = {code: re.sub(r"<[^>]*>", " ", body) for code, body in re.findall(r'data-bar="(\w+)">(.*?)</article>', text, re.DOTALL)}
    assert list(shown_there) == ["thorough", "exact", "strict"]
    assert "37.3%" in shown_there["thorough"]
    assert "Units reported" in shown_there["thorough"]
    assert "47.5%" in shown_there["thorough"]
    assert "Computers surveyed, of ledger" not in shown_there["thorough"], "what nobody can tell is left out"
    assert "7.3–80.5%" in shown_there["strict"]
    assert "infringing copies" in text
    assert "licences without complete proof" in text
    unit = Packed(text).small["units"][0]
    assert unit[13] == [[0.373] * 3, [0.364] * 3, [0.073, 0.073, 0.805]]
    assert unit[14] == [False, False, False]
