from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from tests.unit.assess.cases import devices, finding, installed, judged
from tests.unit.assess.small_engine import SmallEngine, product, tool

from licmatch.errors import PluginError
from licmatch.hooks import JudgeContext


@pytest.mark.parametrize(
    ("name", "category", "verdict", "state"),
    [
        ("Microsoft Office 专业增强版 2016", "office", "no_evidence", "undetermined"),
        ("Microsoft Office 家庭和学生版 2016", "office", "edition_not_allowed", "not_genuine"),
        ("Microsoft Office 试用版 2016", "office", "trial_valid", "not_genuine"),
        ("LibreOffice 7.3", "office", "open_source", "genuine"),
        ("WPS Office 个人版", "office", "edition_not_allowed", "not_genuine"),
        ("旧字处理", "office", "undetermined", "undetermined"),
        ("Windows 10 Pro", "os", "no_evidence", "undetermined"),
        ("Windows 10 Home", "os", "edition_not_allowed", "not_genuine"),
        ("Windows Defender", "antivirus", "genuine_free", "genuine"),
        ("360安全卫士", "antivirus", "undetermined", "undetermined"),
        ("Kaspersky Endpoint Security 11", "antivirus", "no_evidence", "undetermined"),
        ("Foo", "office", "absent", "out_of_scope"),
        ("某某杀毒", "antivirus", "undetermined", "undetermined"),
        ("天擎", "antivirus", "undetermined", "undetermined"),
    ],
)
def test_verdict_without_any_paper(name: str, category: str, verdict: str, state: str) -> None:
    found = finding(judged(("a", name)), "a", category)
    assert (found["verdict"], found["state"], found["grade"], found["official"]) == (verdict, state, "none", False)


def test_at_acceptance_missing_papers_are_not_genuine() -> None:
    assert finding(judged(("a", "Windows 10 Pro"), policy={"phase": "strict"}), "a", "os")["state"] == "not_genuine"


def test_an_activator_makes_os_and_office_undetermined_and_strong() -> None:
    result = judged(("a", "KMSpico"), ("a", "Microsoft Office 专业增强版 2016"), ("a", "Windows Defender"), ("a", "Windows 10 Pro"))
    for category in ("os", "office"):
        found = finding(result, "a", category)
        assert (found["verdict"], found["grade"], found["installations"]) == ("undetermined", "strong", 1)
        first = installed(result, "a", category)[0]["evidence"][0]
        assert (first["kind"], first["rule_id"], first["text"], first["row"]) == ("signature", "KMSPICO-01", "KMSpico", 0)
    assert finding(result, "a", "antivirus")["verdict"] == "genuine_free"


def test_an_activator_without_a_known_os_still_shows() -> None:
    result = judged(("a", "KMSpico"))
    found = finding(result, "a", "os")
    assert (found["verdict"], found["grade"], found["installations"]) == ("undetermined", "strong", 0)
    assert found["evidence"][0]["text"] == "KMSpico"
    # There is no office suite it could have been used on; the trace is kept with the finding all the same.
    office = finding(result, "a", "office")
    assert (office["verdict"], office["grade"], len(office["evidence"])) == ("absent", "none", 1)


def test_an_activator_does_not_touch_free_software() -> None:
    found = finding(judged(("a", "KMSpico"), ("a", "LibreOffice 7.3")), "a", "office")
    assert (found["verdict"], found["grade"]) == ("open_source", "none")
    assert found["evidence"][0]["rule_id"] == "KMSPICO-01"


def test_a_generator_for_something_else_is_an_indication_at_most() -> None:
    assert finding(judged(("a", "Some Keygen"), ("a", "Windows 10 Pro")), "a", "os")["grade"] == "indication"


def test_a_tool_that_bears_on_other_software_accuses_nothing_here() -> None:
    found = finding(judged(("a", "CAD crack"), ("a", "Windows 10 Pro")), "a", "os")
    assert (found["verdict"], found["grade"]) == ("no_evidence", "none")


def test_a_cracked_suite_bears_on_itself_only() -> None:
    result = judged(("a", "Microsoft Office 2016 破解版"), ("a", "Windows 10 Pro"))
    assert (finding(result, "a", "office")["verdict"], finding(result, "a", "office")["grade"]) == ("undetermined", "strong")
    assert installed(result, "a", "office")[0]["evidence"][0]["rule_id"] == "CRACKED"
    assert finding(result, "a", "os")["grade"] == "none"


