"""The board as a file: a workbook, a page, or a CSV of its milestones. Same board, same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, time
from functools import cache
from io import BytesIO
from typing import Any

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from xlsxwriter import Workbook

from licmatch.programme.record import STATUSES, Board
from licmatch.programme.tables import Cell, Table, tables
from licmatch.programme.wording import heading, say
from licmatch.report.wording import shown
from licmatch.report.workbook_table import BOOK_OPTIONS, FONT, Column, Row, Styles, write_table

_A4 = 9
_TOP = 2
_NUMBERS = ("count", "points", "rate")
_COLOURS = {
    "done": ("#1F5A4E", "#E3F1EE"), "done_late": ("#7A5A12", "#F3EAD2"), "due_soon": ("#7A5A12", "#FBF3E1"),
    "late": ("#A33A2E", "#FBE3DF"), "missing": ("#8A2318", "#F6CFC9"),
}  # fmt: skip
ENDINGS = (".xlsx", ".html", ".csv")


def lines_above(board: Board, lang: str, *, brief: bool = False) -> list[str]:
    """Return the lines under the title: the programme, the day, the sums of statuses, how open points are read; `brief`: by their ids."""
    counted = Counter(row.status for row in board.rows)
    days = [say("as_of", lang, day=board.as_of.isoformat())]
    days += [say("of_result", lang, day=board.result_day.isoformat())] if board.result_day is not None else []
    programme = board.title_zh if lang == "zh" else board.title_en
    told = [one.choice if brief else one.choice_zh if lang == "zh" else one.choice_en for one in board.settings]
    choices = ("；" if lang == "zh" else "; ").join(f"{one.id} {text}" for one, text in zip(board.settings, told, strict=True))
    return [
        " · ".join([programme, *days] if board.title else days),
        say("summary", lang, **{status: counted.get(status, 0) for status in STATUSES}),
        say("settings_line", lang, choices=choices),
    ]


def render_html(board: Board, *, lang: str = "zh") -> str:
    """Return the board as one page without script or reference to anything outside it."""
    shown_lines = [shown(line, 2000) for line in lines_above(board, lang)]
    page = _environment().get_template("board.html.j2")
    return page.render(
        lang=lang, heading=shown(heading(board, lang)), lines=shown_lines, tables=tables(board, lang), numbers=_NUMBERS, written=written,
        styled=_class_of(board, lang),
    )  # fmt: skip


def render_xlsx(board: Board, *, lang: str = "zh") -> bytes:
    """Return the board as a workbook: a sheet a table, frozen heads, filters, values and no formula."""
    memory = BytesIO()
    book = Workbook(memory, BOOK_OPTIONS)
    book.set_properties(
        {
            "title": say("title", lang),
            "subject": board.as_of.isoformat(),
            "author": "licmatch",
            "created": datetime.combine(board.as_of, time()),
        }
    )
    book.formats[0].set_font_name(FONT)
    styles = Styles(book)
    number = {**styles.body, "align": "right", "indent": 1}
    styles.cells |= {
        "points": book.add_format({**number, "num_format": "0.00"}),
        "count": book.add_format({**number, "num_format": "#,##0"}), "rate": book.add_format({**number, "num_format": "0.0%"}),
    }  # fmt: skip
    colours = {status: book.add_format({"font_color": ink, "bg_color": ground}) for status, (ink, ground) in _COLOURS.items()}
    for table in tables(board, lang):
        sheet = book.add_worksheet(table.title[:31])
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L&8{say('title', lang)} · {board.as_of.isoformat()}&R&8&P / &N")
        columns = [
            Column(head, "text" if kind == "short" else kind, _cell_at(at), 34 if kind == "wrapped" else None)
            for at, (head, kind) in enumerate(table.heads)
        ]
        write_table(sheet, styles, columns, ({"cells": row} for row in table.rows), top=_TOP)
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, f"{table.title} · {shown(heading(board, lang))} · {board.as_of.isoformat()}", styles.title)
        sheet.write_string(1, 0, table.note, styles.soft)
        sheet.freeze_panes(_TOP + 1, 1)
        sheet.repeat_rows(0, _TOP)
        for row, column, status in _coloured(board, table, lang):
            sheet.conditional_format(row + _TOP + 1, column, row + _TOP + 1, column, {"type": "no_errors", "format": colours[status]})
    book.close()
    return memory.getvalue()


def render_csv(board: Board, *, lang: str = "zh") -> bytes:
    """Return the milestones as CSV in UTF-8 with its mark; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    table = next((one for one in tables(board, lang) if one.id == "rows"), None)
    if table is None:
        return b""
    columns = zip(*table.rows, strict=True)
    data = {head: [None if cell is None else str(cell) for cell in column] for (head, _), column in zip(table.heads, columns, strict=True)}
    frame = pl.DataFrame(data, schema=dict.fromkeys(data, pl.String)).with_columns(pl.all().str.replace_all(r"[\x00-\x1f\x7f]+", " "))
    guarded = frame.with_columns(
        pl.when(pl.col(head).str.contains(r"^\s*[=+\-@]")).then("'" + pl.col(head)).otherwise(pl.col(head)).alias(head) for head in data
    )
    return guarded.write_csv(include_bom=True).encode("utf-8")


def _coloured(board: Board, table: Table, lang: str) -> list[tuple[int, int, str]]:
    """Which cells of a table bear the colour of a status: each of the overview, the status column of the others."""
    if table.id == "overview":
        order = [one.id for one in board.milestones]
        held = {(row.unit_id, row.milestone): row.status for row in board.rows}
        marks = [
            (at, 2 + column, held.get((place.unit_id, milestone)))
            for at, place in enumerate(board.places)
            for column, milestone in enumerate(order)
        ]
    else:
        heads = [head for head, _ in table.heads]
        column = next((heads.index(say(key, lang)) for key in ("col_status", "col_feasible") if say(key, lang) in heads), None)
        marks = [] if column is None else [(at, column, mark) for at, mark in enumerate(table.marks)]
    return [(row, column, status) for row, column, status in marks if status in _COLOURS]


def _class_of(board: Board, lang: str) -> Callable[[Table, int, int], Markup]:
    marked = {table.id: {(row, column): status for row, column, status in _coloured(board, table, lang)} for table in tables(board, lang)}

    def styled(table: Table, row: int, column: int) -> Markup:
        kind = "num" if table.heads[column][1] in _NUMBERS else "day" if table.heads[column][1] == "short" else ""
        status = marked[table.id].get((row, column))
        names = " ".join(name for name in (kind, f"s-{status}" if status else "") if name)
        return Markup(' class="{}"').format(names) if names else Markup("")

    return styled


def written(cell: Cell, kind: str) -> str:
    """Return a cell as text: thousands apart, rates as percentages, points with two places, nothing for null."""
    if cell is None:
        return ""
    if kind == "rate" and isinstance(cell, float):
        return f"{cell:.1%}"
    if kind == "points" and isinstance(cell, float | int):
        return f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else shown(cell, 2000)


def _cell_at(at: int) -> Callable[[Row], Any]:
    return lambda row: row["cells"][at]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("licmatch.programme"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
