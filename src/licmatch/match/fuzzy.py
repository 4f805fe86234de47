"""The fuzzy layer for site packs: thousands of products of any kind, known only by an id, a name and a publisher.

Three questions, one after the other. Which lines of products could the name mean (`pack_index`)? How likely is each of them
(`pack_weigh`)? Which id of those is it (`pack_choice`)? Nothing is decided on likeness alone: the odds of the best line and the
share that the chosen product has among all candidates must both hold, or the answer is unknown or ambiguous.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import polars as pl

from licmatch.catalog.pack import SitePack
from licmatch.match.distinct import coded
from licmatch.match.pack_calibration import pack_probability
from licmatch.match.pack_choice import Choice, Choices, contradicted, prepare
from licmatch.match.pack_ids import about, family_of, family_sizes, read_ids, yearly_ids
from licmatch.match.pack_index import PackIndex
from licmatch.match.pack_makers import read_makers
from licmatch.match.pack_reading import Reading, read_names, spellings
from licmatch.match.pack_weigh import Question, ask, ceiling, weigh
from licmatch.match.said import Said
from licmatch.schema import DECISION_COLUMNS

__all__ = ["ACCEPT", "PackExplanation", "PackMatcher", "family_of"]

ACCEPT = 0.45  # probability that the family is right
CONSIDERED = 0.45  # of the best line alone: below, nothing in the pack is like the name
DOUBTED = -8.0  # added to the odds where the string's numbers are not the product's
SUBTITLE = -0.5  # added where only the head of a name is compared: what stands behind a dash or in brackets may tell more
UNREADABLE = 2.4  # added for the only product of the maker, where the name is in a script the pack does not write
OWN_LINE = 0.5  # how much of the distance between the chosen line and the best one counts against the answer
RIVAL = 0.3  # of the best share: an id with less leads no product
AS_ALIKE = 0.5  # lines no further apart are as much like the name as each other
NEAR = 5.5  # lines whose log-odds are so close to the best are candidates, too
# Log-odds below which a line is nothing like the name; a little less, so that rounding never decides.
HOPELESS = math.log(min(ACCEPT, CONSIDERED) / (1 - min(ACCEPT, CONSIDERED))) - 1e-6
_T = TypeVar("_T")
_VERSION = re.compile(r"\D{0,8}(\d+(?:\.\d+)*)")


@dataclass(frozen=True, slots=True)
class PackExplanation:
    """Why a pack gave its answer. `others` are the best ids that lost, each with its share; the words are those of the winner."""

    status: str
    product_id: str | None
    odds: float  # log-odds of the best line
    share: float  # of the winner's family among the candidates
    shared: tuple[str, ...]
    left_in_string: tuple[str, ...]
    left_in_product: tuple[str, ...]
    others: tuple[tuple[str, float], ...]

    @property
    def runner_up(self) -> tuple[str, float] | None:
        """The best id that lost, with its share, or None."""
        return self.others[0] if self.others else None

    def evidence(self) -> tuple[Said, ...]:
        """Return what speaks for and against the winner, as short lines."""
        outcome = {"odds": self.odds, "share": self.share, "status": self.status}
        first = Said("pack_answer", product=self.product_id, **outcome) if self.product_id else Said("pack_none", **outcome)
        told = (("shared", self.shared), ("only_string", self.left_in_string), ("only_product", self.left_in_product))
        return (first, *(Said(f"pack_{where}", words=" ".join(words)) for where, words in told if words))

    def as_lines(self) -> tuple[Said, ...]:
        """Return the evidence and those that lost, as short lines."""
        return (*self.evidence(), *(Said("pack_instead", product=identity, share=share) for identity, share in self.others))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A name without its numbers, with everything in the pack it could mean, and what rows of it were answered."""

    odds: float
    choices: Choices
    answers: dict[Hashable, tuple[object, ...]] = field(default_factory=dict)


_NONE = Choices(())


