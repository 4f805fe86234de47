"""A result in which nothing names a device or a person: the same figures, verdicts and joins, under pseudonyms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from licmatch.errors import UsageError
from licmatch.privacy.identifiers import NAMES, names_in
from licmatch.privacy.key_file import Key
from licmatch.privacy.scrub import Scrubber
from licmatch.result import Result, places_of, seats_follow
from licmatch.result.rulings_log import described, rechained

# Units are offices, not persons, and their figures are what the result is for.
_UNTOUCHED = ("units", "scores", "position")
# Columns of ids and codes: nothing in them was written by a person about a person.
_CODES = frozenset(
    {
        "unit_id", "parent_id", "category", "product_id", "vendor", "family", "edition", "release", "channel", "role", "verdict", "state",
        "grade", "decided_by", "origin", "kind", "in_use", "os_build", "os_installed_on", "collected_at", "received_at", "clock_at",
        "firmware_oem_id", "metric", "currency", "valid_from", "valid_to", "maintenance_to", "acquired_on", "scope", "rule_id",
        "entitlement_id",
    }
)  # fmt: skip
_FILES = ("file", "source")
_WRITTEN = ("name", "reason")  # free text in the log of rulings
_PRODUCTS = ("lm_vendor", "lm_family", "lm_edition", "vendor", "family", "edition")
# Notices whose detail lists units or products; the detail of any other may name anything and is left out.
_TELLING = ("UNKNOWN_UNIT", "UNKNOWN_PARENT_UNIT", "ENTITLEMENT_NOT_RECOGNISED", "MERGE_VERSIONS_DIFFER", "MERGE_DAYS_DIFFER")


def pseudonymise(result: Result, key: Key, more: Iterable[str] = ()) -> Result:
    """Return the result under pseudonyms: devices, hosts, serial numbers, addresses, persons, accounts, files; raw bytes as digests.

    `more`: names known from elsewhere (`names_in_case`), replaced in texts. The same name has the same pseudonym under the same key,
    in every result, so that results of several places still merge and compare. Raises UsageError for a result under another key.
    """
    held = _key_of(result.manifest)
    if held is not None and held != key.id:
        raise UsageError("the result is pseudonymised already, with another key", hint="use the key it was made with, or none")
    names = {*names_in(result), *more}
    products = [text for name in _PRODUCTS for frame in (result.matches, result.installations) if name in frame.columns
                for text in frame[name].drop_nulls().unique().to_list()]  # fmt: skip
    scrubber = Scrubber(names, key, products)
    frames = {name: frame if name in _UNTOUCHED else _frame(frame, key, scrubber) for name, frame in result.tables().items()}
    frames["matches"] = _joined_again(frames["matches"], ("rows", "devices"))
    frames["unknown"] = frames["unknown"] if frames["unknown"].equals(result.unknown) else _unknown_again(frames["unknown"])
    moved = frames["installations"].with_row_index("was").select("was", "device_id").sort("device_id", maintain_order=True)
    frames["assignment"] = seats_follow(frames["assignment"], places_of(moved["was"]))
    for table in ("installations", "findings", "devices"):
        frames[table] = frames[table].sort("device_id", maintain_order=True)
    written = [entry[name] for entry in result.rulings_log for name in _WRITTEN if isinstance(entry.get(name), str)]
    texts = scrubber.each([*written, *_words(result.manifest)])
    log = rechained([_entry(entry, key, texts) for entry in result.rulings_log])
    manifest = _manifest(result.manifest, key, texts)
    manifest["totals"] = {**manifest["totals"], "names": frames["matches"].height}
    if manifest.get("rulings_log") is not None:
        manifest["rulings_log"] = {**described(list(log), 0), "earlier": manifest["rulings_log"]["earlier"]}
    return replace(result, manifest=manifest, rulings_log=log, **frames)


def _key_of(manifest: Mapping[str, Any]) -> str | None:
    held = manifest.get("pseudonymised")
    return None if held is None else str(held)


def _frame(frame: pl.DataFrame, key: Key, scrubber: Scrubber) -> pl.DataFrame:
    made = []
    for column in frame.iter_columns():
        name = column.name
        if column.dtype == pl.Binary:
            made.append(_each(column, {raw: key.digest(raw) for raw in column.drop_nulls().unique().to_list()}))
        elif name == "evidence":
            made.append(_evidence(column, key, scrubber))
        elif column.dtype != pl.String or name in _CODES or name.startswith("lm_"):
            made.append(column)
        elif name in NAMES:
            made.append(_each(column, {cell: _cell(name, cell, key) for cell in column.drop_nulls().unique().to_list()}))
        elif name in _FILES:
            made.append(_each(column, {file: _file(file, key) for file in column.drop_nulls().unique().to_list()}))
        else:
            made.append(scrubber.texts(column))
    return pl.DataFrame(made, schema=frame.schema)


def _each(column: pl.Series, told: Mapping[Any, Any]) -> pl.Series:
    return column.replace_strict(told, default=None, return_dtype=column.dtype) if told else column


def _cell(column: str, cell: str, key: Key) -> str:
    parts = [part.strip() for part in cell.split(";")] if column == "addresses" else [cell]
    return ";".join(key.pseudonym(part) if part.strip() else part for part in parts)


def _file(file: str, key: Key) -> str:
    """A name of a file is one; a word such as `software` only says which table is meant."""
    return key.pseudonym(file) if any(mark in file for mark in "./\\:") else file


def _evidence(column: pl.Series, key: Key, scrubber: Scrubber) -> pl.Series:
    frame = column.to_frame("evidence").with_row_index("at")
    # One long table and back: inside the lists every list would look through all names by itself.
    long = frame.filter(pl.col("evidence").list.len() > 0).explode("evidence").unnest("evidence")
    files = {file: _file(file, key) for file in long["source"].drop_nulls().unique().to_list()}
    told = long.with_columns(scrubber.texts(long["text"]), _each(long["source"], files))
    fields = [name for name in long.columns if name != "at"]
    again = told.group_by("at", maintain_order=True).agg(said=pl.struct(fields))
    joined = frame.join(again, on="at", how="left", maintain_order="left")
    return joined.select(evidence=pl.coalesce("said", "evidence").cast(column.dtype)).to_series()


def _joined_again(frame: pl.DataFrame, sums: Sequence[str]) -> pl.DataFrame:
    """Names that differed only in what was replaced are one name now."""
    keys = [name for name in frame.columns if name not in sums]
    summed = frame.group_by(keys, maintain_order=True).agg(pl.col(sums).sum())
    return summed.select(frame.columns).sort(keys, nulls_last=True)


def _unknown_again(frame: pl.DataFrame) -> pl.DataFrame:
    keys = ["name", "publisher", "version", "lm_status", "category"]
    summed = frame.group_by(keys).agg(pl.col("rows", "devices", "held_open", "interval_open").sum())
    order = ["interval_open", "devices", "rows", *keys]
    return summed.select(frame.columns).sort(order, descending=[True, True, True, *[False] * len(keys)], nulls_last=True)


def _entry(entry: Mapping[str, Any], key: Key, texts: Mapping[str, str]) -> dict[str, Any]:
    told = dict(entry)
    for name, value in entry.items():
        if isinstance(value, str) and value:
            if name in NAMES:
                told[name] = key.pseudonym(value)
            elif name in _WRITTEN:
                told[name] = texts[value]
    return told


def _words(manifest: Mapping[str, Any]) -> list[str]:
    """The texts of a manifest that somebody wrote."""
    return [
        *(one["detail"] for one in manifest["notices"] if one["code"] in _TELLING),
        *(str(text) for said in manifest["rules"].values() for text in said.values()),
    ]


def _manifest(manifest: Mapping[str, Any], key: Key, texts: Mapping[str, str]) -> dict[str, Any]:
    told = dict(manifest)
    told["pseudonymised"] = key.id
    inputs = [{**entry, "path": key.pseudonym(entry["path"])} for entry in manifest["inputs"]]
    told["inputs"] = sorted(inputs, key=lambda entry: (entry["path"], entry["sha256"]))
    told["notices"] = [
        {**one, "file": _file(one["file"], key), "detail": texts[one["detail"]] if one["code"] in _TELLING else ""}
        for one in manifest["notices"]
    ]
    if manifest.get("ledger"):
        ledger = manifest["ledger"]
        told["ledger"] = {**ledger, **{name: sorted(map(key.pseudonym, ledger[name])) for name in ("only_ledger", "only_found")}}
    told["rules"] = {rule: {name: texts[str(text)] for name, text in said.items()} for rule, said in manifest["rules"].items()}
    if manifest.get("parts"):
        told["parts"] = [{**run, "pseudonymised": key.id} for run in manifest["parts"]]
    return told
