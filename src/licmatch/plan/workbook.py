"""The plan as a workbook to print and sign: needs, purchase plan, budget, distribution, and the computers behind each line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from licmatch.plan.record import NEXT_YEAR, THIS_YEAR, Plan
from licmatch.report.wording import code_title, verdict_key, words
from licmatch.report.workbook_table import BOOK_OPTIONS, FONT, Column, Row, Styles, write_table

_A4, _A3 = 9, 8
_TOP = 2
MOST_ROWS = 1_000_000


def render_plan(plan: Plan, units: pl.DataFrame, categories: dict[str, str], *, lang: str = "zh") -> bytes:
    """Return the workbook's bytes: six sheets, amounts as values, no formula, no clock. `categories`: id -> title in that language."""
    memory = BytesIO()
    book = Workbook(memory, BOOK_OPTIONS)
    title = _say("title", lang)
    book.set_properties(
        {"title": title, "subject": plan.as_of.isoformat(), "author": "licmatch", "created": datetime.combine(plan.as_of, time())}
    )
    book.formats[0].set_font_name(FONT)
    styles = _styles(book)
    writer = _Writer(book, styles, plan, dict(units.select("unit_id", "name").iter_rows()), categories, lang)
    writer.needs()
    writer.lines()
    writer.budget()
    writer.distribution()
    writer.devices()
    writer.refused()
    book.close()
    return memory.getvalue()


def _styles(book: Workbook) -> Styles:
    styles = Styles(book)
    # A form to sign has lines between its cells, and room between a number and the text beside it.
    lined = {**styles.body, "border": 1, "border_color": "#C5D0D6"}
    number = {**lined, "align": "right", "indent": 1}
    styles.cells |= {
        "text": book.add_format(lined),
        "wrapped": book.add_format({**lined, "text_wrap": True}),
        "count": book.add_format({**number, "num_format": "#,##0"}),
        "money": book.add_format({**number, "num_format": "#,##0.00"}),
    }
    head = {**lined, "bold": True, "text_wrap": True, "bg_color": "#E6EEF2", "font_color": "#1F3B4D", "align": "center"}
    styles.head = styles.number_head = book.add_format(head)
    styles.cells["sum"] = book.add_format({**styles.body, "bold": True, "num_format": "#,##0.00", "top": 1, "align": "right", "indent": 1})
    styles.cells["sum_count"] = book.add_format(
        {**styles.body, "bold": True, "num_format": "#,##0", "top": 1, "align": "right", "indent": 1}
    )
    styles.cells["sum_text"] = book.add_format({**styles.body, "bold": True, "top": 1})
    return styles


def _say(key: str, lang: str, **values: object) -> str:
    return words(f"plan.{key}", **values).in_(lang)


