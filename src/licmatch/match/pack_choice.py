"""Choosing among the ids that a name could mean: numbers, pre-release, architecture, what the id itself says, the newer of two ids.

Every id of the candidates gets a score; the scores become shares that add up to one. The weights were fitted like those of
`pack_weigh`, as the log-odds of one id against another.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from licmatch.match.pack_ids import IdReading
from licmatch.match.pack_index import Line
from licmatch.match.pack_reading import FAINT, Reading, bare_number, is_year, shared_number

LINE = 1.2  # a point of the line's odds
NUMBER_PART = 1.043  # each part of a number of the product's name that stands in the string
NUMBER_MISSING = -1.501  # a number of the product's name that does not
ID_NUMBER_PART = 2.082
ID_NUMBER_MISSING = -2.34
ID_NUMBER_VERSION = 1.94  # the id's number stands not in the name but in the row's version
NO_NUMBERS = 0.53  # the string has a number, the product none: it stands for all its releases
EARLY_SAME = 2.66  # both are pre-releases
EARLY_ONLY_STRING = -4.654
EARLY_ONLY_PRODUCT = -0.904
CONTRADICTED = -6.0  # the string has numbers, none of them the product's
ARCH_SAME = 0.19
ARCH_OTHER = -4.901
ARCH_ONLY_PRODUCT = 0.67
ID_WORD_HIT = 1.48  # a word of the id, not its maker's, stands in the string
ID_WORD_MISSED = -0.676  # … stands in neither the string nor the product's name
PARAPHRASED = 0.375  # of that, where the id leaves out a word of the name: it may say the same in other words
FAMILY_SIZE = 1.14  # times the logarithm of the number of ids in the family
FAMILY_ENOUGH = 6  # more ids than this say nothing more
SHORTER = 0.019  # each character less
YEAR_MISSING = -5.14  # the product is numbered by year, the string is not
ID_MAKER = 3.302  # the id's maker is the publisher, letter for letter
FORMAL = -1.0  # an index drops legal forms when it renames: "MakerGmbH.Product" is older than "Maker.Product"
NEGLIGIBLE = 14.0  # an id so far behind the best has no share worth counting
SHORTEST = 0.1  # the product's own id, where nothing speaks for another of its ids


@dataclass(frozen=True, slots=True)
class Choice:
    """One id with what does not depend on the row's numbers, ready to be finished row by row."""

    id: IdReading
    product: int
    line: int
    odds: float  # of its line against the best one, at most 0.0
    base: float
    numbers: tuple[str, ...]
    arch: frozenset[str]
    early: bool
    yearly: bool


def prepare(
    lines: Sequence[tuple[float, int, Line]],
    products: Sequence[tuple[Reading, Sequence[IdReading]]],
    words: frozenset[str],
    squashed: str,
    maker: str,
    sizes: dict[str, int],
    yearly: frozenset[str],
) -> list[Choice]:
    """Return the choices that the lines (log-odds, number, line) offer for a name of these words and this maker, unordered."""
    found = []
    for odds, number, line in lines:
        for product in line.products:
            name, ids = products[product]
            for position, identity in enumerate(ids):
                base = LINE * odds + FAMILY_SIZE * math.log(min(sizes[identity.family], FAMILY_ENOUGH)) - SHORTER * len(identity.id)
                base += 0.0 if position else SHORTEST
                base += FORMAL if identity.formal else 0.0
                base += ID_MAKER if identity.maker and identity.maker == maker else 0.0
                # An id that leaves out a word of the name says it in other words: they are no other product's words then.
                paraphrase = any(word not in identity.words and word not in line.maker and word not in FAINT for word in line.words)
                for word in identity.words:
                    if word in words:
                        base += 0.0 if word in line.maker else ID_WORD_HIT
                    elif word not in line.words and word not in line.maker and word not in squashed:
                        base += ID_WORD_MISSED * (PARAPHRASED if paraphrase else 1.0)
                early = bool(name.early or identity.early)
                numbered_by_year = identity.id in yearly and not early
                arch = name.arch | identity.arch
                found.append(Choice(identity, product, number, odds, base, name.numbers, arch, early, numbered_by_year))
    return found


class _Numbers:
    """Which numbers of the pack stand in one string, each looked up once."""

    def __init__(self, numbers: tuple[str, ...], version: tuple[str, ...]) -> None:
        self._numbers, self._version = numbers, version
        self._held: dict[str, tuple[int, int]] = {}

    def held(self, number: str) -> tuple[int, int]:
        """Return how many parts of the number stand in the name, and in the row's version."""
        found = self._held.get(number)
        if found is None:
            found = self._held[number] = (shared_number(number, self._numbers), shared_number(number, self._version))
        return found


_NO_NUMBERS_HELD = _Numbers((), ())


