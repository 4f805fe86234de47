"""The short table after `assess` and `demo`: rows that add up, categories, points, all from the result itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from licmatch.cli.language import say, spoken
from licmatch.cli.printing import print_table
from licmatch.result.brief import COUNTS, ROWS, copies_by_category, top_units, unit_name

if TYPE_CHECKING:
    import polars as pl

    from licmatch.result import Result


def print_summary(result: Result) -> None:
    """Print totals, one line a category and the points of each top unit; every figure with its interval."""
    totals = result.manifest["totals"]
    top = top_units(result)
    click.echo(say("assess-done", **{name: totals[name] for name in ROWS}))
    header = [say("category"), *(say(name.replace("_", "-")) for name in COUNTS), say("rate")]
    rows = []
    for category, counts in zip(result.manifest["categories"], copies_by_category(result, top, spoken()), strict=True):
        rates = [_percent(top, f"{category['id']}_rate_{end}") for end in ("low", "high")] if top.height == 1 else ["", ""]
        rows.append([*counts, " – ".join(rates) if all(rates) else "–"])
    print_table(header, rows, right=range(1, len(header)))
    shown = top.select("name", "devices", "in_use", "suspected_devices", "points_low", "points_high")
    for unit, devices, in_use, suspected, low, high in shown.iter_rows():
        points = "–" if low is None or high is None else say("points", low=f"{low:.2f}", high=f"{high:.2f}")
        click.echo(say("unit", unit=unit_name(unit, spoken()), devices=devices, in_use=in_use, suspected=suspected, points=points))
    if result.manifest["incomplete"]:
        click.echo(say("incomplete", without=", ".join(result.manifest["without"])))


def _percent(top: pl.DataFrame, column: str) -> str:
    value = top[column][0]
    return "" if value is None else f"{100 * value:.1f} %"
