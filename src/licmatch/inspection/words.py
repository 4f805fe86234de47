"""The words of an inspection: messages, kinds of computers, names of units, and verdicts as they are written and read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from licmatch.inspection.frame import NO_UNIT
from licmatch.inspection.sheet import plain
from licmatch.messages import LANGUAGES, message
from licmatch.report.wording import code_title
from licmatch.rollup import nameless


def say(key: str, lang: str, **values: object) -> str:
    """Return a text of the section `inspection`."""
    return message(f"inspection.{key}", lang, **values)


def kind_title(kind: str, lang: str) -> str:
    """Return the word for a kind of computer.

    >>> kind_title("server", "zh")
    '服务器'
    """
    return say(f"kind_{kind}", lang)


def unit_names(units: pl.DataFrame, lang: str) -> dict[str, str]:
    """Return the name of each unit, those no table names included."""
    named = {unit: name or unit for unit, name in units.select("unit_id", "name").iter_rows()}
    return named | {
        NO_UNIT: say("no_unit", lang),
        **{unit: words for unit, words in nameless(lang).items() if unit in named},
    }


def verdict_words(manifest: Mapping[str, Any]) -> list[str]:
    """Return the words a verdict cell chooses from: the code and what it means, in the order of the policy, worst first."""
    return [f"{code} {code_title('verdict', code).zh}" for code in _codes(manifest)]


def verdict_codes(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return what may be written in a verdict cell, made plain, and the code it stands for: code, Chinese, English, code and either."""
    read: dict[str, str] = {}
    for code in _codes(manifest):
        for lang in LANGUAGES:
            title = code_title("verdict", code).in_(lang)
            for word in (code, title, f"{code} {title}"):
                read.setdefault(plain(word), code)
    return read


def _codes(manifest: Mapping[str, Any]) -> list[str]:
    return [str(entry["verdict"]) for entry in manifest.get("verdicts") or []]
