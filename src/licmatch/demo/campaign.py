"""The city's campaign of the year: its own calendar, who holds which role, and how far each place has got; two files for `campaign`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from licmatch.demo.draw import Draw
from licmatch.demo.places import Unit

# Days before the day the county is judged for. (milestone, its step, days for the city, days for counties and zones; two days: a window)
_CALENDAR: tuple[tuple[str, str, str, str | None, tuple[int, ...], tuple[int, ...]], ...] = (
    ("group_established", "成立领导小组及办公室", "leading group and office", "group_established", (170,), (163,)),
    ("survey_complete", "完成调查", "survey complete", "surveyed", (153,), (133,)),
    ("quantity_verified", "核定品种、数量和经费", "quantities verified", "quantity_verified", (143,), (123,)),
    ("distributed", "配发到位", "distributed", "distributed", (92,), (61,)),
    ("target_met", "全部使用正版", "all genuine", None, (61,), (31,)),
    ("training", "培训", "training", "trained", (91, 62), (60, 31)),
    ("summary_submitted", "报送汇总表和工作总结", "summary form and work summary", "reported", (62,), (31,)),
    ("city_inspection", "市检查验收", "city inspection", "city_inspected", (61, 31), (30, 0)),
)
# What a place does one after another, and the days it takes at least.
_WAY = (
    ("surveyed", 18),
    ("identified", 4),
    ("quantity_verified", 5),
    ("purchase_budget_approved", 2),
    ("finance_reviewed", 3),
    ("government_approved", 5),
    ("budgeted", 2),
    ("varieties_approved", 2),
    ("tendered", 12),
    ("contracted", 6),
    ("delivered", 8),
    ("distributed", 6),
    ("installed", 9),
)
_ROLES = (
    ("leading_group", "{unit}使用正版软件工作领导小组"),
    ("group_office", "{unit}版权局"),
    ("copyright_dept", "{unit}版权局"),
    ("it_dept", "{unit}政务服务数据管理局"),
    ("finance_dept", "{unit}财政局"),
    ("government_meeting", "{unit}人民政府"),
    ("procurement_centre", "{unit}公共资源交易中心"),
    ("inspection_team", "{unit}检查组"),
)
_TOPICS = ("著作权保护", "软件操作", "软件资产管理")


def programme_toml(as_of: date) -> str:
    """Return the city's own calendar, as the days before `as_of` say."""
    lines = [
        "# The calendar of a year that never was; every day in it is made up.",
        "schema = 1",
        'id = "demo-city"',
        f'title_zh = "{as_of.year}年使用正版软件工作方案（虚构）"',
        f'title_en = "plan of {as_of.year} (made up)"',
        f"issued = {_day(as_of, 171)}",
        'status = "R"',
        'tiers = ["city", "county", "township"]',
        "",
        "[forms]",
        'summary_form = ["政府安装使用正版软件统计汇总表"]',
        'work_summary = ["工作总结"]',
        'roster = ["领导小组成员名单"]',
    ]
    for milestone, zh, en, step, city, county in _CALENDAR:
        lines += ["", "[[milestone]]", f'id = "{milestone}"', f'zh = "{zh}"', f'en = "{en}"']
        lines += [f'step = "{step}"'] if step else ["target = true", 'after = "installed"']
        for tier, days in (("city", city), ("county", county)):
            lines += ["[[milestone.date]]", f'tier = "{tier}"']
            given = [_day(as_of, one) for one in days]
            lines.append(f"due = {given[0]}" if len(given) == 1 else f"window = [{', '.join(given)}]")
        if milestone in ("survey_complete", "quantity_verified", "distributed", "target_met"):
            lines += ["[[milestone.date]]", 'tier = "township"', 'inherit = "county"', 'settings = ["A3"]']
    return "\n".join(lines) + "\n"


