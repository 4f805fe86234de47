"""Reading a padded name: which catalog phrases it holds, longest first from the left, and what is left between them."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

import ahocorasick
from msgspec import Struct

from licmatch.catalog import lexicon as lx


class Segment(Struct):
    """A stretch of a name: a catalog phrase with its meanings, or a word or number the catalogs do not know."""

    text: str
    entry: lx.Entry | None
    bracketed: bool
    targeted: bool  # stands behind "for": a host or platform, not the product
    # What the stretch reads as for a family to which the phrase means nothing: one family's own words hide no one else's.
    otherwise: tuple[Segment, ...] | None = None


def is_private(entry: lx.Entry) -> bool:
    """Say whether a phrase has no meaning but those single families give it (their releases, editions and tails)."""
    shared = entry.names or entry.blocks or entry.parts or entry.role or entry.weak_role or entry.classes or entry.vendors or entry.channel
    return not shared and not entry.flags & ~lx.NUMERIC


class PhraseFinder:
    """All phrases of a lexicon in one automaton. Immutable once built; shared by threads."""

    def __init__(self, keys: Sequence[str], entries: Sequence[lx.Entry]) -> None:
        self._entries = tuple(entries)
        self._lengths = tuple(len(key) for key in keys)
        self._off: frozenset[int] = frozenset()
        # What phrases read as without themselves is asked again and again, and is the same wherever they stand.
        self._otherwise_read: dict[tuple[int, bool, bool], tuple[Segment, ...] | None] = {}
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for index, key in enumerate(keys):
            self._automaton.add_word(key, index)
        if keys:
            self._automaton.make_automaton()

    def masked(self, changed: Mapping[int, lx.Entry | None]) -> PhraseFinder:
        """Return this finder with some keys meaning something else, or (None) not being there; the automaton is shared."""
        other = copy.copy(self)
        entries = list(self._entries)
        for index, entry in changed.items():
            entries[index] = entry or lx.Entry()
        other._entries = tuple(entries)
        other._off = frozenset(index for index, entry in changed.items() if entry is None)
        other._otherwise_read = {}
        return other

    def entry(self, index: int) -> lx.Entry:
        """Return what the key of this index means."""
        return self._entries[index]

    def found(self, padded: str) -> set[int]:
        """Return the index of every key that stands in the name, hidden by a longer one or not."""
        return {index for _, index in self._automaton.iter(padded)} if self._lengths else set()

    def hits(self, padded: str, without: int = -1) -> list[tuple[int, int, int]]:
        """Return (start, end, key index) of the phrases chosen leftmost-longest, non-overlapping, in order; `without` leaves one out."""
        if not self._lengths:
            return []
        lengths = self._lengths
        found = [(end + 1 - lengths[index], -lengths[index], index) for end, index in self._automaton.iter(padded) if index != without]
        if self._off:
            found = [hit for hit in found if hit[2] not in self._off]
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
                stretch = padded[start:end]
                found.append(Segment(stretch, entry, depth > 0, targeted, self._otherwise(stretch, index, depth > 0, targeted)))
            position = end
        return found

    def _otherwise(self, stretch: str, index: int, bracketed: bool, targeted: bool) -> tuple[Segment, ...] | None:
        """Read the stretch of a phrase that only single families know as if that phrase did not exist; None for any other phrase."""
        asked = (index, bracketed, targeted)
        if asked not in self._otherwise_read:
            private = is_private(self._entries[index])
            self._otherwise_read[asked] = self._read_without(stretch, index, bracketed, targeted) if private else None
        return self._otherwise_read[asked]

    def _read_without(self, stretch: str, without: int, bracketed: bool, targeted: bool) -> tuple[Segment, ...]:
        found: list[Segment] = []
        position = 0
        for start, end, index in [*self.hits(stretch, without), (len(stretch), len(stretch), -1)]:
            found += [Segment(token, None, bracketed, targeted) for token in stretch[position:start].split()]
            if index >= 0:
                inner = stretch[start:end]
                found.append(Segment(inner, self._entries[index], bracketed, targeted, self._otherwise(inner, index, bracketed, targeted)))
            position = end
        return tuple(found)
