"""Weighing one line of a site pack against a name: two-sided words, letter triples, the maker; the sum is a log-odds.

The weights are those of a logistic regression over labelled pairs of names and products, rounded; how they were got and how they do
on names they were not fitted to stands in the explanation of the accuracy. Each is one plain statement about names in general.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from licmatch.match.pack_index import Line, PackIndex, letters_of

BASE = -6.355
STRING_EXPLAINED = 1.58  # how much of the string the product's words explain
PRODUCT_FOUND = 1.47  # how much of the product's name stands in the string
TRIPLES = 2.49  # likeness of spelling, rare triples first
MAKER_AGREES = 3.143
MAKER_DIFFERS = -0.85
MAKER_UNKNOWN = 3.01  # one side names no maker: nothing speaks for it, but nothing against it either
SPELLED_ALIKE = 2.114  # the same words in the same order, written together or not
ALL_WORDS_IN = 0.447  # every word of the product that counts in full stands in the string
NAMED_BY_ID = 3.46  # the string is a part of the product's id
ROUNDING = 1e-6  # likeness is a sum of products, which may come out a little above one
SELF_NAMED = 1.3  # the publisher is the name once more ("Foo" by www.foo.de): it names no maker
MAKER_SELLS_FEW = 0.96  # divided by the number of families of the maker in the pack


def maker_likeness(index: PackIndex, one: frozenset[str], other: frozenset[str]) -> float:
    """Return how far two makers are one: 1.0 where all rare words of the shorter form stand in the other, 0.0 where none do."""
    both = one & other
    if not both:
        # "RubyInstaller Team" and "Ruby Installer Team": the same letters, parted elsewhere.
        return 1.0 if letters_of(one) == letters_of(other) else 0.0
    rarity = index.maker_rarity
    shared = math.fsum(rarity.get(word, 0.0) for word in both)
    least = min(math.fsum(rarity.get(word, index.unseen) for word in side) for side in (one, other))
    return min(shared / least, 1.0) if least > 0 else 1.0


def ceiling(line: Line, asked: Question, *, aliased: bool) -> float:
    """Return what `weigh` cannot exceed for this line, told without comparing letters or adding up words: most lines end here."""
    if asked.squashed == line.squashed or (asked.spelled != "" and asked.spelled in line.spelled):
        return math.inf
    made_by = asked.made_by
    most = BASE + TRIPLES + ROUNDING
    if not asked.words.isdisjoint(line.words):
        most += STRING_EXPLAINED + PRODUCT_FOUND
    if aliased:
        most += NAMED_BY_ID
    if line.core <= asked.words:
        most += ALL_WORDS_IN
    if not made_by or not line.maker:
        return most + MAKER_UNKNOWN
    alike = not made_by.isdisjoint(line.maker) or not line.id_makers.isdisjoint(made_by) or asked.maker_letters == line.maker_letters
    if alike or asked.maker_squashed in line.id_makers:
        return most + MAKER_AGREES + MAKER_SELLS_FEW
    return most + SELF_NAMED if asked.maker_squashed == asked.squashed else most


@dataclass(frozen=True, slots=True)
class Question:
    """One spelling of a name and its maker, ready to be compared with many lines."""

    words: frozenset[str]
    squashed: str
    spelled: str  # every letter of the whole name
    vector: dict[str, float]
    weight: float  # of its words
    maker: tuple[str, ...]
    made_by: frozenset[str]
    maker_squashed: str
    maker_letters: str  # in the order of the alphabet


def ask(index: PackIndex, words: tuple[str, ...], spelled: str, maker: tuple[str, ...]) -> Question:
    """Return the question that these words, as part of a name of these letters, put to a pack."""
    made_by = frozenset(maker)
    held = frozenset(words)
    told = (index.vector(words), index.weight(held))
    return Question(held, "".join(words), spelled, *told, maker, made_by, "".join(maker), letters_of(made_by))


def weigh(index: PackIndex, line: Line, asked: Question, *, aliased: bool) -> float:
    """Return the log-odds that the question means the products of the line; `aliased` where an id of the line says so."""
    words, made_by = asked.words, asked.made_by
    odds = BASE
    if asked.squashed == line.squashed or (asked.spelled != "" and asked.spelled in line.spelled):
        odds += SPELLED_ALIKE + STRING_EXPLAINED + PRODUCT_FOUND
    else:
        # A maker's word in one name only is no difference: "Adobe Photoshop" by Adobe is "Photoshop". In both names it tells the maker
        # once more, not the product, unless the names hold nothing else.
        again = line.maker & made_by & words & line.words
        if again >= words or again >= line.words:
            again = frozenset()
        makers = line.maker | made_by
        both = words & line.words
        shared = asked.weight if both == words and not again else index.weight(both - again)
        apart = (makers - both) | again
        mine = asked.weight if apart.isdisjoint(words) else index.weight(words - apart)
        theirs = line.weight if apart.isdisjoint(line.words) else index.weight(line.words - apart)
        odds += STRING_EXPLAINED * (min(shared / mine, 1.0) if mine > 0 else 0.0)
        odds += PRODUCT_FOUND * (min(shared / theirs, 1.0) if theirs > 0 else 0.0)
        if aliased:
            odds += NAMED_BY_ID
    if line.core <= words:
        odds += ALL_WORDS_IN
    other = line.triples
    mine_too = asked.vector
    odds += TRIPLES * math.fsum([mine_too[triple] * other[triple] for triple in mine_too.keys() & other.keys()])
    if not made_by or not line.maker:
        return odds + MAKER_UNKNOWN
    # An index names the maker in the id, too, often in the shorter form that a signature or a web address shows.
    maker = "".join(asked.maker)
    named_in_id = maker in line.id_makers or not line.id_makers.isdisjoint(made_by)
    likeness = 1.0 if named_in_id else maker_likeness(index, made_by, line.maker)
    if likeness > 0:
        return odds + likeness * (MAKER_AGREES + MAKER_SELLS_FEW / line.families)
    if maker == asked.squashed:
        return odds + SELF_NAMED
    # The maker's name often stands in the product's name instead: "Foxit Reader" by another spelling of Foxit.
    return odds if made_by & line.words or line.maker & words else odds + MAKER_DIFFERS
