"""One finding a device and category: the worst of its installations by the stated order, or `absent` where there is none.

Where the list of a device's programs is not whole, what it lacks is not absent: nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.assess.devices import is_partial
from licmatch.assess.engine_view import EngineView, category_ids
from licmatch.assess.evidence import PARTIAL_LIST, UNSETTLED, gathered, name_text, pieces
from licmatch.assess.fusion import Fused
from licmatch.assess.installations import RISK_RANK
from licmatch.assess.names import Names
from licmatch.assess.policy import Policy
from licmatch.assess.rule_items import flag_pieces
from licmatch.schema import RISKS

# How sure a finding is that rests on a name nobody could settle.
_UNSETTLED_CONFIDENCE = 0.50
_NUMBER = "device_and_category"


@dataclass(frozen=True, slots=True)
class OpenNames:
    """Names nobody could settle: `frame` counts them by device and category (`open_names`), `pieces` is the evidence, `held` the
    devices and names (device, match, category) that keep a category open."""

    frame: pl.DataFrame
    pieces: pl.DataFrame
    held: pl.DataFrame


def list_open_names(pairs: pl.DataFrame, names: Names, installations: pl.DataFrame, engine: EngineView) -> OpenNames:
    """Return the unsettled names that hold a category of a device open. `pairs`: device, match, rows, row.

    Of a category a device has one of, names beside the copy that was found open nothing, and several of them are one copy at most.
    """
    single = [category.id for category in engine.categories if category.one_per_device]
    found = installations.filter(pl.col("category").is_in(single)).select("device", "category").unique()
    opening = names.frame.filter(pl.col("opens").is_not_null()).select("match", category="opens", text=name_text())
    held = pairs.join(opening, on="match").join(found, on=["device", "category"], how="anti").sort("device", "category", "match")
    on = ["device", "category"]
    seen = pieces(held, on, kind=UNSETTLED, source="software", row=pl.col("row"), text=pl.col("text"), weight=0.0)
    count = pl.when(pl.col("category").is_in(single)).then(pl.min_horizontal("open_names", pl.lit(1, pl.Int64))).otherwise("open_names")
    frame = held.group_by(on).agg(open_names=pl.len().cast(pl.Int64)).with_columns(open_names=count)
    return OpenNames(frame, seen, held.select("device", "match", "category"))


def find(
    installations: pl.DataFrame,
    fused: Fused,
    opened: OpenNames,
    flags: pl.DataFrame,
    licensed: pl.DataFrame,
    devices: pl.DataFrame,
    engine: EngineView,
    policy: Policy,
) -> pl.DataFrame:
    """Return one row for every device and category, sorted by both.

    The columns of `schema.FINDINGS`, then counts for the roll-up: device, in_scope, genuine, not_genuine, undetermined,
    open_names, unlisted (none was seen, but the list is not whole). The grade is the strongest trace of any installation, so that
    none hides behind a worse verdict. `evidence` holds what belongs to no installation: traces where no copy was seen, names nobody
    could settle, and that a list is not whole.
    """
    categories = pl.DataFrame({"category": category_ids(engine)}, schema={"category": pl.String}).with_row_index("category_place")
    own = devices.select("device", "device_id", "unit_id", "in_scope", partial=is_partial(devices))
    on = ["device", "category"]
    # A device and a category as one number: devices are counted from 0, so it is the place of the finding.
    number = _one_number(categories)
    places = pl.int_range(devices.height * categories.height, eager=True)
    every = max(categories.height, 1)
    found = own[places // every].hstack(categories.select("category")[places % every]).with_columns(places.cast(pl.UInt64).alias(_NUMBER))
    for facts in (_worst(installations, number, policy), fused.loose, opened.frame, licensed):
        told = facts if _NUMBER in facts.columns else facts.with_columns(number).drop(on).drop_nulls(_NUMBER)
        found = _beside(found, told)
    single = [category.id for category in engine.categories if category.one_per_device]
    counted = found.with_columns(
        pl.col("installations", "genuine", "not_genuine", "undetermined", "open_names", "hit_risk", "risk").fill_null(0),
        # Without a copy, a trace speaks where it names the category, where every device has a copy whether it was seen or not, and
        # where a licence row shows that there is one.
        accusable=pl.col("hit_named").fill_null(False) | pl.col("category").is_in(single) | pl.col("licensed_here").fill_null(False),
    )
    counted = counted.with_columns(unlisted=pl.col("partial") & pl.col("verdict").is_null())
    said = [
        installations.filter(pl.col("flags").list.len() > 0).select(number, flag="flags").explode("flag"),
        flags.filter(pl.col("at").is_null()).select(number, "flag"),
        counted.filter("unlisted").select(_NUMBER, flag=pl.lit(PARTIAL_LIST)),
    ]
    worded = _with_flags(_worded(counted, policy), pl.concat(said))
    # What an installation carries already is not said twice.
    unlisted = pieces(counted.filter("unlisted"), on, kind=PARTIAL_LIST, source="devices", text="software_list=partial", weight=0.0)
    parts = (fused.loose_pieces, flag_pieces(flags, on), opened.pieces, unlisted)
    loose = gathered([part.with_columns(number).drop(on).drop_nulls(_NUMBER) for part in parts], [_NUMBER])
    return _beside(worded, loose).drop(_NUMBER)


def _one_number(categories: pl.DataFrame) -> pl.Expr:
    """Device and category as one number; null for a category that is none of these."""
    place = dict(categories.select("category", "category_place").iter_rows())
    at = pl.col("category").replace_strict(place, default=None, return_dtype=pl.UInt64)
    return (pl.col("device").cast(pl.UInt64) * max(len(place), 1) + at).alias(_NUMBER)


def _beside(found: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return the findings, whose numbers are their places, with the columns of what is told of some of them."""
    at = pl.repeat(None, found.height, dtype=pl.UInt32, eager=True).scatter(told[_NUMBER], pl.int_range(told.height, eager=True))
    return found.hstack(told.drop(_NUMBER).select(pl.all().gather(at)).get_columns())


