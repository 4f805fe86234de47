"""Programmes, open points and workflow: the days of REGULATION 1.1, what each setting moves, and every fault with its line."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from licmatch.errors import InputError
from licmatch.programme import board, built_in_programmes, example, load_campaign, load_programme, load_workflow, open_points, settle
from licmatch.programme.dates import deadlines
from licmatch.programme.slack import slack_of

ZHANJIANG = "cn-gd-zhanjiang-2005"
PROGRAMMES = Path(str(example("zhanjiang"))).parents[4] / "catalogs" / "licmatch_catalogs" / "programmes"


def days(programme: str, tier: str, own: dict[str, str] | None = None, **more: date) -> dict[str, str]:
    made = load_programme(programme)
    return {one.id: str(one.closes) for one in deadlines(made, tier, settle(made.settings, own), **more)}


def test_the_days_of_the_founding_plan():
    assert days(ZHANJIANG, "city") == {
        "survey_complete": "2005-06-15", "quantity_verified": "2005-06-20", "distributed": "2005-06-30", "target_met": "2005-06-30",
        "training": "2005-07-31", "summary_submitted": "2005-06-30", "city_inspection": "2005-07-31",
    }  # fmt: skip
    assert days(ZHANJIANG, "county") == {
        "group_established": "2005-06-20", "survey_complete": "2005-07-20", "quantity_verified": "2005-07-30", "distributed": "2005-09-30",
        "target_met": "2005-09-30", "training": "2005-10-31", "summary_submitted": "2005-10-31", "city_inspection": "2005-11-30",
    }  # fmt: skip
    assert days(ZHANJIANG, "township") == {
        "survey_complete": "2005-07-20", "quantity_verified": "2005-07-30", "distributed": "2005-09-30", "target_met": "2005-09-30",
    }  # fmt: skip
    windows = {one.id: (str(one.opens), one.text) for one in deadlines(load_programme(ZHANJIANG), "county", settle({})) if one.opens}
    assert windows == {"training": ("2005-10-01", "10月份"), "city_inspection": ("2005-11-01", "11月份")}


# Of REGULATION 1.1's table of other programmes.
@pytest.mark.parametrize(
    ("programme", "tier", "milestone", "day"),
    [
        ("cn-gd-zhaoqing-2005", "city", "survey_complete", "2005-05-30"),
        ("cn-gd-zhaoqing-2005", "city", "quantity_verified", "2005-05-31"),
        ("cn-gd-zhaoqing-2005", "county", "quantity_verified", "2005-07-31"),
        ("cn-gd-zhaoqing-2005", "county", "distributed", "2005-10-31"),
        ("cn-gd-zhaoqing-2005", "county", "acceptance", "2005-10-31"),
        ("cn-qh-2004", "province", "target_met", "2004-12-31"),
        ("cn-qh-2004", "city", "target_met", "2005-12-31"),
        ("cn-hl-harbin-2005", "township", "target_met", "2005-12-31"),
        ("cn-prefecture-2004", "city", "self_check", "2005-03-15"),
        ("cn-national-2011", "central", "target_met", "2011-05-31"),
        ("cn-national-2011", "capital", "target_met", "2011-08-31"),
        ("cn-national-2011", "county", "target_met", "2011-10-31"),
        ("cn-tj-2011", "city", "self_check", "2011-03-31"),
        ("cn-hn-2012", "city", "target_met", "2012-11-30"),
        ("cn-hn-2012", "county", "target_met", "2013-12-31"),
        ("cn-monthly-2011", "city", "summary", "2011-10-21"),
    ],
)
def test_the_days_of_other_programmes(programme, tier, milestone, day):
    assert days(programme, tier)[milestone] == day


def test_a_monthly_report_is_due_on_the_30th_or_the_last_of_february_and_ends_with_the_summary():
    told = days("cn-monthly-2011", "county", starts_on=date(2011, 2, 1), until=date(2030, 1, 1))
    assert [told[f"monthly_report@2011-{month:02d}"] for month in range(2, 10)] == [
        "2011-02-28", *(f"2011-{month:02d}-30" for month in range(3, 10)),
    ]  # fmt: skip
    assert "monthly_report@2011-10" not in told
    assert days("cn-yn-2014", "city", until=date(2016, 12, 31)) == {f"yearly_report@{year}": f"{year}-12-10" for year in (2014, 2015, 2016)}


def test_a_programme_that_comes_again_needs_a_start():
    assert list(days("cn-monthly-2011", "county", until=date(2011, 12, 1))) == ["summary"]


def test_every_open_point_is_there_with_its_default():
    assert [point.id for point in open_points()] == [f"A{number}" for number in range(1, 14)]
    for point in open_points():
        assert point.default in [choice.id for choice in point.choice]


@pytest.mark.parametrize(
    ("own", "tier", "milestone", "day"),
    [
        ({"A1": "strict"}, "county", "survey_complete", "2005-07-10"),
        ({"A1": "strict"}, "township", "survey_complete", "2005-07-10"),
        ({"A2": "exclusive"}, "city", "survey_complete", "2005-06-14"),
        ({"A2": "exclusive"}, "county", "quantity_verified", "2005-07-29"),
        # "6月底前" names no day, and "7月中旬前" is A1's.
        ({"A2": "exclusive"}, "city", "distributed", "2005-06-30"),
        ({"A2": "exclusive"}, "county", "survey_complete", "2005-07-20"),
    ],
)
def test_a_setting_moves_the_days_it_is_about(own, tier, milestone, day):
    assert days(ZHANJIANG, tier, own)[milestone] == day


def test_towns_apart_from_their_county_have_only_the_target():
    assert list(days(ZHANJIANG, "township", {"A3": "separate"})) == ["target_met"]


def with_settings(**own: str) -> object:
    text = example("zhanjiang").read_text(encoding="utf-8")
    lines = "".join(f'{key} = "{value}"\n' for key, value in own.items())
    for key in own:
        text = "\n".join(line for line in text.split("\n") if not line.startswith(f"{key} ="))
    return text.replace("[settings]\n", f"[settings]\n{lines}")


def made(tmp_path: Path, day: str = "2005-07-25", **own: str) -> object:
    file = tmp_path / "campaign.toml"
    file.write_text(str(with_settings(**own)), encoding="utf-8")
    return board(file, as_of=day)


def test_a_zone_keeps_the_calendar_that_a4_gives_it(tmp_path):
    assert str(made(tmp_path).row("440800-K2", "survey_complete").due) == "2005-07-20"
    zone = made(tmp_path, A4="city")
    assert str(zone.row("440800-K2", "survey_complete").due) == "2005-06-15"
    assert [one.choice for one in zone.settings if one.id == "A4"] == ["city"]


def test_training_first_makes_the_inspection_wait_for_it(tmp_path):
    assert "trained" not in made(tmp_path).row("440800", "city_inspection").blocked_by
    assert "trained" in made(tmp_path, A12="training_first").row("440800", "city_inspection").blocked_by


def test_the_organisations_that_must_report_follow_a13():
    units = [
        {"unit_id": "c", "name": "市", "tier": "city"},
        *({"unit_id": kind, "name": kind, "parent_id": "c", "org_type": kind} for kind in ("政府", "法院", "事业单位")),
    ]
    expected = {
        choice: board({"schema": 1, "programme": ZHANJIANG, "unit": units, "settings": {"A13": choice}}, as_of="2005-06-14")
        .places[0]
        .units_expected
        for choice in ("government", "beijing_2014", "all")
    }
    assert expected == {"government": 1, "beijing_2014": 2, "all": 3}


def test_both_titles_of_the_summary_form_are_one_paper():
    programme = load_programme(ZHANJIANG)
    for title in ("地方人民政府安装使用正版软件统计汇总表", "政府安装使用正版软件统计汇总表"):
        papers = [{"unit": "c", "what": title, "on": date(2005, 6, 29)}, {"unit": "c", "what": "工作总结", "on": date(2005, 6, 30)}]
        told = board(
            {"schema": 1, "programme": programme.id, "unit": [{"unit_id": "c", "name": "市", "tier": "city"}], "submission": papers},
            as_of="2005-07-01",
        )
        assert (told.row("c", "summary_submitted").status, str(told.row("c", "summary_submitted").done_on)) == ("done", "2005-06-30")


def test_the_slack_of_the_founding_plan():
    slack = {(one.tier, one.start, one.end): one for one in slack_of(load_campaign(example("zhanjiang")))}
    assert slack["city", "issued", "survey_complete"].days == 2
    assert slack["city", "survey_complete", "quantity_verified"].days == 5
    between = slack["city", "quantity_verified", "distributed"]
    assert (between.days, slack["county", "quantity_verified", "distributed"].days) == (10, 62)
    assert {"finance_reviewed", "government_approved", "tendered", "delivered"} <= set(between.steps)
    assert not slack["city", "distributed", "summary_submitted"].feasible


def test_least_days_make_a_calendar_that_cannot_be_kept():
    told = slack_of(load_campaign({"schema": 1, "programme": ZHANJIANG, "least_days": {"tendered": 20}}))
    just = slack_of(load_campaign({"schema": 1, "programme": ZHANJIANG, "least_days": {"surveyed": 1}}))
    assert next(one for one in just if one.start == "issued" and one.end == "survey_complete").feasible  # two days for two steps
    feasible = {(one.tier, one.end): (one.needed, one.feasible) for one in told if one.start == "quantity_verified"}
    assert feasible == {("city", "distributed"): (26, False), ("county", "distributed"): (26, True)}


def test_the_workflow_keeps_the_precedences_of_the_chain():
    chain = [
        "planned", "group_established", "surveying", "surveyed", "identified", "quantity_verified",
        "finance_reviewed", "government_approved", "budgeted", "tendered", "contracted", "delivered",
        "distributed", "installed", "self_inspected", "reported", "city_inspected", "accepted",
    ]  # fmt: skip
    before = load_workflow().before
    for earlier, later in pairwise(chain):
        assert earlier in before[later]
    assert "varieties_approved" in before["tendered"]
    assert "varieties_approved" not in before["budgeted"]
    assert "trained" not in before["city_inspected"]
    assert set(load_workflow().roles) == {
        "leading_group", "group_office", "copyright_dept", "it_dept", "finance_dept", "government_meeting", "procurement_centre", "unit",
        "inspection_team", "discipline",
    }  # fmt: skip
    assert {step.role for step in load_workflow().steps.values()} <= set(load_workflow().roles)


def test_rectifying_and_inspecting_again_are_steps_only_where_an_inspection_asked_for_it():
    workflow = load_workflow()
    assert "re_inspected" not in [step.id for step in workflow.main()]
    done = workflow.done({step.id for step in workflow.main()} - {"accepted"})
    assert [step.id for step in workflow.open_now(done)] == ["accepted"]
    assert [step.id for step in workflow.open_now(done, ("rectify",))] == ["rectifying"]


@pytest.mark.parametrize("name", built_in_programmes())
def test_every_programme_has_titles_sources_and_a_status(name):
    programme = load_programme(name)
    assert programme.id == name
    assert programme.title_zh
    assert programme.title_en
    assert programme.sources
    assert programme.status in ("S", "V", "V-m", "R")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("due = 2005-06-15", "due = 2005-13-15"), "not TOML"),
        (('step = "surveyed"', 'step = "survayed"'), "no step 'survayed'"),
        (('tier = "city"\ndue = 2005-06-15', 'tier = "village"\ndue = 2005-06-15'), "not one of tiers"),
        (("[2005-10-01, 2005-10-31]", "[2005-10-31, 2005-10-01]"), "ends before it begins"),
        (('text = "10月份"', 'txet = "10月份"'), "unknown field `txet`"),
        (('inherit = "county"', 'inherit = "province"'), "no date of 'province'"),
        (('before = "city_inspection"', 'before = "no_such"'), "no day for this tier"),
        (('workflow = "cn-government"', 'workflow = "own"'), "there is no workflow 'own'"),
        (('id = "survey_complete"', 'id = "group_established"'), "the milestone 'group_established' is there twice"),
        (('step = "surveyed"', 'step = "surveyed"\ntarget = true'), "one of step, target and submission"),
        (('after = "installed"', 'after = "insalled"'), "after names a step, and belongs to a target"),
        (('tier = "township"\ninherit', 'tier = "city"\ninherit'), "tier 'city' is there twice"),
        (('city = ["group_established"]', 'town = ["group_established"]'), "already: 'town' is no tier"),
        (("due = 2005-06-15\n", ""), "one of due, window, inherit, before and every says when"),
        (("due = 2005-07-20\n", "window = [2005-07-10, 2005-07-20]\n"), "strict_due needs due beside it"),
        (("due = 2005-06-15\n", 'every = "week"\nday = 3\n'), "every is month or year, with the day"),
        (("due = 2005-06-15\n", 'every = "month"\nday = 32\n'), "every is month or year, with the day"),
        (("due = 2005-06-15\n", 'every = "year"\nday = 3\n'), "every year needs a month from 1 to 12"),
    ],
)
def test_a_fault_in_a_programme_is_told_with_its_line(tmp_path, change, told):
    text = (PROGRAMMES / f"{ZHANJIANG}.toml").read_text(encoding="utf-8")
    assert change[0] in text
    file = tmp_path / "own.toml"
    line = text[: text.index(change[0])].count("\n") + 1
    file.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_programme(file)
    assert told in str(raised.value)
    found = [int(part.split(":")[0]) for part in str(raised.value).split("own.toml:")[1:]]
    assert found
    assert abs(found[0] - line) <= 4  # the table's head, where the fault is of all of it


def test_a_programme_without_milestones_is_none(tmp_path):
    text = (PROGRAMMES / f"{ZHANJIANG}.toml").read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(f'milestone = []\n{text.partition("[[milestone]]")[0]}', encoding="utf-8")
    with pytest.raises(InputError, match="a programme without milestones"):
        load_programme(tmp_path / "own.toml")
    first = text.partition("[[milestone.date]]")[0]
    (tmp_path / "own.toml").write_text(f"{first}date = []\n", encoding="utf-8")
    with pytest.raises(InputError, match="group_established: no tier has a date"):
        load_programme(tmp_path / "own.toml")


def test_an_unknown_setting_or_choice_is_told():
    for own, told in (({"A99": "x"}, "A99"), ({"A1": "sometimes"}, "strict")):
        with pytest.raises(InputError, match=told):
            load_campaign({"schema": 1, "programme": ZHANJIANG, "settings": own})
