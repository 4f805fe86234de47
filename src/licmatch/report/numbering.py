"""Values that many rows share, written once and told by number: the page's dictionaries."""

from __future__ import annotations

from typing import Any

import polars as pl

from licmatch.report.suspects import RANK

Values = list[tuple[Any, ...]]
_JUDGEMENT = ["kind", "official", "grade", "state", "verdict", "confidence", "decided_by", "flags"]


def shared_values(
    frame: pl.DataFrame, key: str, values: pl.DataFrame, name: str
) -> tuple[pl.DataFrame, Values, dict[tuple[Any, ...], Values]]:
    """Number the values that the rows have in a new column `name`; return the frame, the values of several segments, and those of one.

    `key` is the column that says which row of `values` a row has; the values are sorted.
    A segment is a (block, kind) of the frame. Values of several segments have the numbers from 0 on, the most frequent first; those
    of one segment alone go on from there within it, so that a segment is read with the common values and its own.
    """
    uses = frame.group_by("block", "kind", key).agg(uses=pl.len())
    spread = uses.group_by(key).agg(pl.len().alias("segments"), pl.col("uses").sum(), pl.col("block", "kind").first())
    common = spread.filter(pl.col("segments") > 1).sort("uses", key, descending=[True, False]).select(key).with_row_index(name)
    single = spread.filter(pl.col("segments") == 1).sort("block", "kind", key)
    single = single.with_columns((pl.int_range(pl.len(), dtype=pl.UInt32).over("block", "kind") + common.height).alias(name))
    number = pl.repeat(0, values.height, dtype=pl.UInt32, eager=True)
    for part in (common, single):
        number = number.scatter(part[key], part[name])
    segments = single.partition_by("block", "kind", as_dict=True, maintain_order=True)
    own = {segment: values[part[key]].rows() for segment, part in segments.items()}
    return frame.with_columns(number.gather(frame[key]).alias(name)), values[common[key]].rows(), own


def judgements_of(findings: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Number the distinct judgements as `judgement`, in the order in which findings are listed; return findings and judgements.

    Sorting a list of findings then is sorting numbers.
    """
    distinct = findings.select(*_JUDGEMENT, rank=RANK, said=pl.col("flags").list.join(";")).unique()
    ordered = distinct.sort(
        "kind", "official", "rank", pl.col("state") == "not_genuine", "verdict", "confidence", "decided_by", "said", "state", "grade",
        descending=[False, True, False, True, False, True, False, False, False, False], nulls_last=True,
    )  # fmt: skip
    numbered = ordered.drop("rank", "said").with_row_index("judgement")
    return findings.join(numbered, on=_JUDGEMENT, how="left", nulls_equal=True, maintain_order="left"), numbered
