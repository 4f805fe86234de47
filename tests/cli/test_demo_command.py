"""`licmatch demo`: a county, its result, a table and the place of the report; nothing of anybody else's is touched."""

from __future__ import annotations

import json

import pytest


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


def test_it_says_where_the_report_is(licmatch, small):
    ran = licmatch("demo", "-o", small / "demo-result", "--devices", "60", "--seed", "7")
    assert ran.code == 0, ran.err
    assert str(small / "demo-result" / "report.html") in ran.out
    assert (small / "demo-result" / "report.html").is_file()
    assert (small / "demo-county" / "truth.parquet").is_file()


def test_again_with_fewer_devices_replaces_both(licmatch, small):
    told = json.loads(licmatch("demo", "-o", small / "demo-result", "--devices", "20", "--seed", "7", "--json").out)
    assert told["totals"]["devices"] == 20
    totals = told["totals"]
    assert totals["rows_in"] == sum(totals[name] for name in ("recognised", "ambiguous", "unknown", "rejected"))


def test_a_folder_that_is_no_county_is_left_alone(licmatch, tmp_path):
    (tmp_path / "mine-county").mkdir()
    (tmp_path / "mine-county" / "thesis.txt").write_text("mine")
    ran = licmatch("demo", "-o", tmp_path / "mine", "--devices", "20")
    assert ran.code == 2
    assert (tmp_path / "mine-county" / "thesis.txt").read_text() == "mine"
    assert not (tmp_path / "mine").exists()
