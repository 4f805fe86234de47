"""What a result's tables say of each other: columns, totals, states, findings, scores, rulings; each worked out anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from licmatch.assess.accusers import evidence_rows
from licmatch.assess.evidence import RULING
from licmatch.assess.policy import load_policy
from licmatch.result.record import Result
from licmatch.result.rulings_log import broken_at, described
from licmatch.result.verify_assignment import assignment_faults
from licmatch.rollup import count_columns, score, score_columns
from licmatch.schema import ASSIGNMENT, FINDINGS, HOLDINGS, INSTALLATIONS, MATCHES, POSITION, REJECTED, STATUSES, UNITS, UNKNOWN

# Two figures that were worked out in another order may differ in their last bits.
_CLOSE = 1e-9
_DEVICES = ("device_id", "unit_id", "in_scope", *STATUSES)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold: its code (worded by `verify.<code>` of the messages), where, and the values of its text."""

    code: str
    file: str
    values: Mapping[str, Any] = field(default_factory=dict)


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
        *_count_faults(result, categories),
        *_rate_faults(result, categories),
        *_position_faults(result.position),
        *(Fault(*one) for one in assignment_faults(result)),
        *_log_faults(result),
    ]


def _column_faults(result: Result, categories: list[str]) -> Iterable[Fault]:
    counts = dict.fromkeys(count_columns(categories), pl.Int64())
    rates = {name: pl.String() if name.startswith("grade") else pl.Float64() for name in score_columns(categories)}
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
    rows = {status: int(result.matches.filter(pl.col("lm_status") == status)["rows"].sum()) for status in STATUSES}
    matched = sum(rows.values())
    counted: dict[str, int] = {
        **rows,
        "rows_in": matched + totals["rejected"],
        "rejected": result.rejected.height - totals["rejected_elsewhere"],
        "names": result.matches.height,
        "devices": result.devices.height,
        "in_use": int(result.devices["in_scope"].sum()),
        "units": result.units.height,
        "installations": result.installations.height,
        "files": len(result.manifest["inputs"]),
    }
    for name, count in counted.items():
        if totals[name] != count:
            yield Fault("total", "manifest.json", {"name": name, "stated": totals[name], "counted": count})
    if result.manifest["inputs"]:
        read = sum(entry["rows"] for entry in result.manifest["inputs"])
        if read != totals["rows_in"]:
            yield Fault("total", "manifest.json", {"name": "inputs", "stated": totals["rows_in"], "counted": read})
    held = int(result.devices.select(pl.sum_horizontal(*STATUSES).sum()).item() or 0)
    if held != matched:
        yield Fault("rows_of_devices", "devices.parquet", {"stated": held, "counted": matched})
    unsettled = result.matches.filter(pl.col("lm_status") != "recognised").height
    if unsettled != result.unknown.height:
        yield Fault("unknown", "unknown.parquet", {"stated": result.unknown.height, "counted": unsettled})


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


def _count_faults(result: Result, categories: list[str]) -> Iterable[Fault]:
    own = _own_counts(result, categories)
    ancestors = _ancestors(result.scores)
    if ancestors is None:
        yield Fault("circle", "scores.parquet")
        return
    strays = own.join(result.scores, on="unit_id", how="anti")
    yield from (Fault("stray_unit", "scores.parquet", {"unit": unit}) for unit in strays["unit_id"].sort().head(5))
    names = [name for name in own.columns if name != "unit_id"]
    whole = ancestors.join(own, on="unit_id").group_by("ancestor").agg(pl.col(names).sum())
    joined = result.scores.join(whole, left_on="unit_id", right_on="ancestor", how="left", suffix="_counted", maintain_order="left")
    for name in names:
        counted = pl.col(f"{name}_counted").fill_null(0)
        apart = joined.filter(pl.col(name).ne_missing(counted)).select("unit_id", stated=name, counted=counted)
        for unit, stated, found in apart.head(3).iter_rows():
            yield Fault("count", "scores.parquet", {"unit": unit, "column": name, "stated": stated, "counted": found})


