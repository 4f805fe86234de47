"""What a result's tables say of each other: columns, totals, states, findings, scores, rulings; each worked out anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from licmatch.assess.accusers import evidence_rows
from licmatch.assess.evidence import RULING
from licmatch.result.fault import Fault
from licmatch.result.record import Result
from licmatch.result.rulings_log import broken_at, broken_part_at, described, own_entries
from licmatch.result.verify_assignment import assignment_faults
from licmatch.result.verify_scores import score_faults
from licmatch.rollup import count_columns, score_columns
from licmatch.schema import ASSIGNMENT, FINDINGS, HOLDINGS, INSTALLATIONS, MATCHES, NAME_KEY, POSITION, REJECTED, STATUSES, UNITS, UNKNOWN

_DEVICES = ("device_id", "unit_id", "in_scope", *STATUSES)


def content_faults(result: Result) -> list[Fault]:
    """Return what does not hold among the tables of a result. Columns first: with other columns nothing else can be told."""
    categories = [str(category["id"]) for category in result.manifest["categories"]]
    wrong = list(_column_faults(result, categories))
    if wrong:
        return wrong
    return [
        *_total_faults(result),
        *_state_faults(result),
        *_finding_faults(result, categories),
        *score_faults(result, categories),
        *_position_faults(result.position),
        *(Fault(*one) for one in assignment_faults(result)),
        *_log_faults(result),
    ]


def _column_faults(result: Result, categories: list[str]) -> Iterable[Fault]:
    counts = dict.fromkeys(count_columns(categories), pl.Int64())
    dtypes = {"accepted": pl.Boolean(), "not_accepted": pl.String(), **dict.fromkeys(("grade", "grade_low", "grade_high"), pl.String())}
    rates = {name: dtypes.get(name, pl.Float64()) for name in score_columns(categories)}
    head = {"unit_id": pl.String(), "parent_id": pl.String(), "name": pl.String(), "tier": pl.String(), "level": pl.Int64()}
    wanted: dict[str, dict[str, Any]] = {
        "matches": MATCHES, "installations": INSTALLATIONS, "findings": FINDINGS, "unknown": UNKNOWN, "rejected": REJECTED,
        "units": {**UNITS, "level": pl.Int64()}, "position": POSITION, "entitlements": HOLDINGS,
        "assignment": ASSIGNMENT, "scores": {**head, **counts, **rates},
    }  # fmt: skip
    for table, columns in wanted.items():
        found = dict(getattr(result, table).schema)
        for name in dict.fromkeys([*columns, *found]):
            if columns.get(name) != found.get(name):
                yield Fault("column", f"{table}.parquet",
                            {"column": name, "expected": columns.get(name, "–"), "found": found.get(name, "–")})  # fmt: skip
    for name in _DEVICES:
        if name not in result.devices.columns:
            yield Fault("column", "devices.parquet", {"column": name, "expected": "✓", "found": "–"})


def _position_faults(position: pl.DataFrame) -> Iterable[Fault]:
    """What the identities of a licence position do not allow: counts below zero, a gap that is not the difference, seats out of nothing."""
    gap = pl.col("required") - pl.col("usable")
    counts = [name for name, dtype in POSITION.items() if dtype == pl.Int64()]
    wrong = position.filter(
        (pl.col("shortfall") != gap.clip(0)) | (pl.col("surplus") != (-gap).clip(0)) | (pl.col("covered") > pl.col("required"))
        | (pl.col("limited") & (pl.col("used") > pl.col("entitled"))) | pl.any_horizontal(pl.col(name) < 0 for name in counts)
    )  # fmt: skip
    for row in wrong.select("unit_id", "pool").head(5).iter_rows(named=True):
        yield Fault("position", "position.parquet", row)


def _total_faults(result: Result) -> Iterable[Fault]:
    totals = result.manifest["totals"]
    # Of units whose details are withheld only the figures are here: tables may hold less than was counted, never more.
    partly = bool(result.manifest.get("withheld"))
    rows = {status: int(result.matches.filter(pl.col("lm_status") == status)["rows"].sum()) for status in STATUSES}
    matched = sum(rows.values())
    counted: dict[str, int] = {
        **rows,
        "rejected": result.rejected.height - totals["rejected_elsewhere"],
        "devices": result.devices.height,
        "in_use": int(result.devices["in_scope"].sum()),
        "installations": result.installations.height,
    }
    exactly = {
        "rows_in": sum(totals[status] for status in STATUSES) + totals["rejected"],
        "names": result.matches.height,
        "units": result.units.height,
        "files": len(result.manifest["inputs"]),
    }
    top = result.scores.filter(pl.col("parent_id").is_null())
    for name in ("devices", "in_use", *STATUSES):
        exactly[f"{name} (scores)"] = int(top[name].sum())
    if not partly:
        exactly |= counted
    for name, count in exactly.items():
        stated = totals[name.removesuffix(" (scores)")]
        if stated != count:
            yield Fault("total", "manifest.json", {"name": name, "stated": stated, "counted": count})
    for name, count in counted.items():
        if partly and count > totals[name]:
            yield Fault("total", "manifest.json", {"name": name, "stated": totals[name], "counted": count})
    # Frames that were handed over as objects have no file to count.
    if result.manifest["inputs"] and all(run["files"] for run in result.manifest.get("parts") or ()):
        read = sum(entry["rows"] for entry in result.manifest["inputs"])
        if read != totals["rows_in"]:
            yield Fault("total", "manifest.json", {"name": "inputs", "stated": totals["rows_in"], "counted": read})
    held = int(result.devices.select(pl.sum_horizontal(*STATUSES).sum()).item() or 0)
    if held != matched:
        yield Fault("rows_of_devices", "devices.parquet", {"stated": held, "counted": matched})
    # By name and status: parts of a merge of two versions may know more of a name than each other.
    keys = [*NAME_KEY, "lm_status"]
    unsettled = result.matches.filter(pl.col("lm_status") != "recognised").select(keys).unique().height
    listed = result.unknown.select(keys).unique().height
    if unsettled != listed and not partly:
        yield Fault("unknown", "unknown.parquet", {"stated": listed, "counted": unsettled})
    yield from _held_faults(result)


def _held_faults(result: Result) -> Iterable[Fault]:
    """Names that hold a category open account for its open names; where a device has one copy at most, several may share one."""
    top = result.scores.filter(pl.col("parent_id").is_null())
    held = dict(result.unknown.group_by("category").agg(pl.col("held_open").sum()).iter_rows())
    for category in result.manifest["categories"]:
        open_names, named = int(top[f"{category['id']}_open_names"].sum()), int(held.get(category["id"], 0))
        if named < open_names or (named > open_names and not category["one_per_device"]):
            yield Fault("total", "unknown.parquet", {"name": f"{category['id']}_open_names", "stated": open_names, "counted": named})


def _state_faults(result: Result) -> Iterable[Fault]:
    states = {entry["verdict"]: entry["state"] for entry in result.manifest["verdicts"]}
    for table, frame in (("installations", result.installations), ("findings", result.findings)):
        meant = pl.col("verdict").replace_strict(states, default=None, return_dtype=pl.String)
        yield from _rows(frame, pl.col("state").ne_missing(meant), "state", f"{table}.parquet")
    ruled = pl.col("evidence").list.eval(pl.element().struct.field("kind") == RULING).list.any().fill_null(False)
    yield from _rows(result.installations, pl.col("official") & ~ruled, "official", "installations.parquet")
    yield from _rows(result.installations, ~pl.col("official") & ruled, "not_official", "installations.parquet")
    for table in ("installations", "findings"):
        placed = getattr(result, table).join(result.devices.select("device_id", placed="unit_id"), on="device_id", how="left")
        yield from _rows(placed, pl.col("placed").ne_missing(pl.col("unit_id")), "unit", f"{table}.parquet")


def _finding_faults(result: Result, categories: list[str]) -> Iterable[Fault]:
    rank = {entry["verdict"]: place for place, entry in enumerate(result.manifest["verdicts"])}
    ranked = pl.col("verdict").replace_strict(rank, default=None, return_dtype=pl.Int64)
    keys = ["device_id", "category"]
    places = result.devices.select("device_id").join(pl.DataFrame({"category": categories}, schema={"category": pl.String}), how="cross")
    apart = places.join(result.findings.select(keys), on=keys, how="anti").height + result.findings.join(places, on=keys, how="anti").height
    if apart or result.findings.height != places.height:
        yield Fault("findings", "findings.parquet", {"stated": result.findings.height, "counted": places.height})
    worst = result.installations.with_columns(rank=ranked).group_by(keys).agg(counted=pl.len().cast(pl.Int64), worst=pl.col("rank").min())
    joined = result.findings.with_columns(rank=ranked).join(worst, on=keys, how="left", maintain_order="left")
    yield from _rows(joined, pl.col("installations") != pl.col("counted").fill_null(0), "finding_count", "findings.parquet")
    yield from _rows(joined, pl.col("rank").ne_missing(pl.col("worst")) & pl.col("counted").is_not_null(), "worst", "findings.parquet")
    lost = result.installations.join(result.findings, on=keys, how="anti")
    yield from _rows(lost, pl.lit(True), "no_finding", "installations.parquet")


def _log_faults(result: Result) -> Iterable[Fault]:
    entries = result.rulings_log
    at = broken_at(entries) or broken_part_at(entries)
    if at is not None:
        yield Fault("log_broken", "rulings_log.jsonl", {"number": at})
        return
    stated = result.manifest["rulings_log"]
    if stated != described([dict(entry) for entry in entries], stated["earlier"]) or not 0 <= stated["earlier"] <= len(entries):
        yield Fault("log_head", "rulings_log.jsonl", {"stated": stated["entries"], "counted": len(entries)})
        return
    said: dict[str, int] = {}
    for entry in own_entries(entries, stated["earlier"]):
        if entry["outcome"] == "applied":
            said[entry["ruling_id"]] = said.get(entry["ruling_id"], 0) + int(entry["devices"])
    found = pl.concat([evidence_rows(frame.filter("official"), "device_id") for frame in (result.installations, result.findings)])
    decided = dict(
        found.filter(pl.col("kind") == RULING).group_by("rule_id").agg(pl.col("device_id").n_unique()).sort("rule_id").iter_rows()
    )
    for ruling in sorted({*said, *decided}, key=str):
        if said.get(ruling, 0) != decided.get(ruling, 0):
            values = {"ruling": ruling, "stated": said.get(ruling, 0), "counted": decided.get(ruling, 0)}
            yield Fault("log_devices", "rulings_log.jsonl", values)


def _rows(frame: pl.DataFrame, broken: pl.Expr, code: str, file: str, **values: object) -> Iterable[Fault]:
    """One fault for all rows of a table that do not hold, with the first as its example."""
    found = frame.filter(broken.fill_null(False))
    if found.height:
        yield Fault(code, file, {"count": found.height, "example": found["device_id"][0], **values})
