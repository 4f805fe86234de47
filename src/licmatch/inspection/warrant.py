"""The warrant: by which plan and seed the computers were drawn, and what their number is good for, in both languages."""

from __future__ import annotations

from typing import Any

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from licmatch.inspection.draw import STRATUM, VERSION, Draw
from licmatch.inspection.frame import LEDGER
from licmatch.inspection.words import kind_title, say, unit_names
from licmatch.report.wording import shown
from licmatch.report.workbook_table import Column, Styles, line_count, write_table
from licmatch.result import Result

_WIDTHS = (42, 22, 12, 12, 12, 12, 12, 16)


def write_warrant(book: Workbook, page: Worksheet, styles: Styles, draw: Draw, result: Result, lang: str) -> None:
    """Write the sheet: title, what was asked for, how it was done in Chinese and English, and a row a stratum with sums."""
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.hide_gridlines(2)
    page.set_footer(f"&L&8{say('number', lang, number=draw.number)}&R&8&P / &N")
    for at, width in enumerate(_WIDTHS):
        page.set_column(at, at, width)
    page.set_row(0, 28)
    page.write_string(0, 0, _both("warrant"), styles.title)
    row = 2
    plain = book.add_format({**styles.body, "text_wrap": True, "valign": "top"})
    label = book.add_format({**styles.body, "font_color": "#5B6675", "valign": "top"})
    for key, value in _facts(draw, result):
        page.write_string(row, 0, _both(f"fact_{key}"), label)
        page.merge_range(row, 1, row, len(_WIDTHS) - 1, shown(value, 2000), plain)
        page.set_row(row, 15 * line_count(value, sum(_WIDTHS[1:]) - 4) + 3)
        row += 1
    row += 1
    for lang_of in ("zh", "en"):
        text = say("method", lang_of, version=VERSION)
        page.merge_range(row, 0, row, len(_WIDTHS) - 1, text, plain)
        page.set_row(row, 15 * line_count(text, sum(_WIDTHS) - 8) + 6)
        row += 1
    names = unit_names(result.units, lang)
    columns = [
        Column(_both("group", "\n"), "wrapped", lambda one: names.get(one["group"], one["group"]), _WIDTHS[0]),
        Column(_both("kind", "\n"), "text", lambda one: kind_title(one["kind"], lang) if one["kind"] else None, _WIDTHS[1]),
        *(Column(_both(key, "\n"), "count", _cell(key), 12) for key in ("population", "tolerated", "sample", "besides", "drawn")),
        Column(_both("chance", "\n"), "share", _cell("chance"), _WIDTHS[-1]),
    ]
    sums = draw.strata.select(pl.col("population", "sample", "besides", "drawn").sum()).row(0, named=True)
    whole = {"group": f"{say('sum', 'zh')} {say('sum', 'en')}", "kind": None, "tolerated": None, "chance": None, **sums}
    write_table(page, styles, columns, [*draw.strata.iter_rows(named=True), whole], top=row + 1)
    page.set_row(row + 1, 48)
    # The table's own head is further down than a page should repeat.
    page.repeat_rows(row + 1)


def _facts(draw: Draw, result: Result) -> list[tuple[str, str]]:
    design = draw.design
    ledger = int((draw.drawn["seen_in"] == LEDGER).sum())
    facts: list[tuple[str, Any]] = [
        ("number", draw.number),
        ("as_of", result.manifest["as_of"]),
        ("seed", design.seed),
        ("confidence", f"{design.confidence:f}"),
        ("tolerance", f"{design.tolerance:f}"),
    ]
    if design.percent is not None:
        limit = "" if design.cap is None else f" ≤ {design.cap}"
        facts.append(("plan", f"{_both('plan_percent')}: {design.percent:f} %, ≥ {design.floor}{limit}"))
    else:
        facts.append(("plan", _both("plan_stratum" if design.hold == STRATUM else "plan_whole")))
    facts += [
        ("by", design.by),
        ("minimum", design.minimum),
        ("ledger_only", ledger),
        ("chance", f"{int(draw.chance * 10_000) / 100:.2f} %"),
        ("result", draw.result),
        ("frame", draw.frame),
        ("code", draw.code),
    ]
    return [(key, str(value)) for key, value in facts]


def _cell(name: str) -> Any:
    return lambda row: row[name]


def _both(key: str, between: str = " ") -> str:
    return between.join(dict.fromkeys((say(key, "zh"), say(key, "en"))))
