"""The numbers of page and workbook, read back out of the files: children add up to parents at every level, in every table."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook
from tests.unit.report.page_reader import Packed
from tests.unit.report.sample import SampleResult

from licmatch.report.html import render_html
from licmatch.report.licence_position import FIGURES
from licmatch.report.xlsx import render_xlsx

COUNTED = (*range(6), 12, 13)  # places of a category's counts in a unit's row: by state, covered, domestic, support ended
BOARD = [
    {"unit": "440802", "milestone": "M1", "title_zh": "成立领导小组", "title_en": "Group established", "due": "2026-06-30",
     "done_on": "2026-06-01", "status": "done", "days_late": 0, "blocked_by": [], "who": ["张三"]},
    {"unit": "440803", "milestone": "M1", "title_zh": "成立领导小组", "title_en": "Group established", "due": "2026-06-30", "done_on": None,
     "status": "late", "days_late": 153, "blocked_by": ["M0"], "who": "=HYPERLINK(1)"},
    {"unit": "440803", "milestone": "M2", "title_zh": "培训", "title_en": "Training", "due": "2026-09-30", "done_on": None,
     "status": "missing", "days_late": 61, "blocked_by": [], "who": None},
]  # fmt: skip


@pytest.fixture(scope="module")
def text(result: SampleResult) -> str:
    return render_html(result, lang="en", board=BOARD)


@pytest.fixture(scope="module")
def page(text: str) -> Packed:
    return Packed(text)


@pytest.fixture(scope="module")
def book(result: SampleResult) -> Callable[[str], list[dict[str, Any]]]:
    read = CalamineWorkbook.from_filelike(BytesIO(render_xlsx(result, lang="en", board=BOARD)))

    def sheet(name: str) -> list[dict[str, Any]]:
        head, *rows = read.get_sheet_by_name(name).to_python()
        return [dict(zip(head, row, strict=True)) for row in rows]

    return sheet


def below(parents: Mapping[Any, Any]) -> dict[Any, list[Any]]:
    held = defaultdict(list)
    for child, parent in parents.items():
        if parent is not None:
            held[parent].append(child)
    return held


def total(rows: Iterable[Mapping[str, Any]], column: str) -> int:
    return sum(int(row[column] or 0) for row in rows)


def test_units_of_the_page_add_up_to_their_parents(page: Packed) -> None:
    units = page.small["units"]
    for at, children in below({at: unit[1] if unit[1] >= 0 else None for at, unit in enumerate(units)}).items():
        for place in (4, 5, 6):
            assert units[at][place] == sum(units[child][place] for child in children)
        for cat in range(3):
            for place in COUNTED:
                assert units[at][12][cat][place] == sum(units[child][12][cat][place] for child in children), (units[at][0], cat, place)


def test_devices_and_findings_of_the_page_add_up_to_their_units(page: Packed) -> None:
    units = page.small["units"]
    devices, suspected, states = Counter[int](), Counter[int](), Counter[tuple[int, int, str]]()
    accused = {told["device"] for told in page.findings if told["kind"] == 0}

    def way(at: int) -> Iterable[int]:
        while at >= 0:
            yield at
            at = units[at][1]

    for name, unit in page.devices.values():
        for at in way(unit):
            devices[at] += 1
            suspected[at] += name in accused
    for told in page.findings:
        for at in way(told["unit"]):
            states[at, told["cat"], told["state"]] += told["verdict"] != "absent"
            states[at, told["cat"], "absent"] += told["verdict"] == "absent"
    for at, unit in enumerate(units):
        assert (devices[at], suspected[at]) == (unit[4], unit[6]), unit[0]
        for cat, counts in enumerate(unit[12]):
            # The sample has one copy a finding.
            assert [states[at, cat, state] for state in ("genuine", "not_genuine", "undetermined", "absent")] == counts[1:5]


def test_tables_on_the_first_pages_add_up_to_the_top_unit(text: str, page: Packed) -> None:
    top = page.small["units"][0]
    shown = {key: int(number.replace(",", "")) for key, number in re.findall(r'data-count="(\w+)">([\d,]+)<', text)}
    for cat, name in enumerate(("os", "office", "antivirus")):
        installed, genuine, bad, undetermined, absent = top[12][cat][:5]
        assert installed == genuine + bad + undetermined
        assert [shown[f"{name}_{key}"] for key in ("installed", "genuine", "not_genuine", "undetermined", "absent")] == [
            installed, genuine, bad, undetermined, absent]  # fmt: skip
    tables = re.findall(r'<table class="plain releases">(.*?)</table>', text, re.DOTALL)
    assert [sum(int(n.replace(",", "")) for n in re.findall(r'<td class="num">([\d,]+)</td>', table)) for table in tables] == [
        top[12][cat][0] for cat in range(3)
    ], "product lines and the rest of them are all copies"


def test_the_position_adds_up_in_the_page(result: SampleResult, page: Packed) -> None:
    held = page.table("p")
    assert {len(held[name]) for name in ("unit", "pool", "limited", *FIGURES)} == {result.position.height}
    for name in FIGURES:
        assert sum(n or 0 for n in held[name]) == result.position[name].sum()
        pools = Counter[str]()
        for pool, n in zip(held["pool"], held[name], strict=True):
            pools[held["pools"][pool][0]] += n or 0
        assert pools == Counter(dict(result.position.group_by("pool").agg(pl.col(name).sum()).iter_rows()))


def test_units_of_the_workbook_add_up_to_their_parents(result: SampleResult, book: Callable[[str], list[dict[str, Any]]]) -> None:
    rows = {row["Unit id"]: row for row in book("Units")}
    counted = [name for name in next(iter(rows.values())) if not re.search("low|high|Unit|Parent|Tier", name)]
    assert len(counted) == 3 + 3 * 7
    for parent, children in below(dict(result.scores.select("unit_id", "parent_id").iter_rows())).items():
        for column in counted:
            assert rows[parent][column] == total((rows[child] for child in children), column), (parent, column)


def test_categories_products_and_findings_of_the_workbook_add_up(book: Callable[[str], list[dict[str, Any]]]) -> None:
    top = book("Units")[0]
    products, findings = book("Products"), book("Findings")
    for row in book("Categories")[:3]:
        title = row["Category"]
        assert row["Installed"] == row["Genuine"] + row["Not genuine"] + row["Undetermined"]
        for column in (
            "Installed",
            "Genuine",
            "Not genuine",
            "Undetermined",
            "Absent",
            "Made domestically (copies)",
            "Support ended (copies)",
        ):
            assert row[column] == top[f"{title} {column}"]
        for column in ("Installed", "Genuine", "Not genuine", "Undetermined"):
            assert row[column] == total((one for one in products if one["Category"] == title), column)
        open_ = [one for one in findings if one["Category"] == title]
        assert len(open_) == row["Not genuine"] + row["Undetermined"]
    assert len({one["Device"] for one in findings if one["Suspected"] == "yes"}) == top["Devices with suspected traces"]


def test_licences_of_units_add_up_to_the_pools_of_the_workbook(result: SampleResult, book: Callable[[str], list[dict[str, Any]]]) -> None:
    pools, units = book("Licences"), book("Licences by unit")
    columns = ("Required", "Entitled", "Usable", "Used", "Surplus", "Shortfall", "Free of charge")
    assert len(units) == result.position.height
    for pool in pools:
        for column in columns:
            assert int(pool[column] or 0) == total((row for row in units if row["Pool id"] == pool["Pool id"]), column)
        limited = [row["Without number"] for row in units if row["Pool id"] == pool["Pool id"]]
        assert (pool["Without number"] == "unlimited") == ("unlimited" in limited)
    for column, name in zip(columns, FIGURES, strict=True):
        assert total(pools, column) == result.position[name].sum()


def test_the_board_counts_every_row_in_both(text: str, page: Packed, book: Callable[[str], list[dict[str, Any]]]) -> None:
    rows = page.table("b")
    assert [(row["unit"], row["status"], row["days_late"]) for row in rows] == [
        ("赤坎区", "done", 0),
        ("霞山区", "late", 153),
        ("霞山区", "missing", 61),
    ]
    badges = re.findall(r'<span class="badge st-(\w+)">.*?(\d+)</span>', text)
    assert Counter({status: int(n) for status, n in badges}) == Counter(row["status"] for row in BOARD)
    assert [row["Who"] for row in book("Campaign")] == ["张三", "=HYPERLINK(1)", ""], "text stays text"
