"""Rows that are written as the text of a sheet are the rows that the library would have written a cell at a time."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from licmatch.messages.width import display_width
from licmatch.report.long_rows import LongBook
from licmatch.report.long_table import Values, write_long_table
from licmatch.report.text_sizes import display_widths, line_counts
from licmatch.report.wording import shown, shown_texts
from licmatch.report.workbook_table import BOOK_OPTIONS, Column, Styles, line_count, write_table

# What a name may hold that a workbook, a spreadsheet or its library reads in a way of its own.
ODD = (
    "",
    " a ",
    "=1+1",
    "<r>",
    "<r> & </r>",
    "<r><t>x</t></r>",
    "_x0041_",
    "\ufffe",
    "a\nb",
    "a\u202eb",
    "\x00",
    "字" * 60,
    "e\u0301",
    "😀",
    "&amp;",
    '"',
)
TEXTS = st.none() | st.sampled_from(ODD) | st.text(max_size=12)
ROWS = st.lists(
    st.tuples(TEXTS, TEXTS, st.none() | st.integers(-(2**50), 2**50), st.none() | st.floats(allow_nan=False, allow_infinity=False)),
    max_size=40,
)
KINDS = ("text", "wrapped", "count", "weight")
DTYPES = (pl.String, pl.String, pl.Int64, pl.Float64)


def cell_by_cell(rows: list[tuple[Any, ...]]) -> bytes:
    memory = BytesIO()
    book = Workbook(memory, BOOK_OPTIONS)
    sheet = book.add_worksheet("a")
    columns = [Column(kind, kind, lambda row, at=at: row["cells"][at], 20 if kind == "wrapped" else None) for at, kind in enumerate(KINDS)]
    write_table(sheet, Styles(book), columns, ({"cells": row} for row in rows))
    sheet.write_string(len(rows) + 3, 0, "a line below")
    book.close()
    return memory.getvalue()


def by_columns(rows: list[tuple[Any, ...]]) -> bytes:
    book = LongBook()
    sheet = book.add_worksheet("a")
    given = pl.DataFrame(rows, schema=dict(zip(KINDS, DTYPES, strict=True)), orient="row")
    write_long_table(book, sheet, Styles(book), [Values(kind, kind, given[kind], 20 if kind == "wrapped" else None) for kind in KINDS])
    sheet.write_string(len(rows) + 3, 0, "a line below")
    return book.packed()


def read(data: bytes) -> tuple[list[list[Any]], list[Any], str]:
    """What a reader gets, and of each row and cell what the file says of its looks."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode("utf-8")
    looks = [(re.findall(r' (?:r|ht|customHeight)="[^"]*"', row), re.findall(r'<c (r="[^"]*" s="\d+")', cells))
             for row, cells in re.findall(r"<row ([^>]*)>(.*?)</row>", sheet)]  # fmt: skip
    outside = re.sub(r"<sheetData>.*</sheetData>", "", sheet)
    return CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python(), looks, outside


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_a_table_by_columns_reads_like_one_by_cells(rows: list[tuple[Any, ...]]) -> None:
    assert read(by_columns(rows)) == read(cell_by_cell(rows))


def test_the_same_rows_give_the_same_bytes_and_no_number_is_none() -> None:
    rows = [("a", "b", 1, 0.1), ("c", None, None, float("nan")), ("a", "b", 2, float("inf")), ("d", "d", 3, 1 / 3)]
    assert by_columns(rows) == by_columns(rows)
    assert CalamineWorkbook.from_filelike(BytesIO(by_columns(rows))).get_sheet_by_index(0).to_python()[1:5] == [
        ["a", "b", 1.0, 0.1], ["c", "", "", ""], ["a", "b", 2.0, ""], ["d", "d", 3.0, 0.3333333333333333],
    ]  # fmt: skip


@given(st.lists(TEXTS, max_size=20), st.integers(1, 80))
@settings(max_examples=100, deadline=None)
def test_many_texts_are_measured_and_shown_like_one(texts: list[str | None], width: int) -> None:
    column = pl.Series(texts, dtype=pl.String)
    assert display_widths(column).to_list() == [None if text is None else display_width(text) for text in texts]
    assert line_counts(column, width).to_list() == [1 if text is None else line_count(text, width) for text in texts]
    for lines in (False, True):
        said = [None if text is None else shown(text, 9, lines=lines) for text in texts]
        assert shown_texts(column, 9, lines=lines).to_list() == said
