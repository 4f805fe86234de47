"""`licmatch verify`: does a result still hold, and does it add up."""

from __future__ import annotations

from pathlib import Path

import click

from licmatch.cli.language import Command, option, say, spoken
from licmatch.cli.options import json_option, talking
from licmatch.cli.printing import print_json
from licmatch.errors import EXIT_DONE, EXIT_INPUT


@click.command("verify", cls=Command, help="verify", epilog="licmatch verify result\nlicmatch verify result --expect 5f2c…")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@option("--expect", metavar="SHA256", help="verify-expect")
@json_option
@talking
def command(folder: Path, expect: str | None, as_json: bool, quiet: bool) -> int:
    """Look at every file and every total; print what does not hold."""
    from licmatch.result import verify
    from licmatch.result.verify import worded

    found = verify(folder, expect=expect)
    if as_json:
        faults = [{"code": fault.code, "file": fault.file, "text": worded(fault, spoken())} for fault in found.faults]
        print_json({"holds": found.holds, "files": found.files, "manifest_sha256": found.manifest_sha256, "faults": faults})
    else:
        for fault in found.faults:
            click.echo(worded(fault, spoken()))
        if not quiet:
            click.echo(say("verify-holds" if found.holds else "verify-broken", files=found.files, count=len(found.faults)))
            click.echo(say("verify-seal", sha256=found.manifest_sha256))
    return EXIT_DONE if found.holds else EXIT_INPUT
