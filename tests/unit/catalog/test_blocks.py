"""Files with several faults: every one is told, each on its line, and what is sound beside them is kept."""

from __future__ import annotations

import pytest

from licmatch.catalog.blocks import Lines
from licmatch.catalog.cache import load_compiled
from licmatch.catalog.compile import shared_roots
from licmatch.catalog.load import SourceFile, catalog_files, read_sources, read_what_fits
from licmatch.errors import CatalogError
from licmatch.match import Engine

BROKEN = """schema = 1
category = "office"

[defaults]
origin = "forein"

[[family]]
id = "ember-note"
name = "Ember Note"
vendor = "Nobody We Know"
nmaes = ["ember note"]
licence = "comercial"
checked = "yesterday"
releases = [{ id = "3", suport_ends = 2025-01-01 }]
inside = ["half", "never"]

[family.edition_licences]
free = "gratis"

[[family]]
id = "half"
name = 7
origin = "domestic"
"""
TOLD = [
    "5 defaults: origin 'forein' is none of domestic, foreign, open",
    "10 ember-note: vendor 'Nobody We Know' is not in the vendors catalog",
    "11 ember-note: unknown key 'nmaes', did you mean 'names'?",
    "12 ember-note: licence 'comercial' is none of commercial, ",
    "13 ember-note: `checked` is 'yesterday', and should be a day such as 2026-11-30",
    "14 ember-note: unknown key 'suport_ends', did you mean 'support_ends'?",
    "15 ember-note: family 'office.never' does not exist",
    "17 ember-note: licence of free 'gratis' is none of commercial, ",
    "20 half: `vendor` is missing",
    "22 half: `name` is 7, and should be a text in quotes",
]


def test_every_fault_of_a_file_is_told_in_one_go_with_its_line(tmp_path, monkeypatch):
    monkeypatch.setenv("LICMATCH_CACHE", str(tmp_path))
    path = tmp_path / "own.toml"
    path.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(CatalogError) as refused:
        Engine.load(catalogs=[path])
    faults = [fault.removeprefix("own.toml:") for fault in refused.value.faults]
    for each in TOLD:
        assert any(fault.startswith(each) for fault in faults), (each, faults)
    assert len(faults) == len(TOLD), faults


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('licence = "comercial"', "licence 'comercial' is none of commercial"),
        ('role = "thing"', "role 'thing' is none of product"),
        ('channel = "shop"', "channel 'shop' is none of retail"),
        ('release_numbers = "all"', "release_numbers 'all' is none of none, major"),
        ('companions = { gadget = ["ember gadget"] }', "companions 'gadget' is none of product"),
        ('ids = [{ value = "x", role = "thing" }]', "role of an id 'thing' is none of"),
        ('ids = [{ value = "x", channel = "shop" }]', "channel of an id 'shop' is none of"),
        ('releases = [{ id = "1", licence = "gratis" }]', "licence of release 1 'gratis' is none of"),
    ],
)
def test_a_value_on_no_list_is_refused_on_load(tmp_path, monkeypatch, line, fault):
    monkeypatch.setenv("LICMATCH_CACHE", str(tmp_path))
    path = tmp_path / "own.toml"
    path.write_text(f'schema = 1\ncategory = "office"\n[[family]]\nid = "x"\nname = "X"\nvendor = "Microsoft"\n{line}\n', encoding="utf-8")
    with pytest.raises(CatalogError) as refused:
        load_compiled([*shared_roots(), path])
    [told] = refused.value.faults
    assert told.startswith(f"own.toml:7 x: {fault}")


def test_a_signature_that_matches_in_no_known_way_is_refused_with_its_line():
    text = (
        'schema = 1\n[[signature]]\nid = "own-1"\ntitle = "T"\ntitle_zh = "T"\nkind = "crack"\nevidence = "file_name"\nmatch = "like"\n'
        'patterns = ["x"]\nconfidence = 7.5\nexamples = ["x"]\ncounter_examples = []\n'
    )
    told = read_what_fits([*catalog_files(shared_roots()), SourceFile("own.toml", text)]).faults
    assert [fault.split(" is ")[0] for fault in told] == ["own.toml:8 own-1: match 'like'", "own.toml:10 own-1: confidence 7.5"]


def test_a_maker_with_a_misspelt_key_is_still_there_for_its_family():
    text = 'schema = 1\ncategory = "office"\n[[family]]\nid = "x"\nname = "X"\nvendor = "Ember"\n'
    text += '[[vendor]]\nname = "Ember"\ncontry = "CN"\n'
    reading = read_what_fits([*catalog_files(shared_roots()), SourceFile("own.toml", text)])
    assert reading.faults == ("own.toml:9: unknown key 'contry', did you mean 'country'?",)
    assert reading.sources is not None
    assert "Ember" in {vendor.name for vendor in reading.sources.vendors}


def test_what_is_no_toml_is_told_with_its_line():
    with pytest.raises(CatalogError) as refused:
        read_sources([SourceFile("own.toml", 'schema = 1\ncategory = "office\n'), SourceFile("b.toml", "schema = 2\n")])
    assert [fault.split(" ")[0] for fault in refused.value.faults] == ["own.toml:2:", "b.toml:1:"]


@pytest.mark.parametrize(
    "text",
    [
        "schema = 1\nfamily = [{ id = 'x' }]\ncategory = 'office'\n",  # no header to count
        'schema = 1\ncategory = "office"\n[[family]]\nid = "x"\nnote = """\n[[family]]\nid = "y"\n"""\n[[family]]\nid = "z"\n',
        "schema = 1\ncategory = 7\n[[family]]\n[[family]]\nid = 5\nnames = 'x'\nids = [[1]]\n",
        "schema = 1\ncategory = 'office'\nfamily = 5\n",
        f"schema = 1\ncategory = 'office'\n[[family]]\nid = 0x{'f' * 6000}\n",
        f"schema = 0x{'f' * 6000}\n",
    ],
)
def test_hostile_blocks_are_told_and_nothing_else_happens(text):
    told = read_what_fits([SourceFile("own.toml", text)]).faults
    assert told
    assert all(fault.startswith("own.toml") and len(fault) < 300 for fault in told)


def test_many_faulty_blocks_take_time_in_proportion():
    text = "schema = 1\ncategory = 'office'\n" + "[[family]]\nid = 'x'\n" * 20_000
    assert len(read_what_fits([SourceFile("own.toml", text)]).faults) == 40_000


def test_lines_are_those_of_the_block_and_not_of_an_equal_key_elsewhere():
    lines = Lines('[[family]]\nid = "a"\nname = "A"\n[family.companions]\ntool = ["t"]\n\n[[family]]\nid = "b"\n"name" = "B"\n')
    assert [lines.of(f"family[{at}].{key}", 2) for at, key in ((0, "name"), (0, "companions"), (1, "name"), (1, "vendor"))] == [3, 4, 9, 7]
    assert (lines.of("family[2].name"), lines.of("family[0].name", 3), lines.naming("family", "id", "b", "name")) == (None, None, 9)
