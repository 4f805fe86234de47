"""The rows of long tables, written as the text a sheet is made of: a column at a time instead of a cell at a time.

The library that makes our workbooks takes a call for each cell. Of a long table it therefore writes the first row alone, which shows what
styles the cells have; the rows below are put into the finished sheet in its likeness, before the workbook is packed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from licmatch.report.wording import shown_texts
from licmatch.report.workbook_table import BOOK_OPTIONS, CELL_LIMIT, write_cell
from licmatch.rules.numbers import first_and_place, numbered

_TEXTS = "xl/sharedStrings.xml"
_COUNTS = re.compile(r' count="(\d+)" uniqueCount="(\d+)"')
_STYLES = re.compile(r'<c r="[A-Z]+\d+"(?: s="(\d+)")?')
_EXTENT = re.compile(r'<dimension ref="A1:([A-Z]+)(\d+)"/>')
# What no XML may hold, and what spreadsheets would read as such a letter's number.
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\ufffe": "_xFFFE_", "\uffff": "_xFFFF_"}
_LOOKS_ESCAPED = "_(x[0-9a-fA-F]{4}_)"


@dataclass(frozen=True, slots=True)
class LongColumn:
    """A column: its values (texts, whole or other numbers; null leaves a cell empty) and how they look."""

    values: pl.Series
    style: Format
    lines: bool

    @classmethod
    def of(cls, values: pl.Series, style: Format, *, lines: bool = False) -> LongColumn:
        """Return the column with texts as a workbook may show them (`lines` keeps line ends), and numbers that are none as nothing."""
        if values.dtype == pl.String:
            values = shown_texts(values, CELL_LIMIT, lines=lines)
        elif values.dtype.is_float():
            values = values.to_frame("value").select(pl.when(pl.col("value").is_finite()).then("value")).to_series()
        return cls(values, style, lines)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows below the first one of a table: `first` is that one's number in the sheet, from 1 on; `heights` are in points."""

    sheet: int
    first: int
    columns: tuple[pl.Series, ...]
    heights: pl.Series


class LongBook(Workbook):  # type: ignore[misc]  # the library tells no types
    """A workbook in memory that can take long tables. Same tables, same bytes."""

    def __init__(self) -> None:
        self._memory = BytesIO()
        self._rows: list[_Rows] = []
        super().__init__(self._memory, BOOK_OPTIONS)

    def write_rows(self, sheet: Worksheet, top: int, columns: Sequence[LongColumn], heights: pl.Series) -> int:
        """Write a row for each of the values from row `top` (from 0 on), so many points high; return the last row, `top` - 1 for none."""
        if heights.is_empty():
            return top - 1
        for at, column in enumerate(columns):
            write_cell(sheet, top, at, column.values[0], column.style, lines=column.lines)
        sheet.set_row(top, heights[0])
        rest = tuple(column.values.slice(1) for column in columns)
        self._rows.append(_Rows(self.worksheets().index(sheet) + 1, top + 1, rest, heights.slice(1)))
        return top + heights.len() - 1

    def packed(self) -> bytes:
        """Close the workbook and return its bytes."""
        self.close()
        plain = self._memory.getvalue()
        rows = [one for one in self._rows if not one.heights.is_empty()]
        return _with_rows(plain, rows) if rows else plain


