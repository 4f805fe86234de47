"""A table of many rows on a worksheet, given by columns: it looks like one of `workbook_table.write_table`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from xlsxwriter.worksheet import Worksheet

from licmatch.report.long_rows import LongBook, LongColumn
from licmatch.report.text_sizes import line_counts
from licmatch.report.workbook_table import LINE, MEASURED, MOST_LINES, Styles, set_widths, width_of, write_head


@dataclass(frozen=True, slots=True)
class Values:
    """A column: its head, how its cells are written (a key of the formats), its values, and how wide it is if not by what stands in it."""

    head: str
    kind: str
    values: pl.Series
    width: int | None = None


def write_long_table(book: LongBook, sheet: Worksheet, styles: Styles, columns: Sequence[Values]) -> int:
    """Write head and rows from the top on, freeze and filter them; return the last row written, 0 where there are none."""
    write_head(sheet, styles, [(column.head, column.kind) for column in columns])
    fit = [LongColumn.of(column.values, styles.cells[column.kind], lines=column.kind == "wrapped") for column in columns]
    lines = pl.repeat(1, columns[0].values.len(), dtype=pl.Int64, eager=True)
    for column, shown in zip(columns, fit, strict=True):
        if column.kind == "wrapped" and column.width:
            taken = line_counts(shown.values, column.width)
            lines = pl.select(pl.max_horizontal(lines, taken)).to_series()
    heights = lines.clip(upper_bound=MOST_LINES) * LINE + 2
    last = book.write_rows(sheet, 1, fit, heights)
    widths = [max((width_of(value) for value in shown.values.head(MEASURED)), default=0) for shown in fit]
    set_widths(sheet, [(column.head, column.width, width) for column, width in zip(columns, widths, strict=True)], last)
    return last
