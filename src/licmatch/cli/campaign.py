"""`licmatch campaign`: milestones, records, what is late and what blocks what."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licmatch.cli.language import Command, asked, option, say, spoken
from licmatch.cli.options import day, json_option, talking
from licmatch.cli.printing import print_json, print_table
from licmatch.errors import EXIT_DONE, EXIT_FAILED_POLICY, UsageError

if TYPE_CHECKING:
    from licmatch.programme import Board

STATUSES = ("done_late", "due_soon", "late", "missing")
# Tables that the console shows; the others stand in the file and in --json. With --unit the item by item ones too.
SHOWN = ("overview", "next", "places", "scores", "faults", "slack")
OF_A_UNIT = ("rows", "next", "places", "scores", "items", "vetoes", "groups", "faults")
MOST_FAULTS = 30


@click.command(
    "campaign",
    cls=Command,
    help="campaign",
    epilog="licmatch campaign --example zhanjiang > campaign.toml\nlicmatch campaign campaign.toml --as-of 2005-07-25 -o board.xlsx\n"
    "licmatch campaign campaign.toml result --unit 440823",
)
@click.argument("file", metavar="FILE", required=False, type=click.Path(path_type=Path))
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@option("--as-of", metavar="DATE", callback=day, help="campaign-as-of")
@option("--rubric", metavar="FILE", help="campaign-rubric")
@option("--unit", "units", multiple=True, metavar="ID", help="campaign-unit")
@option("-o", "--out", metavar="FILE", type=click.Path(path_type=Path), help="campaign-out")
@option("--fail-on", multiple=True, type=click.Choice(STATUSES), help="campaign-fail-on")
@option("--example", metavar="NAME", help="campaign-example")
@json_option
@talking
def command(
    file: Path | None, folder: Path | None, as_of: date | None, rubric: str | None, units: tuple[str, ...], out: Path | None,
    fail_on: tuple[str, ...], example: str | None, as_json: bool, quiet: bool,
) -> int:  # fmt: skip
    """Read, reckon, print, write."""
    from licmatch.programme import board, plain
    from licmatch.programme import example as example_file
    from licmatch.result import read_result

    if example is not None:
        click.echo(example_file(example).read_text(encoding="utf-8"), nl=False)
        return EXIT_DONE
    if file is None:
        raise UsageError("FILE is missing", hint="name a campaign file; --example zhanjiang prints one")
    if out is not None:
        _check_out(out, (file, folder))
    made = board(file, None if folder is None else read_result(folder), as_of, rubric=rubric)
    made = _only(made, units)
    if out is not None:
        _write(made, out)
    if as_json:
        print_json(plain(made))
    else:
        _print(made, bool(units), quiet)
        if out is not None and not quiet:
            click.echo(say("report-where", path=out))
    counted = Counter(row.status for row in made.rows)
    failed = [status for status in dict.fromkeys(fail_on) if counted[status]]
    for status in failed:
        from licmatch.programme.wording import say as told

        click.echo(say("campaign-gate", count=counted[status], status=told(f"status_{status}", spoken())), err=True)
    return EXIT_FAILED_POLICY if failed else EXIT_DONE


def _check_out(out: Path, inputs: tuple[Path | None, ...]) -> None:
    from licmatch.programme.writing import ENDINGS

    if out.suffix.lower() not in ENDINGS:
        raise UsageError(f"{out}: the ending of OUT names no format", hint="use one of " + " ".join(ENDINGS))
    if out.is_dir() or not out.parent.is_dir():
        raise UsageError(f"{out} cannot be written", hint="name a file in a folder that exists")
    if any(given is not None and given.exists() and out.exists() and given.samefile(out) for given in inputs):
        raise UsageError(f"{out} is one of the inputs; it would be written over", hint="name another file")


def _write(made: Board, out: Path) -> None:
    from licmatch.place import replacing
    from licmatch.programme.writing import render_csv, render_html, render_xlsx

    lang = asked() or "zh"
    suffix = out.suffix.lower()
    if suffix == ".html":
        content = render_html(made, lang=lang).encode()
    else:
        content = (render_xlsx if suffix == ".xlsx" else render_csv)(made, lang=lang)
    with replacing(out) as partial:
        partial.write_bytes(content)


def _only(made: Board, units: tuple[str, ...]) -> Board:
    """The board of some places only."""
    from dataclasses import replace

    if not units:
        return made
    known = {place.unit_id for place in made.places}
    unknown = [unit for unit in units if unit not in known]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no place of the campaign", hint=f"one of: {', '.join(sorted(known)[:20])}")
    return replace(
        made,
        rows=tuple(one for one in made.rows if one.unit_id in units), places=tuple(one for one in made.places if one.unit_id in units),
        next=tuple(one for one in made.next if one.unit_id in units), faults=tuple(one for one in made.faults if one.unit_id in units),
        groups=tuple(one for one in made.groups if one.unit_id in units), scores=tuple(one for one in made.scores if one.unit_id in units),
    )  # fmt: skip


def _print(made: Board, one_unit: bool, quiet: bool) -> None:
    from licmatch.programme.tables import tables
    from licmatch.programme.wording import heading
    from licmatch.programme.writing import lines_above, written

    lang = spoken()
    if not quiet:
        click.echo(heading(made, lang))
        for line in lines_above(made, lang, brief=True):
            click.echo(line)
    wanted = ("overview",) if quiet and not one_unit else ("rows",) if quiet else OF_A_UNIT if one_unit else SHOWN
    towns = {place.unit_id for place in made.places if not place.all_steps}
    # Towns inside their counties would be most of the lines, and say little of their own.
    shown = made if one_unit else _only(made, tuple(place.unit_id for place in made.places if place.unit_id not in towns))
    for table in tables(shown, lang):
        if table.id not in wanted:
            continue
        if not quiet:
            click.echo("\n" + table.title + (f" · {table.note}" if table.note else ""))
        numbers = [at for at, (_, kind) in enumerate(table.heads) if kind in ("count", "points", "rate")]
        rows = table.rows[:MOST_FAULTS] if table.id == "faults" else table.rows
        cells = ([written(cell, table.heads[at][1]) for at, cell in enumerate(row)] for row in rows)
        print_table([head for head, _ in table.heads], cells, right=numbers)
        if table.id == "overview" and towns and not one_unit and not quiet:
            click.echo("  " + say("campaign-towns", count=len(towns)))
        if len(rows) < len(table.rows):
            click.echo("  " + say("rejected-more", count=len(table.rows) - len(rows)))
