"""The outcome as a workbook: conclusion, figures of every part, scan against inspectors, problem ledger, notices, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from fractions import Fraction
from io import BytesIO
from typing import Any

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from licmatch.inspection.agreement import compare
from licmatch.inspection.outcome import ANY, GROUP, WHOLE, Outcome, not_inspected
from licmatch.inspection.problems import notices, problem_ledger
from licmatch.inspection.sheet import Header, form, sheet
from licmatch.inspection.words import kind_title, say, unit_names
from licmatch.report.wording import code_title, shown, verdict_key
from licmatch.report.workbook_table import BOOK_OPTIONS, FONT, Column, Row, Styles, line_count, write_table
from licmatch.result import Result

_A4 = 9
_TOP = 2


def render_outcome(outcome: Outcome, result: Result, *, lang: str = "zh", due: date | None = None) -> bytes:
    """Return the workbook's bytes: seven sheets, no formula, no clock. `due` is the day written as the deadline of every problem."""
    day = date.fromisoformat(str(result.manifest["as_of"])[:10])
    memory = BytesIO()
    book = Workbook(memory, BOOK_OPTIONS)
    book.set_properties(
        {"title": say("outcome", lang), "subject": outcome.draw.number, "author": "licmatch", "created": datetime.combine(day, time())}
    )
    book.formats[0].set_font_name(FONT)
    writer = _Writer(book, outcome, result, lang)
    writer.conclusion()
    writer.figures()
    table, differences = compare(outcome, result)
    writer.agreement(table)
    writer.differences(differences)
    ledger = problem_ledger(outcome, result, lang=lang, due=due)
    writer.form("F5c", sheet().F5c, ledger)
    writer.form("F6b", sheet().F6b, notices(outcome, ledger, lang=lang, due=due))
    writer.missing()
    book.close()
    return memory.getvalue()


def bound_text(row: Row, tolerance: Fraction, lang: str) -> str:
    """Return in a sentence what the figures of a part prove.

    >>> row = {"population": 200, "lower": 0, "upper": 9, "infringing": 0, "inspected": 51, "drawn": 51}
    >>> bound_text(row, Fraction(5, 100), "en")[:52]
    '51 of 51 inspected, 0 infringing; of 200 computers 0'
    """
    return say("proved", lang, **{name: row[name] for name in ("inspected", "drawn", "infringing", "population", "lower", "upper")},
               share=f"{row['upper'] / row['population']:.1%}", tolerance=f"{float(tolerance):.1%}")  # fmt: skip


