"""Small estates for the tests of the plan: copies, a price list, and an engine that knows a handful of families."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import polars as pl

from licmatch.licences import load_rights
from licmatch.plan import Plan, load_plan_rules, plan
from licmatch.plan.rules import PlanRules
from licmatch.schema import DECISION_COLUMNS, INSTALLATIONS, PRICES

DAY = date(2026, 11, 30)
FAMILIES = {
    "office.wps-office": ("office", "Kingsoft", "WPS Office", "product", "commercial"),
    "office.microsoft-office": ("office", "Microsoft", "Microsoft Office", "product", "commercial"),
    "office.microsoft-word": ("office", "Microsoft", "Microsoft Word", "standalone_app", "commercial"),
    "office.microsoft-excel": ("office", "Microsoft", "Microsoft Excel", "standalone_app", "commercial"),
    "office.libreoffice": ("office", "TDF", "LibreOffice", "product", "open_source"),
    "antivirus.huorong": ("antivirus", "Huorong", "Huorong", "product", "commercial"),
    "os.windows-10": ("os", "Microsoft", "Windows 10", "product", "commercial"),
    "os.kylin": ("os", "Kylinsoft", "Kylin", "product", "commercial"),
}


class Engine:
    """Knows a product by its family id only."""

    facts = pl.DataFrame(
        [(name, *row[:4], row[4], "domestic") for name, row in FAMILIES.items()],
        schema=["family_id", "category", "vendor", "family", "role", "licence", "origin"],
        orient="row",
    )
    categories = tuple(SimpleNamespace(id=name, one_per_device=False) for name in ("os", "office", "antivirus"))

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        nothing = [pl.lit(None, dtype).alias(name) for name, dtype in DECISION_COLUMNS.items() if name != "lm_status"]
        return keys.with_columns(pl.lit("unknown").alias("lm_status"), *nothing)


def copy(
    device: str, product: str, release: str | None = None, *, unit: str = "u1", verdict: str = "over_deployed", state: str = "not_genuine"
) -> dict[str, Any]:
    """One installation; `product` is a family id, with the edition after a second dot."""
    category, name, *edition = product.split(".")
    family = f"{category}.{name}"
    identity = family + (f"-{release}" if release and not family.endswith(release) else "") + "".join(f".{one}" for one in edition)
    return {
        "device_id": device, "unit_id": unit, "category": category, "product_id": identity, "vendor": FAMILIES[family][1],
        "family": FAMILIES[family][2], "edition": edition[0] if edition else None, "release": release, "role": FAMILIES[family][3],
        "verdict": verdict, "state": state, "confidence": 0.9, "grade": "none", "official": False, "origin": "domestic",
        "rows_collapsed": 1, "flags": [], "evidence": [],
    }  # fmt: skip


def copies(*rows: dict[str, Any]) -> pl.DataFrame:
    """The installations of a result."""
    return pl.DataFrame(list(rows), schema=INSTALLATIONS)


def prices(*rows: dict[str, Any]) -> pl.DataFrame:
    """A price list; what is not said is approved."""
    return pl.DataFrame([{"approved": True, **row} for row in rows], schema=PRICES)


UNITS = pl.DataFrame(
    {
        "unit_id": ["top", "u1", "u2"],
        "parent_id": [None, "top", "top"],
        "name": ["市", "一局", "二局"],
        "tier": ["city", "department", "department"],
    },
    schema=dict.fromkeys(("unit_id", "parent_id", "name", "tier"), pl.String),
)


def made(installations: pl.DataFrame, offered: pl.DataFrame, *, rules: PlanRules | None = None, as_of: date = DAY, **more: Any) -> Plan:
    """The plan of a small estate, with the built-in rules."""
    return plan(
        more.pop("position", None),
        installations,
        offered,
        UNITS,
        load_rights(),
        rules=rules or load_plan_rules(),
        as_of=as_of,
        engine=Engine(),
        **more,
    )  # type: ignore[arg-type]


def software(found: Plan) -> Sequence[int]:
    """Cents of software, year by year."""
    return [one.software for one in found.money.values()]
