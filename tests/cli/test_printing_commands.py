"""Commands that print: the same facts as text, as bare words and as JSON."""

from __future__ import annotations

import json

import pytest


def test_plugins_as_table_words_and_json(licmatch):
    assert licmatch("plugins", "--quiet").out.split() == ["antivirus", "office", "os"]
    listed = json.loads(licmatch("plugins", "--json").out)
    assert [each["name"] for each in listed] == ["antivirus", "office", "os"]
    assert {each["distribution"] for each in listed} == {"licmatch"}
    for lang, title in (("en", "Operating system"), ("zh", "操作系统")):
        assert title in licmatch("plugins", "--lang", lang).out


def test_a_plugin_that_is_left_out_is_not_listed(licmatch):
    assert licmatch("plugins", "--quiet", "--without", "licmatch:os").out.split() == ["antivirus", "office"]


def test_formats_as_table_words_and_json(licmatch):
    ids = licmatch("formats", "--quiet").out.split()
    assert ids == sorted(ids)
    assert [each["id"] for each in json.loads(licmatch("formats", "--json").out)] == ids
    assert {"csv", "xlsx", "parquet"} <= set(ids)


@pytest.mark.parametrize("name", ["Microsoft Office 专业增强版 2016", "没有人认识的东西", "[red]not markup[/red]"])
def test_explain_agrees_with_match_in_text_words_and_json(licmatch, engine, name):
    found = engine.match_name(name)
    told = json.loads(licmatch("explain", name, "--json").out)
    assert told["match"]["product_id"] == found.product_id
    assert licmatch("explain", name, "--quiet").out.strip() == (found.product_id or found.status)
    for lang in ("en", "zh"):
        assert name in licmatch("explain", name, "--lang", lang).out


def test_families_are_listed_sorted_and_shown(licmatch):
    ids = licmatch("catalog", "list", "--quiet").out.split()
    assert ids == sorted(ids)
    assert "os.windows-10" in ids
    assert all(each.startswith("antivirus.") for each in licmatch("catalog", "list", "--category", "antivirus", "--quiet").out.split())
    assert json.loads(licmatch("catalog", "show", "os.windows-10", "--json").out)["vendor"] == "Microsoft"
    assert "Microsoft" in licmatch("catalog", "show", "os.windows-10").out


def test_a_family_that_is_nearly_there_is_suggested(licmatch):
    assert "os.windows-10" in licmatch("catalog", "show", "os.windows10").err


def test_the_built_in_catalogs_have_no_faults(licmatch):
    ran = licmatch("catalog", "check")
    assert ran.code == 0, ran.out
    assert ran.out.splitlines()[-1].startswith("no faults: ")


def test_faults_of_a_catalog_are_all_printed(licmatch, tmp_path):
    broken = tmp_path / "ours.toml"
    broken.write_text('schema = 1\ncategory = "os"\n[[family]]\nid = "x"\nnmae = "X"\n[[family]]\nid = "y"\n', encoding="utf-8")
    ran = licmatch("catalog", "check", broken)
    assert ran.code == 3
    assert "nmae" in ran.out or "name" in ran.out
    assert len(ran.out.splitlines()) >= 2
