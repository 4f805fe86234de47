"""What may be drawn: every computer in scope that was found, and every one the ledger says is in use and nobody found (账物)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.assess.case import canonical, side_frame
from licmatch.errors import Location, ResultError, UsageError
from licmatch.result import Result, read_result
from licmatch.result.folder import MANIFEST, hash_of

FOUND, LEDGER = "found", "ledger"
NO_UNIT = "(no unit)"
KINDS = ("server", "desktop", "laptop", "vm", "other", "unknown")
# Zones stand beside counties in the tree and are inspected like them.
LEVELS = {"county": ("county", "zone")}
WHOLE = "whole"
FRAME: dict[str, pl.DataType] = {
    "device_id": pl.String(),
    "unit_id": pl.String(),
    "group": pl.String(),
    "kind": pl.String(),
    "seen_in": pl.String(),
    "model": pl.String(),
}
_TABLES = ("devices", "findings", "installations", "units")


def open_result(folder: str | Path) -> tuple[Result, str]:
    """Return a result and the SHA-256 of what an inspection rests on: its devices, findings, copies and units.

    Rendering the reports again does not change that hash. Raises ResultError where a table is not what the manifest says.
    """
    source = Path(folder)
    result = read_result(source)
    stated: Mapping[str, str] = result.manifest.get("files") or {}
    lines = []
    for name in (f"{table}.parquet" for table in _TABLES):
        if stated.get(name) != hash_of(source / name):
            raise ResultError(
                f"{name} is not the table that the manifest names", where=Location(str(source / MANIFEST)),
                hint="run licmatch verify on the folder",
            )  # fmt: skip
        lines.append(f"{stated[name]}  {name}\n")
    return result, hashlib.sha256("".join(lines).encode("ascii")).hexdigest()


def sampling_frame(result: Result, *, by: str = "county", ledger: object = None) -> pl.DataFrame:
    """Return one row a computer that may be drawn, with the columns of `FRAME`, by device_id.

    `by`: the tier whose units are the groups, or `whole`; a computer that lies under no such unit belongs to the unit at the top.
    `ledger`: the asset ledger (path or frame). Without it the computers that only the ledger had when the result was made are taken from
    the manifest: without a unit, unless the result has them out of use. Raises UsageError for a tier no unit has, or where the manifest
    does not list all of them; InputError for a ledger that cannot be read.
    """
    group_of = _groups(result.units, by)
    named = pl.col("model").str.starts_with(pl.col("manufacturer")).fill_null(False)
    maker = pl.when(~named).then("manufacturer")
    known = result.devices.select(
        "device_id", "unit_id", "kind", "in_scope", model=pl.concat_str(maker, "model", separator=" ", ignore_nulls=True)
    )
    found = known.filter("in_scope").with_columns(seen_in=pl.lit(FOUND))
    missing = _only_in_ledger(result.manifest, ledger, found["device_id"])
    beside = missing.join(known.drop("in_scope"), on="device_id", how="left", suffix="_known", maintain_order="left").with_columns(
        unit_id=pl.coalesce("unit_id", "unit_id_known"), kind=pl.coalesce("kind", "kind_known"), seen_in=pl.lit(LEDGER)
    )
    units = pl.DataFrame({"unit_id": list(group_of), "group": list(group_of.values())}, schema={"unit_id": pl.String, "group": pl.String})
    columns = ["device_id", "unit_id", "kind", "model", "seen_in"]
    kind = pl.col("kind").str.strip_chars().str.to_lowercase()
    return (
        pl.concat([found.select(columns), beside.select(columns)])
        .join(units, on="unit_id", how="left", maintain_order="left")
        .with_columns(
            # A unit the tree does not have is none.
            unit_id=pl.when(pl.col("group").is_null()).then(pl.lit(NO_UNIT)).otherwise("unit_id"),
            group=pl.col("group").fill_null(NO_UNIT),
            kind=pl.when(kind.is_in(KINDS)).then(kind).otherwise(pl.lit("unknown")),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in FRAME.items())
        .sort("device_id")
    )


def frame_hash(frame: pl.DataFrame) -> str:
    """Return the SHA-256 of who may be drawn from which stratum: independent of row order, library and machine."""
    rows = sorted("\t".join(row) for row in frame.select("device_id", "unit_id", "group", "kind").iter_rows())
    return hashlib.sha256("\n".join(rows).encode("utf-8")).hexdigest()


def _groups(units: pl.DataFrame, by: str) -> dict[str, str]:
    """The unit that inspects, of every unit."""
    parent = dict(units.select("unit_id", "parent_id").iter_rows())
    tiers = LEVELS.get(by, (by,))
    chosen = set(units.filter(pl.col("tier").is_in(tiers))["unit_id"])
    if by != WHOLE and not chosen:
        have = ", ".join(sorted(set(units["tier"].drop_nulls()) | {WHOLE}))
        raise UsageError(f"no unit of the result has the tier {by!r}", hint=f"--by one of: {have}")

    def group(unit: str) -> str:
        at, top = unit, unit
        while True:
            if at in chosen:
                return at
            top = at
            above = parent.get(at)
            if above is None:
                return top
            at = above

    return {unit: group(unit) for unit in parent}


def _only_in_ledger(manifest: Mapping[str, Any], ledger: object, found: pl.Series) -> pl.DataFrame:
    columns = ["device_id", "unit_id", "kind"]
    if ledger is not None:
        given, _ = side_frame("devices", ledger)
        in_use = canonical("devices", given).filter(pl.col("in_use").fill_null("unknown") != "no", pl.col("device_id").is_not_null())
        return (
            in_use.filter(~pl.col("device_id").is_in(found.implode())).unique("device_id", keep="first").sort("device_id").select(columns)
        )
    told = manifest.get("ledger") or {}
    ids = [str(one) for one in told.get("only_ledger", [])]
    missing = int(told.get("listed", 0)) - int(told.get("both", 0))
    if missing > len(ids):
        raise UsageError(
            f"{missing} computers stand in the ledger only, and the result lists {len(ids)} of them",
            hint="give the ledger itself: --ledger FILE",
        )
    return pl.DataFrame({"device_id": ids, "unit_id": [None] * len(ids), "kind": [None] * len(ids)},
                        schema=dict.fromkeys(columns, pl.String))  # fmt: skip
