"""The fuzzy layer for site packs: thousands of products of any kind, known only by a name and a publisher.

Words are weighed by how rare they are in the pack, on both sides: what the string says that the product does not costs as much as
the reverse. Candidates come from inverted indexes (blocking) over rare words and over the words written together; spelling is compared
by rapidfuzz among those only. Numbers of a product's name must stand in the string ("SDK 6" is not "SDK 7"). Nothing is decided on
likeness alone: the publisher, or all rare words of the product, must witness it.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import polars as pl
from rapidfuzz import fuzz

from licmatch.catalog.pack import SitePack
from licmatch.normalize.name_steps import normalize
from licmatch.normalize.publisher import normalize_publishers
from licmatch.schema import DECISION_COLUMNS

ACCEPT = 0.62
MARGIN = 0.03
BLOCK = 48  # candidates looked for per name, from the rarest shared words on
MAX_POSTINGS = 1500  # a word in more products than this says nothing by itself
_NOISE = frozenset(
    (
        "version",
        "edition",
        "setup",
        "installer",
        "the",
        "for",
        "and",
        "bit",
        "user",
        "machine",
        "release",
        "app",
        "desktop",
        "only",
        "remove",
        "v",
        "(",
        ")",
        "&",
        "us",
        "en",
        "update",
        "of",
        "a",
        "mui",
        "software",
        "program",
        "application",
        "client",
        "tool",
        "by",
        "with",
        "to",
    )
)
_ARCH = frozenset(("x64", "x86", "arm64", "amd64", "x", "arm", "aarch", "win", "i386", "i"))
_SIZES = frozenset(("64", "86", "32"))
# Signs that are part of a name here: Notepad++ is not Notepad.
_SIGNS = {"++": " plusplus ", "C#": " csharp ", "F#": " fsharp "}
_CAMEL = r"([\p{Ll}])([\p{Lu}])"


@dataclass(frozen=True, slots=True)
class _Reading:
    """A name as the pack sees it."""

    words: frozenset[str]
    numbers: tuple[str, ...]
    squashed: str
    arch: frozenset[str]


def _read(padded: str) -> _Reading:
    tokens = padded.split()
    words: list[str] = []
    numbers: list[str] = []
    arch: list[str] = []
    for position, token in enumerate(tokens):
        if token[0].isdigit():
            (arch if token in _SIZES else numbers).append(token)
        elif token in _ARCH:
            arch.append(token)
        elif token not in _NOISE and not (len(token) == 1 and token.isascii() and position and tokens[position - 1][0].isdigit()):
            words.append(token)
    kept = words or [token for token in tokens if token not in ("(", ")", "&")]
    return _Reading(frozenset(kept), tuple(numbers), "".join(kept), frozenset(arch))


def read_names(names: pl.Series) -> list[_Reading]:
    """Read a column of names; CamelCase counts as words written together."""
    spelled = names.fill_null("").str.replace_all(_CAMEL, "$1 $2").str.replace_many(list(_SIGNS), list(_SIGNS.values()))
    return [_read(padded or "") for padded in normalize(spelled).to_list()]


def family_of(identity: str) -> str:
    """Return the family of a dotted package id: maker and product, without edition, release or channel.

    >>> family_of("Maker.Product.Preview")
    'maker.product'
    """
    return ".".join(identity.split(".")[:2]).casefold()


def _holds_number(number: str, numbers: tuple[str, ...]) -> bool:
    """A product's number stands in the string as itself, or as the beginning of a longer version."""
    bare = re.sub(r"(?:\.0)+$", "", number)
    return any(other in (number, bare) or other.startswith((number + ".", bare + ".")) for other in numbers)


