"""The devices of a result as a CycloneDX 1.6 bill of materials: what is on each, its licence, its verdict and the evidence.

A device is a component of the type `device`, its copies are components in it. The licence that the assignment gave a copy stands in
`licenses` (its paper's id, who holds it, its kind and end), evidence in `evidence.occurrences` (file, row, rule, text), the name that
was recognised in `evidence.identity`, and what CycloneDX has no word for in properties named `licmatch:…`. Specification: ECMA-424.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from licmatch.errors import UsageError
from licmatch.export.json_text import gathered, json_list, json_object, quoted
from licmatch.result import Result

SPECIFICATION = "1.6"
# Devices that are put together at a time: what is in memory is this, not the county.
_AT_A_TIME = 10_000
# CycloneDX knows a type of its own for operating systems; whatever else a category holds is an application.
_TYPES = {"os": "operating-system"}
_METRICS = {"device": "device", "user": "user", "oem": "oem", "concurrent": "concurrent-user", "site": "other", "unlimited": "other"}
_CHANNELS = {"subscription": "subscription", "trial": "evaluation"}
# Evidence that is a name somebody wrote down: of a program, or of the system.
_NAMED_BY = ("installed_program", "os")
_KIND_OF_UUID = uuid.UUID("6f6d9e0c-6a4c-5d53-9a55-0f2f5b6f3c11")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: devices and the copies on them."""

    devices: int
    components: int


def write_cyclonedx(result: Result, path: Path, *, units: Collection[str] = (), version: str) -> Exported:
    """Write the bill of materials of a result, of these units and all below them, or of all. Same result, same bytes.

    `version` is that of this program. Raises UsageError for a unit that is not there and a result that withholds its devices.
    """
    result.with_copies()
    devices = result.devices.select("device_id", "unit_id", "hostname", "kind", "in_use", "in_scope", "manufacturer", "model")
    if units:
        devices = devices.filter(pl.col("unit_id").is_in(list(_with_below(result.units, units))))
    devices = devices.sort("device_id")
    copies = _copies(result)
    found = _findings(result)
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(_head(result, sorted(units), version))
        written = 0
        for start in range(0, devices.height, _AT_A_TIME):
            some = devices.slice(start, _AT_A_TIME)
            of_these = copies.filter(pl.col("device_id").is_in(some["device_id"].implode()))
            written += of_these.height
            lines = _devices(some, of_these, found, result.units).to_list()
            out.write(("" if start == 0 else ",\n") + ",\n".join(lines))
        # Only what a licence may be asked for is listed: no reader may take it for all that is installed.
        out.write('\n],\n"compositions":[{"aggregate":"incomplete"}]\n}\n')
    return Exported(devices.height, written)


def _with_below(tree: pl.DataFrame, units: Collection[str]) -> set[str]:
    known = set(tree["unit_id"])
    if missing := sorted(set(units) - known):
        raise UsageError(f"there is no unit '{missing[0]}' in this result", hint="units.parquet lists them; take unit_id")
    chosen = set(units)
    # A step down the tree each time, not a step a unit.
    while True:
        below = set(tree.filter(pl.col("parent_id").is_in(list(chosen)))["unit_id"]) - chosen
        if not below:
            return chosen
        chosen |= below


