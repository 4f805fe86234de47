"""Which form a sheet is, and where its parts lie: by titles and headers, in full or half width, under whatever title rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from licmatch.forms.cells import keys_of
from licmatch.forms.definition import Column, Form, Part
from licmatch.ingest.headers import plain_header

ENOUGH = 0.6
_TITLE_WITHIN = 12
_FIRST_WITHIN = 60  # the first header of a form stands no lower
Cells = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """A table part: the place of its last header row, and the column of each field; `others` are headers nobody asks for."""

    part: Part
    first: int
    last: int
    columns: Mapping[str, int]
    others: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the headers that are not there."""
        return tuple(column.zh for column in self.part.columns if column.field not in self.columns)


def recognise(cells: Cells, forms: Mapping[str, Form]) -> tuple[Form, list[Found]] | None:
    """Return the form whose headers a sheet has most of, and its tables; None where it has those of none."""
    best: tuple[tuple[int, float, int], Form, list[Found]] | None = None
    titles = {key for row in cells[:_TITLE_WITHIN] for cell in row for key in keys_of(cell)}
    said = {key for row in cells for cell in row if cell for key in keys_of(cell)}
    for form in forms.values():
        tables = [part for part in form.part if part.layout == "table"]
        found = find_tables(cells, tables)
        titled = any(plain_header(name) in titles for name in (form.zh, *form.aliases, f"{form.zh} {form.en}"))
        paired = sum(1 for part in form.part if part.layout != "table" for column in part.columns if keys(column) & said)
        known = sum(len(one.columns) for one in found)
        share = (known + paired) / max(1, len(form.columns()))
        if not found and not (titled and paired >= 2):
            continue
        if not titled and share < ENOUGH / 2:
            continue
        rank = (int(titled), share, known)
        if best is None or rank > best[0]:
            best = (rank, form, found)
    return None if best is None else (best[1], best[2])


def find_tables(cells: Cells, tables: Sequence[Part]) -> list[Found]:
    """Return the tables of a form in their order, each where most of its headers stand."""
    found: list[Found] = []
    start = 0
    for part in tables:
        best: Found | None = None
        for place in range(start, len(cells) if found else min(len(cells), _FIRST_WITHIN)):
            one = _header_at(cells, place, part)
            if one is not None and (best is None or len(one.columns) > len(best.columns)):
                best = one
            if best is not None and (len(best.columns) == len(part.columns) or place > best.last + _TITLE_WITHIN):
                break
        if best is not None:
            found.append(best)
            start = best.last + 1
    return found


def keys(column: Column) -> frozenset[str]:
    """Return the plain forms of everything a column's header may be called; a heading may stand before its English on one line."""
    return frozenset(plain_header(name) for name in (column.zh, *column.aliases, column.en, f"{column.zh} {column.en}"))


def _header_at(cells: Cells, place: int, part: Part) -> Found | None:
    row = cells[place]
    if sum(1 for cell in row if cell.strip()) < 2:
        return None
    single = _columns(part, [(at, (), keys_of(cell)) for at, cell in enumerate(row) if cell.strip()])
    best = (place, single)
    if part.grouped and place + 1 < len(cells):
        double = _columns(part, _flattened(row, cells[place + 1]))
        if len(double) > len(single):
            best = (place + 1, double)
    last, columns = best
    if len(columns) < max(2, ENOUGH * len(part.columns)):
        return None
    taken = set(columns.values())
    below = cells[last]
    said = [
        (at, below[at].strip() if at < len(below) else "", row[at].strip() if at < len(row) else "")
        for at in range(max(len(row), len(below)))
    ]
    others = tuple(lower or upper for at, lower, upper in said if at not in taken and (lower or upper))
    return Found(part, place, last, columns, others)


def _flattened(upper: Sequence[str], lower: Sequence[str]) -> list[tuple[int, tuple[str, ...], tuple[str, ...]]]:
    """Two header rows as one: (column, keys of the group above, keys of the header). A group's name stands over its first column."""
    made = []
    group: tuple[str, ...] = ()
    for at in range(max(len(upper), len(lower))):
        above = upper[at] if at < len(upper) else ""
        below = lower[at] if at < len(lower) else ""
        if above.strip():
            group = keys_of(above)
        if below.strip():
            made.append((at, group, keys_of(below)))
        elif above.strip():
            made.append((at, (), keys_of(above)))
    return made


def _columns(part: Part, cells: Sequence[tuple[int, tuple[str, ...], tuple[str, ...]]]) -> dict[str, int]:
    """Return field -> column. A header that several groups have needs its group, above it or before it in the same cell."""
    names: dict[str, int] = {}
    for column in part.columns:
        for key in keys(column):
            names[key] = names.get(key, 0) + 1
    found: dict[str, int] = {}
    used: set[int] = set()
    for column in part.columns:
        wanted = keys(column)
        group = {plain_header(name) for name in (column.group, column.group_en) if name}
        joined = {first + second for first in group for second in wanted}
        for at, above, said in cells:
            if at in used:
                continue
            own = set(said) & wanted
            if set(said) & joined or (own and (not group or set(above) & group or all(names[key] == 1 for key in own))):
                found[column.field] = at
                used.add(at)
                break
    return found