class _Writer:
    def __init__(self, book: Workbook, outcome: Outcome, result: Result, lang: str) -> None:
        self.book, self.outcome, self.lang = book, outcome, lang
        self.styles = Styles(book)
        # Lines between the cells of what is printed and signed.
        lined = {**self.styles.body, "border": 1, "border_color": "#C5D0D6"}
        self.styles.cells |= {
            "text": book.add_format(lined),
            "wrapped": book.add_format({**lined, "text_wrap": True}),
            "code": book.add_format({**lined, "align": "center"}),
            "count": book.add_format({**lined, "num_format": "#,##0", "align": "right"}),
            "rate": book.add_format({**lined, "num_format": "0.0%", "align": "right"}),
        }
        self.label = book.add_format({**self.styles.body, "font_color": "#5B6675", "valign": "top"})
        self.names = unit_names(result.units, lang)
        self.titles = {str(one["id"]): str(one.get(f"title_{lang}") or one["id"]) for one in result.manifest["categories"]}

    def say(self, key: str, **values: object) -> str:
        return say(key, self.lang, **values)

    def conclusion(self) -> None:
        page = self.page("conclusion", self.say("outcome"))
        whole = self.outcome.figures.row(0, named=True)
        design = self.outcome.draw.design
        body = self.book.add_format({**self.styles.body, "text_wrap": True, "valign": "top"})
        page.set_column(0, 0, 26)
        page.set_column(1, 1, 92)
        facts = [
            ("decision", self.say(f"decision_{whole['decision']}")),
            ("why", self.say(f"why_{whole['decision']}")),
            ("found", bound_text(whole, Fraction(design.tolerance), self.lang)),
            ("conservation", self.say("adds_up", **{key: whole[key] for key in ("drawn", "inspected", "not_inspected", "refused")})),
            ("rows", self.say("rows_add_up", lines=self.outcome.returned.lines, used=self.outcome.returned.used,
                              blank=self.outcome.returned.blank, refused=self.outcome.returned.refused.height)),
            ("of_inspected", self.say("inspected_are", **{key: whole[key] for key in ("sound", "infringing", "open")})),
            ("two_sided", self.say("interval", low=whole["low"], high=whole["high"])),
            ("fact_confidence", f"{design.confidence:f}"),
            ("fact_tolerance", f"{design.tolerance:f}"),
            ("fact_code", self.outcome.draw.code),
            ("how", self.say("how_decided")),
            ("provisional", self.say("no_ruling")),
        ]  # fmt: skip
        for at, (key, text) in enumerate(facts, _TOP):
            page.write_string(at, 0, self.say(key), self.label)
            page.write_string(at, 1, shown(text, 4000), self.styles.strong if key == "decision" else body)
            page.set_row(at, 24 if key == "decision" else 15 * line_count(text, 84) + 5)

    def figures(self) -> None:
        page = self.page("figures", self.say("sheet_figures"))
        columns = [
            Column(self.say("group"), "wrapped", self.part, 26),
            Column(self.say("kind"), "text", lambda row: kind_title(row["kind"], self.lang) if row["kind"] else None, 11),
            Column(self.say("measure"), "text", self.measure, 13),
            *(Column(self.say(f"head_{key}"), "count", _cell(key), 9) for key in
              ("population", "drawn", "inspected", "not_inspected", "refused", "sound", "infringing", "open")),
            Column(self.say("head_estimate"), "rate", _cell("estimate"), 9),
            *(Column(self.say(f"head_{key}"), "count", _cell(key), 9) for key in ("lower", "upper", "low", "high")),
            Column(self.say("decision"), "code", lambda row: self.say(f"decision_{row['decision']}"), 13),
        ]  # fmt: skip
        self.table(page, columns, self.outcome.figures.iter_rows(named=True))

    def agreement(self, table: pl.DataFrame) -> None:
        page = self.page("agreement", self.say("sheet_agreement"))
        columns = [
            Column(self.say("category"), "text", lambda row: self.titles.get(row["category"], row["category"]), 24),
            Column(self.say("scan_says"), "text", lambda row: code_title("state", row["scan"]).in_(self.lang), 24),
            Column(self.say("inspector_says"), "text", lambda row: code_title("state", row["inspected"]).in_(self.lang), 24),
            Column(self.say("head_computers"), "count", _cell("computers"), 12),
            Column(self.say("agree"), "text", lambda row: self.say("yes" if row["scan"] == row["inspected"] else "no"), 12),
        ]
        self.table(page, columns, table.iter_rows(named=True))

    def differences(self, listed: pl.DataFrame) -> None:
        page = self.page("differences", self.say("sheet_differences"))
        columns = [
            Column(self.say("differs"), "wrapped", lambda row: self.say(f"differs_{row['differs']}"), 16),
            Column(self.say("unit"), "wrapped", lambda row: self.names.get(row["unit_id"], row["unit_id"]), 20),
            Column(self.say("computer"), "wrapped", _cell("device_id"), 18),
            Column(self.say("category"), "text", lambda row: self.titles.get(row["category"], row["category"]), 12),
            Column(self.say("scan_says"), "wrapped", lambda row: self.verdict(verdict_key(row["scan"], row["scan_official"])), 18),
            Column(self.say("inspector_says"), "wrapped", lambda row: self.verdict(row["inspected"]), 18),
            Column(self.say("rule"), "wrapped", _cell("decided_by"), 22),
            Column(self.say("evidence"), "wrapped", _cell("evidence"), 46),
            Column(self.say("remark"), "wrapped", _cell("remark"), 24),
            Column(self.say("place"), "wrapped", lambda row: f"{row['file'].rsplit('/', 1)[-1]}:{row['line']}", 16),
        ]
        self.table(page, columns, listed.iter_rows(named=True))

    def form(self, form_id: str, headers: Iterable[Header], rows: pl.DataFrame) -> None:
        given = form(form_id)
        headers = tuple(headers)
        mark = "（重构）" if any(header.tag == "R" for header in headers) else ""
        title = given.zh + mark + ("" if self.lang == "zh" else f"  {given.en}")
        page = self.page(f"form_{form_id}", title)
        columns = [Column(header.label(self.lang), "wrapped", _cell(header.field), header.width) for header in headers]
        self.table(page, columns, rows.iter_rows(named=True))
        page.set_row(_TOP, 40)
        # A form is read in full on paper: its rows are as high as their longest cell.
        for at, row in enumerate(rows.iter_rows(named=True), _TOP + 1):
            page.set_row(at, 15 * max(line_count(row[header.field] or "", header.width) for header in headers) + 4)
        for at, header in enumerate(headers):
            if header.words in sheet().lists and rows.height:
                source = list(sheet().lists[str(header.words)])
                page.data_validation(
                    _TOP + 1, at, _TOP + rows.height, at, {"validate": "list", "source": source, "error_type": "information"}
                )

    def missing(self) -> None:
        page = self.page("missing", self.say("sheet_missing"))
        rows: list[Row] = [
            {"what": self.say(f"missing_{why}"), "device": device, "unit": self.names.get(unit, unit), "place": None, "detail": None}
            for device, unit, why in not_inspected(self.outcome)
        ]
        for row in self.outcome.returned.refused.iter_rows(named=True):
            rows.append({"what": self.say(f"refused_{row['reason']}"), "device": row["device_id"], "unit": None,
                         "place": f"{row['file'].rsplit('/', 1)[-1]}:{row['line']}", "detail": row["detail"]})  # fmt: skip
        columns = [
            Column(self.say("what"), "wrapped", _cell("what"), 34),
            Column(self.say("computer"), "wrapped", _cell("device"), 22),
            Column(self.say("unit"), "wrapped", _cell("unit"), 28),
            Column(self.say("place"), "wrapped", _cell("place"), 22),
            Column(self.say("detail"), "wrapped", _cell("detail"), 40),
        ]
        self.table(page, columns, rows)

    def page(self, key: str, title: str) -> Worksheet:
        page = self.book.add_worksheet(self.say(f"tab_{key}"))
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        page.set_footer(f"&L&8{self.say('number', number=self.outcome.draw.number)}&C&8&A&R&8&P / &N")
        page.hide_gridlines(2)
        page.set_row(0, 28)
        page.write_string(0, 0, title, self.styles.title)
        return page

    def table(self, page: Worksheet, columns: list[Column], rows: Iterable[Row]) -> None:
        write_table(page, self.styles, columns, rows, top=_TOP)
        page.set_row(_TOP, 48)
        page.freeze_panes(_TOP + 1, 0)
        page.repeat_rows(0, _TOP)

    def part(self, row: Row) -> str:
        if row["level"] == WHOLE:
            return self.say("whole")
        name = self.names.get(row["group"], row["group"])
        return str(name) if row["level"] == GROUP else f"　{name}"

    def measure(self, row: Row) -> str:
        return self.say("any") if row["measure"] == ANY else self.titles[row["measure"]]

    def verdict(self, code: str) -> str:
        return code_title("verdict", code).in_(self.lang)


def _cell(name: str) -> Callable[[Row], Any]:
    return lambda row: row[name]
