"""Finding the few products of a site pack that a name could be: postings of rare words and of rare letter triples.

Products that read alike (the same words of the same maker, whatever their numbers) share one line, so that a pack with sixty
releases of one product asks for one comparison, not sixty.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from licmatch.match.pack_ids import IdReading
from licmatch.match.pack_reading import FAINT, Reading, spellings

MAX_POSTINGS = 300  # a triple on more lines than this finds nothing by itself
VISITS = 1000  # postings looked at for one name, the rarest first
KEPT = 8  # lines compared in full for one name, beside those spelled the same
ALIAS_LENGTH = 4  # a shorter part of an id names nothing by itself
ALIAS_LINES = 12  # a part of an id on more lines than this ("Preview") names nothing either
RARE_SCRIPT = 0.01  # of the lines: a pack that writes fewer names in a script has no name to compare with one written in it
Lines = NDArray[np.int32]
_BY_RARITY = itemgetter(0, 1, 2)
_FAINT_WEIGHT = 0.3
_UNSEEN = 0.6  # of the weight of a word on one line: a word the pack does not know may be noise, too


@dataclass(frozen=True, slots=True)
class Line:
    """Products with the same words of the same maker."""

    words: frozenset[str]
    core: frozenset[str]  # the words that count in full, the maker's left out; all of them where none does
    maker: frozenset[str]
    squashed: str
    spelled: frozenset[str]  # every letter of the names, words about installing and of grammar included
    products: tuple[int, ...]
    weight: float  # of its words
    triples: dict[str, float]  # unit length
    families: int  # of its maker in this pack
    id_makers: frozenset[str]  # how its ids spell the maker
    maker_letters: str  # in the order of the alphabet


def letters_of(words: Iterable[str]) -> str:
    """Return the letters of some words in the order of the alphabet: what stays the same where words are parted elsewhere."""
    return "".join(sorted("".join(words)))


def script_of(word: str) -> str:
    """Return the script of a word by its first letter, "LATIN" for what is no letter.

    >>> script_of("straße"), script_of("软件"), script_of("앱"), script_of("3d")
    ('LATIN', 'CJK', 'HANGUL', 'LATIN')
    """
    return unicodedata.name(word[0], "LATIN").split()[0] if word[0].isalpha() and not word[0].isascii() else "LATIN"


def triples_of(words: Iterable[str]) -> set[str]:
    """Return the letter triples of some words, with their ends.

    >>> sorted(triples_of(["abc"]))
    [' ab', 'abc', 'bc ']
    """
    found: set[str] = set()
    for word in words:
        padded = f" {word} "
        found.update(padded[at : at + 3] for at in range(len(padded) - 2))
    return found


class PackIndex:
    """The lines of one pack with their postings. Immutable."""

    def __init__(self, readings: Sequence[Reading], makers: Sequence[frozenset[str]], ids: Sequence[Sequence[IdReading]]) -> None:
        grouped: dict[tuple[tuple[str, ...], frozenset[str]], list[int]] = defaultdict(list)
        families: dict[frozenset[str], set[str]] = defaultdict(set)
        # Initials count where the maker writes them so elsewhere: "Game Development Kit" beside "March GDK".
        written: dict[frozenset[str], set[str]] = defaultdict(set)
        for reading, maker in zip(readings, makers, strict=True):
            written[maker].update(reading.words)
        for position, (reading, maker) in enumerate(zip(readings, makers, strict=True)):
            for words in spellings(reading.words, written[maker].__contains__):
                grouped[words, maker].append(position)
            families[maker].add(ids[position][0].family)
        total = len(grouped)
        counts = Counter(word for words, _ in grouped for word in words)
        maker_counts = Counter(word for maker in families for word in maker)
        self._rarity = {word: self._weigh(word, count, total) for word, count in counts.items()}
        self.unseen = math.log(1 + total) * _UNSEEN
        self.maker_rarity = {word: math.log(1 + total / count) for word, count in maker_counts.items()}
        named = [triples_of(words) for words, _ in grouped]
        triple_counts = Counter(triple for triples in named for triple in triples)
        self._triple_rarity = {triple: math.log(1 + total / count) for triple, count in triple_counts.items()}
        self._new_triple = math.log(1 + total)
        self.lines: list[Line] = []
        self._by_squash: dict[str, list[int]] = defaultdict(list)
        self._by_maker: dict[frozenset[str], list[int]] = defaultdict(list)
        by_word: dict[str, list[int]] = defaultdict(list)
        by_triple: dict[str, list[int]] = defaultdict(list)
        aliases: dict[str, dict[int, None]] = defaultdict(dict)
        for number, ((words, maker), products) in enumerate(grouped.items()):
            squashed = "".join(words)
            weight, triples = self.weight(words), self._unit(named[number])
            held = frozenset(words)
            core = held - FAINT - maker or held
            id_makers = frozenset(reading.maker for product in products for reading in ids[product] if reading.maker)
            spelled = frozenset(readings[product].spelled for product in products)
            told = (weight, triples, len(families[maker]), id_makers, letters_of(maker))
            self.lines.append(Line(held, core, maker, squashed, spelled, tuple(products), *told))
            for letters in sorted({squashed, *spelled} - {""}):
                self._by_squash[letters].append(number)
            if len(families[maker]) == 1 and maker:
                self._by_maker[maker].append(number)
            for word in words:
                by_word[word].append(number)
            for triple in triples:
                if triple_counts[triple] <= MAX_POSTINGS:
                    by_triple[triple].append(number)
            for alias in {alias for product in products for reading in ids[product] for alias in reading.aliases}:
                aliases[alias][number] = None
        self._by_word = {word: np.array(lines, dtype=np.int32) for word, lines in by_word.items()}
        self._by_triple = {triple: np.array(lines, dtype=np.int32) for triple, lines in by_triple.items()}
        scripts = Counter(script for words, _ in grouped for script in set(map(script_of, words)))
        self._scripts = frozenset(script for script, count in scripts.items() if count >= RARE_SCRIPT * total)
        self._by_alias = {
            alias: tuple(lines) for alias, lines in aliases.items() if len(alias) >= ALIAS_LENGTH and len(lines) <= ALIAS_LINES
        }

    @staticmethod
    def _weigh(word: str, count: int, total: int) -> float:
        return math.log(1 + total / count) * (_FAINT_WEIGHT if word in FAINT else 1.0)

    def _unit(self, triples: set[str]) -> dict[str, float]:
        weights = {triple: self._triple_rarity.get(triple, self._new_triple) for triple in sorted(triples)}
        length = math.sqrt(math.fsum(weight * weight for weight in weights.values())) or 1.0
        return {triple: weight / length for triple, weight in weights.items()}

    def rarity(self, word: str) -> float:
        """Return what a word weighs: much when few lines hold it."""
        found = self._rarity.get(word)
        if found is None:
            return self.unseen * (_FAINT_WEIGHT if word in FAINT else 1.0)
        return found

    def knows(self, word: str) -> bool:
        """Tell whether any line holds the word."""
        return word in self._rarity

    def weight(self, words: Iterable[str]) -> float:
        """Return what words weigh together; the sum does not depend on their order."""
        return math.fsum(map(self.rarity, words))

    def vector(self, words: Iterable[str]) -> dict[str, float]:
        """Return the letter triples of a name, weighed by rarity, as a vector of length one."""
        return self._unit(triples_of(words))

    def aliased(self, squashed: str) -> tuple[int, ...]:
        """Return the lines an id of which holds the words as one of its parts."""
        return self._by_alias.get(squashed, ())

    def only_of(self, words: Iterable[str], maker: frozenset[str]) -> tuple[int, ...]:
        """Return the lines of a maker with one product in the pack, for a name in a script that the pack does not write; else none.

        Words that cannot be compared say nothing, for or against: "배달 주문" in a list of English names.
        """
        lines = self._by_maker.get(maker)
        return tuple(lines) if lines and self._scripts.isdisjoint(map(script_of, words)) else ()

    def candidates(self, words: tuple[str, ...], spelled: str, vector: dict[str, float]) -> list[int]:
        """Return the lines worth a full comparison: those spelled the same, those whose id says so, and at most `KEPT` others."""
        best = self._gathered([*((2.0 * self._rarity[word], self._by_word.get(word)) for word in words if word in self._rarity),
                               *((weight, self._by_triple.get(triple)) for triple, weight in vector.items())])  # fmt: skip
        squashed = "".join(words)
        return list(dict.fromkeys([*self._by_squash.get(squashed, ()), *self._by_squash.get(spelled, ()), *self.aliased(squashed), *best]))

    def _gathered(self, asked: list[tuple[float, Lines | None]]) -> list[int]:
        """Return the `KEPT` lines on which the most weight of these postings comes together; the rarest postings are visited first."""
        postings = sorted([(lines.size, int(lines[0]), weight, lines) for weight, lines in asked if lines is not None], key=_BY_RARITY)
        if not postings:
            return []
        visits, last = 0, 0
        for last, (size, *_) in enumerate(postings, 1):
            visits += size
            if visits > VISITS and last > 1:
                last -= 1
                break
        taken = postings[:last]
        lines = np.concatenate([entry[3] for entry in taken])
        # Sums run in the order of the postings, which the data alone sets, so that they come out the same everywhere.
        totals = np.bincount(lines, np.repeat([entry[2] for entry in taken], [entry[0] for entry in taken]))
        # Each line where it is met first: of equal weights that one goes first, too.
        order = np.arange(lines.size)
        met = np.empty(totals.size, dtype=np.intp)
        met[lines[::-1]] = order[::-1]
        found = lines[met[lines] == order]
        weights = totals[found]
        if found.size > KEPT:
            enough = weights >= np.partition(weights, found.size - KEPT)[found.size - KEPT]
            found, weights = found[enough], weights[enough]
        best: list[int] = found[np.argsort(-weights, kind="stable")[:KEPT]].tolist()
        return best
