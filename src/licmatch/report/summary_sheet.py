"""The workbook's first sheet: the whole result on one printed page, with a chart of the rates and their open parts."""

from __future__ import annotations

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from licmatch.report import figures
from licmatch.report.charts import GENUINE, OPEN, Series, bar_chart
from licmatch.report.notices import left_out
from licmatch.report.result_view import ResultView, as_of
from licmatch.report.wording import code_title, grade_span, points_span, words, yes_no
from licmatch.report.workbook_table import Styles, write_text

_WIDTHS = (30, 16, 14, 14, 14, 14, 14, 14)
_LAST = len(_WIDTHS) - 1
_LARGEST = 12


def write_summary(book: Workbook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """Totals, the score's interval, rates by category, the three bars, native charts, the lowest and the largest units."""
    whole = figures.overview(result)
    sheet.set_portrait()
    sheet.fit_to_pages(1, 1)
    sheet.set_default_row(18)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    row = _heading(sheet, styles, result, whole, lang)
    row = _totals(sheet, styles, whole, row, lang)
    row = _rates(book, sheet, styles, whole, row, lang)
    row = _bars(sheet, styles, whole, row, lang)
    row = _units(sheet, styles, words("report.worst_title").in_(lang), figures.worst_units(result).head(10), row, lang)
    _largest(book, sheet, styles, result, row + 1, lang)


def _heading(sheet: Worksheet, styles: Styles, result: ResultView, whole: figures.Overview, lang: str) -> int:
    name = whole.name.in_(lang) if whole.name is not None else words("report.several_units").in_(lang)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, f"{name} · {words('report.title').in_(lang)}", styles.title)
    sheet.write_string(1, 0, words("report.as_of", day=as_of(result).isoformat()).in_(lang), styles.soft)
    said = [words("report.provisional").in_(lang)]
    if left_out(result):
        said.insert(0, words("report.incomplete", names=", ".join(left_out(result))).in_(lang))
    sheet.merge_range(2, 0, 2, _LAST, "", styles.note)
    sheet.write_string(2, 0, "\n".join(said), styles.note)
    sheet.set_row(2, 34 + 17 * (len(said) - 1))
    return 4


def _totals(sheet: Worksheet, styles: Styles, whole: figures.Overview, row: int, lang: str) -> int:
    grade = "   " + " – ".join(
        dict.fromkeys(f"{code} {code_title('grade', code).in_(lang)}" for code in (whole.grade_low, whole.grade_high) if code)
    )
    _section(sheet, styles, row, words("report.score").in_(lang))
    sheet.write_string(row + 1, 0, points_span(whole.points.low, whole.points.high) + grade, styles.strong)
    sheet.set_row(row + 1, 24)
    sheet.merge_range(row + 2, 0, row + 2, _LAST, "", styles.note)
    sheet.write_string(row + 2, 0, f"{words('report.score_help').in_(lang)} {words('report.rubric_note').in_(lang)}", styles.note)
    sheet.set_row(row + 2, 34)
    row += 4
    _section(sheet, styles, row, words("report.item").in_(lang))
    pairs = (("units", whole.units), ("devices", whole.devices), ("in_use", whole.in_use), ("suspected_devices", whole.suspected),
             ("rows_in", whole.rows_in), ("recognised", whole.recognised), ("ambiguous", whole.ambiguous), ("unknown", whole.unknown),
             ("rejected", whole.rejected))  # fmt: skip
    for at, (key, value) in enumerate(pairs, row + 1):
        sheet.write_string(at, 0, words(f"report.{key}").in_(lang), styles.cells["text"])
        sheet.write_number(at, 1, value, styles.cells["count"])
    held = whole.recognised + whole.ambiguous + whole.unknown + whole.rejected == whole.rows_in
    row += len(pairs) + 1
    sheet.merge_range(row, 0, row + 1, 1, "", styles.note)
    sheet.write_string(row, 0, words("report.conserved" if held else "report.not_conserved").in_(lang), styles.note)
    return row + 3


