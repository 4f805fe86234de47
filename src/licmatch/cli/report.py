"""`licmatch report`: render a result again, in another language or after a newer version of the reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from licmatch.cli.assess import REPORTS, write_reports
from licmatch.cli.language import Command, option, say
from licmatch.cli.options import campaign_option, json_option, key_and_names, pseudonymize_option, talking
from licmatch.cli.printing import print_json

if TYPE_CHECKING:
    from licmatch.result import Result


@click.command(
    "report", cls=Command, help="report",
    epilog="licmatch report result\nlicmatch report result --only html --lang en\nlicmatch report result --campaign campaign.toml",
)  # fmt: skip
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@option("--only", type=click.Choice(("html", "xlsx")), help="report-only")
@campaign_option
@pseudonymize_option
@json_option
@talking
def command(
    folder: Path, only: str | None, campaign: Path | None, pseudonymize: Path | None, names: Path | None, as_json: bool, quiet: bool
) -> None:  # fmt: skip
    """Write the reports into the folder, and seal it again."""
    from licmatch.privacy import pseudonymise
    from licmatch.programme import load_campaign
    from licmatch.result import refresh

    case = None if campaign is None else load_campaign(campaign)
    key, more = key_and_names(pseudonymize, names)

    def render(result: Result, partial: Path) -> None:
        write_reports(result if key is None else pseudonymise(result, key, more), partial, only=only, campaign=case)

    refresh(folder, render)
    paths = [str(folder / name) for kind, names in REPORTS.items() if only in (None, kind) for name in names]
    if as_json:
        print_json({"out": str(folder), "written": paths})
    elif not quiet:
        for path in paths:
            click.echo(say("report-where", path=path))
