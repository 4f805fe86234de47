"""The register to take along (计算机软件安装抽查登记表): one row a drawn computer, pages by unit, and the warrant of the draw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from licmatch.inspection.draw import Draw
from licmatch.inspection.sheet import OTHER, Header, form, register_headers, sheet
from licmatch.inspection.warrant import write_warrant
from licmatch.inspection.words import kind_title, say, unit_names, verdict_words
from licmatch.report.wording import code_title, shown, verdict_key
from licmatch.report.workbook_table import BOOK_OPTIONS, CELL_LIMIT, FONT, Styles, line_count, write_text
from licmatch.result import Result

# Title, note, blocks, headers, tags, names of the fields (hidden); then the computers.
_TITLE, _NOTE, _BLOCKS, _HEAD, _TAGS, _NAMES, BODY = range(7)
_KEPT = 4  # columns repeated on every page: unit, section, user, number
_A4, _SCALE, _ROW = 9, 56, 46


def register_rows(draw: Draw, result: Result, *, lang: str, prefill: bool = False) -> pl.DataFrame:
    """Return the register as a table: a row a drawn computer, a column a header by its name, filled as far as a draw may fill it.

    What software the scan found is left out, so that the inspector is not led; with `prefill` it stands in columns of its own, `scan_*`.
    """
    names = unit_names(result.units, lang)
    parent = {unit: (above, tier) for unit, above, tier in result.units.select("unit_id", "parent_id", "tier").iter_rows()}
    tier = {unit: each for unit, (_, each) in parent.items()}
    found = _found(result, lang) if prefill else {}
    rows = []
    for row in draw.drawn.iter_rows(named=True):
        unit = row["unit_id"]
        above = parent.get(unit, (None, None))[0]
        # A section of a department is written in its own column.
        section = above is not None and tier.get(unit) == tier.get(above) == "department"
        cells: dict[str, str | None] = dict.fromkeys(header.name for header in register_headers())
        cells |= {
            "unit": names.get(above or "", above) if section else names.get(unit, unit),
            "section": names.get(unit, unit) if section else None,
            "device_id": row["device_id"],
            "kind": kind_title(row["kind"], lang),
            "model": row["model"],
        }
        cells["draw"] = draw.code
        rows.append(cells | {f"scan_{block.id}": found.get((row["device_id"], block.id)) for block in sheet().block if prefill})
    return pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))


def _found(result: Result, lang: str) -> dict[tuple[str, str], str]:
    own = {block.id for block in sheet().block} - {OTHER}
    told: dict[tuple[str, str], list[str]] = {}
    titles = {str(one["id"]): str(one.get(f"title_{lang}") or one["id"]) for one in result.manifest["categories"]}
    copies = result.installations.select("device_id", "category", "family", "release", "edition", "verdict", "official").sort(pl.all())
    for device, category, family, release, edition, verdict, official in copies.iter_rows():
        name = " ".join(part for part in (family, None if release and family and family.endswith(release) else release, edition) if part)
        said = f"{name} · {code_title('verdict', verdict_key(verdict, official)).in_(lang)}"
        block = category if category in own else OTHER
        told.setdefault((device, block), []).append(said if category in own else f"{titles.get(category, category)}: {said}")
    return {key: "\n".join(lines) for key, lines in told.items()}


def render_register(draw: Draw, result: Result, *, lang: str = "zh", prefill: bool = False) -> bytes:
    """Return the workbook's bytes: the register, the warrant, the verdict words. Same draw, same bytes; no formula, no clock."""
    day = date.fromisoformat(str(result.manifest["as_of"])[:10])
    memory = BytesIO()
    book = Workbook(memory, BOOK_OPTIONS)
    title = form("F5a")
    book.set_properties(
        {"title": title.zh, "subject": draw.number, "author": "licmatch", "created": datetime.combine(day, time())}
    )  # fmt: skip
    book.formats[0].set_font_name(FONT)
    styles = Styles(book)
    page = book.add_worksheet("抽查登记表" if lang == "zh" else "Register")
    warrant = book.add_worksheet("抽样依据" if lang == "zh" else "Warrant")
    codes = book.add_worksheet("判定" if lang == "zh" else "Verdicts")
    words = verdict_words(result.manifest)
    _Register(book, page, styles, draw, lang).write(register_rows(draw, result, lang=lang, prefill=prefill), codes.get_name(), len(words))
    write_warrant(book, warrant, styles, draw, result, lang)
    _verdict_list(codes, styles, result.manifest, words)
    book.close()
    return memory.getvalue()


