"""The short table after `assess` and `demo`: rows that add up, categories, points, all from the result itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import polars as pl

from licmatch.cli.language import say, spoken
from licmatch.cli.printing import print_table
from licmatch.messages import message

if TYPE_CHECKING:
    from licmatch.result import Result

COUNTS = ("installed", "genuine", "not_genuine", "undetermined", "absent")


def print_summary(result: Result) -> None:
    """Print totals, one line a category and the points of each top unit; every figure with its interval."""
    totals = result.manifest["totals"]
    top = top_units(result)
    click.echo(say("assess-done", **{name: totals[name] for name in ("rows_in", "recognised", "ambiguous", "unknown", "rejected")}))
    header = [say("category"), *(say(name.replace("_", "-")) for name in COUNTS), say("rate")]
    rows = []
    for category in result.manifest["categories"]:
        name = category["id"]
        counts = [int(top[f"{name}_{count}"].sum()) for count in COUNTS]
        rates = [_percent(top, f"{name}_rate_{end}") for end in ("low", "high")] if top.height == 1 else ["", ""]
        rows.append([category[f"title_{spoken()}"], *counts, " – ".join(rates) if all(rates) else "–"])
    print_table(header, rows, right=range(1, len(header)))
    # As in the report: those found cracked, which the roll-up counts apart, are suspected too until somebody rules.
    suspected = pl.col("suspected_devices") + pl.col("pirated_devices")
    for unit, devices, in_use, found, low, high in top.select(
        "name", "devices", "in_use", suspected, "points_low", "points_high"
    ).iter_rows():
        points = "–" if low is None or high is None else say("points", low=f"{low:.2f}", high=f"{high:.2f}")
        click.echo(say("unit", unit=_unit_name(unit), devices=devices, in_use=in_use, suspected=found, points=points))
    if result.manifest["incomplete"]:
        click.echo(say("incomplete", without=", ".join(result.manifest["without"])))


def _unit_name(name: str) -> str:
    """Return a unit's name; the two that stand for no real unit are worded."""
    worded = {"(all)": "rollup.everything", "(unassigned)": "rollup.unassigned"}
    return message(worded[name], spoken()) if name in worded else name


def top_units(result: Result) -> pl.DataFrame:
    """Return the scores of the units that have none above them."""
    return result.scores.filter(pl.col("parent_id").is_null())


def _percent(top: pl.DataFrame, column: str) -> str:
    value = top[column][0]
    return "" if value is None else f"{100 * value:.1f} %"
