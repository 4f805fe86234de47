"""`licmatch report`: render a result again, in another language or after a newer version of the reports."""

from __future__ import annotations

from pathlib import Path

import click

from licmatch.cli.assess import REPORTS, write_reports
from licmatch.cli.language import Command, option, say
from licmatch.cli.options import json_option, talking
from licmatch.cli.printing import print_json


@click.command("report", cls=Command, help="report", epilog="licmatch report result\nlicmatch report result --only html --lang en")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@option("--only", type=click.Choice(("html", "xlsx")), help="report-only")
@json_option
@talking
def command(folder: Path, only: str | None, as_json: bool, quiet: bool) -> None:
    """Write the reports into the folder, and seal it again."""
    from licmatch.result import refresh

    refresh(folder, lambda result, partial: write_reports(result, partial, only=only))
    paths = [str(folder / name) for kind, names in REPORTS.items() if only in (None, kind) for name in names]
    if as_json:
        print_json({"out": str(folder), "written": paths})
    elif not quiet:
        for path in paths:
            click.echo(say("report-where", path=path))
