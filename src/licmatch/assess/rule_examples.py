"""Rules tried on their own examples: whether each fires where it should, and whether an example notices each change to its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from msgspec import json

from licmatch.assess.engine_view import EngineView
from licmatch.assess.example_facts import Asked, example_facts
from licmatch.assess.policy import load_policy
from licmatch.assess.remembering import Remembering
from licmatch.errors import CatalogError, LicmatchError, Location
from licmatch.rules import Example, Rule, compile_rule, evaluate, fields_of, load_rules
from licmatch.rules.fields import TRACE
from licmatch.rules.mutants import DROPPED, FLIPPED, KINDS, MOVED, VALUE, mutants
from licmatch.rules.references import asked_rules

# Fields that look beyond the device and its unit: an example of a rule that asks one is a case of its own.
ESTATE_FIELDS = frozenset(
    (
        "kms_host_shared",
        "mak_devices",
        "mak_quantity",
        "devices_total",
        "devices_stated",
        "same_hardware",
        "installed_here",
        "licences_here",
    )
)

_UNNOTICED = {
    DROPPED: "no example needs {}",
    VALUE: "no example needs the value {}",
    MOVED: "no example notices the bound moved: {}",
    FLIPPED: "no example notices the comparison turned round: {}",
}
_NAMED = re.compile(rb'"(devices|unit)":')  # facts of the owner about single devices and units


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a rule, at the line of the rule or of its example; a text that names its place has no other."""

    text: str
    where: Location | None

    def __str__(self) -> str:
        return self.text if self.where is None else f"{self.where}: {self.text}"


@dataclass(frozen=True, slots=True)
class Tried:
    """The outcome of the examples of some rules: `faults` are examples that do not hold, `idle` changes that none of them notices.

    `parts`: how many changes of each kind (`mutants.KINDS`) were tried.
    """

    faults: tuple[Fault, ...]
    idle: tuple[Fault, ...]
    examples: int
    parts: Mapping[str, int]


Outcome = tuple[bool, tuple[str, ...]]  # whether the rule stands anywhere, and the explanations that switch it off where it is met


def check_rules(folder: Path | None = None, engine: EngineView | None = None, *, idle: bool = True) -> Tried:
    """Check a folder or file of rules, the built-in ones where none is given: that it loads, its examples, its idle parts.

    Never raises for what stands in a rule file: faults that stop loading are the only content.
    """
    try:
        rules = load_rules(folder)
    except CatalogError as error:
        return Tried(tuple(Fault(told, None) for told in error.faults or (str(error),)), (), 0, dict.fromkeys(KINDS, 0))
    return try_rules(rules, engine, idle=idle)


def check_rule_examples(rules: Sequence[Rule], engine: EngineView | None = None) -> list[Fault]:
    """Return every example on which its rule does not do what the example says."""
    return list(try_rules(rules, engine, idle=False).faults)


def idle_conditions(rules: Sequence[Rule], engine: EngineView | None = None) -> list[Fault]:
    """Return every part of a rule that could be dropped or moved without any of its examples noticing."""
    return list(try_rules(rules, engine).idle)


def try_rules(rules: Sequence[Rule], engine: EngineView | None = None, *, idle: bool = True, together: bool = True) -> Tried:
    """Try every rule on its examples, and with `idle` each rule with each of its parts dropped or moved too.

    The facts of an example are made once, by the very steps that judge a case; a rule and its changed forms are asked together.
    With `together`, examples that cannot touch each other share a case: the same answers in a fraction of the time.
    """
    book = {rule.id: rule for rule in rules}
    chosen: EngineView = Remembering(engine if engine is not None else _engine())
    changed = {rule.id: list(mutants(rule)) if idle else [] for rule in rules}
    outcomes: dict[Asked, dict[str, Outcome]] = {}
    faults: list[Fault] = []
    for group in _groups(rules, book, together):
        try:
            tables = example_facts(group, chosen, load_policy(None))
            for rule in {asked.rule.id: asked.rule for asked in group}.values():
                mine = [asked for asked in group if asked.rule.id == rule.id]
                forms = [rule, *(form for _, _, form in changed[rule.id])]
                hits = evaluate([*_helpers(rule, book), *forms], tables, as_of=group[0].example.as_of)
                outcomes |= _outcomes(mine, forms, hits, tables)
        except (LicmatchError, ValueError) as error:
            faults.append(Fault(f"its example cannot be tried: {error}", group[0].where))
    idles: list[Fault] = []
    for rule in rules:
        tried = [(asked, outcomes[asked]) for asked in _asked(rule) if asked in outcomes]
        wrong = ((asked, _wrong(asked.example, found[rule.id])) for asked, found in tried)
        faults += [Fault(told, asked.where) for asked, told in wrong if told]
        idles += [
            Fault(_UNNOTICED[kind].format(name), rule.where)
            for kind, name, form in changed[rule.id]
            if all(found[form.id] == found[rule.id] for _, found in tried)
        ]
    kinds = [kind for forms in changed.values() for kind, _, _ in forms]
    return Tried(tuple(faults), tuple(idles), sum(len(rule.example) for rule in rules), {kind: kinds.count(kind) for kind in KINDS})


