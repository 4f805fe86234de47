"""What is particular to office software when a licence is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from licmatch import JudgeContext

# Lines of licence rows, and the families they speak about; Office applications sold alone have no line of their own.
_LINES = {
    "office-suite": r"^office\.microsoft-(?:office|365)",
    "visio": r"^office\.microsoft-visio",
    "project": r"^office\.microsoft-project",
}
_TRIALS = ("trial", "beta")


def judge(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Return the office software with its verdicts; same rows, same order.

    The licence rows know better than the name how a copy was sold: a "trial" that is licensed by volume is a volume copy, and
    what runs on an evaluation licence is a trial, whatever it calls itself. An edition sold for home, study or personal use is
    `edition_not_allowed` on an office machine; how sure that is, the use rights say.
    """
    sold = _as_sold(installations, context)
    was_trial, is_trial = pl.col("channel_before").is_in(_TRIALS).fill_null(False), pl.col("channel").is_in(_TRIALS).fill_null(False)
    over = (pl.col("evaluation_end") < context.as_of).fill_null(False)
    verdict = (
        pl.when(is_trial & ~was_trial & (pl.col("licence") != "open_source"))
        .then(pl.when(over).then(pl.lit("trial_expired")).otherwise(pl.lit("trial_valid")))
        # What the trial hid: the edition it is an edition of.
        .when(was_trial & ~is_trial & (~pl.col("org_use")).fill_null(False)).then(pl.lit("edition_not_allowed"))
        .when(was_trial & ~is_trial).then(pl.lit("no_evidence"))
        .otherwise("verdict")
    )  # fmt: skip
    judged = sold.with_columns(
        verdict=verdict, confidence=pl.when(was_trial == is_trial).then("confidence")
    )  # fmt: skip
    return context.with_rights(judged.drop("channel_before"))


def _as_sold(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    """Take the channel of a copy from the active licence rows of its line, where they agree and there is one such copy."""
    kept = installations.with_columns(channel_before="channel")
    if context.licences.is_empty():
        return kept
    sold = (
        context.licences.filter((pl.col("license_status") == 1) & pl.col("sold_as").is_not_null())
        .group_by("device", line="product_line")
        .agg(sold_as=pl.when(pl.col("sold_as").n_unique() == 1).then(pl.col("sold_as").first()))
    )
    line = pl.coalesce(pl.when(pl.col("family_id").str.contains(pattern)).then(pl.lit(name)) for name, pattern in _LINES.items())
    alone = pl.col("line").is_not_null() & (pl.len().over("device", "line") == 1)
    placed = kept.with_columns(line=line).join(sold, on=["device", "line"], how="left", maintain_order="left")
    return placed.with_columns(channel=pl.when(alone).then(pl.coalesce("sold_as", "channel")).otherwise("channel")).drop("line", "sold_as")
