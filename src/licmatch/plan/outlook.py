"""What a change would do: position and score before and after. Nothing of the result is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.assess import EngineView, Policy, load_policy
from licmatch.errors import InputError
from licmatch.licences import load_rights, pool
from licmatch.licences.proof import licence_kind
from licmatch.licences.reach import Licence, product, reaches
from licmatch.licences.rights import Rights
from licmatch.plan.changes import Buy, Changes, Replace, load_changes
from licmatch.plan.needs import OPEN_STATES, placed_copies
from licmatch.plan.reassign import reassigned
from licmatch.plan.rescore import rescored
from licmatch.result import Result
from licmatch.schema import LICENSABLE_ROLES, NAME_KEY

STAND: dict[str, pl.DataType] = {
    "unit_id": pl.String(), "category": pl.String(), "pool": pl.String(), "required": pl.Int64(), "usable": pl.Int64(),
    "shortfall": pl.Int64(), "surplus": pl.Int64(),
}  # fmt: skip
_KEYS = ["unit_id", "category", "pool"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Before and after. Positions: columns of `STAND`; scores: those of the result's table. `done`: removed, replaced, bought, covered."""

    position_before: pl.DataFrame
    position_after: pl.DataFrame
    scores_before: pl.DataFrame
    scores_after: pl.DataFrame
    done: dict[str, int]


@dataclass(slots=True)
class _Estate:
    copies: pl.DataFrame
    stand: dict[tuple[Any, ...], list[int]]  # unit, category, pool -> required, usable
    fresh: list[pl.DataFrame] = field(default_factory=list)  # copies that were put in the place of others, columns of `reassign.FRESH`
    lots: list[dict[str, Any]] = field(default_factory=list)  # licences that were bought
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("removed", "replaced", "bought", "covered"), 0))


def whatif(
    result: Result,
    changes: Changes | Mapping[str, Any] | str | Path,
    *,
    engine: EngineView,
    position: pl.DataFrame | None = None,
    rights: Rights | None = None,
    policy: Policy | None = None,
) -> Outlook:
    """Return what the changes would do to a result.

    Where the result holds lots, they and what is bought are assigned anew to the copies that are left, with complete proof of what is
    bought. Without, licences go where they are short: the same pool first, then what rights reach; `position` is that of the result, and
    without one a pool has as many licences as it has genuine copies. A copy that gets a licence counts as genuine, so a cracked one must
    be installed anew. Raises `InputError` for changes that name an unknown unit or product.
    """
    wanted = load_changes(changes)
    book = load_rights() if rights is None else rights
    from datetime import date

    day = date.fromisoformat(result.manifest["as_of"])
    copies, kinds = placed_copies(result.installations, engine, book)
    before = _stand(position, copies)
    estate = _Estate(copies, {tuple(row[:3]): [row[3], row[4]] for row in before.select(*_KEYS, "required", "usable").iter_rows()})
    over = _ancestors(result.units)
    excess = _excess(estate)
    for one in wanted.remove:
        chosen = _chosen(estate.copies, one.product, one.unit, one.device, engine, over)
        _take_out(estate, chosen)
        estate.done["removed"] += chosen.height
    for swap in wanted.replace:
        _replace(estate, swap, engine, book, over)
    for buy in wanted.buy:
        _buy(estate, buy, engine, book, over, [kinds[cp] for cp in range(len(kinds))], day)
    if result.entitlements.height:
        again = reassigned(result, estate.copies, estate.fresh, estate.lots, book, day)
        estate.copies, estate.done["covered"] = again.copies, again.covered
        after = again.position.select(pl.col(name).cast(dtype) for name, dtype in STAND.items())
    else:
        _promote(estate, excess)
        after = _table(estate.stand)
    rules = policy or load_policy({"phase": result.manifest["policy"]["phase"]})
    scores = rescored(result, estate.copies, engine, rules)
    return Outlook(before, after, scores[0], scores[1], estate.done)


def _stand(position: pl.DataFrame | None, copies: pl.DataFrame) -> pl.DataFrame:
    if position is not None:
        return position.select(pl.col(name).cast(dtype) for name, dtype in STAND.items()).sort(_KEYS, nulls_last=True)
    counted = copies.group_by(_KEYS).agg(required=pl.len().cast(pl.Int64), usable=(pl.col("state") == "genuine").sum().cast(pl.Int64))
    return _table({tuple(row[:3]): [row[3], row[4]] for row in counted.select(*_KEYS, "required", "usable").iter_rows()})


def _table(stand: dict[tuple[Any, ...], list[int]]) -> pl.DataFrame:
    rows = [(*key, required, usable, max(0, required - usable), max(0, usable - required)) for key, (required, usable) in stand.items()]
    return pl.DataFrame(rows, schema=STAND, orient="row").sort(_KEYS, nulls_last=True)


