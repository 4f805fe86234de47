"""Phrases against each other: out of reach, swallowed by a neighbour, not told apart, idle; and the engine with one switched off."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.lexicon import Entry
from licmatch.catalog.load import SourceFile, catalog_files, read_sources
from licmatch.match import Engine
from licmatch.match.check_names import idle_phrases, misled_names, overwritten_names, switches, untold_neighbours
from licmatch.match.examples import Example
from licmatch.match.written import Asker, Written, written_phrases
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


def asked(folder: Path, text: str) -> tuple[Asker, list[Written]]:
    """Return an asker of a catalog and the phrases of its own file."""
    path = folder / "ember.toml"
    path.write_text(text, encoding="utf-8")
    engine = Engine.load(catalogs=[path], builtin=False, plugins=load_plugins(installed=False))
    every = written_phrases(read_sources(catalog_files([*shared_roots(), path])))
    return Asker(engine, every), [phrase for phrase in every if phrase.family is not None]


def names_of(phrases: list[Written]) -> list[Written]:
    return [phrase for phrase in phrases if phrase.is_name]


def example(raw: str, expect: str, **marks: Any) -> Example:
    return Example("ember.tsv", 2, raw, None, None, expect, "constructed", "", **marks)


def idle_of(asker: Asker, phrases: list[Written], examples: list[Example]) -> dict[str, str]:
    found = idle_phrases(asker, [(phrase,) for phrase in phrases if phrase.part != "release"], examples)
    return {f"{one.part}: {one.phrase}": why for (one,), why in found}


def test_a_name_nothing_of_which_reaches_the_catalog_is_found(tmp_path):
    _, phrases = asked(tmp_path, FAMILIES)
    names = names_of(phrases)
    assert [(name.part, name.phrase) for name, _ in overwritten_names(names)] == [("weak", "ember note")]


def test_sound_neighbours_are_no_fault(tmp_path):
    asker, phrases = asked(tmp_path, FAMILIES)
    names = names_of(phrases)
    assert misled_names(asker, names) == []


def test_a_name_that_its_own_family_disowns_is_found(tmp_path):
    asker, names = asked(tmp_path, FAMILIES.replace('names = ["ember note viewer"]', 'generic = ["ember note deluxe"]') + SWALLOWED)
    told = {name.phrase: text for name, text in misled_names(asker, names_of(names))}
    # Both families write "ember note deluxe", the second weakly: the first always answers.
    assert set(told) == {"ember note deluxe"}
    assert "office.ember-note" in told["ember note deluxe"]


def test_a_name_is_idle_until_an_example_needs_it(tmp_path):
    asker, phrases = asked(tmp_path, FAMILIES.replace('"ember note", "ember"]', '"ember"]'))
    names = [name for name in names_of(phrases) if name.part == "names"]
    few = [example("Ember Note", "office.ember-note"), example("Ember Note Deluxe", "office.ember-note")]
    idle = idle_of(asker, names, few)
    # "Deluxe" is an edition's word in every family, so the shorter name reads that one too.
    assert set(idle) == {"names: ember note viewer", "names: ember note deluxe"}
    assert idle["names: ember note viewer"] == "stands in no example"
    more = [*few, example("Ember Note Viewer", "office.ember-note-viewer")]
    assert "names: ember note viewer" not in idle_of(asker, names, more)


PARTS = """
schema = 1
category = "office"

[defaults]
tails = ["fresh"]

[[family]]
id = "ember-note"
name = "Ember Note"
vendor = "Microsoft"
names = ["ember note"]
editions = ["pro"]
edition_words = { "gold pack" = "pro" }
releases = [{ id = "2016", words = ["maple"] }]
not = ["ember note tracker"]
companions = { component = ["ember note shared parts"] }

