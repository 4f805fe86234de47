"""Faults planted in shared words and patterns, each found by its check."""

from __future__ import annotations

import msgspec
import pytest

from licmatch.catalog.compile import shared_roots
from licmatch.catalog.load import SourceFile, Sources, catalog_files, read_sources
from licmatch.catalog.records import Signature, SignatureExample, Vendor
from licmatch.match.check_vocabulary import repeated_edition_words, slow_patterns, unknown_categories

KNOWN = ("os", "office", "antivirus")


def sources() -> Sources:
    return read_sources(catalog_files(shared_roots()))


def signature(pattern: str, affects: tuple[str, ...] = ()) -> Signature:
    return Signature(
        "s", "S", "S", "crack", "file_name", "regex", (pattern,), 0.9, ("a",), (SignatureExample("b"),), affects=affects
    )  # fmt: skip


def test_the_shipped_words_speak_of_known_categories_only():
    assert unknown_categories(sources(), KNOWN) == []


def test_a_category_nobody_knows_is_found_wherever_it_stands():
    told = sources()
    words = msgspec.structs.replace(told.words, class_={**told.words.class_, "games": ("spiel",)})
    odd = Vendor("Somebody", category="toys")
    planted = msgspec.structs.replace(signature("a"), affects=("cars", "other", "os"))
    found = unknown_categories(
        Sources((), (odd,), told.editions, told.edition_words, words, (planted,), ""), KNOWN
    )  # fmt: skip
    assert [text.split(",")[0] for text in found] == [
        "class words of 'games'", "vendor Somebody: 'toys' is no category", "signature s: it affects 'cars'",
    ]  # fmt: skip


def test_a_word_under_two_languages_is_found():
    text = '[words.en]\n"starter" = ["starter"]\n[words.fr]\n"starter" = ["starter"]\n"entreprise" = ["enterprise"]\n'
    assert repeated_edition_words([SourceFile("editions.toml", text)]) == ["editions.toml: 'starter' stands in en and fr"]


@pytest.mark.parametrize("pattern", [r"(a+)\1", r"(?=secret)s", r"(?<!x)y", r"(?:(?:a{1000}){1000}){1000}"])
def test_a_pattern_the_linear_engine_refuses_is_found(pattern):
    assert "cannot run in linear time" in slow_patterns([signature(pattern)])[0]


@pytest.mark.parametrize("pattern", [r"(a|aa)+$", r"kms[- ]?auto", r"(?i)\bcrack(ed)?\b"])
def test_a_pattern_of_the_linear_engine_is_none(pattern):
    # (a|aa)+$ would take for ever where a pattern engine backtracks.
    assert slow_patterns([signature(pattern)]) == []
