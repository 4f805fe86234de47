"""Precision against coverage, as numbers and as an SVG drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

COVERAGES = tuple(step / 100 for step in range(50, 101))
_COLOURS = ("#0b5fa5", "#c2410c", "#15803d", "#7c3aed", "#475569", "#be185d", "#a16207")
_WIDTH, _HEIGHT, _LEFT, _TOP = 640, 400, 60, 40


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system said of one string: how sure it was (None: it abstained), and whether id and family are right."""

    score: float | None
    right: bool
    family: bool


def precision_curve(answers: Sequence[Answer], *, family: bool) -> dict[float, float]:
    """Return precision at each coverage the system reaches; answers of one score are counted in equal parts.

    >>> said = [Answer(0.9, True, True), Answer(0.5, False, True), Answer(None, False, False), Answer(None, False, False)]
    >>> precision_curve(said, family=False)
    {0.5: 0.5}
    """
    given = sorted((answer for answer in answers if answer.score is not None), key=lambda answer: -(answer.score or 0.0))
    found: dict[float, float] = {}
    done, good = 0, 0.0
    for _, same in groupby(given, key=lambda answer: answer.score):
        group = list(same)
        hits = sum(answer.family if family else answer.right for answer in group)
        for coverage in COVERAGES:
            wanted = coverage * len(answers)
            if done < wanted <= done + len(group):
                found[coverage] = round((good + hits * (wanted - done) / len(group)) / wanted, 4)
        done, good = done + len(group), good + hits
    return found


def overtaken(ours: dict[float, float], theirs: dict[float, float]) -> list[float]:
    """Return the coverages we reach at which theirs is the higher precision.

    >>> overtaken({0.5: 0.9, 0.6: 0.8}, {0.5: 0.9, 0.6: 0.85, 0.7: 0.8})
    [0.6]
    """
    return [coverage for coverage, precision in ours.items() if theirs.get(coverage, 0.0) > precision]


def draw(curves: dict[str, dict[float, float]], title: str) -> str:
    """Return an SVG of the curves, coverage to the right, precision upwards."""
    low = min((value for curve in curves.values() for value in curve.values()), default=0.0)
    low = max(0.0, int(low * 20 - 1) / 20)

    def place(coverage: float, precision: float) -> tuple[float, float]:
        right, down = (coverage - 0.5) / 0.5, (1 - precision) / max(1 - low, 0.01)
        return round(_LEFT + right * (_WIDTH - 220), 1), round(_TOP + down * (_HEIGHT - 90), 1)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/><text x="{_LEFT}" y="22" font-size="14">{escape(title)}</text>',
    ]
    for step in range(6):
        precision, coverage = low + (1 - low) * step / 5, 0.5 + 0.1 * step
        x0, y = place(0.5, precision)
        x1, _ = place(1.0, precision)
        x, bottom = place(coverage, low)
        parts.append(f'<line x1="{x0}" y1="{y}" x2="{x1}" y2="{y}" stroke="#e2e8f0"/>')
        parts.append(f'<text x="{x0 - 8}" y="{y + 4}" text-anchor="end">{precision:.2f}</text>')
        parts.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{coverage:.1f}</text>')
    x, y = place(0.75, low)
    parts.append(f'<text x="{x}" y="{y + 36}" text-anchor="middle">coverage</text>')
    for index, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        points = " ".join(f"{x},{y}" for x, y in (place(*point) for point in sorted(curve.items())))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        top = _TOP + 18 * index
        parts.append(f'<line x1="{_WIDTH - 150}" y1="{top}" x2="{_WIDTH - 130}" y2="{top}" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{_WIDTH - 124}" y="{top + 4}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])
