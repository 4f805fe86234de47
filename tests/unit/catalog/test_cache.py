"""What is kept between runs saves time and changes nothing; where nothing can be kept, everything still works."""

from __future__ import annotations

import msgspec
import pytest

from licmatch.catalog import cache
from licmatch.match import Engine
from licmatch.rules import judging_rules, load_rules
from licmatch.signatures.compiled import load_sets
from licmatch.signatures.literals import demands


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LICMATCH_CACHE", str(tmp_path))
    monkeypatch.setattr(cache, "BUILTIN", "nothing-shipped.msgpack")  # what a package ships is taken before what was kept
    return tmp_path / "licmatch"


def test_rules_for_judging_are_the_rules_without_examples(folder):
    plain = tuple(msgspec.structs.replace(rule, example=(), example_lines=()) for rule in load_rules())
    assert judging_rules() == plain == judging_rules()


@pytest.mark.parametrize("damaged", [b"\x00damaged", b"", b"\xa1\xff", b"\x91" * 100_000])
def test_damaged_files_are_made_anew(folder, damaged):
    rules, signatures = judging_rules(), Engine.load().compiled.signatures
    load_sets.cache_clear()
    sets = load_sets(signatures)
    kept = sorted(folder.glob("*.msgpack"))
    assert kept
    for file in kept:
        file.write_bytes(damaged)
    load_sets.cache_clear()
    assert judging_rules() == rules
    assert load_sets(Engine.load().compiled.signatures) == sets
    assert all(file.read_bytes() != damaged for file in kept)


def test_texts_that_are_not_utf_8_are_damage_too(folder):
    judging_rules()
    [file] = folder.glob("rules-*.msgpack")
    raw = file.read_bytes()
    at = raw.index(b"rules/")
    file.write_bytes(raw[:at] + b"\xff" + raw[at + 1 :])
    assert len(judging_rules()) == len(load_rules())


def test_an_engine_loads_where_nothing_can_be_written(tmp_path, monkeypatch):
    (tmp_path / "no-folder").write_bytes(b"")
    monkeypatch.setenv("LICMATCH_CACHE", str(tmp_path / "no-folder"))
    load_sets.cache_clear()
    assert Engine.load().match_name("Microsoft Office 2016").status == "recognised"


def test_the_cache_does_not_grow_for_ever(folder, monkeypatch):
    monkeypatch.setattr(cache, "KEPT_FILES", 3)
    for number in range(6):
        cache.keep(f"{number}.msgpack", b"x")
    assert len(list(folder.iterdir())) == 3


def test_demands_ask_for_every_word():
    assert demands("microsoft[ -]{1,2}toolkit") == ((frozenset({"microsoft"}), frozenset({"toolkit"})),)
    assert demands("abc.?|d*") == ()
