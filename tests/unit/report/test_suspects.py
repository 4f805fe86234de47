"""Evidence of findings: from installations, and from the finding itself where a tool stands alone on a device."""

from __future__ import annotations

import dataclasses

import polars as pl
from polars.testing import assert_frame_equal
from tests.unit.report.sample import SampleResult

from licmatch import schema
from licmatch.report.figures import overview
from licmatch.report.findings_told import evidence_pieces, product_label, product_names, with_evidence
from licmatch.report.products import STATES, products
from licmatch.report.suspects import common_traces, is_suspected, listed_counts, listed_findings, listed_rows, rules_fired

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
    rows = listed_rows(alone)
    assert common_traces(alone, evidence_pieces(alone, rows), rows, 5).select("rule_id", "devices").rows() == [("kmspico", 1)]


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


def test_the_first_listed_are_the_first_of_all(result: SampleResult) -> None:
    every = listed_rows(result)
    for most in range(every.len() + 2):
        assert listed_rows(result, most).to_list() == every.head(most).to_list()
    listed, suspected = listed_counts(result)
    rows = listed_findings(result)
    assert (listed, suspected) == (rows.height, rows["suspected"].sum())
    order = rows.with_columns(
        rank=pl.col("grade").replace_strict({"conclusive": 0, "strong": 1, "indication": 2}, default=3, return_dtype=pl.Int64),
        gone=pl.col("state") == "not_genuine",
    )
    by = ["suspected", "official", "rank", "gone", "verdict", "confidence", "unit_id", "device_id", "category"]
    descending = [True, True, False, True, False, True, False, False, False]
    assert_frame_equal(order, order.sort(by, descending=descending, nulls_last=True))


def test_counts_by_number_are_those_of_the_tables(result: SampleResult) -> None:
    wanted = (
        result.installations.filter(pl.col("family").is_not_null())
        .group_by("category", "vendor", "family", "release", "edition", "origin")
        .agg(pl.len().alias("installations"), pl.col("device_id").n_unique().alias("devices"),
             *((pl.col("state") == state).sum().alias(state) for state in STATES))
    )  # fmt: skip
    told = products(result)
    assert_frame_equal(told, wanted.select(told.columns), check_row_order=False, check_dtypes=False)
    counted = result.findings.group_by("category", "verdict", pl.col("official").fill_null(False)).len()
    verdicts = {(entry.category.id, *row) for entry in overview(result).categories for row in entry.verdicts}
    assert verdicts == set(counted.rows())
    said = result.findings.select("device_id", "category").join(
        result.installations.with_columns(label=product_label()).group_by("device_id", "category").agg(
            pl.col("label").filter(pl.col("family").is_not_null()).unique().sort().str.join("; ")),
        on=["device_id", "category"], how="left", maintain_order="left",
    )["label"].fill_null("")  # fmt: skip
    names, texts = product_names(result)
    assert texts.gather(names).fill_null("").to_list() == said.to_list()


def test_rules_and_traces_count_each_device_once(result: SampleResult) -> None:
    rows = listed_rows(result)
    pieces = evidence_pieces(result, rows)
    devices: dict[str, set[str]] = {}
    for row in with_evidence(result, result.findings[rows]).iter_rows(named=True):
        for fact in row["evidence"] or ():
            devices.setdefault(fact["rule_id"], set()).add(row["device_id"])
    rules = sorted(rule for rule in devices if rule)[1:]
    assert rules
    fired = rules_fired(result, pieces, rows, rules)
    assert dict(fired.iter_rows()) == {rule: len(devices[rule]) for rule in rules}
    marked = set(result.findings.filter(is_suspected())["device_id"])
    traces = common_traces(result, pieces, rows, 100)
    assert traces.height > 1
    assert all(row["devices"] == len(devices[row["rule_id"]] & marked) for row in traces.iter_rows(named=True))
