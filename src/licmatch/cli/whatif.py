"""`licmatch whatif`: position and score before and after a change, the result untouched."""

from __future__ import annotations

from pathlib import Path

import click

from licmatch.cli.language import Command, spoken
from licmatch.cli.options import json_option, load_engine, recognition, talking
from licmatch.cli.printing import print_json, print_table


@click.command(
    "whatif", cls=Command, help="whatif", epilog="licmatch whatif result changes.toml\nlicmatch whatif result changes.csv --json"
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("changes", metavar="CHANGES", type=click.Path(path_type=Path))
@recognition
@json_option
@talking
def command(
    folder: Path, changes: Path, catalogs: tuple[str, ...], no_builtin: bool, without: tuple[str, ...], as_json: bool, quiet: bool
) -> None:
    """Read, change in memory, compare."""
    from licmatch.messages import message
    from licmatch.plan import load_changes, whatif
    from licmatch.result import read_result

    wanted = load_changes(changes)
    result = read_result(folder).with_copies()
    found = whatif(
        result, wanted, engine=load_engine(catalogs, no_builtin, without), position=result.position if result.position.height else None
    )
    if as_json:
        tables = ("position_before", "position_after", "scores_before", "scores_after")
        print_json({"done": found.done, **{name: getattr(found, name).to_dicts() for name in tables}})
        return
    titles = {str(one["id"]): str(one.get(f"title_{spoken()}") or one["id"]) for one in result.manifest["categories"]}
    pairs = ((found.position_before, found.position_after), (found.scores_before, found.scores_after))
    rows: list[list[str]] = []
    for key in ("required", "usable", "shortfall", "surplus"):
        rows.append([message(f"plan.whatif_{key}", spoken()), *(f"{int(one[key].sum()):,}" for one in pairs[0])])
    for column, title in (
        *((f"{one}_rate", message("plan.whatif_rate", spoken(), category=title)) for one, title in titles.items()),
        ("points", message("plan.whatif_points", spoken())),
    ):
        rows.append([title, *(_figure(one.filter(one["parent_id"].is_null()).row(0, named=True), column) for one in pairs[1])])
    print_table([message(f"plan.whatif_{key}", spoken()) for key in ("item", "before", "after")], rows, right=(1, 2))
    if not quiet:
        click.echo(message("plan.whatif_done", spoken(), **found.done))


def _figure(row: dict[str, object], column: str) -> str:
    """A figure with its interval."""

    def said(value: object) -> str:
        return "–" if not isinstance(value, float) else f"{value:.1f}" if column == "points" else f"{value:.1%}"

    low, high = said(row[f"{column}_low"]), said(row[f"{column}_high"])
    return said(row[column]) if low == high else f"{said(row[column])} [{low}, {high}]"