def _ancestors(units: pl.DataFrame) -> dict[str, set[str]]:
    parents = dict(units.select("unit_id", "parent_id").iter_rows())
    found: dict[str, set[str]] = {}
    for unit in parents:
        at, above = unit, {unit}
        while (parent := parents.get(at)) is not None and parent not in above:
            above.add(parent)
            at = parent
        found[unit] = above
    return found


def _decided(name: str, engine: EngineView) -> dict[str, Any]:
    """The recognised product of a name or id. Raises InputError."""
    facts = engine.facts.filter(pl.col("family_id") == name)
    if facts.height:
        return {"family_id": name, "edition_id": None, "lm_release": None, "lm_product_id": name, "lm_category": facts["category"][0],
                "lm_family": facts["family"][0], "lm_vendor": facts["vendor"][0],
                "lm_edition": None, "lm_role": facts["role"][0]}  # fmt: skip
    keys = pl.DataFrame([(name, None, None)], schema=dict.fromkeys(NAME_KEY, pl.String), orient="row")
    row = engine.decide(keys).row(0, named=True)
    if row["lm_status"] != "recognised" or row["lm_role"] not in LICENSABLE_ROLES:
        raise InputError(
            f"{name!r} is not recognised as a product that needs a licence", hint="give its name and release as an inventory would"
        )
    return row


def _chosen(
    copies: pl.DataFrame, name: str | None, unit: str | None, device: str | None, engine: EngineView, over: dict[str, set[str]]
) -> pl.DataFrame:
    chosen = copies
    if unit is not None:
        if unit not in over:
            raise InputError(f"there is no unit {unit!r} in the result")
        below = [each for each, above in over.items() if unit in above]
        chosen = chosen.filter(pl.col("unit_id").is_in(below))
    if device is not None:
        chosen = chosen.filter(pl.col("device_id") == device)
    if name is not None and not copies.filter(pl.col("product_id") == name).height:
        identity = str(_decided(name, engine)["lm_product_id"])
        longer = [identity + mark for mark in ("-", ".")]
        chosen = chosen.filter(
            (pl.col("product_id") == identity) | pl.any_horizontal(pl.col("product_id").str.starts_with(one) for one in longer)
        )
    elif name is not None:
        chosen = chosen.filter(pl.col("product_id") == name)
    return chosen


def _take_out(estate: _Estate, chosen: pl.DataFrame) -> None:
    for *key, count in chosen.group_by(_KEYS).agg(pl.len()).iter_rows():
        stand = estate.stand.setdefault(tuple(key), [0, 0])
        stand[0] = max(0, stand[0] - count)
    estate.copies = estate.copies.filter(~pl.col("at").is_in(chosen["at"].implode()))


def _replace(estate: _Estate, swap: Replace, engine: EngineView, rights: Rights, over: dict[str, set[str]]) -> None:
    new = _decided(swap.by, engine)
    chosen = _chosen(estate.copies, swap.product, swap.unit, swap.device, engine, over)
    chosen = chosen.filter(pl.col("category") == new["lm_category"])
    facts = engine.facts.filter(pl.col("family_id") == new["family_id"]).row(0, named=True)
    one = product(new["lm_category"], new["family_id"], new["edition_id"], new["lm_release"], rights)
    free = facts["licence"] in ("free", "open_source")
    if facts["licence"] == "open_source":
        verdict, state = "open_source", "genuine"
    elif facts["licence"] == "free":
        verdict, state = ("genuine_free", "genuine") if swap.approved else ("undetermined", "undetermined")
    else:
        verdict, state = ("genuine_purchased", "genuine") if swap.bought else ("no_evidence", "undetermined")
    _take_out(estate, chosen)
    # A computer that loses two programs gets one.
    fresh = chosen.sort("device_id", "at").unique("device_id", keep="first", maintain_order=True)
    has = estate.copies.filter(pl.col("product_id") == new["lm_product_id"]).select("device_id")
    fresh = fresh.join(has, on="device_id", how="anti").with_columns(
        product_id=pl.lit(new["lm_product_id"], pl.String), family=pl.lit(new["lm_family"], pl.String),
        vendor=pl.lit(new["lm_vendor"], pl.String),
        edition=pl.lit(new["lm_edition"], pl.String), release=pl.lit(new["lm_release"], pl.String), role=pl.lit(new["lm_role"], pl.String),
        verdict=pl.lit(verdict), state=pl.lit(state), grade=pl.lit("none"), official=pl.lit(False),
        origin=pl.lit(facts["origin"], pl.String),
        end_of_support=pl.lit(False), pool=pl.lit(pool(one)),
    )  # fmt: skip
    estate.fresh.append(
        fresh.select(
            "device_id", "unit_id", "category", "release", "role", "vendor", installation=pl.col("at"),
            family_id=pl.lit(new["family_id"], pl.String), edition_id=pl.lit(new["edition_id"], pl.String),
            licence=pl.lit(facts["licence"], pl.String), approved_free=pl.lit(swap.approved),
        )
    )  # fmt: skip
    if swap.bought and not free:
        estate.lots += [
            {"unit_id": unit, "category": new["lm_category"], "family_id": new["family_id"], "edition_id": new["edition_id"],
             "release": new["lm_release"], "metric": "device", "quantity": count, "channel": None}
            for unit, count in fresh.group_by("unit_id").agg(pl.len().cast(pl.Int64)).sort("unit_id").iter_rows()
        ]  # fmt: skip
    if not free:
        for *key, count in fresh.group_by(_KEYS).agg(pl.len()).iter_rows():
            stand = estate.stand.setdefault(tuple(key), [0, 0])
            stand[0] += count
            stand[1] += count if swap.bought else 0
        estate.done["bought"] += fresh.height if swap.bought else 0
    estate.copies = pl.concat([estate.copies, fresh.select(estate.copies.columns)]).sort("at")
    estate.done["replaced"] += chosen.height


