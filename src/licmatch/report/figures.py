"""The figures both reports show, computed once from the frames, so that page and workbook cannot disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from licmatch.report.bars import ACCEPTED, BARS, Bar, bars_of, ends_of, reasons_of
from licmatch.report.result_view import CategoryTitle, ResultView, Title, categories, numbers_of, roots, total
from licmatch.report.wording import shown, words
from licmatch.rollup import all_suspected

COUNTS = ("installed", "genuine", "not_genuine", "undetermined", "absent", "covered")
RATES = ("rate", "rate_low", "rate_high", "coverage", "coverage_low", "coverage_high")
_NAMELESS = {"(unassigned)": "report.unit_unassigned", "(all)": "report.unit_all"}
# Of the copies: made here, and no longer supported by their makers. Tables of earlier results may lack them.
TRAITS = ("domestic", "end_of_support")
POINTS = ("points", "points_low", "points_high")
GRADES = ("grade_low", "grade_high")


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure between the two readings of everything undetermined; all None where there is nothing to divide."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """One category over the whole result: counts by copy and by machine, rates, verdicts (code, official, devices)."""

    category: CategoryTitle
    installed: int
    genuine: int
    not_genuine: int
    undetermined: int
    absent: int
    covered: int
    domestic: int | None
    end_of_support: int | None
    rate: Interval
    coverage: Interval
    verdicts: tuple[tuple[str, bool, int], ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of page one. `name` is the top unit's, or None should several units stand at the top."""

    name: Title | None
    rows_in: int
    recognised: int
    ambiguous: int
    unknown: int
    rejected: int
    devices: int
    in_use: int
    units: int
    suspected: int
    points: Interval
    grade_low: str | None
    grade_high: str | None
    bars: tuple[Bar, ...]
    accepted: tuple[Any, Any, Any] | None
    not_accepted: tuple[Title, ...]
    categories: tuple[CategoryFigures, ...]


def overview(result: ResultView) -> Overview:
    """Return the figures of the whole result. Several top units are summed; their points cannot be, so they stay None."""
    top = roots(result)
    one = top.height == 1
    first = top.row(0, named=True) if one else {}
    verdicts = _verdicts(result)
    return Overview(
        name=unit_title(first["unit_id"], first["name"]) if one else None,
        rows_in=total(result, "rows_in"),
        recognised=total(result, "recognised"),
        ambiguous=total(result, "ambiguous"),
        unknown=total(result, "unknown"),
        rejected=total(result, "rejected"),
        devices=total(result, "devices"),
        in_use=int(top["in_use"].sum()),
        units=total(result, "units"),
        suspected=int(top.select(all_suspected()).to_series().sum()),
        points=Interval(*(first.get(name) for name in POINTS)),
        grade_low=first.get("grade_low"),
        grade_high=first.get("grade_high"),
        bars=bars_of(result, first) if one else (),
        accepted=ends_of(first, ACCEPTED) if one and ACCEPTED in first else None,
        not_accepted=reasons_of(first),
        categories=tuple(_category(top, category, verdicts) for category in categories(result)),
    )


def _verdicts(result: ResultView) -> pl.DataFrame:
    """Findings counted by category, verdict and whether a ruling says so; the most frequent first."""
    numbers = numbers_of(result)
    told = numbers.findings.group_by("category", "judged").len()
    counted = pl.DataFrame([
        numbers.categories.gather(told["category"]).alias("category"),
        *numbers.judged[told["judged"]].select("verdict", pl.col("official").fill_null(False)), told["len"],
    ])  # fmt: skip
    counted = counted.group_by("category", "verdict", "official").agg(pl.col("len").sum())
    return counted.sort(["len", "verdict", "official"], descending=[True, False, False])


def _category(top: pl.DataFrame, category: CategoryTitle, verdicts: pl.DataFrame) -> CategoryFigures:
    counts = {name: int(top[f"{category.id}_{name}"].sum()) for name in COUNTS}
    return CategoryFigures(
        category=category,
        domestic=_trait(top, category.id, "domestic"),
        end_of_support=_trait(top, category.id, "end_of_support"),
        rate=_whole(top, category.id, "rate", "installed"),
        coverage=_whole(top, category.id, "coverage", None),
        verdicts=tuple(verdicts.filter(pl.col("category") == category.id).drop("category").iter_rows()),
        **counts,
    )


def _whole(top: pl.DataFrame, category: str, rate: str, weight: str | None) -> Interval:
    """The rate of all top units: sum over sum, which is the units' rates weighted by their own denominators."""
    base = top["in_use"] if weight is None else top[f"{category}_{weight}"]
    ends = []
    for suffix in ("", "_low", "_high"):
        rates = top[f"{category}_{rate}{suffix}"]
        if top.height == 1:
            ends.append(rates[0])
            continue
        held = pl.DataFrame({"rate": rates, "base": base}).drop_nulls()
        below = int(held["base"].sum())
        ends.append(None if below == 0 else float((held["rate"] * held["base"]).sum()) / below)
    return Interval(*ends)


