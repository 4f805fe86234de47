"""A large CSV that the scanner would misread, written again so that it can be scanned: titles, blank lines, stray quotes gone."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from licmatch.errors import InputError, Location
from licmatch.ingest.document import Document
from licmatch.ingest.grid import MAX_CELL, grid_of_text, is_summary
from licmatch.ingest.product_keys import key_bytes
from licmatch.place import scratch_folder
from licmatch.schema import REJECTED

SAMPLE = 1 << 16
# The line each record had in the file it came from.
LINE = "source_row"
SHIFTED = "COLUMN_SHIFT: more cells than headers"
SUMMARY_ROW = "total or signature row"


@dataclass(frozen=True, slots=True)
class TidyCsv:
    """A clean UTF-8 CSV: the column `source_row`, then the headers; what was no record is in `rejected`."""

    path: Path
    headers: list[str]
    rejected: pl.DataFrame


def tidy_csv(label: str, path: Path, encoding: str) -> TidyCsv | None:
    """Return the file written again record by record, never held whole; None when no header is known in its beginning.

    InputError when a cell is so large that a quote must have been left open.
    """
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(SAMPLE)
    grid = grid_of_text(
        Document(label, sample[: sample.rfind("\n") + 1].removeprefix("\ufeff").encode(errors="replace"), encoding="utf-8"), kind=None
    )
    if grid is None or grid.headers[0].casefold() == "node":
        return None
    width = len(grid.headers)
    target = scratch_folder() / "table.csv"
    rejected: list[tuple[str, int, str, bytes]] = []
    before = csv.field_size_limit(MAX_CELL)
    line = 0
    try:
        with path.open(encoding=encoding, errors="replace", newline="") as source, target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([LINE, *grid.headers])
            reader = csv.reader(source, delimiter=grid.delimiter)
            for row in reader:
                first, line = line + 1, reader.line_num
                if first <= grid.header_line or not any(row):
                    continue
                if is_summary(row) or (len(row) > width and any(cell.strip() for cell in row[width:])):
                    reason = SUMMARY_ROW if is_summary(row) else SHIFTED
                    rejected.append((label, first, reason, key_bytes(grid.delimiter.join(row).encode(encoding, errors="replace"))))
                    continue
                writer.writerow([first, *row[:width], *[""] * (width - len(row))])
    except csv.Error as error:
        raise InputError(
            f"the table breaks off: {error}", where=Location(label, line + 1), hint="look for a quote that is never closed"
        ) from error
    finally:
        csv.field_size_limit(before)
    return TidyCsv(target, grid.headers, pl.DataFrame(rejected, schema=REJECTED, orient="row"))
