"""What moved between two results, and why: names, devices, units and points, beside what the runs were made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from licmatch.assess.accusers import evidence_rows
from licmatch.assess.evidence import NAME_SEEN, OS_FACT, RULING, UNSETTLED
from licmatch.assess.papers import ENTITLEMENT
from licmatch.errors import UsageError
from licmatch.result.diff_moves import ARRANGED, COUNTS, copies_of, moves
from licmatch.result.record import Result
from licmatch.schema import NAME_KEY

# What may have moved a finding, in the order in which it is looked for.
REASONS = ("device_new", "device_gone", "unit", "scope", "ruling", "software", "recognition", "papers", "evidence", "policy", "judging")
_CAUSES = ("as_of", "schema", "versions", "policy", "inputs", "without", "verdicts", "rulings_log")
_FIGURES = ("devices", "in_use", "pirated_devices", "suspected_devices", "points", "points_low", "points_high")
_OF_A_CATEGORY = r"_(installed|genuine|not_genuine|undetermined|(rate|coverage)(_low|_high)?)$"
_DECIDED = ("lm_status", "lm_product_id", "lm_risk", "lm_signature_id")


def diff(old: Result, new: Result) -> dict[str, pl.DataFrame]:
    """Return what moved from the old result to the new one, each a table sorted by its first columns:

    `causes`: what, old, new: what the two runs were made of. `names`: name, publisher, version, and status, product, risk and
    signature before and after; null where the name is in one result only. `devices`: device_id, category, verdict, state,
    product and official before and after, `why` (one of `REASONS`). `units`: unit_id, name, figure, old, new. `moves`: what moved
    each count of each unit, by reason and cause (`diff_moves`); the causes of a count add up to its movement.
    Raises UsageError where the two name devices under different keys, ResultError where a result does not add up.
    """
    _comparable(old.manifest, new.manifest)
    old, new = _told_by_both(old, new)
    names = _names(old, new)
    findings = _compared(old, new, names)
    return {
        "causes": _causes(old.manifest, new.manifest), "moves": moves(old, new, findings), "names": names,
        "devices": findings.filter("moved").drop("moved"), "units": _units(old, new),
    }  # fmt: skip


def _comparable(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    keys = [manifest.get("pseudonymised") for manifest in (old, new)]
    if keys[0] != keys[1]:
        raise UsageError(
            "the two results name devices differently: under another key, or one of them under none",
            hint="compare results made with the same --pseudonymize key, or both without one",
        )


def _told_by_both(old: Result, new: Result) -> tuple[Result, Result]:
    """The two without the devices of units whose details one of them withholds; their figures stay and are `not_told`."""
    withheld = sorted({unit for side in (old, new) for unit in side.manifest.get("withheld") or ()})
    if not withheld:
        return old, new
    kept = ~pl.col("unit_id").is_in(withheld)
    cut = [
        replace(
            side, devices=side.devices.filter(kept), installations=side.installations.filter(kept), findings=side.findings.filter(kept),
            matches=side.matches if all(each.matches.height for each in (old, new)) else side.matches.clear(),
        )
        for side in (old, new)
    ]  # fmt: skip
    return cut[0], cut[1]


def _causes(old: Mapping[str, Any], new: Mapping[str, Any]) -> pl.DataFrame:
    rows = []
    flat = [{name: value for key in _CAUSES for name, value in _flat(key, manifest.get(key))} for manifest in (old, new)]
    for name in sorted({*flat[0], *flat[1]}):
        before, after = flat[0].get(name), flat[1].get(name)
        if before != after:
            rows.append((name, before, after))
    return pl.DataFrame(rows, schema={"what": pl.String, "old": pl.String, "new": pl.String}, orient="row")


def _flat(key: str, value: Any) -> list[tuple[str, str]]:
    if key == "inputs" and isinstance(value, list):
        return [(f"inputs.{entry['path']}", f"{entry['sha256']} ({entry['rows']})") for entry in value]
    if key == "verdicts" and isinstance(value, list):
        return [(key, " ".join(f"{entry['verdict']}={entry['state']}" for entry in value))]
    if isinstance(value, Mapping):
        return [line for name in sorted(value) for line in _flat(f"{key}.{name}", value[name])]
    return [] if value is None else [(key, ", ".join(map(str, value)) if isinstance(value, list) else str(value))]


def _names(old: Result, new: Result) -> pl.DataFrame:
    sides = [
        side.matches.select(
            *NAME_KEY, pl.lit(True).alias(when), *(pl.col(name).alias(f"{name.removeprefix('lm_')}_{when}") for name in _DECIDED)
        )
        for side, when in ((old, "old"), (new, "new"))
    ]
    both = sides[0].join(sides[1], on=NAME_KEY, how="full", coalesce=True, nulls_equal=True)
    parts = [name.removeprefix("lm_") for name in _DECIDED]
    moved = pl.any_horizontal(
        pl.col("old").is_null(), pl.col("new").is_null(), *(pl.col(f"{part}_old").ne_missing(pl.col(f"{part}_new")) for part in parts)
    )
    return (
        both.filter(moved)
        .sort(NAME_KEY, nulls_last=False)
        .select(*NAME_KEY, *(f"{part}_{when}" for part in parts for when in ("old", "new")))
    )


def _compared(old: Result, new: Result, names: pl.DataFrame) -> pl.DataFrame:
    """All findings of both, `moved` or not. Why: what changed about a device, its software and papers, before what did about the engine."""
    keys = ["device_id", "category"]
    told = ["verdict", "state", "product_id", "official", "unit_id"]
    facts = ["ruled", "accused", "papered", "seen", "names", *COUNTS]
    renamed = names.drop_nulls(["status_old", "status_new"])["name"].unique().implode()
    sides = [
        _findings(side, renamed).rename({name: f"{name}_{when}" for name in (*told, *facts)}) for side, when in ((old, "old"), (new, "new"))
    ]
    both = sides[0].join(sides[1], on=keys, how="full", coalesce=True)
    moved = pl.any_horizontal(pl.col(f"{name}_old").ne_missing(pl.col(f"{name}_new")) for name in told)
    old_devices, new_devices = (side.devices["device_id"].implode() for side in (old, new))
    compared = [name for name in (*told, *facts) if name != "names"]
    changed = {name: pl.col(f"{name}_old").ne_missing(pl.col(f"{name}_new")) for name in compared}
    counted = pl.any_horizontal(*(changed[name] for name in COUNTS))
    judged = changed["verdict"] | changed["state"] | changed["official"] | changed["product_id"] | counted
    scope = (pl.col("verdict_old") == "not_in_scope") != (pl.col("verdict_new") == "not_in_scope")
    recognised = pl.col("names_old").list.concat("names_new").list.eval(pl.element().is_in(renamed)).list.any()
    why = (
        pl.when(~pl.col("device_id").is_in(old_devices)).then(pl.lit("device_new"))
        .when(~pl.col("device_id").is_in(new_devices)).then(pl.lit("device_gone"))
        .when(~moved & ~counted).then(pl.lit(ARRANGED))
        .when(changed["unit_id"] & ~judged).then(pl.lit("unit"))
        .when(scope.fill_null(False)).then(pl.lit("scope"))
        .when(changed["ruled"]).then(pl.lit("ruling"))
        .when(changed["seen"]).then(pl.lit("software"))
        .when(recognised.fill_null(False) | changed["product_id"]).then(pl.lit("recognition"))
        .when(changed["papered"]).then(pl.lit("papers"))
        .when(changed["accused"]).then(pl.lit("evidence"))
        .when(pl.lit(old.manifest.get("policy") != new.manifest.get("policy"))).then(pl.lit("policy"))
        .otherwise(pl.lit("judging"))
    )  # fmt: skip
    columns = [f"{name}_{when}" for name in told for when in ("old", "new")]
    return both.with_columns(why=why, moved=moved).sort(keys).select(*keys, "why", *columns, "moved")


def _findings(side: Result, renamed: pl.Series) -> pl.DataFrame:
    """Each finding with the rulings on it, the rules that accuse, the papers, the names it rests on (as text, to be compared), its copies.

    `renamed`: names that both results have and decide differently; that such a name came or went is not the device's doing.
    """
    keys = ["device_id", "category"]
    long = pl.concat([evidence_rows(frame, *keys) for frame in (side.installations, side.findings)])
    name = pl.col("text").str.split(" | ").list.first()
    recognition, ruling = pl.col("kind").is_in([NAME_SEEN, OS_FACT, UNSETTLED]), pl.col("kind") == RULING
    paper = pl.col("kind") == ENTITLEMENT
    said = long.sort(*keys, "kind", "rule_id", "text", nulls_last=True).group_by(keys, maintain_order=True).agg(
        ruled=pl.col("rule_id").filter(ruling).unique(maintain_order=True).str.join(" "),
        accused=pl.col("rule_id").filter(~recognition & ~ruling & ~paper).unique(maintain_order=True).str.join(" "),
        papered=pl.col("text").filter(paper).unique(maintain_order=True).str.join("\n"),
        seen=pl.col("text").filter(recognition & ~name.is_in(renamed)).unique(maintain_order=True).str.join("\n"),
        names=name.filter(~ruling).unique(maintain_order=True),
    )  # fmt: skip
    return (
        side.findings.select(*keys, "unit_id", "verdict", "state", "product_id", "official")
        .join(said, on=keys, how="left")
        .join(copies_of(side), on=keys, how="left")
        .with_columns(pl.col("ruled", "accused", "papered", "seen").fill_null(""), pl.col(COUNTS).fill_null(0))
    )


def _units(old: Result, new: Result) -> pl.DataFrame:
    """Every figure of a unit that moved: devices in use, counts by state, rates and points, with both ends."""
    figures = [name for name in new.scores.columns if name in old.scores.columns and _shown(name)]
    long = [
        side.scores.select("unit_id", "name", *(pl.col(name).cast(pl.Float64) for name in figures))
        .unpivot(figures, index=["unit_id", "name"], variable_name="figure", value_name=when)
        for side, when in ((old, "old"), (new, "new"))
    ]  # fmt: skip
    both = long[0].join(long[1], on=["unit_id", "figure"], how="full", coalesce=True, suffix="_new")
    order = {unit: place for place, unit in enumerate(dict.fromkeys([*new.scores["unit_id"], *old.scores["unit_id"]]))}
    return (
        both.filter(pl.col("old").ne_missing(pl.col("new")))
        .with_columns(
            name=pl.coalesce("name_new", "name"),
            place=pl.col("unit_id").replace_strict(order, return_dtype=pl.Int64),
            step=pl.col("figure").replace_strict({name: place for place, name in enumerate(figures)}, return_dtype=pl.Int64),
        )
        .sort("place", "step")
        .select("unit_id", "name", "figure", "old", "new")
    )


def _shown(name: str) -> bool:
    return name in _FIGURES or re.search(_OF_A_CATEGORY, name) is not None