def _engine() -> EngineView:
    from licmatch.match import Engine

    return Engine.load()


def _asked(rule: Rule) -> list[Asked]:
    return [Asked(rule, place) for place in range(len(rule.example))]


def _groups(rules: Iterable[Rule], book: Mapping[str, Rule], together: bool) -> list[list[Asked]]:
    """Return examples that may share a case: the owner says the same and names no device or unit, and no rule looks further than a unit."""
    alone: list[list[Asked]] = []
    shared: dict[tuple[date, bytes, bool], list[Asked]] = {}
    for rule in rules:
        compiled = [compile_rule(each, fields_of(each.about)) for each in (rule, *_helpers(rule, book))]
        local = together and not any(each.counts or each.needs & ESTATE_FIELDS for each in compiled)
        for asked in _asked(rule):
            owner, bought = json.encode(asked.example.organisation, order="deterministic"), bool(asked.example.entitlements)
            # Whether a vendor's software was ever bought is one answer for the whole case, and traces ask it.
            if local and not _NAMED.search(owner) and not (bought and rule.about == TRACE):
                shared.setdefault((asked.example.as_of, owner, bought), []).append(asked)
            else:
                alone.append([asked])
    return [*shared.values(), *alone]


def _helpers(rule: Rule, book: Mapping[str, Rule]) -> list[Rule]:
    """Return the rules a rule asks for, and those they ask for."""
    found: dict[str, Rule] = {}
    waiting = [rule]
    while waiting:
        for other in asked_rules(waiting.pop()):
            if other in book and other not in found:
                found[other] = book[other]
                waiting.append(book[other])
    return [found[name] for name in sorted(found)]


def _outcomes(
    asked: Sequence[Asked], forms: Sequence[Rule], hits: pl.DataFrame, tables: Mapping[str, pl.DataFrame]
) -> dict[Asked, dict[str, Outcome]]:
    owners = {device: Asked.key_of(name) for device, name in tables["device"].select("device", "device_id").iter_rows()}
    stands: set[tuple[str, str]] = set()
    off: dict[tuple[str, str], set[str]] = {}
    for rule, device, off_by in hits.select("rule_id", "device", "off_by").unique().iter_rows():
        if off_by is None:
            stands.add((owners[device], rule))
        else:
            off.setdefault((owners[device], rule), set()).add(off_by)
    return {
        each: {form.id: ((each.key, form.id) in stands, tuple(sorted(off.get((each.key, form.id), ())))) for form in forms}
        for each in asked
    }


def _wrong(example: Example, outcome: Outcome) -> str | None:
    fires, off_by = outcome
    if example.fires:
        because = f"switched off by {', '.join(off_by)}" if off_by else "its conditions do not hold"
        return None if fires else f"does not fire on its example: {because}"
    if fires:
        return f"fires on an example on which it should not: {example.why}"
    if example.off_by is not None and example.off_by not in off_by:
        return f"{example.off_by!r} should keep it quiet, but {', '.join(off_by) or 'the conditions themselves do'}"
    if example.off_by is None and off_by:
        return f"is switched off by {', '.join(off_by)}; the example should say off_by"
    return None
