"""Rules on their own examples: what is told of an example that does not hold, of an idle part, and that all built-in ones hold."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.rules.written import rule

from licmatch.assess.rule_examples import check_rule_examples, check_rules, idle_conditions, try_rules
from licmatch.match import Engine
from licmatch.rules import Example, Rule, Unless, load_rules

CLIENT = {"application": "windows", "product_name": "Windows(R), Professional edition", "channel": "Volume:GVLK", "license_status": 1}


def sample(fires: bool, *rows: dict[str, Any], **more: Any) -> Example:
    return Example(fires=fires, activations=rows, why=None if fires else "it should not", **more)


def made(*examples: Example, **more: Any) -> Rule:
    given = {"when": {"channel": "Volume:GVLK", "license_status": 1}, **more}
    return rule("T-1", example=examples, **given)


def test_an_example_that_holds_is_no_fault_and_a_needed_part_is_not_idle(engine: Engine) -> None:
    sound = made(sample(True, CLIENT), sample(False, {**CLIENT, "channel": "Retail"}), sample(False, {**CLIENT, "license_status": 5}))
    tried = try_rules([sound], engine)
    assert (tried.faults, tried.idle, tried.examples) == ((), (), 3)
    assert tried.parts == {"dropped": 2, "value": 0, "moved": 0, "flipped": 2}


def test_a_part_that_no_example_needs_is_told(engine: Engine) -> None:
    lazy = made(sample(True, CLIENT), sample(False, {**CLIENT, "channel": "Retail"}))
    assert [fault.text for fault in idle_conditions([lazy], engine)] == ["no example needs when.license_status"]


def test_a_value_or_a_bound_that_no_example_needs_is_told(engine: Engine) -> None:
    when = {"channel": ["Volume:GVLK", "Volume:MAK"], "grace_minutes": {"above": 100}}
    row = {**CLIENT, "grace_minutes": 200}
    lazy = made(sample(True, row), sample(False, {**row, "channel": "Retail"}), sample(False, {**row, "grace_minutes": 100}), when=when)
    assert [fault.text for fault in idle_conditions([lazy], engine)] == [
        "no example needs the value when.channel.Volume:MAK",
        "no example notices the bound moved: when.grace_minutes.above 101",
    ]
    keen = made(*lazy.example, sample(True, {**row, "channel": "Volume:MAK", "grace_minutes": 101}), when=when)
    assert idle_conditions([keen], engine) == []


def test_an_example_that_does_not_hold_is_told(engine: Engine) -> None:
    off = Unless(id="mine", when={"kms_host_registered": True}, title="t", title_zh="t")
    owner = {"kms_hosts": ["10.0.0.7"]}
    explained = {**CLIENT, "kms_host": "10.0.0.7"}
    wrong = made(
        sample(True, {**CLIENT, "channel": "Retail"}),
        sample(False, CLIENT),
        sample(True, explained, organisation=owner),
        sample(False, explained, organisation=owner),
        sample(False, {**CLIENT, "channel": "Retail"}, off_by="mine"),
        sample(False, explained, organisation=owner, off_by="mine"),
        unless=(off,),
    )
    assert sorted(fault.text for fault in check_rule_examples([wrong], engine)) == sorted([
        "does not fire on its example: its conditions do not hold",
        "fires on an example on which it should not: it should not",
        "does not fire on its example: switched off by mine",
        "is switched off by mine; the example should say off_by",
        "'mine' should keep it quiet, but the conditions themselves do",
    ])  # fmt: skip


def test_what_cannot_be_tried_is_a_fault(engine: Engine) -> None:
    (fault,) = check_rule_examples([made(sample(True, CLIENT, organisation={"kms_host": []}))], engine)
    assert "cannot be tried: unknown key 'kms_host'" in fault.text


def test_a_row_can_stand_for_many_devices(engine: Engine) -> None:
    count = {"distinct": "device_id", "per": ["last5", "product_name"], "at_least": 3}
    asked = made(
        sample(True, {**CLIENT, "partial_product_key": "AAAAA", "repeat": 3}),
        sample(False, {**CLIENT, "partial_product_key": "AAAAA", "repeat": 2}),
        when={"count": count},
    )
    assert check_rule_examples([asked], engine) == []


def test_an_example_is_judged_on_its_own_day(engine: Engine) -> None:
    late = {"collected_at": {"below": "field:as_of"}}
    told = {"device_id": "d1", "collected_at": "2026-01-05"}
    asked = rule(
        "T-1", late, about="device",
        example=(
            Example(fires=True, devices=(told,), as_of=date(2026, 1, 6)),
            Example(fires=False, devices=(told,), as_of=date(2026, 1, 5), why="the same day"),
        ),
    )  # fmt: skip
    assert check_rule_examples([asked], engine) == []


def test_a_file_that_does_not_load_is_told(tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "a.toml").write_text("schema = 1\n[[rule]]\nid = 3\n", encoding="utf-8")
    tried = check_rules(tmp_path, engine)
    assert [str(fault).startswith(f"{tmp_path.name}/a.toml:") for fault in tried.faults] == [True]


@pytest.mark.slow
def test_every_built_in_rule_does_what_its_examples_say_and_has_no_idle_part(engine: Engine) -> None:
    tried = try_rules(load_rules(), engine)
    assert [str(fault) for fault in tried.faults] == []
    assert [str(fault) for fault in tried.idle] == []
    assert tried.examples >= 850
    assert all(tried.parts.values())


@pytest.mark.slow
def test_examples_in_one_case_do_not_touch_each_other(engine: Engine) -> None:
    # Every fifth rule: enough to see a field that looks further than its device, at a fifth of the time.
    some = load_rules()
    few = [each for at, each in enumerate(some) if at % 5 == 0]
    asked = {other for each in few for table in (each.when, *each.any) for key in ("fired", "not_fired") for other in _ids(table.get(key))}
    chosen = [each for each in some if each in few or each.id in asked]
    together, alone = try_rules(chosen, engine), try_rules(chosen, engine, together=False)
    assert (set(together.faults), together.idle) == (set(alone.faults), alone.idle)


def _ids(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []
