"""One filled form on one worksheet: title, parts, totals as values, notes; ready to print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from licmatch.forms.definition import Column, Part
from licmatch.forms.filled import Block, Filled, Values
from licmatch.forms.layout import Span, grid, spans, width_of
from licmatch.report.wording import shown
from licmatch.report.workbook_table import CELL_LIMIT, line_count, write_text

FONT = "宋体"
PAPERS = {"A3": 8, "A4": 9}
_LINE, _PADDING, _HIGHEST = 13.5, 5, 400
_TEXT_LINE = 15.5
# Paper across and down, margins at the sides and above and below, in inches; how far a page may be overfull and still be one.
_INCHES = {"A3": (16.54, 11.69), "A4": (11.69, 8.27)}
_SIDE, _TOP, _SQUEEZED = 0.45, 0.55, 1.5
# Points a character of a column's width may take where a program lacks the font and takes a wider one.
_WIDE = 8.0
_NUMBERS = {"count": "#,##0", "money": "#,##0.00", "wan": "#,##0.00####", "percent": "0.00", "date": "yyyy-mm-dd"}


class FormStyles:
    """The formats of a workbook of forms, made once and by name."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}

    def get(self, kind: str, *, total: bool = False, fill: bool = False) -> Format:
        """Return the format of a kind of cell."""
        key = f"{kind}/{total}/{fill}"
        if key not in self._made:
            self._made[key] = self._book.add_format(self._style(kind, total, fill))
        return self._made[key]

    def _style(self, kind: str, total: bool, fill: bool) -> dict[str, Any]:
        base: dict[str, Any] = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        if kind == "title":
            return {**base, "bold": True, "font_size": 18, "align": "center"}
        if kind == "about":
            return {**base, "align": "left", "text_wrap": True}
        if kind == "section":
            return {**base, "bold": True, "font_size": 11, "align": "left"}
        if kind == "note":
            return {**base, "font_size": 9, "text_wrap": True, "valign": "top"}
        lined = {**base, "border": 1, "text_wrap": True}
        if kind == "head":
            return {**lined, "bold": True, "align": "center", "bg_color": "#F2F2F2"}
        if kind == "tag":
            return {**lined, "font_size": 7, "align": "center", "font_color": "#7F7F7F", "bg_color": "#F2F2F2"}
        if kind == "heading":
            return {**lined, "bold": True, "align": "left", "bg_color": "#F2F2F2"}
        if kind in _NUMBERS:
            lined |= {"num_format": _NUMBERS[kind], "align": "right" if kind in ("money", "wan") else "center"}
        elif kind in ("yesno", "month"):
            lined |= {"align": "center"}
        elif kind == "long":
            lined |= {"align": "left", "valign": "top"}
        if total:
            lined |= {"bold": True}
        if fill:
            lined |= {"bg_color": "#FFFBE8"}
        return lined


def write_form(sheet: Worksheet, styles: FormStyles, filled: Filled, lang: str, say: Callable[..., str]) -> None:
    """Write a form; the lines and columns of its cells are kept in its blocks, so that faults can be told with their address."""
    writer = _Writer(sheet, styles, filled, lang, say)
    writer.top()
    for block in filled.blocks.values():
        writer.block(block)
    writer.notes()
    writer.page()


