from __future__ import annotations

from tests.unit.assess.cases import finding, installed
from tests.unit.plugins.judging import case, cases, state

FLAGS = {"protection_off", "several_products", "no_protection"}
EXPIRY = {
    "ESET Endpoint; enabled=yes; expires=2026-11-19": "expired",
    "ESET Endpoint; enabled=yes; expires=2026-11-20": "no_evidence",
    # It ran out after anybody looked: it may have been renewed.
    "ESET Endpoint; enabled=yes; expires=2026-11-25": "no_evidence",
    "ESET Endpoint; enabled=yes; expires=soon": "no_evidence",
    "ESET Endpoint; enabled=yes": "no_evidence",
    # Another product's licence.
    "Kaspersky Endpoint Security 11; enabled=no; expires=2020-01-01": "no_evidence",
    "Nobody knows me; enabled=yes; expires=2020-01-01": "no_evidence",
}
PROTECTION = [
    (["ESET Endpoint"], ["ESET Endpoint; enabled=yes; up_to_date=yes"], set()),
    (["ESET Endpoint"], ["ESET Endpoint; enabled=no"], {"protection_off"}),
    (["ESET Endpoint"], ["ESET Endpoint; enabled=yes; real_time=no"], {"protection_off"}),
    (["ESET Endpoint"], ["ESET Endpoint; enabled=yes; up_to_date=no"], {"protection_off"}),
    # Windows turns its own off while another runs.
    (["ESET Endpoint"], ["ESET Endpoint; enabled=yes", "Windows Defender; enabled=no"], set()),
    (["ESET Endpoint"], ["ESET Endpoint; enabled=yes", "Windows Defender; enabled=yes"], {"several_products"}),
    (["ESET Endpoint"], ["ESET Endpoint"], set()),
    # Two installed ones are not known to run.
    (["ESET Endpoint", "火绒"], [], set()),
    (["Windows 10 Pro"], ["Windows Defender; enabled=no"], {"no_protection", "protection_off"}),
    (["Windows 10 Pro"], ["Windows Defender; enabled=yes; real_time=no"], {"no_protection", "protection_off"}),
    (["Windows 10 Pro"], ["Windows Defender; enabled=yes"], set()),
    # Another is installed, and nobody said that it does not run.
    (["Windows 10 Pro", "火绒"], ["Windows Defender; enabled=no"], {"protection_off"}),
    (["Windows 10 Pro"], [], set()),
]


def test_a_paid_licence_that_had_run_out_when_it_was_reported_is_expired():
    result = cases(**{f"d{place}": (["ESET Endpoint"], state(said), {}) for place, said in enumerate(EXPIRY)})
    told = {said: finding(result, f"d{place}", "antivirus")["verdict"] for place, said in enumerate(EXPIRY)}
    assert told == EXPIRY


def test_what_is_free_does_not_expire_and_of_two_reports_the_latest_stands():
    old, new = state("ESET Endpoint; expires=2026-01-01", "ESET Endpoint; expires=2027-01-01")
    result = cases(
        free=(["火绒"], state("火绒; enabled=yes; expires=2020-01-01"), {}),
        renewed=(["ESET Endpoint"], [new, old | {"seen_at": "2026-11-01"}], {}),
    )
    assert [finding(result, device, "antivirus")["verdict"] for device in ("free", "renewed")] == ["undetermined", "no_evidence"]


def test_how_well_devices_are_protected_as_they_say_themselves():
    result = cases(**{f"d{place}": (names, state(*states), {}) for place, (names, states, _) in enumerate(PROTECTION)})
    told = [set(finding(result, f"d{place}", "antivirus")["flags"]) & FLAGS for place in range(len(PROTECTION))]
    assert told == [expected for _, _, expected in PROTECTION]


def test_a_flag_changes_no_verdict_and_is_told_on_the_copy_it_is_about():
    result = case("ESET Endpoint", traces=state("ESET Endpoint; enabled=no; up_to_date=no"))
    (copy,) = installed(result, "a", "antivirus")
    told = [(piece["kind"], piece["rule_id"], piece["text"]) for piece in copy["evidence"] if piece["kind"] == "protection_off"]
    assert told == [("protection_off", "antivirus:protection_off", "product=ESET Endpoint; enabled=no; up_to_date=no")]
    assert (copy["verdict"], copy["grade"]) == ("no_evidence", "none")
    assert result.manifest["rules"]["antivirus:protection_off"]["title_zh"] == "防护未启用或病毒库过期"


def test_what_runs_is_there_though_no_list_of_programs_names_it():
    result = cases(
        builtin=(["Windows 10 Pro"], state("Windows Defender; enabled=yes; version=4.18.1"), {}),
        off=(["Windows 10 Pro"], state("Windows Defender; enabled=no"), {}),
        strange=(["Windows 10 Pro"], state("Nobody knows me; enabled=yes"), {}),
        both=(["Windows Defender"], state("Windows Defender; enabled=yes"), {}),
    )
    told = {device: finding(result, device, "antivirus") for device in ("builtin", "off", "strange", "both")}
    assert {device: row["verdict"] for device, row in told.items()} == {
        "builtin": "genuine_free", "off": "absent", "strange": "absent", "both": "genuine_free",
    }  # fmt: skip
    assert told["both"]["installations"] == 1
    (copy,) = installed(result, "builtin", "antivirus")
    assert [(piece["kind"], piece["source"], piece["text"]) for piece in copy["evidence"]] == [
        ("antivirus_state", "traces", "Windows Defender | 4.18.1")
    ]
