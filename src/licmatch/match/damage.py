"""What a damaged name may have been: the families that its name is all that is left of.

Where `????` stands, any word may have stood, so that nothing is concluded from the words that are not there. What is left answers only
as far as it goes by itself: `weigh` takes weight off it, lets only its own maker witness for it, and leaves an edition open that could
have been a longer one. Here stands the rest: "360 ????" is no product if the catalogs know several whose other words are Chinese.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from licmatch.catalog import lexicon as lx
from licmatch.match.weigh import Weighing


def _remnant(key: str) -> str:
    """Return what is left of a padded phrase when every character that is not ASCII is lost."""
    return " ".join(token for token in key.split() if token.isascii())


class LostWords:
    """Which families' names become the same once characters are lost. Immutable; shared by threads."""

    def __init__(self, compiled: lx.Compiled) -> None:
        self._compiled = compiled

    @cached_property
    def _left_of(self) -> dict[str, frozenset[int]]:
        """What is left -> families one of whose names it is left of; built for the first damaged name."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for key, entry in zip(self._compiled.keys, self._compiled.entries, strict=True):
            if entry.names and not key.isascii() and (left := _remnant(key)):
                # A companion's name is not asked: its host is on the device too, and nothing is counted twice.
                found[left].update(naming.family for naming in entry.names if naming.role is None)
        return {left: frozenset(families) for left, families in found.items()}

    def turning(self, best: Weighing) -> tuple[int, ...]:
        """Return the families that a lost word could make of this answer: same words left, and no known maker speaks against them.

        A variant under the same release (Windows 10 and its edition for one country) leaves the answer true.
        """
        families = self._compiled.families
        own = families[best.family]
        return tuple(
            index
            for index in sorted(self._left_of.get(_remnant(best.key), ()))
            if index != best.family
            and not (best.maker_told and families[index].vendor != own.vendor)
            and not (own.release_in_name and families[index].release_in_name == own.release_in_name)
        )

    def witness(self, best: Weighing) -> str | None:
        """Return the category that a damaged name without an answer still speaks of, or None: a weak name alone speaks of nothing."""
        return self._compiled.families[best.family].category if best.damaged and best.naming.tier >= lx.ALONE else None