def test_cracked_needs_evidence_about_today() -> None:
    names = [("a", "Windows 10 Pro"), ("a", "KMSpico"), ("b", "Windows 10 Pro"), ("b", "KMSpico"), ("c", "Windows 10 Pro")]
    record = {"application": "windows", "product_name": "Windows(R), Professional edition", "channel": "Volume:GVLK", "license_status": 1}
    rows = [record | {"device_id": "a", "kms_host": "kms8.msguides.com"}, record | {"device_id": "c", "kms_host": "kms.example.gov.cn"}]
    result = judged(*names, activations=pl.DataFrame(rows), organisation={"kms_hosts": ["kms.example.gov.cn"]})
    told = {device: (finding(result, device, "os")["verdict"], finding(result, device, "os")["grade"]) for device in "abc"}
    assert told == {"a": ("cracked", "conclusive"), "b": ("undetermined", "strong"), "c": ("no_evidence", "none")}
    assert (result.scores["pirated_devices"][0], result.scores["suspected_devices"][0]) == (1, 1)


def test_a_memory_only_name_carries_no_finding() -> None:
    free = product("office", "LibreOffice", "7", memory=True, lm_score=0.99)
    found = finding(judged(("a", "L"), engine=SmallEngine(answers={"L": free})), "a", "office")
    assert found["verdict"] == "undetermined"
    assert found["confidence"] <= 0.80


@pytest.mark.parametrize(("end", "verdict"), [("2026-11-29", "trial_expired"), ("2026-11-30", "trial_valid"), ("someday", "trial_valid")])
def test_a_trial_ends_when_the_activation_record_says(end: str, verdict: str) -> None:
    activations = pl.DataFrame({"device_id": ["a"], "application": ["office"], "product_name": ["x"], "evaluation_end": [end]})
    assert finding(judged(("a", "Microsoft Office 试用版 2016"), activations=activations), "a", "office")["verdict"] == verdict


def test_a_record_of_windows_says_nothing_about_office() -> None:
    activations = pl.DataFrame({"device_id": ["a"], "application": ["windows"], "product_name": ["x"], "evaluation_end": ["2020-01-01"]})
    assert finding(judged(("a", "Microsoft Office 试用版 2016"), activations=activations), "a", "office")["verdict"] == "trial_valid"


def test_software_on_a_device_out_of_use_is_not_in_scope() -> None:
    result = judged(("a", "KMSpico"), ("a", "Windows 10 Home"), devices=devices({"device_id": "a", "in_use": "报废"}))
    assert set(result.findings["verdict"]) == {"not_in_scope"}
    assert set(result.installations["state"]) == {"out_of_scope"}
    assert result.scores.select("in_use", "os_installed", "suspected_devices").row(0) == (0, 0, 0)


def test_end_of_support_is_a_flag_and_no_verdict() -> None:
    result = judged(("a", "Windows 7"), ("b", "Windows 10 Pro"), ("c", "Microsoft Office 2010"))
    assert [
        installed(result, device, category)[0]["end_of_support"] for device, category in (("a", "os"), ("b", "os"), ("c", "office"))
    ] == [True, None, True]
    assert installed(result, "a", "os")[0]["verdict"] == "no_evidence"


def test_free_antivirus_counts_once_the_owner_approved_it() -> None:
    listed = {"free_software": ["antivirus.360-safe"]}
    assert finding(judged(("a", "360安全卫士"), organisation=listed), "a", "antivirus")["verdict"] == "genuine_free"


def test_the_list_of_free_software_frees_nothing_that_is_sold() -> None:
    listed = {"free_software": ["os.windows-10", "office.microsoft-office"]}
    result = judged(("a", "Windows 10 Pro"), ("a", "Microsoft Office"), organisation=listed)
    assert {finding(result, "a", "os")["verdict"], finding(result, "a", "office")["verdict"]} == {"no_evidence"}


def test_an_oem_copy_waits_for_its_label() -> None:
    answers = {"W": product("os", "Windows 10", "10", "pro", channel="oem")}
    assert finding(judged(("a", "W"), engine=SmallEngine(answers=answers)), "a", "os")["verdict"] == "label_missing"


def test_the_worst_installation_is_the_finding_and_the_strongest_trace_its_grade() -> None:
    result = judged(("a", "Microsoft Office 家庭和学生版 2016"), ("a", "LibreOffice 7.3"), ("a", "KMSpico"))
    found = finding(result, "a", "office")
    assert (found["verdict"], found["grade"], found["installations"]) == ("edition_not_allowed", "strong", 2)