def _rates(book: Workbook, sheet: Worksheet, styles: Styles, whole: figures.Overview, row: int, lang: str) -> int:
    _section(sheet, styles, row, words("report.categories").in_(lang))
    keys = ("category", "rate_low", "interval_part", "rate_high", "coverage_low", "coverage_high")
    for at, key in enumerate(keys):
        sheet.write_string(row + 1, at, words(f"report.{key}").in_(lang), styles.number_head if at else styles.head)
    sheet.set_row(row + 1, 34)
    first = row + 2
    for at, entry in enumerate(whole.categories, first):
        sheet.write_string(at, 0, entry.category.title.in_(lang), styles.cells["text"])
        open_part = None if entry.rate.low is None or entry.rate.high is None else entry.rate.high - entry.rate.low
        for column, value in enumerate((entry.rate.low, open_part, entry.rate.high, entry.coverage.low, entry.coverage.high), 1):
            if value is not None:
                sheet.write_number(at, column, value, styles.cells["rate"])
    last = first + len(whole.categories) - 1
    if whole.categories:
        _chart(book, sheet, (first, last), lang)
    return last + 2


def _chart(book: Workbook, sheet: Worksheet, rows: tuple[int, int], lang: str) -> None:
    """What evidence supports, then what open questions may add. It stands beside the totals."""
    series = [Series(words("report.rate_low").in_(lang), 1, GENUINE), Series(words("report.interval_part").in_(lang), 2, OPEN)]
    bar_chart(book, sheet, words("report.chart_rates").in_(lang), rows, 0, series, (9, 2), numbers="0%", most=1)


def _bars(sheet: Worksheet, styles: Styles, whole: figures.Overview, row: int, lang: str) -> int:
    """The plan's three bars with both ends, and whether all is accepted; results of earlier versions have none."""
    if not whole.bars:
        return row
    _section(sheet, styles, row, words("page.bars_title").in_(lang))
    for at, key in enumerate(("report.item", "page.bar_low", "page.bar_now", "page.bar_high")):
        sheet.write_string(row + 1, at, words(key).in_(lang), styles.number_head if at else styles.head)
    last = row + 1
    for last, bar in enumerate(whole.bars, row + 2):
        sheet.write_string(last, 0, bar.title.in_(lang), styles.cells["text"])
        for column, value in enumerate((bar.low, bar.value, bar.high), 1):
            if value is not None:
                sheet.write_number(last, column, value, styles.cells["rate"])
    if whole.accepted is not None:
        last += 1
        sheet.write_string(last, 0, words("page.accepted").in_(lang), styles.cells["text"])
        for column, end in enumerate((whole.accepted[1], whole.accepted[0], whole.accepted[2]), 1):
            sheet.write_string(last, column, yes_no(end).in_(lang), styles.cells["code"])
    return last + 2


def _units(sheet: Worksheet, styles: Styles, title: str, units: pl.DataFrame, row: int, lang: str) -> int:
    """A short table of units with both ends of their points and what lies between; the row after its last."""
    _section(sheet, styles, row, title)
    for at, key in enumerate(("unit", "devices", "points_low", "interval_part", "points_high", "grade", "suspected_devices")):
        head = {"unit": styles.head, "grade": styles.code_head}.get(key, styles.number_head)
        sheet.write_string(row + 1, at, words(f"report.{key}").in_(lang), head)
    sheet.set_row(row + 1, 32)
    at = row + 1
    for at, unit in enumerate(units.iter_rows(named=True), row + 2):
        low, high = unit["points_low"], unit["points_high"]
        write_text(sheet, at, 0, figures.unit_title(unit["unit_id"], unit["name"]).in_(lang), styles.cells["text"])
        sheet.write_number(at, 1, unit["devices"], styles.cells["count"])
        for column, value in enumerate((low, None if low is None or high is None else round(high - low, 2), high), 2):
            if value is not None:
                sheet.write_number(at, column, value, styles.cells["points"])
        sheet.write_string(at, 5, grade_span(unit["grade_low"], unit["grade_high"]), styles.cells["code"])
        sheet.write_number(at, 6, unit["suspected_devices"], styles.cells["count"])
    return at + 1


def _largest(book: Workbook, sheet: Worksheet, styles: Styles, result: ResultView, row: int, lang: str) -> None:
    """The largest units one level below the top, as a table and a chart."""
    units = figures.largest_below_top(result, _LARGEST)
    if units.is_empty():
        return
    end = _units(sheet, styles, words("page.largest_title").in_(lang), units, row, lang)
    series = [Series(words("report.points_low").in_(lang), 2, GENUINE), Series(words("report.interval_part").in_(lang), 3, OPEN)]
    title = words("page.chart_largest").in_(lang)
    bar_chart(book, sheet, title, (row + 2, end - 1), 0, series, (end + 1, 0), numbers="0", most=100, size=(900, 330))


def _section(sheet: Worksheet, styles: Styles, row: int, text: str) -> None:
    for column in range(_LAST + 1):
        sheet.write_blank(row, column, None, styles.section)
    sheet.write_string(row, 0, text, styles.section)
