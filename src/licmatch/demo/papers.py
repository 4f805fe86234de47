"""The papers of genuine copies: complete in most units, incomplete in some, and none at all in a few."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from licmatch import schema
from licmatch.demo.antivirus import PRODUCTS
from licmatch.demo.draw import Draw, Weighted
from licmatch.demo.entry import Truth
from licmatch.demo.places import Unit
from licmatch.demo.stories import Copy, Story

_KEPT = Weighted(((0.97, 72.0), (0.6, 18.0), (0.0, 10.0)))
# The documents that are kept with a licence, by the way it was bought; in some units part of them is lost.
_DOCUMENTS = {
    "oem": ("装箱单", "授权标签", "发票"),
    "volume": ("采购合同", "授权书", "发票"),
    "subscription": ("采购合同", "订单", "使用人登记", "发票"),
    "retail": ("发票", "包装"),
    "purchased": ("采购合同", "授权书", "发票", "包装"),
}
_WHOLE = 0.85
_WITH_THE_COMPUTER = ("oem", "oem slp", "oem label", "board replaced", "digital upgrade", "bought with the computer")
_VOLUME = ("city kms", "county kms", "moved kms", "mak", "directory")
# Invoices for protection name the product as it calls itself.
_CALLED = {family: name for name, _, _, _, family, _, _ in reversed(PRODUCTS)}


def product_words(product: Truth) -> str:
    """Return a product as an invoice words it.

    >>> product_words(Truth("office", "Microsoft", "Microsoft Office", "Standard", "2016"))
    'Microsoft Office Standard 2016'
    """
    if product.category == "antivirus":
        return _CALLED.get(product.family, product.family)
    edition = f" {product.edition}" if product.edition else ""
    release = f" {product.release}" if product.release and product.release not in product.family else ""
    maker = "" if product.family.startswith(product.vendor) or product.category != "os" else f"{product.vendor} "
    return f"{maker}{product.family}{edition}{release}"


def entitlement_rows(stories: Sequence[Story], units: Sequence[Unit], seed: int, as_of: date) -> pl.DataFrame:
    """Return the canonical entitlements table: what came with a computer bound to it, the rest in lots of a unit and product."""
    draw = Draw(seed, "papers")
    kept = [draw.weighted(_KEPT) for _ in units]
    bound: list[tuple[str, str, Copy]] = []
    lots: dict[tuple[int, str, str], int] = {}
    for story in stories:
        for copy in story.copies:
            if copy.state not in ("genuine", "personal") or copy.story == "personal package" or not draw.chance(kept[story.device.unit]):
                continue
            if copy.story in _WITH_THE_COMPUTER:
                bound.append((units[story.device.unit].unit_id, story.device.device_id, copy))
            else:
                key = (story.device.unit, product_words(copy.product), _channel(copy.story))
                lots[key] = lots.get(key, 0) + 1
    rows: list[tuple[object, ...]] = []
    for unit_id, device_id, copy in bound:
        bought = as_of - timedelta(days=200 + draw.below(2400))
        rows.append(
            _row(
                f"OEM-{len(rows) + 1:05d}",
                unit_id,
                product_words(copy.product),
                "oem",
                1,
                bought,
                "oem",
                device_id,
                proofs=_proofs("oem", draw),
            )
        )
    for (unit, product, channel), count in sorted(lots.items()):
        bought = as_of - timedelta(days=200 + draw.below(1500))
        metric = "user" if channel == "subscription" else "device"
        until = as_of + timedelta(days=90 + draw.below(400)) if channel == "subscription" else None
        rows.append(
            _row(
                f"LOT-{len(rows) + 1:05d}",
                units[unit].unit_id,
                product,
                metric,
                count,
                bought,
                channel,
                None,
                until,
                _proofs(channel, draw),
            )
        )
    return pl.DataFrame(rows, schema=schema.ENTITLEMENTS, orient="row")


def _proofs(channel: str, draw: Draw) -> str | None:
    """The documents that are still there: all of them as a rule, else all but one, which is the invoice more often than not."""
    documents = _DOCUMENTS[channel]
    if draw.chance(_WHOLE):
        return ";".join(documents)
    lost = "发票" if draw.chance(0.6) else draw.pick(documents)
    return ";".join(document for document in documents if document != lost) or None


def _channel(story: str) -> str:
    return (
        "volume" if story in _VOLUME else "subscription" if story == "subscription" else "retail" if story == "retail key" else "purchased"
    )


def _row(
    number: str,
    unit_id: str,
    product: str,
    metric: str,
    count: int,
    bought: date,
    channel: str,
    device_id: str | None,
    until: date | None = None,
    proofs: str | None = None,
) -> tuple[object, ...]:
    told = dict.fromkeys(schema.ENTITLEMENTS, None) | {
        "entitlement_id": number,
        "unit_id": unit_id,
        "product": product,
        "metric": metric,
        "quantity": count,
        "device_id": device_id,
        "valid_from": bought.isoformat(),
        "valid_to": until.isoformat() if until else None,
        "acquired_on": bought.isoformat(),
        "agreement": f"HT-{bought:%Y%m}" if channel in ("volume", "subscription", "purchased") else None,
        "proofs": proofs,
        "channel": channel,
    }
    return tuple(told.values())
