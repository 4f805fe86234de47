"""How the engine judges a county whose truth was made without its rules.

    python benchmarks/accuracy/other_county.py [--devices 5000] [--seeds 1 2 3 4 5] [-o bench-out/other_county.json]

The county is told by stories that were written from public knowledge of activation and of how it is circumvented, not from the
catalogs: 24 lawful kinds of device (`other_county_lawful.py`), 28 cracked ones (`other_county_cracked.py`), in 40 units, with data
missing everywhere. Truth is the story. Beside it stands what an examiner would make of the facts that are left on the device; a crack
that shows nowhere is no miss. Only `licmatch.assess` is called. Printed: a line a seed, then misses and false alarms by story; in the
file: every error with its evidence. Stories that contradicted themselves were mended after the first run; the engine was not touched.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from other_county_cracked import CRACKED
from other_county_devices import Device, frames
from other_county_lawful import KMS, KMS_BY_VPN, KMS_OF_SCHOOLS, LAB_MAK, LAWFUL

import licmatch

AS_OF = date(2026, 11, 30)
CATEGORIES = ("os", "office", "antivirus")
LAWFUL_SHARE = 0.68
CROWD = 10  # from so many computers on, one retail key is a finding and no accident
GRADES = {None: 0, "": 0, "none": 0, "indication": 1, "strong": 2, "conclusive": 3}
# A copy may be suspected whatever its papers say; only where no copy is, or a genuine one, does the grade accuse nobody.
ACCUSING = (
    "cracked", "undetermined", "over_deployed", "no_evidence", "version_mismatch", "expired", "label_missing", "edition_not_allowed",
    "trial_expired", "trial_valid",
)  # fmt: skip

GOVERNMENT = (
    "县政府办公室",
    "县财政局",
    "县教育局",
    "县公安局",
    "县民政局",
    "县司法局",
    "县人力资源和社会保障局",
    "县自然资源局",
    "县住房和城乡建设局",
    "县交通运输局",
    "县水利局",
    "县农业农村局",
    "县商务局",
    "县文化和旅游局",
    "县卫生健康局",
    "县审计局",
    "县市场监督管理局",
    "县统计局",
    "County Archives 县档案馆",
    "Qinghe Tax Bureau",
    "城关镇人民政府",
    "东河乡人民政府",
    "West Hill Township",
    "北仓镇人民政府",
    "南湾街道办事处",
    "青石镇人民政府",
    "县融媒体中心",
    "县行政审批局",
    "县应急管理局",
)
SCHOOLS = ("清河县第一中学", "清河县职业中专", "Qinghe Experimental Primary School", "城关镇中心小学")
HOSPITALS = ("清河县人民医院", "县中医院", "东河乡卫生院", "County Maternity Hospital")
LICENCES = (
    "Windows 10 企业版",
    "Windows 10 专业版",
    "Windows 11 专业版",
    "Windows 7 专业版",
    "Windows Server 2019 Standard",
    "Windows Server 2022 Datacenter",
    "Microsoft Office 专业增强版 2010",
    "Microsoft Office 专业增强版 2013",
    "Microsoft Office 专业增强版 2016",
    "Microsoft Office 专业增强版 2019",
    "Microsoft Office LTSC 专业增强版 2021",
    "Microsoft 365 企业应用版",
    "Microsoft Office 家庭和企业版 2019",
    "Microsoft Office 家庭和企业版 2021",
    "WPS Office 2019 专业增强版",
    "WPS Office 2016 专业版",
    "360天擎终端安全管理系统",
    "ESET Endpoint Antivirus",
    "Visual Studio Enterprise 订阅 (MSDN)",
    "Kaspersky Endpoint Security for Windows",
    "Trend Micro Apex One",
)
ORGANISATION = {
    "name": "清河县",
    "type": "government",
    "kms_hosts": [{"host": KMS}, {"host": KMS_BY_VPN}, {"host": KMS_OF_SCHOOLS}],
    "volume_agreements": [
        {"product": name, "quantity": 3000, **({"mak": [LAB_MAK]} if name == "Windows 10 专业版" else {})} for name in LICENCES[:11]
    ],
    "test_labs": [{"unit": "lab", "owner": "县网络安全应急中心", "until": date(2027, 12, 31)}],
    "free_software": [{"product": "360安全卫士"}, {"product": "火绒安全软件"}],
    "locales": [2052],
}


@dataclass(frozen=True)
class County:
    devices: list[Device]
    units: pl.DataFrame
    entitlements: pl.DataFrame


@dataclass(frozen=True)
class Answer:
    """One device and category: the story's truth, the examiner's view of what is left, the engine's finding."""

    device: Device
    category: str
    examined: str | None
    verdict: str
    grade: str | None
    decided_by: str | None
    said: tuple[str, ...] = ()  # the engine's evidence

    @property
    def cracked(self) -> bool:
        return self.category in self.device.pirated

    @property
    def accused(self) -> int:
        return GRADES[self.grade] if self.verdict in ACCUSING else 0

    def record(self) -> dict[str, Any]:
        d = self.device
        stood = [f"{m.weight}: {m.what}" for m in d.standing() if self.category in m.categories]
        seen = {"activations": d.activations, "traces": d.traces, "programs": [row["name"] for row in d.software], "device": d.facts}
        judged = {"verdict": self.verdict, "grade": self.grade, "decided_by": self.decided_by}
        return {
            "device": d.device_id,
            "story": d.story,
            "category": self.category,
            **judged,
            "examiner": self.examined,
            "stood": stood,
            "said": self.said,
            "seen": seen,
        }


