"""Chinese and English are equals: the same ids, the same values filled in, nothing left untranslated."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from licmatch.messages import LANGUAGES, message, texts

SAME_IN_BOTH = re.compile(r"^[\W\d_]*$")


def fields(text: str) -> set[str]:
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_hold_the_same_ids():
    assert set(texts("en")) == set(texts("zh"))


@pytest.mark.parametrize("message_id", sorted(texts("en")))
def test_both_texts_take_the_same_values(message_id):
    assert fields(texts("en")[message_id]) == fields(texts("zh")[message_id])


def test_chinese_texts_are_chinese_and_english_ones_are_not():
    chinese = re.compile(r"[\u4e00-\u9fff]")
    wordy = [key for key, text in texts("zh").items() if len(re.sub(r"\{[^}]*\}", "", text)) > 12 and not chinese.search(text)]
    assert wordy == []


def test_an_id_that_does_not_exist_is_an_error():
    for lang in LANGUAGES:
        with pytest.raises(KeyError):
            message("cli.no-such-text", lang)


def test_every_text_the_command_asks_for_is_there():
    asked = set()
    for source in sorted((Path(__file__).parents[2] / "src" / "licmatch" / "cli").glob("*.py")):
        code = source.read_text(encoding="utf-8")
        asked |= {f"cli.{name}" for name in re.findall(r'\bsay\("([\w-]+)"', code)}
        asked |= {f"cli.{name}" for name in re.findall(r'\.step\("([\w-]+)"\)', code)}
        asked |= {f"help.{name}" for name in re.findall(r'\bhelp="([\w-]+)"', code)}
    assert len(asked) > 50
    assert asked - set(texts("en")) == set()
