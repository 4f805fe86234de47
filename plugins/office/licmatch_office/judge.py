"""What is particular to office software when a licence is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from licmatch import JudgeContext

# The licence texts behind "personal use only" differ by version, and the version of the text is not in an inventory.
PERSONAL_EDITION_CONFIDENCE = 0.70


def judge(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Return the office software with its verdicts; same rows, same order.

    An edition sold for home, study or personal use is `edition_not_allowed` on an office machine, with medium confidence
    where the product itself is free for persons (WPS 个人版): whether the office may use it is in a text nobody collected.
    """
    personal = (pl.col("verdict") == "edition_not_allowed") & (pl.col("licence") == "free_personal")
    return installations.with_columns(
        confidence=pl.when(personal).then(PERSONAL_EDITION_CONFIDENCE * pl.col("score").fill_null(1.0)).otherwise("confidence")
    )
