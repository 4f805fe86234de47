"""Weighing one line of a site pack against a name: two-sided words, letter triples, the maker; the sum is a log-odds.

The weights are those of a logistic regression over labelled pairs of names and products, rounded; how they were got and how they do
on names they were not fitted to stands in the explanation of the accuracy. Each is one plain statement about names in general.
"""

from __future__ import annotations

import math

from licmatch.match.pack_index import Line, PackIndex

BASE = -6.355
STRING_EXPLAINED = 1.58  # how much of the string the product's words explain
PRODUCT_FOUND = 1.27  # how much of the product's name stands in the string
TRIPLES = 2.49  # likeness of spelling, rare triples first
MAKER_AGREES = 3.393
MAKER_DIFFERS = -1.25
MAKER_UNKNOWN = 2.51  # one side names no maker: nothing speaks for it, but nothing against it either
SPELLED_ALIKE = 1.614  # the same words in the same order, written together or not
ALL_WORDS_IN = 0.847  # every word of the product that counts in full stands in the string
NAMED_BY_ID = 3.46  # the string is a part of the product's id
MAKER_SELLS_FEW = 0.36


def maker_likeness(index: PackIndex, one: frozenset[str], other: frozenset[str]) -> float:
    """Return how far two makers are one: 1.0 where all rare words of the shorter form stand in the other, 0.0 where none do."""
    both = one & other
    if not both:
        # "RubyInstaller Team" and "Ruby Installer Team": the same letters, parted elsewhere.
        return 1.0 if sorted("".join(one)) == sorted("".join(other)) else 0.0
    rarity = index.maker_rarity
    shared = math.fsum(rarity.get(word, 0.0) for word in both)
    least = min(math.fsum(rarity.get(word, index.unseen) for word in side) for side in (one, other))
    return min(shared / least, 1.0) if least > 0 else 1.0


def weigh(
    index: PackIndex, line: Line, words: frozenset[str], squashed: str, vector: dict[str, float], maker: frozenset[str], aliased: bool
) -> float:
    """Return the log-odds that a name with these words, of this maker, means the products of the line."""
    alike = squashed == line.squashed
    odds = BASE
    if alike:
        odds += SPELLED_ALIKE + STRING_EXPLAINED + PRODUCT_FOUND
    else:
        shared = index.weight(words & line.words)
        # A maker's word in one name only is no difference: "Adobe Photoshop" by Adobe is "Photoshop".
        makers = line.maker | maker
        mine = index.weight(word for word in words if word in line.words or word not in makers)
        theirs = index.weight(word for word in line.words if word in words or word not in makers)
        odds += STRING_EXPLAINED * (min(shared / mine, 1.0) if mine > 0 else 0.0)
        odds += PRODUCT_FOUND * (min(shared / theirs, 1.0) if theirs > 0 else 0.0)
        if aliased:
            odds += NAMED_BY_ID
    if line.core <= words:
        odds += ALL_WORDS_IN
    other = line.triples
    odds += TRIPLES * math.fsum(weight * other[triple] for triple, weight in vector.items() if triple in other)
    if not maker or not line.maker:
        return odds + MAKER_UNKNOWN
    likeness = maker_likeness(index, maker, line.maker)
    if likeness > 0:
        return odds + likeness * (MAKER_AGREES + MAKER_SELLS_FEW / line.families)
    # The maker's name often stands in the product's name instead: "Foxit Reader" by another spelling of Foxit.
    return odds if maker & line.words or line.maker & words else odds + MAKER_DIFFERS
