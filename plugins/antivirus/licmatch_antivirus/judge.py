"""What is particular to antivirus software when a licence is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from licmatch import JudgeContext


def judge(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Return the antivirus software with its verdicts; same rows, same order.

    What comes built into the system (Windows Defender) is licensed with it and counts as genuine. A free antivirus counts
    only where the organisation has put it on its list of free software, with the licence text read; until then it is
    `undetermined`, never an accusation: free editions are as a rule free for persons.
    """
    trial = pl.col("verdict").is_in(["trial_valid", "trial_expired"])
    bundled = (pl.col("licence") == "bundled") & ~trial
    approved = pl.col("approved_free")
    free = pl.col("licence").is_in(["free", "free_personal"]) & ~trial
    return installations.with_columns(
        verdict=pl.when(bundled | (free & approved))
        .then(pl.lit("genuine_free"))
        .when(free)
        .then(pl.lit("undetermined"))
        .otherwise("verdict")
    )
