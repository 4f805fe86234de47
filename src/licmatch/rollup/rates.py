"""Rates and points from counts, each as it stands and as an interval: low if all that is open is bad, high if all is good."""

from __future__ import annotations

import polars as pl

from licmatch.assess.policy import Policy
from licmatch.rollup.bar_rates import bar_columns, bar_rates

ENDS = ("", "_low", "_high")


def score(counts: pl.DataFrame, categories: list[str], policy: Policy) -> pl.DataFrame:
    """Return the counts with rates, points and grades appended. Sum over sum; 0/0 is null.

    For each category `<c>_rate` (by copy) and `<c>_coverage` (by machine), then `points` (0 to 100, two places) and
    `grade`; each with `_low` and `_high`; then the three bars (`bar_rates`).
    """
    rated = counts.with_columns(figure for category in categories for figure in _figures(category))
    pointed = rated.with_columns(_points(categories, policy, end).alias(f"points{end}") for end in ENDS)
    graded = pointed.with_columns(_grade(policy, f"points{end}").alias(f"grade{end}") for end in ENDS)
    return bar_rates(graded, categories)


def score_columns(categories: list[str]) -> list[str]:
    """Return the names `score` appends, in order."""
    figures = [f"{category}_{figure}{end}" for category in categories for figure in ("rate", "coverage") for end in ENDS]
    return [*figures, *(f"points{end}" for end in ENDS), *(f"grade{end}" for end in ENDS), *bar_columns(categories)]


def _figures(category: str) -> list[pl.Expr]:
    count = {name: pl.col(f"{category}_{name}") for name in ("installed", "genuine", "undetermined", "open_names", "covered", "coverable")}
    # An unsettled name may be a copy or nothing: bad, it widens the whole; good, it widens both.
    most = count["installed"] + count["open_names"]
    return [
        _over(count["genuine"], count["installed"]).alias(f"{category}_rate"),
        _over(count["genuine"], most).alias(f"{category}_rate_low"),
        _over(count["genuine"] + count["undetermined"] + count["open_names"], most).alias(f"{category}_rate_high"),
        _over(count["covered"], pl.col("in_use")).alias(f"{category}_coverage"),
        _over(count["covered"], pl.col("in_use")).alias(f"{category}_coverage_low"),
        _over(count["covered"] + count["coverable"], pl.col("in_use")).alias(f"{category}_coverage_high"),
    ]


def _over(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)


def _points(categories: list[str], policy: Policy, end: str) -> pl.Expr:
    """Weighted points out of 100; an item without anything to count leaves its weight to the others."""
    earned, weights = [], []
    for item in policy.points:
        if item.category not in categories:
            continue
        figure = pl.col(f"{item.category}_{item.by}{end}")
        # Scaled to a whole number of billionths, so that a value on a boundary does not fall off it by rounding.
        reached = ((figure - item.zero_at) / (item.full_at - item.zero_at)).clip(0.0, 1.0).round(9)
        earned.append((reached * item.weight).fill_null(0.0))
        weights.append(pl.when(figure.is_not_null()).then(item.weight).otherwise(0.0))
    if not earned:
        return pl.lit(None, dtype=pl.Float64)
    whole = pl.sum_horizontal(weights)
    return pl.when(whole > 0).then((100 * pl.sum_horizontal(earned) / whole).round(6).round(2, mode="half_away_from_zero"))


def _grade(policy: Policy, points: str) -> pl.Expr:
    grade: pl.Expr = pl.lit(None, dtype=pl.String)
    for step in reversed(policy.grades):
        grade = pl.when(pl.col(points) >= step.min).then(pl.lit(step.code)).otherwise(grade)
    return grade
