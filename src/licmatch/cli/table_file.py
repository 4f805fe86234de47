"""Write one table to a file by the ending of its name, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from licmatch.errors import InputError, UsageError
from licmatch.place import replacing, tells_of_writing
from licmatch.schema import MATCH_COLUMNS

# What a worksheet holds: rows with the header, characters in a cell, whole numbers without loss.
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
EXACT_NUMBER = 2**53
# A workbook bears a date; the same rows are to be the same bytes, so it is not today's.
CREATED = datetime(2000, 1, 1)
_TYPES = "ARROW:schema"


def check_target(out: Path, inputs: Sequence[str] = ()) -> None:
    """Raise UsageError when the ending names no format, the folder is not there, or OUT is an input, before any work is done."""
    if out.suffix.lower() not in _WRITERS:
        raise UsageError(f"{out}: the ending of OUT names no format", hint="use one of " + " ".join(sorted(_WRITERS)))
    if out.is_dir():
        raise UsageError(f"{out} is a folder", hint="name a file in it")
    if not out.parent.is_dir():
        raise UsageError(f"the folder {out.parent} does not exist", hint="make it first")
    for name in inputs:
        given = Path(name)
        if out.exists() and given.exists() and (given.samefile(out) or (given.is_dir() and given.resolve() in out.resolve().parents)):
            raise UsageError(f"{out} is one of the inputs; it would be written over", hint="name another file")


def write_table(frame: pl.LazyFrame, out: Path) -> None:
    """Write the frame as .parquet, .csv, .jsonl or .xlsx; all but a workbook are streamed.

    Raises InputError when the source cannot be read to its end, or holds what the format cannot; OUT is then as it was.
    """
    suffix = out.suffix.lower()
    nested = [name for name, dtype in frame.collect_schema().items() if dtype.is_nested() or dtype == pl.Binary]
    if nested and suffix in (".csv", ".xlsx"):
        raise InputError(f"column '{nested[0]}' holds lists, records or bytes, which {suffix} cannot", hint="choose .parquet or .jsonl")
    with replacing(out) as partial:
        try:
            _WRITERS[suffix](frame, partial)
        except pl.exceptions.PolarsError as error:
            if tells_of_writing(error):
                raise
            raise InputError(f"the input could not be read to its end: {' '.join(str(error).split())[:300]}") from error


def _parquet(frame: pl.LazyFrame, path: Path) -> None:
    """Answers that come as lists of texts (Enum) stand in the file as texts: a file of Parquet lists the texts of a column anyway."""
    schema = frame.collect_schema()
    listed = [column for column in MATCH_COLUMNS if isinstance(schema.get(column), pl.Enum)]
    told = pl.Schema({column: pl.String() if column in listed else dtype for column, dtype in schema.items()})
    empty = BytesIO()
    told.to_frame().write_parquet(empty)
    empty.seek(0)
    # What readers take the types of columns from: stored by polars under this name, and written in place of its own.
    types = {_TYPES: pl.read_parquet_metadata(empty)[_TYPES]}
    frame.sink_parquet(path, engine="streaming", metadata=types)
    if pl.read_parquet_schema(path) != told:
        # A polars that takes its own types all the same: then the texts are told apart once more.
        frame.with_columns(pl.col(listed).cast(pl.String)).sink_parquet(path, engine="streaming")


def _csv(frame: pl.LazyFrame, path: Path) -> None:
    frame.sink_csv(path, engine="streaming")


def _jsonl(frame: pl.LazyFrame, path: Path) -> None:
    frame.sink_ndjson(path, engine="streaming")


def _xlsx(frame: pl.LazyFrame, path: Path) -> None:
    rows = frame.select(pl.len()).collect(engine="streaming").item()
    if rows >= SHEET_ROWS:
        raise UsageError(f"{rows} rows do not fit into a worksheet, which holds {SHEET_ROWS - 1}", hint="choose .parquet, .csv or .jsonl")
    table = frame.collect(engine="streaming")
    longest = table.select(pl.col(pl.String).str.len_chars().max()).row(0) if pl.String in table.dtypes else ()
    if any((length or 0) > CELL_CHARACTERS for length in longest):
        raise InputError(f"a cell is longer than the {CELL_CHARACTERS} characters a workbook holds", hint="choose .parquet, .csv or .jsonl")
    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), settings) as book:
        book.set_properties({"created": CREATED})
        sheet = book.add_worksheet("match")
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, name, bold)
        for row, cells in enumerate(table.iter_rows(), start=1):
            for column, cell in enumerate(cells):
                if cell is not None:
                    _write_cell(sheet, row, column, cell)


def _write_cell(sheet: Any, row: int, column: int, cell: object) -> None:
    from licmatch.report.workbook_table import write_text

    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif (isinstance(cell, float) and isfinite(cell)) or (isinstance(cell, int) and abs(cell) <= EXACT_NUMBER):
        sheet.write_number(row, column, cell)
    else:
        write_text(sheet, row, column, str(cell))


_WRITERS: dict[str, Callable[[pl.LazyFrame, Path], None]] = {".parquet": _parquet, ".csv": _csv, ".jsonl": _jsonl, ".xlsx": _xlsx}
