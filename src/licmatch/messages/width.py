"""How many columns a text takes where every letter stands in a grid: a terminal, a table of fixed width, a sheet."""

from __future__ import annotations

from unicodedata import combining, east_asian_width


def display_width(text: str) -> int:
    """Return the columns a text takes: two for each wide letter, none for a mark over another.

    >>> display_width("WPS 专业版"), display_width("e\\u0301")
    (10, 1)
    """
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(char) in "WF" else 0 if combining(char) else 1 for char in text)