class PackMatcher:
    """One site pack, indexed. Immutable; shared by threads."""

    def __init__(self, pack: SitePack, probability: Callable[[float], float] = pack_probability) -> None:
        """Index a pack. `probability` turns the weight of an answer into its score; another one serves to fit it."""
        self._probability = probability
        self.hash = pack.hash
        self._products = pack.products
        names = read_names(pl.Series([product.name for product in pack.products], dtype=pl.String))
        makers = read_makers(pl.Series([product.publisher for product in pack.products], dtype=pl.String))
        readings = read_ids(identity for product in pack.products for identity in (product.id, *product.also_ids))
        ids = [
            tuple(about(readings[identity], name, maker) for identity in (product.id, *product.also_ids))
            for product, name, maker in zip(pack.products, names, makers, strict=True)
        ]
        self._readings = list(zip(names, ids, strict=True))
        self._sizes = family_sizes(readings.values())
        self._yearly = yearly_ids((identity, name) for name, found in self._readings for identity in found)
        self._index = PackIndex(names, [frozenset(maker) for maker in makers], ids)

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Decide (name, publisher, version) rows against the pack; returns `DECISION_COLUMNS`, same rows, same order."""
        asked: dict[tuple[tuple[str, ...], tuple[str, ...], str, tuple[str, ...]], _Asked] = {}
        rows: list[tuple[object, ...]] = []
        told = ((read_names, "name"), (read_makers, "publisher"), (_versions, "version"))
        for reading, maker, version in zip(*(_each_once(read, keys[column].cast(pl.String)) for read, column in told), strict=True):
            key = (reading.words, reading.head, reading.spelled, maker)
            found = asked.get(key)
            if found is None:
                found = asked[key] = self._ask(reading, maker)
            alike = found.choices.alike(reading, version)
            row = found.answers.get(alike)
            if row is None:
                row = found.answers[alike] = self._answer(found, reading, version)
            rows.append(row)
        return pl.DataFrame(rows, schema=DECISION_COLUMNS, orient="row")

    def explain_pack(self, name: str, publisher: str | None = None, version: str | None = None) -> PackExplanation:
        """Tell why the pack answers a name as it does: winner, runner-up, shared words and what was left over on both sides."""
        one = pl.Series([name], dtype=pl.String)
        reading = read_names(one)[0]
        [maker] = read_makers(pl.Series([publisher], dtype=pl.String))
        [number] = _versions(pl.Series([version], dtype=pl.String))
        found = self._ask(reading, maker, hopeless=True)
        status, ranked, share, _, _ = self._judge(found, reading, number)
        if not ranked:
            return PackExplanation(status, None, found.odds, 0.0, (), reading.words, (), ())
        winner = ranked[0][1]
        product = self._readings[winner.product][0]
        others = tuple((choice.id.id, round(part, 4)) for part, choice in (ranked if status != "recognised" else ranked[1:])[:5])
        return PackExplanation(
            status,
            winner.id.id if status == "recognised" else None,
            round(found.odds, 4),
            round(share, 4),
            tuple(word for word in reading.words if word in product.words),
            tuple(word for word in reading.words if word not in product.words),
            tuple(word for word in product.words if word not in reading.words),
            others,
        )

    def _ask(self, reading: Reading, maker: tuple[str, ...], *, hopeless: bool = False) -> _Asked:
        """Gather what a name could mean; a hopeless one, which is unknown whatever its numbers, only where it is asked for."""
        words = reading.words
        if not words:
            return _Asked(-math.inf, _NONE)
        index = self._index
        lines: dict[int, float] = {}
        unlikely: list[tuple[int, float, Question, bool]] = []
        written = [(spelling, 0.0) for spelling in spellings(words, index.knows)]
        if reading.head:
            written.append((reading.head, SUBTITLE))
        for spelling, extra in written:
            question = ask(index, spelling, reading.spelled, maker)
            named = index.aliased(question.squashed)
            for number in index.candidates(spelling, reading.spelled, question.vector):
                aliased = number in named
                if extra + ceiling(index.lines[number], question, aliased=aliased) < HOPELESS:
                    unlikely.append((number, extra, question, aliased))
                    continue
                odds = extra + weigh(index, index.lines[number], question, aliased=aliased)
                lines[number] = max(odds, lines.get(number, odds))
        for number in index.only_of(words, frozenset(maker)):
            odds = UNREADABLE + weigh(index, index.lines[number], ask(index, words, reading.spelled, maker), aliased=False)
            lines[number] = max(odds, lines.get(number, odds))
        if not hopeless and (not lines or _likely(max(lines.values())) < min(ACCEPT, CONSIDERED)):
            return _Asked(-math.inf, _NONE)
        # One is likely: those that cannot be are compared too, for they may have a share in the belief.
        for number, extra, question, aliased in unlikely:
            odds = extra + weigh(index, index.lines[number], question, aliased=aliased)
            lines[number] = max(odds, lines.get(number, odds))
        if not lines:
            return _Asked(-math.inf, _NONE)
        best = max(lines.values())
        near = [(odds - best, number, index.lines[number]) for number, odds in sorted(lines.items()) if odds > best - NEAR]
        return _Asked(
            best,
            Choices(prepare(near, self._readings, frozenset(words), "".join(words), "".join(maker), self._sizes, self._yearly)),
        )

    def _judge(
        self, asked: _Asked, reading: Reading, version: tuple[str, ...]
    ) -> tuple[str, list[tuple[float, Choice]], float, float, float]:
        """Return status, ranked choices, the share of the winner's product in all its ids, that of the best other product, and the
        probability that the name means the winner's line.
        """
        if not asked.choices.all:
            return "unknown", [], 0.0, 0.0, 0.0
        ranked = self._product_first(asked.choices.shares(reading, version))
        winner = ranked[0][1]
        same = [self._same_product(winner, choice) for _, choice in ranked]
        share = math.fsum(part for (part, _), own in zip(ranked, same, strict=True) if own)
        other = max((part for (part, _), own in zip(ranked, same, strict=True) if not own), default=0.0)
        likely = self._likelihood(asked, winner, reading, version)
        if likely * share >= ACCEPT:
            return "recognised", ranked, share, other, likely
        return "ambiguous" if likely >= CONSIDERED else "unknown", ranked, share, other, likely

    def _product_first(self, ranked: list[tuple[float, Choice]]) -> list[tuple[float, Choice]]:
        """Put the best id of the likeliest product first: two of its ids may share a belief that is larger than that of any other."""
        heads = [choice for part, choice in ranked if part >= ranked[0][0] * RIVAL]
        if len(heads) < 2:
            return ranked
        whole = [round(math.fsum(part for part, choice in ranked if self._same_product(head, choice)), 9) for head in heads]
        best = heads[whole.index(max(whole))]
        return sorted(ranked, key=lambda pair: pair[1] is not best)

    @staticmethod
    def _likelihood(asked: _Asked, winner: Choice, reading: Reading, version: tuple[str, ...]) -> float:
        """Return the probability that the name means the winner's line, numbers considered."""
        doubted = contradicted(winner, reading, version)
        if not doubted and winner.odds < 0.0 and not (winner.numbers or winner.id.numbers):
            # It won because the numbers of all that is more like the name are others: "Draw 2019" is no "Draw Viewer" for lack of a 2019.
            alike = [choice for choice in asked.choices.all if choice.odds > winner.odds + AS_ALIKE]
            doubted = bool(alike) and all(contradicted(choice, reading, version) for choice in alike)
        return _likely(asked.odds + OWN_LINE * winner.odds + (DOUBTED if doubted else 0.0))

    def _same_product(self, one: Choice, other: Choice) -> bool:
        """Two ids of one family, or of one maker under the same words: an index keeps products under an old and a new id."""
        if one.id.family == other.id.family or one.product == other.product:
            return True
        lines = self._index.lines
        return one.id.maker == other.id.maker and lines[one.line].words == lines[other.line].words and one.numbers == other.numbers

    def _answer(self, asked: _Asked, reading: Reading, version: tuple[str, ...]) -> tuple[object, ...]:
        status, ranked, share, other, likely = self._judge(asked, reading, version)
        tail = (None, "none", *(None,) * 5, False)
        if status == "unknown":
            return ("unknown", *(None,) * 11, *tail)
        part, winner = ranked[0]
        weight, margin = round(likely * part, 4), round(max(likely * (share - other), 0.0), 4)
        if status == "ambiguous":
            return ("ambiguous", *(None,) * 8, weight, margin, None, *tail)
        score = round(self._probability(weight), 4)
        product = self._products[winner.product]
        method = "exact" if self._readings[winner.product][0].words == reading.words else "fuzzy"
        identity = winner.id.id
        return (
            *("recognised", identity, product.category, product.publisher, product.name, None, None, "product"),
            *(method, score, margin, product.id, None, "none", identity, *(None,) * 4, False),
        )


def _each_once(read: Callable[[pl.Series], list[_T]], values: pl.Series) -> Iterator[_T]:
    """Return what is read in a column of texts, in which each text is read once."""
    distinct, codes = coded(values)
    return map(read(distinct).__getitem__, codes.to_list())


def _likely(odds: float) -> float:
    return 1 / (1 + math.exp(-odds)) if odds > -700 else 0.0


def _versions(versions: pl.Series) -> list[tuple[str, ...]]:
    """Return the number of each version, as a tuple of one or none."""
    found = versions.cast(pl.String).str.extract(_VERSION.pattern).to_list()
    return [(number,) if number else () for number in found]
