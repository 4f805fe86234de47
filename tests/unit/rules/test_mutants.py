"""Rules with one part less: every part is left out once, and what is left is still a rule."""

from __future__ import annotations

from tests.unit.rules.written import rule

from licmatch.rules import Unless, compile_rule, fields_of
from licmatch.rules.mutants import mutants

COUNT = {"distinct": "device_id", "per": ["last5", "application"], "among": {"channel": "Retail", "license_status": 1}, "at_least": 2}


def test_every_part_is_left_out_once() -> None:
    whole = rule(
        when={"channel": "Retail", "grace_minutes": {"above": 1, "below": 5}, "count": COUNT},
        any=({"is_vm": True, "kind": "server"}, {"listens_kms": True}),
        unless=(Unless(id="lab", when={"in_test_lab": True}, title="t", title_zh="t"),),
    )
    found = dict(mutants(whole))
    assert list(found) == [
        "when.channel", "when.grace_minutes", "when.grace_minutes.above", "when.grace_minutes.below",
        "when.count", "when.count.distinct", "when.count.among.channel", "when.count.among.license_status",
        "when.count.per.last5", "when.count.per.application",
        "any.0", "any.0.is_vm", "any.0.kind", "any.1", "unless.lab",
    ]  # fmt: skip
    assert len({each.id for each in found.values()}) == len(found)
    assert found["when.grace_minutes.above"].when["grace_minutes"] == {"below": 5}
    assert found["when.count.per.last5"].when["count"] == [{**COUNT, "per": ["application"]}]
    assert found["any.1"].any == (whole.any[0],)
    assert found["unless.lab"].unless == ()
    for each in found.values():
        compile_rule(each, fields_of("licence"))


def test_a_count_against_chance_keeps_what_makes_it_one() -> None:
    found = dict(mutants(rule(when={"count": [{**COUNT, "at_least": "chance"}, COUNT]})))
    assert "when.count.0.per.last5" not in found
    assert "when.count.0.distinct" not in found
    assert "when.count.1.distinct" in found
    for each in found.values():
        compile_rule(each, fields_of("licence"))
