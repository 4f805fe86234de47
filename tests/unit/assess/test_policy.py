from __future__ import annotations

from pathlib import Path

import pytest

from licmatch.assess import load_organisation, load_policy
from licmatch.errors import InputError
from licmatch.messages import message
from licmatch.schema import STATES

CODES = [
    "genuine_purchased", "genuine_allocated", "genuine_oem", "genuine_site", "genuine_free", "open_source", "trial_valid",
    "trial_expired", "edition_not_allowed", "version_mismatch", "over_deployed", "label_missing", "expired", "cracked",
    "no_evidence", "unfiled", "undetermined", "not_in_scope", "absent",
]  # fmt: skip


def test_every_verdict_code_has_a_state_a_place_and_a_name_in_both_languages() -> None:
    policy = load_policy()
    assert sorted(verdict.code for verdict in policy.verdicts) == sorted(CODES)
    assert set(policy.states().values()) == set(STATES)
    for code in CODES:
        assert message(f"verdict.{code}", "zh") != message(f"verdict.{code}", "en")


@pytest.mark.parametrize("phase", ["survey", "strict"])
def test_worst_first_means_no_genuine_verdict_stands_before_a_worse_one(phase: str) -> None:
    order = {"not_genuine": 0, "undetermined": 1, "genuine": 2, "out_of_scope": 3}
    table = load_policy({"phase": phase}).verdict_table()
    places = [order[state] for state in table.sort("rank")["state"]]
    assert places == sorted(places)
    rank = dict(table.select("verdict", "rank").iter_rows())
    assert rank["cracked"] == 0
    # While papers may still be found, a copy that a trace casts doubt on is worse than one without papers.
    assert (rank["undetermined"] < rank["no_evidence"]) == (phase == "survey")


def test_an_office_lays_its_own_values_over_ours(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(
        'phase = "strict"\n[in_use]\nno = ["kaputt"]\n[signature.boot_disk]\ncategories = ["os"]\nmost = "indication"\n', encoding="utf-8"
    )
    policy = load_policy(path)
    assert (policy.phase, policy.not_in_use, policy.signatures["boot_disk"].most) == ("strict", ("kaputt",), "indication")
    assert policy.applications == load_policy().applications
    assert policy.sha256 != load_policy().sha256


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fase = 'strict'", "fase"),
        ("phase = 'lax'", "lax"),
        ("[in_use]\nnever = []", "in_use.never"),
        ("[signature.activator]\nmost = 'certain'", "most must be"),
        ("[[points]]\ncategory = 'os'\nby = 'rate'\nweight = 1\nzero_at = 1.0\nfull_at = 0.5", "full_at above zero_at"),
        ("grade = []", "no grade"),
        ("phase = ", "not TOML"),
    ],
)
def test_a_slip_in_a_policy_is_named_with_the_file(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says) as fault:
        load_policy(path)
    assert "policy.toml" in str(fault.value)


def test_a_policy_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_policy(tmp_path / "none.toml")


def test_unknown_facts_of_an_organisation_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "organisation.toml"
    path.write_text("free_sofware = []", encoding="utf-8")
    with pytest.raises(InputError, match="free_sofware"):
        load_organisation(path)


def test_free_software_must_be_ids() -> None:
    with pytest.raises(InputError, match="free_software"):
        load_organisation({"free_software": [7]})
