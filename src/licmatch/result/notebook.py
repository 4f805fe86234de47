"""How a result looks in a notebook: rows that add up, categories, and the units at the top with their intervals."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import polars as pl

from licmatch.match.notebook import html_table
from licmatch.messages import message

if TYPE_CHECKING:
    from licmatch.result.record import Result

_TOTALS = ("rows_in", "recognised", "ambiguous", "unknown", "rejected")
_COUNTS = ("installed", "genuine", "not_genuine", "undetermined", "absent")
# So many units are shown; a result of many places that stand under none would fill the page.
_SHOWN = 12


def result_html(result: Result, lang: str) -> str:
    """Return the totals, a line a category and a line a top unit. Nothing is computed here that the result does not hold."""

    def say(key: str, **values: object) -> str:
        return message(f"notebook.{key}", lang, **values)

    manifest, totals = result.manifest, result.manifest["totals"]
    top = result.scores.filter(pl.col("parent_id").is_null())
    told = say("result", day=manifest["as_of"], **{name: totals[name] for name in (*_TOTALS, "devices", "units")})
    categories = [(one[f"title_{lang}"], *(int(top[f"{one['id']}_{count}"].sum()) for count in _COUNTS)) for one in manifest["categories"]]
    numbers = frozenset(range(1, len(_COUNTS) + 1))
    units = [
        (_unit(name, lang), devices, suspected, _interval(low, high))
        for name, devices, suspected, low, high in top.head(_SHOWN)
        .select("name", "devices", pl.col("suspected_devices") + pl.col("pirated_devices"), "points_low", "points_high")
        .iter_rows()
    ]
    parts = [f"<p>{escape(told)}</p>"]
    if manifest["incomplete"]:
        parts.append(f"<p><strong>{escape(say('incomplete', without=', '.join(manifest['without'])))}</strong></p>")
    parts.append(html_table(categories, (say("category"), *(say(count) for count in _COUNTS)), right=numbers))
    parts.append(html_table(units, (say("unit"), say("devices"), say("suspected"), say("points")), right=frozenset({1, 2, 3})))
    if top.height > _SHOWN:
        parts.append(f"<p>{escape(say('more', count=top.height - _SHOWN))}</p>")
    parts.append(f"<p><em>{escape(say('provisional'))}</em></p>")
    return "".join(parts)


def _unit(name: str, lang: str) -> str:
    worded = {"(all)": "rollup.everything", "(unassigned)": "rollup.unassigned"}
    return message(worded[name], lang) if name in worded else name


def _interval(low: float | None, high: float | None) -> str | None:
    return None if low is None or high is None else f"{low:.2f} – {high:.2f}"
