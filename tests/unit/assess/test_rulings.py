from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from tests.unit.assess.cases import devices, finding, installed, judged, units

from licmatch.assess.names import Names
from licmatch.assess.policy import load_policy
from licmatch.assess.rulings import apply_rulings
from licmatch.result import Result
from licmatch.schema import RULINGS

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
        ({"product_id": PRODUCT, "provisional_verdict": "no_evidence"}, "ab"),
        ({"product_id": PRODUCT, "provisional_verdict": "无授权凭证"}, "ab"),
        ({"product_id": PRODUCT, "provisional_verdict": "cracked"}, ""),
        ({"device_id": "zz"}, ""),
    ],
)
def test_a_ruling_applies_where_all_it_names_agrees(scope: dict[str, str], touched: str) -> None:
    result = ruled({"verdict": "genuine_purchased", **scope})
    assert verdicts(result) == {device: ("genuine_purchased", True) if device in touched else ("no_evidence", False) for device in "ab"}
    assert ("RULING_NOT_APPLIED" in codes(result)) == (not touched)


def test_a_ruling_is_evidence_and_comes_first() -> None:
    copy = installed(ruled({"verdict": "cracked", "product_id": PRODUCT}), "a", "office")[0]
    assert copy["decided_by"] == "R0"
    first = copy["evidence"][0]
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
        {"provisional_verdict": "stolen"},
        {"product_id": None, "unit_id": "u1"},
        {"product_id": None, "rule_id": "no-rule"},
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


TREE = {"units": units(city=None, county="city", u1="county", u2="city")}


@pytest.mark.parametrize(("unit", "touched"), [("city", "ab"), ("county", "a"), ("u1", "a"), ("u2", "b"), ("elsewhere", "")])
def test_a_ruling_on_a_unit_covers_the_units_below_it(unit: str, touched: str) -> None:
    result = ruled({"verdict": "genuine_site", "product_id": PRODUCT, "unit_id": unit}, **TREE)
    assert {device for device, (verdict, _) in verdicts(result).items() if verdict == "genuine_site"} == set(touched)


def test_of_two_units_the_smaller_decides_whatever_the_day() -> None:
    wide = {"verdict": "cracked", "product_id": PRODUCT, "unit_id": "city", "ruled_on": "2026-11-01"}
    narrow = {"verdict": "genuine_site", "unit_id": "county", "product_id": PRODUCT, "ruled_on": "2025-01-01"}
    result = ruled(wide, narrow, **TREE)
    assert verdicts(result) == {"a": ("genuine_site", True), "b": ("cracked", True)}
    assert codes(result) == []


def test_a_device_is_narrower_than_anything_else_a_ruling_can_name() -> None:
    wide = {"verdict": "cracked", "product_id": PRODUCT, "unit_id": "u1", "provisional_verdict": "no_evidence"}
    assert verdicts(ruled(wide, {"verdict": "genuine_oem", "device_id": "a"}, **TREE))["a"] == ("genuine_oem", True)


def test_a_ruling_that_others_leave_nothing_to_is_reported() -> None:
    result = ruled({"verdict": "cracked", "product_id": PRODUCT}, *({"verdict": "genuine_oem", "device_id": device} for device in "ab"))
    assert [(notice["code"], notice["detail"]) for notice in result.manifest["notices"]] == [("RULING_OVERRULED", "R0")]


def test_two_rulings_that_say_the_same_do_not_contradict_each_other() -> None:
    result = ruled(*({"verdict": "cracked", "product_id": PRODUCT} for _ in range(2)))
    assert verdicts(result) == {"a": ("cracked", True), "b": ("cracked", True)}
    assert "RULING_CONFLICT" not in codes(result)


@pytest.mark.parametrize("said", ["cracked 破解或非法激活", "破解或非法激活", "Cracked or unlawfully activated", " CRACKED "])
def test_a_verdict_may_be_said_in_words(said: str) -> None:
    assert verdicts(ruled({"verdict": said, "product_id": PRODUCT}))["a"] == ("cracked", True)


def test_rows_nobody_filled_in_are_counted_and_not_rejected() -> None:
    empty_row = {"ruling_id": None, "verdict": None, "ruled_by": None, "document_no": None, "ruled_on": None, "product_id": PRODUCT}
    result = ruled({"verdict": "cracked", "device_id": "a", "product_id": PRODUCT}, empty_row, empty_row)
    assert verdicts(result) == {"a": ("cracked", True), "b": ("no_evidence", False)}
    assert result.rejected.height == 0
    assert [(notice["code"], notice["count"]) for notice in result.manifest["notices"]] == [("RULING_UNFILLED", 2)]


