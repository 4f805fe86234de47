"""Rules with one part less or moved: every part is changed once, and what is left is still a rule."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.rules.written import rule

from licmatch.rules import Rule, Unless, compile_rule, fields_of
from licmatch.rules.fields import DAY, INT
from licmatch.rules.mutants import DROPPED, FLIPPED, KINDS, MOVED, VALUE, _moved, _moved_days, _moved_near, mutants

COUNT = {"distinct": "device_id", "per": ["last5", "application"], "among": {"channel": "Retail", "license_status": 1}, "at_least": 2}


def named(whole: Rule, kind: str) -> dict[str, Rule]:
    return {name: form for done, name, form in mutants(whole) if done == kind}


def test_every_part_is_left_out_once() -> None:
    whole = rule(
        when={"channel": "Retail", "grace_minutes": {"above": 1, "below": 5}, "count": COUNT},
        any=({"is_vm": True, "kind": "server"}, {"listens_kms": True}),
        unless=(Unless(id="lab", when={"in_test_lab": True}, title="t", title_zh="t"),),
    )
    found = named(whole, DROPPED)
    assert list(found) == [
        "when.channel", "when.grace_minutes", "when.grace_minutes.above", "when.grace_minutes.below",
        "when.count", "when.count.distinct", "when.count.among.channel", "when.count.among.license_status",
        "when.count.per.last5", "when.count.per.application", "any.0", "any.0.is_vm", "any.0.kind", "any.1", "unless.lab",
    ]  # fmt: skip
    assert found["when.grace_minutes.above"].when["grace_minutes"] == {"below": 5}
    assert found["when.count.per.last5"].when["count"] == [{**COUNT, "per": ["application"]}]
    assert found["any.1"].any == (whole.any[0],)
    assert found["unless.lab"].unless == ()


def test_a_count_against_chance_keeps_what_makes_it_one() -> None:
    whole = rule(when={"count": [{**COUNT, "at_least": "chance"}, COUNT]})
    dropped, moved = named(whole, DROPPED), named(whole, MOVED)
    assert "when.count.0.per.last5" not in dropped
    assert dropped["when.count.0.per.application"].when["count"][0]["per"] == ["last5"]
    assert "when.count.0.distinct" not in dropped
    assert "when.count.1.distinct" in dropped
    assert [form.when["count"][1]["at_least"] for form in moved.values()] == [1, 3]


def test_every_value_of_a_list_is_taken_out_once() -> None:
    whole = rule(
        when={"channel": ["Retail", "OEM:DM"], "license_status": {"not_in": [1, 2]}, "fired": ["A-1", "A-2"]},
        any=({"key_classes": {"has": ["leaked_key", "gvlk_published"]}},),
    )
    found = named(whole, VALUE)
    assert list(found) == [
        "when.channel.Retail", "when.channel.OEM:DM", "when.license_status.not_in.1", "when.license_status.not_in.2",
        "when.fired.A-1", "when.fired.A-2", "any.0.key_classes.has.leaked_key", "any.0.key_classes.has.gvlk_published",
    ]  # fmt: skip
    assert found["when.channel.Retail"].when["channel"] == ["OEM:DM"]
    assert found["when.license_status.not_in.2"].when["license_status"] == {"not_in": [1]}
    assert named(rule(when={"channel": ["Retail"], "license_status": 1}), VALUE) == {}


def test_every_bound_moves_one_step_either_way() -> None:
    def bounds(key: str, asked: Any, about: str = "licence") -> list[Any]:
        return [form.when[key] for form in named(rule(when={key: asked}, about=about), MOVED).values()]

    assert bounds("grace_minutes", {"above": 5, "at_most": 9}) == [
        {"above": 4, "at_most": 9}, {"above": 6, "at_most": 9}, {"above": 5, "at_most": 8}, {"above": 5, "at_most": 10},
    ]  # fmt: skip
    assert bounds("confidence", {"at_least": 0.9}, "trace") == [{"above": 0.9}]
    assert bounds("mak_devices", {"above": "field:mak_quantity"}) == [{"at_least": "field:mak_quantity"}]
    assert bounds("collected_at", {"below": "2020-03-01"}) == [{"below": "2020-02-29"}, {"below": "2020-03-02"}]
    since = {"days_since": {"field": "os_installed_on", "above": 30}}
    assert [asked["days_since"]["above"] for asked in bounds("collected_at", since)] == [29, 31]
    near = bounds("lease_end", {"near": {"time": "2038-01-19T03:14:07Z", "days": 0}})
    assert [(each["near"]["time"][:10], each["near"]["days"]) for each in near] == [("2038-01-18", 0), ("2038-01-19", 1), ("2038-01-20", 0)]


def test_every_comparison_is_turned_round() -> None:
    whole = rule(
        when={
            "channel": ["Retail"], "application": "windows", "other_licensed_row": True, "last5": {"differs_from": "firmware_key_last5"},
            "kms_host": {"like": "*.cn"}, "license_status": {"is_not": 1}, "kms_epid": {"known": False}, "grace_minutes": {"at_least": 3},
            "not_fired": "A-1",
        },
    )  # fmt: skip
    found = named(whole, FLIPPED)
    turned = {name: form.when[name.split(".")[1]] for name, form in found.items() if name.split(".")[1] in form.when}
    assert turned == {
        "when.channel": {"not_in": ["Retail"]}, "when.application": {"not_in": ["windows"]}, "when.other_licensed_row": False,
        "when.last5.differs_from": {"same_as": "firmware_key_last5"}, "when.kms_host.like": {"not_like": "*.cn"},
        "when.license_status.is_not": {"in": [1]}, "when.kms_epid.known": {"known": True}, "when.grace_minutes.at_least": {"below": 3},
    }  # fmt: skip
    assert "fired" in found["when.not_fired"].when
    assert "not_fired" in named(rule(when={"fired": "A-1"}), FLIPPED)["when.fired"].when


CONDITIONS = st.dictionaries(
    st.sampled_from(["license_status", "grace_minutes", "epid_faults"]),
    st.one_of(
        st.integers(-9, 9),
        st.lists(st.integers(-9, 9), min_size=1, max_size=4, unique=True),
        st.dictionaries(st.sampled_from(["above", "at_least", "below", "at_most", "is_not"]), st.integers(-9, 9), min_size=1),
    ),
    min_size=1,
)


@given(when=CONDITIONS, branch=CONDITIONS, least=st.integers(1, 9))
def test_what_is_left_is_still_a_rule_under_an_id_of_its_own(when: dict[str, Any], branch: dict[str, Any], least: int) -> None:
    whole = rule(when={**when, "count": {**COUNT, "at_least": least}}, any=(branch,))
    forms = list(mutants(whole))
    assert {kind for kind, _, _ in forms} <= set(KINDS)
    assert len({form.id for _, _, form in forms} | {whole.id}) == len(forms) + 1
    for _, _, form in forms:
        assert (form.when, form.any) != (whole.when, whole.any)
        compile_rule(form, fields_of("licence"))


def test_only_one_part_is_another() -> None:
    branches = [{"is_vm": True, "kind": kind} for kind in ("server", "laptop", "desktop")]
    off = [Unless(id=name, when={"in_test_lab": True, "is_vm": False}, title="t", title_zh="t") for name in ("one", "two", "three")]
    counts = [{**COUNT, "at_least": least} for least in (2, 20, 40)]
    whole = rule(when={"channel": "Retail", "count": counts}, any=tuple(branches), unless=tuple(off))
    seen = set()
    for _, name, form in mutants(whole):
        part, of, *_ = name.split(".")
        lists = {"any": (branches, form.any), "unless": (off, form.unless), "count": (counts, form.when.get("count", []))}
        if part == "when" and of == "count":
            part, of = "count", name.split(".")[2]
        for side, (before, after) in lists.items():
            at = None if side != part else [one.id for one in off].index(of) if part == "unless" else int(of)
            others = [each for place, each in enumerate(before) if place != at]
            assert [each for each in after if each in others] == others
            assert len(after) - len(others) in ((0,) if at is None else (0, 1))
        seen.add((part, of))
    assert seen == {
        ("when", "channel"),
        *((side, str(at)) for side in ("any", "count") for at in range(3)),
        *(("unless", one.id) for one in off),
    }


def test_a_bound_is_moved_a_step_either_way_and_named_by_where_it_is_moved_to() -> None:
    assert list(_moved("above", 3, INT)) == [("2", {"above": 2}), ("4", {"above": 4})]
    asked = {"field": "installed_on", "at_least": 4}
    assert list(_moved_days(asked)) == [("at_least 3", {**asked, "at_least": 3}), ("at_least 5", {**asked, "at_least": 5})]
    near = {"time": "2024-05-01", "days": 0}
    assert [name for name, _ in _moved_near(near, DAY)] == ["time -1 day", "days 1", "time +1 day"]
    assert [form["days"] for name, form in _moved_near({**near, "days": 2}, DAY) if name.startswith("days")] == [1, 3]
