"""Errors in Chinese. The English text stays, for logs and callers of the library; who shows an error to a person asks here.

`errors_zh.toml` holds each English text as the sources write it, with a `{place}` for every value, and its Chinese. A text is held
against them by their literal parts, so that a value stands in the Chinese as it stood in the English. A place `{+fault}` holds a text of
ours in turn.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_PLACE = re.compile(r"\{(\+?[a-z]\w*)\}")
# So deep a fault is quoted in a fault; deeper it stays as it is.
_DEPTH = 6
# So many heads before a colon are tried: a place in a file, the name of a plugin.
_HEADS = 12
# A longer text is quoted, not ours.
_LONGEST = 20_000


# So many characters before its first place are words of its own.
_OWN_WORDS = 8


class _Template:
    """One English text, cut at its places, and its Chinese."""

    def __init__(self, english: str, chinese: str) -> None:
        pieces = _PLACE.split(english)
        self.literals, self.places, self.chinese = pieces[::2], pieces[1::2], chinese
        self.weight = sum(map(len, self.literals))

    def values(self, text: str) -> dict[str, str] | None:
        """Return what stands in each place, else None. One pass over the text: each literal is taken where it first comes."""
        first, last = self.literals[0], self.literals[-1]
        if not self.places:
            return {} if text == first else None
        if len(text) < self.weight or not text.startswith(first) or not text.endswith(last):
            return None
        found, at, end = {}, len(first), len(text) - len(last)
        for number, (name, literal) in enumerate(zip(self.places, self.literals[1:], strict=True), 1):
            stop = end if number == len(self.places) else text.find(literal, at, end)
            if stop < at or (literal[:1] == "`" and "`" in text[at:stop]):
                return None
            found[name] = text[at:stop]
            at = stop + len(literal)
        return found


@cache
def chinese_errors() -> dict[str, str]:
    """Return every English text that has a Chinese one, with that. Read once, on first use."""
    sections = tomllib.loads((files("licmatch.messages") / "errors_zh.toml").read_text(encoding="utf-8"))
    return {english: chinese for entries in sections.values() for english, chinese in entries.items()}


@cache
def _templates() -> tuple[_Template, ...]:
    """Return them in the order they are tried: those that begin with words of their own, then by how much of a text they say.

    One that begins with a place would else take the head of a fault ("Invalid value for '--as-of': ...") for a value.
    """
    made = (_Template(*pair) for pair in chinese_errors().items())
    return tuple(sorted(made, key=lambda one: (len(one.literals[0]) < _OWN_WORDS, -one.weight, one.literals)))


def in_chinese(text: str) -> str:
    """Return the Chinese of an error's text as far as it is known; what is not (a library's own words, a name) stands as it is.

    >>> in_chinese("catalog nix.json does not exist")
    '目录 nix.json 不存在'
    >>> in_chinese("a.toml:3: unknown policy key 'x'")
    "a.toml:3：无法识别的政策键 'x'"
    """
    if len(text) > _LONGEST:
        return text
    lines = text.split("\n")
    # A list of faults is a text and a line for each; any other text of several lines has them in a value.
    if len(lines) > 1 and _line(lines[0], 0) is None and (whole := _line(text, 0)) is not None:
        return whole
    return "\n".join(_line(line, 0) or line for line in lines)


def _line(text: str, depth: int) -> str | None:
    if depth > _DEPTH:
        return None
    known = _known(text, depth)
    if known is not None:
        return known
    # A name, and the text in brackets.
    if text.endswith(")") and (opening := text.find(" (")) > 0 and (inside := _known(text[opening + 2 : -1], depth)) is not None:
        return f"{text[:opening]}（{inside}）"
    # A place or a name, a colon, and the text.
    at = -1
    for _ in range(_HEADS):
        at = text.find(": ", at + 1)
        if at < 0:
            return None
        rest = _known(text[at + 2 :], depth)
        if rest is not None:
            return f"{_known(text[:at], depth) or text[:at]}：{rest}"
    return None


def _known(text: str, depth: int) -> str | None:
    for template in _templates():
        values = template.values(text)
        if values is not None:
            told = {name: _listed(value, depth + 1) if name.startswith("+") else value for name, value in values.items()}
            return "".join(told[piece] if number % 2 else piece for number, piece in enumerate(_PLACE.split(template.chinese)))
    return None


def _listed(text: str, depth: int) -> str:
    """Return the Chinese of one text of ours, or of several with semicolons between them."""
    whole = _line(text, depth)
    if whole is not None or "; " not in text:
        return text if whole is None else whole
    told, parts = [], text.split("; ")
    while parts:
        # A text may have a semicolon of its own.
        for size in (1, 2, 3):
            one = _line("; ".join(parts[:size]), depth)
            if one is not None:
                break
        else:
            one, size = parts[0], 1
        told.append(one)
        del parts[:size]
    return "；".join(told)
