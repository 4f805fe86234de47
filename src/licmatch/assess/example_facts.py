"""The facts of rules' examples: their few rows made a case, and taken through the steps that judge one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from licmatch.assess.case import Case, gather
from licmatch.assess.devices import list_devices
from licmatch.assess.engine_view import EngineView
from licmatch.assess.facts.lots import read_lots
from licmatch.assess.hearing import hear
from licmatch.assess.installations import collapse
from licmatch.assess.names import decide_names
from licmatch.assess.occurrences import count_occurrences
from licmatch.assess.organisation import load_organisation
from licmatch.assess.policy import Policy
from licmatch.assess.source_rows import find_sources
from licmatch.assess.trials import evaluation_ends
from licmatch.assess.verdicts import judge_licences
from licmatch.errors import Location
from licmatch.rules import Example, Rule
from licmatch.rules.check import EXAMPLE_FRAMES, REPEAT
from licmatch.schema import FRAMES, NAME_KEY

_SEPARATOR = "\x1f"  # between the key of an example and an id inside it; no id of an example holds it
UNIT = "u1"
# What a frame must have and an example need not say.
_DEFAULTS: dict[str, dict[str, Any]] = {
    "activations": {"device_id": "d1", "product_name": "Windows(R)"},
    "devices": {"device_id": "d1"},
    "traces": {"device_id": "d1"},
    "software": {"device_id": "d1"},
    "units": {"unit_id": UNIT, "name": "unit"},
    "entitlements": {"entitlement_id": "e1", "unit_id": UNIT, "metric": "device"},
}
_IDS = ("device_id", "unit_id", "parent_id", "entitlement_id")


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One example of a rule, by its place."""

    rule: Rule
    place: int

    @property
    def example(self) -> Example:
        return self.rule.example[self.place]

    @property
    def key(self) -> str:
        return f"{self.rule.id}#{self.place}"

    @property
    def where(self) -> Location:
        """Return the line of the example, or of its rule."""
        line = self.rule.example_lines[self.place] if self.rule.example_lines else None
        return Location(self.rule.file or "rules", line or self.rule.line, self.rule.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asked) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @staticmethod
    def key_of(device_id: str) -> str:
        """Return the key of the example a device of a case belongs to."""
        return device_id.partition(_SEPARATOR)[0]


def example_facts(group: Sequence[Asked], engine: EngineView, policy: Policy) -> Mapping[str, pl.DataFrame]:
    """Return the fact tables of examples in one case; their devices and units are kept apart by the key of the example.

    All have the same day and the same owner, who names devices or units only where there is one example.
    """
    as_of = group[0].example.as_of
    alone = len(group) == 1
    case = _case(group, "" if alone else None)
    owner = load_organisation(group[0].example.organisation).on(as_of)
    listed = list_devices(case, policy)
    rules = {asked.rule.id: asked.rule for asked in group}
    names = decide_names(case.rows, listed.os_names, engine, list(rules.values()))
    reported = pl.concat([case.traces["device_id"], case.activations["device_id"]]).unique()
    traced = listed.frame.filter(pl.col("device_id").is_in(reported.implode()))["device"]
    occurrences = count_occurrences(case.rows, names, listed.frame, traced=traced)
    os_pairs = listed.os_names.join(names.frame.select("match", *NAME_KEY), on=list(NAME_KEY), nulls_equal=True).select("device", "match")
    collapsed = collapse(occurrences.pairs, os_pairs, names, engine, policy)
    ancestors = _ancestors(case.units, listed.frame)
    lots = read_lots(case.entitlements, owner, ancestors, engine, as_of)
    trials = evaluation_ends(case.activations, listed.frame, policy)
    licensed = judge_licences(collapsed.frame, trials=trials, engine=engine, organisation=owner, as_of=as_of)
    sources = find_sources(case.software, case.rows, occurrences.pairs["row"])
    heard = hear(
        case, listed.frame, occurrences, sources, names, licensed, collapsed, lots, engine, policy, owner, as_of,
        ancestors=ancestors, rules=(),
    )  # fmt: skip
    tables = heard.tables.by_grain()
    if alone:  # the owner may speak of devices by their ids: they kept them
        return {about: table.with_columns(device_id=group[0].key + _SEPARATOR + pl.col("device_id")) for about, table in tables.items()}
    return tables


def _case(group: Sequence[Asked], prefix: str | None) -> Case:
    frames = {frame: _frame(frame, group, prefix) for frame in EXAMPLE_FRAMES}
    named = [frame["device_id"] for name, frame in frames.items() if name not in ("units", "entitlements")]
    told, everybody = frames["devices"], pl.DataFrame({"device_id": pl.concat(named).drop_nulls().unique().sort()})
    devices = pl.concat([told, everybody.join(told, on="device_id", how="anti")], how="diagonal")
    homes = _homes(group, prefix)
    key = pl.col("device_id").str.split(_SEPARATOR).list.first() if prefix is None else pl.lit(group[0].key)
    devices = devices.with_columns(pl.col("unit_id").fill_null(key.replace_strict(homes, return_dtype=pl.String)))
    side = {name: frame for name, frame in frames.items() if name not in ("software", "devices")}
    return gather(frames["software"], side={**side, "devices": devices})


def _homes(group: Sequence[Asked], prefix: str | None) -> dict[str, str]:
    """Return the unit of devices that name none: the first the example lists."""
    homes = {}
    for asked in group:
        first = asked.example.units[0].get("unit_id", UNIT) if asked.example.units else UNIT
        homes[asked.key] = first if prefix is not None else asked.key + _SEPARATOR + first
    return homes


def _frame(kind: str, group: Sequence[Asked], prefix: str | None) -> pl.DataFrame:
    rows = []
    for asked in group:
        before = asked.key + _SEPARATOR if prefix is None else prefix
        for given in getattr(asked.example, kind):
            for row in _repeated(kind, given):
                rows.append({name: before + value if name in _IDS and value is not None else value for name, value in row.items()})
    return pl.DataFrame(rows, schema=FRAMES[kind], orient="row")


def _repeated(kind: str, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row as often as it is to be repeated, each on a device of its own."""
    row = {**_DEFAULTS[kind], **{name: _text(kind, name, value) for name, value in given.items() if name != REPEAT}}
    for number in range(given.get(REPEAT, 1)):
        yield {**row, "device_id": _numbered(row["device_id"], number)} if number and "device_id" in row else row


def _numbered(device: str, further: int) -> str:
    """Return the id so many further on: numbers go on from where the given one stands.

    >>> _numbered("d1", 2), _numbered("pc-07", 1), _numbered("x", 1)
    ('d3', 'pc-8', 'x1')
    """
    found = re.fullmatch(r"(.*?)(\d{1,9})", device)
    return f"{found[1]}{int(found[2]) + further}" if found else f"{device}{further}"


def _text(kind: str, column: str, value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) and FRAMES[kind][column] == pl.String() else value


def _ancestors(units: pl.DataFrame, devices: pl.DataFrame) -> pl.DataFrame:
    """Return unit_id and ancestor of every unit named, itself included."""
    parents = dict(units.select("unit_id", "parent_id").iter_rows())
    pairs = []
    for unit in sorted({*parents, *devices["unit_id"].drop_nulls()}):
        at: str | None = unit
        seen: list[str] = []
        while at is not None and at not in seen:
            seen.append(at)
            pairs.append((unit, at))
            at = parents.get(at)
    return pl.DataFrame(pairs, schema={"unit_id": pl.String, "ancestor": pl.String}, orient="row")
