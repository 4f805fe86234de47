"""The scan beside the inspectors: a table of how often they agree, and every case where they do not, with the scan's evidence."""

from __future__ import annotations

import polars as pl

from licmatch.assess.accusers import accusing, evidence_rows
from licmatch.inspection.outcome import Outcome
from licmatch.result import Result

PIECES = 3
DIFFERENCES: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "unit_id": pl.String(),
    "category": pl.String(),
    "differs": pl.String(),  # contradicts | settles: the scan left it open | doubts: the inspectors leave it open
    "scan": pl.String(),
    "scan_official": pl.Boolean(),
    "inspected": pl.String(),
    "decided_by": pl.String(),
    "evidence": pl.String(),
    "remark": pl.String(),
    "file": pl.String(),
    "line": pl.Int64(),
}
TABLE: dict[str, pl.DataType] = {"category": pl.String(), "scan": pl.String(), "inspected": pl.String(), "computers": pl.Int64()}


def compare(outcome: Outcome, result: Result) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (table, differences): a row a category and pair of states, and a row a computer and category whose states differ.

    Compared is what both speak of: a computer the scan found, in a category of the result.
    """
    states = pl.col("verdict").replace_strict(dict(outcome.states), default=None, return_dtype=pl.String)
    said = outcome.returned.given.with_columns(inspected_state=states).rename({"block": "category", "verdict": "inspected"})
    scan = result.findings.select(
        "device_id", "unit_id", "category", "official", "decided_by", "evidence", scan="verdict", scan_state="state"
    )
    both = said.join(scan, on=["device_id", "category"], how="inner", maintain_order="left")
    table = (
        both.group_by("category", scan="scan_state", inspected="inspected_state")
        .agg(computers=pl.len())
        .sort("category", "scan", "inspected")
    )
    apart = both.filter(pl.col("scan_state") != pl.col("inspected_state")).with_row_index("at")
    pieces = (
        evidence_rows(apart, "at")
        .with_columns(accuses=accusing())
        .sort("at", "accuses", "weight", "rule_id", "text", descending=[False, True, True, False, False], nulls_last=True)
        .group_by("at", maintain_order=True)
        .agg(told=pl.col("text").drop_nulls().unique(maintain_order=True).head(PIECES).str.join("\n"))
    )
    differs = (
        pl.when(pl.col("scan_state") == "undetermined").then(pl.lit("settles"))
        .when(pl.col("inspected_state") == "undetermined").then(pl.lit("doubts"))
        .otherwise(pl.lit("contradicts"))
    )  # fmt: skip
    listed = apart.join(pieces, on="at", how="left", maintain_order="left").with_columns(
        differs=differs, evidence="told", scan_official="official"
    )
    columns = [pl.col(name).cast(dtype) for name, dtype in DIFFERENCES.items()]
    return table.select(pl.col(name).cast(dtype) for name, dtype in TABLE.items()), listed.select(columns).sort(
        "differs", "unit_id", "device_id", "category"
    )