def _lossy(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    return installations.head(0)


def _reversed(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    return installations.reverse()


def _inventing(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    return installations.with_columns(verdict=pl.lit("stolen"))


@pytest.mark.parametrize("judge", [_lossy, _reversed, _inventing])
def test_a_judge_that_breaks_its_promise_stops_the_run(judge: Any) -> None:
    engine = SmallEngine()
    broken = SmallEngine(categories=tuple(replace(category, judge=judge) for category in engine.categories))
    with pytest.raises(PluginError):
        judged(("a", "Windows 10 Pro"), ("b", "Windows 7"), engine=broken)


def test_a_judge_sees_the_day_and_the_facts_of_its_category_only() -> None:
    seen = []

    def watching(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
        seen.append((context.as_of, set(context.facts["category"])))
        return installations

    engine = SmallEngine(categories=tuple(replace(category, judge=watching) for category in SmallEngine().categories))
    judged(("a", "Windows 10 Pro"), engine=engine)
    assert seen == [(date(2026, 11, 30), {category}) for category in ("os", "office", "antivirus")]


def test_an_activator_bears_on_the_copies_of_those_it_works_on() -> None:
    answers = {
        "WPS": product("office", "WPS Office", lm_vendor="Kingsoft", family_id="office.sold"),
        "Office": product("office", "Microsoft Office", "2016"),
        "Kylin": product("os", "Kylin", "V10", lm_vendor="KylinSoft", family_id="os.sold"),
        "KMSpico": tool("KMSPICO-01"),
        "KMSpico for WPS": tool("KMSPICO-01", lm_category="office"),
    }
    rows = [
        ("a", "WPS"),
        ("a", "Office"),
        ("a", "Kylin"),
        ("a", "KMSpico"),
        ("b", "WPS"),
        ("b", "KMSpico"),
        ("c", "WPS"),
        ("c", "KMSpico for WPS"),
    ]
    result = judged(*rows, engine=SmallEngine(answers=answers))
    assert {row["family"]: row["grade"] for row in installed(result, "a", "office")} == {"Microsoft Office": "strong", "WPS Office": "none"}
    assert finding(result, "a", "os")["grade"] == "none"
    alone = finding(result, "b", "office")
    assert (alone["grade"], alone["state"], [piece["text"] for piece in alone["evidence"]]) == ("none", "undetermined", ["KMSpico"])
    assert finding(result, "c", "office")["grade"] == "strong"


def test_a_doubtful_copy_speaks_for_the_device_before_one_without_papers() -> None:
    result = judged(("a", "Microsoft Office 2016 破解版"), ("a", "Microsoft Office 2010"))
    found = finding(result, "a", "office")
    assert (found["verdict"], found["grade"], found["installations"]) == ("undetermined", "strong", 2)


def test_no_trace_hides_behind_a_worse_verdict() -> None:
    found = finding(judged(("a", "WPS Office 个人版"), ("a", "Microsoft Office 2016 破解版")), "a", "office")
    assert (found["verdict"], found["grade"]) == ("edition_not_allowed", "strong")


@pytest.mark.parametrize(("listed", "verdict"), [("partial", "undetermined"), ("whole", "absent"), (None, "absent")])
def test_what_a_partial_list_lacks_is_not_absent(listed: str | None, verdict: str) -> None:
    given = devices({"device_id": "A", "software_list": listed}).with_columns(pl.col("software_list").cast(pl.String))
    result = judged(("A", "WPS Office 个人版"), devices=given)
    found = finding(result, "A", "office")
    assert found["installations"] == 1
    assert "partial_list" not in found["flags"]
    lacking = [finding(result, "A", category) for category in ("os", "antivirus")]
    assert {(one["verdict"], one["confidence"]) for one in lacking} == {(verdict, 0.5 if listed == "partial" else 1.0)}
    assert all(("partial_list" in one["flags"]) == (listed == "partial") for one in lacking)
    if listed == "partial":
        assert {item["text"] for one in lacking for item in one["evidence"]} == {"software_list=partial"}
    top = result.scores.filter(pl.col("parent_id").is_null()).row(0, named=True)
    assert top["antivirus_coverage"] == 0.0
    assert top["antivirus_coverage_high"] == (1.0 if listed == "partial" else 0.0)


def test_a_partial_list_out_of_use_is_not_in_scope() -> None:
    result = judged(("A", "x"), devices=devices({"device_id": "A", "software_list": "partial", "in_use": "no"}))
    assert finding(result, "A", "antivirus")["verdict"] == "not_in_scope"
