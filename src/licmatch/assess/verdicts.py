"""The verdict that its licence gives a copy before its category is asked and any evidence heard, and what settles it afterwards.

Nothing here accuses: what no paper supports is `no_evidence`; `fusion` hears the evidence.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from licmatch.assess.engine_view import EngineView
from licmatch.assess.facts.distinct import Distinct
from licmatch.assess.organisation import Organisation
from licmatch.assess.policy import Policy
from licmatch.rules.numbers import first_and_place

# A memory-only name is never surer than this, whatever its recognition says.
MEMORY_CONFIDENCE = 0.80
# Licences nobody has to buy: an activator cannot have been used on them.
_FREE_LICENCES = ("open_source", "free", "bundled")


def judge_licences(
    installations: pl.DataFrame, *, trials: pl.DataFrame, engine: EngineView, organisation: Organisation, as_of: date
) -> pl.DataFrame:
    """Return the installations with licence, approved_free, end_of_support and the verdict, confidence and grade these give.

    `installations`: as of `collapse`; `trials`: device, category, evaluation_end. A confidence of null is that of the verdict's code.
    Same rows, same order.
    """
    known = _with_facts(installations, trials, engine, organisation, as_of)
    return _by_licence(known, as_of).with_columns(grade=pl.lit("none"), official=pl.lit(False))


def beyond_circumvention() -> pl.Expr:
    """Return whether a copy is one that no activator can have been used on: nobody has to buy its licence."""
    return pl.col("licence").is_in(_FREE_LICENCES) | pl.col("approved_free")


def settle(judged: pl.DataFrame, devices: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the installations with what recognition and scope allow: memory-only names settle nothing, idle devices count nowhere.

    `devices` gives device, device_id, unit_id and in_scope. Same rows, same order.
    """
    return _by_scope(_by_certainty(judged, policy.states()), devices)


def _with_facts(
    installations: pl.DataFrame, trials: pl.DataFrame, engine: EngineView, organisation: Organisation, as_of: date
) -> pl.DataFrame:
    # A family without numbered releases has its end of support itself.
    end = pl.col("support_ends") if "support_ends" in engine.facts.columns else pl.lit(None, dtype=pl.Date)
    facts = engine.facts.select("family_id", "licence", "origin", family_ends=end).unique("family_id", keep="first", maintain_order=True)
    editions = engine.editions.select("edition_id", "org_use").unique("edition_id", keep="first", maintain_order=True)
    # Support ends by the release's id, and by its name where a decision knows only that.
    ends = engine.releases.select("family_id", "release_id", "release", "support_ends")
    by_id = ends.drop_nulls("release_id").unique(["family_id", "release_id"], keep="first", maintain_order=True).drop("release")
    by_name = (
        ends.drop_nulls("release").unique(["family_id", "release"], keep="first", maintain_order=True)
        .select("family_id", "release", ends_by_name="support_ends")
    )  # fmt: skip
    approved = sorted(organisation.free_ids())
    named = ["family_id", "edition_id"], ["family_id", "release_id"]
    by_edition, by_release = (
        engine.licences.drop_nulls(key).select(*key, pl.col("licence").alias(kind)).unique(key, keep="first", maintain_order=True)
        for key, kind in zip(named, ("edition_licence", "release_licence"), strict=True)
    )
    # Looked up once for each name that speaks for copies.
    first, at = first_and_place(installations["spoken_by"].cast(pl.UInt64))
    spoken = (
        installations.select("family_id", "product_id", "edition_id", "release_id", "release")[first]
        .join(facts, on="family_id", how="left", maintain_order="left")
        .join(editions, on="edition_id", how="left", maintain_order="left")
        .join(by_id, on=["family_id", "release_id"], how="left", maintain_order="left")
        .join(by_name, on=["family_id", "release"], how="left", maintain_order="left")
        .join(by_edition, on=named[0], how="left", maintain_order="left")
        .join(by_release, on=named[1], how="left", maintain_order="left")
        .with_columns(licence=pl.coalesce("edition_licence", "release_licence", "licence").fill_null("unknown"))
        .with_columns(
            end_of_support=pl.coalesce("support_ends", "ends_by_name", "family_ends") < as_of,
            # The list of approved free software frees nothing that is sold.
            approved_free=pl.col("licence").is_in(["free", "free_personal"])
            & (pl.col("product_id").is_in(approved).fill_null(False) | pl.col("family_id").is_in(approved).fill_null(False)),
        )
    )
    known = Distinct(spoken, at.cast(pl.UInt32)).on(installations, "licence", "origin", "org_use", "end_of_support", "approved_free")
    return known.join(trials, on=["device", "category"], how="left", maintain_order="left")


def _by_licence(known: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The verdict that licence, edition and channel give in any category, before the category itself is asked."""
    licence, trial = pl.col("licence"), pl.col("channel").is_in(["trial", "beta"]).fill_null(False)
    verdict = (
        pl.when(trial & (pl.col("evaluation_end") < as_of).fill_null(False)).then(pl.lit("trial_expired"))
        .when(trial).then(pl.lit("trial_valid"))
        .when(licence == "open_source").then(pl.lit("open_source"))
        .when((~pl.col("org_use")).fill_null(False)).then(pl.lit("edition_not_allowed"))
        .when((licence == "free") | pl.col("approved_free")).then(pl.lit("genuine_free"))
        .when(licence.is_in(["free_personal", "unknown"])).then(pl.lit("undetermined"))
        .otherwise(pl.lit("no_evidence"))
    )  # fmt: skip
    # A trial whose end is on record is as sure as the record.
    dated = trial & pl.col("evaluation_end").is_not_null()
    return known.with_columns(verdict=verdict, confidence=pl.when(dated).then(0.90 * pl.col("score")))


def _by_certainty(installations: pl.DataFrame, states: dict[str, str]) -> pl.DataFrame:
    """A product recognised only through names known from memory never carries a finding alone."""
    settled = [code for code, state in states.items() if state in ("genuine", "not_genuine")]
    doubtful = pl.col("memory") & pl.col("verdict").is_in(settled) & (pl.col("grade") != "conclusive")
    return installations.with_columns(
        verdict=pl.when(doubtful).then(pl.lit("undetermined")).otherwise("verdict"),
        confidence=pl.when(pl.col("memory")).then(pl.min_horizontal("confidence", pl.lit(MEMORY_CONFIDENCE))).otherwise("confidence"),
    )


def _by_scope(installations: pl.DataFrame, devices: pl.DataFrame) -> pl.DataFrame:
    """Software on a device that is not in use is nobody's shortfall."""
    scoped = installations.join(
        devices.select("device", "device_id", "unit_id", "in_scope"), on="device", how="left", maintain_order="left"
    )
    return scoped.with_columns(
        verdict=pl.when("in_scope").then("verdict").otherwise(pl.lit("not_in_scope")),
        confidence=pl.when("in_scope").then("confidence").otherwise(1.0),
    )
