"""`licmatch diff`: which names, devices, units and points moved between two results, and why."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licmatch.cli.language import Command, option, say, spoken
from licmatch.cli.options import json_option, talking
from licmatch.cli.printing import print_json, print_table
from licmatch.errors import UsageError
from licmatch.messages import message, texts

if TYPE_CHECKING:
    import polars as pl

TOP = 20


@click.command("diff", cls=Command, help="diff", epilog="licmatch diff result-spring result-autumn\nlicmatch diff old new -o moved.xlsx")
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path))
@option("-o", "--out", metavar="FILE", type=click.Path(path_type=Path), help="diff-out")
@option("--top", type=click.IntRange(0), metavar="N", help="diff-top")
@json_option
@talking
def command(old: Path, new: Path, out: Path | None, top: int | None, as_json: bool, quiet: bool) -> None:
    """Compare two result folders table by table."""
    from licmatch.result import diff, read_result

    if out is not None and out.suffix.lower() not in (".xlsx", ".csv"):
        raise UsageError(f"{out}: the ending names no format", hint="use .xlsx, or .csv for a file a table")
    moved = diff(read_result(old), read_result(new))
    written = [] if out is None else _write(moved, out)
    if as_json:
        rows = {name: (table if top is None else table.head(top)).to_dicts() for name, table in moved.items()}
        print_json({"moved": {name: table.height for name, table in moved.items()}, "written": written, **rows})
        return
    for path in written:
        click.echo(say("diff-written", path=path))
    if written:
        return
    for name, table in moved.items():
        if quiet and not table.height:
            continue
        click.echo(say(f"diff-{name}", count=table.height))
        shown = table.head(TOP if top is None else top)
        if shown.height:
            header, rows_shown = _cells(name, shown)
            print_table(header, rows_shown)


def _write(moved: dict[str, pl.DataFrame], out: Path) -> list[str]:
    """Write the whole tables as one workbook, or as a CSV each beside the name given; return the paths."""
    from licmatch.place import replacing
    from licmatch.report import tables_book
    from licmatch.result.queue_file import guarded_csv

    if out.suffix.lower() == ".xlsx":
        sheets = {say(f"diff-sheet-{name}"): chain([_header(table)], _worded(table)) for name, table in moved.items()}
        with replacing(out) as partial:
            partial.write_bytes(tables_book(sheets))
        return [str(out)]
    paths = {name: out.with_name(f"{out.stem}-{name}{out.suffix}") for name in moved}
    for name, path in paths.items():
        with replacing(path) as partial:
            partial.write_bytes(guarded_csv(moved[name]))
    return [str(path) for path in paths.values()]


def _header(table: pl.DataFrame) -> list[str | int | float | None]:
    header: list[str | int | float | None] = []
    for column in table.columns:
        bare = column.removesuffix("_old").removesuffix("_new")
        when = "" if bare == column else f" ({message('diff.old' if column.endswith('_old') else 'diff.new', spoken())})"
        header.append(_title(bare) + when)
    return header


def _worded(table: pl.DataFrame) -> Iterator[list[str | int | float | None]]:
    """Rows with codes in words; numbers stay numbers."""
    for row in table.iter_rows(named=True):
        said: list[str | int | float | None] = []
        for column, value in row.items():
            bare = column.removesuffix("_old").removesuffix("_new")
            plain = value is None or (isinstance(value, int | float) and not isinstance(value, bool))
            said.append(value if plain else _code(bare, value))
        yield said


def _cells(name: str, table: pl.DataFrame) -> tuple[list[str], list[list[object]]]:
    """Old and new side by side in one cell, so that a line of a terminal holds a row."""
    pairs = [column.removesuffix("_old") for column in table.columns if column.endswith("_old")]
    plain = [column for column in table.columns if not column.endswith(("_old", "_new"))]
    header = [_title(column) for column in (*plain, *pairs)]
    rows: list[list[object]] = []
    for row in table.iter_rows(named=True):
        said = [_code(column, row[column]) if column in ("why", "cause") else _number(row[column]) for column in plain]
        for pair in pairs:
            before, after = (_code(pair, row[f"{pair}_{when}"]) for when in ("old", "new"))
            said.append(before if before == after else f"{before} → {after}")
        rows.append(said)
    return header, rows


def _title(column: str) -> str:
    known = texts(spoken())
    return next((known[key] for key in (f"diff.{column}", f"report.{column}") if key in known), column)


def _code(kind: str, value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return message("report.yes" if value else "report.no", spoken())
    known = texts(spoken())
    return next((known[key] for key in (f"diff.{kind}_{value}", f"report.{kind}_{value}") if key in known), str(value))


def _number(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value
