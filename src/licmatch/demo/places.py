"""The units of a prefecture city: the city, its nine counties and two zones, their departments and some towns.

The names are those of real kinds of offices in Zhanjiang; the sizes are invented. Town and department ids are running numbers,
not official codes.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch import schema
from licmatch.demo.draw import Draw

CITY = ("440800", "湛江市")
# fmt: off
COUNTIES = (
    ("440802", "赤坎区", ()), ("440803", "霞山区", ()), ("440804", "坡头区", ("南三镇", "坡头镇", "官渡镇")),
    ("440811", "麻章区", ("麻章镇", "太平镇", "湖光镇", "硇洲镇")), ("440823", "遂溪县", ("城月镇", "北坡镇", "洋青镇")),
    ("440825", "徐闻县", ("海安镇", "角尾乡", "曲界镇")), ("440881", "廉江市", ("安铺镇", "石城镇", "青平镇", "良垌镇")),
    ("440882", "雷州市", ("乌石镇", "龙门镇", "南兴镇", "英利镇")), ("440883", "吴川市", ("黄坡镇", "吴阳镇", "塘缀镇")),
)
# fmt: on
ZONES = (("440800-K1", "湛江经济技术开发区"), ("440800-K2", "东海岛经济开发试验区"))
STREETS = {"440802": ("寸金街道办事处", "民主街道办事处"), "440803": ("解放街道办事处", "海滨街道办事处")}

# (name after the place, kind of organisation, mean number of computers in a city organ)
# fmt: off
DEPARTMENTS = (
    ("人民政府办公室", "政府", 90), ("财政局", "政府", 130), ("教育局", "政府", 95), ("公安局", "政府", 160), ("民政局", "政府", 60),
    ("司法局", "政府", 55), ("人力资源和社会保障局", "政府", 110), ("自然资源局", "政府", 120), ("生态环境局", "政府", 70),
    ("住房和城乡建设局", "政府", 90), ("交通运输局", "政府", 80), ("水务局", "政府", 60), ("农业农村局", "政府", 75),
    ("商务局", "政府", 45), ("文化广电旅游体育局", "政府", 60), ("卫生健康局", "政府", 85), ("审计局", "政府", 50),
    ("市场监督管理局", "政府", 140), ("统计局", "政府", 40), ("发展和改革局", "政府", 75), ("工业和信息化局", "政府", 55),
    ("应急管理局", "政府", 50), ("医疗保障局", "政府", 40), ("信访局", "政府", 20), ("版权局", "政府", 14), ("档案馆", "事业单位", 30),
    ("图书馆", "事业单位", 45), ("党校", "事业单位", 40), ("委办公室", "党委", 60), ("委组织部", "党委", 45), ("委宣传部", "党委", 40),
    ("人大常委会办公室", "人大", 30), ("政协办公室", "政协", 28), ("人民法院", "法院", 150), ("人民检察院", "检察院", 110),
    ("总工会", "人民团体", 25), ("妇女联合会", "人民团体", 18), ("科学技术协会", "人民团体", 16),
)
# fmt: on
# fmt: off
CITY_ONLY = (
    ("政务服务数据管理局", "政府", 70), ("海洋综合执法支队", "政府", 60), ("住房公积金管理中心", "事业单位", 65),
    ("公共资源交易中心", "事业单位", 40), ("民建委员会", "民主党派", 8), ("气象局", "事业单位", 50),
)
# fmt: on
# fmt: off
ZONE_DEPARTMENTS = (
    ("管理委员会办公室", "政府", 60), ("财政局", "政府", 40), ("经济发展局", "政府", 35), ("社会事务管理局", "政府", 45),
    ("国土规划建设环保局", "政府", 50), ("市场监督管理局", "政府", 40),
)
# fmt: on
COUNTY_SHARE = 0.22  # computers of a county's organ for one of the city's
TOWN_SIZE = 16


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of the tree; `size` is its weight when devices are handed out (0: only an upper node)."""

    unit_id: str
    parent_id: str | None
    name: str
    tier: str
    org_type: str | None
    region_code: str
    size: float


def units_of_the_city(seed: int) -> tuple[Unit, ...]:
    """Return all units, parents before children, in the order of the list."""
    draw = Draw(seed, "units")
    code, city = CITY
    units = [Unit(code, None, city, "city", None, code, 0.0)]

    def add(parent: str, prefix: str, region: str, kinds: tuple[tuple[str, str, int], ...], share: float) -> None:
        for number, (kind, org_type, size) in enumerate(kinds, start=1):
            spread = 0.6 + 0.8 * draw.unit()
            units.append(
                Unit(f"{parent}-{number:02d}", parent, _join(prefix, kind), "department", org_type, region, max(4.0, size * share * spread))
            )

    add(code, city, code, DEPARTMENTS + CITY_ONLY, 1.0)
    for zone_id, zone in ZONES:
        units.append(Unit(zone_id, code, zone, "zone", None, code, 0.0))
        add(zone_id, zone, code, ZONE_DEPARTMENTS, 0.6)
    for county_id, county, towns in COUNTIES:
        units.append(Unit(county_id, code, county, "county", None, county_id, 0.0))
        add(county_id, county, county_id, DEPARTMENTS, COUNTY_SHARE)
        offices = [f"{town}人民政府" for town in towns] + list(STREETS.get(county_id, ()))
        for number, office in enumerate(offices, start=51):
            name = county + office if office.endswith("办事处") else office
            size = TOWN_SIZE * (0.6 + 0.8 * draw.unit())
            units.append(Unit(f"{county_id}-{number}", county_id, name, "township", "乡镇街道", county_id, size))
    return tuple(units)


def _join(place: str, kind: str) -> str:
    """Return "遂溪县教育局", and "中共遂溪县委宣传部" for the party's own offices."""
    return f"中共{place}{kind}" if kind.startswith("委") else place + kind


def hand_out(units: tuple[Unit, ...], devices: int) -> tuple[int, ...]:
    """Return how many devices each unit gets: shares by size, the largest remainders rounded up, the sum exact."""
    total = sum(unit.size for unit in units)
    exact = [unit.size / total * devices for unit in units]
    counts = [int(share) for share in exact]
    by_remainder = sorted(range(len(units)), key=lambda i: (counts[i] - exact[i], i))
    for i in by_remainder[: devices - sum(counts)]:
        counts[i] += 1
    return tuple(counts)


def units_frame(units: tuple[Unit, ...], counts: tuple[int, ...], seed: int) -> pl.DataFrame:
    """Return the canonical units table; staff follows from the computers."""
    draw = Draw(seed, "staff")
    rows = []
    for unit, count in zip(units, counts, strict=True):
        users = max(1, int(count * (0.85 + 0.2 * draw.unit()))) if count else None
        actual = None if users is None else users + draw.below(4)
        quota = None if actual is None else actual + draw.below(5)
        rows.append((unit.unit_id, unit.parent_id, unit.name, unit.tier, unit.org_type, unit.region_code, quota, actual, users))
    return pl.DataFrame(rows, schema=schema.UNITS, orient="row")