def _head(result: Result, units: list[str], version: str) -> str:
    manifest = result.manifest
    made_of = json.dumps([manifest, units, version], sort_keys=True, default=str, ensure_ascii=False).encode()
    properties = {
        "as_of": manifest["as_of"], "units": ";".join(units) or None, "policy": manifest["policy"]["sha256"],
        "incomplete": "true" if manifest["incomplete"] else "false", "without": ";".join(manifest["without"]) or None,
        "provisional": "verdicts are provisional unless licmatch:official is true",
        **{f"version:{name}": value or None for name, value in sorted(manifest["versions"].items())},
    }  # fmt: skip
    head = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPECIFICATION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(_KIND_OF_UUID, hashlib.sha256(made_of).hexdigest())}",
        "version": 1,
        "metadata": {
            "timestamp": f"{manifest['as_of']}T00:00:00Z",
            "lifecycles": [{"phase": "operations"}],
            "tools": {"components": [{"type": "application", "name": "licmatch", "version": version}]},
            "properties": [{"name": f"licmatch:{name}", "value": value} for name, value in properties.items() if value is not None],
        },
    }
    return json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n"components":[\n'


def _property(name: str, value: pl.Expr) -> pl.Expr:
    return json_object({"name": pl.when(value.is_not_null()).then(pl.lit(json.dumps(f"licmatch:{name}"))), "value": quoted(value)})


def _yes(value: pl.Expr) -> pl.Expr:
    return pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false"))


def _listed(values: pl.Expr) -> pl.Expr:
    return pl.when(values.list.len() > 0).then(values.list.join(";"))


def _occurrences(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return, by key, the list of occurrences that its evidence makes, and of identities that names make."""
    item = pl.col("evidence").struct
    text = pl.concat_str([item.field("kind"), item.field("text")], separator=": ", ignore_nulls=True)
    weight = item.field("weight").round(6)
    seen = json_object(
        {
            "location": quoted(item.field("source").fill_null("-")),
            "line": pl.when(item.field("row") >= 0).then(item.field("row").cast(pl.String)),
            "symbol": quoted(item.field("rule_id")),
            "additionalContext": quoted(
                pl.concat_str([text, pl.lit("weight ") + weight.cast(pl.String)], separator="; ", ignore_nulls=True)
            ),
        }
    )
    sure = weight.clip(0.0, 1.0).fill_null(0.0).cast(pl.String)
    method = {"technique": pl.lit('"manifest-analysis"'), "confidence": sure, "value": quoted(item.field("text"))}
    identity = json_object({"field": pl.lit('"name"'), "confidence": sure, "methods": json_list([json_object(method)])})
    named = pl.when(item.field("kind").is_in(_NAMED_BY)).then(identity)
    # Two categories may tell of one trace: a place is said once.
    told = frame.select(key, "evidence").explode("evidence").filter(pl.col("evidence").is_not_null())
    return told.group_by(key, maintain_order=True).agg(occurrences=gathered(seen.unique(maintain_order=True)), identity=gathered(named))


def _copies(result: Result) -> pl.DataFrame:
    """Return device_id and the component of each copy, in the order of the installations."""
    lots = result.entitlements.select(
        "lot", "product", "entitlement_id", "agreement", "metric", "valid_to", "valid_from", "proofs",
        lot_channel="channel", lot_unit="unit_id",
    ).join(result.units.select(lot_unit="unit_id", licensee="name"), on="lot_unit", how="left")  # fmt: skip
    seats = result.assignment.select("installation", "licence", "lot", "right", "proved", "missing", "seat").join(
        lots, on="lot", how="left"
    )
    frame = result.installations.with_row_index("installation").join(seats, on="installation", how="left", maintain_order="left")
    frame = frame.join(_occurrences(frame, "installation"), on="installation", how="left", maintain_order="left")
    kinds = [pl.col("metric").replace_strict(_METRICS, default="other"), pl.col("lot_channel").replace_strict(_CHANNELS, default=None)]
    has_lot = pl.col("lot").is_not_null()
    licensing = json_object(
        {
            "altIds": json_list([quoted(pl.col("entitlement_id"))]),
            "licensee": json_object({"organization": json_object({"name": quoted(pl.coalesce("licensee", "lot_unit"))})}),
            "purchaseOrder": quoted(pl.col("agreement")),
            "licenseTypes": json_list([quoted(pl.when(has_lot).then(kind)) for kind in kinds]),
            "expiration": quoted(pl.col("valid_to").cast(pl.String) + "T00:00:00Z"),
        }
    )
    about_licence = [
        _property("right", pl.col("right")), _property("proved", _yes(pl.col("proved"))), _property("missing", _listed(pl.col("missing"))),
        _property("proofs", pl.col("proofs")), _property("seat", pl.col("seat").cast(pl.String)), _property("metric", pl.col("metric")),
        _property("valid_from", pl.col("valid_from").cast(pl.String)), _property("unit_id", pl.col("lot_unit")),
    ]  # fmt: skip
    licence = json_object(
        {
            "license": json_object(
                {
                    "name": quoted(pl.coalesce("product", "entitlement_id", pl.lit("-"))),
                    "licensing": licensing,
                    "properties": json_list(about_licence),
                }
            )
        }
    )
    texts = ("category", "product_id", "edition", "channel", "role", "verdict", "state", "grade", "decided_by", "origin", "licence")
    properties = [
        *(_property(name, pl.col(name)) for name in texts), _property("confidence", pl.col("confidence").round(6).cast(pl.String)),
        _property("official", _yes(pl.col("official"))), _property("flags", _listed(pl.col("flags"))),
        _property("end_of_support", _yes(pl.col("end_of_support"))), _property("rows_collapsed", pl.col("rows_collapsed").cast(pl.String)),
    ]  # fmt: skip
    component = json_object(
        {
            "type": quoted(pl.col("category").replace_strict(_TYPES, default="application")),
            "bom-ref": quoted(pl.lit("copy/") + pl.col("installation").cast(pl.String)),
            "publisher": quoted(pl.col("vendor")),
            "name": quoted(pl.coalesce("family", "product_id", pl.lit("-"))),
            "version": quoted(pl.col("release")),
            "licenses": pl.when(has_lot).then(json_list([licence])),
            "evidence": json_object({"identity": pl.col("identity"), "occurrences": pl.col("occurrences")}),
            "properties": json_list(properties),
        }
    )
    return frame.select("device_id", component=component)


def _findings(result: Result) -> pl.DataFrame:
    """Return, by device, the verdict of each category as properties, and the evidence that stands on no copy."""
    found = result.findings
    verdict = json_object(
        {
            "name": quoted(pl.lit("licmatch:finding:") + pl.col("category")),
            "value": quoted(pl.concat_str("verdict", "grade", separator=";")),
        }
    )
    verdicts = found.group_by("device_id", maintain_order=True).agg(findings=verdict.str.join(","))
    bare = _occurrences(found.filter(pl.col("installations") == 0).select("device_id", "evidence"), "device_id")
    return verdicts.join(bare.select("device_id", bare="occurrences"), on="device_id", how="left", maintain_order="left")


def _devices(devices: pl.DataFrame, copies: pl.DataFrame, found: pl.DataFrame, units: pl.DataFrame) -> pl.Series:
    on_device = copies.group_by("device_id", maintain_order=True).agg(components=gathered(pl.col("component")))
    frame = (
        devices.join(on_device, on="device_id", how="left", maintain_order="left")
        .join(found, on="device_id", how="left", maintain_order="left")
        .join(units.select("unit_id", unit="name"), on="unit_id", how="left", maintain_order="left")
    )
    properties = [
        *(_property(name, pl.col(name)) for name in ("device_id", "unit_id", "unit", "kind", "in_use")),
        _property("in_scope", _yes(pl.col("in_scope"))), pl.col("findings"),
    ]  # fmt: skip
    device = json_object(
        {
            "type": pl.lit('"device"'),
            "bom-ref": quoted(pl.lit("device/") + pl.col("device_id")),
            "manufacturer": json_object({"name": quoted(pl.col("manufacturer"))}),
            "name": quoted(pl.coalesce("hostname", "device_id")),
            "description": quoted(pl.col("model")),
            "components": pl.col("components"),
            "evidence": json_object({"occurrences": pl.col("bare")}),
            "properties": json_list(properties),
        }
    )
    return frame.select(device=device).to_series()
