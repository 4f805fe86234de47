"""The fuzzy layer for site packs: thousands of products of any kind, known only by a name and a publisher.

Exact after normalising goes first. Then words weighed by how rare they are in the pack, on both sides: what the string says that
the product does not costs as much as the reverse. Candidates come from an inverted index over rare words (blocking); spelling
variants among them are compared by rapidfuzz. Nothing is decided on likeness alone: the publisher or a rare word must witness it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict

import polars as pl
from rapidfuzz import fuzz

from licmatch.catalog.pack import SitePack
from licmatch.normalize.name_steps import normalize
from licmatch.normalize.publisher import normalize_publishers
from licmatch.schema import DECISION_COLUMNS

ACCEPT = 0.60
MARGIN = 0.02
BLOCK = 64             # candidates compared per name, the ones with the rarest shared words
_NOISE = frozenset(("version", "edition", "setup", "installer", "the", "for", "and", "bit", "x", "x64", "x86", "user", "machine", "release",
                    "win", "windows", "64", "32", "86", "v", "(", ")", "&", "us", "en"))


def _content(padded: str) -> list[str]:
    """Return the words that say something: no long version numbers, no packaging words; all words where nothing else is left."""
    tokens = padded.split()
    kept = [token for token in tokens if token not in _NOISE and not (token[0].isdigit() and "." in token)]
    return kept or tokens


class PackMatcher:
    """One site pack, indexed. Immutable; shared by threads."""

    def __init__(self, pack: SitePack) -> None:
        self.hash = pack.hash
        self._products = pack.products
        names = normalize(pl.Series([product.name for product in pack.products], dtype=pl.String)).to_list()
        makers = normalize_publishers(pl.Series([product.publisher for product in pack.products], dtype=pl.String)).to_list()
        self._words = [frozenset(_content(name)) for name in names]
        self._text = [" ".join(sorted(words)) for words in self._words]
        self._makers = [frozenset((maker or "").split()) for maker in makers]
        counts = Counter(word for words in self._words for word in words)
        total = len(names)
        self._idf = {word: math.log(1 + total / count) for word, count in counts.items()}
        self._unseen = math.log(1 + total) * 0.5 if total else 1.0
        self._index: dict[str, list[int]] = defaultdict(list)
        self._by_words: dict[frozenset[str], list[int]] = defaultdict(list)
        for position, words in enumerate(self._words):
            self._by_words[words].append(position)
            for word in words:
                self._index[word].append(position)
        self._weight = [sum(self._idf[word] for word in words) for words in self._words]

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Decide (name, publisher, version) rows against the pack; returns `DECISION_COLUMNS`, same rows, same order."""
        padded = normalize(keys["name"]).to_list()
        makers = normalize_publishers(keys["publisher"]).to_list()
        answers: dict[tuple[str | None, str | None], tuple[object, ...]] = {}
        rows = []
        for name, maker in zip(padded, makers, strict=True):
            answer = answers.get((name, maker))
            if answer is None:
                answer = answers[name, maker] = self._answer(name, maker)
            rows.append(answer)
        return pl.DataFrame(rows, schema=DECISION_COLUMNS, orient="row")

    def _answer(self, padded: str | None, maker: str | None) -> tuple[object, ...]:
        unknown = ("unknown", *(None,) * 12, "none", *(None,) * 5, False)
        if not padded or not padded.strip():
            return unknown
        words = frozenset(_content(padded))
        maker_words = frozenset((maker or "").split())
        ranked = self._ranked(words, maker_words)
        if not ranked:
            return unknown
        score, position = ranked[0]
        product = self._products[position]
        runner = next((other for other, index in ranked[1:] if self._products[index].id.rpartition(".")[0] != product.id.rpartition(".")[0]), 0.0)
        margin = score - runner
        if score < ACCEPT:
            return unknown
        if margin < MARGIN:
            return ("ambiguous", *(None,) * 8, round(min(score, 1.0), 4), round(max(margin, 0.0), 4), None, None, "none", *(None,) * 5, False)
        method = "exact" if self._words[position] == words else "fuzzy"
        return ("recognised", product.id, product.category, product.publisher, product.name, None, None, "product", method,
                round(min(score, 1.0), 4), round(min(margin, 1.0), 4), product.id, None, "none", product.id, None, None, None, None, False)

    def _ranked(self, words: frozenset[str], maker: frozenset[str]) -> list[tuple[float, int]]:
        """Return (score, product) of the blocked candidates, best first; ties by product order, never by chance."""
        known = sorted((word for word in words if word in self._index), key=lambda word: (-self._idf[word], word))
        candidates: dict[int, None] = dict.fromkeys(self._by_words.get(words, ()))
        for word in known:
            if len(candidates) >= BLOCK:
                break
            candidates.update(dict.fromkeys(self._index[word]))
            if len(candidates) > 16 * BLOCK:
                break
        mine = sum(self._idf.get(word, self._unseen) for word in words)
        scored = []
        text = " ".join(sorted(words))
        for position in candidates:
            theirs = self._words[position]
            shared = sum(self._idf[word] for word in words & theirs)
            overlap = 2 * shared / (mine + self._weight[position])
            if overlap < 0.35:
                continue
            # A misspelt or joined word shares nothing as a word; likeness of the whole may lift a near miss, not make a match.
            score = max(overlap, 0.5 * overlap + 0.5 * fuzz.ratio(text, self._text[position]) / 100 - 0.05)
            score += self._maker_evidence(maker, position, words)
            scored.append((round(score, 6), position))
        return sorted(scored, key=lambda pair: (-pair[0], len(self._products[pair[1]].id), self._products[pair[1]].id))

    def _maker_evidence(self, maker: frozenset[str], position: int, words: frozenset[str]) -> float:
        theirs = self._makers[position]
        if not maker or not theirs:
            return -0.05
        if maker & theirs:
            return 0.10
        # The maker's name often stands in the product's name instead: "Foxit Reader" by "Foxit Software".
        return 0.0 if maker & self._words[position] or theirs & words else -0.20
