"""From weight to probability: how often an answer of this weight was right on labelled strings.

`KNOTS` were fitted by pooling adjacent violators over answers whose truth is known: strings of the catalogs held out together with every
name only they stand for (five draws of 30 %), labelled inventory strings and look-alikes. `docs/explanation/accuracy.md` has the table;
`benchmarks/accuracy/run.py --fit` fits them anew. Between two knots the line is straight, so the order of answers is kept; below the first
knot and above the last it is level.
"""

from __future__ import annotations

from bisect import bisect_right

Knots = tuple[tuple[float, float], ...]

# (weight, probability), both rising. Figures of the fit: 10,883 answers, 10,796 of them right; right of all in the pooled blocks up to
# each weight: 48 of 75, 32 of 41, 36 of 41, 94 of 95, 10,586 of 10,631, half an error added to each.
KNOTS: Knots = ((0.702, 0.6382), (0.859, 0.7738), (0.894, 0.869), (0.91, 0.9844), (1.0, 0.9957))


def probability(weight: float, knots: Knots = KNOTS) -> float:
    """Return the probability that an answer of this weight is right; never falls as the weight rises.

    >>> probability(0.7) < probability(0.9) < probability(1.0) < 1
    True
    """
    at = bisect_right(knots, (weight, 2.0))
    if at == 0:
        return knots[0][1]
    if at == len(knots):
        return knots[-1][1]
    (left, low), (right, high) = knots[at - 1], knots[at]
    return low + (high - low) * (weight - left) / (right - left)
