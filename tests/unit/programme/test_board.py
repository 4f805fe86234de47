"""The board of the example campaign, and every check on it, one record changed at a time."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from licmatch.errors import InputError, UsageError
from licmatch.messages.errors import in_chinese
from licmatch.programme import Board, board, example, load_campaign, plain

HERE = Path(__file__).parent
EXPECTED = HERE / "zhanjiang_board.json"
DAY = "2005-07-25"


@pytest.fixture(scope="module")
def told() -> Board:
    return board(example("zhanjiang"), as_of=DAY)


def campaign(**more: Any) -> dict[str, Any]:
    """A city with a county and a town, and one department each."""
    units = [
        {"unit_id": "C", "name": "市", "tier": "city"},
        {"unit_id": "C1", "name": "市财政局", "parent_id": "C", "org_type": "政府"},
        {"unit_id": "K", "name": "县", "parent_id": "C", "tier": "county"},
        {"unit_id": "K1", "name": "县财政局", "parent_id": "K", "org_type": "政府"},
        {"unit_id": "T", "name": "镇", "parent_id": "K", "tier": "township"},
    ]
    return {"schema": 1, "programme": "cn-gd-zhanjiang-2005", "unit": units, **deepcopy(more)}


def codes(made: Board) -> list[str]:
    # Nobody holds a role in these small campaigns, and nobody is heard from: that is told in tests of its own.
    return [one.code for one in made.faults if one.code not in ("no_responsible", "not_heard_from")]


def on(day: str) -> date:
    return date.fromisoformat(day)


def test_the_example_has_the_board_that_was_read_and_kept(told):
    found = {
        "rows": {
            place.unit: {
                row.milestone: plain((row.status, row.days_late, row.days_left, row.done_on, row.blocked_by, row.who))
                for row in told.rows if row.unit_id == place.unit_id
            }
            for place in told.places
        },
        "states": {place.unit: place.state for place in told.places},
        "next": [[one.unit, one.step, list(one.holders)] for one in told.next],
        "faults": [[one.code, one.unit, dict(sorted(one.values.items()))] for one in told.faults],
        "points": {score.unit: [str(score.points), str(score.low), str(score.high), score.grade] for score in told.scores},
    }  # fmt: skip
    if os.environ.get("LICMATCH_UPDATE_GOLDEN") == "1":
        EXPECTED.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert found == json.loads(EXPECTED.read_text(encoding="utf-8"))


def test_the_statuses_of_a_day():
    def status(day: str, **records: Any) -> str:
        return board(campaign(**records), as_of=day).row("K", "group_established").status

    group = [{"unit": "K", "established_on": on("2005-06-20")}]
    late = [{"unit": "K", "established_on": on("2005-06-21")}]
    begun = [{"unit": "K", "step": "group_established", "started_on": on("2005-06-18")}]
    assert status("2005-06-12") == "not_due"
    assert status("2005-06-13") == status("2005-06-20") == "due_soon"
    assert status("2005-06-21") == "missing"
    assert status("2005-06-21", step=begun) == "late"
    assert status("2005-06-30", group=group) == "done"
    assert status("2005-06-30", group=late) == "done_late"
    # What is recorded for tomorrow is not done today.
    assert status("2005-06-20", group=late) == "due_soon"


def test_days_are_counted_to_the_last_day():
    row = board(campaign(group=[{"unit": "K", "established_on": on("2005-06-23")}]), as_of="2005-07-22").row("K", "group_established")
    assert (row.status, row.days_late, row.days_left) == ("done_late", 3, None)
    row = board(campaign(), as_of="2005-06-25").row("K", "group_established")
    assert (row.status, row.days_late, row.days_left) == ("missing", 5, None)


def test_a_town_is_covered_by_its_county_until_it_has_a_record_of_its_own():
    county = [{"unit": "K", "step": "surveyed", "on": on("2005-07-19")}]
    own = [*county, {"unit": "T", "step": "surveyed", "on": on("2005-07-22")}]
    assert board(campaign(step=county), as_of=DAY).row("T", "survey_complete").status == "done"
    assert board(campaign(step=own), as_of=DAY).row("T", "survey_complete").status == "done_late"


def test_that_all_is_genuine_in_a_town_has_to_be_seen_there():
    said = [{"unit": "K", "what": "target_met", "on": on("2005-07-19")}]
    assert board(campaign(submission=said), as_of=DAY).row("K", "target_met").status == "done"
    assert board(campaign(submission=said), as_of=DAY).row("T", "target_met").status == "not_due"


def test_a_survey_is_complete_when_every_unit_has_a_form(told):
    reports = [{"unit": "K1", "on": on("2005-07-11")}]
    half = board(campaign(report=reports), as_of=DAY).row("K", "survey_complete")
    assert (half.status, half.part, half.whole) == ("late", 1, 2)
    whole = board(campaign(report=[*reports, {"unit": "T", "on": on("2005-07-19")}]), as_of=DAY).row("K", "survey_complete")
    assert (whole.status, whole.done_on) == ("done", on("2005-07-19"))


def test_training_needs_all_three_topics():
    two = [{"unit": "C", "on": on("2005-07-05"), "topics": ["著作权保护", "operation"]}]
    three = [*two, {"unit": "C1", "on": on("2005-07-20"), "topics": ["软件资产管理"]}]
    assert board(campaign(training=two), as_of=DAY).row("C", "training").part == 2
    row = board(campaign(training=three), as_of=DAY).row("C", "training")
    assert (row.status, row.done_on, row.part) == ("done", on("2005-07-20"), 3)


def test_what_blocks_what_ends_at_what_can_be_done_now():
    made = board(
        campaign(
            group=[{"unit": "K", "established_on": on("2005-06-20")}], step=[{"unit": "K", "step": "surveyed", "on": on("2005-07-18")}]
        ),
        as_of=DAY,
    )
    assert made.row("K", "distributed").blocked_by == ("identified", "varieties_approved")
    assert made.row("K", "quantity_verified").blocked_by == ("identified",)
    assert [one.step for one in made.next if one.unit_id == "K"] == ["identified", "varieties_approved", "trained"]
    assert next(place.state for place in made.places if place.unit_id == "K") == "surveyed"


def test_an_advance_stands_for_the_budget():
    steps = (
        "surveyed",
        "identified",
        "quantity_verified",
        "purchase_budget_approved",
        "finance_reviewed",
        "government_approved",
        "varieties_approved",
    )
    records = [{"unit": "C", "step": step, "on": on("2005-06-20")} for step in (*steps, "advance_approved")]
    made = board(campaign(step=records), as_of=DAY)
    assert "tendered" in [one.step for one in made.next if one.unit_id == "C"]
    assert made.row("C", "distributed").blocked_by == ("tendered",)


def test_an_inspection_that_asks_for_rectification_opens_that_branch():
    inspections = [{"unit": "C", "on": on("2005-07-06"), "level": "city", "outcome": "rectify"}]
    made = board(campaign(inspection=inspections), as_of=DAY)
    place = made.places[0]
    assert (place.branches, made.row("C", "city_inspection").status) == (("rectify",), "done")
    assert "rectifying" in [one.step for one in made.next if one.unit_id == "C"]
    again = [*inspections, {"unit": "C", "on": on("2005-07-20"), "level": "city", "again": True, "outcome": "passed"}]
    assert "rectifying" not in [one.step for one in board(campaign(inspection=again), as_of=DAY).next if one.unit_id == "C"]


def test_who_must_act_goes_up_for_identification_and_inspection():
    roles = [
        {"role": "copyright_dept", "unit": "C", "holder": "市版权局"},
        {"role": "inspection_team", "unit": "C", "holder": "市检查组"},
        {"role": "group_office", "tier": "county", "holder": "{unit}版权局"},
    ]
    steps = [{"unit": "K", "step": "surveyed", "on": on("2005-07-18")}]
    made = board(campaign(role=roles, step=steps, group=[{"unit": "K", "established_on": on("2005-06-20")}]), as_of=DAY)
    assert {one.step: one.holders for one in made.next if one.unit_id == "K"} == {
        "identified": ("市版权局",), "varieties_approved": (), "trained": ("县版权局",),
    }  # fmt: skip


def test_steps_that_nobody_answers_for_are_told_place_by_place(told):
    missing = {one.unit: one.values["roles"].split() for one in told.faults if one.code == "no_responsible"}
    assert missing["徐闻县"] == ["it_dept"]
    assert "finance_dept" in missing["东海岛经济开发试验区"]
    assert "湛江市" not in missing


def test_addressees_that_nobody_heard_from_are_told():
    made = board(campaign(report=[{"unit": "C1", "on": on("2005-06-14")}]), as_of=DAY)
    assert [dict(one.values) for one in made.faults if one.code == "not_heard_from"] == [{"count": "1", "units": "县"}]


BUY = {
    "unit": "C",
    "contract_no": "N1",
    "product": "P",
    "quantity": 10,
    "unit_price": Decimal(400),
    "signed_on": on("2005-06-28"),
    "category": "office",
}


@pytest.mark.parametrize(
    ("code", "records", "clean"),
    [
        (
            "SOD1",
            {"step": [{"unit": "C", "step": "varieties_approved", "on": on("2005-06-23"), "proposed_by": "张 三", "approved_by": "张三"}]},
            {"step": [{"unit": "C", "step": "varieties_approved", "on": on("2005-06-23"), "proposed_by": "张三", "approved_by": "李四"}]},
        ),
        (
            "SOD2",
            {
                "contract": [{**BUY, "bought_by": "李某"}],
                "delivery": [
                    {"unit": "C1", "contract_no": "N1", "product": "P", "quantity": 1, "on": on("2005-06-29"), "accepted_by": "李某"}
                ],
            },
            {
                "contract": [{**BUY, "bought_by": "李某"}],
                "delivery": [
                    {"unit": "C1", "contract_no": "N1", "product": "P", "quantity": 1, "on": on("2005-06-29"), "accepted_by": "王某"}
                ],
            },
        ),
        (
            "SOD3",
            {
                "inspection": [
                    {"unit": "C", "on": on("2005-07-04"), "level": "self", "units": ["C1"], "team": [{"name": "王", "unit": "市财政局"}]}
                ]
            },
            {
                "inspection": [
                    {"unit": "C", "on": on("2005-07-04"), "level": "self", "units": ["C1"], "team": [{"name": "王", "unit": "市版权局"}]}
                ]
            },
        ),
        (
            "SOD5",
            {"role": [{"role": "it_dept", "unit": "C", "holder": "甲"}, {"role": "leading_group", "unit": "C", "holder": "甲"}]},
            {"role": [{"role": "it_dept", "unit": "C", "holder": "甲"}, {"role": "leading_group", "unit": "C", "holder": "乙"}]},
        ),
        (
            "SOD6",
            {
                "role": [
                    {"role": "procurement_centre", "unit": "C", "holder": "甲"},
                    {"role": "inspection_team", "unit": "C", "holder": "甲"},
                ]
            },
            {
                "role": [
                    {"role": "procurement_centre", "unit": "C", "holder": "甲"},
                    {"role": "inspection_team", "unit": "K", "holder": "甲"},
                ]
            },
        ),
        (
            "duplicate_invoice",
            {"invoice": [{"unit": unit, "number": "001", "supplier": "S", "amount": 5, "on": on("2005-07-01")} for unit in ("C", "K")]},
            {
                "invoice": [
                    {"unit": "C", "number": "001", "supplier": supplier, "amount": 5, "on": on("2005-07-01")} for supplier in ("S", "R")
                ]
            },
        ),
        (
            "price_outlier",
            {"contract": [{**BUY, "contract_no": f"N{n}", "unit_price": Decimal(price)} for n, price in enumerate((400, 433, 410, 5016))]},
            {"contract": [{**BUY, "contract_no": f"N{n}", "unit_price": Decimal(price)} for n, price in enumerate((400, 433, 410, 600))]},
        ),
        (
            "more_than_before",
            {"contract": [BUY], "delivery": [{"unit": "C", "contract_no": "N1", "product": "P", "quantity": 11, "on": on("2005-06-29")}]},
            {"contract": [BUY], "delivery": [{"unit": "C", "contract_no": "N1", "product": "P", "quantity": 10, "on": on("2005-06-29")}]},
        ),
        (
            "over_budget",
            {"contract": [BUY], "budget": [{"unit": "C", "year": 2005, "software_cost": Decimal(3999)}]},
            {"contract": [BUY], "budget": [{"unit": "C", "year": 2005, "software_cost": Decimal(4000)}]},
        ),
        (
            "work_cost",
            {
                "settings": {"A8": "rate"},
                "work_rate": Decimal("0.05"),
                "budget": [{"unit": "C", "year": 2005, "software_cost": Decimal(4000), "work_cost": Decimal(300)}],
            },
            {
                "settings": {"A8": "rate"},
                "work_rate": Decimal("0.05"),
                "budget": [{"unit": "C", "year": 2005, "software_cost": Decimal(4000), "work_cost": Decimal(200)}],
            },
        ),
        (
            "over_cap",
            {"contract": [{**BUY, "unit_price": Decimal(601), "signed_on": on("2013-05-28")}]},
            {"contract": [{**BUY, "unit_price": Decimal(601), "signed_on": on("2013-05-27")}]},
        ),
        (
            "step_missing",
            {"step": [{"unit": "C", "step": "identified", "on": on("2005-06-17")}]},
            {"step": [{"unit": "C", "step": step, "on": on("2005-06-17")} for step in ("surveyed", "identified")]},
        ),
        (
            "step_too_early",
            {
                "step": [
                    {"unit": "C", "step": "surveyed", "on": on("2005-06-17")},
                    {"unit": "C", "step": "identified", "on": on("2005-06-16")},
                ]
            },
            {
                "step": [
                    {"unit": "C", "step": "surveyed", "on": on("2005-06-17")},
                    {"unit": "C", "step": "identified", "on": on("2005-06-17")},
                ]
            },
        ),
        (
            "reporters_missing",
            {"step": [{"unit": "C", "step": "surveyed", "on": on("2005-06-15")}]},
            {"step": [{"unit": "C", "step": "surveyed", "on": on("2005-06-15")}], "report": [{"unit": "C1", "on": on("2005-06-15")}]},
        ),
        (
            "nothing_to_rectify",
            {"inspection": [{"unit": "C", "on": on("2005-07-04"), "level": "city", "again": True, "outcome": "passed"}]},
            {
                "inspection": [
                    {"unit": "C", "on": on("2005-07-02"), "level": "city", "outcome": "rectify"},
                    {"unit": "C", "on": on("2005-07-04"), "level": "city", "again": True, "outcome": "passed"},
                ]
            },
        ),
        (
            "unknown_input",
            {"rubric": "licmatch-demo-100", "count": [{"unit": "C", "input": "identity_error", "value": 1}]},
            {"rubric": "licmatch-demo-100", "count": [{"unit": "C", "input": "identity_errors", "value": 1}]},
        ),
        ("in_the_future", {"step": [{"unit": "C", "step": "surveyed", "on": on("2015-06-15")}]}, {}),
        (
            "no_place",
            {"submission": [{"unit": "C1", "what": "工作总结", "on": on("2005-06-15")}]},
            {"submission": [{"unit": "C", "what": "工作总结", "on": on("2005-06-15")}]},
        ),
        (
            "no_document",
            {"group": [{"unit": "K", "established_on": on("2005-06-15")}]},
            {"group": [{"unit": "K", "established_on": on("2005-06-15"), "document_no": "1号"}]},
        ),
        (
            "group_incomplete",
            {"group": [{"unit": "K", "established_on": on("2005-06-15"), "office": "版权局", "member": [{"name": "甲", "head": True}]}]},
            {
                "group": [
                    {
                        "unit": "K",
                        "established_on": on("2005-06-15"),
                        "office": "版权局",
                        "member": [
                            {"name": "甲", "head": True},
                            *({"name": role, "role": role} for role in ("copyright_dept", "finance_dept", "it_dept")),
                        ],
                    }
                ]
            },
        ),
    ],
)
def test_a_check_speaks_where_it_must_and_is_silent_where_it_may_not(code, records, clean):
    assert code in codes(board(campaign(**records), as_of="2013-06-30"))
    assert code not in codes(board(campaign(**clean), as_of="2013-06-30"))


def test_own_days_go_before_the_programme_and_those_of_a_place_before_those_of_a_tier():
    due = [
        {"milestone": "survey_complete", "tier": "county", "due": on("2005-08-01")},
        {"milestone": "group_established", "unit": "C", "window": [on("2005-06-01"), on("2005-06-02")]},
        {"milestone": "survey_complete", "unit": "K", "due": on("2005-08-05")},
    ]
    made = board(campaign(due=due), as_of=DAY)
    assert made.row("K", "survey_complete").due == on("2005-08-05")
    assert (made.row("C", "group_established").opens, made.row("C", "group_established").due) == (on("2005-06-01"), on("2005-06-02"))


def test_reports_that_come_again_stop_once_the_target_is_declared():
    units = [{"unit_id": "C", "name": "市", "tier": "city"}]
    base = {"schema": 1, "programme": "cn-monthly-2011", "starts_on": on("2011-06-01"), "unit": units}
    sent = [{"unit": "C", "what": "软件正版化检查整改工作落实情况统计表（地方政府机关）", "period": "2011-06", "on": on("2011-06-29")}]
    rows = {row.milestone: row.status for row in board({**base, "submission": sent}, as_of="2011-08-02").rows}
    assert rows == {"monthly_report@2011-06": "done", "monthly_report@2011-07": "missing", "summary": "not_due"}
    done = [*sent, {"unit": "C", "what": "target_met", "on": on("2011-07-10")}]
    assert "monthly_report@2011-07" not in {row.milestone for row in board({**base, "submission": done}, as_of="2011-08-02").rows}


def test_a_board_needs_a_day_and_units():
    with pytest.raises(UsageError, match="needs a day"):
        board(campaign())
    with pytest.raises(UsageError, match="no units"):
        board({"schema": 1, "programme": "cn-gd-zhanjiang-2005"}, as_of=DAY)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[step]]\nunit = "C"\nstep = "surveyd"\non = 2005-06-01', "c.toml:6: the workflow has no step 'surveyd'"),
        ('[[step]]\nunit = "C"\nstep = "surveyed"', "c.toml:4: a step has a day"),
        ('[[report]]\nunit = "X"\non = 2005-06-01', "c.toml:5: there is no unit 'X'"),
        ('[[training]]\nunit = "C"\non = 2005-07-01\ntopics = ["cooking"]', "c.toml:4: topic 'cooking'"),
        ('[[training]]\nunit = "C"\non = 2005-07-01\ntopics = []\nexpected = 3\nattended = 4', "more came than were expected"),
        (
            '[[contract]]\nunit = "C"\ncontract_no = "1"\nproduct = "P"\nquantity = -1\nunit_price = 1\nsigned_on = 2005-07-01',
            "c.toml:8: quantity is negative",
        ),
        ('[[role]]\nrole = "boss"\nunit = "C"\nholder = "x"', "c.toml:5: there is no role 'boss'"),
        ('[[due]]\nmilestone = "lunch"\nunit = "C"\ndue = 2005-07-01', "no milestone 'lunch'"),
        ('[[group]]\nunit = "C"\nestablished_on = "soon"', "c.toml:6: the campaign"),
        ('[[group]]\nunit = "C"\nestablished_on = 2005-07-01\nchair = "x"', "unknown field `chair`"),
        ('[settings]\nA1 = "sometimes"', "A1 cannot be 'sometimes'"),
        ('[[step]]\nunit = "C"\nstep = "surveyed"', "c.toml:4: a step has a day: on, or started_on"),
        ('[[step]]\nunit = "C"\nstep = "surveyed"\non = 2005-06-01\nstarted_on = 2005-06-02', "c.toml:4: done before it was begun"),
        ('[[role]]\nrole = "leading_group"\nunit = "C"\ntier = "city"\nholder = " "', "one of unit, units and tier says where"),
        ('[[role]]\nrole = "leading_group"\nunit = "C"\nholder = " "', "nobody holds it"),
        ('[[due]]\nmilestone = "survey_complete"\nunit = "C"', "names a unit or a tier, and has due or window"),
        ('[[due]]\nmilestone = "survey_complete"\nunit = "C"\nwindow = [2005-07-02, 2005-07-01]', "c.toml:7: the window ends"),
        ('[[training]]\nunit = "C"\non = 2005-07-01\ntopics = ["cooking"]', "topic 'cooking' is not one of"),
        ('[[inspection]]\nunit = "C"\non = 2005-07-01\nlevel = "moon"', "level is one of self, city"),
        ('[[inspection]]\nunit = "C"\non = 2005-07-01\nlevel = "self"\noutcome = "maybe"', "outcome one of passed, rectify"),
        ('[[inspection]]\nunit = "C"\non = 2005-07-01\nlevel = "self"\ncomputers = 3\npassed = 4', "c.toml:9: more passed"),
        ("[least_days]\nsurveyed = -1", "'surveyed' is no step, or its days are negative"),
        ("soon_days = -1", "days are not negative"),
        ("ledger_days = 36601", "days are not negative"),
        ("work_rate = 1.5", "the rate of work lies between 0 and 1"),
        ('[[count]]\nunit = "C"\ninput = "n"\nvalue = -1', "c.toml:7: a count is not negative"),
        ('[[role]]\nrole = "leading_group"\nunits = ["C", "X"]\nholder = "x"', "there is no unit 'X'"),
        ('[[inspection]]\nunit = "C"\non = 2005-07-01\nlevel = "city"\nunits = ["X"]', "there is no unit 'X'"),
        ('[tier_of]\nX = "city"', "there is no unit 'X'"),
        ('units = "units.csv"', "units are either a table of their own or [[unit]]"),
    ],
)
def test_a_fault_in_a_campaign_is_told_with_file_and_line(tmp_path, text, told):
    file = tmp_path / "c.toml"
    unit = '[[unit]]\nunit_id = "C"\nname = "市"\ntier = "city"\n'
    # Units last, so that what is tested begins in line 4.
    file.write_text(f'schema = 1\nprogramme = "cn-gd-zhanjiang-2005"\n\n{text}\n{unit}', encoding="utf-8")
    with pytest.raises(InputError) as raised:
        board(file, as_of=DAY)
    assert told in str(raised.value)


def test_a_file_of_nothing_but_faults_tells_the_first_and_how_many(tmp_path):
    file = tmp_path / "c.toml"
    file.write_text('schema = 1\nprogramme = "cn-gd-zhanjiang-2005"\n' + '[[step]]\nunit = "C"\nstep = "x"\n' * 400, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_campaign(file)
    head, *faults = str(raised.value).splitlines()
    assert head == "the campaign cannot be used; 800 faults, the first 200:"
    assert len(faults) == 200
    assert in_chinese(head) == "工作文件无法使用，有 800 处错误，以下为前 200 处："
    assert in_chinese("the campaign cannot be used; 2 faults:\na.toml:3: nobody holds it").splitlines() == [
        "工作文件无法使用，有 2 处错误：", "a.toml:3：没有人担任",
    ]  # fmt: skip


def test_files_that_are_no_campaign_end_in_a_clear_error(tmp_path):
    for content in (b"\xff\xfe", b"[[[", b"x = 1", b"a = " + b"[" * 5000, b'schema = 1\nprogramme = "no"', b"work_rate = inf"):
        file = tmp_path / "c.toml"
        file.write_bytes(content)
        with pytest.raises(InputError):
            load_campaign(file)


def test_units_may_stand_in_a_table_beside_the_file(tmp_path):
    (tmp_path / "units.csv").write_text("单位编号,上级单位编号,单位名称,级别\nC,,市,city\nK,C,县,county\n", encoding="utf-8")
    (tmp_path / "c.toml").write_text('schema = 1\nprogramme = "cn-gd-zhanjiang-2005"\nunits = "units.csv"\n', encoding="utf-8")
    assert [place.unit for place in board(tmp_path / "c.toml", as_of=DAY).places] == ["市", "县"]


def test_frames_have_a_row_a_record(told):
    frames = told.frames()
    assert frames["rows"].height == len(told.rows) == told.to_frame().height
    assert frames["items"].height == sum(len(score.items) for score in told.scores)
    assert {"unit_id", "milestone", "due", "status", "blocked_by", "who"} <= set(frames["rows"].columns)


def test_where_no_computer_was_seen_nothing_is_accepted_and_nothing_is_known(tmp_path):
    import licmatch

    (tmp_path / "software.csv").write_text("device_id,name\nA,WPS Office 2019 专业版\n", encoding="utf-8")
    (tmp_path / "devices.csv").write_text("device_id,unit_id\nA,C1\n", encoding="utf-8")
    (tmp_path / "units.csv").write_text("unit_id,parent_id,name,tier\nC,,市,city\nC1,C,局,department\nK,C,县,county\n", encoding="utf-8")
    result = licmatch.assess(
        [tmp_path / "software.csv"], devices=tmp_path / "devices.csv", units=tmp_path / "units.csv", as_of="2005-07-25"
    )
    made = board({"schema": 1, "programme": "cn-gd-zhanjiang-2005", "rubric": "licmatch-demo-100"}, result)
    county = next(place for place in made.places if place.unit_id == "K")
    assert (county.acceptance, {one.against for one in county.conditions}) == ("no_data", {None})
    items = {item.id: item.state for item in next(score for score in made.scores if score.unit_id == "K").items}
    assert {items[name] for name in ("D1", "D2", "D3", "D4", "C4")} == {"no_data"}
    assert made.row("K", "target_met").done_on is None


def test_the_state_is_the_furthest_step_of_the_chain_and_not_a_training_beside_it():
    steps = [{"unit": "C", "step": step, "on": on("2005-06-15")} for step in ("surveyed", "identified", "trained")]
    assert board(campaign(step=steps), as_of=DAY).places[0].state == "identified"


def test_a_team_of_the_city_has_nobody_from_the_place_it_inspects():
    def told(unit: str, **more: object) -> list[str]:
        visit = {"unit": "K", "on": on("2005-11-03"), "level": "city", "team": [{"name": "王", "unit": unit}], **more}
        return codes(board(campaign(inspection=[visit]), as_of="2005-11-30"))

    assert "SOD3" in told("县财政局")
    assert "SOD3" in told("K1")
    assert "SOD3" in told("县")
    assert "SOD3" not in told("市财政局")
    # Where the team says which units it visits, another of the county may lend a hand.
    assert "SOD3" not in told("县财政局", units=["T"])


def inputs(**records: Any) -> dict[str, Any]:
    made = board(campaign(rubric="licmatch-demo-100", **records), as_of="2005-08-31")
    return {one.name: one.value for item in made.scores[0].items for one in item.inputs}


def test_what_the_records_give_to_the_rubric():
    sessions = [
        {"unit": "C", "on": on("2005-06-30"), "topics": ["operation"], "expected": 10, "attended": 9},  # before the window
        {"unit": "C1", "on": on("2005-07-01"), "topics": ["著作权保护"], "expected": 5, "attended": 4},
        {"unit": "C", "on": on("2005-08-01"), "topics": ["软件资产管理"], "expected": 1, "attended": 1},  # after it
        {"unit": "K", "on": on("2005-07-05"), "topics": ["operation"], "expected": 99, "attended": 99},  # the county's
    ]
    trained = inputs(training=sessions)
    assert (trained["topics_trained_in_window"], trained["trainees"], trained["trainees_expected"]) == (1, 14, 16)
    wanted = [{"unit": "C", "product": "P", "to_buy": 10}, {"unit": "C1", "product": "Q", "to_buy": 4}]
    bought = [{**BUY, "quantity": 13}, {**BUY, "product": "R", "quantity": 2}]
    # Three too many of one, none of the other, and two of what nobody asked for.
    assert {name: inputs(quantity=wanted, contract=bought)[name] for name in ("purchase_error", "purchase_to_buy")} == {
        "purchase_error": 9, "purchase_to_buy": 14,
    }  # fmt: skip
    assert inputs(contract=bought)["purchase_error"] is None
    found = [{"unit": "C1", "found_on": on("2005-07-12"), "closed_on": on(day)} for day in ("2005-07-20", "2005-09-20")]
    assert (inputs(issue=found)["issues_found"], inputs(issue=found)["issues_closed"]) == (2, 1)
    ledgers = [
        {"unit": "C", "kind": kind, "updated_on": on(day)} for kind, day in (("a", "2005-08-01"), ("b", "2004-08-01"), ("a", "2005-07-01"))
    ]
    assert inputs(ledger=ledgers)["ledgers_current"] == 1
    rules = [
        {"unit": "C", "kind": "policy", "title": "t", "issued_on": on("2005-01-01"), "ends_on": on(day)}
        for day in ("2005-08-31", "2005-08-30")
    ]
    assert inputs(document=rules)["policies_in_force"] == 1
    assert inputs()["price_cap_breaches"] is None
