"""What is particular to operating systems when a licence is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from licmatch import JudgeContext


def judge(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Return the operating systems with their verdicts; same rows, same order.

    A system that comes with its machine (an OEM copy, macOS, an embedded edition) is licensed with it and with no other.
    What proves that is the label or the device order, not a purchase of its own: until it is seen, `label_missing`.
    """
    with_the_machine = (pl.col("licence") == "bundled") | (pl.col("channel") == "oem").fill_null(False)
    unproved = with_the_machine & (pl.col("verdict") == "no_evidence")
    return installations.with_columns(verdict=pl.when(unproved).then(pl.lit("label_missing")).otherwise("verdict"))
