"""rulings_queue.xlsx: what waits for a ruling, to be filled in by the copyright department and read back with `--rulings`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from licmatch.assess.rulings_queue import FILLED_IN, QUEUE, QUEUE_COPIES, SCOPE
from licmatch.report.long_rows import LongBook, LongColumn
from licmatch.report.result_view import ResultView, as_of, categories, created, rulings_waiting
from licmatch.report.text_sizes import line_counts
from licmatch.report.wording import LANGS, code_title, worded, words
from licmatch.report.workbook_table import FONT, Styles

# All groups are in rulings_queue.csv; nobody fills in more by hand.
GROUPS_LISTED = 2_000
COPIES_LISTED = 20_000
# What a person must have read before ruling stands before what is to be filled in.
_COLUMNS = ("rank", "category", "product", "open_as", "grade", "devices", "interval_open", "evidence", *FILLED_IN, *SCOPE, "installations",
            "units", "confidence")  # fmt: skip

_WIDTHS = {
    "rank": 7, "open_as": 16, "grade": 14, "devices": 11, "evidence": 64, "product": 30, "verdict": 26, "ruled_by": 18, "document_no": 18,
    "reason": 26, "product_id": 34, "rule_id": 22, "provisional_verdict": 20, "device": 22, "of_unit": 16, "device_id": 18,
}  # fmt: skip
# Codes that a person reads in words, and of what kind they are.
_WORDED = {"category": "", "open_as": "", "grade": "strength", "verdict_so_far": "verdict"}
_NUMBERS = {"interval_open": "share", "confidence": "weight"}
_ROW, _MOST_LINES = 16, 6
# The Chinese head, then the names of the columns as programs know them; above both a line that says what to do.
_HEAD, _BODY = 1, 3


def write_rulings_book(result: ResultView, path: str | Path) -> None:
    """Write the queue as a workbook in both languages. Same result, same bytes."""
    Path(path).write_bytes(render_rulings_book(result))


def render_rulings_book(result: ResultView) -> bytes:
    """Return the workbook's bytes: groups to rule on, their devices, the verdict codes; no formula, no link, no clock."""
    groups, copies = rulings_waiting(result)
    book = LongBook()
    book.set_properties(
        {"title": words("ruling.book").zh, "subject": as_of(result).isoformat(), "author": "licmatch", "created": created(result)}
    )
    book.formats[0].set_font_name(FONT)
    styles = Styles(book)
    fill = book.add_format(
        {**styles.body, "bg_color": "#FFF9DB", "num_format": "@", "border": 1, "border_color": "#E3D9A8", "text_wrap": True}
    )
    fill_head = book.add_format({**styles.body, "bold": True, "bg_color": "#F5E6A3", "text_wrap": True})
    sheet, listed, codes = (book.add_worksheet(words(f"ruling.sheet_{name}").zh) for name in ("queue", "devices", "codes"))
    verdicts = [entry["verdict"] for entry in result.manifest.get("verdicts") or []]
    titles = {entry.id: f"{entry.title.zh} {entry.title.en}" for entry in categories(result)}

    kept = groups.head(GROUPS_LISTED)
    _say(sheet, styles, "how", f"{max(0, groups.height - kept.height):,}")
    last = _table(book, sheet, styles, {name: QUEUE[name] for name in _COLUMNS}, kept, titles, dict.fromkeys(FILLED_IN, (fill_head, fill)))
    if verdicts:
        # A list in a cell may hold 255 characters, so it stands on a sheet of its own.
        source = f"='{codes.get_name()}'!$A${_BODY + 1}:$A${_BODY + len(verdicts)}"
        column = _COLUMNS.index("verdict")
        sheet.data_validation(_BODY, column, max(last, _BODY), column, {"validate": "list", "source": source, "ignore_blank": True})
    sheet.freeze_panes(_BODY, 3)

    of_kept = copies.filter(pl.col("rank") <= kept.height).head(COPIES_LISTED)
    _say(listed, styles, "devices_of", f"{int(groups['installations'].sum()) - of_kept.height:,}")
    _table(book, listed, styles, QUEUE_COPIES, of_kept, titles, {})
    listed.freeze_panes(_BODY, 2)

    _say(codes, styles, "codes_of", "")
    _heads(codes, styles, ("code", "counts_as"), {})
    for at, entry in enumerate(result.manifest.get("verdicts") or [], _BODY):
        codes.write_string(at, 0, f"{entry['verdict']} {words('verdict.' + entry['verdict']).zh}", styles.cells["text"])
        codes.write_string(at, 1, _both("state", entry["state"]), styles.cells["text"])
        codes.write_string(at, 2, words("verdict." + entry["verdict"]).en, styles.cells["text"])
    codes.set_column(0, 2, 42)
    return book.packed()


def _say(sheet: Worksheet, styles: Styles, key: str, more: str) -> None:
    told = words(f"ruling.{key}", more=more)
    sheet.write_string(0, 0, f"{told.zh} {told.en}", styles.soft)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.repeat_rows(_HEAD, _BODY - 1)


def _heads(sheet: Worksheet, styles: Styles, names: tuple[str, ...], marked: dict[str, tuple[Format, Format]]) -> None:
    sheet.set_row(_HEAD, 32)
    for at, name in enumerate(names):
        head = marked[name][0] if name in marked else styles.head
        mark = "（填写）" if name in FILLED_IN else "（范围）" if name in SCOPE else ""
        sheet.write_string(_HEAD, at, words(f"ruling.column_{name}").zh + mark, head)
        sheet.write_string(_HEAD + 1, at, name, head)


def _table(
    book: LongBook,
    sheet: Worksheet,
    styles: Styles,
    columns: dict[str, Any],
    rows: pl.DataFrame,
    titles: dict[str, str],
    marked: dict[str, tuple[Format, Format]],
) -> int:
    names = tuple(columns)
    _heads(sheet, styles, names, marked)
    fit, lines = [], pl.repeat(1, rows.height, dtype=pl.Int64, eager=True)
    for name in names:
        values = rows[name]
        kind = _NUMBERS.get(name, "count" if columns[name] == pl.Int64 else "wrapped")
        if values.dtype == pl.String:
            values = worded(values, _words_of(name, titles)) if name in _WORDED else values
        column = LongColumn.of(values, marked[name][1] if name in marked else styles.cells[kind], lines=name == "evidence")
        if values.dtype == pl.String:
            taken = line_counts(column.values, _WIDTHS.get(name, 14))
            lines = pl.select(pl.max_horizontal(lines, taken)).to_series()
        fit.append(column)
    last = book.write_rows(sheet, _BODY, fit, lines.clip(upper_bound=_MOST_LINES) * _ROW + 2)
    for at, name in enumerate(names):
        sheet.set_column(at, at, _WIDTHS.get(name, 14))
    sheet.autofilter(_HEAD + 1, 0, max(last, _BODY), len(names) - 1)
    return last


def _words_of(name: str, titles: dict[str, str]) -> Callable[[str], str]:
    """Codes that a person reads, in both languages; the columns of the scope stay as they are compared."""

    def word(value: str) -> str:
        if name == "category":
            return "; ".join(titles.get(part, part) for part in value.split("; "))
        if name == "open_as":
            told = words(f"ruling.open_{value}")
            return f"{told.zh} {told.en}"
        return "" if (name, value) == ("grade", "none") else _both(_WORDED[name], value)

    return word


def _both(kind: str, code: str) -> str:
    title = code_title(kind, code)
    return " ".join(dict.fromkeys(title.in_(lang) for lang in LANGS))
