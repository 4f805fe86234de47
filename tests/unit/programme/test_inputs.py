"""The counts that a rubric asks for exist: a name nobody counts would be `no data` for ever, and nobody would notice."""

from __future__ import annotations

import pytest

from licmatch.assess.policy import load_policy
from licmatch.programme import built_in_rubrics, load_rubric
from licmatch.rollup import count_columns
from licmatch.schema import POSITION

RECORDS = {
    "roster_submitted", "owner_named", "group_missing", "units_reported", "units_expected", "submissions_made", "policies_in_force",
    "ledgers_current", "price_cap_breaches", "topics_trained", "topics_trained_in_window", "trainees", "trainees_expected",
    "issues_found", "issues_closed", "purchase_error", "purchase_to_buy",
}  # fmt: skip


@pytest.mark.parametrize("name", built_in_rubrics())
def test_every_count_of_a_rubric_is_one_that_results_or_records_have(name: str) -> None:
    verdicts = set(load_policy(None).states())
    known = set(count_columns(["os", "office", "antivirus"]))
    known |= {f"position.{column}" for column, dtype in POSITION.items() if dtype.is_integer()}
    known |= {f"{kind}.{code}" for kind in ("verdict", "official", "finding") for code in verdicts}
    known |= {f"record.{one}" for one in RECORDS}
    for entry in load_rubric(name).input:
        asked = {one.removeprefix("-") for one in (*entry.value, *entry.bad, *entry.good, *([entry.only_if] if entry.only_if else []))}
        assert asked <= known, entry.name
