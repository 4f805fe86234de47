"""Reading a padded name: which catalog phrases it holds, longest first from the left, and what is left between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ahocorasick

from licmatch.catalog import lexicon as lx


@dataclass(slots=True)
class Segment:
    """A stretch of a name: a catalog phrase with its meanings, or a word or number the catalogs do not know."""

    text: str
    entry: lx.Entry | None
    bracketed: bool
    targeted: bool  # stands behind "for": a host or platform, not the product


class PhraseFinder:
    """All phrases of a lexicon in one automaton. Immutable once built; shared by threads."""

    def __init__(self, keys: Sequence[str], entries: Sequence[lx.Entry]) -> None:
        self._entries = tuple(entries)
        self._lengths = tuple(len(key) for key in keys)
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for index, key in enumerate(keys):
            self._automaton.add_word(key, index)
        if keys:
            self._automaton.make_automaton()

    def hits(self, padded: str) -> list[tuple[int, int, int]]:
        """Return (start, end, key index) of the phrases chosen leftmost-longest, non-overlapping, in order."""
        if not self._lengths:
            return []
        lengths = self._lengths
        found = [(end + 1 - lengths[index], -lengths[index], index) for end, index in self._automaton.iter(padded)]
        found.sort()
        chosen = []
        reached = 0
        for start, negative, index in found:
            if start >= reached:
                reached = start - negative
                chosen.append((start, reached, index))
        return chosen

    def hidden(self, padded: str) -> list[tuple[str, lx.Entry, str]]:
        """Return (phrase, meanings, longer phrase) for the phrases that a longer or earlier one hides; for explanations only."""
        if not self._lengths:
            return []
        chosen = self.hits(padded)
        taken = {(start, end) for start, end, _ in chosen}
        found = []
        for end, index in self._automaton.iter(padded):
            start = end + 1 - self._lengths[index]
            if (start, end + 1) not in taken:
                over = next((padded[first:last] for first, last, _ in chosen if first < end + 1 and start < last), "")
                found.append((padded[start : end + 1], self._entries[index], over))
        return found

    def segments(self, padded: str) -> list[Segment]:
        """Return the name as segments in order; brackets are not segments but mark what stands inside them."""
        found: list[Segment] = []
        depth = 0
        targeted = False
        position = 0
        for start, end, index in [*self.hits(padded), (len(padded), len(padded), -1)]:
            for token in padded[position:start].split():
                if token == "(":
                    depth += 1
                elif token == ")":
                    depth = max(0, depth - 1)
                elif token != "&":
                    found.append(Segment(token, None, depth > 0, targeted))
            if index >= 0:
                entry = self._entries[index]
                if entry.flags & lx.TARGET:
                    targeted = True
                found.append(Segment(padded[start:end], entry, depth > 0, targeted))
            position = end
        return found
