"""A campaign held against a result: what the scan contradicts, who may make a verdict official, and acceptance by either reading of A9."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import licmatch
from licmatch.programme import board

DAY = "2005-07-25"
BASE: dict[str, Any] = {"schema": 1, "programme": "cn-gd-zhanjiang-2005", "rubric": "licmatch-demo-100"}


def assessed(folder: Path, **more: Any) -> licmatch.Result:
    """A city with a department that has a crack and one that has not, and a county with one computer."""
    rows = ("A,Microsoft Office 专业增强版 2016", "A,KMSpico v10.2.0", "B,LibreOffice 7.6", "D,LibreOffice 7.6", "")
    (folder / "software.csv").write_text("device_id,name\n" + "\n".join(rows), encoding="utf-8")
    (folder / "devices.csv").write_text("device_id,unit_id,in_use\nA,C1,yes\nB,C2,idle\nD,K1,yes\n", encoding="utf-8")
    units = (
        "C,,市,city,",
        "C1,C,市财政局,department,政府",
        "C2,C,市教育局,department,政府",
        "K,C,县,county,",
        "K1,K,县财政局,department,政府",
        "",
    )
    (folder / "units.csv").write_text("unit_id,parent_id,name,tier,org_type\n" + "\n".join(units), encoding="utf-8")
    given = {"devices": folder / "devices.csv", "units": folder / "units.csv", "as_of": DAY, **more}
    return licmatch.assess([folder / "software.csv"], **given)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> licmatch.Result:
    return assessed(tmp_path_factory.mktemp("result"))


def codes(made: Any) -> set[str]:
    return {one.code for one in made.faults}


def test_a_declaration_that_the_scan_contradicts_does_not_count(result):
    said = [{"unit": "C", "what": "target_met", "on": date.fromisoformat(DAY)}]
    told = board({**BASE, "submission": said}, result)
    assert told.row("C", "target_met").status == "late"
    assert "target_contradicted" in codes(told)
    alone = board({**BASE, "submission": said, "unit": [{"unit_id": "C", "name": "市", "tier": "city"}]}, as_of=DAY)
    assert alone.row("C", "target_met").status == "done_late"


def test_an_acceptance_that_the_scan_contradicts_is_told_by_either_reading_of_a9(result):
    steps = [{"unit": "C", "step": "accepted", "on": date.fromisoformat(DAY)}]
    for choice in ("strict", "rubric"):
        told = board({**BASE, "step": steps, "settings": {"A9": choice}}, result)
        place = told.places[0]
        assert (place.acceptance, place.acceptance_by) == ("not_met", choice)
        assert "accepted_against" in codes(told)
    # The pass grade alone does not make strict acceptance.
    assert [one.id for one in place.conditions if one.against] != []


def test_each_level_has_the_computers_of_its_own_level(result):
    told = board(BASE, result)
    office = {one.unit_id: one.installed for one in told.groups if one.group == "office"}
    whole = int(result.scores.filter(pl.col("unit_id") == "C")["office_installed"].item())
    assert office["C"] + office["K"] == whole
    assert office["K"] == 1


def test_a_device_that_a10_does_not_count_is_told_where_the_result_counts_it(result, tmp_path):
    assert "counted_out_of_use" not in codes(board(BASE, result))
    counting = assessed(tmp_path, policy={"in_use": {"no": ["scrapped"]}})
    told = next(one for one in board(BASE, counting).faults if one.code == "counted_out_of_use")
    assert dict(told.values) == {"word": "idle", "count": "1"}
    assert "counted_out_of_use" not in codes(board({**BASE, "settings": {"A10": "ledger_and_use"}}, counting))


def ruling(by: str) -> pl.DataFrame:
    said = {"ruling_id": "R1", "verdict": "cracked", "ruled_by": by, "document_no": "1号", "ruled_on": "2005-07-20"}
    return pl.DataFrame([{**said, "device_id": "A", "name": "Microsoft Office 专业增强版 2016"}])


@pytest.mark.parametrize(("by", "wrong"), [("市版权局", False), ("湛江 市版权局", False), ("某科技公司", True)])
def test_only_a_copyright_department_makes_a_verdict_official(tmp_path, by, wrong):
    roles = [{"role": "copyright_dept", "unit": "C", "holder": "市版权局", "aliases": ["湛江市版权局"]}]
    told = board({**BASE, "role": roles}, assessed(tmp_path, rulings=ruling(by)))
    assert ("SOD4" in codes(told)) is wrong


def test_cracked_after_the_deadline_caps_the_points_only_by_a_ruling(tmp_path, result):
    suspected = next(one for one in board(BASE, result).scores if one.unit_id == "C")
    ruled = next(one for one in board(BASE, assessed(tmp_path, rulings=ruling("市版权局"))).scores if one.unit_id == "C")
    both = {"suspected": suspected, "ruled": ruled}
    state = {name: [veto.state for veto in one.vetoes if veto.id == "V2"] for name, one in both.items()}
    assert state == {"suspected": ["holds_not"], "ruled": ["holds"]}
    assert ruled.high <= 59
    before = board(BASE, replace(result, manifest={**result.manifest, "as_of": "2005-06-20"}))
    assert [veto.open for score in before.scores for veto in score.vetoes if veto.id == "V2"] == [False, False]


def test_a_result_without_devices_or_position_is_no_data_and_no_zero(result):
    empty = {"findings": result.findings.clear(), "installations": result.installations.clear(), "position": result.position.clear()}
    told = next(one for one in board(BASE, replace(result, **empty)).scores if one.unit_id == "C")
    states = {item.id: item.state for item in told.items}
    assert states["C4"] == "no_data"
    assert [veto.state for veto in told.vetoes if veto.id == "V2"] == ["no_data"]
    if "over_deployed" not in result.scores.columns:
        assert states["D4"] == "no_data"


def test_what_the_board_says_of_a_result_does_not_depend_on_the_order_of_its_rows(result):
    turned = replace(
        result, findings=result.findings.reverse(), installations=result.installations.reverse(), devices=result.devices.reverse(),
        scores=result.scores.reverse(),
    )  # fmt: skip
    assert board(BASE, result) == board({**BASE}, turned)
