"""One way to put a table on a worksheet: typed columns, frozen head, filter, widths that fit Chinese text, text that stays text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from licmatch.messages.width import display_width
from licmatch.report.wording import shown

FONT = "Microsoft YaHei"
CELL_LIMIT = 4_000
# Text stays text, whatever it begins with. Kept in memory: on disk the package would carry the umask and the local time zone of a machine.
BOOK_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False,
}  # fmt: skip
_NARROWEST, _WIDEST = 7, 58
# By so many of its rows the widths of a table are chosen.
MEASURED = 400
# How high a line is, in points, and how many lines of a text are seen.
LINE, MOST_LINES = 15, 6
_FORMATS: dict[str, dict[str, Any]] = {"text": {}, "wrapped": {"text_wrap": True}, "code": {"align": "center"},
            "count": {"num_format": "#,##0"}, "rate": {"num_format": "0.0%"},
            "points": {"num_format": "0.0"}, "weight": {"num_format": "0.00"}, "share": {"num_format": "0.00%"}}  # fmt: skip

Cell = str | int | float | None
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, how its cells are written (a key of the formats), and what of a row it shows."""

    head: str
    kind: str
    cell: Callable[[Row], Cell]
    width: int | None = None


class Styles:
    """The few formats a workbook of ours uses, made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._indented: dict[int, Format] = {}
        body = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        self.body = body
        self.cells = {kind: book.add_format({**body, **more}) for kind, more in _FORMATS.items()}
        head = {
            **body,
            "bold": True,
            "text_wrap": True,
            "bg_color": "#E6EEF2",
            "font_color": "#1F3B4D",
            "bottom": 1,
            "bottom_color": "#8FA9B8",
        }
        self.head = book.add_format(head)
        self.code_head = book.add_format({**head, "align": "center"})
        self.number_head = book.add_format({**head, "align": "right"})
        self.title = book.add_format({**body, "bold": True, "font_size": 18, "font_color": "#1F3B4D", "valign": "vcenter"})
        self.section = book.add_format(
            {**body, "bold": True, "font_size": 12, "font_color": "#1F5673", "bottom": 1, "bottom_color": "#8FA9B8"}
        )
        self.soft = book.add_format({**body, "font_color": "#5B6675"})
        self.note = book.add_format({**body, "font_color": "#5B6675", "text_wrap": True})
        self.strong = book.add_format({**body, "bold": True, "font_size": 14})
        self.alarm = book.add_format({"font_color": "#A33A2E", "bg_color": "#FBE9E6"})
        self.caution = book.add_format({"font_color": "#7A5A12", "bg_color": "#FBF3E1"})

    def head_of(self, kind: str) -> Format:
        """The head over a column of that kind: it stands where they stand."""
        return self.code_head if kind == "code" else self.head if kind in ("text", "wrapped") else self.number_head

    def indented(self, level: int) -> Format:
        """Text set in by its depth in a tree."""
        if level not in self._indented:
            self._indented[level] = self._book.add_format({**self.body, "indent": min(level, 12), "bold": level == 0})
        return self._indented[level]


def write_table(sheet: Worksheet, styles: Styles, columns: Sequence[Column], rows: Iterable[Row], *, top: int = 0,
                indent: tuple[int, str] | None = None) -> int:  # fmt: skip
    """Write head and rows from row `top` on, freeze and filter them; return the last row written.

    `indent` is (column, field of the row that holds its depth). A text is written as text whatever it looks like:
    no formula and no link comes out of an inventory.
    """
    write_head(sheet, styles, [(column.head, column.kind) for column in columns], top)
    widths = [0] * len(columns)
    last = top
    for last, row in enumerate(rows, top + 1):
        lines = 1
        for at, column in enumerate(columns):
            value = column.cell(row)
            style = styles.indented(row[indent[1]]) if indent and indent[0] == at else styles.cells[column.kind]
            written = write_cell(sheet, last, at, value, style, lines=column.kind == "wrapped")
            if last <= top + MEASURED:
                widths[at] = max(widths[at], width_of(written))
            if column.kind == "wrapped" and column.width:
                lines = max(lines, line_count(written, column.width))
        if lines > 1:
            sheet.set_row(last, min(lines, MOST_LINES) * LINE + 2)
    set_widths(sheet, [(column.head, column.width, width) for column, width in zip(columns, widths, strict=True)], last, top)
    return last


def write_head(sheet: Worksheet, styles: Styles, heads: Sequence[tuple[str, str]], top: int = 0) -> None:
    """Write the head of a table, and make room for its rows: of each column its title and its kind."""
    sheet.set_default_row(LINE + 2)
    sheet.set_row(top, 34)
    for at, (head, kind) in enumerate(heads):
        sheet.write_string(top, at, head, styles.head_of(kind))


def set_widths(sheet: Worksheet, columns: Sequence[tuple[str, int | None, int]], last: int, top: int = 0) -> None:
    """Set the columns' widths (of each its head, its own width, and that of what stands in it); filter the table, repeat its head."""
    for at, (head, own, width) in enumerate(columns):
        sheet.set_column(at, at, own or min(max(_head_width(head), width, _NARROWEST), _WIDEST))
    sheet.autofilter(top, 0, max(last, top + 1), len(columns) - 1)
    sheet.repeat_rows(top)


def width_of(value: Cell) -> int:
    """Return how wide a column must be for a value: a text as it is written, a number with its thousands separated, a rate."""
    if value is None:
        return 2
    text = value if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else "000.0%"
    return display_width(max(text.split("\n"), key=len)) + 2


def write_cell(sheet: Worksheet, row: int, column: int, value: Cell, style: Format, *, lines: bool = False) -> str:
    """Write one value by its type and return how wide a text it makes, as text."""
    if value is None:
        sheet.write_blank(row, column, None, style)
        return ""
    if isinstance(value, str):
        text = shown(value, CELL_LIMIT, lines=lines)
        write_text(sheet, row, column, text, style)
        return text
    sheet.write_number(row, column, value, style)
    return f"{value:,}" if isinstance(value, int) else "000.0%"


def write_text(sheet: Worksheet, row: int, column: int, text: str, style: Format | None = None) -> None:
    """Write a text that came from outside as that text.

    What begins with `<r>` and ends with `</r>` the library takes for markup of its own and writes it as it is: a name could choose
    what stands in the file, or spoil it. Written in pieces it is a text like any other.
    """
    if text.startswith("<r>") and text.endswith("</r>"):
        sheet.write_rich_string(row, column, text[0], text[1], text[2:], *([] if style is None else [style]))
    else:
        sheet.write_string(row, column, text, style)


@lru_cache(maxsize=10_000)
def line_count(text: str, width: int) -> int:
    """Return the lines a text takes in a column of that width. Not every program sizes wrapped rows by itself when it opens a file.

    >>> line_count("a b c", 20), line_count("字" * 30, 20)
    (1, 4)
    """
    return sum(max(1, -(-display_width(line) * 12 // (width * 11))) for line in text.split("\n"))


def _head_width(head: str) -> int:
    """A head may wrap onto two lines at a blank; a filter button needs room beside it."""
    words = head.split(" ")
    longest = max(display_width(word) for word in words)
    return max(longest, (display_width(head) + 1) // 2 if len(words) > 1 else display_width(head)) + 4
