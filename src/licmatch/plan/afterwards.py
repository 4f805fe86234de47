"""A plan tried out: what it buys is assigned with what was there, by the same rights, to the copies that it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from licmatch.licences import position
from licmatch.licences.rights import Rights
from licmatch.plan.model import Bought
from licmatch.plan.offers import Offer
from licmatch.plan.patterns import REMOVE, REPLACE
from licmatch.plan.reassign import FRESH, assigned_anew

# The channel that makes a lot of each kind; what is not here is bought, and nobody says how.
_CHANNELS = ("oem", "retail", "volume", "subscription", "allocated")


def position_afterwards(
    seats: pl.DataFrame,
    holdings: pl.DataFrame,
    units: pl.DataFrame,
    actions: pl.DataFrame,
    bought: Sequence[Bought],
    offers: Sequence[Offer],
    rights: Rights,
    day: date,
) -> pl.DataFrame:
    """Return the position, columns of `schema.POSITION`, once everything in the plan is done and its papers are there.

    `seats`, `holdings`, `units`: the tables `assignment`, `entitlements` and `units` of the result. `actions`: at, device_id, unit_id,
    action, offer, seat. What is still short then the plan does not close: copies it has no offer for, and upgrades that stand on nothing.
    """
    done = actions.filter(pl.col("offer").is_not_null() & (pl.col("offer") >= 0))
    free = [offer.place for offer in offers if offer.free]
    new = done.filter(((pl.col("action") == REPLACE) & pl.col("seat")) | pl.col("offer").is_in(free))
    # A seat that serves several copies of a computer puts one product in their place.
    gone = actions.filter((pl.col("action") == REMOVE) | ((pl.col("action") == REPLACE) & ~pl.col("seat").fill_null(False)))
    told = pl.DataFrame(
        [
            (one.place, one.category, of.release, one.role, of.family, of.edition, one.free)
            for one, of in ((offer, offer.licence.product) for offer in offers)
        ],
        schema={
            "offer": pl.Int64(), "category": pl.String(), "release": pl.String(), "role": pl.String(), "family_id": pl.String(),
            "edition_id": pl.String(), "approved_free": pl.Boolean(),
        },
        orient="row",
    )  # fmt: skip
    fresh = new.select("at", "device_id", "unit_id", "offer").join(told, on="offer", how="left", maintain_order="left")
    fresh = fresh.with_columns(
        installation=pl.col("at").cast(pl.UInt32), vendor=pl.lit(None, pl.String),
        licence=pl.when("approved_free").then(pl.lit("free")).otherwise(pl.lit("commercial")),
    ).select(*FRESH)  # fmt: skip
    left = seats["installation"].filter(~seats["installation"].is_in(gone["at"].cast(pl.UInt32).implode()))
    lots = [
        {"unit_id": one.buyer, "category": offers[one.offer].category, "family_id": offers[one.offer].licence.product.family,
         "edition_id": offers[one.offer].licence.product.edition, "release": offers[one.offer].licence.product.release,
         "metric": offers[one.offer].metric, "quantity": None if offers[one.offer].site else one.quantity,
         "channel": next((kind for kind in _CHANNELS if kind == offers[one.offer].licence.kind), None)}
        for one in bought
        if not offers[one.offer].free
    ]  # fmt: skip
    return position(assigned_anew(seats, holdings, units, left, [fresh], lots, rights, day), rights)
