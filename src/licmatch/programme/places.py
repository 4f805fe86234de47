"""The places of a campaign: jurisdictions that have a calendar of their own, and the units that each must hear from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from licmatch.errors import InputError, UsageError
from licmatch.programme.campaign_file import Case, check_units
from licmatch.rollup import place_devices
from licmatch.rollup.units import EVERYTHING, UNASSIGNED

JURISDICTIONS = ("central", "province", "city", "county", "zone", "township")
# What answers for itself up to the top; a town is inside its county.
REPORTING = ("central", "province", "city", "county", "zone")


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A place with a calendar. `calendar` is the programme's tier; `above` the place it reports to; `units` are those it must hear from.

    `inside` are all units whose figures are this place's: itself and below, without places that report for themselves.
    """

    unit_id: str
    name: str
    tier: str
    calendar: str
    above: str | None
    reporting: bool
    units: tuple[str, ...]
    inside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Every place, those above first, and for each unit its name and the place that answers for it."""

    all: tuple[Jurisdiction, ...]
    names: Mapping[str, str]
    place_of: Mapping[str, str]
    addressees: tuple[str, ...]  # whom the plan is addressed to: every place below the top, and the top's own units

    by_id: Mapping[str, Jurisdiction]

    def __getitem__(self, unit_id: str) -> Jurisdiction:
        return self.by_id[unit_id]

    def upwards(self, unit_id: str) -> tuple[str, ...]:
        """Return a place and all places above it."""
        way: list[str] = []
        at: str | None = unit_id
        while at is not None:
            way.append(at)
            at = self.by_id[at].above
        return tuple(way)


def find_places(case: Case, units: pl.DataFrame | None) -> Places:
    """Return the places of a campaign's own units, else of the result's. Raises UsageError without any, else InputError."""
    table = case.units if case.units is not None else units
    if table is None or table.is_empty():
        raise UsageError("the campaign has no units", hint="give [[unit]] or `units` in the file, or a result folder")
    frame = _tree(table)
    check_units(case, set(frame["unit_id"]))
    rows = {row["unit_id"]: row for row in frame.iter_rows(named=True)}
    # What the tree adds above several tops is no government.
    places = [unit for unit, row in rows.items() if row["tier"] in JURISDICTIONS and unit not in (EVERYTHING, UNASSIGNED)]
    if not places:
        raise InputError("no unit is a jurisdiction", hint=f"the tier of some unit must be one of {', '.join(JURISDICTIONS)}")
    inherits = case.settings.township_inherits
    calendar = {unit: _calendar(case, unit, rows[unit]["tier"]) for unit in places}
    reports = {unit for unit in places if rows[unit]["tier"] in REPORTING or not inherits}
    nearest, reporting = _nearest(rows, set(places)), _nearest(rows, reports)
    wanted = set(case.settings.org_types)
    inside_of: dict[str, list[str]] = defaultdict(list)
    for among in (reporting, {one: at for one, at in nearest.items() if at not in reports}):
        for one, at in among.items():
            inside_of[at].append(one)
    made = []
    for unit in places:
        inside = tuple(inside_of[unit])
        expected = tuple(one for one in inside if one != unit and _must_report(rows[one], wanted, case))
        above = next((up for up in _way(rows, unit)[1:] if up in reports), None)
        made.append(Jurisdiction(unit, rows[unit]["name"], rows[unit]["tier"], calendar[unit], above, unit in reports, expected, inside))
    top = made[0]
    below = tuple(place.unit_id for place in made[1:] if place.reporting)
    names = {unit: row["name"] for unit, row in rows.items()}
    return Places(tuple(made), names, nearest, (*below, *top.units), {place.unit_id: place for place in made})


def _tree(table: pl.DataFrame) -> pl.DataFrame:
    from licmatch.schema import UNITS

    shaped = table.select(
        (pl.col(name) if name in table.columns else pl.lit(None)).cast(dtype).alias(name) for name, dtype in UNITS.items()
    ).filter(~pl.col("unit_id").is_in([EVERYTHING, UNASSIGNED]))
    nobody = pl.DataFrame(schema={"device_id": pl.String, "unit_id": pl.String})
    return place_devices(shaped, nobody).tree.frame


def _calendar(case: Case, unit: str, tier: str) -> str:
    own = case.campaign.tier_of.get(unit)
    if own is not None:
        return own
    return case.settings.zone_tier if tier == "zone" else tier


def _must_report(row: Mapping[str, str | None], wanted: set[str], case: Case) -> bool:
    """A unit files a form: every department, and towns under their county; where the kind is not said, it is expected."""
    if row["tier"] in REPORTING or row["unit_id"] in (EVERYTHING, UNASSIGNED):
        return False
    return not wanted or row["org_type"] is None or row["org_type"] in wanted


def _way(rows: Mapping[str, Mapping[str, str | None]], unit: str) -> list[str]:
    way: list[str] = []
    at: str | None = unit
    while at is not None:
        way.append(at)
        at = rows[at]["parent_id"]
    return way


def _nearest(rows: Mapping[str, Mapping[str, str | None]], among: set[str]) -> dict[str, str]:
    """For each unit the nearest of some units on its way to the top, itself included."""
    found: dict[str, str] = {}
    for unit, row in rows.items():  # parents come first
        parent = row["parent_id"]
        if unit in among:
            found[unit] = unit
        elif parent is not None and parent in found:
            found[unit] = found[parent]
    return found
