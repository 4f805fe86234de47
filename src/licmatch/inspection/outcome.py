"""What the sheets say: how many are defective, what that proves of all computers, where scan and inspectors differ, and what follows.

A computer is infringing if a verdict on it is; open if a verdict leaves it undetermined or a category was not judged; sound otherwise.
What was drawn and not inspected may be either, and so may what is open: it counts as infringing in an upper bound and as sound in a lower.

The decision on any part: `fail` if the lower bound alone proves more than the tolerated share infringing; else `rectify` if one infringing
or undetermined computer was found (a zero-failure plan forgives none); else `incomplete` if a drawn computer was not inspected; else
`unproved` if the upper bound reaches the tolerated number all the same, because too few were drawn for that part; else `accept`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from licmatch.errors import InputError
from licmatch.inspection.draw import BESIDES, Draw
from licmatch.inspection.hypergeometric import tolerated
from licmatch.inspection.returned import Line, Returned, settle
from licmatch.inspection.sheet import sheet
from licmatch.inspection.stratified import Stratum, fewest_in_all, most_in_all
from licmatch.inspection.words import verdict_codes
from licmatch.result import Result

ANY = "any"
WHOLE, GROUP, STRATUM = "whole", "group", "stratum"
SOUND, INFRINGING, OPEN, NOT_INSPECTED, REFUSED_ROW = "sound", "infringing", "open", "not_inspected", "refused"
ACCEPT, RECTIFY, FAIL, INCOMPLETE, UNPROVED = "accept", "rectify", "fail", "incomplete", "unproved"
FIGURES: dict[str, pl.DataType] = {
    "level": pl.String(),  # whole | group | stratum
    "group": pl.String(),
    "kind": pl.String(),
    "measure": pl.String(),  # any: the computer; else a category
    "population": pl.Int64(),
    "drawn": pl.Int64(),
    "inspected": pl.Int64(),
    "not_inspected": pl.Int64(),
    "refused": pl.Int64(),
    "sound": pl.Int64(),
    "infringing": pl.Int64(),
    "open": pl.Int64(),
    "estimate": pl.Float64(),  # share of infringing computers; null where a stratum has none that was settled
    "lower": pl.Int64(),  # one-sided bounds on infringing computers at the design's confidence
    "upper": pl.Int64(),
    "low": pl.Int64(),  # both ends of the two-sided interval
    "high": pl.Int64(),
    "decision": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`devices`: what was drawn with `status` and one column a measure; `figures`: columns of `FIGURES`; `returned`: the sheets' rows."""

    draw: Draw
    devices: pl.DataFrame
    figures: pl.DataFrame
    returned: Returned
    states: Mapping[str, str]

    @property
    def decision(self) -> str:
        return str(self.figures.row(0, named=True)["decision"])


def conclude(draw: Draw, lines: list[Line], result: Result) -> Outcome:
    """Settle the rows of the sheets against the draw and work the figures out.

    Raises InputError where nothing was filled in. drawn = inspected + not inspected + refused holds at every level and is checked.
    """
    returned = settle(lines, draw.drawn["device_id"], verdict_codes(result.manifest))
    if returned.given.is_empty() and returned.refused.is_empty():
        raise InputError("no verdict stands in the sheets", hint="choose one in the columns 判定 of each computer that was inspected")
    states = {str(entry["verdict"]): str(entry["state"]) for entry in result.manifest.get("verdicts") or []}
    categories = [str(one["id"]) for one in result.manifest["categories"]]
    asked = [block.id for block in sheet().block if block.id in categories]
    devices = _devices(draw, returned, states, asked)
    figures = _figures(draw, devices, [ANY, *asked])
    broken = figures.filter(pl.col("drawn") != pl.col("inspected") + pl.col("not_inspected") + pl.col("refused"))
    if broken.height or returned.lines != returned.used + returned.blank + returned.refused.height:
        raise AssertionError("rows of an inspection do not add up")
    return Outcome(draw, devices, figures, returned, states)


def standing(verdict: str, states: Mapping[str, str]) -> str:
    """Return what a verdict makes of a copy: infringing, open or sound."""
    state = states.get(verdict)
    if state == "not_genuine" and verdict not in sheet().not_infringing:
        return INFRINGING
    return OPEN if state == "undetermined" else SOUND


def _devices(draw: Draw, returned: Returned, states: Mapping[str, str], asked: list[str]) -> pl.DataFrame:
    given: dict[str, dict[str, str]] = {}
    for device, block, verdict in returned.given.select("device_id", "block", "verdict").iter_rows():
        given.setdefault(device, {})[block] = standing(verdict, states)
    refused = set(returned.refused["device_id"])
    rows = []
    for device in draw.drawn["device_id"]:
        seen = given.get(device)
        if seen is None:
            missing = REFUSED_ROW if device in refused else NOT_INSPECTED
            rows.append({"status": missing, ANY: missing} | dict.fromkeys(asked, missing))
            continue
        blocks = {block: seen.get(block, OPEN) for block in asked}
        all_seen = [*blocks.values(), *seen.values()]
        worst = INFRINGING if INFRINGING in all_seen else OPEN if OPEN in all_seen else SOUND
        rows.append({"status": "inspected", ANY: worst} | blocks)
    return pl.concat([draw.drawn, pl.DataFrame(rows, schema=dict.fromkeys(("status", ANY, *asked), pl.String))], how="horizontal")


