"""`licmatch match`: a table in, the same table with the columns of recognition out."""

from __future__ import annotations

from pathlib import Path

import click

from licmatch.cli.language import Command, option, say
from licmatch.cli.options import json_option, load_engine, profile_option, recognition, remembering, store_option, talking
from licmatch.cli.printing import print_json, warn_of
from licmatch.cli.progress import Bar


@click.command(
    "match",
    cls=Command,
    help="match",
    epilog="licmatch match software.csv -o recognised.parquet --name 软件名称\nlicmatch match 'dumps/*.csv' -o all.xlsx --lang zh",
)
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@option("-o", "--out", required=True, metavar="OUT", type=click.Path(path_type=Path), help="match-out")
@option("--format", "input_format", metavar="F", help="format-option")
@profile_option
@option("--name", metavar="COL", help="name-column")
@option("--publisher", metavar="COL", help="publisher-column")
@option("--version", metavar="COL", help="version-column")
@recognition
@store_option
@json_option
@talking
def command(
    inputs: tuple[str, ...],
    out: Path,
    input_format: str | None,
    profiles: tuple[str, ...],
    name: str | None,
    publisher: str | None,
    version: str | None,
    catalogs: tuple[str, ...],
    no_builtin: bool,
    without: tuple[str, ...],
    store: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Read, decide once per distinct name, join back, write."""
    from licmatch.cli.table_file import check_target, write_table
    from licmatch.ingest import read_names
    from licmatch.match.stream import decide_distinct, join_back, totals

    check_target(out, inputs)
    with Bar(quiet) as bar:
        bar.step("loading")
        engine = load_engine(catalogs, no_builtin, without)
        bar.step("reading")
        table = read_names(inputs, format=input_format, name=name, publisher=publisher, version=version, profiles=profiles)
        bar.step("matching")
        with remembering(engine, store) as asked:
            decided = decide_distinct(table.frame, asked, table.name, table.publisher, table.version)
        bar.step("writing")
        write_table(join_back(table.frame, decided, table.name, table.publisher, table.version, listed=True), out)
    counts = {**totals(decided), "rejected": table.rejected.height}
    warn_of(table.notices, table.rejected, quiet=quiet)
    if as_json:
        print_json({"out": str(out), **counts})
    elif not quiet:
        click.echo(say("match-done", out=out, **counts))
