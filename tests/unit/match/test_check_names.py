"""Names against each other: out of reach, swallowed by a neighbour, idle; and the engine with one name switched off."""

from __future__ import annotations

from pathlib import Path

import pytest

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.load import catalog_files, read_sources
from licmatch.match import Engine
from licmatch.match.check_names import idle_names, misled_names, overwritten_names
from licmatch.match.examples import Example
from licmatch.match.written import Asker, WrittenName, written_names
from licmatch.plugin_loader import load_plugins

FAMILIES = """
schema = 1
category = "office"

[[family]]
id = "ember-note"
name = "Ember Note"
vendor = "Microsoft"
names = ["(ember|embr) note", "ember note deluxe"]
weak = ["ember note", "ember"]

[[family]]
id = "ember-note-viewer"
name = "Ember Note Viewer"
vendor = "Microsoft"
names = ["ember note viewer"]
"""
SWALLOWED = """
[[family]]
id = "glow"
name = "Glow"
vendor = "Microsoft"
weak = ["glow pad"]
not = ["glow pad"]
"""


def asked(folder: Path, text: str) -> tuple[Asker, list[WrittenName]]:
    path = folder / "ember.toml"
    path.write_text(text, encoding="utf-8")
    engine = Engine.load(catalogs=[path], builtin=False, plugins=load_plugins(installed=False))
    names = written_names(read_sources(catalog_files([*shared_roots(), path])).families)
    return Asker(engine, names), names


def example(raw: str, expect: str) -> Example:
    return Example("ember.tsv", 2, raw, None, None, expect, "constructed", "")


def test_a_name_nothing_of_which_reaches_the_catalog_is_found(tmp_path):
    _, names = asked(tmp_path, FAMILIES)
    assert [(name.tier, name.phrase) for name, _ in overwritten_names(names)] == [("weak", "ember note")]


def test_sound_neighbours_are_no_fault(tmp_path):
    asker, names = asked(tmp_path, FAMILIES)
    assert misled_names(asker, names) == []


def test_a_name_that_its_own_family_disowns_is_found(tmp_path):
    asker, names = asked(tmp_path, FAMILIES.replace('names = ["ember note viewer"]', 'generic = ["ember note deluxe"]') + SWALLOWED)
    told = {name.phrase: text for name, text in misled_names(asker, names)}
    # Both families write "ember note deluxe", the second weakly: the first always answers.
    assert set(told) == {"ember note deluxe"}
    assert "office.ember-note" in told["ember note deluxe"]


def test_a_name_is_idle_until_an_example_needs_it(tmp_path):
    asker, names = asked(tmp_path, FAMILIES.replace('"ember note", "ember"]', '"ember"]'))
    few = [example("Ember Note", "office.ember-note"), example("Ember Note Deluxe", "office.ember-note")]
    idle = {name.phrase: why for name, why in idle_names(asker, names, few) if name.tier == "names"}
    # "Deluxe" is an edition's word in every family, so the shorter name reads that one too.
    assert set(idle) == {"ember note viewer", "ember note deluxe"}
    assert idle["ember note viewer"] == "stands in no example"
    more = [*few, example("Ember Note Viewer", "office.ember-note-viewer")]
    assert "ember note viewer" not in {name.phrase for name, _ in idle_names(asker, names, more)}


def test_switched_off_the_name_is_gone_and_the_engine_stays_as_it_was(tmp_path):
    asker, names = asked(tmp_path, FAMILIES)
    [viewer] = [name for name in names if name.phrase == "ember note viewer"]
    [question] = asker.questions([("Ember Note Viewer", None, None)])
    before = asker.answer(question)
    masked = asker.without(viewer)
    assert masked is not None
    assert before["family_id"] == "office.ember-note-viewer"
    assert asker.answer(question, masked)["family_id"] != "office.ember-note-viewer"
    assert asker.answer(question) == before


@pytest.mark.parametrize("name", ["Ember Note", "embr note", "Ember Note Viewer 3", "something else"])
def test_the_asker_answers_as_the_engine_does(tmp_path, name):
    asker, _ = asked(tmp_path, FAMILIES)
    [question] = asker.questions([(name, None, None)])
    assert asker.answer(question)["lm_product_id"] == asker.engine.match_name(name).product_id
