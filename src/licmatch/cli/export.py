"""`licmatch export`: the devices of a result in the words of another standard."""

from __future__ import annotations

from pathlib import Path

import click

from licmatch.cli.language import Command, option, say
from licmatch.cli.options import json_option, talking
from licmatch.cli.printing import print_json
from licmatch.errors import UsageError


@click.command(
    "export",
    cls=Command,
    help="export",
    epilog="licmatch export result -o estate.cdx.json\nlicmatch export result --unit 440811 -o zone.cdx.json",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@option("-o", "--out", required=True, metavar="FILE", type=click.Path(path_type=Path), help="export-out")
@option("--format", type=click.Choice(["cyclonedx"]), default="cyclonedx", show_default=True, help="export-format")
@option("--unit", "units", multiple=True, metavar="ID", help="export-unit")
@json_option
@talking
def command(folder: Path, out: Path, format: str, units: tuple[str, ...], as_json: bool, quiet: bool) -> None:
    """Write one file, whole or not at all."""
    from importlib.metadata import version

    from licmatch.export import write_cyclonedx
    from licmatch.place import replacing
    from licmatch.result import read_result

    if out.suffix.lower() != ".json":
        raise UsageError(f"{out}: a bill of materials is JSON", hint="give it the ending .json, as estate.cdx.json")
    if not out.parent.is_dir():
        raise UsageError(f"the folder {out.parent} does not exist", hint="make it first")
    result = read_result(folder)
    with replacing(out) as partial:
        made = write_cyclonedx(result, partial, units=units, version=version("licmatch"))
    if as_json:
        print_json({"out": str(out), "format": format, "devices": made.devices, "components": made.components})
    elif not quiet:
        click.echo(say("export-done", out=out, devices=f"{made.devices:,}", components=f"{made.components:,}"))
