"""`licmatch diff`: which names, devices, units and points moved between two results, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from licmatch.cli.language import Command, option, say, spoken
from licmatch.cli.options import json_option, talking
from licmatch.cli.printing import print_json, print_table
from licmatch.messages import message, texts

if TYPE_CHECKING:
    import polars as pl

TOP = 20


@click.command("diff", cls=Command, help="diff", epilog="licmatch diff result-spring result-autumn\nlicmatch diff old new --top 100 --json")
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path))
@option("--top", type=click.IntRange(0), metavar="N", help="diff-top")
@json_option
@talking
def command(old: Path, new: Path, top: int | None, as_json: bool, quiet: bool) -> None:
    """Compare two result folders table by table."""
    from licmatch.result import diff, read_result

    moved = diff(read_result(old), read_result(new))
    if as_json:
        rows = {name: (table if top is None else table.head(top)).to_dicts() for name, table in moved.items()}
        print_json({"moved": {name: table.height for name, table in moved.items()}, **rows})
        return
    for name, table in moved.items():
        if quiet and not table.height:
            continue
        click.echo(say(f"diff-{name}", count=table.height))
        shown = table.head(TOP if top is None else top)
        if shown.height:
            header, rows_shown = _cells(name, shown)
            print_table(header, rows_shown)


def _cells(name: str, table: pl.DataFrame) -> tuple[list[str], list[list[object]]]:
    """Old and new side by side in one cell, so that a line of a terminal holds a row."""
    pairs = [column.removesuffix("_old") for column in table.columns if column.endswith("_old")]
    plain = [column for column in table.columns if not column.endswith(("_old", "_new"))]
    header = [_title(column) for column in (*plain, *pairs)]
    rows: list[list[object]] = []
    for row in table.iter_rows(named=True):
        said = [_reason(row[column]) if column == "why" else _number(row[column]) for column in plain]
        for pair in pairs:
            before, after = (_code(pair, row[f"{pair}_{when}"]) for when in ("old", "new"))
            said.append(before if before == after else f"{before} → {after}")
        rows.append(said)
    return header, rows


def _title(column: str) -> str:
    known = texts(spoken())
    return next((known[key] for key in (f"diff.{column}", f"report.{column}") if key in known), column)


def _reason(code: str) -> str:
    return message(f"diff.why_{code}", spoken())


def _code(kind: str, value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return message("report.yes" if value else "report.no", spoken())
    return texts(spoken()).get(f"report.{kind}_{value}", str(value))


def _number(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value