def _with_flags(findings: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Add the flags of each finding, sorted. `said`: its number and a flag, which may be said twice; most findings have none."""
    listed = said.drop_nulls(_NUMBER).group_by(_NUMBER).agg(flags=pl.col("flag").unique().sort())
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return _beside(findings, listed).with_columns(pl.col("flags").fill_null(nothing))


def _worst(installations: pl.DataFrame, number: pl.Expr, policy: Policy) -> pl.DataFrame:
    """The worst copy of each device and category, by their number, and how many there are."""
    rank = dict(policy.verdict_table().select("verdict", "rank").iter_rows())
    products = pl.Enum(installations["product_id"].drop_nulls().unique().sort())
    # Numbers that sort like what they stand for: sorting texts would cost more than all the rest.
    ranked = installations.select(
        number,
        "state",
        place=pl.int_range(pl.len(), dtype=pl.UInt32),
        rank=pl.col("verdict").replace_strict(rank, return_dtype=pl.Int64),
        risk=pl.col("grade").replace_strict(RISK_RANK, return_dtype=pl.Int64),
        sure=-pl.col("confidence"),
        product=pl.col("product_id").cast(products).to_physical(),
    ).drop_nulls(_NUMBER)
    worst = (
        ranked.sort(_NUMBER, "rank", -pl.col("risk"), "sure", "product", "place", nulls_last=True)
        .group_by(_NUMBER, maintain_order=True)
        .agg(
            pl.col("place").first(),
            pl.col("risk").max(),
            installations=pl.len().cast(pl.Int64),
            **{state: (pl.col("state") == state).sum().cast(pl.Int64) for state in ("genuine", "not_genuine", "undetermined")},
        )
    )
    told = installations.select("verdict", "confidence", "product_id", "official", "decided_by")[worst["place"]]
    return worst.drop("place").hstack(told)


def _worded(counted: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    # No installation, but a trace or an unsettled name: something may be there, so it is not absent.
    traced, unsettled = (pl.col("hit_risk") > 0) & pl.col("accusable"), pl.col("open_names") > 0
    none = pl.col("verdict").is_null()
    verdict = (
        pl.when(~pl.col("in_scope")).then(pl.lit("not_in_scope"))
        .when(none & traced & (pl.col("hit_risk") >= RISK_RANK["conclusive"])).then(pl.lit("cracked"))
        .when(none & (traced | unsettled | pl.col("partial"))).then(pl.lit("undetermined"))
        .when(none).then(pl.lit("absent"))
        .otherwise("verdict")
    )  # fmt: skip
    confidence = (
        pl.when(~pl.col("in_scope")).then(1.0)
        .when(none & traced).then("hit_confidence")
        .when(none & (unsettled | pl.col("partial"))).then(_UNSETTLED_CONFIDENCE)
        .when(none).then(1.0)
        .otherwise("confidence")
    )  # fmt: skip
    # The traces on free software accuse nobody; those on a category without a copy must still be seen.
    risk = pl.when(none & traced).then("hit_risk").when(none).then(0).otherwise("risk")
    return counted.with_columns(
        verdict=verdict,
        confidence=confidence,
        grade=risk.replace_strict(dict(enumerate(RISKS)), return_dtype=pl.String),
        official=pl.col("official").fill_null(False),
        decided_by=pl.when(none & traced).then("hit_by").otherwise("decided_by"),
    ).with_columns(state=pl.col("verdict").replace_strict(policy.states(), return_dtype=pl.String))
