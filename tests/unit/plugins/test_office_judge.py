from __future__ import annotations

import polars as pl
import pytest
from tests.unit.assess.cases import finding, installed
from tests.unit.plugins.judging import case

SUITE = {
    "application": "office", "product_name": "Office 16, Office16ProPlusVL_MAK edition", "license_family": "Office16ProPlusVL_MAK",
    "license_status": 1,
}  # fmt: skip
NAME, TRIAL = "Microsoft Office 专业增强版 2016", "Microsoft Office 试用版 2016"


@pytest.mark.parametrize(
    ("channel", "sold"),
    [("Retail", "retail"), ("Volume:MAK", "volume"), ("Volume:GVLK", "volume"), ("Retail:TB:Sub", "subscription")],
)
def test_the_licence_row_says_how_the_suite_was_sold(channel, sold):
    assert installed(case(NAME, activations=[SUITE | {"channel": channel}]), "a", "office")[0]["channel"] == sold


def test_a_trial_that_is_licensed_is_no_trial():
    result = case(TRIAL, activations=[SUITE | {"channel": "Volume:MAK"}])
    assert (finding(result, "a", "office")["verdict"], installed(result, "a", "office")[0]["channel"]) == ("no_evidence", "volume")
    assert finding(case(TRIAL), "a", "office")["verdict"] == "trial_valid"


@pytest.mark.parametrize(("end", "verdict"), [("2026-12-31", "trial_valid"), ("2026-01-31", "trial_expired")])
def test_what_runs_on_an_evaluation_licence_is_a_trial(end, verdict):
    result = case(NAME, activations=[SUITE | {"channel": "Retail:TB:Trial", "evaluation_end": end}])
    assert finding(result, "a", "office")["verdict"] == verdict


def test_a_row_of_visio_says_nothing_about_the_suite():
    row = SUITE | {
        "channel": "Volume:MAK",
        "product_name": "Office 16, Office16VisioProVL_MAK edition",
        "license_family": "Office16VisioProVL_MAK",
    }
    sold = {copy["family"]: copy["channel"] for copy in installed(case(NAME, "Microsoft Visio 2016", activations=[row]), "a", "office")}
    assert sold == {"Microsoft Office": None, "Microsoft Visio": "volume"}


def test_of_two_suites_nobody_knows_which_one_the_row_is_about():
    result = case(NAME, "Microsoft Office 2010", activations=[SUITE | {"channel": "Retail"}])
    assert [copy["channel"] for copy in installed(result, "a", "office")] == [None, None]


@pytest.mark.parametrize(("org_type", "verdict"), [("government", "undetermined"), ("education", "no_evidence"), (None, "no_evidence")])
def test_an_education_edition_outside_education_is_for_a_person_to_decide(org_type, verdict):
    units = pl.DataFrame([{"unit_id": "u1", "name": "县档案局", "org_type": org_type}], schema_overrides={"org_type": pl.String})
    assert finding(case("WPS Office 教育版", device={"unit_id": "u1"}, units=units), "a", "office")["verdict"] == verdict
