"""Print tables, JSON and warnings the same way in every command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from licmatch.cli.language import say, spoken
from licmatch.cli.wording import in_words
from licmatch.messages import texts

if TYPE_CHECKING:
    import polars as pl

    from licmatch.ingest import Notice

# So many rejected rows are shown; all of them are counted.
SHOWN = 5


def print_json(value: object) -> None:
    """Print one JSON document, readable, its keys as they come."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[int] = ()) -> None:
    """Print a table whose columns line up with Chinese in them; `right` names the columns of numbers."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.ASCII2 if _narrow_code_page() else box.SIMPLE_HEAD, pad_edge=False)
    for index, title in enumerate(header):
        table.add_column(title, justify="right" if index in right else "left", overflow="fold")
    for row in rows:
        # Text, not markup: a name such as "[red]" is a name.
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console = Console(highlight=False)
    # Into a file or a pipe nothing is folded to the width of a terminal that is not there.
    if not console.is_terminal:
        console = Console(highlight=False, width=10_000)
    console.print(table)


def warn_of(notices: Iterable[Notice], rejected: pl.DataFrame, *, quiet: bool = False) -> None:
    """Say on standard error what was damaged, partial or could not be used; that rows were left out is said even when quiet."""
    if not quiet:
        for notice in notices:
            click.echo(say("notice", text=_worded(notice)), err=True)
    if rejected.height:
        click.echo(say("rejected" if not quiet else "rejected-quiet", count=rejected.height), err=True)
    if not quiet:
        for file, line, reason in rejected.head(SHOWN).select("file", "line", "reason").iter_rows():
            click.echo(f"  {file}{'' if line is None else f':{line}'}: {in_words(reason)}", err=True)
        if rejected.height > SHOWN:
            click.echo("  " + say("rejected-more", count=rejected.height - SHOWN), err=True)


def _worded(notice: Notice) -> str:
    """Return the sentence of a notice; each stage words its own codes, and a code nobody words stands for itself."""
    known = texts(spoken())
    for stage in ("ingest", "assess", "merge", "report", "forms"):
        key = f"{stage}.{'notice_' if stage in ('report', 'forms') else ''}{notice.code.lower()}"
        if key in known:
            return known[key].format(file=notice.file, count=notice.count, detail=notice.detail)
    return f"{notice.file}: {notice.code} ({notice.count}): {notice.detail}"


def _narrow_code_page() -> bool:
    return not (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
