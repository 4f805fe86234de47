"""A price list as offers: recognised, approved, in force, under the caps; what cannot be bought is listed with the reason."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from licmatch.assess import EngineView
from licmatch.licences.proof import licence_kind
from licmatch.licences.reach import Licence, product
from licmatch.licences.rights import Rights
from licmatch.plan.rules import PlanRules
from licmatch.schema import LICENSABLE_ROLES, NAME_KEY, PRICES

MOST_CENTS = 10**11
_AMOUNT = re.compile(r"^[¥￥]?\s*([0-9]{1,12}(?:\.[0-9]{1,2})?)\s*元?$")
_SAME_OFFER = ("product", "edition", "release", "publisher", "metric", "channel", "side", "replaces")
REFUSED: dict[str, pl.DataType] = {
    "product": pl.String(), "release": pl.String(), "unit_price": pl.String(), "from_quantity": pl.Int64(),
    "reason": pl.String(), "detail": pl.String(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """From so many licences on, all of them cost so much each."""

    start: int
    cents: int


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may be bought. `fund`: "software", or "hardware" where it comes with the computer; `site`: one price for all."""

    place: int
    name: str
    version: str
    licence: Licence
    role: str
    metric: str
    steps: tuple[Step, ...]
    fund: str = "software"
    side: str | None = None
    reason: str | None = None
    cap_cents: int | None = None
    years: int | None = None
    times: int = 1  # how often it is paid over the minimum life
    free: bool = False
    upgrade: bool = False
    replaces: frozenset[str] = frozenset()

    @property
    def category(self) -> str:
        """The category of what is offered."""
        return self.licence.product.category

    @property
    def site(self) -> bool:
        """Whether one payment covers all computers of the purchaser."""
        return self.metric in ("site", "unlimited")

    def price_for(self, quantity: int) -> tuple[int, int] | None:
        """Return (licences bought, cents each) of the cheapest purchase of at least so many; more, where a step makes that cheaper."""
        made = [(max(quantity, step.start), step.cents) for step in self.steps]
        return min(made, key=lambda one: (one[0] * one[1], one[0])) if made else None


@dataclass(frozen=True, slots=True)
class Offers:
    """`refused`: columns of `REFUSED`, one row a price that does not count."""

    offers: tuple[Offer, ...]
    refused: pl.DataFrame


def read_offers(
    prices: pl.DataFrame, engine: EngineView, rights: Rights, rules: PlanRules, as_of: date, approved: Collection[str] = ()
) -> Offers:
    """Return what may be bought on a day. `prices`: columns of `schema.PRICES`; `approved`: ids or names of products on the approved list.

    Only approved varieties are offers: those whose price says so, or that stand on the list. Nothing said is no approval.
    """
    table = prices.select((pl.col(n) if n in prices.columns else pl.lit(None)).cast(t).alias(n) for n, t in PRICES.items())
    table = _recognised(table, engine)
    listed = {one.casefold() for one in approved}
    made: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    refused: list[tuple[Any, ...]] = []
    for row in table.sort(*_SAME_OFFER, "from_quantity", "unit_price", "valid_from", nulls_last=False).iter_rows(named=True):
        row["cents"] = _cents(row["unit_price"])
        row["start"] = 1 if row["from_quantity"] is None else row["from_quantity"]
        fault = _fault(row, rights, as_of, listed)
        if fault is not None:
            refused.append(_refused(row, *fault))
        else:
            made.setdefault(tuple(row[name] for name in _SAME_OFFER), []).append(row)
    offers: list[Offer] = []
    for rows in made.values():
        offer = _offer(len(offers), rows, rights, rules, refused)
        if offer is not None:
            offers.append(offer)
    return Offers(tuple(offers), pl.DataFrame(refused, schema=REFUSED, orient="row"))


def _recognised(table: pl.DataFrame, engine: EngineView) -> pl.DataFrame:
    name = pl.concat_str("product", "release", "edition", separator=" ", ignore_nulls=True)
    named = table.with_columns(name=name, version=pl.lit(None, pl.String))
    keys = named.select(*NAME_KEY).unique().sort(NAME_KEY, nulls_last=False)
    decided = engine.decide(keys).select(
        "name", "publisher", "family_id", "edition_id", category="lm_category", found_release="lm_release", role="lm_role",
        status="lm_status", product_id="lm_product_id",
    )  # fmt: skip
    met = named.join(decided, on=["name", "publisher"], how="left", nulls_equal=True, maintain_order="left")
    # A price list may name a product by its id too.
    ids = engine.facts.select("family_id", own_category="category", own_role="role").unique("family_id", keep="first", maintain_order=True)
    met = met.join(ids, left_on="product", right_on="family_id", how="left", maintain_order="left")
    by_id = pl.col("own_category").is_not_null()
    return met.with_columns(
        family_id=pl.when(by_id).then("product").when(pl.col("status") == "recognised").then("family_id"),
        category=pl.when(by_id).then("own_category").otherwise("category"),
        role=pl.when(by_id).then("own_role").otherwise("role"),
        found_release=pl.when(by_id).then("release").otherwise(pl.coalesce("found_release", "release")),
        edition_id=pl.when(by_id).then("edition").otherwise("edition_id"),
    )


