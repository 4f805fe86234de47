"""The report's words: every fixed text in both languages, and hostile text made fit to print."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import polars as pl

from licmatch.messages import message
from licmatch.messages.errors import in_chinese
from licmatch.report.result_view import Title

LANGS = ("zh", "en")

# Controls, and the marks that reorder or hide what follows them: a name must not be able to disguise itself in a report.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")


def words(message_id: str, **values: object) -> Title:
    """Return one message in both languages."""
    return Title(message(message_id, "zh", **values), message(message_id, "en", **values))


@cache
def code_title(kind: str, code: str) -> Title:
    """Return the title of a verdict, state, grade, tier ... code; a code the messages do not know stands for itself."""
    for message_id in (f"report.{kind}_{code}", f"{kind}.{code}"):
        try:
            return words(message_id)
        except LookupError:
            continue
    return Title(code, code)


def reason_title(reason: str) -> Title:
    """Return why a row was rejected in both languages; the stages give reasons in English, and an unknown one stays so.

    >>> reason_title("no name")
    Title(zh='没有名称', en='No name')
    """
    return Title(shown(in_chinese(reason)), shown(reason[:1].upper() + reason[1:]))


def verdict_key(code: str, official: object) -> str:
    """Return the code a verdict's title goes by: without a ruling nobody is called a pirate, however conclusive the trace.

    >>> verdict_key("cracked", False), verdict_key("cracked", True), verdict_key("absent", None)
    ('cracked_suspected', 'cracked', 'absent')
    """
    return f"{code}_suspected" if code == "cracked" and not official else code


def shown(value: object, limit: int = 400, *, lines: bool = False) -> str:
    """Return the text as a report may show it: controls and direction marks visible, length bounded; `lines` keeps line ends.

    >>> shown("a\\u202egpj.exe")
    'a⟨U+202E⟩gpj.exe'
    >>> shown(None)
    ''
    """
    if value is None:
        return ""
    text = str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    # Nearly every text is printable, and then there is nothing to look for.
    return text if text.isprintable() else _UNPRINTABLE.sub(lambda hit: hit[0] if lines and hit[0] == "\n" else _visible(hit[0]), text)


def shown_texts(texts: pl.Series, limit: int = 400, *, lines: bool = False) -> pl.Series:
    """Return what `shown` makes of each text, null of none; only the few that it would change are looked at one by one.

    >>> shown_texts(pl.Series(["a", "a\\u202egpj.exe", None])).to_list()
    ['a', 'a⟨U+202E⟩gpj.exe', None]
    """
    odd = f"[{_UNPRINTABLE.pattern}&&[^\n]]" if lines else _UNPRINTABLE.pattern
    changed = texts.str.contains(odd) | (texts.str.len_chars() > limit)
    if not changed.any():
        return texts
    distinct = texts.filter(changed).unique()
    said = pl.Series([shown(text, limit, lines=lines) for text in distinct], dtype=pl.String)
    return texts.replace(distinct, said)


def worded(values: pl.Series, word: Callable[[str], str]) -> pl.Series:
    """Return the word for each value, null for none; each different value is asked for once.

    >>> worded(pl.Series(["b", None, "b"]), str.upper).to_list()
    ['B', None, 'B']
    """
    distinct = values.drop_nulls().unique()
    if distinct.is_empty():
        return values.cast(pl.String)
    said = pl.Series([word(value) for value in distinct], dtype=pl.String)
    return values.replace_strict(distinct, said, default=None, return_dtype=pl.String)


def _visible(char: str) -> str:
    return " " if char in "\t\r\n" else f"⟨U+{ord(char):04X}⟩"


def shown_bytes(raw: bytes | None, limit: int = 160) -> str:
    """Return the start of raw bytes as text; what is no UTF-8 shows as the replacement character."""
    return "" if raw is None else shown(raw[: limit * 4].decode("utf-8", errors="replace"), limit)


def percent(value: float | None) -> str:
    """Return a rate as a percentage with one decimal, a dash for none: 0/0 is no rate.

    >>> percent(0.7149), percent(None)
    ('71.5%', '—')
    """
    return "—" if value is None else f"{_one_place(round(value, 6) * 100)}%"


def percent_span(low: float | None, high: float | None) -> str:
    """Return an interval of rates; one figure where both ends print alike.

    >>> percent_span(0.5, 0.75), percent_span(0.5, 0.5)
    ('50.0–75.0%', '50.0%')
    """
    if low is None or high is None:
        return "—"
    return percent(low) if percent(low) == percent(high) else f"{percent(low)[:-1]}–{percent(high)}"


def points_span(low: float | None, high: float | None) -> str:
    """Return an interval of points.

    >>> points_span(61.25, 80.0)
    '61.3–80.0'
    """
    if low is None or high is None:
        return "—"
    return points(low) if points(low) == points(high) else f"{points(low)}–{points(high)}"


def points(value: float) -> str:
    """Return points with one decimal."""
    return _one_place(round(value, 2))


def grade_span(low: str | None, high: str | None) -> str:
    """Return an interval of grades, from that of the low end to that of the high end.

    >>> grade_span("C", "A"), grade_span("B", "B"), grade_span(None, None)
    ('C–A', 'B', '')
    """
    return "–".join(dict.fromkeys(grade for grade in (low, high) if grade))


def _one_place(value: float) -> str:
    """One decimal, halves away from zero as the page's script rounds them, so that both always print the same figure."""
    return str(Decimal(value).quantize(Decimal("0.1"), ROUND_HALF_UP))


def yes_no(value: object) -> Title:
    """Return a yes, a no or a dash in both languages; a number stands for itself."""
    if value is None:
        return Title("—", "—")
    return words("report.yes" if value else "report.no") if isinstance(value, bool) else Title(f"{value}", f"{value}")


def count(value: int) -> str:
    """Return a whole number with thousands separated.

    >>> count(1234567)
    '1,234,567'
    """
    return f"{value:,}"
