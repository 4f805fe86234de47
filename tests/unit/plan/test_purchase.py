"""The cheapest plan, by hand: steps, suites, caps, what comes with the hardware, budgets, purchasers, and who gets what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from tests.unit.plan.estate import copies, copy, made, prices, software

from licmatch.errors import UsageError
from licmatch.plan import load_plan_rules, price_outliers, reconcile, with_work
from licmatch.schema import POSITION

WPS = "office.wps-office"
OFFICE = "office.microsoft-office.professional-plus"


def short(count: int, product: str = WPS, release: str | None = "2019", **more: str) -> pl.DataFrame:
    return copies(*(copy(f"d{at:03}", product, release, **more) for at in range(count)))


def test_a_step_holds_for_the_whole_quantity_and_more_is_bought_where_that_is_cheaper():
    offered = prices(
        {"product": WPS, "release": "2019", "unit_price": "100"},
        {"product": WPS, "release": "2019", "unit_price": "80", "from_quantity": 10},
    )
    assert software(made(short(7), offered)) == [70000]
    nine = made(short(9), offered)
    assert software(nine) == [80000]
    assert nine.lines.select("quantity", "gap", "spare").row(0) == (10, 9, 1)
    assert nine.allocations.select("unit_id", "quantity").rows() == [("u1", 9), (None, 1)]
    assert nine.proved


def test_only_approved_varieties_are_bought():
    offered = prices(
        {"product": WPS, "release": "2019", "unit_price": "10", "approved": False},
        {"product": "office.microsoft-office", "release": "2019", "unit_price": "20", "approved": None},
        {"product": WPS, "release": "2019", "unit_price": "30"},
    )
    found = made(short(2), offered)
    assert software(found) == [6000]
    assert found.refused["reason"].to_list() == ["not_approved", "not_approved"]
    assert software(made(short(2), offered, approved=["office.microsoft-office"])) == [4000]


@pytest.mark.parametrize(
    ("price", "reason", "taken"), [("600", None, True), ("600.01", None, False), ("1400", "宏", True), ("1400.01", "宏", False)]
)
def test_caps_of_the_standard_and_its_special_need(price: str, reason: str | None, taken: bool):
    found = made(short(1), prices({"product": WPS, "release": "2019", "unit_price": price, "reason": reason}))
    assert bool(found.lines.height) is taken
    assert found.refused["reason"].to_list() == ([] if taken else ["over_cap"])


def test_the_standard_does_not_bind_before_its_day():
    offered = prices({"product": WPS, "release": "2019", "unit_price": "900"})
    assert software(made(short(1), offered, as_of=date(2013, 5, 27))) == [90000]
    assert made(short(1), offered, as_of=date(2013, 5, 28)).lines.is_empty()


def test_a_newer_release_covers_an_older_copy_by_the_right_to_downgrade():
    offered = prices(
        {"product": "office.microsoft-office", "edition": "professional-plus", "release": "2021", "channel": "volume", "unit_price": "500"}
    )
    found = made(short(3, OFFICE, "2016"), offered)
    assert found.actions["action"].to_list() == ["keep"] * 3
    retail = offered.with_columns(channel=pl.lit("retail"))
    assert made(short(3, OFFICE, "2016"), retail).actions["action"].to_list() == ["replace"] * 3


def test_one_seat_of_a_suite_covers_the_parts_on_a_computer():
    parts = copies(*(copy(device, f"office.microsoft-{part}", "2016") for device in ("a", "b") for part in ("word", "excel")))
    offered = prices(
        {"product": "office.microsoft-office", "edition": "standard", "release": "2016", "channel": "volume", "unit_price": "500"},
        {"product": "office.microsoft-word", "release": "2016", "unit_price": "300"},
        {"product": "office.microsoft-excel", "release": "2016", "unit_price": "300"},
    )
    found = made(parts, offered)
    assert software(found) == [100000]
    assert found.actions["seat"].sum() == 2
    assert found.actions.height == 4


def test_a_second_suite_is_removed_not_bought():
    both = copies(copy("a", WPS, "2019"), copy("a", OFFICE, "2016"))
    found = made(both, prices({"product": WPS, "release": "2019", "unit_price": "100"}))
    assert software(found) == [10000]
    assert sorted(found.actions["action"]) == ["keep", "remove"]
    with_genuine = copies(copy("a", "office.libreoffice", "7", verdict="open_source", state="genuine"), copy("a", OFFICE, "2016"))
    assert software(made(with_genuine, prices({"product": WPS, "release": "2019", "unit_price": "100"}))) == [0]


def test_a_system_comes_with_the_hardware_unless_it_is_an_upgrade():
    windows = short(2, "os.windows-10.pro", "10")
    alone = made(windows, prices({"product": "os.kylin", "release": "V10", "unit_price": "500"}))
    assert alone.lines.is_empty()
    assert alone.refused["reason"].to_list() == ["with_hardware"]
    upgrade = made(
        windows, prices({"product": "os.windows-10", "edition": "pro", "release": "10", "unit_price": "900", "channel": "upgrade"})
    )
    assert software(upgrade) == [180000]
    assert upgrade.lines["needs_base"].to_list() == [True]
    computers = made(
        windows, prices({"product": "os.windows-10", "edition": "pro", "release": "10", "metric": "oem", "unit_price": "4000"})
    )
    assert (computers.money["this"].software, computers.money["this"].hardware) == (0, 800000)


def test_a_site_licence_is_paid_once():
    offered = prices(
        {"product": WPS, "release": "2019", "unit_price": "100"},
        {"product": WPS, "release": "2019", "unit_price": "2500", "metric": "site"},
    )
    assert software(made(short(20), offered)) == [200000]
    assert software(made(short(30), offered)) == [250000]


def test_a_plan_that_did_not_look_at_every_way_does_not_say_it_is_proved(monkeypatch: pytest.MonkeyPatch):
    offered = prices({"product": WPS, "release": "2019", "unit_price": "100"})
    assert made(short(2), offered).proved
    monkeypatch.setattr("licmatch.plan.patterns.MOST_WAYS", 1)
    assert not made(short(2), offered).proved


def test_what_is_sold_by_the_year_is_compared_over_the_minimum_life():
    offered = prices(
        {"product": "antivirus.huorong", "unit_price": "30", "term_years": 1, "release": "5"},
        {"product": "antivirus.huorong", "unit_price": "90", "release": "6"},
    )
    bought = made(short(1, "antivirus.huorong", "4"), offered)
    assert bought.lines["unit_price"].to_list() == [Decimal(90)]
    cheap = offered.with_columns(unit_price=pl.col("unit_price").replace("30", "17"))
    assert made(short(1, "antivirus.huorong", "4"), cheap).lines["unit_price"].to_list() == [Decimal(17)]


def test_a_budget_serves_the_worst_first_and_leaves_the_rest_to_the_next_year():
    mixed = copies(*(copy(f"d{at}", WPS, "2019", verdict="cracked" if at in (3, 5) else "over_deployed") for at in range(6)))
    offered = prices({"product": WPS, "release": "2019", "unit_price": "100"})
    found = made(mixed, offered, budget=Decimal(250))
    assert software(found) == [20000, 40000]
    assert found.actions.filter(pl.col("year") == "this")["device_id"].to_list() == ["d3", "d5"]
    assert found.money["this"].total <= 25000


def test_the_cost_of_work_stands_on_its_own_line_and_counts_against_the_budget():
    rules = with_work(load_plan_rules(), amount=Decimal(50), rate=0.1)
    offered = prices({"product": WPS, "release": "2019", "unit_price": "100"})
    found = made(short(3), offered, rules=rules)
    assert (found.money["this"].software, found.money["this"].work) == (30000, 8000)
    assert software(made(short(3), offered, rules=rules, budget=Decimal(270))) == [20000, 10000]


def test_who_buys_decides_which_step_is_reached():
    two = copies(*(copy(f"a{at}", WPS, "2019", unit="u1") for at in range(6)), *(copy(f"b{at}", WPS, "2019", unit="u2") for at in range(6)))
    offered = prices(
        {"product": WPS, "release": "2019", "unit_price": "100"},
        {"product": WPS, "release": "2019", "unit_price": "80", "from_quantity": 10},
    )
    assert software(made(two, offered)) == [96000]
    each = made(two, offered, purchaser="unit")
    assert software(each) == [120000]
    assert each.lines["buyer"].to_list() == ["u1", "u2"]
    with pytest.raises(UsageError, match="no unit buys as"):
        made(two, offered, purchaser="nobody")


def test_the_position_says_how_many_are_short_and_the_worst_are_taken():
    stand = pl.DataFrame(
        [
            {
                "unit_id": "u1",
                "category": "office",
                "pool": "office.wps-office|-|2019",
                "required": 5,
                "usable": 3,
                "shortfall": 2,
                "surplus": 0,
            }
        ],
        schema=POSITION,
    )
    rows = copies(
        *(copy(f"d{at}", WPS, "2019", verdict="no_evidence", state="undetermined") for at in range(4)),
        copy("d9", WPS, "2019", verdict="cracked"),
    )
    found = made(rows, prices({"product": WPS, "release": "2019", "unit_price": "100"}), position=stand)
    assert found.actions["device_id"].to_list() == ["d0", "d9"]
    assert found.lines.select("existing", "required", "gap").row(0) == (3, 5, 2)
    many = stand.with_columns(shortfall=pl.lit(9, pl.Int64))
    assert made(rows, prices(), position=many).untraced["count"].to_list() == [4]


def test_copies_in_doubt_may_wait_for_their_papers():
    rows = copies(copy("a", WPS, "2019"), copy("b", WPS, "2019", verdict="no_evidence", state="undetermined"))
    offered = prices({"product": WPS, "release": "2019", "unit_price": "100"})
    assert software(made(rows, offered)) == [20000]
    assert software(made(rows, offered, undetermined=False)) == [10000]


def test_the_order_of_rows_changes_nothing():
    rows = copies(*(copy(f"d{at}", WPS if at % 2 else OFFICE, "2019", unit=f"u{1 + at % 2}") for at in range(8)))
    offered = prices(
        {"product": WPS, "release": "2019", "unit_price": "100"},
        {"product": "office.microsoft-office", "release": "2019", "unit_price": "100"},
    )
    one, other = made(rows, offered), made(rows[::-1], offered[::-1])
    assert one.lines.equals(other.lines)
    assert one.allocations.equals(other.allocations)


def test_conservation_every_short_copy_has_one_fate_and_every_licence_an_owner():
    rows = copies(*(copy(f"d{at}", WPS if at % 3 else OFFICE, "2019", unit=f"u{1 + at % 2}") for at in range(20)))
    found = made(rows, prices({"product": WPS, "release": "2019", "unit_price": "100"}), budget=Decimal(700))
    assert found.actions["at"].to_list() == list(range(20))
    assert found.allocations["quantity"].sum() == found.lines["quantity"].sum()
    assert found.demands["short"].sum() == 20
    assert sum(software(found)) == found.lines["amount"].sum() * 100


def test_bad_prices_are_named_not_dropped():
    bad = prices({"product": WPS, "unit_price": "面议"}, {"product": WPS, "unit_price": "-5"}, {"product": "谁也不认识", "unit_price": "5"},
                 {"product": WPS, "unit_price": "5", "currency": "USD"}, {"product": WPS, "unit_price": "5", "valid_to": "2020-01-01"},
                 {"product": WPS, "edition": "personal", "unit_price": "5"},
                 {"product": WPS, "unit_price": "5", "from_quantity": 0})  # fmt: skip
    found = made(short(1), bad)
    assert sorted(found.refused["reason"]) == sorted(
        ["no_amount", "no_amount", "not_recognised", "currency", "not_in_force", "edition_never", "no_quantity"]
    )
    assert found.actions["action"].to_list() == ["open"]


def test_nothing_short_nothing_bought():
    found = made(copies(), prices())
    assert found.lines.is_empty()
    assert found.money["this"].total == 0


# Amount in yuan and copies of real purchases, with the rounded price of one that the sources print.
REAL = (
    ("中央机关2011", 140_910_000, 176_763, 797), ("七市2011", 236_230_000, 205_044, 1_152), ("合计2011", 377_140_000, 381_807, 988),
    ("整改期至2013", 2_783_000_000, 4_802_700, 579), ("湖南至2013", 76_014_400, 192_400, 395), ("重庆2014", 91_998_000, 120_900, 761),
    ("2016", 367_000_000, 667_200, 550), ("三十一机关国外", 18_320_000, 13_657, 1_341), ("三十一机关国产", 3_790_000, 6_170, 614),
    ("红旗2004", 866_000, 2_000, 433), ("青岛2010", 76_630_000, 15_278, 5_016),
)  # fmt: skip


def test_real_purchases_reproduce_their_price_and_the_outlier_is_flagged():
    table = pl.DataFrame([row[:3] for row in REAL], schema=["name", "amount", "copies"], orient="row")
    found = price_outliers(table)
    assert [round(each) for each in found["each"]] == [row[3] for row in REAL]
    assert found.filter("flagged")["name"].to_list() == ["青岛2010"]
    sums = {name: (amount, number) for name, amount, number, _ in REAL}
    assert tuple(map(sum, zip(sums["中央机关2011"], sums["七市2011"], strict=True))) == sums["合计2011"]
    assert price_outliers(table.filter(pl.col("name") == "青岛2010"), cap=1400)["why"].to_list() == ["cap"]


def test_a_plan_reproduces_a_real_tender():
    offered = prices({"product": WPS, "release": "2019", "unit_price": "433"})
    assert software(made(short(20), offered)) == [866_000]


def test_handover_is_held_against_the_plan():
    found = made(short(3), prices({"product": WPS, "release": "2019", "unit_price": "100"}))
    good = pl.DataFrame({"line": [1, 1], "unit_id": [None, "u1"], "delivered": [3, 0], "distributed": [0, 3], "installed": [0, 3]})
    assert reconcile(found.lines, found.allocations, good).is_empty()
    bad = pl.DataFrame(
        {"line": [1, 1, 7], "unit_id": [None, "u1", "u2"], "delivered": [4, 0, 0], "distributed": [0, 2, 1], "installed": [0, 3, 0]}
    )
    assert set(reconcile(found.lines, found.allocations, bad)["fault"]) == {"delivered", "distributed", "share", "installed", "unplanned"}
