"""Rows of one device collapsed to what needs a licence: one installation a device and product line.

Word beside a suite, a 32-bit twin, a row per language: all are the one copy somebody has to hold a licence for.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.engine_view import EngineView
from licmatch.assess.evidence import NAME_SEEN, OS_FACT, SIGNATURE, STATE, name_text, pieces
from licmatch.assess.names import Names
from licmatch.assess.policy import Policy
from licmatch.schema import RISKS

RISK_RANK = {risk: rank for rank, risk in enumerate(RISKS)}


@dataclass(frozen=True, slots=True)
class Collapsed:
    """`frame`: one row an installation, sorted by device, category, family and release.

    Columns: at (UInt32, its place), device, category, product_id, vendor, family, edition, release, channel, role,
    rows_collapsed, then spoken_by (UInt32, the `match` of the name that speaks for it), family_id, edition_id, release_id, score,
    memory, risk (Int64, rank of the worst trace its own names carry). `pieces`: the evidence of each, by `at`.
    """

    frame: pl.DataFrame
    pieces: pl.DataFrame


def collapse(pairs: pl.DataFrame, os_pairs: pl.DataFrame, names: Names, engine: EngineView, policy: Policy) -> Collapsed:
    """Return the installations of all devices.

    `pairs`: device, match, rows, row of the software; `os_pairs`: device, match of names told elsewhere, with `source` (`devices`
    for the devices table, where the column is left out, or `traces`).
    """
    licences = _licences(names)
    found = _found(pairs, os_pairs, _numbered(licences, policy, engine))
    aimed = _single_per_device(_into_suites(_unnumbered_releases(found)))
    return _grouped(aimed, licences)


def _licences(names: Names) -> pl.DataFrame:
    return names.frame.filter("licensable").select(
        "match",
        category="lm_category",
        # A site's own pack may name a product and no family: then the product is its own line.
        family_id=pl.coalesce("family_id", "lm_product_id"),
        release="lm_release",
        release_id="release_id",
        vendor="lm_vendor",
        family="lm_family",
        edition="lm_edition",
        edition_id="edition_id",
        product_id="lm_product_id",
        channel="channel",
        role="lm_role",
        score=pl.col("lm_score").fill_null(0.0),
        memory=pl.col("memory").fill_null(False),
        rule_id="lm_rule_id",
        signature_id="lm_signature_id",
        risk=pl.col("lm_risk").fill_null("none").replace_strict(RISK_RANK, return_dtype=pl.Int64),
        text=name_text(),
    )


def _numbered(licences: pl.DataFrame, policy: Policy, engine: EngineView) -> pl.DataFrame:
    """What collapsing looks at of each name. Words are numbers that sort like the words: rows compare and join faster by them."""
    words = {"category": "category", "vendor": "vendor", "family": "family_id", "release": "release"}
    single = [category.id for category in engine.categories if category.one_per_device]
    numbers = {name: pl.col(word).cast(pl.Enum(licences[word].drop_nulls().unique().sort())) for name, word in words.items()}
    return licences.select(
        *(number.to_physical().alias(name) for name, number in numbers.items()),
        "match",
        "channel",
        "score",
        "memory",
        "risk",
        name=pl.int_range(pl.len(), dtype=pl.UInt32),
        # Of names that are alike in where they come from, the one that says most speaks for a copy.
        says=pl.struct(pl.col("memory"), pl.col("edition").is_null(), -pl.col("score")).rank("dense"),
        # The policy lists the applications that no suite holds.
        alone=(pl.col("role") == "standalone_app").fill_null(False),
        joins=~pl.col("family_id").is_in(policy.never_in_a_suite).fill_null(True),
        suite=(pl.col("role") == "product").fill_null(False),
        single=pl.col("category").is_in(single).fill_null(False),
    )


def _found(pairs: pl.DataFrame, os_pairs: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    columns = ["device", "match", "rows", "row", "from_table", "source"]
    told = os_pairs if "source" in os_pairs.columns else os_pairs.with_columns(source=pl.lit("devices"))
    seen = pl.concat(
        [
            pairs.with_columns(from_table=pl.lit(False), source=pl.lit("software")).select(columns),
            told.with_columns(rows=pl.lit(0, pl.Int64), row=pl.lit(None, pl.Int64), from_table=pl.lit(True)).select(columns),
        ]
    )
    return seen.join(facts, on="match").with_columns(own=pl.lit(True), line_family="family", line_release="release")


def _unnumbered_releases(found: pl.DataFrame) -> pl.DataFrame:
    """A name that leaves the release out means the one that stands beside it: of several, the newest by name."""
    without = found.filter(pl.col("release").is_null())
    on = ["device", "family"]
    numbered = found.filter(pl.col("release").is_not_null()).join(without.select(on).unique(), on=on, how="semi")
    beside = numbered.group_by(on).agg(beside=pl.col("release").max())
    aimed = without.join(beside, on=on, how="left").with_columns(line_release="beside", own=pl.col("beside").is_null()).drop("beside")
    return pl.concat([found.filter(pl.col("release").is_not_null()), aimed])


def _into_suites(found: pl.DataFrame) -> pl.DataFrame:
    """An application sold alone is part of the suite beside it where vendor and release agree."""
    alone = found.filter("alone")
    if alone.is_empty():
        return found
    line = ["device", "category", "line_family", "line_release"]
    suites = (
        found.filter("suite")
        .group_by("device", "category", "vendor", "line_family", "line_release")
        .agg(suite_score=pl.col("score").max())
        .rename({"line_family": "suite_family", "line_release": "suite_release"})
    )
    fits = pl.col("line_release").is_null() | pl.col("suite_release").is_null() | (pl.col("line_release") == pl.col("suite_release"))
    chosen = (
        alone.filter("joins")
        .select(*line, "vendor")
        .unique()
        .join(suites, on=["device", "category", "vendor"])
        .filter(fits)
        .sort("suite_score", "suite_release", "suite_family", descending=[True, True, False], nulls_last=True, maintain_order=True)
        .unique(line, keep="first", maintain_order=True)
        .select(*line, "suite_family", "suite_release")
    )
    placed = (
        alone.join(chosen, on=line, how="left", nulls_equal=True)
        .with_columns(
            own=pl.col("own") & pl.col("suite_family").is_null(),
            line_release=pl.when(pl.col("suite_family").is_null()).then("line_release").otherwise("suite_release"),
            line_family=pl.coalesce("suite_family", "line_family"),
        )
        .drop("suite_family", "suite_release")
    )
    return pl.concat([found.filter(~pl.col("alone")), placed])


def _single_per_device(found: pl.DataFrame) -> pl.DataFrame:
    """Of a category a device has one of, all its names speak of the same copy; the devices table knows it best."""
    single = found.filter("single")
    if single.is_empty():
        return found
    best = (
        single.sort("device", "category", ~pl.col("from_table"), "memory", pl.col("line_release").is_null(), -pl.col("score"), "match")
        .unique(["device", "category"], keep="first", maintain_order=True)
        .select("device", "category", only_family="line_family", only_release="line_release")
    )
    same = pl.col("line_family").eq_missing(pl.col("only_family")) & pl.col("line_release").eq_missing(pl.col("only_release"))
    placed = (
        single.join(best, on=["device", "category"], how="left")
        .with_columns(own=pl.col("own") & same, line_release="only_release", line_family="only_family")
        .drop("only_family", "only_release")
    )
    return pl.concat([found.filter(~pl.col("single")), placed])


def _grouped(aimed: pl.DataFrame, licences: pl.DataFrame) -> Collapsed:
    """One row a line: the best of its own names speaks for it, all of them are evidence."""
    line = ["device", "category", "line_family", "line_release"]
    begins = pl.any_horizontal(pl.col(part).ne_missing(pl.col(part).shift()) for part in line)
    spoken = (
        aimed.sort(*line, ~pl.col("own"), "says", ~pl.col("from_table"), "match", nulls_last=True)
        .select("device", "name", "rows", "row", "source", "channel", "memory", "risk", at=begins.cum_sum() - 1)
        .with_columns(pl.col("at").cast(pl.UInt32))
    )
    grouped = spoken.group_by("at", maintain_order=True).agg(
        pl.col("device", "name").first(),
        pl.col("channel").first(ignore_nulls=True),
        pl.col("memory").all(),
        pl.col("risk").max(),
        rows_collapsed=pl.col("rows").sum(),
    )
    words = licences.rename({"match": "spoken_by"}).select(
        "spoken_by", "category", "product_id", "vendor", "family", "edition", "role", "family_id", "edition_id", "release_id", "score",
        "release",
    )  # fmt: skip
    return Collapsed(grouped.drop("name").hstack(words[grouped["name"]]), _pieces(spoken, licences))


def _pieces(spoken: pl.DataFrame, licences: pl.DataFrame) -> pl.DataFrame:
    """The evidence of each name: how it stood, the rule that read it, where it stands, how sure the reading is."""
    marked = pl.col("risk") > 0
    state = pl.col("category") + STATE
    told = licences.with_columns(
        kind=pl.when(marked).then(pl.lit(SIGNATURE)).otherwise(pl.lit(NAME_SEEN)),
        kind_in_devices=pl.when(marked).then(pl.lit(SIGNATURE)).otherwise(pl.lit(OS_FACT)),
        kind_in_traces=pl.when(marked).then(pl.lit(SIGNATURE)).otherwise(state),
        rule_id=pl.when(marked).then("signature_id").otherwise("rule_id"),
    ).select("kind", "kind_in_devices", "kind_in_traces", "rule_id", "text", "score")
    elsewhere = [pl.when(pl.col("source") == source).then(f"kind_in_{source}") for source in ("devices", "traces")]
    return pieces(
        spoken.select("at", "row", "source").hstack(told[spoken["name"]]),
        ["at"],
        kind=pl.coalesce(*elsewhere, "kind"),
        # What was told elsewhere has no row of the inventory.
        source=pl.col("source"),
        row=pl.col("row"),
        rule_id=pl.col("rule_id"),
        text=pl.col("text"),
        weight=pl.col("score"),
    )