def units_frame() -> pl.DataFrame:
    rows = [{"unit_id": "qh", "parent_id": None, "name": "清河县", "tier": "county", "org_type": "government"}]
    for start, names, org_type in (("g", GOVERNMENT, "government"), ("s", SCHOOLS, "education"), ("h", HOSPITALS, "government")):
        rows += [
            {"unit_id": f"{start}{i:02d}", "parent_id": "qh", "name": name, "tier": "department", "org_type": org_type}
            for i, name in enumerate(names)
        ]
    rows += [
        {"unit_id": "lab", "parent_id": "qh", "name": "县网络安全应急中心 Incident Lab", "tier": "department", "org_type": "government"},
        {"unit_id": "dev", "parent_id": "qh", "name": "县大数据局开发部 Developers", "tier": "department", "org_type": "government"},
    ]
    return pl.DataFrame(rows)


def shared(weights: dict[Any, int], count: int) -> Iterator[Any]:
    """Yield `count` stories, each about as often as its weight says."""
    total, given, so_far = sum(weights.values()), 0, 0
    for story, weight in weights.items():
        so_far += weight
        upto = round(so_far * count / total)
        yield from [story] * (upto - given)
        given = upto


def unit_for(rng: random.Random, story: str) -> str:
    if story == "cloned_lab":
        return f"s{rng.randrange(len(SCHOOLS)):02d}"
    if story == "windows_7_estate":
        return f"h{rng.randrange(len(HOSPITALS)):02d}"
    groups = (("g", GOVERNMENT), ("s", SCHOOLS), ("h", HOSPITALS))
    start, names = rng.choices(groups, weights=[len(names) for _, names in groups])[0]
    return f"{start}{rng.randrange(len(names)):02d}"


def build(seed: int, devices: int) -> County:
    """Tell the county: the same devices for the same seed."""
    rng = random.Random(seed)
    lawful = round(devices * LAWFUL_SHARE)
    told: list[tuple[Callable[[Device], None], tuple[str, ...]]] = [(story, ()) for story in shared(LAWFUL, lawful)]
    weights = {story: weight for story, (weight, _) in CRACKED.items()}
    told += [(story, CRACKED[story][1]) for story in shared(weights, devices - lawful)]
    rng.shuffle(told)
    county = []
    for number, (story, pirated) in enumerate(told):
        d = Device(rng, f"QH-{number:05d}", unit_for(rng, story.__name__), story.__name__, pirated)
        story(d)
        d.lose()
        county.append(d)
    crowds = Counter(d.story for d in county for row in d.activations if d.story == "one_key_for_all" and row["partial_product_key"])
    if crowds["one_key_for_all"] < CROWD:
        for d in county:
            d.marks = [] if d.story == "one_key_for_all" else d.marks
    lots = [
        {
            "entitlement_id": f"L{i:02d}",
            "unit_id": "qh",
            "product": name,
            "metric": "device",
            "quantity": 2 * devices,
            "proofs": "合同;授权书;发票",
        }
        for i, name in enumerate(LICENCES)
    ]
    return County(county, units_frame(), pl.DataFrame(lots))


def judge(county: County) -> tuple[licmatch.Result, list[Answer]]:
    tables = frames(county.devices)
    result = licmatch.assess(
        tables["software"],
        devices=tables["devices"],
        units=county.units,
        activations=tables["activations"],
        traces=tables["traces"],
        entitlements=county.entitlements,
        organisation=ORGANISATION,
        as_of=AS_OF,
    )
    found = {(row["device_id"], row["category"]): row for row in result.findings.drop("evidence").iter_rows(named=True)}
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for part in (result.installations, result.findings):
        listed = part.select("device_id", "category", "evidence").explode("evidence").drop_nulls("evidence").unnest("evidence")
        for row in listed.iter_rows(named=True):
            said[row["device_id"], row["category"]].append(f"{row['rule_id']} {row['weight']:.2f}: {row['text']}")
    answers = []
    for d in county.devices:
        for category in CATEGORIES:
            row = found[d.device_id, category]
            answers.append(
                Answer(
                    d, category, d.examined(category), row["verdict"], row["grade"], row["decided_by"], tuple(said[d.device_id, category])
                )
            )
    return result, answers