def _trait(top: pl.DataFrame, category: str, name: str) -> int | None:
    held = f"{category}_{name}"
    return int(top[held].sum()) if held in top.columns else None


def unit_columns(result: ResultView) -> list[str]:
    """Return the score columns a unit's row shows, in their order."""
    names = ["devices", "in_use", "suspected_devices", *POINTS, *GRADES]
    for category in categories(result):
        names += [f"{category.id}_{name}" for name in (*COUNTS, *RATES)]
        names += [name for name in (f"{category.id}_{trait}" for trait in TRAITS) if name in result.scores.columns]
    more = [f"{code}{end}" for code in (*BARS, ACCEPTED) for end in ("", "_low", "_high")]
    return names + [name for name in more if name in result.scores.columns]


def unit_rows(result: ResultView, limit: int | None = None) -> pl.DataFrame:
    """Return the scored units, parents before children, siblings by id; `limit` keeps the upper levels."""
    columns = ["unit_id", "parent_id", "name", "tier", "level", *unit_columns(result)]
    rows = result.scores.with_columns(all_suspected()).select(columns).sort("level", "parent_id", "unit_id", nulls_last=False)
    return rows if limit is None else rows.head(limit)


def worst_units(result: ResultView) -> pl.DataFrame:
    """Return units without children that have devices, lowest points first: by the low end, then by the high end, then by id."""
    parents = result.scores["parent_id"].drop_nulls().unique().to_list()
    return (
        unit_rows(result)
        .filter(~pl.col("unit_id").is_in(parents) & (pl.col("devices") > 0))
        .sort("points_low", "points_high", "unit_id", nulls_last=True)
    )


def largest_below_top(result: ResultView, most: int) -> pl.DataFrame:
    """Return the units directly below a top one that have devices, the largest first."""
    tops = roots(result)["unit_id"].to_list()
    below = unit_rows(result).filter(pl.col("parent_id").is_in(tops) & (pl.col("devices") > 0))
    return below.sort("devices", "unit_id", descending=[True, False]).head(most)


def unit_title(unit_id: str, name: str | None) -> Title:
    """Return a unit's name in both languages: its own, or words for the two that no table names, unless somebody did."""
    if unit_id in _NAMELESS and name in (None, unit_id):
        return words(_NAMELESS[unit_id])
    plain = shown(name or unit_id, 120)
    return Title(plain, plain)


def unit_paths(result: ResultView, lang: str) -> dict[str, str]:
    """Return each unit's names from below the top down to itself, joined by ` / `."""
    rows = {row["unit_id"]: row for row in result.scores.select("unit_id", "parent_id", "name").iter_rows(named=True)}
    paths: dict[str, str] = {}
    for unit_id in rows:
        names: list[str] = []
        at, seen = unit_id, set[str]()
        while at in rows and at not in seen:
            seen.add(at)
            names.append(unit_title(at, rows[at]["name"]).in_(lang))
            at = rows[at]["parent_id"]
        paths[unit_id] = " / ".join(reversed(names[:-1] or names))
    return paths


def unknown_ranked(result: ResultView) -> pl.DataFrame:
    """Return unknown and ambiguous names: those that hold the interval open first, then by devices, rows and name."""
    return result.unknown.sort(
        pl.col("interval_open").fill_null(0) > 0,
        "devices",
        "rows",
        "name",
        "publisher",
        "version",
        descending=[True, True, True, False, False, False],
        nulls_last=True,
        maintain_order=True,
    )


def rejected_reasons(result: ResultView) -> pl.DataFrame:
    """Return the reasons rows were rejected for, with rows, files and the first place of each."""
    return (
        result.rejected.group_by("reason")
        .agg(
            pl.len().alias("rows"),
            pl.col("file").n_unique().alias("files"),
            pl.col("file", "line", "raw").sort_by("file", "line", nulls_last=True).first(),
        )
        .sort("rows", "reason", descending=[True, False])
    )


def depth_first(rows: pl.DataFrame) -> pl.DataFrame:
    """Return unit rows in the order of the tree: each unit before those below it, siblings by id."""
    parents = dict(rows.select("unit_id", "parent_id").iter_rows())

    def way(unit_id: str) -> list[str]:
        ids: list[str] = []
        at: str | None = unit_id
        while at is not None and at in parents and at not in ids:
            ids.append(at)
            at = parents[at]
        return ids[::-1]

    order = sorted(range(rows.height), key=[way(unit_id) for unit_id in rows["unit_id"]].__getitem__)
    return rows[order]