def test_an_apostrophe_before_a_formula_is_taken_off() -> None:
    result = ruled({"verdict": "cracked", "device_id": "'=a"}, devices=devices({"device_id": "=a", "unit_id": "u"}))
    assert codes(result) == ["RULING_NOT_APPLIED"]  # "=a" has no software here, and "'=a" would be no device at all
    copies = pl.DataFrame({"at": [0], "device_id": ["=a"], "accused_by": [[]]}, schema_overrides={"accused_by": pl.List(pl.String)})
    assert applied(copies, {"device_id": "'=a"}) == [0]


def applied(copies: pl.DataFrame, ruling: dict[str, Any]) -> list[int]:
    """Which of these copies a ruling decides; `copies` says only what matters."""
    given = {"device_id": "d", "unit_id": "u", "product_id": "p", "verdict": "undetermined", "official": False, "confidence": 0.5,
             "in_scope": True}  # fmt: skip
    frame = copies.with_columns(pl.lit(value).alias(name) for name, value in given.items() if name not in copies.columns)
    said = {"ruling_id": "R", "verdict": "cracked", **PAPER, **ruling}
    rulings = pl.DataFrame([{name: said.get(name) for name in RULINGS}], schema=RULINGS)
    names = Names(pl.DataFrame(schema={"name": pl.String, "lm_product_id": pl.String, "licensable": pl.Boolean}))
    after = apply_rulings(frame, rulings, names, load_policy(), date(2026, 11, 30)).installations
    assert after.drop("verdict", "official", "confidence").select(frame.columns[:2]).equals(frame.select(frame.columns[:2]))
    return after.filter("official")["at"].to_list()


@pytest.mark.parametrize(
    ("scope", "decided"),
    [
        ({"rule_id": "KMS-01"}, [1, 2]),
        ({"rule_id": "KMS-01; KMSPICO"}, [2]),
        ({"rule_id": "KMSPICO；KMS-01"}, [2]),
        ({"rule_id": "KMSPICO", "unit_id": "u2"}, [3]),
        ({"rule_id": "KMSPICO", "device_id": "d"}, [2, 3]),
        ({"rule_id": "KMSPICO", "provisional_verdict": "no_evidence"}, []),
        ({"rule_id": "no-rule", "product_id": "p"}, [0]),
        ({"rule_id": "no-rule", "product_id": "q"}, []),
        ({"rule_id": "KMS"}, []),
        ({"product_id": "p"}, [0, 1, 2, 3, 4]),
    ],
)
def test_a_ruling_on_rules_is_on_the_copies_that_all_of_them_accuse(scope: dict[str, str], decided: list[int]) -> None:
    copies = pl.DataFrame(
        {
            "at": range(5),
            "unit_id": ["u1", "u1", "u1", "u2", "u2"],
            "accused_by": [[], ["KMS-01"], ["KMS-01", "KMSPICO"], ["KMSPICO"], None],
        },
        schema_overrides={"accused_by": pl.List(pl.String)},
    )
    assert applied(copies, scope) == decided


def test_a_ruling_on_a_signature_reaches_the_copies_it_was_found_beside() -> None:
    given = {"devices": devices(*({"device_id": device, "unit_id": "u"} for device in "ab"))}
    frame = pl.DataFrame([{"ruling_id": "R", **PAPER, "verdict": "cracked", "rule_id": "KMSPICO-01"}])
    result = judged(("a", OFFICE), ("a", "KMSpico"), ("b", OFFICE), rulings=frame, **given)
    assert verdicts(result) == {"a": ("cracked", True), "b": ("no_evidence", False)}


def test_traces_without_a_copy_are_ruled_on_as_such() -> None:
    frame = pl.DataFrame([{"ruling_id": "R", **PAPER, "verdict": "absent", "rule_id": "KMSPICO-01", "product_id": "no-copy"}])
    result = judged(("a", "KMSpico"), ("b", "Some Keygen"), ("c", "Windows 7"), ("c", "KMSpico"), rulings=frame)
    told = {device: (finding(result, device, "os")["verdict"], finding(result, device, "os")["official"]) for device in "abc"}
    assert told["a"] == ("absent", True)
    assert told["b"][1] is False
    assert told["c"][1] is False
    assert finding(result, "a", "os")["evidence"][0]["kind"] == "ruling"
    assert codes(result) == []
