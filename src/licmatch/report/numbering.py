"""Values that many rows share, written once and told by number: the page's dictionaries."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from licmatch.report.suspects import RANK

Array = np.ndarray[Any, Any]
Values = list[tuple[Any, ...]]
_JUDGEMENT = ["kind", "official", "grade", "state", "verdict", "confidence", "decided_by", "flags"]


def shared_values(segment: Array, key: Array, values: pl.DataFrame) -> tuple[Array, Values, dict[int, Values]]:
    """Number values anew; return each row's number, the values of several segments, and those of one by segment.

    Rows are in segments (numbers), `key` is the row of `values` they have; the values are sorted.
    Values of several segments have the numbers from 0 on, the most frequent first; those of one segment alone go on from there within
    it, so that a segment is read with the common values and its own.
    """
    pairs, uses = np.unique(segment * max(1, values.height) + key, return_counts=True)
    used = pl.DataFrame(dict(zip(("segment", "key", "uses"), (*np.divmod(pairs, max(1, values.height)), uses), strict=True)))
    spread = used.group_by("key").agg(pl.len().alias("segments"), pl.col("uses").sum(), pl.col("segment").first())
    common = spread.filter(pl.col("segments") > 1).sort("uses", "key", descending=[True, False]).select("key").with_row_index("number")
    single = spread.filter(pl.col("segments") == 1).sort("segment", "key")
    single = single.with_columns((pl.int_range(pl.len(), dtype=pl.UInt32).over("segment") + common.height).alias("number"))
    number = np.zeros(values.height, dtype=np.uint32)
    for part in (common, single):
        number[part["key"].to_numpy()] = part["number"].to_numpy()
    segments = single.partition_by("segment", as_dict=True, maintain_order=True)
    own = {int(str(of)): values[part["key"]].rows() for (of,), part in segments.items()}
    return number[key], values[common["key"]].rows(), own


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