def _figures(draw: Draw, devices: pl.DataFrame, measures: list[str]) -> pl.DataFrame:
    parts: list[tuple[str, str | None, str | None, pl.DataFrame]] = [(WHOLE, None, None, draw.strata)]
    parts += [(GROUP, str(key[0]), None, rows) for key, rows in draw.strata.group_by(["group"], maintain_order=True)]
    parts += [(STRATUM, str(key[0]), str(key[1]), rows) for key, rows in draw.strata.group_by(["group", "kind"], maintain_order=True)]
    rows = []
    for level, group, kind, strata in parts:
        within = devices.join(strata.select("group", "kind"), on=["group", "kind"], how="semi", maintain_order="left")
        # Each category by itself for the whole only: further down the numbers prove little.
        for measure in measures if level == WHOLE else [ANY]:
            head = {"level": level, "group": group, "kind": kind, "measure": measure}
            rows.append(head | _figure(draw, strata, within, measure))
    return pl.DataFrame(rows, schema=FIGURES)


def _figure(draw: Draw, strata: pl.DataFrame, devices: pl.DataFrame, measure: str) -> dict[str, Any]:
    counted = dict(devices[measure].value_counts().iter_rows())
    status = dict(devices["status"].value_counts().iter_rows())
    worst, best, estimates = [], [], []
    of_stratum = {(str(key[0]), str(key[1])): rows for key, rows in devices.group_by(["group", "kind"])}
    for row in strata.iter_rows(named=True):
        rows = of_stratum.get((row["group"], row["kind"]), devices.clear())
        by_chance = _counts(rows.filter(pl.col("chosen") != BESIDES)[measure])
        besides = _counts(rows.filter(pl.col("chosen") == BESIDES)[measure])
        infringing, sound = by_chance.get(INFRINGING, 0), by_chance.get(SOUND, 0)
        known = {"known_defective": besides.get(INFRINGING, 0), "known_sound": besides.get(SOUND, 0)}
        population, sample = row["population"], row["sample"]
        worst.append(Stratum(population, sample, sample - sound, **known))
        best.append(Stratum(population, sample, infringing, **known))
        estimates.append(_estimate(population, infringing, sound, known))
    confidence = Fraction(draw.design.confidence)
    both = (1 + confidence) / 2
    population = int(strata["population"].sum())
    complete = [one for one in estimates if one is not None]
    lower, upper = fewest_in_all(best, confidence), most_in_all(worst, confidence)
    figure = {
        "population": population,
        "drawn": devices.height,
        "inspected": status.get("inspected", 0),
        "not_inspected": status.get(NOT_INSPECTED, 0),
        "refused": status.get(REFUSED_ROW, 0),
        **{name: counted.get(name, 0) for name in (SOUND, INFRINGING, OPEN)},
        "estimate": float(round(sum(complete, Fraction(0)) / population, 6)) if len(complete) == len(estimates) and population else None,
        "lower": lower,
        "upper": upper,
        "low": fewest_in_all(best, both),
        "high": most_in_all(worst, both),
    }
    return figure | {"decision": _decide(figure, Fraction(draw.design.tolerance))}


def _counts(series: pl.Series) -> dict[str, int]:
    return dict(series.value_counts().iter_rows())


def _estimate(population: int, infringing: int, sound: int, known: Mapping[str, int]) -> Fraction | None:
    """Infringing computers of a stratum if those not settled are as those that chance chose; what was seen is what it is."""
    settled = infringing + sound
    if settled == 0:
        return None
    expected = Fraction(population * infringing, settled)
    least, most = infringing + known["known_defective"], population - sound - known["known_sound"]
    return min(Fraction(most), max(Fraction(least), expected))


def _decide(figure: Mapping[str, Any], tolerance: Fraction) -> str:
    if figure["lower"] > tolerance * figure["population"]:
        return FAIL
    if figure[INFRINGING] or figure[OPEN]:
        return RECTIFY
    if figure["not_inspected"] or figure["refused"]:
        return INCOMPLETE
    # Nothing found where little was drawn is no proof: a percentage, or one county of a plan for the whole.
    return ACCEPT if figure["upper"] < tolerated(figure["population"], tolerance) else UNPROVED


def not_inspected(outcome: Outcome) -> Iterable[tuple[str, str, str]]:
    """Yield device, unit and why of each drawn computer that was not inspected: the row is blank, missing or refused."""
    for device, unit, status in (
        outcome.devices.filter(pl.col("status") != "inspected").select("device_id", "unit_id", "status").iter_rows()
    ):
        yield device, unit, status if status == REFUSED_ROW else "blank" if device in outcome.returned.mentioned else "missing"


def inspected_units(outcome: Outcome) -> list[dict[str, Any]]:
    """Return unit_id, units (1), computers and passed of each unit where a computer was inspected, as forms take them."""
    seen = outcome.devices.filter(pl.col("status") == "inspected")
    table = seen.group_by("unit_id").agg(units=pl.lit(1), computers=pl.len(), passed=(pl.col(ANY) == SOUND).sum()).sort("unit_id")
    return table.to_dicts()
