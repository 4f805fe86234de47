"""The main editions are read in twelve languages: each language has an example for each of them, through the whole engine."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import licmatch_catalogs
from licmatch.match.examples import read_examples

FOLDER = Path(licmatch_catalogs.__file__).parent / "vocabulary"
LANGUAGES = ("zh-CN", "zh-TW", "en", "de", "fr", "es", "pt", "it", "pl", "ru", "ja", "ko")
EDITIONS = (
    "home", "professional", "professional-plus", "enterprise", "standard", "education", "ultimate", "starter", "server datacenter",
    "server standard",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_main_edition_has_an_example_in(language: str) -> None:
    """That they hold is tested with all other examples."""
    named = {example.why: example.expect for example in read_examples([FOLDER / "editions.tsv"])}
    for edition in EDITIONS:
        expected = named[f"{language}: {edition}"]
        word = {"professional": "pro"}.get(edition, edition).removeprefix("server ")
        assert expected.endswith(f".{word}")
        assert ("windows-server" in expected) == edition.startswith("server ")


def test_every_language_has_words_of_its_own() -> None:
    words = tomllib.loads((FOLDER / "editions.toml").read_text(encoding="utf-8"))["words"]
    assert {language: bool(words.get(language)) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, True)
