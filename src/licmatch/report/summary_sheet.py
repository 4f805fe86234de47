"""The workbook's first sheet: the whole result on one printed page, with a chart of the rates and their open parts."""

from __future__ import annotations

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from licmatch.report import figures
from licmatch.report.notices import left_out
from licmatch.report.result_view import ResultView, as_of
from licmatch.report.wording import code_title, grade_span, points_span, words
from licmatch.report.workbook_table import FONT, Styles

_WIDTHS = (30, 16, 14, 14, 14, 14, 14, 14)
_LAST = len(_WIDTHS) - 1


def write_summary(book: Workbook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """Totals, the score's interval, a rate table by category, a native chart, the ten lowest units."""
    whole = figures.overview(result)
    sheet.fit_to_pages(1, 1)
    sheet.set_default_row(18)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    row = _heading(sheet, styles, result, whole, lang)
    row = _totals(sheet, styles, whole, row, lang)
    row = _rates(book, sheet, styles, whole, row, lang)
    _lowest(sheet, styles, result, row, lang)


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
        _chart(book, sheet, (first, last), (whole, lang))
    return last + 2


def _chart(book: Workbook, sheet: Worksheet, rows: tuple[int, int], said: tuple[figures.Overview, str]) -> None:
    """A stacked bar: what evidence supports, then what open questions may add. It stands beside the totals."""
    lang = said[1]
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    first, last = rows
    looks = ({"fill": {"color": "#2F7A6B"}}, {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#D7A54A", "bg_color": "#F3E2BF"}})
    for column, look in zip((1, 2), looks, strict=True):
        chart.add_series({
            "name": words("report.rate_low" if column == 1 else "report.interval_part").in_(lang),
            "categories": [sheet.name, first, 0, last, 0], "values": [sheet.name, first, column, last, column], "gap": 70, **look,
        })  # fmt: skip
    font = {"name": FONT, "size": 9}
    chart.set_title({"name": words("report.chart_rates").in_(lang), "name_font": {"name": FONT, "size": 11, "bold": False}})
    chart.set_x_axis(
        {
        "min": 0, "max": 1, "num_format": "0%", "num_font": font,
        "major_gridlines": {"visible": True, "line": {"color": "#E0E3E0"}},
    }
    )
    chart.set_y_axis({"reverse": True, "num_font": font})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": 620, "height": 268})
    sheet.insert_chart(9, 2, chart, {"x_offset": 24, "y_offset": 6, "description": words("report.chart_rates").in_(lang)})


def _lowest(sheet: Worksheet, styles: Styles, result: ResultView, row: int, lang: str) -> None:
    _section(sheet, styles, row, words("report.worst_title").in_(lang))
    for at, key in enumerate(("unit", "devices", "points_low", "points_high", "grade", "suspected_devices")):
        head = {"unit": styles.head, "grade": styles.code_head}.get(key, styles.number_head)
        sheet.write_string(row + 1, at, words(f"report.{key}").in_(lang), head)
    sheet.set_row(row + 1, 32)
    for at, unit in enumerate(figures.worst_units(result).head(10).iter_rows(named=True), row + 2):
        sheet.write_string(at, 0, figures.unit_title(unit["unit_id"], unit["name"]).in_(lang), styles.cells["text"])
        sheet.write_number(at, 1, unit["devices"], styles.cells["count"])
        for column, value in enumerate((unit["points_low"], unit["points_high"]), 2):
            if value is not None:
                sheet.write_number(at, column, value, styles.cells["points"])
        sheet.write_string(at, 4, grade_span(unit["grade_low"], unit["grade_high"]), styles.cells["code"])
        sheet.write_number(at, 5, unit["suspected_devices"], styles.cells["count"])


def _section(sheet: Worksheet, styles: Styles, row: int, text: str) -> None:
    for column in range(_LAST + 1):
        sheet.write_blank(row, column, None, styles.section)
    sheet.write_string(row, 0, text, styles.section)
