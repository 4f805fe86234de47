from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from tests.unit.assess.cases import devices, finding, installed, judged

from licmatch.result import Result

PAPER = {"ruled_by": "县版权局", "document_no": "〔2026〕7号", "ruled_on": "2026-10-01"}
OFFICE = "Microsoft Office 专业增强版 2016"
PRODUCT = "office.microsoft-office-2016.professional-plus"


def ruled(*rulings: dict[str, Any], **given: Any) -> Result:
    frame = pl.DataFrame([{"ruling_id": f"R{place}", **PAPER, **ruling} for place, ruling in enumerate(rulings)])
    given.setdefault("devices", devices({"device_id": "a", "unit_id": "u1"}, {"device_id": "b", "unit_id": "u2"}))
    return judged(("a", OFFICE), ("b", OFFICE), ("a", "Windows 7"), rulings=frame, **given)


def verdicts(result: Result) -> dict[str, tuple[str, bool]]:
    return {device: (finding(result, device, "office")["verdict"], finding(result, device, "office")["official"]) for device in "ab"}


def codes(result: Result) -> list[str]:
    return [notice["code"] for notice in result.manifest["notices"]]


@pytest.mark.parametrize(
    ("scope", "touched"),
    [
        ({"product_id": PRODUCT}, "ab"),
        ({"product_id": PRODUCT, "device_id": "b"}, "b"),
        ({"product_id": PRODUCT, "unit_id": "u1"}, "a"),
        ({"name": OFFICE}, "ab"),
        ({"device_id": "a"}, "a"),
        ({"device_id": "zz"}, ""),
    ],
)
def test_a_ruling_applies_where_all_it_names_agrees(scope: dict[str, str], touched: str) -> None:
    result = ruled({"verdict": "genuine_purchased", **scope})
    assert verdicts(result) == {device: ("genuine_purchased", True) if device in touched else ("no_evidence", False) for device in "ab"}
    assert ("RULING_NOT_APPLIED" in codes(result)) == (not touched)


def test_a_ruling_is_evidence_and_comes_first() -> None:
    first = installed(ruled({"verdict": "cracked", "product_id": PRODUCT}), "a", "office")[0]["evidence"][0]
    assert (first["kind"], first["rule_id"], first["text"]) == ("ruling", "R0", "县版权局 | 〔2026〕7号 | 2026-10-01")


def test_the_narrower_ruling_decides_then_the_later() -> None:
    wide = {"verdict": "cracked", "product_id": PRODUCT, "ruled_on": "2026-11-01"}
    narrow = {"verdict": "genuine_oem", "product_id": PRODUCT, "device_id": "a", "ruled_on": "2026-01-01"}
    early = {"verdict": "expired", "product_id": PRODUCT, "ruled_on": "2025-01-01"}
    assert verdicts(ruled(wide, narrow, early)) == {"a": ("genuine_oem", True), "b": ("cracked", True)}


def test_rulings_that_contradict_each_other_are_reported_and_neither_applies() -> None:
    result = ruled({"verdict": "cracked", "product_id": PRODUCT}, {"verdict": "genuine_oem", "product_id": PRODUCT})
    assert verdicts(result) == {"a": ("no_evidence", False), "b": ("no_evidence", False)}
    [notice] = result.manifest["notices"]
    assert (notice["code"], notice["count"], notice["detail"]) == ("RULING_CONFLICT", 2, "R0, R1")


@pytest.mark.parametrize(("expires", "applies"), [("2026-11-29", False), ("2026-11-30", True), (None, True)])
def test_an_expired_ruling_is_reported_and_does_not_apply(expires: str | None, applies: bool) -> None:
    result = ruled({"verdict": "genuine_oem", "product_id": PRODUCT, "expires_on": expires})
    assert (verdicts(result)["a"][0] == "genuine_oem", codes(result) == ["RULING_EXPIRED"]) == (applies, not applies)


@pytest.mark.parametrize(
    "fault",
    [
        {"verdict": "stolen"},
        {"ruled_on": "gestern"},
        {"document_no": None},
        {"ruled_by": None},
        {"product_id": None},
        {"expires_on": "bald"},
    ],
)
def test_a_ruling_that_cannot_be_used_is_rejected(fault: dict[str, Any]) -> None:
    result = ruled({"verdict": "cracked", "product_id": PRODUCT, **fault})
    assert verdicts(result)["a"] == ("no_evidence", False)
    assert (result.rejected.height, result.manifest["totals"]["rejected"], result.manifest["totals"]["rejected_elsewhere"]) == (1, 0, 1)


def test_one_id_for_two_rulings_rejects_both() -> None:
    result = ruled({"verdict": "cracked", "device_id": "a", "ruling_id": "R"}, {"verdict": "cracked", "device_id": "b", "ruling_id": "R"})
    assert result.rejected["reason"].to_list() == ["ruling: its id is used twice"] * 2


def test_a_ruling_does_not_reach_a_device_out_of_use() -> None:
    result = ruled({"verdict": "cracked", "product_id": PRODUCT}, devices=devices({"device_id": "a", "in_use": "no"}))
    assert verdicts(result) == {"a": ("not_in_scope", False), "b": ("cracked", True)}
