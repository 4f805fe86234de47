"""Finding the line of a key in a TOML text: the parser of the standard library gives values without their places."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise

# Strings and comments, so that what stands in them is not taken for a key. No alternative can start where another does.
_QUIET = re.compile(r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL)
_OPEN, _CLOSE = "[{", "]}"
_WORD = re.compile(r"\S")


class Placed:
    """A TOML text with lists of tables `[[name]]`, in which keys can be found again."""

    def __init__(self, text: str, name: str) -> None:
        self._bare = _QUIET.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        self._name = name
        self._lines = [found.start() for found in re.finditer("\n", text)]
        self._blocks = [found.start() for found in re.finditer(rf"(?m)^[ \t]*\[\[\s*{name}\s*\]\]", self._bare)]
        # Every element of a list is asked for, one after the other: a stretch is gone through once, however many it has.
        self._keys: dict[tuple[int, int, str], tuple[int, int] | None] = {}
        self._items: dict[tuple[int, int, str], list[tuple[int, int]]] = {}

    def __len__(self) -> int:
        return len(self._blocks)

    def line(self, block: int, path: tuple[str | int, ...] = ()) -> int | None:
        """Return the line of a key below the n-th table, counted from 1, or of the nearest thing above it that can be found.

        >>> Placed('[[rule]]\\nid = "A"\\nany = [\\n  { x = 1 },\\n  { x = 2 },\\n]', "rule").line(0, ("any", 1, "x"))
        5
        >>> Placed('[[step]]\\nunit = "C"\\nstep = "x"', "step").line(0, ("step",))
        3
        """
        if not 0 <= block < len(self._blocks):
            return None
        start = self._blocks[block]
        end = self._blocks[block + 1] if block + 1 < len(self._blocks) else len(self._bare)
        start = self._word(start, end)
        at, last = start, ""
        # A key may have the name of its table: the head itself is no key.
        after_head = self._bare.find("]]", start, end) + 2
        for step in path:
            since = max(at, after_head)
            span = self._item(since, end, last, step) if isinstance(step, int) else self._key(since, end, step)
            if span is None:
                break
            at, end = span
            last = step if isinstance(step, str) else last
        return bisect_right(self._lines, at - 1) + 1 if at else 1

    def _word(self, start: int, end: int) -> int:
        """Return where the first word of a stretch begins."""
        found = _WORD.search(self._bare, start, end)
        return end if found is None else found.start()

    def _key(self, start: int, end: int, key: str) -> tuple[int, int] | None:
        """Return where `key =`, `[name.key]` or `[[name.key]]` stands, and where its value ends at the latest."""
        asked = (start, end, key)
        if asked not in self._keys:
            self._keys[asked] = self._found(start, end, key)
        return self._keys[asked]

    def _found(self, start: int, end: int, key: str) -> tuple[int, int] | None:
        # Keys are sought in blanked text: a quoted key is not found, and the line above is told.
        found = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])\s*[=.\]]").search(self._bare, start, end)
        if found is None:
            return None
        if found[0].endswith("="):
            value = self._word(found.end(), end)
            if value < end and self._bare[value] in _OPEN:
                return found.start(), self._closed(value, end)
        return found.start(), end

    def _item(self, start: int, end: int, key: str, wanted: int) -> tuple[int, int] | None:
        """Return the span of the n-th element of the list whose key stands at `start`."""
        asked = (start, end, key)
        if asked not in self._items:
            self._items[asked] = self._elements(start, end, key)
        items = self._items[asked]
        return items[wanted] if wanted < len(items) else None

    def _elements(self, start: int, end: int, key: str) -> list[tuple[int, int]]:
        headers = re.compile(rf"(?m)^[ \t]*\[\[\s*{self._name}\.{re.escape(key)}\s*\]\]")
        # From the line's start: the key itself was found inside the header.
        heads = [found.start() for found in headers.finditer(self._bare, self._bare.rfind("\n", 0, start) + 1, end)]
        if heads:
            return [(self._word(head, stop), stop) for head, stop in pairwise((*heads, end))]
        at = self._bare.find("[", start, end) + 1
        found = []
        while 0 < at < end:
            if self._bare[at] in _OPEN:
                closed = self._closed(at, end)
                found.append((at, closed))
                at = closed
            else:
                at += 1
        return found

    def _closed(self, start: int, end: int) -> int:
        depth = 0
        for at in range(start, end):
            depth += (self._bare[at] in _OPEN) - (self._bare[at] in _CLOSE)
            if depth == 0:
                return at + 1
        return end
