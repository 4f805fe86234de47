"""`licmatch demo`: a county that never was, assessed as a real one would be."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licmatch.cli.language import Command, option, say
from licmatch.cli.options import json_option, load_engine, talking
from licmatch.cli.printing import print_json
from licmatch.cli.progress import Bar
from licmatch.errors import UsageError

if TYPE_CHECKING:
    from licmatch.result import Result

DEVICES = 5000
SEED = 20050613
# The day the county is judged for; fixed, so that the demo is the same on every day and machine.
AS_OF = date(2026, 11, 30)
# Told by this file from any other folder: only a county that the demo made may be replaced.
COUNTY_MARK = "truth.parquet"


@click.command("demo", cls=Command, help="demo", epilog="licmatch demo\nlicmatch demo -o small --devices 200 --seed 7")
@option("-o", "--out", metavar="DIR", type=click.Path(path_type=Path), default=Path("demo-result"), show_default=True, help="demo-out")
@option("--devices", metavar="N", type=click.IntRange(1, 1_000_000), default=DEVICES, show_default=True, help="demo-devices")
@option("--seed", metavar="N", type=click.IntRange(0), default=SEED, show_default=True, help="demo-seed")
@json_option
@talking
def command(out: Path, devices: int, seed: int, as_json: bool, quiet: bool) -> None:
    """Generate, assess, print a short table, say where the report is."""
    from licmatch.cli.assess import write_reports
    from licmatch.cli.summary import print_summary
    from licmatch.demo import generate_county
    from licmatch.pipeline import assess
    from licmatch.programme import load_campaign

    county = county_folder(out)

    def reports(result: Result, folder: Path) -> None:
        write_reports(result, folder, campaign=load_campaign(county / "campaign.toml"))

    with Bar(quiet) as bar:
        bar.step("loading")
        engine = load_engine((), False, ())
        bar.step("generating")
        paths = generate_county(county, devices=devices, seed=seed, as_of=AS_OF)
        bar.step("assessing")
        result = assess(
            [paths.inventory], devices=paths.devices, units=paths.units, activations=paths.activations, traces=paths.traces,
            entitlements=paths.entitlements, organisation=paths.organisation, ledger=paths.ledger, as_of=AS_OF, engine=engine,
            out=out, reports=reports, progress=bar.update,
        )  # fmt: skip
    if as_json:
        print_json({"county": str(county), "out": str(out), "report": str(out / "report.html"), "totals": result.manifest["totals"]})
        return
    if not quiet:
        click.echo(say("demo-county", devices=devices, seed=seed, folder=county))
        print_summary(result)
    click.echo(say("report-where", path=out / "report.html"))


def county_folder(out: Path) -> Path:
    """Return the folder beside the result that the county goes to, emptied of an earlier county and of nothing else."""
    county = out.with_name(out.name.removesuffix("-result") + "-county")
    if (county / COUNTY_MARK).is_file():
        # Files of a larger county must not stay beside those of a smaller one.
        shutil.rmtree(county)
    elif county.exists() and (not county.is_dir() or any(county.iterdir())):
        raise UsageError(f"{county} exists and is no county of the demo", hint="choose another -o, or move it away")
    return county
