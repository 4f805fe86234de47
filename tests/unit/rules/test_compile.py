"""Every operator with a fact that fits, one that does not, and an unknown one: the unknown never satisfies, `known = false` apart."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from tests.unit.rules.written import places, rule

from licmatch.errors import CatalogError
from licmatch.rules import compile_rule, fields_of
from licmatch.rules.conditions import OPERATORS

TIME = datetime(2038, 1, 19, 3, 14, 7)
# field, what is asked, a fact that satisfies it, one that does not
OPERATOR_CASES: list[tuple[str, Any, Any, Any]] = [
    ("channel", "Retail", "Retail", "retail"),
    ("channel", {"is_not": "Retail"}, "OEM:DM", "Retail"),
    ("channel", ["Retail", "OEM:DM"], "OEM:DM", "Volume:MAK"),
    ("channel", {"in": ["Retail"]}, "Retail", "OEM:DM"),
    ("channel", {"not_in": ["Retail", "OEM:DM"]}, "Volume:MAK", "Retail"),
    ("license_family", {"like": "EnterpriseG*"}, "EnterpriseGN", "Enterprise"),
    ("license_family", {"like": "*_KMS_Client"}, "Office16ProPlusVL_KMS_Client", "Office16ProPlusR_Retail"),
    ("license_family", {"like": "*Mondo*"}, "O365MondoR", "O365"),
    ("license_family", {"like": "Office*R_*"}, "Office16R_Retail", "Office16VL"),
    ("license_family", {"like": "a*c*e"}, "a\nc\ne", "abcd"),
    ("license_family", {"like": "a.c*x"}, "a.c(x", "abc(x"),
    ("license_family", {"like": ["Home*", "*Student"]}, "HomeStudent", "Pro"),
    ("license_family", {"not_like": "EnterpriseG*"}, "Enterprise", "EnterpriseG"),
    ("slic_oemid", "", "", "LENOVO"),
    ("license_status", 1, 1, 0),
    ("license_status", {"is_not": 1}, 5, 1),
    ("license_status", [3, 5], 5, 4),
    ("grace_minutes", {"above": 5}, 6, 5),
    ("grace_minutes", {"at_least": 5}, 5, 4),
    ("grace_minutes", {"below": 5}, 4, 5),
    ("grace_minutes", {"at_most": 5}, 5, 6),
    ("grace_minutes", {"above": 2, "below": 5}, 3, 5),
    ("is_vm", True, True, False),
    ("is_vm", False, False, True),
    ("evaluation_end", "2026-01-02", date(2026, 1, 2), date(2026, 1, 3)),
    ("evaluation_end", date(2026, 1, 2), date(2026, 1, 2), date(2026, 1, 3)),
    ("evaluation_end", ["2026-01-02", "2026-01-04"], date(2026, 1, 4), date(2026, 1, 3)),
    ("evaluation_end", {"below": "field:as_of"}, date(2026, 11, 29), date(2026, 11, 30)),
    ("lease_end", {"near": {"time": "2038-01-19T03:14:07Z", "days": 2}}, datetime(2038, 1, 17, 3, 14, 7), datetime(2038, 1, 17, 3, 14, 6)),
    ("lease_end", {"near": {"time": "2038-01-19", "days": 0}}, TIME, datetime(2038, 1, 20)),
    ("lease_end", {"at_most": "2038-01-19"}, datetime(2038, 1, 19, 23), datetime(2038, 1, 20)),
    ("lease_end", {"at_most": "2038-01-19T08:00:00+08:00"}, datetime(2038, 1, 19), datetime(2038, 1, 19, 0, 1)),
    ("key_classes", {"has": "leaked_key"}, ["a", "leaked_key"], ["a"]),
    ("key_classes", {"has": ["x", "leaked_key"]}, ["leaked_key"], []),
    ("key_classes", {"has_not": ["leaked_key"]}, [], ["leaked_key"]),
    ("kms_host", {"known": True}, "h", None),
]


@pytest.mark.parametrize(("field", "asked", "fits", "not_"), OPERATOR_CASES, ids=lambda value: str(value)[:40])
def test_an_operator_holds_fails_and_is_never_satisfied_by_an_unknown(field: str, asked: Any, fits: Any, not_: Any) -> None:
    assert places(rule(when={field: asked}), {field: fits}, {field: not_}, {field: None}) == [0]


def test_only_known_false_is_satisfied_by_an_unknown() -> None:
    assert places(rule(when={"kms_host": {"known": False}}), {"kms_host": "h"}, {"kms_host": None}) == [1]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"last5": {"same_as": "firmware_key_last5"}}, [0]),
        ({"last5": {"differs_from": "firmware_key_last5"}}, [1]),
    ],
)
def test_two_fields_are_compared_where_both_are_known(asked: dict[str, Any], expected: list[int]) -> None:
    pairs = [("A", "A"), ("A", "B"), ("A", None), (None, "A"), (None, None)]
    assert places(rule(when=asked), *({"last5": one, "firmware_key_last5": two} for one, two in pairs)) == expected


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [({"above": 30}, [0]), ({"at_least": 30}, [0, 1]), ({"below": 0}, [3]), ({"at_least": 0, "at_most": 30}, [1, 2])],
)
def test_days_between_two_fields(bounds: dict[str, int], expected: list[int]) -> None:
    days = [date(2026, 2, 1), date(2026, 1, 31), date(2026, 1, 1), date(2025, 12, 31), None]
    rows = [{"evaluation_end": day, "os_installed_on": date(2026, 1, 1)} for day in days]
    asked = {"evaluation_end": {"days_since": {"field": "os_installed_on", **bounds}}}
    assert places(rule(when=asked), *rows, {"evaluation_end": date(2026, 5, 1), "os_installed_on": None}) == expected


def test_a_time_is_compared_with_a_day_as_a_day() -> None:
    rows = [
        {"lease_end": datetime(2026, 1, 1, 23), "collected_at": date(2026, 1, 1)},
        {"lease_end": datetime(2026, 1, 2), "collected_at": date(2026, 1, 1)},
    ]
    assert places(rule(when={"lease_end": {"above": "field:collected_at"}}), *rows) == [1]


def test_all_of_when_and_one_of_any_must_hold() -> None:
    asked = rule(when={"license_status": 1}, any=({"channel": "a"}, {"channel": "b", "is_vm": True}))
    rows = [
        {"license_status": 1, "channel": "a"}, {"license_status": 1, "channel": "b"}, {"license_status": 1, "channel": "b", "is_vm": True},
        {"license_status": 0, "channel": "a"}, {"license_status": 1},
    ]  # fmt: skip
    assert places(asked, *rows) == [0, 2]


def test_the_cases_above_use_every_operator() -> None:
    used = {word for _, asked, _, _ in OPERATOR_CASES if isinstance(asked, dict) for word in asked}
    assert used | {"same_as", "differs_from", "days_since"} == {word for words in OPERATORS.values() for word in words}


def test_a_compiled_rule_says_which_facts_it_needs() -> None:
    asked = rule(
        when={"evaluation_end": {"days_since": {"field": "os_installed_on", "above": 1}}, "collected_at": {"below": "field:as_of"}},
        any=({"count": {"distinct": "device_id", "per": ["last5"], "among": {"channel": "Retail"}, "at_least": 2}},),
    )
    assert compile_rule(asked, fields_of("licence")).needs == {"evaluation_end", "os_installed_on", "collected_at", "last5", "channel"}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"kms_hots": "x"}, "did you mean 'kms_host'?"),
        ({"signature_id": "x"}, "there is no field 'signature_id' here"),
        ({"license_status": "1"}, "not a whole number"),
        ({"license_status": True}, "not a whole number"),
        ({"license_status": 2**63}, "not a whole number"),
        ({"license_status": {"like": "1*"}}, "no operator of a int field"),
        ({"is_vm": 1}, "not true or false"),
        ({"is_vm": {"above": True}}, "no operator of a bool field"),
        ({"channel": {"known": "yes"}}, "known is true or false"),
        ({"channel": []}, "wants a list of values"),
        ({"channel": {}}, "an empty table"),
        ({"channel": {"like": "Retail"}}, "wants a `*`"),
        ({"channel": {"like": "***"}}, "wants a `*`"),
        ({"channel": {"like": "a*b*c*d*e*f*g*h*i*j"}}, "more than 8 stars"),
        ({"channel": {"same_as": "license_status"}}, "cannot be compared"),
        ({"channel": {"same_as": "channel"}}, "with itself"),
        ({"channel": "x" * 501}, "more than 500 characters"),
        ({"key_classes": "leaked_key"}, "ask with { has"),
        ({"evaluation_end": "2026-02-30"}, "day is out of range"),
        ({"evaluation_end": "yesterday"}, "neither a day"),
        ({"evaluation_end": "2026-01-01T08:00:00Z"}, "is a day"),
        ({"evaluation_end": {"above": "field:channel"}}, "cannot be compared"),
        ({"evaluation_end": {"above": "field:nothing"}}, "no field 'nothing'"),
        ({"evaluation_end": {"near": {"time": "2026-01-01"}}}, "near wants"),
        ({"evaluation_end": {"near": {"time": "2026-01-01", "days": -1}}}, "zero or more"),
        ({"evaluation_end": {"near": {"time": "2026-01-01", "days": True}}}, "days are a whole number"),
        ({"evaluation_end": {"near": {"time": "2026-01-01", "days": "2"}}}, "days are a whole number"),
        ({"evaluation_end": {"near": {"time": "2026-01-01", "days": 1_000_001}}}, "days are a whole number"),
        ({"evaluation_end": {"days_since": {"field": "os_installed_on"}}}, "one or more of"),
        ({"evaluation_end": {"days_since": {"field": "channel", "above": 1}}}, "cannot be compared"),
        ({"count": 3}, "count is a table"),
        ({"count": {"per": ["last5"], "at_least": 0}}, "above 0"),
        ({"count": {"per": [], "at_least": 2}}, "wants a list of different fields"),
        ({"count": {"per": ["key_classes"], "at_least": 2}}, "is a list"),
        ({"count": {"per": ["application"], "distinct": "device_id", "at_least": "chance"}}, "counts device_id per last5"),
        ({"count": {"per": ["last5"], "at_least": 2, "amongst": {}}}, "count knows"),
        ({"count": {"per": ["last5"], "at_least": 2, "among": {"fired": "T-2"}}}, "wants a table of fields"),
        ({"fired": 3}, "is not a text"),
        ({"fired": []}, "names no rule"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_condition_that_does_not_fit_its_field_is_refused(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(CatalogError) as caught:
        compile_rule(rule(when=asked), fields_of("licence"))
    assert told in str(caught.value)
