"""What the plan leaves open, A1 to A13: each a setting with a default, chosen by name, and what a choice does told as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from licmatch.programme.reading import Source, Table, read_toml


class Effect(Table, frozen=True):
    """What a choice does; each choice sets one of these."""

    dates: str | None = None  # lenient | strict: which of two readings of a day holds
    last_day: str | None = None  # inclusive | exclusive
    township: str | None = None  # inherit | separate
    zone: str | None = None  # the tier whose calendar development zones have
    titles: str | None = None
    groups: str | None = None  # a group of categories that is reported beside the classes
    identification: str | None = None
    work_cost: str | None = None  # supplied | rate
    acceptance: str | None = None  # strict | rubric
    not_counted: tuple[str, ...] | None = None  # statuses of a device that take it out of scope
    summary: str | None = None
    before: dict[str, tuple[str, ...]] | None = None  # further steps that must be done before one
    org_types: tuple[str, ...] | None = None  # kinds of organisations that must report; empty: all


class Choice(Table, frozen=True):
    """One way to read an open point."""

    id: str
    zh: str
    en: str
    sets: Effect


class Setting(Table, frozen=True):
    """An open point and the ways to read it."""

    id: str
    zh: str
    en: str
    default: str
    choice: tuple[Choice, ...]


class _Ambiguities(Table, frozen=True):
    schema: int
    setting: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A setting as it was settled, and by whom: `default`, `programme` or `campaign`."""

    setting: Setting
    choice: Choice
    by: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Every open point settled. The properties are what the choices set."""

    chosen: tuple[Chosen, ...]
    strict_dates: bool
    exclusive: bool
    township_inherits: bool
    zone_tier: str
    groups: str
    work_by_rate: bool
    strict_acceptance: bool
    not_counted: tuple[str, ...]
    before: Mapping[str, tuple[str, ...]]
    org_types: tuple[str, ...]


@cache
def open_points() -> tuple[Setting, ...]:
    """Return A1 to A13 with their choices."""
    return read_toml(files("licmatch_catalogs") / "workflow" / "ambiguities.toml", _Ambiguities, "the list of ambiguities")[0].setting


def settle(programme: Mapping[str, str], campaign: Mapping[str, str] | None = None, source: Source | None = None) -> Settings:
    """Return every open point settled: by the campaign, else by the programme, else by default. Raises InputError for an unknown one.

    >>> settle({}).strict_dates, settle({}, {"A1": "strict"}).strict_dates
    (False, True)
    """
    own = dict(campaign or {})
    known = {setting.id: setting for setting in open_points()}
    written = source or Source("settings", "")
    for choices in (programme, own):
        for key, value in choices.items():
            if key not in known:
                raise written.fault("the settings", ("settings", key), f"unknown setting {key!r}", f"known: {', '.join(known)}")
            if value not in {choice.id for choice in known[key].choice}:
                options = ", ".join(choice.id for choice in known[key].choice)
                raise written.fault("the settings", ("settings", key), f"{key} cannot be {value!r}", f"one of: {options}")
    chosen = []
    for setting in known.values():
        by = "campaign" if setting.id in own else "programme" if setting.id in programme else "default"
        wanted = own.get(setting.id) or programme.get(setting.id) or setting.default
        chosen.append(Chosen(setting, next(choice for choice in setting.choice if choice.id == wanted), by))
    sets = [one.choice.sets for one in chosen]

    def of(name: str) -> object:
        return next((value for value in (getattr(effect, name) for effect in sets) if value is not None), None)

    before, not_counted, org_types = of("before"), of("not_counted"), of("org_types")
    return Settings(
        tuple(chosen),
        strict_dates=of("dates") == "strict",
        exclusive=of("last_day") == "exclusive",
        township_inherits=of("township") == "inherit",
        zone_tier=str(of("zone")),
        groups=str(of("groups")),
        work_by_rate=of("work_cost") == "rate",
        strict_acceptance=of("acceptance") == "strict",
        not_counted=not_counted if isinstance(not_counted, tuple) else (),
        before=before if isinstance(before, dict) else {},
        org_types=org_types if isinstance(org_types, tuple) else (),
    )
