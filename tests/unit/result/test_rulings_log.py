from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.unit.assess.cases import devices, judged

from licmatch.errors import ResultError
from licmatch.result import Result, read_result
from licmatch.result.rulings_log import START, broken_at, chained, log_bytes

OFFICE = "Microsoft Office 专业增强版 2016"
PRODUCT = "office.microsoft-office-2016.professional-plus"
PAPER = {"ruled_by": "县版权局", "document_no": "〔2026〕7号", "ruled_on": "2026-10-01", "verdict": "cracked"}


def ruled(*rulings: dict[str, Any], **given: Any) -> Result:
    frame = pl.DataFrame([{"ruling_id": f"R{place}", **PAPER, **ruling} for place, ruling in enumerate(rulings)])
    placed = devices({"device_id": "a", "unit_id": "u"}, {"device_id": "b", "unit_id": "u"})
    return judged(("a", OFFICE), ("b", OFFICE), devices=placed, rulings=frame, **given)


def test_every_usable_ruling_has_an_entry_that_says_what_became_of_it() -> None:
    result = ruled(
        {"product_id": PRODUCT, "reason": "无凭证", "expires_on": "2027-01-01"},
        {"device_id": "zz"},
        {"device_id": "a", "expires_on": "2026-01-01"},
        {"product_id": PRODUCT, "verdict": "stolen"},
    )
    told = [(entry["ruling_id"], entry["outcome"], entry["devices"]) for entry in result.rulings_log]
    assert told == [("R0", "applied", 2), ("R1", "not_applied", 0), ("R2", "expired", 0)]
    first = result.rulings_log[0]
    assert (first["document_no"], first["reason"], first["expires_on"], first["product_id"]) == (
        "〔2026〕7号",
        "无凭证",
        "2027-01-01",
        PRODUCT,
    )
    assert first["as_of"] == "2026-11-30"
    assert result.rejected["reason"].to_list() == ["ruling: its verdict is no known code"]


def test_a_contradiction_and_what_is_overruled_are_in_the_log() -> None:
    result = ruled({"product_id": PRODUCT}, {"product_id": PRODUCT, "verdict": "expired"}, {"device_id": "a"})
    assert {entry["ruling_id"]: (entry["outcome"], entry["clashing"]) for entry in result.rulings_log} == {
        "R0": ("conflict", 1), "R1": ("conflict", 1), "R2": ("applied", 0),
    }  # fmt: skip


def test_the_chain_goes_on_from_an_earlier_result(tmp_path: Path) -> None:
    ruled({"device_id": "a"}, out=tmp_path / "one")
    ruled({"device_id": "a"}, {"device_id": "b"}, out=tmp_path / "two", previous=tmp_path / "one")
    one, two = (read_result(tmp_path / name) for name in ("one", "two"))
    assert two.rulings_log[:1] == one.rulings_log
    assert [entry["number"] for entry in two.rulings_log] == [1, 2, 3]
    assert two.rulings_log[1]["previous"] == one.manifest["rulings_log"]["head"]
    assert two.manifest["rulings_log"] == {"entries": 3, "earlier": 1, "head": two.rulings_log[-1]["hash"]}


def test_a_result_may_go_on_from_the_one_it_replaces(tmp_path: Path) -> None:
    for _ in range(2):
        ruled({"device_id": "a"}, out=tmp_path / "r", previous=tmp_path / "r" if (tmp_path / "r").exists() else None)
    assert len(read_result(tmp_path / "r").rulings_log) == 2


def test_a_broken_chain_is_not_gone_on_from(tmp_path: Path) -> None:
    ruled({"device_id": "a"}, out=tmp_path / "one")
    log = tmp_path / "one" / "rulings_log.jsonl"
    log.write_bytes(log.read_bytes().replace("县版权局".encode(), "省版权局".encode()))
    with pytest.raises(ResultError, match="from entry 1 on"):
        ruled({"device_id": "a"}, out=tmp_path / "two", previous=tmp_path / "one")
    log.write_bytes(b"")
    with pytest.raises(ResultError, match="does not hold"):
        ruled({"device_id": "a"}, previous=tmp_path / "one")
    log.write_bytes(b"[]\n")
    with pytest.raises(ResultError, match="something else"):
        ruled({"device_id": "a"}, previous=tmp_path / "one")


def test_without_rulings_the_log_is_there_and_empty(tmp_path: Path) -> None:
    result = judged(("a", OFFICE), out=tmp_path / "r")
    assert (tmp_path / "r" / "rulings_log.jsonl").read_bytes() == b""
    assert result.manifest["rulings_log"] == {"entries": 0, "earlier": 0, "head": START}


ENTRIES = chained([{"ruling_id": f"R{place}", "reason": None} for place in range(4)], "2026-11-30")


@pytest.mark.parametrize("field", sorted(ENTRIES[0]))
@pytest.mark.parametrize("place", range(4))
def test_no_field_of_any_entry_can_be_changed_unseen(field: str, place: int) -> None:
    changed = [dict(entry) for entry in ENTRIES]
    changed[place][field] = "changed"
    assert broken_at(changed) == place + 1


@pytest.mark.parametrize("gone", range(3))
def test_no_entry_but_the_last_can_be_taken_out_unseen(gone: int) -> None:
    # That the last one is gone shows in the manifest, which has the head.
    assert broken_at([entry for place, entry in enumerate(ENTRIES) if place != gone]) == gone + 1
    assert broken_at(ENTRIES) is None
    assert broken_at([json.loads(line) for line in log_bytes(ENTRIES).splitlines()]) is None