def _money(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


class _Writer:
    def __init__(self, book: Workbook, styles: Styles, plan: Plan, names: dict[str, str], categories: dict[str, str], lang: str) -> None:
        self.book, self.styles, self.plan, self.lang = book, styles, plan, lang
        self.names, self.categories = names, categories
        self.line_of = {row["line"]: row for row in plan.lines.iter_rows(named=True)}

    def needs(self) -> None:
        """需求汇总: the form of a need application, one row a unit and product that is short."""
        columns = [
            Column(self.say("department"), "text", lambda row: self.unit(row["unit_id"])),
            Column(self.say("post"), "text", lambda _: None, 8),
            Column(self.say("product"), "text", lambda row: row["product"]),
            Column(self.say("version"), "text", lambda row: row["version"]),
            Column(self.say("quantity"), "count", lambda row: row["short"], 8),
            Column(self.say("purpose"), "text", lambda row: self.category(row["category"])),
            Column(self.say("nature"), "text", lambda _: self.say("commercial"), 10),
            Column(self.say("applicant"), "text", lambda _: None, 9),
            Column(self.say("opinion"), "text", lambda _: None, 16),
            Column(self.say("date"), "text", lambda _: None, 11),
            *(Column(self.say(f"need_{key}"), "count", _cell(key), 9) for key in
              ("required", "usable", "not_genuine", "undetermined", "keep", "replace", "remove", "next_year", "open")),
        ]  # fmt: skip
        note = self.say("derived") if self.plan.derived else self.say("from_position")
        self.table(
            "needs", columns, self.plan.demands.iter_rows(named=True), paper=_A3, note=note, totals={4: "short"}, frame=self.plan.demands
        )

    def lines(self) -> None:
        """采购计划表, with what the same copies would cost the other ways."""
        columns = [
            Column(self.say("number"), "count", _cell("line"), 6),
            Column(self.say("category"), "text", lambda row: self.category(row["category"])),
            Column(self.say("product"), "wrapped", _cell("product"), 24),
            Column(self.say("version"), "text", _cell("version")),
            Column(self.say("mode"), "text", lambda row: self.say(f"metric_{row['metric']}"), 9),
            Column(self.say("existing"), "count", _cell("existing"), 9),
            Column(self.say("required"), "count", _cell("required"), 9),
            Column(self.say("gap"), "count", _cell("gap"), 8),
            Column(self.say("buy"), "count", _cell("quantity"), 9),
            Column(self.say("unit_price"), "money", lambda row: _money(row["unit_price"]), 11),
            Column(self.say("amount"), "money", lambda row: _money(row["amount"]), 14),
            Column(self.say("cap"), "money", lambda row: _money(row["cap"]), 11),
            Column(self.say("reason"), "wrapped", _cell("reason"), 16),
            Column(self.say("fund"), "wrapped", self.fund, 28),
            Column(self.say("remark"), "wrapped", self.remark, 44),
            *(Column(self.say(key), "money", _paid(key), 14) for key in ("if_kept", "if_replaced", "if_removed")),
        ]  # fmt: skip
        rule = getattr(self.plan.rules, f"title_{self.lang}") or self.say("no_rules")
        note = self.say("rules", rules=rule, proof=self.say("proved" if self.plan.proved else "not_proved"))
        if self.plan.after is not None:
            note += self.say("afterwards", count=f"{int(self.plan.after['shortfall'].sum()):,}")
        self.table("lines", columns, self.plan.lines.iter_rows(named=True), paper=_A3, note=note,
                   totals={7: "gap", 8: "quantity", 10: "amount"}, frame=self.plan.lines)  # fmt: skip

    def budget(self) -> None:
        """预算: the two lines of money, this year and what waits for the next."""
        rows: list[Row] = []
        for year in (THIS_YEAR, NEXT_YEAR):
            money = self.plan.money.get(year)
            if money is None:
                continue
            for key, cents in (("software", money.software), ("work", money.work), ("total", money.total)):
                rows.append(
                    {"year": self.say(f"year_{year}"), "item": self.say(f"money_{key}"), "cents": cents, "note": self.money_note(year, key)}
                )
            if money.hardware:
                rows.append(
                    {
                        "year": self.say(f"year_{year}"),
                        "item": self.say("money_hardware"),
                        "cents": money.hardware,
                        "note": self.say("hardware_apart"),
                    }
                )
        if self.plan.budget is not None:
            left = self.plan.budget - self.plan.money[THIS_YEAR].total
            rows.append({"year": self.say("year_this"), "item": self.say("limit"), "cents": self.plan.budget, "note": ""})
            rows.append(
                {"year": self.say("year_this"), "item": self.say("left"), "cents": left, "note": self.say("over" if left < 0 else "fits")}
            )
        columns = [
            Column(self.say("year"), "text", _cell("year"), 16),
            Column(self.say("item"), "text", _cell("item"), 26),
            Column(self.say("amount"), "money", lambda row: row["cents"] / 100, 18),
            Column(self.say("remark"), "wrapped", _cell("note"), 56),
        ]
        self.table("budget", columns, rows, paper=_A4)

    def distribution(self) -> None:
        """分配表: the register of what goes to whom; the cells that only the handover knows are empty."""
        columns = [
            Column(
                self.say("to_unit"),
                "text",
                lambda row: self.unit(row["unit_id"]) if row["unit_id"] else self.say("spare", unit=self.buyer(row)),
            ),
            Column(self.say("product"), "wrapped", lambda row: self.of_line(row, "product"), 24),
            Column(self.say("version"), "text", lambda row: self.of_line(row, "version")),
            Column(self.say("licences"), "count", _cell("quantity"), 9),
            Column(self.say("media"), "count", lambda _: None, 9),
            Column(self.say("certificates"), "count", lambda _: None, 11),
            Column(self.say("serials"), "text", lambda _: None, 14),
            Column(self.say("handed_on"), "text", lambda _: None, 11),
            Column(self.say("giver"), "text", lambda _: None, 9),
            Column(self.say("taker"), "text", lambda _: None, 12),
            Column(self.say("installed_on"), "text", lambda _: None, 11),
            Column(self.say("installed"), "count", lambda _: None, 9),
            Column(self.say("plan_line"), "count", _cell("line"), 8),
            Column(self.say("year"), "text", lambda row: self.say(f"year_{self.of_line(row, 'year')}"), 10),
        ]
        self.table(
            "distribution",
            columns,
            self.plan.allocations.iter_rows(named=True),
            paper=_A3,
            totals={3: "quantity"},
            frame=self.plan.allocations,
        )

    def devices(self) -> None:
        """设备明细: every copy behind every line, and those no line is for."""
        columns = [
            Column(self.say("plan_line"), "count", _cell("line"), 8),
            Column(self.say("unit"), "text", lambda row: self.unit(row["unit_id"])),
            Column(self.say("device"), "text", _cell("device_id")),
            Column(self.say("category"), "text", lambda row: self.category(row["category"])),
            Column(
                self.say("found"), "text", lambda row: " ".join(text for text in (row["family"], row["release"], row["edition"]) if text)
            ),
            Column(
                self.say("verdict"), "text", lambda row: code_title("verdict", verdict_key(row["verdict"], row["official"])).in_(self.lang)
            ),
            Column(self.say("action"), "text", lambda row: self.say(f"action_{row['action']}")),
            Column(self.say("instead"), "text", lambda row: self.of_line(row, "product")),
            Column(self.say("year"), "text", lambda row: self.say(f"year_{row['year']}") if row["year"] else self.say("no_offer"), 14),
        ]
        rows = self.plan.actions.sort("line", "unit_id", "device_id", "at", nulls_last=True).head(MOST_ROWS)
        self.table("devices", columns, rows.iter_rows(named=True), paper=_A3)

    def refused(self) -> None:
        """Prices that do not count, and why."""
        columns = [
            Column(self.say("product"), "text", _cell("product")),
            Column(self.say("version"), "text", _cell("release")),
            Column(self.say("unit_price"), "text", _cell("unit_price")),
            Column(self.say("from_quantity"), "count", _cell("from_quantity")),
            Column(self.say("why"), "wrapped", lambda row: self.say(f"refused_{row['reason']}", detail=row["detail"]), 52),
        ]
        self.table("refused", columns, self.plan.refused.iter_rows(named=True), paper=_A4)

    def table(
        self, key: str, columns: list[Column], rows: Iterable[Row], *, paper: int, note: str = "",
        totals: dict[int, str] | None = None, frame: pl.DataFrame | None = None,
    ) -> None:  # fmt: skip
        """One sheet: its title, a note, the table, and sums as values."""
        sheet: Worksheet = self.book.add_worksheet(self.say(f"sheet_{key}"))
        sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer(f"&L&8{self.say('title')}&C&8&A&R&8&P / &N")
        sheet.hide_gridlines(2)
        last = write_table(sheet, self.styles, columns, rows, top=_TOP)
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, f"{self.say(f'sheet_{key}')} · {self.plan.as_of.isoformat()}", self.styles.title)
        sheet.write_string(1, 0, note, self.styles.soft)
        sheet.freeze_panes(_TOP + 1, 0)
        sheet.repeat_rows(0, _TOP)
        if totals and frame is not None and frame.height:
            for at in range(len(columns)):
                sheet.write_blank(last + 1, at, None, self.styles.cells["sum_text"])
            sheet.write_string(last + 1, 0, self.say("sum"), self.styles.cells["sum_text"])
            for at, name in totals.items():
                value = frame[name].sum()
                sheet.write_number(last + 1, at, float(value), self.styles.cells["sum" if isinstance(value, Decimal) else "sum_count"])

    def say(self, key: str, **values: object) -> str:
        return _say(key, self.lang, **values)

    def unit(self, unit: str | None) -> str:
        return self.names.get(unit or "") or unit or ""

    def buyer(self, row: Row) -> str:
        return self.unit(self.of_line(row, "buyer"))

    def category(self, category: str) -> str:
        return self.categories.get(category, category)

    def of_line(self, row: Row, key: str) -> Any:
        return self.line_of[row["line"]][key] if row["line"] is not None else None

    def fund(self, row: Row) -> str:
        return self.say("money_" + row["fund"]) + " · " + self.say("year_" + row["year"])

    def remark(self, row: Row) -> str:
        told = [self.say("does", kept=row["kept"], replaced=row["replaced"], devices=row["devices"])]
        told += [self.say("extra", count=row["spare"])] if row["spare"] else []
        told += [self.say("papers", count=row["undetermined"])] if row["undetermined"] else []
        told += [self.say("base")] if row["needs_base"] else []
        told += [self.say("for_unit", unit=self.unit(row["buyer"]))] if self.plan.lines["buyer"].n_unique() > 1 else []
        return "\n".join(told)

    def money_note(self, year: str, key: str) -> str:
        work = self.plan.rules.work
        if key == "work":
            return self.say("work_note", amount=work.amount if year == THIS_YEAR else 0, rate=f"{work.rate:.1%}")
        if key == "software":
            return self.say("software_note", lines=self.plan.lines.filter((pl.col("year") == year) & (pl.col("fund") == "software")).height)
        return self.say("total_note")


def _cell(key: str) -> Callable[[Row], Any]:
    return lambda row: row[key]


def _paid(key: str) -> Callable[[Row], float | None]:
    return lambda row: _money(row[key])
