"""A small engine for tests of the later stages: answers from a written table, no catalog, no matcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from licmatch.assess.engine_view import TraceMatcher
from licmatch.hooks import Category, JudgeContext
from licmatch.plugin_loader import Plugins, load_plugins
from licmatch.schema import DECISION_COLUMNS, NAME_KEY


def as_it_is(installations: pl.DataFrame, context: JudgeContext) -> pl.DataFrame:
    return installations


def product(category: str, family: str, release: str | None = None, edition: str | None = None, **more: Any) -> dict[str, Any]:
    slug = family.lower().replace(" ", "-")
    product_id = f"{category}.{slug}" + (f"-{release}" if release else "") + (f".{edition}" if edition else "")
    return {
        "lm_status": "recognised", "lm_product_id": product_id, "lm_category": category, "lm_vendor": "Microsoft", "lm_family": family,
        "lm_edition": edition, "lm_release": release, "lm_role": "product", "lm_method": "composed", "lm_score": 0.95, "lm_margin": 0.5,
        "lm_rule_id": f"{product_id}#1", "lm_risk": "none", "family_id": f"{category}.{slug}", "edition_id": edition,
        "release_id": release, "memory": False, **more,
    }  # fmt: skip


def tool(signature: str, risk: str = "strong", **more: Any) -> dict[str, Any]:
    return {"lm_status": "recognised", "lm_category": "unlicensed_tool", "lm_role": "tool", "lm_method": "exact", "lm_score": 0.97,
            "lm_signature_id": signature, "lm_risk": risk, "memory": False, **more}  # fmt: skip


UNKNOWN = {"lm_status": "unknown", "lm_risk": "none", "memory": False}

ANSWERS: dict[str, dict[str, Any]] = {
    "Microsoft Office 专业增强版 2016": product("office", "Microsoft Office", "2016", "professional-plus"),
    "Microsoft Office Professional Plus 2016 (x86)": product("office", "Microsoft Office", "2016", "professional-plus"),
    "Microsoft Office": product("office", "Microsoft Office"),
    "Microsoft Office 2010": product("office", "Microsoft Office", "2010"),
    "Microsoft Office 家庭和学生版 2016": product("office", "Microsoft Office", "2016", "home-and-student"),
    "Microsoft Office 试用版 2016": product("office", "Microsoft Office", "2016", "professional", channel="trial"),
    "Microsoft Office MUI 2016": product("office", "Microsoft Office", "2016", lm_role="language_pack"),
    "Microsoft Word 2016": product("office", "Microsoft Word", "2016", lm_role="standalone_app"),
    "Microsoft Visio 2016": product("office", "Microsoft Visio", "2016", lm_role="standalone_app"),
    "Microsoft Office 2016 破解版": product("office", "Microsoft Office", "2016", lm_signature_id="CRACKED", lm_risk="strong"),
    "LibreOffice 7.3": product("office", "LibreOffice", "7.3", lm_vendor="The Document Foundation"),
    "WPS Office 个人版": product("office", "WPS Office", None, "personal", lm_vendor="Kingsoft"),
    "旧字处理": product("office", "Old Writer", memory=True, lm_score=0.8),
    "Windows 10 Pro": product("os", "Windows 10", "10", "pro"),
    "Microsoft Windows 10 专业版": product("os", "Windows 10", "10", "pro"),
    "Windows 10 Home": product("os", "Windows 10", "10", "home"),
    "Windows 7": product("os", "Windows 7", "7"),
    "Windows Defender": product("antivirus", "Windows Defender"),
    "360安全卫士": product("antivirus", "360 Safe", lm_vendor="Qihoo 360"),
    "Kaspersky Endpoint Security 11": product("antivirus", "Kaspersky Endpoint Security", "11", lm_vendor="Kaspersky"),
    "KMSpico": tool("KMSPICO-01"),
    "Some Keygen": tool("KEYGEN-01"),
    "CAD crack": tool("CAD-01"),
    "天擎": {**UNKNOWN, "lm_status": "ambiguous", "lm_category": "antivirus"},
    "某某杀毒": {**UNKNOWN, "witness": "antivirus"},
    "Foo": UNKNOWN,
    "单位自编程序": UNKNOWN,
}

FACTS = [
    ("office.microsoft-office", "office", "commercial", "foreign"), ("office.microsoft-word", "office", "commercial", "foreign"),
    ("office.microsoft-visio", "office", "commercial", "foreign"), ("office.libreoffice", "office", "open_source", "open"),
    ("office.wps-office", "office", "free_personal", "domestic"), ("office.old-writer", "office", "free", "domestic"),
    ("os.windows-10", "os", "commercial", "foreign"), ("os.windows-7", "os", "commercial", "foreign"),
    ("antivirus.windows-defender", "antivirus", "bundled", "foreign"), ("antivirus.360-safe", "antivirus", "free", "domestic"),
    ("antivirus.kaspersky-endpoint-security", "antivirus", "subscription", "foreign"),
]  # fmt: skip


def _facts() -> pl.DataFrame:
    return pl.DataFrame(
        [(family, category, "v", family, "product", licence, origin) for family, category, licence, origin in FACTS],
        schema=["family_id", "category", "vendor", "family", "role", "licence", "origin"], orient="row",
    )  # fmt: skip


def _editions() -> pl.DataFrame:
    rows = [
        ("pro", True),
        ("professional-plus", True),
        ("professional", True),
        ("home", False),
        ("home-and-student", False),
        ("personal", False),
    ]
    return pl.DataFrame([(edition, edition, use) for edition, use in rows], schema=["edition_id", "title", "org_use"], orient="row")


def _releases() -> pl.DataFrame:
    rows = [("office.microsoft-office", "2010", date(2020, 10, 13)), ("office.microsoft-office", "2016", date(2025, 10, 14)),
            ("os.windows-7", "7", date(2020, 1, 14)), ("os.windows-10", "10", None)]  # fmt: skip
    return pl.DataFrame(
        [(family, release, release, end) for family, release, end in rows],
        schema={"family_id": pl.String, "release_id": pl.String, "release": pl.String, "support_ends": pl.Date}, orient="row",
    )  # fmt: skip


def _signatures() -> pl.DataFrame:
    rows = [("KMSPICO-01", "activator", 0.97, []), ("KEYGEN-01", "keygen", 0.80, []), ("CAD-01", "crack", 0.95, ["cad"]),
            ("CRACKED", "keyword", 0.85, [])]  # fmt: skip
    return pl.DataFrame(
        [(sig, kind, sure, affects, sig, sig) for sig, kind, sure, affects in rows],
        schema={"signature_id": pl.String, "kind": pl.String, "confidence": pl.Float64, "affects": pl.List(pl.String),
                "title_zh": pl.String, "title_en": pl.String}, orient="row",
    )  # fmt: skip


def _categories() -> tuple[Category, ...]:
    return load_plugins().categories


@dataclass(frozen=True)
class SmallEngine:
    """Decides by name alone, from a table; everything not in it is unknown."""

    answers: Mapping[str, dict[str, Any]] = field(default_factory=lambda: ANSWERS)
    facts: pl.DataFrame = field(default_factory=_facts)
    editions: pl.DataFrame = field(default_factory=_editions)
    releases: pl.DataFrame = field(default_factory=_releases)
    licences: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema=dict.fromkeys(("family_id", "edition_id", "release_id", "licence"), pl.String))
    )
    signatures: pl.DataFrame = field(default_factory=_signatures)
    trace_signatures: TraceMatcher | None = None
    categories: tuple[Category, ...] = field(default_factory=_categories)
    plugins: Plugins = field(default_factory=load_plugins)
    versions: Mapping[str, str] = field(default_factory=lambda: {"engine": "small", "catalog": "table"})

    def decide(self, keys: pl.DataFrame) -> pl.DataFrame:
        known = [{"name": name, **{column: answer.get(column) for column in DECISION_COLUMNS}} for name, answer in self.answers.items()]
        table = pl.DataFrame(known, schema={"name": pl.String, **DECISION_COLUMNS})
        decided = keys.join(table, on="name", how="left", nulls_equal=True, maintain_order="left")
        return decided.with_columns(
            pl.col("lm_status").fill_null("unknown"), pl.col("lm_risk").fill_null("none"), pl.col("memory").fill_null(False)
        ).select(*NAME_KEY, *DECISION_COLUMNS)