class PackMatcher:
    """One site pack, indexed. Immutable; shared by threads."""

    def __init__(self, pack: SitePack) -> None:
        self.hash = pack.hash
        self._products = pack.products
        self._readings = read_names(pl.Series([product.name for product in pack.products], dtype=pl.String))
        makers = normalize_publishers(pl.Series([product.publisher for product in pack.products], dtype=pl.String)).to_list()
        self._makers = [frozenset((maker or "").split()) for maker in makers]
        self._families = [family_of(product.id) for product in pack.products]
        counts = Counter(word for reading in self._readings for word in reading.words)
        total = max(len(self._products), 1)
        self._idf = {word: math.log(1 + total / count) for word, count in counts.items()}
        self._unseen = math.log(1 + total) * 0.6
        maker_counts = Counter(word for maker in self._makers for word in maker)
        self._maker_idf = {word: math.log(1 + total / count) for word, count in maker_counts.items()}
        self._index: dict[str, list[int]] = defaultdict(list)
        self._by_squash: dict[str, list[int]] = defaultdict(list)
        for position, reading in enumerate(self._readings):
            self._by_squash[reading.squashed].append(position)
            for word in reading.words:
                self._index[word].append(position)
        self._weight = [sum(self._idf[word] for word in reading.words) for reading in self._readings]

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Decide (name, publisher, version) rows against the pack; returns `DECISION_COLUMNS`, same rows, same order."""
        readings = read_names(keys["name"])
        makers = normalize_publishers(keys["publisher"]).to_list()
        answers: dict[tuple[_Reading, str | None], tuple[object, ...]] = {}
        rows = []
        for reading, maker in zip(readings, makers, strict=True):
            answer = answers.get((reading, maker))
            if answer is None:
                answer = answers[reading, maker] = self._answer(reading, frozenset((maker or "").split()))
            rows.append(answer)
        return pl.DataFrame(rows, schema=DECISION_COLUMNS, orient="row")

    def _answer(self, reading: _Reading, maker: frozenset[str]) -> tuple[object, ...]:
        unknown = ("unknown", *(None,) * 12, "none", *(None,) * 5, False)
        if not reading.words:
            return unknown
        ranked = self._ranked(reading, maker)
        if not ranked or ranked[0][0] < ACCEPT:
            return unknown
        score, position = ranked[0]
        product = self._products[position]
        runner = next((other for other, index in ranked[1:] if not self._same_product(index, position)), 0.0)
        margin = score - runner
        if margin < MARGIN:
            return (
                "ambiguous",
                *(None,) * 8,
                round(min(score, 1.0), 4),
                round(max(margin, 0.0), 4),
                None,
                None,
                "none",
                *(None,) * 5,
                False,
            )
        method = "exact" if self._readings[position].words == reading.words else "fuzzy"
        return (
            "recognised",
            product.id,
            product.category,
            product.publisher,
            product.name,
            None,
            None,
            "product",
            method,
            round(min(score, 1.0), 4),
            round(min(margin, 1.0), 4),
            product.id,
            None,
            "none",
            product.id,
            None,
            None,
            None,
            None,
            False,
        )

    def _same_product(self, one: int, other: int) -> bool:
        """Two ids of one family, or of one maker under the same words: an index keeps products under an old and a new id."""
        families = self._families[one], self._families[other]
        if families[0] == families[1]:
            return True
        return families[0].partition(".")[0] == families[1].partition(".")[0] and self._readings[one].words == self._readings[other].words

    def _candidates(self, reading: _Reading) -> dict[int, None]:
        found = dict.fromkeys(self._by_squash.get(reading.squashed, ()))
        known = sorted((word for word in reading.words if word in self._index), key=lambda word: (-self._idf[word], word))
        for word in known:
            postings = self._index[word]
            if len(found) >= BLOCK or (len(postings) > MAX_POSTINGS and found):
                break
            found.update(dict.fromkeys(postings))
        return found

    def _ranked(self, reading: _Reading, maker: frozenset[str]) -> list[tuple[float, int]]:
        """Return (score, product) of the blocked candidates, best first; ties by numbers, then the shorter id, never by chance."""
        words = reading.words
        mine = sum(self._idf.get(word, self._unseen) for word in words if word not in maker or word in self._index)
        scored = []
        for position in self._candidates(reading):
            theirs = self._readings[position]
            makers = self._makers[position]
            shared = sum(self._idf[word] for word in words & theirs.words)
            # A maker's word in one name only is no difference: "Adobe Photoshop" by Adobe is "Photoshop".
            spare = sum(self._idf.get(word, self._unseen) for word in (words - theirs.words) & (makers | maker))
            spare += sum(self._idf[word] for word in (theirs.words - words) & (makers | maker))
            whole = mine + self._weight[position] - spare
            overlap = 1.0 if reading.squashed == theirs.squashed else 2 * shared / whole if whole > 0 else 0.0
            if overlap < 0.4:
                continue
            score = max(overlap, 0.5 * overlap + 0.5 * fuzz.ratio(reading.squashed, theirs.squashed) / 100 - 0.06)
            score += self._maker_evidence(maker, makers, words, theirs.words)
            matched = sum(_holds_number(number, reading.numbers) for number in theirs.numbers)
            score -= 0.18 * (len(theirs.numbers) - matched)
            score += 0.02 * matched
            if theirs.arch and reading.arch and not theirs.arch & reading.arch:
                score -= 0.02
            elif theirs.arch & reading.arch:
                score += 0.01
            scored.append((round(score, 6), position))
        return sorted(scored, key=lambda pair: (-pair[0], len(self._products[pair[1]].id), self._products[pair[1]].id))

    def _maker_evidence(self, maker: frozenset[str], theirs: frozenset[str], words: frozenset[str], their_words: frozenset[str]) -> float:
        if not maker or not theirs:
            return -0.08
        both = maker & theirs
        if both:
            agree = sum(self._maker_idf.get(word, 0.0) for word in both)
            least = min(sum(self._maker_idf.get(word, self._unseen) for word in side) for side in (maker, theirs))
            return 0.10 if least <= 0 or agree / least > 0.5 else 0.0
        if "".join(sorted(maker)) == "".join(sorted(theirs)):
            return 0.10
        # The maker's name often stands in the product's name instead: "Foxit Reader" by "Foxit Software".
        return -0.05 if maker & their_words or theirs & words else -0.25
