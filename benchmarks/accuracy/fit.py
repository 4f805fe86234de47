"""Isotonic regression by pooling adjacent violators, and the reliability of probabilities in ten bins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Observation = tuple[float, bool]  # (weight or probability, was it right)


def pool(observations: Iterable[Observation]) -> list[tuple[float, int, int]]:
    """Return (mean weight, right, count) blocks whose share of right answers rises from block to block.

    >>> pool([(0.2, True), (0.4, False), (0.9, True)])
    [(0.3, 1, 2), (0.9, 1, 1)]
    >>> pool([(1.0, False), (1.0, True), (0.5, False)])
    [(0.5, 0, 1), (1.0, 1, 2)]
    """
    # Equal weights are one block from the start: they cannot be told apart, so neither can their probability.
    equal: dict[float, list[int]] = {}
    for weight, right in observations:
        seen = equal.setdefault(weight, [0, 0])
        seen[0] += right
        seen[1] += 1
    blocks: list[list[float]] = []
    for weight, (rights, count) in sorted(equal.items()):
        blocks.append([weight, rights, count])
        while len(blocks) > 1 and blocks[-2][1] / blocks[-2][2] >= blocks[-1][1] / blocks[-1][2]:
            one, other = blocks[-2], blocks.pop()
            whole = one[2] + other[2]
            blocks[-1] = [(one[0] * one[2] + other[0] * other[2]) / whole, one[1] + other[1], whole]
    return [(round(weight, 4), int(right), int(count)) for weight, right, count in blocks]


def knots(blocks: Sequence[tuple[float, int, int]], least: int = 10) -> list[tuple[float, float]]:
    """Return rising (weight, probability) knots; blocks smaller than `least` join the next, and half an error is added to each.

    With the half error no block claims certainty that its size does not carry.
    """
    joined: list[tuple[float, int, int]] = []
    for weight, right, count in blocks:
        if joined and joined[-1][2] < least:
            before, rights, counts = joined.pop()
            joined.append(((before * counts + weight * count) / (counts + count), rights + right, counts + count))
        else:
            joined.append((weight, right, count))
    found: list[tuple[float, float]] = []
    for weight, right, count in joined:
        share = (right + 0.5) / (count + 1)
        if not found or share > found[-1][1]:
            found.append((round(weight, 3), round(share, 4)))
    return found


def reliability(observations: Iterable[Observation]) -> list[tuple[float, float, int, float, float]]:
    """Return (from, to, count, mean told, share right) for each of ten bins that holds anything."""
    bins: list[list[Observation]] = [[] for _ in range(10)]
    for told, right in observations:
        bins[min(int(told * 10), 9)].append((told, right))
    return [
        (at / 10, (at + 1) / 10, len(held), sum(told for told, _ in held) / len(held), sum(right for _, right in held) / len(held))
        for at, held in enumerate(bins)
        if held
    ]


def coverage(observations: Sequence[Observation], asked: int) -> list[tuple[float, float]]:
    """Return (coverage, precision), from the answers of highest probability on; equal probabilities are one step."""
    points: list[tuple[float, float]] = []
    right = 0
    ranked = sorted(observations, key=lambda pair: -pair[0])
    for count, (told, was_right) in enumerate(ranked, start=1):
        right += was_right
        if count == len(ranked) or ranked[count][0] != told:
            points.append((count / asked, right / count))
    return points
