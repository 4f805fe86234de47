from __future__ import annotations

import polars as pl
import pytest
from tests.unit.assess.cases import finding, installed
from tests.unit.plugins.judging import case, cases

WINDOWS = {"application": "windows", "product_name": "Windows(R), Professional edition", "license_status": 1}


def verdict(*names: str, **given) -> str:
    return finding(case(*names, **given), "a", "os")["verdict"]


def proofs(*names: str, **given) -> str:
    result = case(*names, **given)
    assert "proof_missing" in finding(result, "a", "os")["flags"]
    return next(piece["text"] for piece in installed(result, "a", "os")[0]["evidence"] if piece["kind"] == "proof_missing")


@pytest.mark.parametrize(
    ("channel", "verdict_then", "sold"),
    [
        ("OEM:DM", "label_missing", "oem"),
        ("Retail", "no_evidence", "retail"),
        ("Volume:MAK", "no_evidence", "volume"),
        (None, "no_evidence", None),
    ],
)
def test_the_licence_row_says_how_windows_was_sold(channel, verdict_then, sold):
    result = case("Windows 10 Pro", activations=[WINDOWS | {"channel": channel}])
    assert (finding(result, "a", "os")["verdict"], installed(result, "a", "os")[0]["channel"]) == (verdict_then, sold)


def test_rows_that_contradict_each_other_leave_the_name_alone():
    rows = [WINDOWS | {"channel": "OEM:DM"}, WINDOWS | {"channel": "Volume:MAK"}]
    assert installed(case("Windows 10 Pro", activations=rows), "a", "os")[0]["channel"] is None


def test_a_row_of_windows_says_nothing_of_another_system():
    result = case("Kylin V10", activations=[WINDOWS | {"channel": "OEM:DM"}])
    assert (finding(result, "a", "os")["verdict"], installed(result, "a", "os")[0]["channel"]) == ("no_evidence", None)


def test_a_row_that_is_not_active_says_nothing():
    row = WINDOWS | {"channel": "OEM:DM", "license_status": 5, "partial_product_key": "AB234"}
    assert verdict("Windows 10 Pro", activations=[row]) == "no_evidence"


def test_no_state_of_the_firmware_proves_a_licence_but_it_says_which_proof_is_missing():
    row = [WINDOWS | {"channel": "OEM:DM"}]
    bare = proofs("Windows 10 Pro", activations=row)
    with_key = proofs("Windows 10 Pro", activations=[row[0] | {"oa3_partial_key": "AB2CD"}])
    assert (bare, with_key) == ("missing=device_order,label", "seen=firmware_key; missing=device_order")
    assert verdict("Windows 10 Pro", activations=[row[0] | {"oa3_partial_key": "AB2CD"}]) == "label_missing"


def test_a_firmware_key_of_a_lower_edition_is_not_the_key_of_this_copy():
    row = [WINDOWS | {"channel": "OEM:DM", "oa3_partial_key": "AB2CD", "edition_id": "Professional"}]
    told = proofs("Windows 10 Pro", activations=row, device={"firmware_edition": "Home"})
    assert told == "seen=firmware_key_of_lower_edition; missing=device_order,label"
    same = proofs("Windows 10 Pro", activations=row, device={"firmware_edition": "Professional"})
    assert same == "seen=firmware_key; missing=device_order"


def test_the_mark_of_the_same_maker_is_seen_that_of_another_is_not():
    row = [WINDOWS | {"channel": "OEM:SLP"}]
    own = proofs("Windows 7", activations=row, device={"manufacturer": "LENOVO", "firmware_oem_id": "LENOVO"})
    other = proofs("Windows 7", activations=row, device={"manufacturer": "LENOVO", "firmware_oem_id": "DELL"})
    assert (own, other) == ("seen=firmware_mark_of_maker; missing=device_order,label", "missing=device_order,label")


def test_a_system_that_comes_with_its_device_waits_for_the_order_and_others_for_their_licence():
    expected = {
        "Windows Embedded Standard 7": "label_missing", "Windows 10 IoT Enterprise": "label_missing", "macOS 13": "label_missing",
        "Windows 10 IoT Enterprise 批量": "no_evidence", "Kylin V10": "no_evidence", "openKylin": "open_source",
    }  # fmt: skip
    result = cases(**{f"d{place}": ([name], [], {}) for place, name in enumerate(expected)})
    assert [finding(result, f"d{place}", "os")["verdict"] for place in range(len(expected))] == list(expected.values())


def test_a_system_that_does_not_belong_on_such_a_device_is_flagged_and_not_judged():
    expected = {
        ("Windows Server 2019 Standard", "desktop"): {"server_on_desktop"},
        ("Windows Server 2019 Standard", "server"): set(),
        ("Windows Server 2019 Standard", None): set(),
        ("Windows Embedded Standard 7", "laptop"): {"dedicated_system"},
        ("Windows 10 IoT Enterprise", "desktop"): {"dedicated_system"},
        ("Windows Embedded Standard 7", "other"): set(),
        ("Windows 10 Pro", "desktop"): set(),
    }
    result = cases(**{f"d{place}": ([name], [], {"kind": kind}) for place, (name, kind) in enumerate(expected)})
    found = [finding(result, f"d{place}", "os") for place in range(len(expected))]
    assert [set(each["flags"]) & {"server_on_desktop", "dedicated_system"} for each in found] == list(expected.values())
    assert {each["state"] for each in found} == {"undetermined"}


def test_a_home_edition_on_a_persons_own_device_is_not_the_offices_fault():
    units = pl.DataFrame([{"unit_id": "u1", "name": "x", "org_type": "personal"}])
    own = verdict("Windows 10 Home", device={"unit_id": "u1"}, units=units)
    assert (own, verdict("Windows 10 Home")) == ("no_evidence", "edition_not_allowed")


def test_a_record_has_one_system_and_the_two_records_of_a_dual_boot_have_two():
    hardware = {"hardware_uuid": "4c4c4544-0042-3510"}
    result = cases(windows=(["Windows 10 Pro", "Windows 7"], [], hardware), linux=(["openKylin"], [], hardware))
    assert [finding(result, device, "os")["installations"] for device in ("windows", "linux")] == [1, 1]
    assert finding(result, "linux", "os")["verdict"] == "open_source"
