"""The assignment of a result made anew: the copies that are left after a change, the lots that were there, and those bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from licmatch.licences import Assignment, assign, outcomes, position
from licmatch.licences.frames import DEMAND, LOTS
from licmatch.licences.proof import licence_kind
from licmatch.licences.rights import Rights
from licmatch.plan.needs import OPEN_STATES
from licmatch.result import Result

FRESH = (
    "installation", "device_id", "unit_id", "category", "release", "role", "vendor", "family_id", "edition_id", "licence", "approved_free",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Again:
    """`copies`: with the verdicts after; `position`: columns of `schema.POSITION`; `covered`: copies in doubt that a licence now covers."""

    copies: pl.DataFrame
    position: pl.DataFrame
    covered: int


def reassigned(
    result: Result, copies: pl.DataFrame, fresh: Sequence[pl.DataFrame], bought: Sequence[Mapping[str, Any]], rights: Rights, day: date
) -> Again:
    """Return the result's assignment after a change. `copies`: those left, `at` their row among the installations.

    `fresh`: what stands in the place of other copies, columns of `FRESH`; `bought`: further lots, with all the papers their kind asks for.
    A copy in doubt that now has a proved licence is genuine; one that was genuine by a licence it no longer has is what that leaves it.
    """
    found = assigned_anew(result.assignment, result.entitlements, result.units, copies["at"], fresh, bought, rights, day)
    told = outcomes(found).select("at", "outcome", proved=pl.col("outcome").str.starts_with("genuine").fill_null(False))
    was = result.assignment.select(at="installation", had=pl.col("proved").fill_null(False))
    met = copies.join(told, on="at", how="left", maintain_order="left").join(was, on="at", how="left", maintain_order="left")
    settled = pl.col("verdict").str.starts_with("genuine_") & ~pl.col("official")
    gained = (pl.col("proved") & pl.col("state").is_in(OPEN_STATES) & ~pl.col("had").fill_null(False)).fill_null(False)
    lost = (~pl.col("proved") & pl.col("had") & settled & pl.col("outcome").is_not_null()).fill_null(False)
    states = {entry["verdict"]: entry["state"] for entry in result.manifest["verdicts"]}
    changed = met.with_columns(
        verdict=pl.when(gained | lost).then("outcome").otherwise("verdict"),
        grade=pl.when(gained).then(pl.lit("none")).otherwise("grade"),
        state=pl.when(gained | lost).then(pl.col("outcome").replace_strict(states, default="undetermined")).otherwise("state"),
    )
    return Again(changed.select(copies.columns), position(found, rights), int(met.select(gained.sum()).item()))


def assigned_anew(
    seats: pl.DataFrame,
    holdings: pl.DataFrame,
    units: pl.DataFrame,
    left: pl.Series,
    fresh: Sequence[pl.DataFrame],
    bought: Sequence[Mapping[str, Any]],
    rights: Rights,
    day: date,
) -> Assignment:
    """Return the assignment of the lots and what is bought.

    `seats`, `holdings`, `units`: tables `assignment`, `entitlements` and `units` of a result; `left`: the installations that are left.
    """
    owned = holdings.filter(pl.col("family_id").is_not_null()).select(pl.col(name).cast(dtype) for name, dtype in LOTS.items())
    lots = pl.concat([owned, _bought(bought, rights, holdings)])
    return assign(_demand(seats, left, fresh), lots, _ancestors(units), rights, day)


def _demand(seats: pl.DataFrame, left: pl.Series, fresh: Sequence[pl.DataFrame]) -> pl.DataFrame:
    new = pl.concat([one.select(*FRESH) for one in fresh]) if fresh else pl.DataFrame(schema={"installation": pl.UInt32()})
    new = new.unique("installation", keep="last", maintain_order=True)
    # The computer stays the same: what is known of its full licence holds for what replaces its system.
    known = seats.select("installation", "qualified")
    old = seats.filter(~pl.col("installation").is_in(new["installation"].implode()))
    every = pl.concat([old, new.join(known, on="installation", how="left")], how="diagonal")
    every = every.filter(pl.col("installation").is_in(left.implode())).sort("installation")
    every = every.rename({"installation": "at"}).with_columns(device=pl.col("device_id").rank("dense"))
    return every.select(pl.col(name).cast(dtype) for name, dtype in DEMAND.items())


def _bought(bought: Sequence[Mapping[str, Any]], rights: Rights, owned: pl.DataFrame) -> pl.DataFrame:
    first = int(owned["lot"].max() or 0) + 1 if owned.height else 0  # type: ignore[arg-type]
    words = {document.id: document.words[0] for document in rights.documents}
    rows = []
    for place, one in enumerate(bought):
        kind = licence_kind(one["metric"], one["channel"], False, rights)
        metric = rights.metrics[one["metric"]].more if one["metric"] in rights.metrics else ()
        asked = rights.proofs[kind].sets[0] if kind in rights.proofs else ()
        papers = ";".join(words[paper] for paper in (*asked, *metric) if paper in words)
        rows.append({"lot": first + place, "entitlement_id": f"bought-{place + 1:04}", "proofs": papers, **one})
    return pl.DataFrame([{name: row.get(name) for name in LOTS} for row in rows], schema=LOTS)


def _ancestors(units: pl.DataFrame) -> pl.DataFrame:
    parents = dict(units.select("unit_id", "parent_id").iter_rows())
    rows = []
    for unit in parents:
        at, seen = unit, []
        while at is not None and at in parents and at not in seen:
            seen.append(at)
            at = parents[at]
        rows += [(unit, above) for above in seen]
    return pl.DataFrame(rows, schema={"unit_id": pl.String(), "ancestor": pl.String()}, orient="row")
