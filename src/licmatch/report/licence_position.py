"""The licence position as the reports show it: what each unit and pool requires, has, uses, and lacks; sums, never a set-off."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from licmatch.report.result_view import ResultView, categories, numbers_of
from licmatch.report.wording import shown

FIGURES = ("required", "entitled", "usable", "used", "surplus", "shortfall", "free")
Json = dict[str, Any]


def position_of(result: ResultView) -> pl.DataFrame:
    """Return the result's position: unit_id, category, pool, limited and `FIGURES`; no row where no entitlements were given."""
    held: pl.DataFrame | None = getattr(result, "position", None)
    if held is None or not {"unit_id", "pool", *FIGURES} <= set(held.columns):
        return pl.DataFrame(schema={"unit_id": pl.String, "category": pl.String, "pool": pl.String, "limited": pl.Boolean,
                                    **dict.fromkeys(FIGURES, pl.Int64)})  # fmt: skip
    return held.select("unit_id", "category", "pool", pl.col("limited").fill_null(True), *FIGURES).sort("unit_id", "category", "pool")


def by_pool(result: ResultView) -> pl.DataFrame:
    """Return the position summed over units, a row a pool, the largest shortfall first."""
    return (
        position_of(result)
        .group_by("category", "pool")
        .agg(pl.col("limited").all(), *(pl.col(name).sum() for name in FIGURES))
        .sort("shortfall", "required", "category", "pool", descending=[True, True, False, False])
    )


def pool_titles(result: ResultView) -> dict[str, str]:
    """Return a readable name of each pool: the family, release and class of edition it stands for.

    >>> spelled("os.windows|professional|10", {"os.windows": "Windows"})
    'Windows 10 Professional'
    >>> spelled("office.wps-office|-|-", {})
    'Wps Office'
    """
    families: dict[str, str] = {}
    held = numbers_of(result).made.select("category", "family").drop_nulls().unique().sort("category", "family")
    for category, family in held.iter_rows():
        slug = re.sub(r"[^a-z0-9\u4e00-\u9fff]+", "-", family.lower()).strip("-")
        families.setdefault(f"{category}.{slug}", family)
    return {pool: spelled(pool, families) for pool in position_of(result)["pool"].unique().sort()}


def spelled(pool: str, families: dict[str, str]) -> str:
    """Return a pool's name in words; a line that no installed family has is told by its id."""
    line, edition, release = (*pool.split("|"), "-", "-")[:3]
    name = families.get(line) or line.partition(".")[2].replace("-", " ").title() or line
    return shown(
        " ".join(
            part for part in (name, release if release != "-" else "", edition.replace("-", " ").title() if edition != "-" else "") if part
        ),
        120,
    )


def embedded_position(result: ResultView, units: dict[str, int]) -> Json:
    """Return the position for the page: columns of numbers, and each pool's id, name and category."""
    held = position_of(result)
    ids = {entry.id: at for at, entry in enumerate(categories(result))}
    titles = pool_titles(result)
    pools = held.select("pool", "category").unique().sort("pool", "category")
    place = {key: at for at, key in enumerate(pools.rows())}
    return {
        "pools": [[shown(pool, 120), titles[pool], ids.get(category, -1)] for pool, category in pools.iter_rows()],
        "unit": [units.get(unit, -1) for unit in held["unit_id"]],
        "pool": [place[key] for key in held.select("pool", "category").iter_rows()],
        "limited": [int(limited) for limited in held["limited"]],
        **{name: held[name].to_list() for name in FIGURES},
    }
