"""`licmatch merge`: results of several places added up; or one made fit to be sent upward."""

from __future__ import annotations

from pathlib import Path

import click

from licmatch.cli.assess import write_reports
from licmatch.cli.language import Command, option, say
from licmatch.cli.options import json_option, key_and_names, pseudonymize_option, talking
from licmatch.cli.printing import print_json, warn_of
from licmatch.cli.progress import Bar
from licmatch.errors import UsageError


@click.command(
    "merge", cls=Command, help="merge",
    epilog="licmatch merge county-a county-b county-c -o city --units city.csv\n"
    "licmatch merge county-a -o for-the-city --summary-only --pseudonymize county.key",
)  # fmt: skip
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@option("-o", "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="merge-out")
@option("--units", metavar="F", type=click.Path(path_type=Path), help="merge-units")
@option("--name", metavar="NAME", help="merge-name")
@option("--policy", metavar="F", type=click.Path(path_type=Path), help="merge-policy")
@option("--mixed", is_flag=True, help="merge-mixed")
@option("--summary-only", is_flag=True, help="summary-only")
@pseudonymize_option
@option("--no-report", is_flag=True, help="no-report")
@json_option
@talking
def command(
    folders: tuple[Path, ...],
    out: Path,
    units: Path | None,
    name: str | None,
    policy: Path | None,
    mixed: bool,
    summary_only: bool,
    pseudonymize: Path | None,
    names: Path | None,
    no_report: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Read, check, add up; leave out or replace what must not be sent; write."""
    from licmatch import result as results
    from licmatch.ingest import Notice
    from licmatch.merge import merge, read_part
    from licmatch.privacy import pseudonymise

    key, more = key_and_names(pseudonymize, names)
    if len(folders) == 1 and not (summary_only or key):
        raise UsageError(
            "there is only one result", hint="give the folders of two or more; one alone goes with --summary-only or --pseudonymize"
        )
    if any(out.resolve() == folder.resolve() for folder in folders):
        raise UsageError("the merged result would take the place of one of its parts", hint="choose another -o")
    with results.reserved(out), Bar(quiet) as bar:
        bar.step("merging")
        alone = len(folders) == 1
        made = read_part(folders[0]).result if alone else merge(folders, units=units, name=name, policy=policy, mixed=mixed)
        # First the names are replaced, as long as the tables that tell them are there.
        if key is not None:
            made = pseudonymise(made, key, more)
        if summary_only:
            made = results.summary_only(made)

        def reports(folder: Path) -> None:
            bar.step("reporting")
            write_reports(made, folder)

        results.write_result(made, out, extra=None if no_report else reports)
    if not quiet:
        warn_of((Notice(**notice) for notice in made.manifest["notices"] if notice["code"].startswith("MERGE_")), made.rejected.clear())
    totals = made.manifest["totals"]
    if as_json:
        print_json({"out": str(out), "as_of": made.manifest["as_of"], "parts": made.manifest.get("parts") or [], "totals": totals})
    elif not quiet:
        from licmatch.cli.summary import print_summary

        print_summary(made)
        click.echo(say("merge-done", parts=len(folders), **totals))
        click.echo(say("merge-where", out=out))
        if not no_report:
            click.echo(say("report-where", path=out / "report.html"))
