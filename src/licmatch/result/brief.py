"""What a result says in a few lines, on a console and in a notebook: the rows that add up, copies by category, the units at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from licmatch.rollup import all_suspected, nameless

if TYPE_CHECKING:
    from licmatch.result.record import Result

ROWS = ("rows_in", "recognised", "ambiguous", "unknown", "rejected")
COUNTS = ("installed", "genuine", "not_genuine", "undetermined", "absent")


def top_units(result: Result) -> pl.DataFrame:
    """Return the scores of the units that have none above them; their `suspected_devices` are all that are suspected."""
    return result.scores.filter(pl.col("parent_id").is_null()).with_columns(all_suspected())


def copies_by_category(result: Result, top: pl.DataFrame, lang: str) -> list[tuple[str | int, ...]]:
    """Return a row a category: its title, and COUNTS added up over the units at the top."""
    return [(one[f"title_{lang}"], *(int(top[f"{one['id']}_{count}"].sum()) for count in COUNTS)) for one in result.manifest["categories"]]


def unit_name(name: str, lang: str) -> str:
    """Return a unit's name; the two that stand for no real unit are worded."""
    return nameless(lang).get(name, name)
