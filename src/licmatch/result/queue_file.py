"""The queue of rulings as a table that programs and spreadsheets read, and that `--rulings` reads back once it is filled in."""

from __future__ import annotations

import polars as pl

QUEUE_FILE = "rulings_queue.csv"
QUEUE_BOOK = "rulings_queue.xlsx"


def queue_csv(groups: pl.DataFrame) -> bytes:
    """Return the groups as CSV in UTF-8 with a mark of it, as spreadsheets want it.

    A cell that a spreadsheet would take for a formula begins with an apostrophe; reading rulings takes it off again.
    """
    return guarded_csv(groups)


def guarded_csv(table: pl.DataFrame) -> bytes:
    """Return any table of texts and numbers as such a CSV."""
    texts = [name for name, dtype in table.schema.items() if dtype == pl.String]
    plain = table.with_columns(pl.col(name).str.replace_all(r"[\x00-\x1f\x7f]+", " ") for name in texts)
    guarded = plain.with_columns(
        pl.when(pl.col(name).str.contains(r"^\s*[=+\-@]")).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name) for name in texts
    )
    return guarded.write_csv(include_bom=True, float_precision=6).encode("utf-8")
