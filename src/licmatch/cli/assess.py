"""`licmatch assess`: an inventory in, a result folder out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licmatch.cli.language import Command, asked, option, say
from licmatch.cli.options import (
    campaign_option,
    day,
    json_option,
    key_and_names,
    load_engine,
    memory_option,
    profile_option,
    pseudonymize_option,
    recognition,
    remembering,
    store_option,
    talking,
)
from licmatch.cli.printing import print_json, warn_of
from licmatch.cli.progress import Bar
from licmatch.errors import EXIT_DONE, EXIT_FAILED_POLICY, UsageError

if TYPE_CHECKING:
    from licmatch.ingest import Inventory
    from licmatch.match import Engine
    from licmatch.programme import Case
    from licmatch.result import Result

ROWS_FILE = "rows.parquet"
# What the reports open in when nobody said: the environment must not change a byte of them.
REPORT_LANGUAGE = "zh"
REPORTS = {"html": ("report.html",), "xlsx": ("report.xlsx", "rulings_queue.xlsx")}


@click.command(
    "assess",
    cls=Command,
    help="assess",
    epilog="licmatch assess dumps/ -o result --devices devices.csv --units units.csv --as-of 2026-11-30\n"
    "licmatch assess dumps/ -o result --fail-on cracked --fail-under 80",
)
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@option("-o", "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="assess-out")
@option("--format", "input_format", metavar="F", help="format-option")
@profile_option
@option("--device-from", type=click.Choice(("auto", "content", "file", "folder")), default="auto", help="device-from")
@option("--devices", metavar="F", help="devices")
@option("--units", metavar="F", help="units")
@option("--activations", metavar="F", help="activations")
@option("--traces", metavar="F", help="traces")
@option("--entitlements", metavar="F", help="entitlements")
@option("--rulings", metavar="F", help="rulings")
@option("--organisation", metavar="F", help="organisation")
@option("--ledger", metavar="F", help="ledger")
@option("--previous", metavar="DIR", type=click.Path(path_type=Path), help="previous")
@option("--policy", metavar="F", help="policy")
@option("--as-of", metavar="DATE", callback=day, help="as-of")
@option("--fail-on", multiple=True, metavar="VERDICT", help="fail-on")
@option("--fail-under", type=click.FloatRange(0, 100), metavar="POINTS", help="fail-under")
@option("--rows", is_flag=True, help="rows")
@option("--no-report", is_flag=True, help="no-report")
@campaign_option
@recognition
@store_option
@memory_option
@pseudonymize_option
@json_option
@talking
def command(
    inputs: tuple[str, ...],
    out: Path,
    input_format: str | None,
    profiles: tuple[str, ...],
    device_from: str,
    devices: str | None,
    units: str | None,
    activations: str | None,
    traces: str | None,
    entitlements: str | None,
    rulings: str | None,
    organisation: str | None,
    ledger: str | None,
    previous: Path | None,
    policy: str | None,
    as_of: date | None,
    fail_on: tuple[str, ...],
    fail_under: float | None,
    rows: bool,
    no_report: bool,
    campaign: Path | None,
    catalogs: tuple[str, ...],
    no_builtin: bool,
    without: tuple[str, ...],
    store: Path | None,
    memory_limit: int | None,
    pseudonymize: Path | None,
    names: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Read, judge, roll up, write; then look at the gates."""
    from licmatch.assess.policy import load_policy
    from licmatch.assess.side_by_side import side_by_side
    from licmatch.ingest import Notice, read_inventory

    if rows and pseudonymize is not None:
        raise UsageError("--rows writes the inventory as it is, so it cannot go with --pseudonymize", hint="leave one of them out")
    if campaign is not None and no_report:
        raise UsageError("--campaign puts the board into the reports, so it cannot go with --no-report", hint="leave one of them out")
    # Read before the work begins: a fault in it should not cost an hour.
    case = None if campaign is None else _campaign(campaign)
    key, more = key_and_names(pseudonymize, names)
    rules = load_policy(policy)
    _check_verdicts(fail_on, rules.states())
    context = click.get_current_context()
    with _reserved(out), Bar(quiet) as bar:
        bar.step("reading")

        def loaded() -> Engine:
            """Load all that judging asks, its modules first: plain Python, while reading is polars' work."""
            import licmatch.pipeline
            from licmatch.assess.judgement import judging_needs

            if not no_report:
                import licmatch.report  # noqa: F401 - asked for at the end

            # A thread has no context of its own, and what the options said of trusted keys stands in it.
            with context.scope(cleanup=False):
                engine = load_engine(catalogs, no_builtin, without)
            judging_needs(engine)
            return engine

        def read() -> Inventory:
            limited = memory_limit is not None
            return read_inventory(
                inputs, format=input_format, device_from=device_from, profiles=profiles, progress=bar.update, limited=limited
            )

        engine, inventory = side_by_side(loaded, read)
        from licmatch.pipeline import assess

        bar.step("assessing")

        def further_files(result: Result, folder: Path) -> None:
            bar.step("reporting")
            if rows:
                write_rows(result, inventory, folder)
            if not no_report:
                write_reports(result, folder, campaign=case)

        with remembering(engine, store) as asked_engine:
            result = assess(
                inventory, devices=devices, units=units, activations=activations, traces=traces, entitlements=entitlements, rulings=rulings,
                organisation=organisation, ledger=ledger, policy=rules, as_of=as_of, engine=asked_engine, without=without, out=out,
                previous=previous, pseudonymize=key, names=more, reports=further_files,
                memory_limit=memory_limit,
            )  # fmt: skip
    warn_of((Notice(**notice) for notice in result.manifest["notices"]), result.rejected, quiet=quiet)
    failed = failures(result, fail_on, fail_under)
    if as_json:
        print_json({"out": str(out), "as_of": result.manifest["as_of"], "totals": result.manifest["totals"], "failed": failed})
    elif not quiet:
        from licmatch.cli.summary import print_summary

        print_summary(result)
        click.echo(say("assess-where", out=out))
        if not no_report:
            click.echo(say("report-where", path=out / "report.html"))
    for failure in failed:
        click.echo(failure, err=True)
    return EXIT_FAILED_POLICY if failed else EXIT_DONE