def _with_rows(plain: bytes, every: Sequence[_Rows]) -> bytes:
    """Return the workbook with these rows: its sheets and shared texts hold them, everything else is as it was."""
    with ZipFile(BytesIO(plain)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    texts = parts[_TEXTS].decode("utf-8")
    told = _COUNTS.search(texts)
    if told is None:
        raise ValueError("the shared texts of the workbook do not say how many they are")
    used, distinct = int(told[1]), int(told[2])
    said = pl.concat([*(column for rows in every for column in rows.columns if column.dtype == pl.String), pl.Series([], dtype=pl.String)])
    first, place = first_and_place(numbered(said.fill_null("").to_frame("text"), ["text"]))
    own = said.gather(first).fill_null("")
    number = pl.select(pl.when(said.is_not_null()).then(place.cast(pl.Int64) + distinct)).to_series()
    at = 0
    for rows in every:
        values = []
        for column in rows.columns:
            is_text = column.dtype == pl.String
            values.append(number.slice(at, column.len()).cast(pl.String) if is_text else _plain(column))
            at += column.len() if is_text else 0
        name = f"xl/worksheets/sheet{rows.sheet}.xml"
        parts[name] = _sheet_with(parts[name].decode("utf-8"), rows, values).encode("utf-8")
    counts = f' count="{used + said.len() - said.null_count()}" uniqueCount="{distinct + own.len()}"'
    parts[_TEXTS] = (texts[: told.start()] + counts + texts[told.end() :].removesuffix("</sst>") + _shared(own) + "</sst>").encode("utf-8")
    return _package(parts)


def _plain(numbers: pl.Series) -> pl.Series:
    """Numbers as they are written, floats with sixteen digits; each different one is written once."""
    if not numbers.dtype.is_float():
        return numbers.cast(pl.String)
    distinct = numbers.unique().drop_nulls()
    said = pl.Series([f"{number:.16G}" for number in distinct], dtype=pl.String)
    return numbers.cast(pl.String) if distinct.is_empty() else numbers.replace_strict(distinct, said, default=None, return_dtype=pl.String)


def _sheet_with(sheet: str, rows: _Rows, values: Sequence[pl.Series]) -> str:
    """The sheet with these rows below the one that shows their styles."""
    start = sheet.index(f'<row r="{rows.first}"')
    end = sheet.index("</row>", start) + len("</row>")
    styles = _STYLES.findall(sheet, start, end)
    last = rows.first + rows.heights.len()
    number = pl.int_range(rows.first + 1, last + 1, eager=True).cast(pl.String)
    # The library counts a row's height in whole pixels.
    height = ((rows.heights * 4 / 3 + 0.5).cast(pl.Int64) * 0.75).cast(pl.String)
    said: list[pl.Series | pl.Expr] = [pl.lit('<row r="'), number, pl.lit('" ht="'), height, pl.lit('" customHeight="1">')]
    for at, (column, values_of, style) in enumerate(zip(rows.columns, values, styles, strict=True)):
        kind = ' t="s"' if column.dtype == pl.String else ""
        held = pl.concat_str(pl.lit(f"{kind}><v>"), values_of, pl.lit("</v></c>"))
        said += [pl.lit(f'<c r="{xl_col_to_name(at)}'), number, pl.lit(f'" s="{style}"' if style else '"'), held.fill_null("/>")]
    body = "".join(pl.select(pl.concat_str(*said, pl.lit("</row>"))).to_series())
    return _EXTENT.sub(lambda told: f'<dimension ref="A1:{told[1]}{max(int(told[2]), last)}"/>', sheet[:end], count=1) + body + sheet[end:]


def _shared(texts: pl.Series) -> str:
    """Texts as entries of the workbook's shared ones."""
    said = texts.str.replace_all(_LOOKS_ESCAPED, "_x005F_${1}")
    for letter, escape in _ESCAPES.items():
        said = said.str.replace_all(letter, escape, literal=True)
    kept = pl.when(said.str.contains(r"^\s|\s$")).then(pl.lit(' xml:space="preserve"')).otherwise(pl.lit(""))
    return "".join(pl.select(pl.concat_str(pl.lit("<si><t"), kept, pl.lit(">"), said, pl.lit("</t></si>"))).to_series())


def _package(parts: Mapping[str, bytes]) -> bytes:
    memory = BytesIO()
    with ZipFile(memory, "w", ZIP_DEFLATED) as target:
        for name, data in parts.items():
            # The day that the library gives every part of a workbook in memory.
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, data)
    return memory.getvalue()
