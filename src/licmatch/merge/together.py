"""Results added up: read, checked, joined, scored anew. `merge(merge(a, b), c)` and `merge(a, b, c)` are the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from licmatch.assess.policy import Policy, load_policy
from licmatch.errors import Location, ResultError, UsageError
from licmatch.ingest.frames import read_side
from licmatch.merge import tables
from licmatch.merge.agreement import check
from licmatch.merge.described import described
from licmatch.merge.parts import Part, read_part
from licmatch.merge.places import joined_tree, placed
from licmatch.result import Result
from licmatch.result.folder import hash_of
from licmatch.result.record import TABLES
from licmatch.result.rulings_log import joined
from licmatch.rollup import EVERYTHING, UNASSIGNED, UnitTree, added_columns, score_tree

_OURS = "this is a fault in licmatch; please report it"


def merge(
    folders: Sequence[str | Path],
    *,
    units: str | Path | None = None,
    name: str | None = None,
    policy: Policy | Mapping[str, Any] | str | Path | None = None,
    mixed: bool = False,
) -> Result:
    """Return the result of several result folders as one, without any raw data.

    `units`: the table of the place above, which says where the parts belong and goes before what they say; without it what has
    nobody above it hangs under one node, called `name` if given. `policy`: needed where the parts were scored by an office's own.
    `mixed`: parts of different days or versions are added up too, and a notice says so. Counts add up, rates are sums over sums;
    the order and grouping of parts move no byte. Raises ResultError or UsageError where the parts must not be added up: damage,
    the same result, unit or device twice, another policy, day or version.
    """
    parts = [read_part(folder) for folder in folders]
    own, digests = None, []
    if units is not None:
        table = read_side("units", units)
        if table.rejected.height:
            line, reason = table.rejected.select("line", "reason").row(0)
            raise ResultError(f"the units table has rows that cannot be used: {reason}", where=Location(str(units), line))
        own, digests = _once(table.frame, units), [hash_of(Path(units))]
    return merge_parts(parts, own=own, digests=digests, name=name, policy=policy, mixed=mixed)


def merge_parts(
    parts: Sequence[Part],
    *,
    own: pl.DataFrame | None = None,
    digests: Sequence[str] = (),
    name: str | None = None,
    policy: Policy | Mapping[str, Any] | str | Path | None = None,
    mixed: bool = False,
) -> Result:
    """Return what `merge` does, of parts that were read already."""
    check(parts, mixed=mixed)
    rules = _policy(parts[0], policy)
    categories = [str(category["id"]) for category in parts[0].result.manifest["categories"]]
    tree = joined_tree(parts, own, name)
    position = tables.position(parts, tree)
    scores = score_tree(tables.own_sums(parts, tree, categories), tree, categories, rules, position)
    frames: dict[str, pl.DataFrame] = {
        "matches": tables.matches(parts),
        "position": position,
        "scores": scores,
        "unknown": tables.unknown(parts, scores),
        "units": tree.frame,
        **{table: tables.of_devices(parts, table, tree) for table in tables.OF_DEVICES},
        **tables.lots_and_seats(parts, tree),
    }
    frames |= {table: _placed(tables.listed(parts, table), tree) for table in TABLES if table not in frames}
    log = joined((_run(part), part.result.rulings_log, _earlier(part)) for part in parts)
    counted = {"names": frames["matches"].height, "units": tree.frame.height}
    manifest = described(parts, counted, log, _withheld(parts, scores), digests)
    result = Result(manifest, **frames, rulings_log=log)
    _conserved(result, parts)
    return result


def _placed(frame: pl.DataFrame, tree: UnitTree) -> pl.DataFrame:
    """Return a table placed in the tree, if its rows belong to units."""
    return placed(frame, tree) if "unit_id" in frame.columns else frame


def _run(part: Part) -> str:
    """Return the hash by which the log names a part that is one run; entries of a merge carry their own."""
    return str(part.runs[0]["sha256"])


def _earlier(part: Part) -> int:
    return int((part.result.manifest.get("rulings_log") or {}).get("earlier", 0))


def _once(units: pl.DataFrame, path: str | Path) -> pl.DataFrame:
    once = units.unique(maintain_order=True)
    reserved = once.filter(pl.col("unit_id").is_in([EVERYTHING, UNASSIGNED]))["unit_id"]
    if len(reserved):
        raise ResultError(f"the unit id {reserved[0]!r} is reserved", where=Location(str(path)), hint="give the unit another id")
    twice = once.filter(pl.col("unit_id").is_duplicated())["unit_id"]
    if len(twice):
        raise ResultError(f"unit {twice[0]!r} is described twice, differently", where=Location(str(path)), hint="keep one row a unit")
    return once


def _policy(part: Part, given: Policy | Mapping[str, Any] | str | Path | None) -> Policy:
    stated = part.result.manifest["policy"]
    rules = load_policy(given if given is not None else {"phase": stated["phase"]})
    if rules.sha256 != stated["sha256"]:
        hint = "give the policy file they were assessed with: --policy FILE" if given is None else "give the one they were assessed with"
        raise UsageError("the results were scored by another policy than this", hint=hint)
    return rules


def _withheld(parts: Sequence[Part], scores: pl.DataFrame) -> list[str]:
    """Units that some part counts without telling on which computers."""
    units = {unit for part in parts for unit in part.result.manifest.get("withheld") or ()}
    known = set(scores["unit_id"])
    return sorted({unit if unit in known else UNASSIGNED for unit in units})


def _conserved(result: Result, parts: Sequence[Part]) -> None:
    """Nothing is lost and nothing is counted twice: the top of the whole is the sum of the tops, table by table."""
    tops = [part.result.scores.filter(pl.col("parent_id").is_null()) for part in parts]
    whole = result.scores.filter(pl.col("parent_id").is_null())
    categories = [str(category["id"]) for category in result.manifest["categories"]]
    for name in added_columns(categories):
        total = sum(int(top[name].sum()) for top in tops)
        if int(whole[name].sum()) != total:
            raise ResultError(f"{name} of the whole is {int(whole[name].sum())}, of the parts {total}", hint=_OURS)
    for table in ("installations", "findings", "devices", "rejected"):
        total = sum(getattr(part.result, table).height for part in parts)
        if getattr(result, table).height != total:
            raise ResultError(f"{table} of the whole has {getattr(result, table).height} rows, of the parts {total}", hint=_OURS)
    sums = (("matches", "rows"), ("unknown", "rows"), ("unknown", "held_open"), ("position", "required"), ("position", "shortfall"))
    for table, column in sums:
        total = sum(int(getattr(part.result, table)[column].sum()) for part in parts)
        if int(getattr(result, table)[column].sum()) != total:
            raise ResultError(f"{column} of {table} does not add up over the parts", hint=_OURS)
