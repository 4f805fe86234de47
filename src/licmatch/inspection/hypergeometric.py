"""Samples without replacement from a finite population, in whole numbers: how many to draw, and what was proved by what was found.

Notation of REGULATION 3.3 and of every table here: N computers, of which D are defective; n are drawn, x of them turn out defective;
x is hypergeometric, P(x) = C(D, x) C(N-D, n-x) / C(N, n). Nothing is rounded: chances are fractions.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb


def tolerated(population: int, tolerance: Fraction) -> int:
    """Return D, the defective computers at which the tolerated share is reached: the least whole number of at least N x tolerance.

    >>> tolerated(20, Fraction(1, 20)), tolerated(21, Fraction(1, 20)), tolerated(0, Fraction(1, 20))
    (1, 2, 0)
    """
    return -(-population * tolerance.numerator // tolerance.denominator)


def chance_of_none(population: int, defects: int, sample: int) -> Fraction:
    """Return the chance that a sample shows none of the defects: C(N-D, n) / C(N, n).

    >>> chance_of_none(10, 1, 9)
    Fraction(1, 10)
    """
    # C(N-D, n) / C(N, n) = C(N-n, D) / C(N, D); the smaller of the two makes the smaller numbers.
    drawn, left = min(sample, defects), max(sample, defects)
    return Fraction(comb(population - left, drawn), comb(population, drawn))


def smallest_sample(population: int, defects: int, confidence: Fraction) -> int:
    """Return the least n that shows a defect with at least that chance if there are so many: 1 - C(N-D, n) / C(N, n) >= confidence.

    With no defect to be found nothing has to be drawn. `confidence` lies above 0 and below 1.

    >>> smallest_sample(200, 10, Fraction(95, 100))
    51
    """
    if defects <= 0:
        return 0
    low, high = 0, population - defects + 1
    while low < high:
        middle = (low + high) // 2
        if 1 - chance_of_none(population, defects, middle) >= confidence:
            high = middle
        else:
            low = middle + 1
    return low


def ways_of_at_most(population: int, defects: int, sample: int, found: int) -> int:
    """Return in how many of the C(N, n) samples at most x are defective."""
    least, most = max(0, sample - (population - defects)), min(found, sample, defects)
    return sum(comb(defects, count) * comb(population - defects, sample - count) for count in range(least, most + 1))


def most_defects(population: int, sample: int, found: int, confidence: Fraction) -> int:
    """Return the upper bound: the largest D that would show x or fewer defects with a chance above 1 - confidence.

    Whatever D is, the bound is at least D in a share `confidence` of all samples or more (Buonaccorsi 1987). One-sided; for a
    two-sided interval ask both bounds at (1 + confidence) / 2.

    >>> most_defects(200, 51, 0, Fraction(95, 100))
    9
    """
    doubt = (1 - confidence) * comb(population, sample)
    low, high = found, population - (sample - found)
    while low < high:
        middle = (low + high + 1) // 2
        if ways_of_at_most(population, middle, sample, found) > doubt:
            low = middle
        else:
            high = middle - 1
    return low


def fewest_defects(population: int, sample: int, found: int, confidence: Fraction) -> int:
    """Return the lower bound: what is left when as many as possible are sound.

    >>> fewest_defects(200, 51, 3, Fraction(95, 100))
    4
    """
    return population - most_defects(population, sample, sample - found, confidence)
