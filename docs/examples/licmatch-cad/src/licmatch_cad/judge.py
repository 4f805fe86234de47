"""What is particular to CAD programs when a licence is judged."""

from __future__ import annotations

import polars as pl

from licmatch import JudgeContext

# Autodesk sold its last new perpetual licences of desktop products on 2016-01-31.
LAST_PERPETUAL = "2016"


def judge(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Return the CAD programs with their verdicts; same rows, same order."""
    return context.with_rights(installations)


def remark(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Say of which copies no box was ever sold. It changes no verdict."""
    sold_out = (pl.col("vendor") == "Autodesk") & (pl.col("release") > LAST_PERPETUAL)
    waiting = installations.filter(sold_out & (pl.col("verdict") == "no_evidence"))
    return waiting.select("device", "at", flag=pl.lit("subscription_only"), text=pl.lit("release=") + pl.col("release"))
