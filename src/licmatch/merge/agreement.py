"""Whether results may be added up: nothing in two of them, one way of judging, one day; found before anything is merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from licmatch.errors import Location, ResultError, UsageError
from licmatch.ingest.records import Notice
from licmatch.merge.parts import Part
from licmatch.result.verify_scores import own_counts
from licmatch.rollup import EVERYTHING, UNASSIGNED, added_columns

SHOWN = 5
_NOBODYS = [EVERYTHING, UNASSIGNED]
DIFFERENT_VERSIONS, DIFFERENT_DAYS, NOT_COMPARED = "MERGE_VERSIONS_DIFFER", "MERGE_DAYS_DIFFER", "MERGE_DEVICES_NOT_COMPARED"
MERGE_CODES = (DIFFERENT_VERSIONS, DIFFERENT_DAYS, NOT_COMPARED)


def check(parts: Sequence[Part], *, mixed: bool) -> None:
    """Raise where the parts must not be added up: UsageError or ResultError that names the folders and what is in both.

    With `mixed` different days and versions pass; they are reported by `notices_of`. Different policies, phases or categories
    never do: their figures mean different things.
    """
    if len(parts) < 2:
        raise UsageError("there is only one result", hint="give the folders of two or more")
    _contained(parts)
    for key, words in (("policy", "different policies"), ("verdicts", "different verdict codes"), ("categories", "different categories")):
        _same(parts, key, words, "assess with the same policy and plugins, or leave one of them out")
    if not mixed:
        hint = "assess again alike, or merge with --mixed, which reports it"
        _same(parts, "versions", "different engine or catalog versions", hint)
        _same(parts, "as_of", "different days", hint)
    _units_apart(parts)
    _devices_apart(parts)


def notices_of(runs: Sequence[Mapping[str, Any]]) -> list[Notice]:
    """Return what a reader of merged figures should know. It follows from the runs alone, so no order of merging changes it."""
    told = []
    versions = sorted({f"{name} {version}" for run in runs for name, version in run["versions"].items()})
    kinds = {tuple(sorted(run["versions"].items())) for run in runs}
    if len(kinds) > 1:
        many = {name for run in runs for name in run["versions"] if len({other["versions"].get(name) for other in runs}) > 1}
        told.append(Notice(DIFFERENT_VERSIONS, "", len(kinds), "; ".join(one for one in versions if one.split(" ")[0] in many)))
    days = sorted({str(run["as_of"]) for run in runs})
    if len(days) > 1:
        told.append(Notice(DIFFERENT_DAYS, "", len(days), ", ".join(days)))
    keys = {run["pseudonymised"] for run in runs if not run["withheld"]}
    blind = len(runs) if len(keys) > 1 else sum(bool(run["withheld"]) for run in runs)
    if blind:
        told.append(Notice(NOT_COMPARED, "", blind, ""))
    return told


def _contained(parts: Sequence[Part]) -> None:
    held: dict[str, int] = {}
    for place, part in enumerate(parts):
        for run in part.runs:
            first = held.setdefault(str(run["sha256"]), place)
            if first != place:
                other = parts[first].folder
                names = ", ".join(top["name"] for top in run["tops"]) or "-"
                raise ResultError(
                    f"the same result ({names}) is in {other} and in {part.folder}", where=Location(part.folder),
                    hint="give each result once; one that is merged already must not be given again beside the merged one",
                )  # fmt: skip


def _same(parts: Sequence[Part], key: str, words: str, hint: str) -> None:
    first = parts[0]
    for part in parts[1:]:
        if part.result.manifest[key] != first.result.manifest[key]:
            old, new = _difference(first.result.manifest[key], part.result.manifest[key])
            raise ResultError(
                f"{words}: {first.folder} has {old}, {part.folder} has {new}", where=Location(part.folder), hint=hint
            )  # fmt: skip


def _difference(one: object, two: object) -> tuple[str, str]:
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        names = [name for name in sorted({*one, *two}) if one.get(name) != two.get(name)]
        return tuple(", ".join(f"{name} {str(side.get(name, '–'))[:60]}" for name in names[:3]) for side in (one, two))  # type: ignore[return-value]
    return (str(one)[:120], str(two)[:120]) if str(one)[:120] != str(two)[:120] else ("one", "another")


def _units_apart(parts: Sequence[Part]) -> None:
    """No unit may have counts of its own, or a licence position, in two results: it would be counted twice."""
    seen = []
    for place, part in enumerate(parts):
        categories = [category["id"] for category in part.result.manifest["categories"]]
        own = own_counts(part.result.scores, added_columns(categories))
        counted = own.filter(pl.any_horizontal(pl.exclude("unit_id") != 0)).select("unit_id")
        seen.append(pl.concat([counted, part.result.position.select("unit_id").drop_nulls()]).unique().with_columns(part=pl.lit(place)))
    twice = _twice(pl.concat(seen).filter(~pl.col("unit_id").is_in(_NOBODYS)), "unit_id")
    if twice.height:
        units = ", ".join(str(unit) for unit in twice["unit_id"].head(SHOWN))
        folders = _folders(parts, twice["part"].explode())
        raise ResultError(
            f"{twice.height} units have computers or licences in more than one result ({units}): {folders}",
            hint="assess a unit in one place only, and give each place its own licences and its own ledger",
        )  # fmt: skip


def _devices_apart(parts: Sequence[Part]) -> None:
    seen = [part.result.devices.select("device_id").with_columns(part=pl.lit(place)) for place, part in enumerate(parts)]
    twice = _twice(pl.concat(seen), "device_id")
    if twice.height:
        devices = ", ".join(str(device) for device in twice["device_id"].head(SHOWN))
        raise ResultError(
            f"{twice.height} devices are in more than one result ({devices}): {_folders(parts, twice['part'].explode())}",
            hint="where two computers only share a name, give them different ids before assessing; otherwise leave one result out",
        )  # fmt: skip


def _twice(seen: pl.DataFrame, key: str) -> pl.DataFrame:
    return seen.group_by(key).agg(pl.col("part").unique().sort()).filter(pl.col("part").list.len() > 1).sort(key)


def _folders(parts: Sequence[Part], places: Iterable[int]) -> str:
    return ", ".join(parts[place].folder for place in sorted(set(places))[:SHOWN])
