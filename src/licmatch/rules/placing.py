"""Finding the line of a key in a TOML text: the parser of the standard library gives values without their places."""

from __future__ import annotations

import re
from bisect import bisect_right

# Strings and comments, so that what stands in them is not taken for a key. No alternative can start where another does.
_QUIET = re.compile(r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL)
_OPEN, _CLOSE = "[{", "]}"


class Placed:
    """A TOML text with lists of tables `[[name]]`, in which keys can be found again."""

    def __init__(self, text: str, name: str) -> None:
        self._bare = _QUIET.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        self._name = name
        self._lines = [found.start() for found in re.finditer("\n", text)]
        self._blocks = [found.start() for found in re.finditer(rf"(?m)^[ \t]*\[\[\s*{name}\s*\]\]", self._bare)]

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
        start += len(self._bare[start:end]) - len(self._bare[start:end].lstrip())
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

    def _key(self, start: int, end: int, key: str) -> tuple[int, int] | None:
        """Return where `key =`, `[name.key]` or `[[name.key]]` stands, and where its value ends at the latest."""
        # Keys are sought in blanked text: a quoted key is not found, and the line above is told.
        found = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])\s*[=.\]]").search(self._bare, start, end)
        if found is None:
            return None
        if found[0].endswith("="):
            value = re.compile(r"\S").search(self._bare, found.end(), end)
            if value is not None and value[0] in _OPEN:
                return found.start(), self._closed(value.start(), end)
        return found.start(), end

    def _item(self, start: int, end: int, key: str, wanted: int) -> tuple[int, int] | None:
        """Return the span of the n-th element of the list whose key stands at `start`."""
        headers = re.compile(rf"(?m)^[ \t]*\[\[\s*{self._name}\.{re.escape(key)}\s*\]\]")
        # From the line's start: the key itself was found inside the header.
        spans = [found.start() for found in headers.finditer(self._bare, self._bare.rfind("\n", 0, start) + 1, end)]
        if spans:
            if wanted >= len(spans):
                return None
            stop = spans[wanted + 1] if wanted + 1 < len(spans) else end
            return spans[wanted] + len(self._bare[spans[wanted] : stop]) - len(self._bare[spans[wanted] : stop].lstrip()), stop
        opened = self._bare.find("[", start, end)
        if opened < 0:
            return None
        at, count = opened + 1, 0
        while at < end:
            if self._bare[at] in _OPEN:
                closed = self._closed(at, end)
                if count == wanted:
                    return at, closed
                at, count = closed, count + 1
            else:
                at += 1
        return None

    def _closed(self, start: int, end: int) -> int:
        depth = 0
        for at in range(start, end):
            depth += (self._bare[at] in _OPEN) - (self._bare[at] in _CLOSE)
            if depth == 0:
                return at + 1
        return end
