"""What a report needs to know of a result, and nothing else of it: frames, manifest, categories, totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import polars as pl

from licmatch.assess.rulings_queue import COPIES_OF_A_GROUP, queue
from licmatch.errors import ResultError
from licmatch.result.numbers import Numbers, numbers_of_tables

Row = dict[str, Any]


class ResultView(Protocol):
    """The attributes of a result that a report reads; `licmatch.result.Result` fills it."""

    @property
    def manifest(self) -> dict[str, Any]: ...
    @property
    def matches(self) -> pl.DataFrame: ...
    @property
    def installations(self) -> pl.DataFrame: ...
    @property
    def findings(self) -> pl.DataFrame: ...
    @property
    def scores(self) -> pl.DataFrame: ...
    @property
    def unknown(self) -> pl.DataFrame: ...
    @property
    def rejected(self) -> pl.DataFrame: ...
    @property
    def units(self) -> pl.DataFrame: ...


@dataclass(frozen=True, slots=True)
class Title:
    """One name in the report's two languages."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class CategoryTitle:
    """A category's id and its title in both languages."""

    id: str
    title: Title


_KNOWN_TITLES = {
    "os": Title("操作系统", "Operating system"),
    "office": Title("办公软件", "Office software"),
    "antivirus": Title("杀毒软件", "Antivirus"),
}


def categories(result: ResultView) -> tuple[CategoryTitle, ...]:
    """Return the categories of a result in its own order: the manifest's, else those its score columns name."""
    scored = [name.removesuffix("_installed") for name in result.scores.columns if name.endswith("_installed")]
    titled: dict[str, CategoryTitle] = {}
    for entry in result.manifest.get("categories") or scored:
        row = entry if isinstance(entry, Mapping) else {"id": entry}
        key = str(row["id"])
        known = _KNOWN_TITLES.get(key, Title(key, key))
        titled[key] = CategoryTitle(key, Title(str(row.get("title_zh") or known.zh), str(row.get("title_en") or known.en)))
    return tuple(titled[key] for key in titled if key in scored)


def as_of(result: ResultView) -> date:
    """Return the day the result was judged for.

    Raises ResultError where the manifest has none: a report without a day cannot be the same twice.
    """
    try:
        return date.fromisoformat(str(result.manifest["as_of"])[:10])
    except (KeyError, ValueError):
        raise ResultError("the manifest names no usable as_of day", hint="run licmatch verify on the folder") from None


def created(result: ResultView) -> datetime:
    """Return the fixed moment written into a workbook's properties: midnight of the as-of day."""
    day = as_of(result)
    return datetime(day.year, day.month, day.day)


def total(result: ResultView, key: str) -> int:
    """Return one of the manifest's totals, counted from the frames where the manifest leaves it out."""
    totals = result.manifest.get("totals") or {}
    if totals.get(key) is not None:
        return int(totals[key])
    if key in ("recognised", "ambiguous", "unknown"):
        return int(result.matches.filter(pl.col("lm_status") == key)["rows"].sum())
    if key == "rejected":
        return result.rejected.height
    if key == "rows_in":
        return sum(total(result, part) for part in ("recognised", "ambiguous", "unknown", "rejected"))
    if key == "units":
        return result.scores.height
    return int(roots(result)[key].sum()) if key in result.scores.columns else 0


def rulings_waiting(result: ResultView) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what waits for a ruling: the groups of the queue and the copies that are listed; a result has them made once."""
    held: tuple[pl.DataFrame, pl.DataFrame] | None = getattr(result, "waiting", None)
    return held if held is not None else queue(result.installations, result.findings, result.scores, copies_listed=COPIES_OF_A_GROUP)


def numbers_of(result: ResultView) -> Numbers:
    """Return the copies and findings of a result by number; a result has them made once."""
    held: Numbers | None = getattr(result, "numbers", None)
    return held if held is not None else numbers_of_tables(result.installations.lazy(), result.findings.lazy())


def roots(result: ResultView) -> pl.DataFrame:
    """Return the score rows that have no parent among the scored units."""
    known = result.scores["unit_id"].to_list()
    return result.scores.filter(pl.col("parent_id").is_null() | ~pl.col("parent_id").is_in(known))