def _cents(text: str | None) -> int | None:
    found = _AMOUNT.match((text or "").replace(",", "").replace("，", "").strip())
    return int(Decimal(found[1]) * 100) if found else None


def _fault(row: dict[str, Any], rights: Rights, as_of: date, listed: set[str]) -> tuple[str, str] | None:
    """Why a price does not count at all, or None."""
    if row["cents"] is None or row["cents"] > MOST_CENTS:
        return "no_amount", row["unit_price"] or ""
    if row["start"] < 1:
        return "no_quantity", str(row["start"])
    if (row["currency"] or "CNY").strip().upper() not in ("CNY", "RMB", "元", "人民币"):
        return "currency", row["currency"]
    if row["family_id"] is None or row["category"] is None:
        return "not_recognised", row["name"]
    if row["role"] not in LICENSABLE_ROLES:
        return "not_licensable", row["role"] or ""
    begins, ends = (row[name] and date.fromisoformat(row[name][:10]) for name in ("valid_from", "valid_to"))
    if (begins and as_of < begins) or (ends and as_of > ends):
        return "not_in_force", f"{row['valid_from'] or ''} – {row['valid_to'] or ''}"
    one = product(row["category"], row["family_id"], row["edition_id"], row["found_release"], rights)
    if one.edition in rights.editions.never or row["channel"] == "trial":
        return "edition_never", one.edition or "trial"
    said = {text.casefold() for text in (row["product"], row["name"], row["family_id"], row["product_id"]) if text}
    if row["approved"] is False or (row["approved"] is None and not said & listed):
        return "not_approved", ""
    return None


def _offer(place: int, rows: list[dict[str, Any]], rights: Rights, rules: PlanRules, refused: list[tuple[Any, ...]]) -> Offer | None:
    first = rows[0]
    metric = first["metric"] or "device"
    one = product(first["category"], first["family_id"], first["edition_id"], first["found_release"], rights)
    only = next((rule for rule in rights.upgrade_only if rule.line == one.line), None)
    kind = "purchased" if first["channel"] == "upgrade" else licence_kind(metric, first["channel"], False, rights)
    if first["channel"] == "upgrade" and only is not None:
        kind = only.kinds[0]
    upgrade = first["channel"] == "upgrade" or (only is not None and kind in only.kinds)
    hardware = rules.hardware_only(one.category)
    reason = next((row["reason"] for row in rows if row["reason"]), None)
    cap = rules.cap_of(one.category, first["side"])
    most = None if cap is None else (cap.with_reason if reason and cap.with_reason is not None else cap.amount) * 100
    steps: dict[int, int] = {}
    for row in rows:
        if hardware and not upgrade and kind != "oem" and row["cents"]:
            refused.append(_refused(row, "with_hardware", ""))
        elif most is not None and row["cents"] > most and metric not in ("site", "unlimited"):
            refused.append(_refused(row, "over_cap", f"{most / 100:,.2f}"))
        elif steps.get(row["start"], row["cents"]) != row["cents"]:
            refused.append(_refused(row, "two_prices", f"{steps[row['start']] / 100:,.2f}"))
        else:
            steps[row["start"]] = row["cents"]
    if not steps:
        return None
    years = first["term_years"]
    times = -(-rules.min_life_years // years) if years and years < rules.min_life_years else 1
    free = kind == "free" or not any(steps.values())
    return Offer(
        place, first["product"], " ".join(text for text in (first["release"] or first["found_release"], first["edition"]) if text),
        Licence(one, kind, None), first["role"], metric, tuple(Step(start, cents) for start, cents in sorted(steps.items())),
        fund="hardware" if kind == "oem" else "software", side=first["side"], reason=reason, cap_cents=most, years=years, times=times,
        free=free, upgrade=upgrade,
        replaces=frozenset(text.strip().casefold() for text in (first["replaces"] or "").split(";") if text.strip()),
    )  # fmt: skip


def _refused(row: dict[str, Any], reason: str, detail: str) -> tuple[Any, ...]:
    return row["product"], row["release"], row["unit_price"], row["from_quantity"], reason, detail
