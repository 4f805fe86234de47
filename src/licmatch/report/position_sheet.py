"""The workbook's licence sheets: the position by pool with its largest shortfalls as a chart, and by unit and pool; and the campaign's."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from licmatch.report import figures, wording
from licmatch.report.board import Board, board_rows
from licmatch.report.charts import BAD, Series, bar_chart
from licmatch.report.licence_position import FIGURES, by_pool, pool_titles, position_of
from licmatch.report.long_rows import LongBook
from licmatch.report.long_table import Values, write_long_table
from licmatch.report.result_view import ResultView, categories
from licmatch.report.workbook_table import Cell, Column, Row, Styles, write_table

POSITION_LISTED = 20_000
_CHARTED = 12
_A3 = 8
_SAME = {"free": "free_copies"}


def write_pools(book: Workbook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """A row a pool, the largest shortfall first, and a chart of these."""
    columns = [*_pool_columns(result, lang), *_figures(lang)]
    rows = by_pool(result)
    write_table(sheet, styles, columns, rows.iter_rows(named=True))
    sheet.freeze_panes(1, 1)
    short = min(_CHARTED, int((rows["shortfall"] > 0).sum()))
    if short:
        shortfall = next(at for at, column in enumerate(columns) if column.head == _w("shortfall", lang))
        # Beside the table, where it is seen without scrolling past a hundred pools.
        sheet.set_paper(_A3)
        place = (1, len(columns))
        bar_chart(
            book, sheet, _w("chart_short", lang), (1, short), 0, [Series(_w("shortfall", lang), shortfall, BAD)], place, size=(620, 320)
        )


def write_unit_pools(book: LongBook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """A row a unit and pool, in the order of units; they add up to the pools of the sheet before."""
    paths = figures.unit_paths(result, lang)
    held = position_of(result)
    rows = held.head(POSITION_LISTED)
    titles, category = pool_titles(result), _category_titles(result, lang)
    units = wording.worded(rows["unit_id"], lambda unit: paths.get(unit, unit))
    columns = [
        Values(wording.words("report.unit").in_(lang), "wrapped", units, width=40),
        Values(wording.words("report.unit_id").in_(lang), "text", rows["unit_id"]),
        Values(_w("pool", lang), "text", wording.worded(rows["pool"], lambda pool: titles[pool])),
        Values(_w("pool_id", lang), "text", rows["pool"]),
        Values(wording.words("report.category").in_(lang), "text", wording.worded(rows["category"], lambda one: category.get(one, one))),
        *(Values(_w(_SAME.get(name, name), lang), "count", rows[name]) for name in FIGURES),
        Values(_w("limits", lang), "code", pl.select(pl.when(~rows["limited"]).then(pl.lit(_w("unlimited", lang)))).to_series()),
    ]  # fmt: skip
    last = write_long_table(book, sheet, styles, columns)
    sheet.freeze_panes(1, 1)
    if held.height > POSITION_LISTED:
        left = wording.words(
            "report.sheet_capped", n=f"{POSITION_LISTED:,}", more=f"{held.height - POSITION_LISTED:,}", file="position.parquet"
        )
        sheet.write_string(last + 2, 0, left.in_(lang), styles.soft)


def write_campaign(sheet: Worksheet, styles: Styles, result: ResultView, board: Board, lang: str) -> None:
    """A row a unit and milestone, as the board has them."""
    names = {key: figures.unit_title(key, name).in_(lang) for key, name in result.scores.select("unit_id", "name").iter_rows()}
    side = wording.LANGS.index(lang)
    columns = [
        Column(wording.words("report.unit").in_(lang), "text", lambda row: row["unit"]),
        Column(_w("milestone", lang), "text", lambda row: row["title"][side]),
        Column(_w("due", lang), "code", lambda row: row["due"] or None),
        Column(
            wording.words("report.status").in_(lang), "code", lambda row: wording.code_title("milestone_status", row["status"]).in_(lang)
        ),
        Column(_w("done_on", lang), "code", lambda row: row["done_on"] or None),
        Column(_w("late_days", lang), "count", lambda row: row["days_late"] or None),
        Column(_w("blocked_by", lang), "text", lambda row: row["blocked_by"][side] or None),
        Column(_w("who", lang), "text", lambda row: row["who"] or None),
    ]
    write_table(sheet, styles, columns, board_rows(board, names))
    sheet.freeze_panes(1, 1)


def _pool_columns(result: ResultView, lang: str) -> list[Column]:
    titles = pool_titles(result)
    category = _category_titles(result, lang)
    return [
        Column(_w("pool", lang), "text", lambda row: titles[row["pool"]]),
        Column(_w("pool_id", lang), "text", lambda row: row["pool"]),
        Column(wording.words("report.category").in_(lang), "text", lambda row: category.get(row["category"], row["category"])),
    ]


def _category_titles(result: ResultView, lang: str) -> dict[str, str]:
    return {entry.id: entry.title.in_(lang) for entry in categories(result)}


def _figures(lang: str) -> list[Column]:
    columns = [Column(_w(_SAME.get(name, name), lang), "count", _field(name)) for name in FIGURES]
    return [*columns, Column(_w("limits", lang), "code", lambda row: None if row["limited"] else _w("unlimited", lang))]


def _field(name: str) -> Callable[[Row], Cell]:
    return lambda row: row[name]


def _w(key: str, lang: str) -> str:
    return wording.words(f"page.{key}").in_(lang)
