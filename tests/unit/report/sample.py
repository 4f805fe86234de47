"""A believable small result for the reports: a city of counties and units, and names that would like to be code.

Everything is counted from the findings made here, so that the figures of a report can be checked against the frames.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from licmatch import schema
from licmatch.schema import POSITION

HOSTILE = (
    "</script><script>document.title='owned'</script>",
    "=cmd|' /C calc'!A0",
    "<img src=x onerror=alert(1)>",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "https://evil.example/update",
    "photo\u202egpj.exe",
    "{{ 7 * 7 }}${alert(1)}",
    "bad\x00\x0bcontrol",
)
CATEGORIES = ("os", "office", "antivirus")
COUNTIES = ("赤坎区", "霞山区", "坡头区", "麻章区", "遂溪县", "徐闻县", "廉江市", "雷州市", "吴川市")
UNITS = ("财政局", "版权局", "信息产业局", "教育局", "卫生局", "公安局", "太平镇人民政府", "档案馆")
PRODUCTS = {
    "os": [("Microsoft", "Windows 10", "10", "Pro", "foreign"), ("Microsoft", "Windows 7", "7", "Ultimate", "foreign"),
           ("麒麟软件", "银河麒麟桌面操作系统", "V10", None, "domestic")],
    "office": [("Microsoft", "Microsoft Office", "2016", "Professional Plus", "foreign"),
               ("金山办公", "WPS Office", "2019", "专业版", "domestic"),
               ("The Document Foundation", "LibreOffice", "7.6", None, "open")],
    "antivirus": [("奇安信", "天擎终端安全管理系统", "6", None, "domestic"), ("火绒", "火绒安全软件", "5", None, "domestic")],
}  # fmt: skip
VERDICTS = (
    ("genuine_oem", "genuine", "none", 52), ("genuine_free", "genuine", "none", 12), ("no_evidence", "undetermined", "none", 16),
    ("undetermined", "undetermined", "strong", 5), ("undetermined", "undetermined", "indication", 3),
    ("cracked", "not_genuine", "conclusive", 2),
    ("edition_not_allowed", "not_genuine", "none", 5), ("absent", "out_of_scope", "none", 5),
)  # fmt: skip


@dataclass(frozen=True)
class SampleResult:
    """The attributes of a result, as a report sees them."""

    manifest: dict[str, Any]
    matches: pl.DataFrame
    installations: pl.DataFrame
    findings: pl.DataFrame
    scores: pl.DataFrame
    unknown: pl.DataFrame
    rejected: pl.DataFrame
    units: pl.DataFrame = field(default_factory=lambda: schema.empty(schema.UNITS))
    position: pl.DataFrame = field(default_factory=lambda: schema.empty(POSITION))


def sample_result(*, counties: int = 9, units: int = 8, devices: int = 12, seed: int = 7, hostile: bool = True) -> SampleResult:
    """Return a result of `counties` x `units` x about `devices` devices; the same arguments give the same result."""
    chance = random.Random(seed)
    tree = _tree(counties, units, hostile)
    installations, findings = _estate(tree, devices, chance, hostile)
    unknown = _unknown(chance, hostile)
    matches = _matches(installations, unknown)
    rejected = pl.DataFrame(
        [("inventory/赤坎区/pc-0007.csv", 14, "no device", b"\xff\xfe<script>alert(1)</script>"),
         ("inventory/赤坎区/pc-0007.csv", 15, "no device", b",,,"),
         ("inventory/damaged.json", None, "not JSON after byte 120", "坏数据".encode("gbk"))],
        schema=schema.REJECTED, orient="row",
    )  # fmt: skip
    by_status = {status: int(matches.filter(pl.col("lm_status") == status)["rows"].sum()) for status in schema.STATUSES}
    scores = _scores(tree, installations, findings)
    manifest = {
        "schema": 1,
        "as_of": "2026-11-30",
        "versions": {"engine": "0.1.0", "catalog": "ab" * 32},
        "policy": {"phase": "survey", "sha256": "cd" * 32},
        "without": [],
        "incomplete": False,
        "categories": [{"id": "os", "title_zh": "操作系统", "title_en": "Operating system"},
                       {"id": "office", "title_zh": "办公软件", "title_en": "Office software"},
                       {"id": "antivirus", "title_zh": "杀毒软件", "title_en": "Antivirus"}],
        "inputs": [{"path": f"inventory/{name}.csv", "rows": 1200 + at, "sha256": f"{at:064x}"}
                   for at, name in enumerate(COUNTIES[:counties])],
        "totals": {"rows_in": sum(by_status.values()) + rejected.height, **by_status, "rejected": rejected.height,
                   "devices": findings["device_id"].n_unique(), "units": scores.height},
        "notices": [
            {"code": "LOSSY_ENCODING", "file": "inventory/徐闻县.csv", "count": 312, "detail": ""},
            {"code": "DEVICE_COLLISION", "file": "inventory/<b>吴川市</b>.csv", "count": 2, "detail": "PC-0001: <img src=x>"},
            {"code": "A_CODE_OF_LATER", "file": "", "count": 1, "detail": "<b>plain</b>"},
        ],
    }  # fmt: skip
    return SampleResult(manifest, matches, installations, findings, scores, unknown, rejected, position=_position(installations, chance))


def _position(installations: pl.DataFrame, chance: random.Random) -> pl.DataFrame:
    """Seats of every unit and product line, some lots without a number; a surplus here never covers a shortfall there."""
    rows = []
    lines = installations.group_by("unit_id", "category", "family", "release").len().sort("unit_id", "category", "family", "release")
    for unit, category, family, release, copies in lines.iter_rows():
        free = copies if family == "LibreOffice" else 0
        required = copies - free
        entitled = chance.randint(0, 2 * copies) if chance.random() < 0.6 else 0
        used, limited = min(required, entitled), chance.random() > 0.05
        line = "-".join(family.lower().split())
        rows.append((unit, category, f"{category}.{line}|-|{release}", required, limited, entitled if limited else None, used, used, used,
                     entitled, entitled - used, required - used if limited else 0, 0, free))  # fmt: skip
    return pl.DataFrame(rows, schema=POSITION, orient="row").sort("unit_id", "category", "pool")


def _tree(counties: int, units: int, hostile: bool) -> list[dict[str, Any]]:
    tree = [{"unit_id": "440800", "parent_id": None, "name": "湛江市", "tier": "city", "level": 0}]
    for at, county in enumerate(COUNTIES[:counties]):
        code = f"4408{at + 2:02d}"
        tree.append({"unit_id": code, "parent_id": "440800", "name": county, "tier": "county", "level": 1})
        for place in range(units):
            name = f"{county}{UNITS[place % len(UNITS)]}" + (f"第{place // len(UNITS) + 1}科" if place >= len(UNITS) else "")
            if hostile and at == 0 and place < len(HOSTILE):
                name = f"{name} {HOSTILE[place]}"
            tree.append({"unit_id": f"{code}-{place:03d}", "parent_id": code, "name": name, "tier": "department", "level": 2})
    return tree


def _estate(tree: list[dict[str, Any]], devices: int, chance: random.Random, hostile: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    installed, found = [], []
    codes, weights = range(len(VERDICTS)), [verdict[3] for verdict in VERDICTS]
    tools = ("KMSpico v10.2.0", "KMSAuto Net", "HEU KMS Activator", "暴风激活工具 v17", *(HOSTILE if hostile else ()))
    for unit in (unit for unit in tree if unit["level"] == 2):
        for place in range(chance.randint(max(1, devices // 2), devices * 3 // 2)):
            device = f"PC-{unit['unit_id']}-{place:04d}"
            for category in CATEGORIES:
                verdict, state, grade, _ = VERDICTS[chance.choices(codes, weights)[0]]
                vendor, family, release, edition, origin = chance.choice(PRODUCTS[category])
                confidence = {"none": 0.8, "indication": 0.55, "strong": 0.88, "conclusive": 0.97}[grade]
                row = chance.randint(2, 40_000)
                evidence = [
                    {
                        "kind": "installed_program",
                        "source": "software",
                        "row": row,
                        "rule_id": f"{category}.rule#name",
                        "text": " | ".join(filter(None, (family, vendor, release))),
                        "weight": 0.99,
                    }
                ]
                if grade != "none":
                    tool = chance.choice(tools)
                    evidence.append(
                        {
                            "kind": "signature",
                            "source": "software",
                            "row": row + 1,
                            "rule_id": f"SIG-{len(tool):02d}",
                            "text": tool,
                            "weight": confidence,
                        }
                    )
                if verdict != "absent":
                    installed.append(
                        {
                            "device_id": device,
                            "unit_id": unit["unit_id"],
                            "category": category,
                            "product_id": f"{category}.sample",
                            "vendor": vendor,
                            "family": family,
                            "edition": edition,
                            "release": release,
                            "channel": None,
                            "role": "product",
                            "verdict": verdict,
                            "state": state,
                            "confidence": confidence,
                            "grade": grade,
                            "official": False,
                            "origin": origin,
                            "end_of_support": family == "Windows 7",
                            "rows_collapsed": chance.randint(1, 9),
                            "evidence": evidence,
                        }
                    )
                found.append(
                    {
                        "device_id": device,
                        "unit_id": unit["unit_id"],
                        "category": category,
                        "verdict": verdict,
                        "state": state,
                        "confidence": confidence,
                        "grade": grade,
                        "official": False,
                        "installations": int(verdict != "absent"),
                    }
                )
    return pl.DataFrame(installed, schema=schema.INSTALLATIONS), pl.DataFrame(found, schema=schema.FINDINGS)  # fmt: skip


def _scores(tree: list[dict[str, Any]], installations: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for unit in tree:
        inside = pl.col("unit_id").str.starts_with(unit["unit_id"]) if unit["level"] else pl.lit(True)
        copies, places = installations.filter(inside), findings.filter(inside)
        in_use = places["device_id"].n_unique()
        cracked = places.filter(pl.col("verdict") == "cracked")["device_id"].unique().to_list()
        traced = places.filter((pl.col("grade") != "none") & ~pl.col("device_id").is_in(cracked))["device_id"].n_unique()
        row = {**unit, "devices": in_use, "in_use": in_use, "pirated_devices": len(cracked), "suspected_devices": traced}
        ends = []
        for category in CATEGORIES:
            own = copies.filter(pl.col("category") == category)
            n = {state: own.filter(pl.col("state") == state).height for state in ("genuine", "not_genuine", "undetermined")}
            covered = own.filter(pl.col("state") == "genuine")["device_id"].n_unique()
            maybe = own.filter(pl.col("state").is_in(["genuine", "undetermined"]))["device_id"].n_unique()
            whole = sum(n.values())
            low, high = (None, None) if whole == 0 else (n["genuine"] / whole, (n["genuine"] + n["undetermined"]) / whole)
            row |= {f"{category}_{state}": count for state, count in n.items()}
            row |= {
                f"{category}_installed": whole,
                f"{category}_absent": in_use - own["device_id"].n_unique(),
                f"{category}_covered": covered,
                f"{category}_open_names": 0,
                f"{category}_domestic": own.filter(pl.col("origin") == "domestic").height,
                f"{category}_end_of_support": own.filter(pl.col("end_of_support")).height,
                f"{category}_rate": low,
                f"{category}_rate_low": low,
                f"{category}_rate_high": high,
            }
            share = (None, None) if in_use == 0 else (covered / in_use, maybe / in_use)
            row |= {f"{category}_coverage": share[0], f"{category}_coverage_low": share[0], f"{category}_coverage_high": share[1]}
            ends.append((low, high))
        held = [end for end in ends if end[0] is not None]
        points = tuple(100 * sum(end[side] for end in held) / len(held) if held else None for side in (0, 1))
        points = tuple(None if end is None else round(end, 2) for end in points)
        grades = [
            None if end is None else next(code for code, least in (("A", 90), ("B", 80), ("C", 60), ("D", 0)) if end >= least)
            for end in points
        ]
        now = None if points[0] is None else round(points[0] + (points[1] - points[0]) / 8, 2)
        rows.append(
            row
            | {
                "points": now,
                "points_low": points[0],
                "points_high": points[1],
                "grade": grades[0],
                "grade_low": grades[0],
                "grade_high": grades[1],
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)  # fmt: skip


def _unknown(chance: random.Random, hostile: bool) -> pl.DataFrame:
    names = (
        [f"某单位办公系统{at} V{at}.{at % 7}" for at in range(120)]
        + ["Office 增强组件 2016", "360安全xx"]
        + list(HOSTILE if hostile else ())
    )
    rows = [
        (name, chance.choice(["", "北京某某软件有限公司", "Contoso Ltd."]) or None, f"{at % 9}.{at % 4}",
         "ambiguous" if at % 17 == 0 else "unknown",
         "office" if at % 17 == 0 else None, chance.randint(1, 900), chance.randint(1, 300), 5 if at % 17 == 0 else 0,
         0.0125 if at % 17 == 0 else 0.0)
        for at, name in enumerate(names)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema.UNKNOWN, orient="row")


def _matches(installations: pl.DataFrame, unknown: pl.DataFrame) -> pl.DataFrame:
    known = installations.group_by("family", "vendor", "release", maintain_order=True).agg(
        pl.col("rows_collapsed").sum().alias("rows"), pl.col("device_id").n_unique().cast(pl.Int64).alias("devices")
    )
    parts = [
        known.select(name="family", publisher="vendor", version="release", lm_status=pl.lit("recognised"), rows="rows", devices="devices"),
        unknown.select("name", "publisher", "version", "lm_status", "rows", "devices"),
    ]
    return pl.concat([schema.empty(schema.MATCHES), *parts], how="diagonal")
