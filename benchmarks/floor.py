"""The least work that `match` and `assess` must do on one inventory table: what licmatch's time and memory are measured against.

    python benchmarks/floor.py match  IN.parquet OUT.parquet
    python benchmarks/floor.py assess IN.parquet OUT_DIR

Nothing is recognised. `match` finds the distinct names, gives each fourteen answers and writes every row with them, in order;
`assess` counts the distinct names with their rows and devices, joins them back and writes one row per device and made-up category.
Any engine on polars does at least this much.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

NAME = ("name", "publisher", "version")
TEXT_ANSWERS = tuple(
    f"lm_{word}"
    for word in (
        "status",
        "product_id",
        "category",
        "vendor",
        "family",
        "edition",
        "release",
        "role",
        "method",
        "rule_id",
        "signature_id",
        "risk",
    )
)
NUMBER_ANSWERS = ("lm_score", "lm_margin")
KINDS = 4  # different made-up answers, three categories and none


def distinct_names(table: pl.LazyFrame, *, with_devices: bool) -> pl.DataFrame:
    """Return the distinct names in order, with their rows (and devices) and a running number."""
    counted = [pl.len().alias("rows")]
    if with_devices:
        counted.append(pl.col("device_id").n_unique().alias("devices"))
    return table.group_by(NAME).agg(counted).collect(engine="streaming").sort(NAME).with_row_index("number")


def answered(names: pl.DataFrame) -> pl.DataFrame:
    """Return the names with the fourteen columns of an answer, made up from the running number."""
    words = pl.DataFrame(
        {
            "kind": pl.Series(range(KINDS), dtype=pl.UInt32),
            **{
                column: pl.Series([f"{column}-{kind}" if kind else None for kind in range(KINDS)], dtype=pl.Categorical)
                for column in TEXT_ANSWERS
            },
            **{column: [kind / KINDS for kind in range(KINDS)] for column in NUMBER_ANSWERS},
        }
    )
    return names.with_columns((pl.col("number") % KINDS).alias("kind")).join(words, on="kind", how="left", maintain_order="left")


def match(source: Path, target: Path) -> None:
    """Write every row of the source with its answer, in the source's order."""
    answers = answered(distinct_names(pl.scan_parquet(source), with_devices=False)).select(*NAME, *TEXT_ANSWERS, *NUMBER_ANSWERS)
    joined = pl.scan_parquet(source).join(answers.lazy(), on=NAME, how="left", nulls_equal=True, maintain_order="left")
    joined.sink_parquet(target)


def assess(source: Path, target: Path) -> None:
    """Write the distinct names with counts, and one row per device and category."""
    target.mkdir(parents=True, exist_ok=True)
    names = answered(distinct_names(pl.scan_parquet(source), with_devices=True))
    names.write_parquet(target / "matches.parquet")
    numbers = names.lazy().select(*NAME, "number", "kind")
    keyed = pl.scan_parquet(source).join(numbers, on=NAME, how="left", nulls_equal=True).select("device_id", "number", "kind")
    found = keyed.group_by("device_id", "kind").agg(pl.len().alias("rows"), pl.col("number").min().alias("first"))
    found.collect(engine="streaming").sort("device_id", "kind").write_parquet(target / "findings.parquet")


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("match", "assess"):
        sys.exit(__doc__)
    {"match": match, "assess": assess}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
