"""What people read, by id, in Chinese and English. Ids are `<section>.<key>` of `en.toml` and `zh.toml`, which hold the same ids."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "zh")


@cache
def texts(lang: str) -> dict[str, str]:
    """Return every text of one language by its id. Read once, on first use."""
    sections = tomllib.loads((files("licmatch.messages") / f"{lang}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": text for section, entries in sections.items() for key, text in entries.items()}


def environment_language() -> str:
    """Return the language that the environment asks for, else English. For what is shown, never for what is computed."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def message(message_id: str, lang: str, /, **values: object) -> str:
    """Return the text of an id with its values filled in; a KeyError names an id or a value that is missing.

    >>> message("cli.interrupted", "en")
    'Interrupted.'
    """
    return texts(lang)[message_id].format(**values)
