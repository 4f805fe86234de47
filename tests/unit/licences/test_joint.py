"""Programs whose relaxation is not whole: the best whole answer is found, and no equally good one is lost on the way."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from licmatch.licences.joint import _narrow, _Region, _relaxed, _whole


def circles(lengths: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Circles of columns of which no two neighbours go together: an odd one has a relaxation of halves."""
    rows, columns = [], []
    first = 0
    for length in lengths:
        for at in range(length):
            rows += [first + at] * 2
            columns += sorted((first + at, first + (at + 1) % length))
        first += length
    return np.array(rows), np.array(columns), np.ones(len(rows), dtype=np.int64)


@pytest.mark.parametrize(
    ("lengths", "relaxed", "best"),
    [((3,), 1.5, 1), ((5,), 2.5, 2), ((3, 3), 3.0, 2), ((3, 3, 3, 5), 7.0, 5)],
)
def test_an_odd_circle_gives_its_best_whole_answer(lengths: tuple[int, ...], relaxed: float, best: int) -> None:
    size = sum(lengths)
    matrix, most, gain = circles(lengths), np.ones(size, dtype=np.int64), np.ones(size, dtype=np.int64)
    region = _Region(np.ones(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_), [])
    answer, value, reduced, duals = _relaxed(matrix, most, region, gain)
    assert value == pytest.approx(relaxed)
    assert answer.sum() == pytest.approx(relaxed)
    whole, found = _whole(matrix, most, region, gain, value, reduced, duals)
    assert (found, int(whole.sum())) == (best, best)
    row, column, _ = matrix
    assert np.bincount(row, weights=whole[column]).max() <= 1
    # What is closed stands in no answer that is as good.
    for taken in product((0, 1), repeat=size):
        each = np.array(taken)
        sums = np.bincount(row, weights=each[column])
        if each.sum() == best and sums.max() <= 1:
            assert not each[~region.open].any()
            assert (sums[region.exact] == 1).all()


def test_what_costs_more_than_the_gap_is_closed() -> None:
    region = _Region(np.ones(3, dtype=np.bool_), np.zeros(2, dtype=np.bool_), [])
    _narrow(region, np.array([0.0, -0.5, -2.0]), np.array([0.4, 3.0]), 1.0)
    assert region.open.tolist() == [True, True, False]
    assert region.exact.tolist() == [False, True]