def _campaign(file: Path) -> Case:
    from licmatch.programme import load_campaign

    return load_campaign(file)


@contextmanager
def _reserved(out: Path) -> Iterator[None]:
    """Hold the place of the result. Only where something stands there, all that knows results is asked whether it may go."""
    from licmatch.place import claimed

    with claimed(out):
        if out.exists() or out.is_symlink():
            from licmatch.result import reserved

            with reserved(out):
                pass
        yield


def write_reports(result: Result, folder: Path, *, only: str | None = None, campaign: Case | None = None) -> None:
    """Write the files of `REPORTS` into an unfinished result, or those of one kind only; the board of a campaign is that of its day."""
    from licmatch.assess.side_by_side import side_by_side
    from licmatch.report import write_html, write_rulings_book, write_xlsx

    lang = asked() or REPORT_LANGUAGE
    rows = None
    if campaign is not None:
        from licmatch.programme import board, report_rows

        # Who holds a role may be a person, of whom a result under pseudonyms must not speak.
        rows = report_rows(board(campaign, result), holders=not result.manifest.get("pseudonymised"))

    def page() -> None:
        write_html(result, folder / "report.html", lang=lang, board=rows)

    def books() -> None:
        write_xlsx(result, folder / "report.xlsx", lang=lang, board=rows)
        # In both languages at once: it goes from the office that runs licmatch to the one that rules.
        write_rulings_book(result, folder / "rulings_queue.xlsx")

    if only is None and not result.waits_in_files():
        # The page takes longest, and asks for numbers first; the workbooks ask for what waits, and the numbers are there by then.
        side_by_side(page, books)
    else:
        if only != "xlsx":
            page()
        if only != "html":
            books()


def write_rows(result: Result, inventory: Inventory, folder: Path) -> None:
    """Write every usable inventory row with its `lm_` columns, streamed, in input order."""
    from licmatch.match.stream import join_back

    join_back(inventory.software, result.matches, "name", "publisher", "version").sink_parquet(folder / ROWS_FILE, engine="streaming")


def failures(result: Result, verdicts: Sequence[str], points: float | None) -> list[str]:
    """Return a sentence for each gate that was met; points that cannot be told are under any number."""
    from licmatch.result.brief import top_units

    told = []
    for verdict in dict.fromkeys(verdicts):
        count = int((result.findings["verdict"] == verdict).sum())
        if count:
            told.append(say("gate-verdict", count=count, verdict=verdict))
    if points is not None:
        for unit, low in top_units(result).select("name", "points_low").iter_rows():
            if low is None or low < points:
                told.append(say("gate-points", unit=unit, low="–" if low is None else f"{low:.2f}", points=f"{points:g}"))
    return told


def _check_verdicts(verdicts: Sequence[str], known: dict[str, str]) -> None:
    for verdict in verdicts:
        if verdict not in known:
            raise UsageError(f"there is no verdict '{verdict}'", hint="the verdicts are: " + ", ".join(sorted(known)))
