"""The workbook's tables, one function a sheet, each a list of columns over one of the shared frames."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from licmatch.report import figures
from licmatch.report.bars import bar_codes
from licmatch.report.charts import BAD, GENUINE, OPEN, Series, bar_chart
from licmatch.report.findings_told import in_words
from licmatch.report.long_rows import LongBook
from licmatch.report.long_table import Values, write_long_table
from licmatch.report.notices import left_out, notices
from licmatch.report.products import products
from licmatch.report.result_view import ResultView, categories
from licmatch.report.suspects import GRADES, listed_counts, listed_rows, suspected_rows
from licmatch.report.versions import versions
from licmatch.report.wording import code_title, reason_title, shown_bytes, verdict_key, worded, words
from licmatch.report.workbook_table import Cell, Column, Row, Styles, line_count, write_cell, write_table

# What a person may read through: all suspected findings within reason, and a first page of the rest. The result has all of them.
SUSPECTED_LISTED = 20_000
FINDINGS_LISTED = 5_000
UNKNOWN_LISTED = 20_000
REJECTED_LISTED = 20_000
_A3 = 8
# Figures of a category and the words for them.
_TRAITS = {"domestic": "domestic_copies", "end_of_support": "ended_copies"}
_BAR = {"type": "data_bar", "bar_solid": True, "bar_color": "#9CCABF", "min_type": "num", "min_value": 0, "max_type": "num"}


def write_categories(book: Workbook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """A row a category: counts by copy and machine, rates with both ends; then a row a verdict."""
    entries = figures.overview(result).categories
    rows: list[Row] = [{"title": entry.category.title.in_(lang), "figures": entry} for entry in entries]
    columns = [Column(_w("category", lang), "text", lambda row: str(row["title"]))]
    columns += [Column(_w(name, lang), "count", _of(name)) for name in figures.COUNTS]
    columns += [Column(words(f"page.{name}").in_(lang), "count", _of(field)) for field, name in _TRAITS.items()]
    for rate in ("rate", "coverage"):
        columns += [Column(_w(f"{rate}_{end}", lang), "rate", _end(rate, end)) for end in ("low", "high")]
    last = write_table(sheet, styles, columns, rows)
    sheet.freeze_panes(1, 1)
    sheet.conditional_format(1, len(columns) - 4, max(last, 1), len(columns) - 1, {**_BAR, "max_value": 1})
    below = last + 3
    sheet.write_string(below - 1, 0, _w("verdicts", lang), styles.section)
    for at, key in ((0, "category"), (1, "verdict"), (2, ""), (3, ""), (4, "devices"), (5, "official")):
        sheet.write_string(below, at, _w(key, lang) if key else "", styles.number_head if key == "devices" else styles.head)
    lines = [(row["title"], *line) for row in rows for line in row["figures"].verdicts]
    for at, (category, code, official, devices) in enumerate(lines, below + 1):
        sheet.write_string(at, 0, category, styles.cells["text"])
        sheet.write_string(at, 1, code_title("verdict", verdict_key(code, official)).in_(lang), styles.cells["text"])
        sheet.write_number(at, 4, devices, styles.cells["count"])
        sheet.write_string(at, 5, _w("yes" if official else "no", lang), styles.cells["code"])
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, len(columns) - 1, 13)
    if rows:
        states = (("genuine", 2, GENUINE), ("undetermined", 4, OPEN), ("not_genuine", 3, BAD))
        series = [Series(_w(name, lang), at, look) for name, at, look in states]
        bar_chart(book, sheet, words("page.chart_states").in_(lang), (1, last), 0, series, (below, 6))
        traits = [Series(words(f"page.{name}").in_(lang), 1 + len(figures.COUNTS) + at, look)
                  for at, (name, look) in enumerate(zip(_TRAITS.values(), (GENUINE, BAD), strict=True))]  # fmt: skip
        for at, one in enumerate(traits):
            bar_chart(book, sheet, one.name, (1, last), 0, [one], (below + 15 + 11 * at, 6), size=(620, 200))


def write_units(book: Workbook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """A row a unit, in the order of the tree, set in by its depth."""
    names = {key: figures.unit_title(key, name).in_(lang) for key, name in result.scores.select("unit_id", "name").iter_rows()}
    rows = figures.depth_first(figures.unit_rows(result)).to_dicts()
    columns = [
        Column(_w("unit", lang), "text", lambda row: names[row["unit_id"]]),
        Column(_w("unit_id", lang), "text", _field("unit_id")),
        Column(_w("parent", lang), "text", lambda row: names.get(row["parent_id"])),
        Column(_w("tier", lang), "text", lambda row: code_title("tier", row["tier"]).in_(lang) if row["tier"] else None),
        *(Column(_w(name, lang), "count", _field(name)) for name in ("devices", "in_use", "suspected_devices")),
        *(Column(_w(name, lang), "points", _field(name)) for name in ("points_low", "points_high")),
        *(Column(_w(name, lang), "code", _field(name)) for name in ("grade_low", "grade_high")),
    ]
    for code in bar_codes(result):
        title = words(f"page.{code}").in_(lang)
        ends = [end for end in ("low", "high") if f"{code}_{end}" in result.scores.columns]
        columns += [Column(f"{title} {words(f'page.bar_{end}').in_(lang)}", "rate", _field(f"{code}_{end}")) for end in ends]
        if not ends:
            columns.append(Column(title, "rate", _field(code)))
    for category in categories(result):
        title = category.title.in_(lang)
        columns += [Column(f"{title} {_w(name, lang)}", "count", _field(f"{category.id}_{name}")) for name in figures.COUNTS[:5]]
        columns += [Column(f"{title} {words(f'page.{name}').in_(lang)}", "count", _field(f"{category.id}_{trait}"))
                    for trait, name in _TRAITS.items() if f"{category.id}_{trait}" in result.scores.columns]  # fmt: skip
        columns += [Column(f"{title} {_w(f'{rate}_{end}', lang)}", "rate", _field(f"{category.id}_{rate}_{end}"))
                    for rate in ("rate", "coverage") for end in ("low", "high")]  # fmt: skip
    last = max(1, write_table(sheet, styles, columns, rows, indent=(0, "level")))
    sheet.set_row(0, 50)
    sheet.freeze_panes(1, 1)
    sheet.set_paper(_A3)
    sheet.fit_to_pages(2, 0)
    sheet.repeat_columns(0)
    sheet.conditional_format(1, 7, last, 8, {**_BAR, "max_value": 100})
    sheet.conditional_format(1, 9, last, 10, {"type": "cell", "criteria": "==", "value": '"D"', "format": styles.alarm})


def write_findings(book: LongBook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """A row a device and category that is suspected, not genuine or undetermined; suspected first, with its evidence."""
    listed, suspected = listed_counts(result)
    shown_rows = max(FINDINGS_LISTED, min(SUSPECTED_LISTED, suspected))
    paths = figures.unit_paths(result, lang)
    places = listed_rows(result, shown_rows)
    rows = in_words(result, places, lambda kind: code_title("kind", kind).in_(lang))
    unruled = pl.when((pl.col("verdict") == "cracked") & ~pl.col("official").fill_null(False))
    rows = rows.with_columns(
        verdict=unruled.then(pl.lit(verdict_key("cracked", False))).otherwise("verdict"),
        grade=pl.when(pl.col("grade").is_in(GRADES)).then("grade"),
    )
    columns = [
        Values(_w("suspected", lang), "code", _yes_no(suspected_rows(result, places), lang)),
        Values(_w("evidence_grade", lang), "text", worded(rows["grade"], _title("strength", lang))),
        Values(_w("device", lang), "text", rows["device_id"]),
        Values(_w("unit", lang), "wrapped", worded(rows["unit_id"], lambda unit: paths.get(unit, unit)), width=34),
        Values(_w("category", lang), "text", _categories(result, rows["category"], lang)),
        Values(_w("product", lang), "wrapped", rows["products"], width=34),
        Values(_w("verdict", lang), "text", worded(rows["verdict"], _title("verdict", lang))),
        Values(_w("state", lang), "text", worded(rows["state"], _title("state", lang))),
        Values(_w("confidence", lang), "weight", rows["confidence"]),
        Values(_w("official", lang), "code", _yes_no(rows["official"], lang)),
        Values(_w("evidence", lang), "wrapped", rows["evidence"], width=76),
    ]
    last = max(1, write_long_table(book, sheet, styles, columns))
    sheet.freeze_panes(1, 3)
    sheet.set_paper(_A3)
    for code, style in (("conclusive", styles.alarm), ("strong", styles.alarm), ("indication", styles.caution)):
        sheet.conditional_format(
            1, 1, last, 1, {"type": "cell", "criteria": "==", "value": f'"{code_title("strength", code).in_(lang)}"', "format": style}
        )
    _say_what_is_left(sheet, styles, last, shown_rows, listed, "findings.parquet", lang)


def write_products(book: Workbook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """A row a product with its devices and the states of its installations."""
    titles = {entry.id: entry.title.in_(lang) for entry in categories(result)}
    columns = [
        Column(_w("category", lang), "text", lambda row: titles.get(row["category"], row["category"])),
        *(Column(_w(name, lang), "text", _field(name)) for name in ("vendor", "family", "release", "edition")),
        Column(_w("origin", lang), "text", lambda row: code_title("origin", row["origin"]).in_(lang) if row["origin"] else None),
        Column(_w("devices", lang), "count", _field("devices")),
        Column(_w("installed", lang), "count", _field("installations")),
        *(Column(_w(name, lang), "count", _field(name)) for name in ("genuine", "not_genuine", "undetermined", "out_of_scope")),
    ]
    write_table(sheet, styles, columns, products(result).iter_rows(named=True))
    sheet.freeze_panes(1, 3)


def write_unknown(book: LongBook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """A row an unknown or ambiguous name, in the order in which settling them pays."""
    rows = figures.unknown_ranked(result).head(UNKNOWN_LISTED)
    columns = [
        *(Values(_w(name, lang), "text", rows[name]) for name in ("name", "publisher", "version")),
        Values(_w("status", lang), "text", worded(rows["lm_status"], _title("status", lang))),
        Values(_w("category", lang), "text", _categories(result, rows["category"], lang)),
        *(Values(_w(name, lang), "count", rows[name]) for name in ("devices", "rows")),
        Values(_w("interval_open", lang), "share", rows["interval_open"]),
    ]
    last = write_long_table(book, sheet, styles, columns)
    sheet.freeze_panes(1, 1)
    _say_what_is_left(sheet, styles, last, UNKNOWN_LISTED, result.unknown.height, "unknown.parquet", lang)


def write_rejected(book: LongBook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """A row an input row that could not be used, with the start of its raw content."""
    rows = result.rejected.sort("file", "line", nulls_last=False, maintain_order=True).head(REJECTED_LISTED)
    columns = [
        Values(_w("file", lang), "text", rows["file"]),
        Values(_w("line", lang), "count", rows["line"]),
        Values(_w("reason", lang), "text", worded(rows["reason"], lambda reason: reason_title(reason).in_(lang))),
        Values(_w("raw", lang), "text", pl.Series([shown_bytes(raw, 200) for raw in rows["raw"]], dtype=pl.String), width=60),
    ]
    last = write_long_table(book, sheet, styles, columns)
    sheet.freeze_panes(1, 0)
    _say_what_is_left(sheet, styles, last, REJECTED_LISTED, result.rejected.height, "rejected.parquet", lang)


def write_notes(book: Workbook, sheet: Worksheet, styles: Styles, result: ResultView, lang: str) -> None:
    """What a reader must know: how to read the figures, notices about the input, input files and versions."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 96)
    missing = left_out(result)
    blocks: list[tuple[str, list[tuple[str, str]]]] = [
        (_w("how_title", lang), [
            (_w("provisional_title", lang), _w("provisional", lang)),
            *((_w(f"how_{topic}_title", lang), _w(f"how_{topic}", lang)) for topic in ("interval", "rates", "states", "unknown")),
            (_w("sheet_findings", lang), _w("findings_scope", lang)), (_w("score", lang), _w("rubric_note", lang))]),
        (_w("notices_title", lang), [
            *([(_w("incomplete_title", lang), words("report.incomplete", names=", ".join(missing)).in_(lang))] if missing else []),
            *((notice.place, notice.text.in_(lang)) for notice in notices(result))] or [("", _w("notices_none", lang))]),
        (_w("inputs_title", lang), [
            (str(entry["path"]), f"SHA-256 {entry['sha256']} · {_w('rows', lang)} {entry['rows']}")
            for entry in result.manifest.get("inputs") or []]),
        (_w("versions_title", lang), versions(result)),
    ]  # fmt: skip
    top = 0
    for title, lines in blocks:
        sheet.write_string(top, 0, title, styles.section)
        sheet.write_blank(top, 1, None, styles.section)
        for row, (name, text) in enumerate(lines, top + 1):
            write_cell(sheet, row, 0, name, styles.note)
            write_cell(sheet, row, 1, text, styles.note)
            sheet.set_row(row, 16 * max(line_count(name, 34), line_count(text, 96)) + 2)
        top += len(lines) + 2