def score(choice: Choice, reading: Reading, held: _Numbers) -> float:
    """Return the finished score of one choice for a row: its numbers, pre-release and architecture beside those of the string."""
    value = choice.base
    parts = missing = versioned = 0
    proven = not (choice.numbers or choice.id.numbers)
    for number in choice.numbers:
        named, told = held.held(number)
        parts = max(parts, named)
        missing += not named
        proven = proven or bool(named or told)
    value += NUMBER_PART * parts + NUMBER_MISSING * missing
    parts = missing = 0
    for number in choice.id.numbers:
        named, told = held.held(number)
        if named:
            parts = max(parts, named)
        elif told:
            versioned = max(versioned, told)
        else:
            missing += 1
        proven = proven or bool(named or told)
    value += ID_NUMBER_PART * parts + ID_NUMBER_MISSING * missing + (0.0 if parts else ID_NUMBER_VERSION * versioned)
    if reading.numbers:
        if not proven:
            value += CONTRADICTED
        if not choice.numbers and not choice.id.numbers:
            value += NO_NUMBERS
        if choice.yearly and not any(is_year(number) for number in reading.numbers):
            value += YEAR_MISSING
    if reading.early:
        value += EARLY_SAME if choice.early else EARLY_ONLY_STRING
    elif choice.early:
        value += EARLY_ONLY_PRODUCT
    if choice.arch:
        value += ARCH_ONLY_PRODUCT if not reading.arch else ARCH_SAME if choice.arch & reading.arch else ARCH_OTHER
    return value


def contradicted(choice: Choice, reading: Reading, version: tuple[str, ...]) -> bool:
    """Tell whether the string has numbers and none of the product's stands among them: "Draw 2019" is not "Draw 2023"."""
    own = (*choice.numbers, *choice.id.numbers)
    return bool(own and reading.numbers) and not any(shared_number(number, (*reading.numbers, *version)) for number in own)


def _marks(reading: Reading) -> Hashable:
    """Return what `score` asks of a row beside which numbers it holds."""
    return (bool(reading.numbers), any(map(is_year, reading.numbers)), bool(reading.early), reading.arch)


class Choices:
    """What a name without its numbers could mean. A row looks at the choices its numbers speak of, and at the best of all others.

    Immutable but for what it keeps of its own reckoning.
    """

    def __init__(self, choices: Iterable[Choice]) -> None:
        self.all = tuple(choices)
        self._numbered: dict[str, list[int]] = {}
        for at, choice in enumerate(self.all):
            for number in dict.fromkeys((*choice.numbers, *choice.id.numbers)):
                for form in {number, bare_number(number)}:
                    self._numbered.setdefault(form, []).append(at)
        self._standing: dict[Hashable, list[tuple[float, int]]] = {}

    def shares(self, reading: Reading, version: tuple[str, ...]) -> list[tuple[float, Choice]]:
        """Return each id once with its share of belief, largest first; equal shares by length of the id, then the id itself.

        Ids with next to no share are left out.
        """
        held = _Numbers(reading.numbers, version)
        spoken = {at for form, _ in self._told((*reading.numbers, *version)) for at in self._numbered[form]}
        scored = [(score(self.all[at], reading, held), at) for at in spoken]
        best: dict[str, tuple[float, Choice]] = {}
        standing = self._others(reading)
        least = max(max(scored)[0] if scored else -math.inf, next((value for value, at in standing if at not in spoken), -math.inf))
        for value, at in standing:
            if value <= least - NEGLIGIBLE:
                break
            if at not in spoken:
                scored.append((value, at))
        for value, at in scored:
            choice = self.all[at]
            known = best.get(choice.id.id)
            if known is None or value > known[0] or (value == known[0] and choice.product < known[1].product):
                best[choice.id.id] = (value, choice)
        kept = [(round(value - least, 9), choice) for value, choice in best.values() if value > least - NEGLIGIBLE]
        kept.sort(key=lambda pair: (-pair[0], len(pair[1].id.id), pair[1].id.id))
        weights = [math.exp(value) for value, _ in kept]
        whole = math.fsum(weights)
        return [(weight / whole, choice) for weight, (_, choice) in zip(weights, kept, strict=True)]

    def alike(self, reading: Reading, version: tuple[str, ...]) -> Hashable:
        """Return what rows have in common that get one answer: their marks, and which numbers of the choices are heads of theirs."""
        return (_marks(reading), self._told(reading.numbers), self._told(version))

    def _told(self, numbers: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
        """Return the numbers of choices that are the head of one of these; True beside those that are the whole of one."""
        numbered = self._numbered
        found = []
        for number in numbers:
            if number in numbered:
                found.append((number, True))
            end = number.rfind(".")
            while end > 0:
                if number[:end] in numbered:
                    found.append((number[:end], False))
                end = number.rfind(".", 0, end)
        return tuple(found)

    def _others(self, reading: Reading) -> list[tuple[float, int]]:
        """Return every choice with its score for a row none of whose numbers is the choice's, highest first."""
        asked = _marks(reading)
        found = self._standing.get(asked)
        if found is None:
            told = [(score(choice, reading, _NO_NUMBERS_HELD), at) for at, choice in enumerate(self.all)]
            found = self._standing[asked] = sorted(told, key=lambda pair: -pair[0])
        return found
