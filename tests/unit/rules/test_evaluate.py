"""All rules over all tables: counts, other rules, explanations, order, and tables that are not as they should be."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from tests.unit.rules.written import AS_OF, places, rule, table

from licmatch.errors import CatalogError
from licmatch.rules import HITS, Unless, evaluate, hits_by_rule
from licmatch.rules.chance import chance_limits
from licmatch.rules.references import reference_faults


def explained(name: str, when: dict[str, Any]) -> Unless:
    return Unless(id=name, when=when, title="t", title_zh="t")


def test_a_hit_names_the_first_explanation_that_holds() -> None:
    asked = rule(when={"license_status": 1}, unless=(explained("vm", {"is_vm": True}), explained("lab", {"in_test_lab": True})))
    rows = [{"is_vm": True, "in_test_lab": True}, {"in_test_lab": True}, {"is_vm": False}, {}]
    facts = table("licence", *({"license_status": 1, **row} for row in rows), {"license_status": 0})
    hits = evaluate([asked], {"licence": facts}, as_of=AS_OF)
    assert dict(hits.schema) == HITS
    assert hits.select("place", "off_by").rows() == [(0, "vm"), (1, "lab"), (2, None), (3, None)]


def test_hits_are_sorted_by_device_category_rule_and_place() -> None:
    rows = [
        {"device": 2, "category": "os"},
        {"device": 1, "category": "os"},
        {"device": 1, "category": "office"},
        {"device": 1, "category": "os"},
    ]
    rules = [rule("T-2", {"channel": {"known": False}}), rule("T-1", {"channel": {"known": False}})]
    hits = evaluate(rules, {"licence": table("licence", *rows)}, as_of=AS_OF)
    assert hits.select("device", "category", "rule_id", "place").rows() == [
        (1, "office", "T-1", 2), (1, "office", "T-2", 2), (1, "os", "T-1", 1), (1, "os", "T-1", 3), (1, "os", "T-2", 1),
        (1, "os", "T-2", 3), (2, "os", "T-1", 0), (2, "os", "T-2", 0),
    ]  # fmt: skip


def test_hits_of_a_rule_stand_by_device_then_category_without_one_first() -> None:
    rows = [
        {"device": 2, "category": "os"},
        {"device": 2, "category": None},
        {"device": 1, "category": "os"},
        {"device": 1, "category": "antivirus"},
        {"device": 2, "category": None},
    ]
    [hits] = hits_by_rule([rule("T-1", {"channel": {"known": False}})], {"licence": table("licence", *rows)}, as_of=AS_OF).values()
    assert hits.select("device", "category", "place").rows() == [
        (1, "antivirus", 3), (1, "os", 2), (2, None, 1), (2, None, 4), (2, "os", 0),
    ]  # fmt: skip


def test_a_count_takes_distinct_values_of_rows_that_agree() -> None:
    asked = rule(when={"count": {"distinct": "device_id", "per": ["last5", "application"], "among": {"channel": "Retail"}, "at_least": 2}})
    rows = [
        {"device": 0, "last5": "A", "application": "windows", "channel": "Retail"},
        {"device": 1, "last5": "A", "application": "windows", "channel": "Retail"},
        {"device": 2, "last5": "A", "application": "windows", "channel": "OEM:DM"},  # not counted, but in the group
        {"device": 3, "last5": "A", "application": "office", "channel": "Retail"},
        {"device": 4, "last5": "B", "application": "windows", "channel": "Retail"},
        {"device": 4, "last5": "B", "application": "windows", "channel": "Retail"},  # the same device twice
        {"device": 5, "last5": None, "application": "windows", "channel": "Retail"},
        {"device": 6, "last5": None, "application": "windows", "channel": "Retail"},  # unknown is no group
    ]
    assert places(asked, *rows) == [0, 1, 2]


def test_chance_is_reckoned_for_each_product_by_its_own_devices() -> None:
    asked = rule(when={"count": {"distinct": "device_id", "per": ["product_name", "last5"], "at_least": "chance"}})
    few = chance_limits()[0]
    many = few + 1
    rows = [{"product_name": "small", "last5": f"{at if at else 1:05}"} for at in range(few)]
    rows += [{"product_name": "large", "last5": f"{at if at else 1:05}"} for at in range(many)]
    rows += [{"product_name": "small"}] * 10  # devices whose key nobody knows cannot collide
    assert places(asked, *rows) == [0, 1]  # a pair is more than chance among few devices, and is not among many
    rows.append({"product_name": "large", "last5": "00001"})
    assert places(asked, *rows) == [0, 1, few, few + 1, few + many + 10]


@pytest.mark.parametrize("devices", [chance_limits()[1], chance_limits()[1] + 1])
def test_more_must_agree_the_larger_an_estate_is(devices: int) -> None:
    asked = rule(when={"count": {"distinct": "device_id", "per": ["product_name", "last5"], "at_least": "chance"}})
    rows = [{"product_name": "p", "last5": "AAAAA" if at < 3 else "BBBBB" if at < 7 else f"{at:05}"} for at in range(devices)]
    assert places(asked, *rows) == ([*range(7)] if devices == chance_limits()[1] else [3, 4, 5, 6])


def test_a_rule_may_ask_for_others_of_its_grain_and_of_others() -> None:
    rules = [
        rule("T-1", {"license_status": 1}, unless=(explained("vm", {"is_vm": True}),)),
        rule("T-2", {"not_fired": "T-1"}),
        rule("T-3", {"fired": ["T-1"]}, about="trace"),
        rule("T-4", {"fired": "T-1"}, about="device", category="office"),
        rule("T-5", {"fired": "T-1"}, about="device"),
        rule("T-6", {"fired": "T-3", "not_fired": "T-4"}),
    ]
    tables = {
        "licence": table("licence", {"license_status": 1}, {"license_status": 1, "is_vm": True}, {}),
        "trace": table("trace", {"device": 0}, {"device": 0, "category": "office"}, {"device": 1}),
        "device": table("device", {}, {}, {}),
    }
    hits = evaluate(rules, tables, as_of=AS_OF).filter(pl.col("off_by").is_null())
    standing = {name: sorted(hits.filter(rule_id=name)["place"].to_list()) for name in (f"T-{number}" for number in range(1, 7))}
    assert standing == {"T-1": [0], "T-2": [1, 2], "T-3": [0], "T-4": [], "T-5": [0], "T-6": [0]}


def test_rules_of_a_table_without_rows_did_not_fire() -> None:
    rules = [
        rule("T-1", {"license_status": 1}),
        rule("T-2", {"not_fired": "T-1"}, about="device"),
        rule("T-3", {"fired": "T-1"}, about="device"),
    ]
    hits = evaluate(rules, {"device": table("device", {}), "licence": table("licence", {}).clear()}, as_of=AS_OF)
    assert hits.equals(evaluate(rules, {"device": table("device", {})}, as_of=AS_OF))
    assert hits["rule_id"].to_list() == ["T-2"]
    assert hits["category"].to_list() == ["os"]


def test_a_fact_of_the_device_is_taken_from_its_table() -> None:
    licences = table("licence", {"device": 7}, {"device": 3}, {"device": 9}).select("device", "device_id", "category", "license_status")
    devices = table("device", {"device": 3, "is_vm": True}, {"device": 7, "is_vm": False})
    hits = evaluate([rule(when={"is_vm": True})], {"licence": licences, "device": devices}, as_of=AS_OF)
    assert hits["place"].to_list() == [1]


def test_a_missing_or_wrong_column_is_an_error_and_no_silence() -> None:
    facts = table("licence", {"license_status": 1})
    with pytest.raises(ValueError, match="no column license_status"):
        evaluate([rule(when={"license_status": 1})], {"licence": facts.drop("license_status")}, as_of=AS_OF)
    with pytest.raises(ValueError, match="license_status as String"):
        evaluate([rule(when={"license_status": 1})], {"licence": facts.cast({"license_status": pl.String})}, as_of=AS_OF)
    assert evaluate([rule(when={"license_status": 1})], {"licence": facts.cast({"license_status": pl.Int8})}, as_of=AS_OF).height == 1


def test_circles_and_unknown_rules_are_refused() -> None:
    circle = [
        rule("T-1", {"fired": "T-2"}),
        rule("T-2", {"not_fired": "T-3"}, about="trace"),
        rule("T-3", {"channel": "x"}, any=({"fired": "T-1"},)),
    ]
    with pytest.raises(CatalogError, match="T-1 -> T-2 -> T-3 -> T-1"):
        evaluate(circle, {}, as_of=AS_OF)
    with pytest.raises(CatalogError, match="which there is not"):
        evaluate([rule(when={"fired": "T-9"})], {}, as_of=AS_OF)
    chain = [rule(f"T-{at}", {"fired": f"T-{at + 1}"}) for at in range(20)] + [rule("T-20", {"channel": "x"})]
    with pytest.raises(CatalogError, match="chain of more than 16"):
        evaluate(chain, {}, as_of=AS_OF)
    # However the rules stand in their files.
    for order in (chain[::-1], chain[10:] + chain[:10]):
        assert [fault for _, fault in reference_faults(order) if "chain of more than 16" in fault]
    assert reference_faults(chain[:4:-1]) == reference_faults(chain[5:]) == []


def test_no_rows_and_no_rules_give_no_hits() -> None:
    assert evaluate([], {"licence": table("licence", {})}, as_of=AS_OF).height == 0
    assert dict(evaluate([rule(when={"license_status": 1})], {}, as_of=AS_OF).schema) == HITS


def test_a_rule_that_needs_a_fact_nobody_knows_is_not_asked_and_others_hear_that_it_does_not_hold() -> None:
    facts = table("licence", {"license_status": 1}, {"license_status": 0})
    silent = rule("T-1", {"license_status": 1, "channel": "x"})
    counted = rule("T-2", {"count": {"per": ["last5"], "at_least": 1}})
    rules = [silent, counted, rule("T-3", {"license_status": 1, "not_fired": ["T-1", "T-2"]}), rule("T-4", {"channel": {"known": False}})]
    hits = evaluate(rules, {"licence": facts}, as_of=AS_OF)
    assert hits.select("rule_id", "place").rows() == [("T-3", 0), ("T-4", 0), ("T-4", 1)]
    assert list(hits_by_rule(rules, {"licence": facts}, as_of=AS_OF)) == ["T-3", "T-4"]
    known = facts.with_columns(channel=pl.lit("x"))
    assert "T-1" in hits_by_rule(rules, {"licence": known}, as_of=AS_OF)
