"""A workbook of plain tables: one a sheet, its head frozen and filtered, text that stays text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO

from xlsxwriter import Workbook

from licmatch.errors import UsageError
from licmatch.report.workbook_table import BOOK_OPTIONS, FONT, Cell, Column, Row, Styles, write_table

# A workbook bears a date; the same tables are to be the same bytes, so it is not today's.
_CREATED = datetime(2000, 1, 1)
_SHEET_ROWS = 1_048_576


def tables_book(sheets: Mapping[str, Iterable[list[Cell]]]) -> bytes:
    """Return the bytes of a workbook: by the name of the sheet its rows, the first of them the head. Same rows, same bytes.

    Raises UsageError where a sheet cannot hold the rows.
    """
    memory = BytesIO()
    book = Workbook(memory, BOOK_OPTIONS)
    book.set_properties({"author": "licmatch", "created": _CREATED})
    book.formats[0].set_font_name(FONT)
    styles = Styles(book)
    for title, every in sheets.items():
        head, *rows = every
        if len(rows) >= _SHEET_ROWS:
            raise UsageError(f"{title}: {len(rows)} rows are more than a worksheet holds", hint="write .csv instead")
        sheet = book.add_worksheet(title)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        columns = [_column(at, str(name), rows) for at, name in enumerate(head)]
        write_table(sheet, styles, columns, ({"cells": row} for row in rows))
        sheet.freeze_panes(1, 1)
    book.close()
    return memory.getvalue()


def _column(at: int, head: str, rows: list[list[Cell]]) -> Column:
    first = next((row[at] for row in rows if row[at] is not None), None)
    kind = "text" if first is None or isinstance(first, str) else "count" if isinstance(first, int) else "weight"

    def cell(row: Row) -> Cell:
        value: Cell = row["cells"][at]
        return value

    return Column(head, kind, cell)
