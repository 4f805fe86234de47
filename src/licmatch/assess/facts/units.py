"""What kind of organisation each unit is, as it says itself or as the nearest unit above it does."""

from __future__ import annotations

import polars as pl

from licmatch.assess.facts.columns import first_case

# First word that stands in what was written decides; what is no known kind stays as it was written, in lower case.
_KINDS = (
    ("education", ("education", "school", "university", "college", "学校", "教育", "高校", "大学", "学院", "中学", "小学")),
    ("personal", ("personal", "个人", "私人")),
    ("enterprise", ("enterprise", "company", "企业", "公司")),
    ("institution", ("institution", "事业")),
    ("government", ("government", "agency", "机关", "政府", "党政", "行政", "党委", "人大", "政协", "法院", "检察")),
)


def unit_types(units: pl.DataFrame, ancestors: pl.DataFrame) -> pl.DataFrame:
    """Return unit_id, org_type for every unit of the tree. `ancestors`: unit_id, ancestor, from the unit itself upwards."""
    said = units.select(ancestor="unit_id", org_type=_kind(pl.col("org_type"))).unique("ancestor", keep="first", maintain_order=True)
    return (
        ancestors.join(said, on="ancestor", how="left", maintain_order="left")
        .group_by("unit_id", maintain_order=True)
        .agg(pl.col("org_type").drop_nulls().first())
    )


def _kind(column: pl.Expr) -> pl.Expr:
    low = column.str.strip_chars().str.to_lowercase()
    kind = first_case(((low.str.contains_any(list(words)), kind) for kind, words in _KINDS), low)
    return pl.when(low != "").then(kind)
