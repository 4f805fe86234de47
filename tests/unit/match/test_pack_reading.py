"""How a site pack reads a name: each kind of token goes where it belongs, and to nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from licmatch.match.pack_reading import read_tokens, spellings

NOTHING: dict[str, Any] = {"words": (), "numbers": (), "arch": frozenset(), "early": frozenset()}


@pytest.mark.parametrize(
    ("tokens", "told"),
    [
        ("foo early access bar", {"words": ("foo", "bar"), "early": {"early"}}),
        ("foo access bar", {"words": ("foo", "access", "bar")}),
        ("early bird", {"words": ("early", "bird")}),  # first of all, it is a name
        ("foo beta 2", {"words": ("foo",), "numbers": ("2",), "early": {"beta"}}),
        ("foo 1.5.0 a", {"words": ("foo",), "numbers": ("1.5.0",), "early": {"alpha"}}),
        ("foo 1.5.0 b", {"words": ("foo",), "numbers": ("1.5.0",), "early": {"beta"}}),
        ("foo 1.5.0 z", {"words": ("foo",), "numbers": ("1.5.0",)}),
        ("foo 15 c", {"words": ("foo", "c"), "numbers": ("15",)}),
        ("foo 21 apr 2019 bar", {"words": ("foo", "bar"), "numbers": ("21", "2019")}),
        ("foo apr 2019", {"words": ("foo", "apr"), "numbers": ("2019",)}),
        ("foo 21 apr", {"words": ("foo", "apr"), "numbers": ("21",)}),
        ("foo ( x 64 )", {"words": ("foo",), "arch": {"x64"}}),
        ("foo 64 bit", {"words": ("foo",), "arch": {"x64"}}),
        ("foo 32 bit", {"words": ("foo",), "arch": {"x86"}}),
        ("foo x 86 bar", {"words": ("foo", "bar"), "arch": {"x86"}}),
        ("foo amd 64", {"words": ("foo",), "arch": {"x64"}}),
        ("foo i 386", {"words": ("foo",), "arch": {"x86"}}),
        ("foo arm", {"words": ("foo",), "arch": {"arm"}}),
        ("foo arm 64", {"words": ("foo",), "arch": {"arm64"}}),
        ("foo 64 arm", {"words": ("foo",), "arch": {"arm64"}}),
        ("foo 32 arm", {"words": ("foo",), "arch": {"arm"}}),
        ("foo x", {"words": ("foo", "x")}),
        ("foo x bar 64", {"words": ("foo", "x", "bar"), "numbers": ("64",)}),
        ("foo x 65", {"words": ("foo", "x"), "numbers": ("65",)}),
        ("foo 64", {"words": ("foo",), "numbers": ("64",)}),
        ("foo 7 7 foo", {"words": ("foo",), "numbers": ("7",)}),
        ("foo setup & foo ( installer )", {"words": ("foo",)}),
        ("setup installer", {"words": ("setup", "installer")}),  # nothing else is there
        ("( )", {}),
    ],
)
def test_tokens_are_sorted(tokens: str, told: dict[str, Any]) -> None:
    found = read_tokens(tokens.split())
    assert {name: getattr(found, name) for name in NOTHING} == NOTHING | told


def test_letters_are_spelled_without_numbers_and_signs() -> None:
    assert read_tokens(["foo", "64", "bit", "(", "bar", "2.0", ")"]).spelled == "foobitbar"


def test_any_run_of_three_to_five_words_is_read_as_its_initials_too() -> None:
    words = ("a", "great", "big", "kit", "of", "tools", "x")
    found = spellings(words, lambda letters: True)
    assert len(found) == 1 + 5 + 4 + 3
    assert ("agb", "kit", "of", "tools", "x") in found
    assert ("a", "great", "big", "kit", "otx") in found
    assert ("a", "gbkot", "x") in found
    assert ("a", "great", "bkotx") in found
    assert spellings(("g", "d", "k", "gdk"), {"gdk"}.__contains__) == [("g", "d", "k", "gdk")]
