"""The rubric: every kind of item by hand, N/A spread over the others, intervals, vetoes, grades, and its file checked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from licmatch.errors import InputError
from licmatch.programme import load_rubric
from licmatch.programme.points import Known, Reached, score
from licmatch.programme.record import Score
from licmatch.programme.rubric import Rubric

DEMO = load_rubric()


def known(counts: dict[str, int] | None = None, **more: Any) -> Known:
    made: dict[str, Any] = {
        "unit_id": "u", "unit": "U", "tier": "county", "counts": counts or {}, "by_hand": {}, "done": frozenset(), "deadlines": {},
        "dated": date(2005, 6, 13),
    }  # fmt: skip
    return Known(**{**made, **more})


def one_item(tmp_path: Path, body: str, points: str = "4") -> Rubric:
    file = tmp_path / "one.toml"
    file.write_text(
        f'schema = 1\nid = "one"\ntitle_zh = "一"\ntitle_en = "one"\ntotal = {points}\n'
        '[[grade]]\ncode = "A"\nmin = 90\n[[grade]]\ncode = "D"\nmin = 0\n'
        f'[[section]]\nid = "S"\nzh = "甲"\nen = "s"\npoints = {points}\n'
        f'[[section.item]]\nid = "I"\nzh = "甲"\nen = "i"\npoints = {points}\n{body}\n'
        '[[input]]\nname = "n"\nvalue = ["n"]\n[[input]]\nname = "d"\nvalue = ["d"]\n',
        encoding="utf-8",
    )
    return load_rubric(file)


def earned(rubric: Rubric, counts: dict[str, int] | None = None, **more: Any) -> Decimal | None:
    return score(rubric, known(counts, **more)).points


RATIO = 'kind = "ratio"\nnumerator = "n"\ndenominator = "d"\nzero_at = 0.8\nfull_at = 1.0'


@pytest.mark.parametrize(
    ("n", "d", "points"),
    [(100, 100, "4.00"), (90, 100, "2.00"), (80, 100, "0.00"), (50, 100, "0.00"), (95, 100, "3.00"), (200, 100, "4.00")],
)
def test_a_ratio_lies_straight_between_zero_at_and_full_at(tmp_path, n, d, points):
    assert earned(one_item(tmp_path, RATIO), {"n": n, "d": d}) == Decimal(points)


def test_a_ratio_of_nothing_is_not_applicable_or_full_where_the_item_says_so(tmp_path):
    assert earned(one_item(tmp_path, RATIO), {"n": 0, "d": 0}) is None
    assert earned(one_item(tmp_path, RATIO + '\nwhen_denominator_zero = "full"'), {"n": 0, "d": 0}) == 4


def test_deductions_counts_and_yes_or_no(tmp_path):
    deduct = one_item(tmp_path, 'kind = "deduct"\ninput = "n"\ndeduct_each = 0.25')
    assert [earned(deduct, {"n": n}) for n in (0, 1, 7, 16, 99)] == [Decimal(text) for text in ("4.00", "3.75", "2.25", "0.00", "0.00")]
    count = one_item(tmp_path, 'kind = "count"\ninput = "n"\nfull_at = 3')
    assert [earned(count, {"n": n}) for n in (0, 1, 3, 9)] == [Decimal(text) for text in ("0.00", "1.33", "4.00", "4.00")]
    boolean = one_item(tmp_path, 'kind = "boolean"\ninput = "n"')
    assert [earned(boolean, {"n": n}) for n in (0, 1)] == [0, 4]


def test_a_deadline_costs_every_day_late_and_is_nothing_where_missing(tmp_path):
    rubric = one_item(tmp_path, 'kind = "deadline"\nstep = "surveyed"\nlate_deduct_per_day = 0.1')
    days = {late: earned(rubric, deadlines={"surveyed": Reached(True, late)}) for late in (0, 3, 40, 500)}
    assert days == {0: Decimal("4.00"), 3: Decimal("3.70"), 40: Decimal("0.00"), 500: Decimal("0.00")}
    assert earned(rubric, deadlines={"surveyed": Reached(False, over=True)}) == 0
    pending = score(rubric, known(deadlines={"surveyed": Reached(False, over=False)}))
    assert (pending.points, pending.low, pending.high, pending.items[0].state) == (0, 0, 4, "pending")


def test_steps_are_a_share_and_accuracy_a_ratio_of_what_went_wrong(tmp_path):
    steps = one_item(tmp_path, 'kind = "steps"\nsteps = ["surveyed", "identified", "tendered", "budgeted"]')
    assert earned(steps, done=frozenset({"surveyed", "budgeted", "planned"})) == 2
    accuracy = one_item(
        tmp_path, 'kind = "accuracy"\nerror = "n"\nwhole = "d"\nzero_at = 0.8\nfull_at = 1.0\nwhen_denominator_zero = "full"'
    )
    assert [earned(accuracy, {"n": n, "d": d}) for n, d in ((0, 100), (5, 100), (20, 100), (0, 0), (5, 0))] == [4, 3, 0, 4, 0]


def test_what_nobody_has_earns_nothing_now_and_may_earn_all(tmp_path):
    told = score(one_item(tmp_path, RATIO), known({"n": 3}))
    assert (told.points, told.low, told.high, told.items[0].state) == (0, 0, 4, "no_data")
    assert [one.value for one in told.items[0].inputs] == [3, None]


def test_points_are_rounded_once_and_half_up(tmp_path):
    rubric = one_item(tmp_path, 'kind = "count"\ninput = "n"\nfull_at = 800')
    assert earned(rubric, {"n": 1}) == Decimal("0.01")  # 0.005
    # Three thirds of a point are one point, not 0.99.
    thirds = load_rubric()
    items = {item.id: item for item in score(thirds, known({"record.ledgers_current": 1})).items}
    assert items["E1"].points == Decimal("1.333333")


FULL = {
    "record.roster_submitted": 1,
    "record.owner_named": 1,
    "record.policies_in_force": 5,
    "record.group_missing": 0,
    "record.units_reported": 9,
    "record.units_expected": 9,
    "ledger_listed": 7,
    "ledger_surveyed": 7,
    "ledger_both": 7,
    "in_use": 7,
    "antivirus_covered": 7,
    "antivirus_coverable": 0,
    "position.entitled": 4,
    "position.entitled_proved": 4,
    "over_deployed": 0,
    "official.cracked": 0,
    "finding.cracked": 0,
    "record.purchase_error": 0,
    "record.purchase_to_buy": 3,
    "record.price_cap_breaches": 0,
    "record.ledgers_current": 3,
    "record.topics_trained_in_window": 3,
    "record.trainees": 8,
    "record.trainees_expected": 8,
    "record.submissions_made": 3,
    "record.issues_closed": 0,
    "record.issues_found": 0,
    **{
        f"{category}_{count}": number
        for category in ("os", "office", "antivirus")
        for count, number in (("genuine", 7), ("installed", 7), ("not_genuine", 0), ("undetermined", 0), ("open_names", 0))
    },
}
BY_HAND = {"identity_errors": 0, "falsified_records": 0, "assets_booked": 2, "assets_bookable": 2}
IN_TIME = {"group_established": Reached(True), "surveyed": Reached(True)}
MONEY = frozenset({"quantity_verified", "finance_reviewed", "government_approved", "budgeted"})


def full(counts: dict[str, int] | None = None, by_hand: dict[str, int] | None = None, **more: Any) -> Score:
    told = {"deadlines": IN_TIME, "done": MONEY, **more}
    return score(DEMO, known({**FULL, **(counts or {})}, by_hand={**BY_HAND, **(by_hand or {})}, **told))


def test_data_of_2005_can_reach_100_though_two_items_were_not_in_force():
    told = full()
    assert (told.points, told.low, told.high, told.grade) == (100, 100, 100, "A")
    states = {item.id: item.state for item in told.items}
    assert (states["C3"], states["C5"]) == ("not_in_force", "not_in_force")
    most = {item.id: item.most for item in told.items}
    assert (most["C1"], most["C2"], most["C4"]) == (Decimal("5.714286"), Decimal("8.571429"), Decimal("5.714286"))


def test_later_programmes_are_asked_what_came_into_force():
    told = full(dated=date(2014, 1, 1), by_hand={"new_devices": 5, "new_devices_with_oem_os": 5})
    assert (told.points, {item.state for item in told.items}) == (100, {"counted"})
    assert (
        full({"record.price_cap_breaches": 2}, dated=date(2014, 1, 1), by_hand={"new_devices": 5, "new_devices_with_oem_os": 5}).points
        == 98
    )


def test_a_section_of_which_nothing_applies_gives_its_points_to_the_others(tmp_path):
    file = tmp_path / "two.toml"
    item = '[[section.item]]\nid = "{id}"\nzh = "甲"\nen = "i"\npoints = 50\n' + RATIO.replace('"n"', '"{n}"').replace('"d"', '"{d}"')
    section = '[[section]]\nid = "{id}"\nzh = "甲"\nen = "s"\npoints = 50\n'
    text = 'schema = 1\nid = "two"\ntitle_zh = "二"\ntitle_en = "two"\ntotal = 100\n[[grade]]\ncode = "D"\nmin = 0\n'
    for one in ("a", "b"):
        text += section.format(id=one.upper()) + item.format(id=one, n=f"n{one}", d=f"d{one}") + "\n"
    text += "".join(f'[[input]]\nname = "{name}"\nvalue = ["{name}"]\n' for name in ("na", "da", "nb", "db"))
    file.write_text(text, encoding="utf-8")
    told = score(load_rubric(file), known({"na": 95, "da": 100, "nb": 0, "db": 0}))
    assert (told.points, [item.most for item in told.items]) == (Decimal("75.00"), [100, 0])


def test_what_is_open_moves_the_interval_and_not_the_points():
    told = full({"os_genuine": 5, "os_undetermined": 2})
    assert told.low == told.points < 100 == told.high
    names = full({"office_open_names": 1})
    assert names.low < names.points == 100 == names.high


def test_vetoes_give_a_grade_or_cap_the_points():
    falsified = full(by_hand={"falsified_records": 1})
    assert (falsified.points, falsified.grade, falsified.grade_high) == (100, "D", "D")
    cracked = full({"official.cracked": 1, "finding.cracked": 1})
    assert (cracked.points, cracked.grade) == (59, "D")
    # What nobody ruled on holds only in the bad world, and before the deadline not at all.
    suspected = full({"finding.cracked": 1})
    assert (suspected.points, suspected.low, suspected.high) == (100, 59, 100)
    assert full({"official.cracked": 1, "finding.cracked": 1}, after_target=False).points == 100
    assert full({"record.group_missing": 1}).points == 79
    assert full({"record.group_missing": 1}, tier="township").points == 100


@pytest.mark.parametrize(
    ("points", "grade"), [("89.99", "B"), ("90", "A"), ("80", "B"), ("79.99", "C"), ("60", "C"), ("59.99", "D"), ("0", "D")]
)
def test_grade_bands(points, grade):
    from licmatch.programme.points import _grade

    assert _grade(DEMO, Decimal(points), (), "value") == grade


def test_the_trace_has_inputs_rule_and_source():
    item = next(item for item in full().items if item.id == "D1")
    assert [(one.name, one.value, one.source) for one in item.inputs] == [
        ("os_genuine", 7, ("os_genuine",)),
        ("os_installed", 7, ("os_installed",)),
    ]
    assert item.source == ("licmatch-demo-100#D1", "S24")


def test_the_demo_rubric_says_that_it_is_an_example():
    assert (DEMO.status, DEMO.note_zh) == ("reconstruction", "评分标准:示例(重构),请替换为本级考核细则")


def test_every_input_has_words_in_both_languages_and_is_asked_for():
    asked = {name for section in DEMO.section for item in section.item for name in item.inputs()} | {veto.input for veto in DEMO.veto}
    assert {one.name for one in DEMO.input} == asked
    assert all(one.zh and one.en for one in DEMO.input)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('kind = "count"\ninput = "ledgers_current"', 'kind = "counts"\ninput = "ledgers_current"'), "'counts' is not one of"),
        (("points = 35", "points = 34"), "its items add up to 35, not 34"),
        (("deduct_each = 0.25", "deduct_each = -0.25"), "deduct_each is negative"),
        (('kind = "boolean"\ninput = "owner_named"', 'kind = "boolean"\ninput = "owner_named"\nfull_at = 2'), "no use for full_at"),
        (("cap = 59", ""), "effect is grade (with grade) or cap (with cap)"),
        (('step = "surveyed"', 'step = "survey"'), "no step 'survey'"),
        (('input = "overdeployed_licences"', 'input = "overdeployed"'), "no [[input]] says where 'overdeployed' comes from"),
        (("zero_at = 0.60", "zero_at = 1.60"), "full_at must be above zero_at"),
        (("full_at = 5", "full_at = nan"), "not"),
        (("min = 0\n", "min = 10\n"), "some grade must begin at 0"),
        (('pass_grade = "B"', 'pass_grade = "Z"'), "there is no grade 'Z'"),
        (("total = 100", "total = 90"), "the sections add up to 100, not 90"),
        (('mode = "half_up"', 'mode = "half_down"'), "rounding is half_up"),
        (('na = "redistribute_within_section"', 'na = "none"'), "na is redistribute_within_section"),
        (('no_data = "zero_with_flag"', 'no_data = "none"'), "no_data is zero_with_flag"),
        (('input = "falsified_records"', 'input = "lies"'), "veto V1: no [[input]] says where 'lies' comes from"),
        (('grade = "D"', 'grade = "Z"'), "veto V1: there is no grade 'Z'"),
        (("cap = 59", "cap = -1"), "veto V2: the cap is negative"),
        (('value = ["record.roster_submitted"]', ""), "input roster_submitted: either counts make it"),
        (('kind = "count"\ninput = "ledgers_current"', 'kind = "ratio"\ninput = "ledgers_current"'), "a ratio needs"),
        (('input = "owner_named"', 'input = "owner_named"\nwhen_denominator_zero = "full"'), "when_denominator_zero is `full`"),
    ],
)
def test_a_fault_in_a_rubric_is_told_with_file_and_line(tmp_path, change, told):
    import licmatch_catalogs

    source = Path(str(licmatch_catalogs.__file__)).parent / "rubrics" / "licmatch-demo-100.toml"
    text = source.read_text(encoding="utf-8")
    assert change[0] in text
    file = tmp_path / "own.toml"
    changed = text.replace(change[0], change[1], 1)
    file.write_text(changed, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_rubric(file)
    assert told in str(raised.value)
    if "nan" not in change[1] and "min" not in change[1]:
        place = int(str(raised.value).split("own.toml:")[1].split(":")[0].split(" ")[0])
        wanted = text[: text.index(change[0])].count("\n") + 1
        assert abs(place - wanted) <= 12
