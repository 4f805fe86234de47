"""`licmatch formats`: which inventory formats are read, and what each gives."""

from __future__ import annotations

from dataclasses import asdict

import click

from licmatch.cli.language import Command, say
from licmatch.cli.options import json_option, talking
from licmatch.cli.printing import print_json, print_table


@click.command("formats", cls=Command, help="formats", epilog="licmatch formats\nlicmatch formats --json")
@json_option
@talking
def command(as_json: bool, quiet: bool) -> None:
    """List the readers."""
    from licmatch.ingest import formats

    known = formats()
    if as_json:
        print_json([asdict(known_format) for known_format in known])
    elif quiet:
        click.echo("\n".join(each.id for each in known))
    else:
        rows = [(each.id, each.title, ", ".join(each.emits)) for each in known]
        print_table([say(f"formats-{column}") for column in ("id", "title", "emits")], rows)
