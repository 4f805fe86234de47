"""How many to draw, and what is proved: the table of the regulation, coverage counted out and drawn ten thousand times."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, prod

import numpy as np
import pytest

from licmatch.inspection.hypergeometric import chance_of_none, fewest_defects, most_defects, smallest_sample, tolerated, ways_of_at_most
from licmatch.inspection.stratified import Stratum, chance_of_missing, fewest_in_all, most_in_all

# N, then 1 % / 90 %, 1 % / 95 %, 5 % / 90 %, 5 % / 95 %, 10 % / 90 %, 10 % / 95 %: section 3.3.
TABLE = """
5 5 5 5 5 5 5
10 9 10 9 10 9 10
20 18 19 18 19 14 16
30 27 29 21 23 16 19
50 45 48 27 31 18 22
100 90 95 37 45 20 25
200 137 155 41 51 21 27
500 184 225 43 56 22 28
1000 205 258 44 57 22 29
6199 225 291 45 59 22 29
16912 227 294 45 59 22 29
"""
PLANS = [(Fraction(t, 100), Fraction(c, 100)) for t in (1, 5, 10) for c in (90, 95)]
CELLS = [
    (int(row.split()[0]), *plan, int(cell)) for row in TABLE.strip().splitlines() for plan, cell in zip(PLANS, row.split()[1:], strict=True)
]
C95 = Fraction(95, 100)


@pytest.mark.parametrize(("population", "tolerance", "confidence", "sample"), CELLS)
def test_the_table_of_the_regulation(population, tolerance, confidence, sample):
    defects = tolerated(population, tolerance)
    assert smallest_sample(population, defects, confidence) == sample
    assert 1 - chance_of_none(population, defects, sample) >= confidence > 1 - chance_of_none(population, defects, sample - 1)


def test_the_table_has_66_cells():
    assert len(CELLS) == 66


def hypergeometric(population: int, defects: int, sample: int) -> list[Fraction]:
    """The chance of each number found, from the formula alone."""
    whole = comb(population, sample)
    return [Fraction(comb(defects, x) * comb(population - defects, sample - x), whole) for x in range(sample + 1)]


@pytest.mark.parametrize("confidence", [Fraction(80, 100), Fraction(90, 100), C95, Fraction(99, 100)])
def test_a_bound_covers_at_least_as_often_as_it_says_in_every_small_population(confidence):
    for population in range(1, 15):
        for sample in range(1, population + 1):
            upper = [most_defects(population, sample, x, confidence) for x in range(sample + 1)]
            lower = [fewest_defects(population, sample, x, confidence) for x in range(sample + 1)]
            for defects in range(population + 1):
                chances = hypergeometric(population, defects, sample)
                assert sum(chance for x, chance in enumerate(chances) if upper[x] >= defects) >= confidence
                assert sum(chance for x, chance in enumerate(chances) if lower[x] <= defects) >= confidence


def test_no_smaller_bound_would_do():
    """One less, and the defects just outside would have been missed too often."""
    for population, sample in ((12, 5), (40, 10), (200, 51)):
        for x in range(sample):
            bound = most_defects(population, sample, x, C95)
            assert ways_of_at_most(population, bound, sample, x) > (1 - C95) * comb(population, sample)
            if bound < population - sample + x:
                assert ways_of_at_most(population, bound + 1, sample, x) <= (1 - C95) * comb(population, sample)


@pytest.mark.parametrize(
    "sizes", [((6, 3), (5, 2)), ((8, 4), (4, 1)), ((5, 2), (4, 2), (3, 1)), ((7, 7), (6, 2)), ((4, 0), (7, 4)), ((6, 1), (6, 5))], ids=str
)
@pytest.mark.parametrize("confidence", [Fraction(80, 100), C95])
def test_the_bound_on_several_strata_covers_however_the_defects_are_spread(sizes, confidence):
    outcomes = list(product(*(range(sample + 1) for _, sample in sizes)))
    strata = {each: [Stratum(n, k, x) for (n, k), x in zip(sizes, each, strict=True)] for each in outcomes}
    upper = {each: most_in_all(one, confidence) for each, one in strata.items()}
    lower = {each: fewest_in_all(one, confidence) for each, one in strata.items()}
    for spread in product(*(range(n + 1) for n, _ in sizes)):
        chances = [hypergeometric(n, d, k) for (n, k), d in zip(sizes, spread, strict=True)]
        chance = {each: prod(one[x] for one, x in zip(chances, each, strict=True)) for each in outcomes}
        assert sum(p for each, p in chance.items() if upper[each] >= sum(spread)) >= confidence
        assert sum(p for each, p in chance.items() if lower[each] <= sum(spread)) >= confidence


def test_what_was_seen_outside_the_draw_only_narrows_a_bound():
    drawn = [Stratum(50, 20, 1), Stratum(60, 25, 0)]
    more = [Stratum(50, 20, 1, known_defective=2, known_sound=20), Stratum(60, 25, 0, known_sound=30)]
    assert most_in_all(more, C95) <= most_in_all(drawn, C95)
    assert fewest_in_all(more, C95) >= max(fewest_in_all(drawn, C95), 3)


def test_a_stratum_that_was_seen_whole_adds_what_it_has():
    assert most_in_all([Stratum(9, 9, 4)], C95) == fewest_in_all([Stratum(9, 9, 4)], C95) == 4
    assert most_in_all([Stratum(9, 9, 4), Stratum(200, 51, 0)], C95) == 4 + most_defects(200, 51, 0, C95)


def test_nothing_is_known_where_nothing_was_drawn():
    assert (most_in_all([Stratum(30, 0, 0)], C95), fewest_in_all([Stratum(30, 0, 0)], C95)) == (30, 0)


def test_the_worst_spread_is_found():
    """Against trying every spread."""
    for sizes in (((9, 4), (6, 2), (5, 5)), ((8, 1), (8, 7), (3, 1))):
        for defects in range(sum(n for n, _ in sizes) + 1):
            spreads = [each for each in product(*(range(n + 1) for n, _ in sizes)) if sum(each) == defects]
            worst = max(prod(chance_of_none(n, d, k) for (n, k), d in zip(sizes, each, strict=True)) for each in spreads)
            assert chance_of_missing(list(sizes), defects) == worst


@pytest.mark.slow
def test_ten_thousand_draws_are_covered_at_least_as_often_as_is_said():
    """Three counties, servers seen whole, many true shares of defects: 10,000 stratified draws, one seed."""
    chooser = np.random.default_rng(20051)
    sizes = [(300, 54), (120, 46), (60, 34), (12, 12)]

    @cache
    def bounds(found: tuple[int, ...]) -> tuple[int, int, int, int]:
        strata = [Stratum(n, k, x) for (n, k), x in zip(sizes, found, strict=True)]
        both = (1 + C95) / 2
        return most_in_all(strata, C95), fewest_in_all(strata, C95), most_in_all(strata, both), fewest_in_all(strata, both)

    held = np.zeros(3, dtype=int)
    draws = 10_000
    for share in np.repeat(chooser.choice([0.0, 0.01, 0.03, 0.05, 0.1, 0.3], draws // 100), 100):
        defects = [int(chooser.binomial(n, share)) for n, _ in sizes]
        found = tuple(int(chooser.hypergeometric(d, n - d, k)) for (n, k), d in zip(sizes, defects, strict=True))
        upper, lower, high, low = bounds(found)
        held += np.array([upper >= sum(defects), lower <= sum(defects), low <= sum(defects) <= high])
    assert (held / draws >= 0.95).all(), held / draws


@pytest.mark.parametrize(("defects", "found_in_none"), [(2, 0), (10, 0), (30, 1)])
def test_a_plan_finds_the_tolerated_number_as_often_as_it_promises(defects, found_in_none):
    """10,000 samples of the planned size: those that show nothing are at most the share the plan allows (and the luck of the draw)."""
    chooser = np.random.default_rng(7)
    population = 40 * defects
    planned = smallest_sample(population, defects, C95)
    missed = int((chooser.hypergeometric(defects, population - defects, planned, size=10_000) == 0).sum())
    assert missed <= 500 + 4 * (10_000 * 0.05 * 0.95) ** 0.5