def _yes_no(values: pl.Series, lang: str) -> pl.Series:
    said = pl.when(values.fill_null(False)).then(pl.lit(_w("yes", lang))).otherwise(pl.lit(_w("no", lang)))
    return pl.select(said).to_series()


def _categories(result: ResultView, values: pl.Series, lang: str) -> pl.Series:
    titles = {entry.id: entry.title.in_(lang) for entry in categories(result)}
    return worded(values, lambda category: titles.get(category, category))


def _title(kind: str, lang: str) -> Callable[[str], str]:
    return lambda code: code_title(kind, code).in_(lang)


def _say_what_is_left(sheet: Worksheet, styles: Styles, last: int, cap: int, have: int, file: str, lang: str) -> None:
    if have > cap:
        sheet.write_string(
            last + 2, 0, words("report.sheet_capped", n=f"{cap:,}", more=f"{have - cap:,}", file=file).in_(lang), styles.soft
        )


def _w(key: str, lang: str) -> str:
    return words(f"report.{key}").in_(lang)


def _field(name: str) -> Callable[[Row], Cell]:
    return lambda row: row[name]


def _of(name: str) -> Callable[[Row], Cell]:
    return lambda row: getattr(row["figures"], name)


def _end(rate: str, end: str) -> Callable[[Row], Cell]:
    return lambda row: getattr(getattr(row["figures"], rate), end)