def campaign_toml(units: Sequence[Unit], seed: int, as_of: date) -> str:
    """Return the campaign file: most places well on their way, one without a group, some late, some small wrongs to find."""
    places = [unit for unit in units if unit.tier in ("city", "county", "zone")]
    lines = [
        "# How far each place of the city has got. Made up, like everything here.",
        "schema = 1",
        'programme = "programme.toml"',
        'rubric = "licmatch-demo-100"',
        f'title = "{units[0].name}{as_of.year}年使用正版软件工作（虚构）"',
        'units = "units.csv"',
        "",
        "[settings]",
        'A13 = "all"',
    ]
    for role, holder in _ROLES:
        for tier in ("city", "county", "zone"):
            # Nobody thought of who proposes varieties in the zones.
            if (role, tier) != ("it_dept", "zone"):
                person = 'person = "陈某"\n' if role == "group_office" and tier != "zone" else ""
                lines += ["", "[[role]]", f'role = "{role}"', f'tier = "{tier}"', f'holder = "{holder}"\n{person}'.rstrip()]
    draw = Draw(seed, "campaign")
    for number, place in enumerate(places):
        last = number == len(places) - 1
        lines += _place(draw, place, as_of, last=last)
    return "\n".join(lines) + "\n"


def _place(draw: Draw, place: Unit, as_of: date, *, last: bool) -> Iterator[str]:
    unit = f'unit = "{place.unit_id}"'
    if last:
        return
    if place.tier == "zone" and draw.chance(0.5):
        # A zone that has begun, and written nothing else down.
        yield from ("", "[[step]]", unit, 'step = "surveying"', f"started_on = {_day(as_of, 120)}")
        return
    start = 168 if place.tier == "city" else 164 - draw.below(8)
    document = f'document_no = "{place.name}府办〔{as_of.year}〕{10 + draw.below(60)}号"'
    yield from ("", "[[group]]", unit, f"established_on = {_day(as_of, start)}", document, f'office = "{place.name}版权局"')
    for name, role in (("县领导", None), ("版权局负责人", "copyright_dept"), ("财政局负责人", "finance_dept"), ("数据局负责人", "it_dept")):
        yield from ("[[group.member]]", f'name = "{place.name}{name}"', "head = true" if role is None else f'role = "{role}"')
    yield from ("", "[[submission]]", unit, 'what = "领导小组成员名单"', f"on = {_day(as_of, start - 2)}")
    day, reach = start, len(_WAY) if place.tier == "city" else 4 + draw.below(len(_WAY) - 3)
    for step, least in _WAY[:reach]:
        day -= least + draw.below(3)
        if day < 0:
            return
        yield from ("", "[[step]]", unit, f'step = "{step}"', f"on = {_day(as_of, day)}")
        if step == "varieties_approved":
            # One place lets the same man propose and approve.
            both = draw.chance(0.2)
            yield f'proposed_by = "{place.name}{"领导小组" if both else "政务服务数据管理局"}"'
            yield f'approved_by = "{place.name}领导小组"'
    held = 3 - draw.below(2)
    for topic in _TOPICS[:held]:
        expected = 30 + draw.below(40)
        on = (88 if place.tier == "city" else 56) - draw.below(20)
        yield from (
            "",
            "[[training]]",
            unit,
            f"on = {_day(as_of, on)}",
            f'topics = ["{topic}"]',
            f"expected = {expected}",
            f"attended = {expected - draw.below(9)}",
        )
    for number in range(2 + draw.below(4)):
        yield from (
            "",
            "[[document]]",
            unit,
            'kind = "policy"',
            f'title = "正版软件管理制度之{number + 1}"',
            f"issued_on = {_day(as_of, 120 - number)}",
        )
    for kind in ("软件使用情况汇总表", "软件使用情况明细表", "软件安装维护情况明细表")[: 1 + draw.below(3)]:
        yield from ("", "[[ledger]]", unit, f'kind = "{kind}"', f"updated_on = {_day(as_of, 10 + draw.below(60))}")
    if reach < len(_WAY):
        return
    day = max(day - 6, 2)
    yield from ("", "[[inspection]]", unit, 'level = "self"', f"on = {_day(as_of, day)}")
    for what in ("政府安装使用正版软件统计汇总表", "工作总结"):
        yield from ("", "[[submission]]", unit, f'what = "{what}"', f"on = {_day(as_of, max(day - 3, 1))}")


def _day(as_of: date, before: int) -> str:
    return (as_of - timedelta(days=before)).isoformat()
