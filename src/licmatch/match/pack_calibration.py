"""From the weight of a site pack's answer to the probability that its id is right.

`KNOTS` were fitted like those of `calibration`, over answers of a pack of real packages to real uninstall rows whose package is known and
in the pack; each block holds a hundred answers or more. `docs/explanation/accuracy.md` has the table of what answers are worth that the
map was not fitted to; `benchmarks/accuracy/fit_packs.py` makes both anew. A name whose product the pack lacks is another matter: such
answers are not in the fit.
"""

from __future__ import annotations

from licmatch.match.calibration import Knots, probability

KNOTS: Knots = ((0.313, 0.5665), (0.422, 0.6538), (0.567, 0.7609), (0.776, 0.8259), (0.958, 0.9758), (0.992, 0.9887), (0.996, 0.9997))


def pack_probability(weight: float) -> float:
    """Return the probability that a recognised answer of this weight names the right id; never falls as the weight rises.

    >>> 0.5 < pack_probability(0.2) < pack_probability(0.7) < pack_probability(0.99) < 1
    True
    """
    return probability(weight, KNOTS)