[[family]]
id = "ember-pad"
name = "Ember Pad"
vendor = "Microsoft"
alone = ["ember pad"]
"""
NEEDS = {
    "names: ember note": example("Ember Note", "office.ember-note"),
    "edition_words: gold pack": example("Ember Note Gold Pack", "office.ember-note.pro"),
    "release words: maple": example("Ember Note Maple", "office.ember-note-2016"),
    "not: ember note tracker": example("Ember Note Tracker", "unknown"),
    "companions: ember note shared parts": example("Ember Note Shared Parts", "role:component"),
    "tails: fresh": example("Ember Note Fresh", "office.ember-note", whole=True),
    "alone: ember pad": example("Ember Pad", "office.ember-pad"),
}


def test_every_kind_of_phrase_is_idle_exactly_when_its_example_is_missing(tmp_path):
    asker, phrases = asked(tmp_path, PARTS)
    together = switches(phrases, [SourceFile("ember.toml", PARTS)])
    assert [len(each) for each in together if each[0].part == "tails"] == [2], "a default is switched off for all its families at once"
    assert idle_phrases(asker, together, list(NEEDS.values())) == []
    for missing in NEEDS:
        left = [one for needed_by, one in NEEDS.items() if needed_by != missing]
        idle = [f"{each[0].part}: {each[0].phrase}" for each, _ in idle_phrases(asker, together, left)]
        # All other examples of the family hold its only name.
        assert idle == ([] if missing.startswith("names") else [missing])


def test_a_word_that_only_explains_earns_its_place_by_an_example_of_the_whole(tmp_path):
    asker, phrases = asked(tmp_path, PARTS)
    [fresh, _] = [phrase for phrase in phrases if phrase.part == "tails"]
    # A distinctive name stands beside one unexplained word: the answer alone does not show what the word is good for.
    answer_only, of_the_whole = (
        example("Ember Note Fresh", "office.ember-note"),
        example("Ember Note Fresh", "office.ember-note", whole=True),
    )
    assert idle_of(asker, [fresh], [answer_only])
    assert not idle_of(asker, [fresh], [of_the_whole])


def test_two_families_of_one_name_must_be_told_apart(tmp_path):
    asker, phrases = asked(
        tmp_path, PARTS.replace('alone = ["ember pad"]', 'names = ["ember note"]').replace('name = "Ember Pad"', 'name = "Ember Rival"')
    )
    names = names_of(phrases)
    told = {name.family: text for name, text in untold_neighbours(asker, names, names, lambda: [])}
    assert set(told) == {0, 1}
    assert "office.ember-pad too" in told[0]
    assert untold_neighbours(asker, names, names, lambda: [example("Ember Note", "ambiguous")]) == []
    one_side = [example("Ember Note Maple", "office.ember-note-2016")]
    assert [name.family for name, _ in untold_neighbours(asker, names, names, lambda: one_side)] == [1]
    rival = [name for name in names if name.family == 1]
    assert [name.family for name, _ in untold_neighbours(asker, names, rival, lambda: one_side)] == [1]


def test_examples_are_not_read_where_no_name_is_shared(tmp_path):
    asker, phrases = asked(tmp_path, PARTS)
    assert untold_neighbours(asker, names_of(phrases), names_of(phrases), lambda: pytest.fail("nothing is shared")) == []


@pytest.mark.parametrize("part", ["names", "edition_words", "release words", "not", "companions", "tails"])
def test_switched_off_a_phrase_leaves_what_the_compiler_leaves_without_it(tmp_path, part):
    asker, phrases = asked(tmp_path, PARTS)
    switched = [phrase for phrase in phrases if phrase.part == part and phrase.phrase != "ember pad"]
    (tmp_path / "other").mkdir()
    other, _ = asked(tmp_path / "other", re.sub(rf'"{switched[0].phrase}"( = "\w+")?', "", PARTS))
    compiled = dict(zip(other.engine.compiled.keys, other.engine.compiled.entries, strict=True))
    [key] = set(switched[0].keys)
    off = asker.without(*switched)
    assert off is not None
    [index] = asker.indexes(switched[0])
    left = off.finder._entries[index]  # what is under test is that the mask equals a compilation
    assert left == compiled.get(key, Entry())


def test_switched_off_the_name_is_gone_and_the_engine_stays_as_it_was(tmp_path):
    asker, phrases = asked(tmp_path, FAMILIES)
    [viewer] = [name for name in phrases if name.phrase == "ember note viewer"]
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


def test_of_words_listed_more_strongly_twice_the_first_is_shown():
    def name(phrase, part, keys, strength):
        return SimpleNamespace(family=0, phrase=phrase, part=part, keys=keys, strength=strength)

    weak = name("(note|pad)", "weak", ("note", "pad"), 1)
    over = [name("note", "names", ("note",), 3), name("pad", "alone", ("pad",), 2)]
    assert overwritten_names([weak, *over]) == [(weak, "'(note|pad)' is never read: 'note' in `names` says the same")]
