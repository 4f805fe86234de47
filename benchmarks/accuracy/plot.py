"""Draw what run.py measured: probability against weight, and precision against coverage, as one small SVG."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from licmatch.match.calibration import KNOTS

SIDE, PAD, GAP = 300, 48, 70
INK, LINE, MARK = "#333", "#999", "#1f5fa8"


def panel(left: float, title: str, x_title: str, y_title: str, x: tuple[float, float], y: tuple[float, float]) -> list[str]:
    """Return frame, ticks and titles of one plot."""
    drawn = [f'<rect x="{left}" y="{PAD}" width="{SIDE}" height="{SIDE}" fill="none" stroke="{LINE}"/>',
             f'<text x="{left + SIDE / 2}" y="{PAD - 16}" text-anchor="middle" font-weight="bold">{title}</text>',
             f'<text x="{left + SIDE / 2}" y="{PAD + SIDE + 36}" text-anchor="middle">{x_title}</text>',
             f'<text x="{left - 40}" y="{PAD + SIDE / 2}" text-anchor="middle" '
             f'transform="rotate(-90 {left - 40} {PAD + SIDE / 2})">{y_title}</text>']  # fmt: skip
    for step in range(5):
        across, up = x[0] + (x[1] - x[0]) * step / 4, y[0] + (y[1] - y[0]) * step / 4
        drawn.append(f'<text x="{left + SIDE * step / 4}" y="{PAD + SIDE + 16}" text-anchor="middle">{across:.2f}</text>')
        drawn.append(f'<text x="{left - 6}" y="{PAD + SIDE - SIDE * step / 4 + 4}" text-anchor="end">{up:.2f}</text>')
    return drawn


def marks(left: float, points: Sequence[tuple[float, float]], x: tuple[float, float], y: tuple[float, float]) -> list[str]:
    """Return points joined by a line."""
    placed = [(left + SIDE * (a - x[0]) / (x[1] - x[0]), PAD + SIDE - SIDE * (b - y[0]) / (y[1] - y[0])) for a, b in points]
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in placed)
    dots = [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{MARK}"/>' for a, b in placed]
    return [f'<polyline points="{path}" fill="none" stroke="{MARK}" stroke-width="2"/>', *dots]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("measured", type=Path, help="what run.py -o wrote, with or without --fit")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--set", nargs="+", default=["labelled.jsonl"], help="whose precision-coverage curves")
    options = parser.parse_args()
    measured = json.loads(options.measured.read_text(encoding="utf-8"))
    first, second = PAD + 10, PAD + 10 + SIDE + GAP
    weights, shares = (0.6, 1.0), (0.5, 1.0)
    coverages, precisions = (0.0, 1.1), (0.9, 1.0)
    width, height = second + SIDE + 20, PAD + SIDE + 50
    drawn = [
        *panel(first, "What a weight is worth", "weight", "share right", weights, shares),
        *marks(first, measured["fit"]["knots"] if "fit" in measured else KNOTS, weights, shares),
        *panel(second, "Precision and coverage", "answers / products asked", "precision", coverages, precisions),
        *(line for name in options.set for line in marks(second, measured[name]["curve"], coverages, precisions)),
    ]
    text = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'font-family="sans-serif" font-size="12" fill="{INK}">\n'
            f'<rect width="{width}" height="{height}" fill="white"/>\n' + "\n".join(drawn) + "\n</svg>\n")  # fmt: skip
    options.out.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
