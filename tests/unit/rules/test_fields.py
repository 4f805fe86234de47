"""The fields, and the page that describes them and the language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from licmatch.match import Engine
from licmatch.rules import FIELDS, GRAINS, fields_of
from licmatch.rules.chance import chance_limits
from licmatch.rules.conditions import OPERATORS, SPECIAL
from licmatch.rules.fields import DEVICE, TYPES
from licmatch.rules.operands import BadValue, value_of
from licmatch.rules.records import FLAGS, RuleEntry

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "rules.md"
MARK = "<!-- fields: written from licmatch.rules.fields; a test holds the two equal -->\n"


def described() -> str:
    """The tables of the page: to renew it, put this behind the mark."""
    parts = []
    for grain in (*(grain for grain in GRAINS if grain != DEVICE), DEVICE):
        rows = "".join(f"| `{field.name}` | {field.type} | {field.meaning} |\n" for field in FIELDS if field.grain == grain)
        parts.append(f"### `{grain}`\n\n| field | type | meaning |\n|---|---|---|\n{rows}")
    return "\n" + "\n".join(parts)


def test_the_page_lists_the_fields_as_they_are() -> None:
    assert PAGE.read_text(encoding="utf-8").partition(MARK)[2] == described()


def test_the_page_names_every_operator_key_and_flag() -> None:
    text = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    for word in {*(word for words in OPERATORS.values() for word in words), *SPECIAL, *FLAGS, *RuleEntry.__struct_fields__, *TYPES}:
        assert re.search(rf"\b{word}\b", text), word
    for limit in chance_limits()[:4]:
        assert f"{limit:,}" in text


def test_names_are_told_once_in_a_grain_and_types_are_known() -> None:
    for grain in GRAINS:
        names = [field.name for field in FIELDS if field.grain == grain]
        assert len(names) == len(set(names))
        assert {field.type for field in fields_of(grain).values()} <= set(TYPES)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", field.name) and field.meaning for field in FIELDS)


def test_the_rule_on_the_page_loads_and_holds(tmp_path: Path, engine: Engine) -> None:
    from licmatch.assess.rule_examples import check_rules

    block = re.search(r"```toml[^\n]*\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    (tmp_path / "site.toml").write_text(block[1], encoding="utf-8")
    tried = check_rules(tmp_path, engine, idle=False)
    assert tried.faults == ()
    assert tried.examples == 2


@pytest.mark.parametrize("grain", GRAINS)
def test_a_device_fact_can_be_asked_everywhere(grain: str) -> None:
    assert {"device_id", "org_type", "as_of"} <= fields_of(grain).keys()


@pytest.mark.parametrize("value", [2**63, 2**63 + 1, 2**64, -(2**63) - 1, True, 1.0, "1"])
def test_a_number_that_no_column_holds_is_refused(value: object) -> None:
    (field,) = [field for field in FIELDS if (field.grain, field.name) == ("licence", "license_status")]
    with pytest.raises(BadValue, match="is not a whole number"):
        value_of(field, value)
    assert [value_of(field, bound) for bound in (-(2**63), 2**63 - 1)] == [-(2**63), 2**63 - 1]
