"""Evidence of findings: from installations, and from the finding itself where a tool stands alone on a device."""

from __future__ import annotations

import dataclasses

import polars as pl
from tests.unit.report.sample import SampleResult

from licmatch import schema
from licmatch.report.suspects import common_traces, is_suspected, listed_findings, with_evidence

_TRACE = {"kind": "signature", "source": "software", "row": 3, "rule_id": "kmspico", "text": "KMSpico", "weight": 0.97}
_NAME = {"kind": "installed_program", "source": "software", "row": 2, "rule_id": "os#x", "text": "Windows 10", "weight": 1.0}
_FINDING = {
    "device_id": "A", "unit_id": "440802-000", "category": "os", "verdict": "undetermined", "state": "undetermined", "confidence": 0.9,
    "grade": "strong", "official": False, "installations": 0,
}  # fmt: skip


def with_findings(result: SampleResult, *rows: dict[str, object]) -> SampleResult:
    columns = {**schema.FINDINGS, "evidence": pl.List(schema.EVIDENCE)}
    return dataclasses.replace(result, findings=pl.DataFrame(list(rows), schema=columns), installations=result.installations.clear())


def test_a_tool_without_an_installation_is_listed_with_its_evidence(result: SampleResult) -> None:
    alone = with_findings(result, {**_FINDING, "evidence": [_NAME, _TRACE]})
    (row,) = with_evidence(alone, listed_findings(alone)).to_dicts()
    assert [fact["kind"] for fact in row["evidence"]] == ["signature", "installed_program"], "the trace comes first, however sure the name"
    assert common_traces(alone, 5).select("rule_id", "devices").rows() == [("kmspico", 1)]


def test_evidence_held_twice_is_shown_once(result: SampleResult) -> None:
    held = with_findings(result, {**_FINDING, "installations": 1, "evidence": [_TRACE]})
    copy = {"device_id": "A", "unit_id": "440802-000", "category": "os", "family": "Windows 10", "evidence": [_TRACE, _NAME]}
    held = dataclasses.replace(held, installations=pl.DataFrame([copy], schema=schema.INSTALLATIONS))
    (row,) = with_evidence(held, listed_findings(held)).to_dicts()
    assert [fact["text"] for fact in row["evidence"]] == ["KMSpico", "Windows 10"]
    assert row["products"] == "Windows 10"


def test_genuine_absent_and_out_of_scope_are_not_listed(result: SampleResult) -> None:
    rows = [
        {**_FINDING, "device_id": device, "verdict": verdict, "state": state, "grade": grade}
        for device, verdict, state, grade in (
            ("B", "genuine_oem", "genuine", "none"), ("C", "absent", "out_of_scope", "none"),
            ("D", "not_in_scope", "out_of_scope", "strong"),
            ("E", "no_evidence", "undetermined", "none"), ("F", "cracked", "not_genuine", "conclusive"),
        )
    ]  # fmt: skip
    some = with_findings(result, *rows)
    assert listed_findings(some).select("device_id", "suspected").rows() == [("F", True), ("E", False)]


def test_suspected_devices_are_the_roll_ups_on_top(result: SampleResult) -> None:
    top = result.scores.filter(pl.col("parent_id").is_null()).row(0, named=True)
    devices = result.findings.filter(is_suspected())["device_id"].n_unique()
    assert devices == top["pirated_devices"] + top["suspected_devices"]
