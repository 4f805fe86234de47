"""How a form lies on a sheet: one grid of columns for all its parts, wide enough for the widest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from licmatch.forms.definition import Form, Part

# Where no table gives the grid: as many columns, together as wide as an A4 page across at full size.
_COLUMNS, _WIDTH = 12, 126.0

Span = tuple[int, int]


def grid(form: Form) -> list[float]:
    """Return the widths of the sheet's columns: those of the widest table, else an even grid."""
    tables = [part for part in form.part if part.layout == "table"]
    needed = max([1, *(2 * part.per_row for part in form.part if part.layout == "pairs"), *(len(part.columns) for part in tables)])
    widest = max(tables, key=lambda part: len(part.columns), default=None)
    if widest is not None and len(widest.columns) == needed:
        return [column.width for column in widest.columns]
    count = max(_COLUMNS, needed)
    return [_WIDTH / count] * count


def spans(widths: Sequence[float], part: Part) -> list[Span]:
    """Return first and last grid column of each cell of a row of a part: its columns, or label and value by turns."""
    if part.layout == "table":
        wants = [column.width for column in part.columns]
    elif part.layout == "pairs" and part.per_row == 1:
        wants = [1.0, 2.0]
    elif part.layout == "pairs":
        wants = [share for _ in range(part.per_row) for share in (0.42, 0.58)]
    else:
        wants = [1.0]
    return split(widths, wants)


def split(widths: Sequence[float], wants: Sequence[float]) -> list[Span]:
    """Return consecutive runs of columns, one for each want, as near to its share as the columns allow.

    >>> split([10, 10, 10, 10], [1, 1])
    [(0, 1), (2, 3)]
    >>> split([10, 10, 10], [1, 5, 1])
    [(0, 0), (1, 1), (2, 2)]
    """
    if len(wants) == len(widths):
        return [(place, place) for place in range(len(widths))]
    ends = list(accumulate(widths))
    scale = ends[-1] / sum(wants)
    made, start = [], 0
    for place, target in enumerate(accumulate(wants)):
        left = len(wants) - place - 1
        last = min(range(start, len(widths) - left), key=lambda at: abs(ends[at] - target * scale)) if left else len(widths) - 1
        made.append((start, last))
        start = last + 1
    return made


def width_of(widths: Sequence[float], span: Span) -> float:
    """Return how wide a run of columns is."""
    return sum(widths[span[0] : span[1] + 1])
