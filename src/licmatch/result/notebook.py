"""How a result looks in a notebook: rows that add up, categories, and the units at the top with their intervals."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from licmatch.match.notebook import html_table
from licmatch.messages import message
from licmatch.result.brief import COUNTS, ROWS, copies_by_category, top_units, unit_name

if TYPE_CHECKING:
    from licmatch.result.record import Result

# So many units are shown; a result of many places that stand under none would fill the page.
_SHOWN = 12


def result_html(result: Result, lang: str) -> str:
    """Return the totals, a line a category and a line a top unit. Nothing is computed here that the result does not hold."""

    def say(key: str, **values: object) -> str:
        return message(f"notebook.{key}", lang, **values)

    manifest, totals = result.manifest, result.manifest["totals"]
    top = top_units(result)
    told = say("result", day=manifest["as_of"], **{name: totals[name] for name in (*ROWS, "devices", "units")})
    numbers = frozenset(range(1, len(COUNTS) + 1))
    units = [
        (unit_name(name, lang), devices, suspected, _interval(low, high))
        for name, devices, suspected, low, high in top.head(_SHOWN)
        .select("name", "devices", "suspected_devices", "points_low", "points_high")
        .iter_rows()
    ]
    parts = [f"<p>{escape(told)}</p>"]
    if manifest["incomplete"]:
        parts.append(f"<p><strong>{escape(say('incomplete', without=', '.join(manifest['without'])))}</strong></p>")
    parts.append(html_table(copies_by_category(result, top, lang), (say("category"), *(say(count) for count in COUNTS)), right=numbers))
    parts.append(html_table(units, (say("unit"), say("devices"), say("suspected"), say("points")), right=frozenset({1, 2, 3})))
    if top.height > _SHOWN:
        parts.append(f"<p>{escape(say('more', count=top.height - _SHOWN))}</p>")
    parts.append(f"<p><em>{escape(say('provisional'))}</em></p>")
    return "".join(parts)


def _interval(low: float | None, high: float | None) -> str | None:
    return None if low is None or high is None else f"{low:.2f} – {high:.2f}"
