"""One plain table as a canonical frame: headers found, words and dates read, rows that lack something rejected with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from licmatch.errors import InputError, Location
from licmatch.ingest.cell_words import WORDS, WORDS_KEPT
from licmatch.ingest.grid import Grid, is_summary
from licmatch.ingest.headers import find_columns
from licmatch.ingest.moments import iso_moment
from licmatch.ingest.product_keys import frame_without_keys, key_bytes, key_text
from licmatch.ingest.values import FALSE, MASKED, NOTHING_THERE, TRUE, by_distinct, iso_date, known
from licmatch.schema import ASKED_AND_NONE, FRAMES, REJECTED, REQUIRED

MAX_REASON = 300
SUMMARY_ROW = "total or signature row"
KEYS = ("partial_product_key", "oa3_partial_key")
_MOMENTS = ("collected_at", "received_at", "clock_at", "seen_at", "os_installed_at")
_DAYS = ("valid_from", "valid_to", "maintenance_to", "evaluation_end")
# Unquoted words only: a blank cell was not asked about, "none" was.
_SAID_NONE = sorted(NOTHING_THERE - {""})


def canonical_frame(kind: str, grid: Grid, label: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (frame, rejected) of one grid. InputError names the required columns that are missing."""
    cells = {header: grid.column(header) for header in grid.headers}
    text = pl.DataFrame(cells, schema=dict.fromkeys(grid.headers, pl.String()))
    sums = {place: SUMMARY_ROW for place, row in enumerate(grid.rows) if is_summary(row)}
    return canonical_rows(kind, text, grid.lines, grid.raw, label, unusable=sums)


def canonical_rows(
    kind: str, text: pl.DataFrame, lines: Sequence[int], raw: Callable[[int], bytes], label: str, *, unusable: dict[int, str] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (frame, rejected) of a table of String columns under its own headers; `lines[i]` and `raw(i)` are of row i."""
    cells = canonical_cells(kind, text, label)
    made = [by_distinct(cells[column], _value(kind, column, dtype)) for column, dtype in FRAMES[kind].items()]
    frame, _ = frame_without_keys(pl.DataFrame(made))
    refused = dict(unusable or {})
    for column in REQUIRED[kind]:
        for place in frame.with_row_index("_at").filter(pl.col(column).is_null())["_at"].to_list():
            refused.setdefault(place, f"no {column}")
    return without_refused(frame, refused, lines, raw, label)


def without_refused(
    frame: pl.DataFrame, refused: dict[int, str], lines: Sequence[int], raw: Callable[[int], bytes], label: str
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the frame without the rows of `refused` (place -> reason), and those as rejected rows."""
    if not refused:
        return frame, pl.DataFrame(schema=REJECTED)
    places = sorted(refused)
    rejected = pl.DataFrame(
        [(label, lines[place], _short(refused[place]), key_bytes(raw(place))) for place in places], schema=REJECTED, orient="row"
    )
    kept = frame.with_row_index("_at").join(pl.DataFrame({"_at": places}, schema={"_at": pl.UInt32}), on="_at", how="anti")
    return kept.sort("_at").drop("_at"), rejected


def _short(reason: str) -> str:
    """A reason may quote a cell, and a cell may be anything."""
    cut = key_text(reason)
    return cut if len(cut) <= MAX_REASON else cut[:MAX_REASON] + "…"


def canonical_cells(kind: str, text: pl.DataFrame, label: str) -> pl.DataFrame:
    """Return the cells under canonical names, still as text, null where the table has no such column. InputError as above."""
    schema, found = FRAMES[kind], find_columns(kind, text.columns)
    host = found.get("hostname") if "device_id" in REQUIRED[kind] and "device_id" not in found else None
    missing = [column for column in REQUIRED[kind] if column not in found and not (column == "device_id" and host)]
    if missing:
        raise InputError(
            f"the table of {kind} lacks {', '.join(missing)}", where=Location(label), hint="its headers are " + ", ".join(text.columns[:20])
        )
    own = {column: header for column, header in found.items() if column in schema} | ({"device_id": host} if host else {})
    return text.select((pl.col(own[column]) if column in own else pl.lit(None, dtype=pl.String)).alias(column) for column in schema)


def last_five_column(column: pl.Expr) -> pl.Expr:
    """Return the last five characters of product keys, null where there is no key.

    >>> pl.select(last_five_column(pl.lit("aaaaa-bbbbb-ccccc-ddddd-eeeee "))).item()
    'EEEEE'
    """
    tail = known(column).str.slice(-5).str.to_uppercase()
    return pl.when(tail.str.contains(r"^[0-9A-Z]{5}$") & (tail != MASKED)).then(tail)


def coded(kind: str, column: str) -> pl.Expr:
    """Return a column whose words stand for codes; a word that is not known stays as it is."""
    text = pl.col(column).str.strip_chars() if column in WORDS_KEPT else known(pl.col(column))
    table = WORDS[kind, column]
    words = {word: word for word in table.values()} | table
    return text.str.to_lowercase().replace_strict(words, default=pl.when(text != "").then(text), return_dtype=pl.String()).alias(column)


def _value(kind: str, column: str, dtype: pl.DataType) -> pl.Expr:
    text = known(pl.col(column))
    if dtype == pl.Int64:
        return text.str.replace_all("[,\uff0c]", "").str.extract(r"^(-?\d+)(?:\.0+)?\s*\D*$").cast(pl.Int64, strict=False).alias(column)
    if dtype == pl.Boolean:
        low = text.str.to_lowercase()
        return pl.when(low.is_in(TRUE)).then(True).when(low.is_in(FALSE)).then(False).otherwise(None).alias(column)
    made = last_five_column(pl.col(column)) if column in KEYS else text
    if column in ASKED_AND_NONE.get(kind, ()):
        none = pl.col(column).str.strip_chars().str.to_lowercase().is_in(_SAID_NONE)
        return pl.when(none).then(pl.lit("")).otherwise(made).alias(column)
    if (kind, column) in WORDS:
        return coded(kind, column)
    if column in _MOMENTS:
        return iso_moment(text).alias(column)
    if column.endswith("_on") or column in _DAYS:
        return iso_date(pl.col(column)).alias(column)
    return made.alias(column)