class _Register:
    """Writes the first sheet: the form, and outside what is printed the scan's findings where they are asked for."""

    def __init__(self, book: Workbook, page: Worksheet, styles: Styles, draw: Draw, lang: str) -> None:
        self.page, self.styles, self.draw, self.lang = page, styles, draw, lang
        lined = {**styles.body, "font_size": 11, "border": 1, "border_color": "#9FB3BD", "text_wrap": True}
        self.cell = book.add_format(lined)
        self.fill = book.add_format({**lined, "bg_color": "#FFFDF0", "num_format": "@"})
        self.head = book.add_format({**lined, "bold": True, "bg_color": "#E6EEF2", "font_color": "#1F3B4D", "align": "center"})
        self.tag = book.add_format({**lined, "font_size": 7, "font_color": "#5B6675", "bg_color": "#F3F6F8", "align": "center"})
        self.scan = book.add_format({**lined, "font_color": "#5B6675", "bg_color": "#F3F3F3"})
        self.known = {"unit", "section", "device_id", "kind", "model"}

    def write(self, rows: pl.DataFrame, verdicts: str, verdict_count: int) -> None:
        headers = register_headers()
        self._heads(headers)
        last = BODY - 1
        breaks, units = [], self.draw.drawn["unit_id"].to_list()
        scans = [name for name in rows.columns if name.startswith("scan_")]
        for last, row in enumerate(rows.iter_rows(named=True), BODY):
            at = last - BODY
            if at and units[at] != units[at - 1]:
                breaks.append(last)
            lines = 1
            for column, header in enumerate(headers):
                value = row[header.name]
                known = header.name in self.known
                if value is None:
                    self.page.write_blank(last, column, None, self.cell if known else self.fill)
                else:
                    text = shown(value, CELL_LIMIT)
                    write_text(self.page, last, column, text, self.cell)
                    lines = max(lines, line_count(text, header.width))
            for column, name in enumerate(scans, len(headers) + 1):
                text = shown(row[name], CELL_LIMIT, lines=True)
                write_text(self.page, last, column, text, self.scan)
                lines = max(lines, line_count(text, 36))
            self.page.set_row(last, max(_ROW, min(lines, 12) * 16 + 2))
        self._lists(headers, last, verdicts, verdict_count)
        if scans:
            self.page.write_string(_TITLE, len(headers) + 1, say("scan_apart", self.lang), self.styles.soft)
            for column, name in enumerate(scans, len(headers) + 1):
                block = next(one for one in sheet().block if one.id == name.removeprefix("scan_"))
                self.page.write_string(
                    _HEAD, column, say("scan_of", self.lang, block=block.zh if self.lang == "zh" else block.en), self.head
                )
                self.page.set_column(column, column, 36)
        self._print(headers, last, breaks)

    def _heads(self, headers: tuple[Header, ...]) -> None:
        page, title = self.page, form("F5a")
        page.set_row(_TITLE, 30)
        reconstructed = "（重构）" if any(header.tag == "R" for header in headers) else ""
        page.write_string(_TITLE, 0, title.zh + reconstructed, self.styles.title)
        page.set_row(_NOTE, 6)
        page.set_row(_HEAD, 50 if self.lang == "zh" else 96)
        page.set_row(_BLOCKS, 20)
        page.set_row(_TAGS, 11)
        page.set_row(_NAMES, None, None, {"hidden": True})
        blocks = {block.id: block for block in sheet().block}
        for column, header in enumerate(headers):
            page.write_string(_HEAD, column, header.label(self.lang), self.head)
            page.write_string(_TAGS, column, "重构" if header.tag == "R" else "", self.tag)
            page.write_string(_NAMES, column, header.name, self.tag)
            page.set_column(column, column, header.width)
            if header.block is None:
                page.write_blank(_BLOCKS, column, None, self.head)
        for block_id, block in blocks.items():
            columns = [column for column, header in enumerate(headers) if header.block == block_id]
            said = block.zh if self.lang == "zh" else f"{block.zh} {block.en}"
            page.merge_range(_BLOCKS, columns[0], _BLOCKS, columns[-1], said, self.head)

    def _lists(self, headers: tuple[Header, ...], last: int, verdicts: str, verdict_count: int) -> None:
        for column, header in enumerate(headers):
            if header.words is None or last < BODY:
                continue
            if header.words == "verdict":
                rule: dict[str, Any] = {"source": f"='{verdicts}'!$A$2:$A${verdict_count + 1}", "error_type": "stop"}
                rule |= {"error_title": say("list_title", self.lang), "error_message": say("list_message", self.lang)}
            else:
                # Any other word may be written by hand all the same.
                rule = {"source": list(sheet().lists[header.words]), "error_type": "information"}
            self.page.data_validation(BODY, column, last, column, {"validate": "list", "ignore_blank": True, **rule})

    def _print(self, headers: tuple[Header, ...], last: int, breaks: list[int]) -> None:
        page = self.page
        page.set_landscape()
        page.set_paper(_A4)
        page.set_print_scale(_SCALE)
        page.print_across()
        page.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.8)
        page.hide_gridlines(2)
        page.freeze_panes(BODY, _KEPT)
        page.repeat_rows(_TITLE, _TAGS)
        page.repeat_columns(0, _KEPT - 1)
        page.print_area(0, 0, max(last, BODY), len(headers) - 1)
        starts = [min(column for column, header in enumerate(headers) if header.block == block.id) for block in sheet().block[1:]]
        page.set_v_pagebreaks(starts)
        # A unit has pages of its own, which it stamps.
        page.set_h_pagebreaks(breaks)
        english = "" if self.lang == "zh" else f"{form('F5a').en}. "
        number = say("number", self.lang, number=self.draw.number)
        page.set_header(f"&L&8{english}{say('register_note', self.lang)}&R&8{number}   &P / &N")
        page.set_footer(f"&L&9{say('signatures', self.lang)}")


def _verdict_list(page: Worksheet, styles: Styles, manifest: Mapping[str, Any], words: Iterable[str]) -> None:
    states = {str(entry["verdict"]): str(entry["state"]) for entry in manifest.get("verdicts") or []}
    page.write_string(0, 0, "判定 Verdict", styles.head)
    page.write_string(0, 1, "计为 Counts as", styles.head)
    page.write_string(0, 2, "English", styles.head)
    for row, (word, (code, state)) in enumerate(zip(words, states.items(), strict=True), 1):
        title = code_title("state", state)
        page.write_string(row, 0, word, styles.cells["text"])
        page.write_string(row, 1, f"{title.zh} {title.en}", styles.cells["text"])
        page.write_string(row, 2, code_title("verdict", code).en, styles.cells["text"])
    page.set_column(0, 2, 42)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.hide_gridlines(2)
