"""The shipped rules and key tables: what a reader of a finding needs is there, and what they name exists."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path

import pytest

import licmatch_catalogs
from licmatch.assess.facts.licensing import licensing_table
from licmatch.match import Engine
from licmatch.rules import Rule, load_rules

CATALOGS = Path(licmatch_catalogs.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "rules.md"
TABLES = {
    "client_keys": ("last5", "product", "application", "activation_id", "published", "retail_only", "preview"),
    "known_keys": ("last5", "class", "product", "application", "source"),
    "host_keys": ("activation_id", "product", "lab", "preview", "epid_group"),
    "activation_ids": ("activation_id", "application", "product", "edition", "channel", "source"),
    "channels": ("token", "channel", "source"),
    "oem_ids": ("oem_id", "brand", "source"),
    "makers": ("maker", "brand", "family"),
    "hypervisors": ("word", "hypervisor"),
    "volume_editions": ("line", "edition", "source"),
    "builds": ("build", "release", "system", "branch", "since", "kms_host", "support_ends"),
}
FORMS = {
    "last5": r"[BCDFGHJKMNPQRTVWXY2-9]{5}",
    "activation_id": r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?",
    "application": r"windows|office|other",
    "published": r"yes|no|unknown",
    "retail_only": r"yes|no",
    "preview": r"yes|no",
    "lab": r"yes|no",
    "kms_host": r"yes|no",
    "since": r"\d{4}-\d{2}-\d{2}",
    "support_ends": r"\d{4}-\d{2}-\d{2}",
    "build": r"\d{4,5}",
    "system": r"client|server",
    "branch": r"general|enterprise|ltsc|iot-ltsc|server",
}


@pytest.fixture(scope="module")
def rules() -> tuple[Rule, ...]:
    return load_rules()


def test_every_accusation_says_what_could_explain_it(rules: tuple[Rule, ...]) -> None:
    accusing = [rule for rule in rules if rule.verdict not in ("flag", "exempt")]
    assert [rule.id for rule in accusing if not (rule.innocent and rule.innocent_zh)] == []
    assert [rule.id for rule in rules if not rule.sources or not rule.title_zh] == []


def test_every_rule_has_an_example_that_fires_and_one_that_does_not(rules: tuple[Rule, ...]) -> None:
    assert [rule.id for rule in rules if {example.fires for example in rule.example} != {True, False}] == []
    quiet = [(rule, example) for rule in rules for example in rule.example if not example.fires]
    assert [rule.id for rule, example in quiet if not example.why] == []


def test_signatures_that_rules_name_exist(rules: tuple[Rule, ...]) -> None:
    known = Engine.load().signatures["signature_id"].to_list()
    named: list[str] = []
    for rule in rules:
        asked = rule.when.get("signature_id")
        told = [asked] if isinstance(asked, str) else asked.get("like", []) if isinstance(asked, dict) else asked or []
        named += [told] if isinstance(told, str) else told
    assert named
    assert [name for name in named if not any(fnmatchcase(signature, name) for signature in known)] == []


def test_the_page_lists_the_rules_that_the_regulation_overrules() -> None:
    overruled = set()
    for path in sorted((CATALOGS / "rules").glob("*.toml")):
        for block in re.findall(r"((?:^#.*\n)+)\[\[rule\]\]\nid = \"([A-Z0-9-]+)\"", path.read_text(encoding="utf-8"), re.MULTILINE):
            overruled |= {block[1]} if "# regulation:" in block[0] else set()
    section = PAGE.read_text(encoding="utf-8").split("## Where the regulation")[1].split("## ")[0]
    listed = set(
        chain.from_iterable(re.findall(r"[A-Z]+-\d+", line.split("|")[1]) for line in section.splitlines() if line.startswith("|"))
    )
    assert listed == overruled


def test_the_page_lists_the_rules_that_can_say_cracked(rules: tuple[Rule, ...]) -> None:
    told = PAGE.read_text(encoding="utf-8").split("These rules can say it:")[1].split("Everything else")[0]
    found = set()
    for group in re.findall(r"[A-Z]+-\d+(?:, \d+)*", told):
        prefix, first = group.split("-", 1)
        found |= {f"{prefix}-{number}" for number in first.split(", ")}
    assert found == {rule.id for rule in rules if rule.verdict == "cracked"}


@pytest.mark.parametrize("name", TABLES)
def test_a_key_table_has_its_columns_and_forms(name: str) -> None:
    table = licensing_table(name)
    assert tuple(table.columns) == TABLES[name]
    assert table.height == table.unique().height
    for column in table.columns:
        wrong = [value for value in table[column].fill_null("") if column in FORMS and not re.fullmatch(FORMS[column], value)]
        assert wrong == [], column


def test_no_file_holds_a_whole_key() -> None:
    whole = re.compile(r"\b[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}\b")
    for path in sorted(chain((CATALOGS / "licensing").glob("*.tsv"), (CATALOGS / "rules").glob("*.toml"))):
        assert whole.search(path.read_text(encoding="utf-8")) is None, path.name