def _own_counts(result: Result, categories: list[str]) -> pl.DataFrame:
    """The counts of each unit's own devices that can be told from the tables of a result."""
    devices = result.devices
    in_scope = devices.filter("in_scope").select("device_id")
    own = devices.group_by("unit_id").agg(
        devices=pl.len().cast(pl.Int64),
        in_use=pl.col("in_scope").sum().cast(pl.Int64),
        **{status: pl.col(status).sum() for status in STATUSES},
    )
    found = result.findings.join(in_scope, on="device_id", how="semi")
    pirated = found.filter(pl.col("verdict") == "cracked").group_by("unit_id")
    parts = [pirated.agg(pirated_devices=pl.col("device_id").n_unique().cast(pl.Int64))]
    copies = result.installations.join(in_scope, on="device_id", how="semi")
    for category in categories:
        states = ("genuine", "not_genuine", "undetermined")
        of_state = [(pl.col("state") == name).sum().cast(pl.Int64).alias(f"{category}_{name}") for name in states]
        of_category = copies.filter(pl.col("category") == category).group_by("unit_id")
        parts.append(of_category.agg(pl.len().cast(pl.Int64).alias(f"{category}_installed"), *of_state,
                                     pl.col("official").sum().cast(pl.Int64).alias(f"{category}_official")))  # fmt: skip
        none = found.filter((pl.col("category") == category) & (pl.col("installations") == 0))
        parts.append(none.group_by("unit_id").agg(pl.len().cast(pl.Int64).alias(f"{category}_absent")))
    for part in parts:
        own = own.join(part, on="unit_id", how="left")
    return own.with_columns(pl.exclude("unit_id").fill_null(0))


def _ancestors(scores: pl.DataFrame) -> pl.DataFrame | None:
    """Each unit with all above it and itself; None where the units lie in a circle or one is there twice."""
    parents = dict(scores.select("unit_id", "parent_id").iter_rows())
    if len(parents) != scores.height:
        return None
    pairs = []
    for unit in parents:
        at, seen = unit, set[str]()
        while at is not None:
            if at in seen:
                return None
            seen.add(at)
            pairs.append((unit, at))
            at = parents.get(at)
    return pl.DataFrame(pairs, schema={"unit_id": pl.String, "ancestor": pl.String}, orient="row")


def _rate_faults(result: Result, categories: list[str]) -> Iterable[Fault]:
    scores = result.scores
    figures = [f"{category}_{kind}" for category in categories for kind in ("rate", "coverage")]
    for name in [*figures, "points"]:
        yield from _rows(scores.select(pl.col("unit_id").alias("device_id"), f"{name}_low", f"{name}_high"),
                         pl.col(f"{name}_low") > pl.col(f"{name}_high"), "interval", "scores.parquet", column=name)  # fmt: skip
    policy = load_policy({"phase": result.manifest["policy"]["phase"]})
    again = score(scores.select(count_columns(categories)), categories, policy)
    # Points and grades depend on the office's own table; they are worked out again where it is the built-in one.
    names = [f"{name}{end}" for name in figures for end in ("", "_low", "_high")]
    if policy.sha256 == result.manifest["policy"]["sha256"]:
        names += ["points", "points_low", "points_high"]
    for name in names:
        apart = (pl.col("stated").is_null() != pl.col("counted").is_null()) | ((pl.col("stated") - pl.col("counted")).abs() > _CLOSE)
        both = pl.DataFrame({"unit": scores["unit_id"], "stated": scores[name], "counted": again[name]}).filter(apart)
        for unit, stated, counted in both.head(3).iter_rows():
            yield Fault("count", "scores.parquet", {"unit": unit, "column": name, "stated": stated, "counted": counted})


def _log_faults(result: Result) -> Iterable[Fault]:
    entries = result.rulings_log
    at = broken_at(entries)
    if at is not None:
        yield Fault("log_broken", "rulings_log.jsonl", {"number": at})
        return
    stated = result.manifest["rulings_log"]
    if stated != described([dict(entry) for entry in entries], stated["earlier"]) or not 0 <= stated["earlier"] <= len(entries):
        yield Fault("log_head", "rulings_log.jsonl", {"stated": stated["entries"], "counted": len(entries)})
        return
    said = {entry["ruling_id"]: int(entry["devices"]) for entry in entries[stated["earlier"] :] if entry["outcome"] == "applied"}
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
