"""Units as a tree of any depth: checked, every device placed in it, and each unit's ancestors listed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from licmatch.errors import InputError
from licmatch.ingest.records import Notice
from licmatch.messages import message
from licmatch.schema import REJECTED, UNITS, empty

# Ids of units that no table names. Reports show them in words of their language.
UNASSIGNED = "(unassigned)"
EVERYTHING = "(all)"


def nameless(lang: str) -> dict[str, str]:
    """Return the words for the units that no table names."""
    return {UNASSIGNED: message("rollup.unassigned", lang), EVERYTHING: message("rollup.everything", lang)}


@dataclass(frozen=True, slots=True)
class UnitTree:
    """`frame`: the columns of `schema.UNITS` plus `level` (0 at the top), parents before children, siblings by id.

    `ancestors`: unit_id, ancestor for every unit and all units above it, itself included.
    """

    frame: pl.DataFrame
    ancestors: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Placed:
    """The tree, each device's unit (device_id, unit_id), unit rows that were given twice, and what a person should know."""

    tree: UnitTree
    device_units: pl.DataFrame
    rejected: pl.DataFrame
    notices: tuple[Notice, ...]


def place_devices(units: pl.DataFrame, devices: pl.DataFrame) -> Placed:
    """Return the tree of units with every device in one of them.

    A device whose unit is not in the table, or that has none, goes to UNASSIGNED; without a units table the units that
    devices name are the table. Where several units stand at the top, EVERYTHING is put above them. A parent that is not in
    the table makes its unit a top one (half a table is still a table); a cycle, or one id for two units, is an InputError.
    """
    once, rejected = _without_repeats(units)
    given = _units_of_devices(devices) if once.is_empty() else once
    known = given["unit_id"]
    # Where nobody speaks of units, all devices belong to one; only beside real units are some "unassigned".
    elsewhere = EVERYTHING if given.is_empty() else UNASSIGNED
    placed = devices.select(
        "device_id", unit_id=pl.when(pl.col("unit_id").is_in(known.implode())).then("unit_id").otherwise(pl.lit(elsewhere)), named="unit_id"
    )
    strays = placed.filter((pl.col("unit_id") == elsewhere) & pl.col("named").is_not_null())
    orphans = given.filter(pl.col("parent_id").is_not_null() & ~pl.col("parent_id").is_in(known.implode()))
    notices = [
        _notice("UNKNOWN_UNIT", strays["named"], strays.height),
        _notice("UNKNOWN_PARENT_UNIT", orphans["parent_id"], orphans.height),
    ]
    needed = given.is_empty() or bool((placed["unit_id"] == elsewhere).any())
    tree = unit_tree(pl.concat([given.select(*UNITS), _extra(elsewhere)], how="diagonal") if needed else given.select(*UNITS))
    return Placed(tree, placed.drop("named"), rejected, tuple(notice for notice in notices if notice is not None))


def _units_of_devices(devices: pl.DataFrame) -> pl.DataFrame:
    ids = devices.select("unit_id").drop_nulls().unique().filter(pl.col("unit_id") != UNASSIGNED)
    return pl.concat([empty(UNITS), ids.with_columns(name="unit_id")], how="diagonal")


def _without_repeats(units: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    cleaned = units.with_columns(
        pl.when(pl.col("parent_id").str.strip_chars().str.len_bytes() > 0).then("parent_id").alias("parent_id"),
        pl.coalesce("name", "unit_id").alias("name"),
    )
    numbered = cleaned.with_row_index("line", offset=1)
    repeats = numbered.filter(~pl.struct(*UNITS).is_first_distinct())
    once = numbered.join(repeats.select("line"), on="line", how="anti", maintain_order="left").drop("line")
    twice = once.filter(pl.col("unit_id").is_duplicated())["unit_id"]
    if len(twice):
        raise InputError(f"unit {twice[0]!r} is described twice, differently", hint="keep one row a unit")
    reserved = once.filter(pl.col("unit_id").is_in([UNASSIGNED, EVERYTHING]))["unit_id"]
    if len(reserved):
        raise InputError(f"the unit id {reserved[0]!r} is reserved", hint="give the unit another id")
    rejected = repeats.select(
        file=pl.lit("units"),
        line=pl.col("line").cast(pl.Int64),
        reason=pl.lit("unit: the same row again"),
        raw=pl.col("unit_id").cast(pl.Binary),
    )
    return once, rejected.cast(dict(REJECTED.items()))


def unit_tree(rows: pl.DataFrame) -> UnitTree:
    """Return the tree of units, each once. Several at the top get EVERYTHING above them; one's parent that is not there is none.

    Raises InputError for a circle.
    """
    ids = set(rows["unit_id"])
    parents = {unit: parent if parent in ids else None for unit, parent in rows.select("unit_id", "parent_id").iter_rows()}
    if sum(parent is None for parent in parents.values()) > 1:
        rows = pl.concat([rows, _extra(EVERYTHING)], how="diagonal")
        parents = {unit: EVERYTHING if parent is None else parent for unit, parent in parents.items()} | {EVERYTHING: None}
    chains = _chains(parents)
    order = sorted(parents, key=lambda unit: (len(chains[unit]), parents[unit] or "", unit))
    shape = pl.DataFrame(
        {"unit_id": order, "parent_id": [parents[unit] for unit in order], "level": [len(chains[unit]) - 1 for unit in order]},
        schema={"unit_id": pl.String, "parent_id": pl.String, "level": pl.Int64},
    )
    frame = shape.join(rows.drop("parent_id"), on="unit_id", how="left", maintain_order="left").select(*UNITS, "level")
    pairs = [(unit, above) for unit in order for above in chains[unit]]
    return UnitTree(frame, pl.DataFrame(pairs, schema={"unit_id": pl.String, "ancestor": pl.String}, orient="row"))


def _extra(unit_id: str) -> pl.DataFrame:
    return pl.DataFrame({"unit_id": [unit_id], "name": [unit_id], "tier": ["other"]})


def _chains(parents: dict[str, str | None]) -> dict[str, tuple[str, ...]]:
    """Every unit's way to the top, itself first. Raises InputError where a way never gets there."""
    chains: dict[str, tuple[str, ...]] = {}
    for unit in parents:
        way: list[str] = []
        at: str | None = unit
        while at is not None and at not in chains:
            if at in way:
                loop = way[way.index(at) :]
                raise InputError(f"units lie in a circle: {' > '.join([*loop[:8], at])}", hint="mend parent_id of one of them")
            way.append(at)
            at = parents[at]
        above = () if at is None else chains[at]
        for place in range(len(way) - 1, -1, -1):
            above = (way[place], *above)
            chains[way[place]] = above
    return chains


def _notice(code: str, ids: pl.Series, count: int) -> Notice | None:
    if count == 0:
        return None
    shown = ids.unique().sort().head(10).to_list()
    return Notice(code, "units", count, ", ".join(str(unit) for unit in shown))
