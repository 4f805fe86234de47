"""Several strata, one statement about the whole: a bound on all defects that holds however they are spread over the strata.

The question is asked of the total: if there were D defects in all, could so few have been found? Defects may lie anywhere, so the chance is
taken for the spread that hides them best.

Let X be the number found in all, each stratum sampled on its own. P(X <= x) <= s^-x E[s^X] for every 0 < s <= 1, and the same holds of
P(X >= x) for every s >= 1; E[s^X] is the product of the strata's own E[s^Xh]. Where nothing was found, s = 0 makes the first an equality.
As a function of its defects d a stratum's E[s^Xh] is the coefficient of z^d in (1 + sz)^n (1 + z)^(N-n) divided by C(N, d); a polynomial
with real roots only, so by Newton's inequalities it is log-concave in d. The worst spread is then found one defect at a time, each where
the product becomes greatest: no other spread of as many hides better. The upper bound is the largest D for which that chance is above
1 - confidence, the lower the smallest. One stratum takes the exact bounds of `hypergeometric`. There, and where nothing was found, nothing
is given away; otherwise the inequality makes a bound wider than need be, never narrower.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from math import comb, log, prod

from licmatch.inspection.hypergeometric import fewest_defects, most_defects

# The step of s. Any s gives a bound that holds, so its rounding costs a little width and no validity.
_STEPS = 64
_FARTHEST = 1000.0
# How far two logarithms must lie apart for the numbers themselves not to be compared; their error is below a millionth of it.
_SURE = 1e-3


@dataclass(frozen=True, slots=True)
class Stratum:
    """N computers, n of them drawn at random, x of those defective; and what is known of further ones that chance did not choose."""

    population: int
    sample: int
    found: int
    known_defective: int = 0
    known_sound: int = 0

    @property
    def least(self) -> int:
        """Defects that were seen."""
        return self.found + self.known_defective

    @property
    def most(self) -> int:
        """Computers that were not seen to be sound."""
        return self.population - (self.sample - self.found) - self.known_sound

    def mirrored(self) -> Stratum:
        """Sound and defective changed over: a bound on what is sound is one on what is not."""
        return Stratum(self.population, self.sample, self.sample - self.found, self.known_sound, self.known_defective)


def most_in_all(strata: Sequence[Stratum], confidence: Fraction) -> int:
    """Return an upper bound on the defects of all strata together that holds with at least this confidence.

    >>> most_in_all([Stratum(100, 45, 0), Stratum(200, 51, 0)], Fraction(95, 100))
    9
    """
    if _mostly_defective(strata):
        return sum(one.population for one in strata) - fewest_in_all([one.mirrored() for one in strata], confidence)
    settled, drawn = _parted(strata)
    # Nothing was drawn there, so nothing is known.
    unseen = sum(one.most for one in drawn if one.sample == 0)
    drawn = [one for one in drawn if one.sample]
    if len(drawn) == 1:
        only = drawn[0]
        return settled + unseen + max(only.least, min(only.most, most_defects(only.population, only.sample, only.found, confidence)))
    return settled + unseen + (_most_spread(drawn, confidence) if drawn else 0)


def fewest_in_all(strata: Sequence[Stratum], confidence: Fraction) -> int:
    """Return a lower bound on the defects of all strata together.

    >>> fewest_in_all([Stratum(100, 45, 4), Stratum(200, 51, 0)], Fraction(95, 100))
    4
    """
    if _mostly_defective(strata):
        return sum(one.population for one in strata) - most_in_all([one.mirrored() for one in strata], confidence)
    settled, drawn = _parted(strata)
    unseen = sum(one.least for one in drawn if one.sample == 0)
    drawn = [one for one in drawn if one.sample]
    if len(drawn) == 1:
        only = drawn[0]
        return settled + unseen + min(only.most, max(only.least, fewest_defects(only.population, only.sample, only.found, confidence)))
    return settled + unseen + (_fewest_spread(drawn, confidence) if drawn else 0)


def chance_of_missing(strata: Sequence[tuple[int, int]], defects: int) -> Fraction:
    """Return the chance that samples of (N, n) show none of so many defects, spread so that they hide best.

    >>> chance_of_missing([(10, 5), (10, 5)], 2), chance_of_missing([(10, 10)], 1)
    (Fraction(1, 4), Fraction(0, 1))
    """
    sampled = [Stratum(population, sample, 0) for population, sample in strata]
    room = sum(one.most for one in sampled)
    if defects > room:
        return Fraction(0)
    weights = [_weight(one, 0, Fraction(0)) for one in sampled]
    for _ in islice(_hiding_places(sampled, weights, Fraction(0)), defects):
        pass
    return Fraction(prod(weights), prod(comb(one.population, one.sample) for one in sampled))


def _mostly_defective(strata: Sequence[Stratum]) -> bool:
    """Whether the sound ones are the rarer: it is the same question, and the inequality is narrower asked of the rare side."""
    return 2 * sum(one.found for one in strata) > sum(one.sample for one in strata)


def _parted(strata: Sequence[Stratum]) -> tuple[int, list[Stratum]]:
    """Defects of the strata that leave no question, and the other strata."""
    return sum(one.least for one in strata if one.least == one.most), [one for one in strata if one.least < one.most]


def _most_spread(strata: list[Stratum], confidence: Fraction) -> int:
    last = sum(one.least for one in strata)
    for total, doubtful in _suspicion(strata, confidence, rising=False):
        if doubtful:
            return last
        last = total
    return last


def _fewest_spread(strata: list[Stratum], confidence: Fraction) -> int:
    least = sum(one.least for one in strata)
    if not any(one.found for one in strata):
        return least
    return next((total for total, doubtful in _suspicion(strata, confidence, rising=True) if not doubtful), sum(one.most for one in strata))


def _suspicion(strata: list[Stratum], confidence: Fraction, *, rising: bool) -> Iterator[tuple[int, bool]]:
    """Yield each total from the least on, and whether what was found would be too strange if there were so many defects."""
    found = sum(one.found for one in strata)
    s = _tilt(found, 1 - confidence, rising=rising)
    # Both sides times C(N, n) q^n of every stratum, so that only whole numbers are compared.
    limit = (1 - confidence) * s**found * prod(comb(one.population, one.sample) * s.denominator**one.sample for one in strata)
    weights = [_weight(one, one.least, s) for one in strata]
    # Logarithms only say when it is worth asking the exact question.
    edge = log(limit.numerator) - log(limit.denominator)
    logs = [log(weight) for weight in weights]
    total, near = sum(one.least for one in strata), sum(logs)
    yield total, prod(weights) <= limit
    for at in _hiding_places(strata, weights, s):
        total += 1
        if not weights[at]:
            yield total, True
            return
        after = log(weights[at])
        near += after - logs[at]
        logs[at] = after
        yield total, prod(weights) <= limit if abs(near - edge) < _SURE else near <= edge


def _hiding_places(strata: Sequence[Stratum], weights: list[int], s: Fraction) -> Iterator[int]:
    """Yield which stratum hides one more defect best; `weights`, at first those of `least`, follow."""
    spread = [one.least for one in strata]
    # The ratio by which the product changes, the stratum, and its weight with one more.
    heap: list[tuple[Fraction, int, int]] = []

    def offer(at: int) -> None:
        if spread[at] < strata[at].most and weights[at]:
            after = _weight(strata[at], spread[at] + 1, s)
            heapq.heappush(heap, (Fraction(-after, weights[at]), at, after))

    for at in range(len(strata)):
        offer(at)
    while heap:
        _, at, after = heapq.heappop(heap)
        spread[at] += 1
        weights[at] = after
        yield at
        offer(at)


def _weight(stratum: Stratum, defects: int, s: Fraction) -> int:
    """C(N, n) q^n E[s^X] for s = p/q: a whole number."""
    population, sample = stratum.population, stratum.sample
    if s == 0:
        return comb(population - defects, sample)
    sound = population - defects
    count = max(0, sample - sound)
    ways = comb(defects, count) * comb(sound, sample - count)
    p, q = s.numerator, s.denominator
    power, total = p**count * q ** (sample - count), 0
    while ways:
        total += ways * power
        ways = ways * (defects - count) * (sample - count) // ((count + 1) * (sound - sample + count + 1))
        power = power // q * p
        count += 1
    return total


def _tilt(found: int, doubt: Fraction, *, rising: bool) -> Fraction:
    """The s that gives about the narrowest bound: that of rare defects, where X is a Poisson number of mean found / s."""
    if found == 0:
        return Fraction(0)
    # s^-x exp(-(1 - s) x / s) is 1 at s = 1 and falls to either side, down to nothing.
    near, far = 1.0, _FARTHEST if rising else 0.0
    for _ in range(60):
        s = (near + far) / 2
        if found * (1 / s - 1 + log(s)) > -log(doubt):
            far = s
        else:
            near = s
    if rising:
        return Fraction(max(_STEPS + 1, round(near * _STEPS)), _STEPS)
    return Fraction(min(_STEPS - 1, max(1, round(near * _STEPS))), _STEPS)
