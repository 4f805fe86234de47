"""A line of an explanation: English as it stands, and Chinese where it is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from licmatch.messages import message


class Said(str):
    """A text in English, as programs read it, that knows itself in the other language: an id of the messages and its values.

    >>> line = Said("below", score=0.41, least=0.6)
    >>> line, line.in_language("zh")
    ('0.41 is below 0.60', '0.41，不到 0.60')
    """

    _key: str
    _values: dict[str, object]

    def __new__(cls, key: str, **values: object) -> Said:
        """Make the line of the id `explain.<key>`."""
        line = super().__new__(cls, message(f"explain.{key}", "en", **values))
        line._key, line._values = key, values
        return line

    def in_language(self, lang: str) -> str:
        """Return the line in Chinese or English."""
        return message(f"explain.{self._key}", lang, **self._values)


def listed(lines: Iterable[Said], lang: str) -> str:
    """Return lines as one, with the language's own sign between them."""
    return ("；" if lang == "zh" else "; ").join(line.in_language(lang) for line in lines)
