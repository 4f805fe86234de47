"""Rules with one part less: what an example must notice, or the part has no reason to stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from licmatch.rules.conditions import COUNT
from licmatch.rules.records import Rule

Table = dict[str, Any]


def mutants(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """Yield a rule without each of its parts in turn: what is left out, and the rest under an id of its own.

    Parts are conditions, the operators of one that has several, branches of `any`, explanations, and what a count is narrowed by.
    """
    for number, (name, changes) in enumerate(_lessened(rule), start=1):
        yield name, replace(rule, id=f"{rule.id}~{number}", **changes)


def _lessened(rule: Rule) -> Iterator[tuple[str, Table]]:
    for name, when in _without(rule.when):
        yield f"when.{name}", {"when": when}
    for place, branch in enumerate(rule.any):
        others = rule.any[:place] + rule.any[place + 1 :]
        yield f"any.{place}", {"any": others}
        for name, less in _without(branch):
            if less:  # a branch without conditions is `any` left out, which the last of its branches shows
                yield f"any.{place}.{name}", {"any": (*rule.any[:place], less, *rule.any[place + 1 :])}
    for place, each in enumerate(rule.unless):
        others_off = rule.unless[:place] + rule.unless[place + 1 :]
        yield f"unless.{each.id}", {"unless": others_off}
        for name, less in _without(each.when):
            if less:  # as above: an explanation that always holds switches the rule off for good
                changed = (*rule.unless[:place], replace(each, when=less), *rule.unless[place + 1 :])
                yield f"unless.{each.id}.{name}", {"unless": changed}


def _without(condition: Mapping[str, Any]) -> Iterator[tuple[str, Table]]:
    """Yield a condition without each of its parts in turn."""
    for key, value in condition.items():
        rest = {name: each for name, each in condition.items() if name != key}
        if key == COUNT:
            counts = value if isinstance(value, list) else [value]
            for place, count in enumerate(counts):
                others = counts[:place] + counts[place + 1 :]
                label = f"{COUNT}.{place}" if isinstance(value, list) else COUNT
                yield label, {**rest, COUNT: others} if others else rest
                for name, less in _less_counted(count):
                    yield f"{label}.{name}", {**condition, COUNT: [*counts[:place], less, *counts[place + 1 :]]}
            continue
        yield key, rest
        if isinstance(value, dict) and len(value) > 1:
            for word in value:
                yield f"{key}.{word}", {**condition, key: {name: each for name, each in value.items() if name != word}}


def _less_counted(count: Mapping[str, Any]) -> Iterator[tuple[str, Table]]:
    if "distinct" in count and count.get("at_least") != "chance":
        yield "distinct", {name: each for name, each in count.items() if name != "distinct"}
    for name, less in _without(count.get("among", {})):
        yield f"among.{name}", {**count, "among": less}
    per = count["per"]
    for name in per:
        if len(per) > 1 and not (count.get("at_least") == "chance" and name == "last5"):
            yield f"per.{name}", {**count, "per": [each for each in per if each != name]}
