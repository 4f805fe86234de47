"""The compiled rules answer like the obvious reading of the language, for every operator, over any rows, nulls included."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.obvious_rules import holds

from licmatch.rules.conditions import OPERATORS
from licmatch.rules.evaluate import evaluate
from licmatch.rules.fields import fields_of
from licmatch.rules.records import Rule, Unless
from licmatch.rules.tables import fact_schema

AS_OF = date(2026, 11, 30)
# A few fields of every type, few values of each: what matters are the meetings of equal, different and unknown.
TEXT_VALUES = ["", "a", "ab", "abc", "b.c", "EnterpriseG", "EnterpriseGN", "激活", "a\nb", "x$"]
PATTERNS = ["a*", "*c", "*b*", "Enterprise*N", "*", "b.*", "*.c", "a*b", "*激*", "x$*", "a**c"]
DAYS = [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 31), date(2038, 1, 19)]
TIMES = [datetime(2026, 1, 1), datetime(2026, 1, 1, 23, 59), datetime(2026, 1, 3, 12), datetime(2038, 1, 19, 3, 14, 7)]
TEXTS = ("kms_host", "last5", "product_key_id")
INTS = ("license_status", "grace_minutes", "os_build")
BOOLS = ("volume_owned", "firmware_key")
DAY_FIELDS = ("evaluation_end", "epid_activated_on", "collected_at")
TIME_FIELDS = ("lease_end",)
LISTS = ("key_classes",)
NUMBERS, SWITCHES = [0, 1, 2, 5, -3], [True, False]
VALUES: dict[str, Any] = {
    **dict.fromkeys(TEXTS, TEXT_VALUES),
    **dict.fromkeys(INTS, NUMBERS),
    **dict.fromkeys(BOOLS, SWITCHES),
    **dict.fromkeys(DAY_FIELDS, DAYS),
    **dict.fromkeys(TIME_FIELDS, TIMES),
}
FIELDS = fields_of("licence")

few_texts = st.lists(st.sampled_from(TEXT_VALUES[:5]), max_size=3)
row = st.fixed_dictionaries(
    {
        "device_id": st.sampled_from(["d0", "d1", "d2", "d3"]),
        "category": st.sampled_from(["os", "office"]),
        **{name: st.none() | st.sampled_from(values) for name, values in VALUES.items()},
        **dict.fromkeys(LISTS, st.none() | few_texts),
    }
)
rows = st.lists(row, min_size=1, max_size=12)


def iso(values: list[Any]) -> st.SearchStrategy[str]:
    return st.sampled_from([value.isoformat() for value in values])


zoned = st.sampled_from(["2038-01-19T03:14:07Z", "2026-01-01T08:00:00+08:00", "2026-01-03T04:00-08:00"])
days = st.integers(0, 40)
bounds = st.sampled_from(["above", "at_least", "below", "at_most"])


@cache
def operand(name: str, word: str) -> st.SearchStrategy[Any]:
    """Draw an operand that fits a field and an operator."""
    kind = FIELDS[name].type
    peers = [other for other in (*VALUES, *LISTS) if other != name and FIELDS[other].type == kind]
    moments = {"day": iso(DAYS), "time": iso(TIMES) | iso(DAYS) | zoned}
    one = moments[kind] if kind in moments else st.sampled_from(VALUES.get(name, TEXT_VALUES))
    if word == "known":
        return st.booleans()
    if word in ("in", "not_in"):
        return st.lists(one, min_size=1, max_size=3)
    if word in ("like", "not_like"):
        pattern = st.sampled_from([each for each in PATTERNS if each.strip("*")])
        return pattern | st.lists(pattern, min_size=1, max_size=2)
    if word in ("has", "has_not"):
        return st.sampled_from(TEXT_VALUES[:5]) | st.lists(st.sampled_from(TEXT_VALUES[:5]), min_size=1, max_size=2)
    if word == "near":
        return st.fixed_dictionaries({"time": one, "days": days})
    if word == "days_since":
        other = st.sampled_from([each for each in (*DAY_FIELDS, *TIME_FIELDS) if each != name])
        return st.builds(lambda field, bound, limit: {"field": field, bound: limit}, other, bounds, st.integers(-40, 40))
    if word in ("same_as", "differs_from"):
        return st.sampled_from(peers)
    if word in ("above", "at_least", "below", "at_most"):
        comparable = peers + ([*TIME_FIELDS] if kind == "day" else [*DAY_FIELDS] if kind == "time" else [])
        return one | st.sampled_from([f"field:{each}" for each in comparable])
    return one


@cache
def asked_of(name: str) -> st.SearchStrategy[Any]:
    """Draw what may stand behind a field in a rule."""
    kind = FIELDS[name].type
    words = [word for word in OPERATORS[kind] if word not in ("same_as", "differs_from") or name not in TIME_FIELDS]
    tables = st.sampled_from(words).flatmap(lambda word: operand(name, word).map(lambda value: {word: value}))
    two = st.tuples(tables, tables).map(lambda pair: {**pair[0], **pair[1]})
    if kind == "texts":
        return tables | two
    return operand(name, "is") | (operand(name, "in") if kind != "bool" else operand(name, "is")) | tables | two


conditions = st.lists(st.sampled_from([*VALUES, *LISTS]), max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: asked_of(name) for name in names})
)
groups = st.lists(st.sampled_from(["last5", "kms_host", "license_status", "category", "device_id"]), min_size=1, max_size=2, unique=True)
counts = st.fixed_dictionaries(
    {"per": groups.map(lambda names: [name for name in names if name != "category"] or ["last5"]), "at_least": st.integers(1, 4)},
    optional={"distinct": st.sampled_from(["device_id", "last5", "license_status"]), "among": conditions},
)
chances = st.fixed_dictionaries(
    {
        "per": st.sampled_from([["last5"], ["last5", "kms_host"], ["license_status", "last5"]]),
        "distinct": st.just("device_id"),
        "at_least": st.just("chance"),
    },
    optional={"among": conditions},
)
asked = st.sampled_from(["T-1", "T-2", ["T-1", "T-2"]])
full = st.builds(
    lambda condition, extra: {**condition, **extra},
    conditions,
    st.fixed_dictionaries(
        {}, optional={"count": counts | chances | st.lists(counts, min_size=1, max_size=2), "fired": asked, "not_fired": asked}
    ),
)


def rule(name: str, when: dict[str, Any], about: str = "licence", **more: Any) -> Rule:
    return Rule(id=name, title="t", title_zh="t", about=about, verdict="undetermined", confidence=0.5, evidence="e", when=when, **more)


def table(drawn: list[dict[str, Any]]) -> pl.DataFrame:
    schema = fact_schema("licence")
    columns = ["device", "device_id", "category", *VALUES, *LISTS]
    numbered = [{**each, "device": int(each["device_id"][1:])} for each in drawn]
    return pl.DataFrame(numbered, schema={name: schema[name] for name in columns}, orient="row")


def places(hits: pl.DataFrame, name: str) -> list[int]:
    return sorted(hits.filter(pl.col("rule_id") == name)["place"].to_list())


def obviously(when: dict[str, Any], drawn: list[dict[str, Any]], fired: list[dict[str, bool]] | None = None) -> list[int]:
    return [at for at, each in enumerate(drawn) if holds(when, each, drawn, fired[at] if fired else {})]


def check_every(strategy: Callable[[str], st.SearchStrategy[Any]], name: str, draw: Any) -> None:
    drawn, value = draw(rows), draw(strategy(name))
    hits = evaluate([rule("T-1", {name: value})], {"licence": table(drawn)}, as_of=AS_OF)
    assert places(hits, "T-1") == obviously({name: value}, drawn)


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from([*VALUES, *LISTS]))
def test_one_field_is_asked_like_the_obvious_reading(data: Any, name: str) -> None:
    check_every(asked_of, name, data.draw)


@settings(max_examples=150, deadline=None)
@given(rows, conditions, conditions, st.lists(conditions.filter(bool), max_size=3), full)
def test_rules_answer_like_the_obvious_reading(
    drawn: list[dict[str, Any]],
    first: dict[str, Any],
    second: dict[str, Any],
    branches: list[dict[str, Any]],
    asking: dict[str, Any],
) -> None:
    rules = [
        rule("T-1", first, any=tuple(branches)),
        rule("T-2", second),
        rule("T-3", asking, unless=(Unless("a", first, "a", "a"), Unless("b", second, "b", "b"))),
    ]
    hits = evaluate(rules, {"licence": table(drawn)}, as_of=AS_OF)
    one = [at for at in obviously(first, drawn) if not branches or any(holds(each, drawn[at], drawn, {}) for each in branches)]
    two = obviously(second, drawn)
    assert places(hits, "T-1") == one
    assert places(hits, "T-2") == two
    fired = [{"T-1": at in one, "T-2": at in two} for at in range(len(drawn))]
    three = obviously(asking, drawn, fired)
    assert places(hits, "T-3") == three
    explained = dict(hits.filter(pl.col("rule_id") == "T-3").select("place", "off_by").iter_rows())
    for at in three:
        expected = "a" if holds(first, drawn[at], drawn, {}) else "b" if holds(second, drawn[at], drawn, {}) else None
        assert explained[at] == expected


@settings(max_examples=100, deadline=None)
@given(rows, counts | chances | st.lists(counts, min_size=1, max_size=2))
def test_counts_are_taken_over_the_whole_table(drawn: list[dict[str, Any]], count: Any) -> None:
    hits = evaluate([rule("T-1", {"count": count})], {"licence": table(drawn)}, as_of=AS_OF)
    assert places(hits, "T-1") == obviously({"count": count}, drawn)


@settings(max_examples=80, deadline=None)
@given(rows, conditions, conditions, st.sampled_from(["os", "office"]))
def test_a_rule_of_another_grain_is_asked_for_the_device_and_category(
    drawn: list[dict[str, Any]], when: dict[str, Any], explanation: dict[str, Any], category: str
) -> None:
    rules = [
        rule("T-1", when, unless=(Unless("x", explanation, "x", "x"),)),
        rule("T-2", {"fired": "T-1"}, about="device", category=category),
        rule("T-3", {"not_fired": "T-2"}),
    ]
    devices = pl.DataFrame({"device": [0, 1, 2, 3], "category": [None] * 4}, schema={"device": pl.UInt32, "category": pl.String})
    hits = evaluate(rules, {"licence": table(drawn), "device": devices}, as_of=AS_OF)
    stands = [at for at in obviously(when, drawn) if not holds(explanation, drawn[at], drawn, {})]
    told = {int(drawn[at]["device_id"][1:]) for at in stands if drawn[at]["category"] == category}
    assert places(hits, "T-2") == sorted(told)
    quiet = [at for at, each in enumerate(drawn) if each["category"] != category or int(each["device_id"][1:]) not in told]
    assert places(hits, "T-3") == quiet
    assert hits.equals(hits.sort("device", "category", "rule_id", "place"))
