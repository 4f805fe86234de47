"""report.xlsx: the same figures as the page, as a workbook to filter, sort and print."""

from __future__ import annotations

from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from licmatch.report import sheets
from licmatch.report.board import Board
from licmatch.report.long_rows import LongBook
from licmatch.report.position_sheet import write_campaign, write_pools, write_unit_pools
from licmatch.report.result_view import ResultView, as_of, created
from licmatch.report.summary_sheet import write_summary
from licmatch.report.wording import words
from licmatch.report.workbook_table import FONT, Styles

_SHEETS = (
    ("summary", write_summary),
    ("categories", sheets.write_categories),
    ("units", sheets.write_units),
    ("findings", sheets.write_findings),
    ("position", write_pools),
    ("unit_position", write_unit_pools),
    ("products", sheets.write_products),
    ("unknown", sheets.write_unknown),
    ("rejected", sheets.write_rejected),
    ("notes", sheets.write_notes),
)


def write_xlsx(result: ResultView, path: str | Path, *, lang: str = "zh", board: Board | None = None) -> None:
    """Write the report workbook in one language; `board` as for the page. Same result, same bytes."""
    Path(path).write_bytes(render_xlsx(result, lang=lang, board=board))


def render_xlsx(result: ResultView, *, lang: str = "zh", board: Board | None = None) -> bytes:
    """Return the workbook's bytes: ten sheets, and one more for a campaign's board; no formula, no link, no clock."""
    book = LongBook()
    title = words("report.title").in_(lang)
    book.set_properties({"title": title, "subject": as_of(result).isoformat(), "author": "licmatch", "created": created(result)})
    book.formats[0].set_font_name(FONT)
    styles = Styles(book)
    for key, write in _SHEETS:
        sheet = book.add_worksheet(words(f"{'page' if 'position' in key else 'report'}.sheet_{key}").in_(lang))
        _page(sheet, title)
        write(book, sheet, styles, result, lang)
    if board:
        sheet = book.add_worksheet(words("page.sheet_campaign").in_(lang))
        _page(sheet, title)
        write_campaign(sheet, styles, result, board, lang)
    return book.packed()


def _page(sheet: Worksheet, title: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&L&8{title}&C&8&A&R&8&P / &N")
    sheet.hide_gridlines(2)