def _buy(estate: _Estate, buy: Buy, engine: EngineView, rights: Rights, over: dict[str, set[str]], kinds: list[Any], day: Any) -> None:
    row = _decided(buy.product, engine)
    one = product(row["lm_category"], row["family_id"], row["edition_id"], row["lm_release"], rights)
    if one.edition in rights.editions.never:
        raise InputError(f"{buy.product!r} is for persons: it licenses no organisation")
    if buy.unit is not None and buy.unit not in over:
        raise InputError(f"there is no unit {buy.unit!r} in the result")
    licence = Licence(one, licence_kind(buy.metric, buy.channel, False, rights), None)
    reached = {pool(kind): found.order for kind in kinds if (found := reaches(licence, kind, rights, day)) is not None}
    left = buy.quantity
    boundless = rights.metrics[buy.metric].unlimited if buy.metric in rights.metrics else False
    estate.lots.append(
        {"unit_id": buy.unit, "category": row["lm_category"], "family_id": row["family_id"], "edition_id": row["edition_id"],
         "release": row["lm_release"], "metric": buy.metric, "quantity": None if boundless else buy.quantity, "channel": buy.channel}
    )  # fmt: skip
    short = [
        (reached[key[2]], key[0] != buy.unit, key) for key, (required, usable) in estate.stand.items()
        if key[2] in reached and required > usable and (buy.unit is None or buy.unit in over.get(key[0], ()))
    ]  # fmt: skip
    for _, _, key in sorted(short, key=lambda each: (each[0], each[1], tuple(map(str, each[2])))):
        stand = estate.stand[key]
        given = min(left, stand[0] - stand[1]) if buy.metric not in ("site", "unlimited") else stand[0] - stand[1]
        stand[1] += given
        left -= given if buy.metric not in ("site", "unlimited") else 0
    if left and buy.metric not in ("site", "unlimited"):
        owner = buy.unit or next((unit for unit, above in over.items() if len(above) == 1), None)
        estate.stand.setdefault((owner, row["lm_category"], pool(one)), [0, 0])[1] += left
    estate.done["bought"] += buy.quantity


def _excess(estate: _Estate) -> dict[tuple[Any, ...], int]:
    """By pool, how many copies are in doubt although licences suffice: those stay in doubt, whatever is bought."""
    open_now = _open(estate.copies)
    return {
        key: max(0, len(rows) - max(0, estate.stand.get(key, [0, 0])[0] - estate.stand.get(key, [0, 0])[1]))
        for key, rows in open_now.items()
    }


def _open(copies: pl.DataFrame) -> dict[tuple[Any, ...], list[int]]:
    order = copies.filter(pl.col("state").is_in(OPEN_STATES)).sort(
        pl.col("state") != "not_genuine", pl.col("verdict") != "cracked", "device_id", "at"
    )
    return {tuple(row[:3]): row[3] for row in order.group_by(_KEYS, maintain_order=True).agg("at").iter_rows()}


def _promote(estate: _Estate, excess: dict[tuple[Any, ...], int]) -> None:
    """Copies in doubt that a licence now covers are genuine, the worst first."""
    now: list[int] = []
    for key, rows in _open(estate.copies).items():
        required, usable = estate.stand.get(key, [0, 0])
        now += rows[: max(0, len(rows) - max(0, required - usable) - excess.get(key, 0))]
    mine = pl.col("at").is_in(pl.Series(now, dtype=pl.UInt32).implode())
    estate.done["covered"] = len(now)
    estate.copies = estate.copies.with_columns(
        verdict=pl.when(mine).then(pl.lit("genuine_purchased")).otherwise("verdict"),
        state=pl.when(mine).then(pl.lit("genuine")).otherwise("state"),
        grade=pl.when(mine).then(pl.lit("none")).otherwise("grade"),
    )