def conserved(result: licmatch.Result, county: County) -> bool:
    """Whether every row and every device came out again."""
    totals = result.manifest["totals"]
    rows = sum(len(d.software) for d in county.devices)
    parts = sum(totals[name] for name in ("recognised", "ambiguous", "unknown", "rejected"))
    pairs = result.findings.select("device_id", "category").unique().height
    return bool(
        totals["rows_in"] == rows == parts
        and totals["devices"] == len(county.devices)
        and pairs == result.findings.height == 3 * len(county.devices)
    )


def rate(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def measured(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the figures of one county."""
    said = [a for a in answers if a.verdict == "cracked"]
    shows = [a for a in answers if a.cracked and GRADES[a.examined] >= 2]
    lawful = [a for a in answers if not a.device.pirated]
    beside = [a for a in answers if a.device.pirated and not a.cracked]
    return {
        "cracked_said": len(said),
        "cracked_right": sum(a.cracked for a in said),
        "cracked_precision": rate(sum(a.cracked for a in said), len(said)),
        "pirated": sum(a.cracked for a in answers),
        "pirated_that_show": len(shows),
        "recall_strong": rate(sum(a.accused >= 2 for a in shows), len(shows)),
        "recall_any": rate(sum(a.accused >= 1 for a in shows), len(shows)),
        "recall_cracked_of_conclusive": rate(
            sum(a.verdict == "cracked" for a in shows if a.examined == "conclusive"), sum(a.examined == "conclusive" for a in shows)
        ),
        "lawful": len(lawful),
        "lawful_strong": sum(a.accused >= 2 for a in lawful),
        "lawful_any": sum(a.accused >= 1 for a in lawful),
        "beside": len(beside),
        "beside_strong": sum(a.accused >= 2 for a in beside),
    }


def errors(answers: Sequence[Answer]) -> dict[str, list[Answer]]:
    """Return the errors by kind; one answer may be in several."""
    shows = [a for a in answers if a.cracked and GRADES[a.examined] >= 2]
    return {
        "cracked, and lawful": [a for a in answers if a.verdict == "cracked" and not a.cracked],
        "shows, and no grade at all": [a for a in shows if a.accused < 1],
        "shows, and only an indication": [a for a in shows if a.accused == 1],
        "lawful, and strong": [a for a in answers if not a.device.pirated and a.accused >= 2],
        "another category of the device, and strong": [a for a in answers if a.device.pirated and not a.cracked and a.accused >= 2],
    }


def by_story(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    stories: dict[str, list[Answer]] = defaultdict(list)
    for a in answers:
        stories[a.device.story].append(a)
    return [{"story": story, "devices": len(found) // len(CATEGORIES), **measured(found)} for story, found in stories.items()]


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    shown = [[f"{row[c]:.4f}" if isinstance(row[c], float) else "-" if row[c] is None else str(row[c]) for c in columns] for row in rows]
    widths = [max(len(line[i]) for line in (list(columns), *shown)) for i in range(len(columns))]
    return "\n".join("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in (list(columns), *shown))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--devices", type=int, default=5000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("-o", "--out", type=Path, default=Path("bench-out/other_county.json"))
    given = parser.parse_args(argv)
    seeds, everything = [], []
    for seed in given.seeds:
        county = build(seed, given.devices)
        result, answers = judge(county)
        seeds.append({"seed": seed, "devices": len(county.devices), "conserved": conserved(result, county), **measured(answers)})
        everything += answers
        print(table(seeds[-1:], (*tuple(seeds[-1])[:11], "lawful", "lawful_strong", "lawful_any", "beside_strong")), flush=True)
    stories = by_story(everything)
    print()
    names = (
        "story",
        "devices",
        "pirated",
        "pirated_that_show",
        "cracked_said",
        "recall_strong",
        "recall_any",
        "lawful_strong",
        "lawful_any",
        "beside_strong",
    )
    print(table(stories, names))
    kinds: dict[str, Any] = {}
    for kind, found in errors(everything).items():
        classes: dict[str, list[Answer]] = defaultdict(list)
        for a in found:
            classes[f"{a.device.story} / {a.category} / {a.verdict} / {a.decided_by}"].append(a)
        kinds[kind] = {name: {"count": len(them), "errors": [a.record() for a in them]} for name, them in classes.items()}
        print(f"\n{kind}: {len(found)}")
        for name, them in sorted(classes.items(), key=lambda item: (-len(item[1]), item[0])):
            print(f"  {len(them):5d}  {name}")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    report = {"seeds": seeds, "together": measured(everything), "stories": stories, "errors": kinds}
    given.out.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"\ntogether: {json.dumps(report['together'])}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