class _Writer:
    def __init__(self, sheet: Worksheet, styles: FormStyles, filled: Filled, lang: str, say: Callable[..., str]) -> None:
        self.sheet, self.styles, self.filled, self.lang, self.say = sheet, styles, filled, lang, say
        self.form = filled.form
        self.widths = grid(self.form)
        # Where a sheet is two pages across, titles, notes and signatures stand on the first, right of what the second repeats.
        self.whole: Span = (0, len(self.widths) - 1) if self.form.break_before is None else (self.form.keep_columns, self.breaks() - 1)
        self.row = 0
        self.points = 0.0
        self.header_ends: list[int] = []
        self.longest = 0

    def top(self) -> None:
        for at, width in enumerate(self.widths):
            self.sheet.set_column(at, at, width)
        self.put(self.whole, self.form.title(self.lang), "title")
        self.height(30)
        known = self.filled.about
        about = [self.say("about_unit", unit=shown(known["unit"]), code=shown(known["code"]))] if "unit" in known else []
        about += [self.say("about_day", day=known["day"])] if "day" in known else []
        if self.form.reconstructed:
            about.append(self.say("reconstructed"))
        text = "　".join(about)
        self.put(self.whole, text, "about")
        self.height(line_count(text, int(width_of(self.widths, self.whole))) * _LINE + _PADDING)

    def breaks(self) -> int:
        """The column of the grid that the second page begins with."""
        part = max(self.form.part, key=lambda part: len(part.columns))
        return [column.field for column in part.columns].index(self.form.break_before or "")

    def block(self, block: Block) -> None:
        part = block.part
        if part.zh is not None:
            title = part.zh if self.lang == "zh" else f"{part.zh}  {part.en}"
            self.put(self.whole, title, "section")
            self.height(19)
        low, high = self.whole if part.layout != "table" else (0, len(self.widths) - 1)
        cells = [(low + first, low + last) for first, last in spans(self.widths[low : high + 1], part)]
        block.lines, block.columns_at = [], {}
        if part.layout == "table":
            self.table(block, cells)
        elif part.layout == "pairs":
            self.pairs(block, cells)
        else:
            self.texts(block)

    # --- tables ---

    def table(self, block: Block, cells: list[Span]) -> None:
        part = block.part
        block.columns_at = {column.field: cells[at][0] for at, column in enumerate(part.columns)}
        self.head(part, cells)
        if not self.form.real and any(column.reconstructed for column in part.columns):
            for column, span in zip(part.columns, cells, strict=True):
                self.put(span, self.say("mark") if column.reconstructed else "", "tag")
            self.height(11)
        self.header_ends.append(self.row - 1)
        for values in block.rows:
            block.lines.append(self.row + 1)
            self.values(part.columns, cells, values)
        for _ in range(part.blank_rows if len(block.rows) < 500 else 0):
            self.values(part.columns, cells, {})
        if block.total is not None or (part.total and not block.rows):
            block.total_line = self.row + 1
            total = block.total or {}
            label = next((at for at, column in enumerate(part.columns) if column.type == "text"), 0)
            for at, (column, span) in enumerate(zip(part.columns, cells, strict=True)):
                value = self.say("total") if at == label else total.get(column.field)
                self.put(span, value, "text" if at == label else column.type, total=True)
            self.height(_LINE + _PADDING + 2)
        self.longest = max(self.longest, len(block.rows))

    def head(self, part: Part, cells: list[Span]) -> None:
        titles = [column.title(self.lang) for column in part.columns]
        lines = [line_count(title, self.room(span)) for title, span in zip(titles, cells, strict=True)]
        if not part.grouped:
            for title, span in zip(titles, cells, strict=True):
                self.put(span, title, "head")
            self.height(max(lines) * _LINE + _PADDING)
            return
        grouped = [count for count, column in zip(lines, part.columns, strict=True) if column.group]
        alone = [count for count, column in zip(lines, part.columns, strict=True) if not column.group]
        upper = 2 * _LINE + _PADDING if self.lang != "zh" else _LINE + _PADDING
        lower = max([max(grouped) * _LINE + _PADDING, max([0, *alone]) * _LINE + _PADDING - upper])
        at = 0
        while at < len(part.columns):
            column = part.columns[at]
            if column.group is None:
                self.merge(self.row, self.row + 1, cells[at], titles[at], "head")
                at += 1
                continue
            end = at
            while end + 1 < len(part.columns) and part.columns[end + 1].group == column.group:
                end += 1
            group = column.group if self.lang == "zh" or not column.group_en else f"{column.group}\n{column.group_en}"
            self.merge(self.row, self.row, (cells[at][0], cells[end][1]), group, "head")
            for inner in range(at, end + 1):
                self.merge(self.row + 1, self.row + 1, cells[inner], titles[inner], "head")
            at = end + 1
        self.height(upper)
        self.height(lower)

    def values(self, columns: Sequence[Column], cells: list[Span], values: Values) -> None:
        lines = 1
        for column, span in zip(columns, cells, strict=True):
            value = values.get(column.field)
            # Only rows that say something show what is left to fill in; whole blank rows are for further entries.
            text = self.put(span, value, column.type, fill=bool(values) and value is None and column.fill)
            if text:
                lines = max(lines, line_count(text, self.room(span)))
        self.height(lines * _LINE + _PADDING)

    # --- labels beside values, and paragraphs ---

    def pairs(self, block: Block, cells: list[Span]) -> None:
        columns, values = block.part.columns, block.rows[0] if block.rows else {}
        per = block.part.per_row
        for start in range(0, len(columns), per):
            lines = 1
            for at, column in enumerate(columns[start : start + per]):
                label, cell = cells[2 * at], cells[2 * at + 1]
                title = column.title(self.lang)
                self.put(label, title, "head")
                value = values.get(column.field)
                text = self.put(cell, value, column.type, fill=value is None)
                lines = max(
                    lines, line_count(title, self.room(label)),
                    line_count(text, self.room(cell)),
                )  # fmt: skip
                block.columns_at[column.field] = cell[0]
            for at in range(len(columns[start : start + per]), per):
                self.put((cells[2 * at][0], cells[2 * at + 1][1]), None, "text")
            if not block.lines:
                block.lines = [self.row + 1]
            self.height(lines * _LINE + _PADDING + 2)

    def texts(self, block: Block) -> None:
        values = block.rows[0] if block.rows else {}
        width = int(width_of(self.widths, self.whole)) - 2
        for column in block.part.columns:
            self.put(self.whole, column.title(self.lang).replace("\n", "  "), "heading")
            self.height(20)
            value = values.get(column.field)
            block.columns_at[column.field] = 0
            block.lines = block.lines or [self.row + 1]
            text = self.put(self.whole, value, "long", fill=value is None)
            self.height(max(line_count(text, width), 3 if value is None else 1) * _TEXT_LINE + _PADDING)

    def notes(self) -> None:
        form = self.form
        notes = [self.say(f"note_{name}") for name in form.note]
        loose = [c.zh for p in form.part if p.layout != "table" for c in p.columns if c.reconstructed]
        if loose and not form.real:
            notes.append(self.say("marked", headers="、".join(loose)))
        for note in notes:
            self.put(self.whole, note, "note")
            self.height(line_count(note, int(width_of(self.widths, self.whole) * 1.1)) * _LINE + 2)

    def page(self) -> None:
        sheet, form = self.sheet, self.form
        sheet.set_landscape()
        sheet.set_paper(PAPERS[form.paper])
        sheet.set_margins(left=_SIDE, right=_SIDE, top=_TOP, bottom=_TOP)
        across, down = ((x - 2 * margin) * 72 for x, margin in zip(_INCHES[form.paper], (_SIDE, _TOP), strict=True))
        if form.break_before is None:
            # A form that would leave a few lines for a second page is made a little smaller instead.
            over = self.points * min(1.0, across / _points(self.widths)) / down
            sheet.fit_to_pages(1, 1 if over <= _SQUEEZED else 0)
        else:
            first, kept = self.breaks(), self.widths[: form.keep_columns]
            widest = max(sum(self.widths[:first]), sum([*kept, *self.widths[first:]])) * _WIDE
            sheet.set_print_scale(max(10, min(100, int(100 * across / widest))))
            sheet.set_v_pagebreaks([first])
        sheet.center_horizontally()
        sheet.hide_gridlines(2)
        sheet.set_footer(f'&L&"{FONT},Regular"&8{_plain(form.zh)}&C&"{FONT},Regular"&8{_plain(self.filled.name)}&R&8&P / &N')
        if len(self.header_ends) == 1:
            end = self.header_ends[0]
            # Title and header stand on every page, unless they would take a third of it.
            sheet.repeat_rows(0 if end <= 6 else end, end)
            sheet.freeze_panes(end + 1, form.keep_columns)
        else:
            sheet.repeat_rows(0)
        if form.keep_columns:
            sheet.repeat_columns(0, form.keep_columns - 1)

    # --- cells ---

    def put(self, span: Span, value: Any, kind: str, *, total: bool = False, fill: bool = False) -> str:
        """Write one cell of the row that is being written and return the text it makes."""
        return self.merge(self.row, self.row, span, value, kind, total=total, fill=fill)

    def merge(
        self, first: int, last: int, span: Span, value: Any, kind: str, *, total: bool = False, fill: bool = False
    ) -> str:  # fmt: skip
        style = self.styles.get(kind, total=total, fill=fill)
        if first != last or span[0] != span[1]:
            self.sheet.merge_range(first, span[0], last, span[1], None, style)
        return _write(self.sheet, first, span[0], value, style)

    def room(self, span: Span) -> int:
        """How many characters of the forms' 10 points fit where the sheet counts in its own 11."""
        return int(width_of(self.widths, span) * 1.1)

    def height(self, points: float) -> None:
        """End the row that is being written, with its height."""
        self.sheet.set_row(self.row, min(points, _HIGHEST))
        self.points += min(points, _HIGHEST)
        self.row += 1


def _write(sheet: Worksheet, row: int, column: int, value: Any, style: Format) -> str:
    """Write by type: text is text whatever it looks like, a number is a number, a day is a day; returns the text it makes."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
        return ""
    if isinstance(value, datetime | date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        sheet.write_datetime(row, column, moment, style)
        return "0000-00-00"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, column, float(value) if isinstance(value, Decimal) else value, style)
        return f"{value:,}"
    text = shown(value, CELL_LIMIT, lines=True)
    write_text(sheet, row, column, text, style)
    return text


def _points(widths: Sequence[float]) -> float:
    """How wide columns print, in points: a column of n characters is 7n + 5 pixels of 1/96 inch."""
    return sum((7 * width + 5) * 0.75 for width in widths)


def _plain(text: str) -> str:
    """A footer has a language of its own: `&` begins a command, and 255 characters are the most."""
    return text.replace("&", "&&")[:60]
