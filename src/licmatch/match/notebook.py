"""How an answer looks in a notebook: small tables of HTML, in which every text from an inventory is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from licmatch.messages import message

if TYPE_CHECKING:
    from licmatch.match.explain import Explanation
    from licmatch.match.result import Match

_LEFT = ' style="text-align:left;vertical-align:top"'
_RIGHT = ' style="text-align:right"'
# Fields of a match that are shown as they are, where there are any.
_PLAIN = ("vendor", "family", "release", "edition", "role")


def cell(value: object) -> str:
    """Return a value as HTML: escaped, and apart from the text around it, so that a right-to-left mark turns nothing else round."""
    return "" if value is None else f"<bdi>{escape(str(value))}</bdi>"


def html_table(rows: Iterable[Sequence[object]], header: Sequence[str] = (), *, right: frozenset[int] = frozenset()) -> str:
    """Return a table; `right` are the columns of numbers. Whatever stands in the cells is text.

    >>> html_table([("a<b", 1)], ("name", "rows"), right=frozenset({1}))[-59:]
    '<td style="text-align:right"><bdi>1</bdi></td></tr></table>'
    """
    head = "".join(f"<th{_RIGHT if at in right else _LEFT}>{cell(title)}</th>" for at, title in enumerate(header))
    body = "".join(
        "<tr>" + "".join(f"<td{_RIGHT if at in right else _LEFT}>{cell(value)}</td>" for at, value in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"


def match_html(match: Match, lang: str) -> str:
    """Return one answer as a table of what is known of it."""

    def say(key: str) -> str:
        return message(f"explain.{key}", lang)

    rows: list[tuple[str, object]] = [(say("name"), match.name), (say("publisher"), match.publisher)]
    rows += [(say("field_version"), match.version), (say("status"), say(f"status_{match.status}")), (say("product"), match.product_id)]
    rows += [(say(field), getattr(match, field)) for field in _PLAIN]
    how = [match.rule_id, match.method, None if match.score is None else f"{match.score:.2f}"]
    rows += [(say("rule"), " · ".join(part for part in how if part) or None), (say("signature"), match.signature_id)]
    rows += [(say("risk"), None if match.risk == "none" else say(f"risk_{match.risk}"))]
    return html_table([row for row in rows if row[1] is not None])


def explanation_html(explanation: Explanation, lang: str) -> str:
    """Return the answer as a table, and the whole explanation under it."""
    why = escape(explanation.as_text(lang))
    told = escape(message("notebook.why", lang))
    return f"{match_html(explanation.match, lang)}<details open><summary>{told}</summary><pre>{why}</pre></details>"
