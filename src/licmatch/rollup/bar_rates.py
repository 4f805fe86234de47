"""The three bars as figures: rates of their counts, and whether acceptance holds. Sum over sum; 0/0 is null."""

from __future__ import annotations

import polars as pl

PARTS = ("units_rate", "devices_rate", "fields_rate", "settled_rate", "sufficiency", "evidence_rate", "ledger_match")
BARS = ("thorough", "exact", "strict", "strict_low", "strict_high")
ACCEPTED, NOT_ACCEPTED = "accepted", "not_accepted"
# Why acceptance fails, in the order in which they are named.
REASONS = ("infringing", "in_doubt", "over_deployed", "evidence")


def bar_columns(categories: list[str]) -> list[str]:
    """Return the names `bar_rates` appends, in order."""
    return [*PARTS, *(f"{category}_domestic_rate" for category in categories), *BARS, ACCEPTED, NOT_ACCEPTED]


def bar_rates(counts: pl.DataFrame, categories: list[str]) -> pl.DataFrame:
    """Return the counts with `bar_columns` appended: Float64 from 0 to 1, `accepted` Boolean, `not_accepted` text.

    thorough = the least of units reported, computers surveyed of ledger and scan together, fields filled in, and copies settled;
    exact = pools that are neither short nor over; strict = computers in use with nothing that infringes or is in doubt, or the share
    of licences with complete evidence if that is less. `strict_high`: if all that is in doubt turns out good. Parts that nobody can
    tell are left out. `accepted` is null where no computer is in use, and else true only where `strict` is 1 and nothing is
    over-deployed; points never overrule it. `not_accepted`: `REASONS` that hold, `; ` between.
    """
    either = pl.col("ledger_listed") + pl.col("ledger_surveyed") - pl.col("ledger_both")
    installed = pl.sum_horizontal(*(f"{category}_installed" for category in categories)) if categories else pl.lit(0)
    opened = pl.sum_horizontal(*(f"{category}_open_names" for category in categories)) if categories else pl.lit(0)
    undetermined = pl.sum_horizontal(*(f"{category}_undetermined" for category in categories)) if categories else pl.lit(0)
    parts = counts.with_columns(
        units_rate=_over(pl.col("units_reported"), pl.col("units_expected")),
        devices_rate=_over(pl.col("ledger_surveyed"), either),
        fields_rate=_over(pl.col("device_fields_filled") + pl.col("unit_fields_filled"), pl.col("device_fields") + pl.col("unit_fields")),
        settled_rate=_over(installed - undetermined, installed + opened),
        sufficiency=_over(pl.col("required") - pl.col("shortfall"), pl.col("required")),
        evidence_rate=_over(pl.col("entitled_proved"), pl.col("entitled")),
        ledger_match=_over(pl.col("ledger_both"), either),
        **{
            f"{category}_domestic_rate": _over(pl.col(f"{category}_licences_domestic"), pl.col(f"{category}_licences"))
            for category in categories
        },
    )
    clean = _over(pl.col("devices_accepted"), pl.col("in_use"))
    at_best = _over(pl.col("devices_accepted") + pl.col("devices_in_doubt"), pl.col("in_use"))
    strict = _least(clean, pl.col("evidence_rate"), needs=clean)
    fails = {
        "infringing": pl.col("infringing") > 0,
        "in_doubt": pl.col("in_doubt") > 0,
        "over_deployed": pl.col("over_deployed") > 0,
        "evidence": pl.col("entitled_proved") < pl.col("entitled"),
    }
    named = [pl.when(fails[reason]).then(pl.lit(reason)) for reason in REASONS]
    judged = pl.col("in_use") > 0
    why = pl.concat_str(named, separator="; ", ignore_nulls=True)
    return parts.with_columns(
        thorough=pl.min_horizontal("units_rate", "devices_rate", "fields_rate", "settled_rate"),
        exact=_over(pl.col("pools_exact"), pl.col("pools")),
        strict=strict,
        strict_low=strict,
        strict_high=_least(at_best, pl.col("evidence_rate"), needs=at_best),
        accepted=pl.when(judged).then(~pl.any_horizontal(*fails.values())),
        not_accepted=pl.when(judged & (why != "")).then(why),
    )


def _least(*rates: pl.Expr, needs: pl.Expr) -> pl.Expr:
    return pl.when(needs.is_not_null()).then(pl.min_horizontal(*rates))


def _over(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)
