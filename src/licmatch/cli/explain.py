"""`licmatch explain`: why one name is what it is."""

from __future__ import annotations

import click

from licmatch.cli.language import Command, option, spoken
from licmatch.cli.options import json_option, load_engine, recognition, talking
from licmatch.cli.printing import print_json


@click.command(
    "explain", cls=Command, help="explain", epilog='licmatch explain "Microsoft Office 专业增强版 2016" --publisher "Microsoft Corporation"'
)
@click.argument("name", metavar="NAME")
@option("--publisher", metavar="P", help="explain-publisher")
@option("--product-version", metavar="V", help="explain-version")
@recognition
@json_option
@talking
def command(
    name: str,
    publisher: str | None,
    product_version: str | None,
    catalogs: tuple[str, ...],
    no_builtin: bool,
    without: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Print the trace, the winner, the runner-up and why the others lost."""
    explanation = load_engine(catalogs, no_builtin, without).explain(name, publisher=publisher, version=product_version)
    if as_json:
        print_json(explanation.as_dict())
    elif quiet:
        click.echo(explanation.match.product_id or explanation.match.status)
    else:
        click.echo(explanation.as_text(spoken()))
