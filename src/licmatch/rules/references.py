"""Which rules ask for which others, and in what order they can be answered. Circles are faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from licmatch.rules.conditions import FIRED, NOT_FIRED
from licmatch.rules.records import MAX_CHAIN, Rule, RuleEntry


def asked_rules(rule: RuleEntry) -> tuple[str, ...]:
    """Return the ids of the rules a rule asks for, sorted."""
    return tuple(sorted({other for table in _tables(rule) for other in _named(table)}))


def _tables(rule: RuleEntry) -> Iterator[Mapping[str, Any]]:
    yield rule.when
    yield from rule.any
    yield from (each.when for each in rule.unless)


def _named(table: Mapping[str, Any]) -> Iterator[str]:
    for key in (FIRED, NOT_FIRED):
        value = table.get(key, ())
        yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)) if value else ()


def reference_faults(rules: Sequence[Rule]) -> list[tuple[Rule, str]]:
    """Return the rules that ask for a rule that is not there, for themselves in a circle, or through too long a chain."""
    known = {rule.id: rule for rule in rules}
    faults = []
    for rule in rules:
        faults += [(rule, f"asks for the rule {other!r}, which there is not") for other in asked_rules(rule) if other not in known]
    depth: dict[str, int] = {}  # of rules already walked

    def walk(rule: Rule, path: tuple[str, ...]) -> int:
        if rule.id in path:
            circle = " -> ".join((*path[path.index(rule.id) :], rule.id))
            faults.append((rule, f"asks for itself in a circle: {circle}"))
            return 0
        if rule.id not in depth:
            if len(path) >= MAX_CHAIN:
                faults.append((rule, f"is asked for through a chain of more than {MAX_CHAIN} rules"))
                return 0
            below = [walk(known[other], (*path, rule.id)) for other in asked_rules(rule) if other in known]
            depth[rule.id] = 1 + max(below, default=0)
            # The lower part of a chain may have been walked before its head.
            if depth[rule.id] == MAX_CHAIN + 1:
                faults.append((rule, f"asks for rules through a chain of more than {MAX_CHAIN} rules"))
        return depth[rule.id]

    for rule in rules:
        walk(rule, ())
    return faults


def passes(rules: Sequence[Rule]) -> list[list[list[Rule]]]:
    """Return rules in passes over the tables, each pass in steps.

    A rule that asks for one of another grain comes in a later pass, as its hits must be known;
    one that asks for a rule of its own grain comes a step later, on the same rows.
    The rules hold no circles and ask for none that is not among them.
    """
    known = {rule.id: rule for rule in rules}
    placed: dict[str, tuple[int, int]] = {}

    def place(rule: Rule) -> tuple[int, int]:
        if rule.id not in placed:
            others = [(known[other].about, place(known[other])) for other in asked_rules(rule)]
            turn = max((at[0] + (about != rule.about) for about, at in others), default=0)
            step = max((at[1] + 1 for about, at in others if about == rule.about and at[0] == turn), default=0)
            placed[rule.id] = (turn, step)
        return placed[rule.id]

    ordered: list[list[list[Rule]]] = []
    for rule in rules:
        turn, step = place(rule)
        while len(ordered) <= turn:
            ordered.append([])
        while len(ordered[turn]) <= step:
            ordered[turn].append([])
        ordered[turn][step].append(rule)
    return ordered
