"""Rules with one part less or moved: what an example must notice, or the part has no reason to stand there as it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from licmatch.rules.conditions import BOUNDS, CHANCE, COUNT, FIRED, NOT_FIRED
from licmatch.rules.fields import DAY, INT, TIME, fields_of
from licmatch.rules.records import Rule

Table = dict[str, Any]
Changed = Iterator[tuple[str, str, Table]]  # what was done, to which part, and the table that is left

DROPPED, VALUE, MOVED, FLIPPED = KINDS = ("dropped", "value", "moved", "flipped")
_OPPOSITE = {
    "in": "not_in", "not_in": "in", "like": "not_like", "not_like": "like", "has": "has_not", "has_not": "has", "is_not": "in",
    "same_as": "differs_from", "differs_from": "same_as", "above": "at_most", "at_most": "above", "below": "at_least",
    "at_least": "below",
}  # fmt: skip
# The same bound with itself on the other side.
_STRICTER = {"at_least": "above", "above": "at_least", "at_most": "below", "below": "at_most"}
_OTHER_FIELD = "field:"


def mutants(rule: Rule) -> Iterator[tuple[str, str, Rule]]:
    """Yield a rule with each of its parts changed in turn: what was done, to which part, and the rest under an id of its own.

    *dropped*: a condition, an operator of one that has several, a branch of `any`, an explanation, or what a count is narrowed by.
    *value*: one value out of a list. *moved*: a bound that lets in one more or one fewer. *flipped*: a comparison turned round.
    """
    for number, (kind, name, changes) in enumerate(_changed(rule), start=1):
        yield kind, name, replace(rule, id=f"{rule.id}~{number}", **changes)


def _changed(rule: Rule) -> Changed:
    types = {name: field.type for name, field in fields_of(rule.about).items()}
    for kind, name, when in _tables(rule.when, types):
        yield kind, f"when.{name}", {"when": when}
    for place, branch in enumerate(rule.any):
        others = rule.any[:place] + rule.any[place + 1 :]
        yield DROPPED, f"any.{place}", {"any": others}
        for kind, name, other in _tables(branch, types):
            if other:  # a branch without conditions is `any` left out, which the last of its branches shows
                yield kind, f"any.{place}.{name}", {"any": (*rule.any[:place], other, *rule.any[place + 1 :])}
    for place, each in enumerate(rule.unless):
        others_off = rule.unless[:place] + rule.unless[place + 1 :]
        yield DROPPED, f"unless.{each.id}", {"unless": others_off}
        for kind, name, other in _tables(each.when, types):
            if other:  # as above: an explanation that always holds switches the rule off for good
                changed = (*rule.unless[:place], replace(each, when=other), *rule.unless[place + 1 :])
                yield kind, f"unless.{each.id}.{name}", {"unless": changed}


def _tables(condition: Mapping[str, Any], types: Mapping[str, str]) -> Changed:
    """Yield a table of conditions with each of its parts changed in turn."""
    for key, value in condition.items():
        rest = {name: each for name, each in condition.items() if name != key}
        if key == COUNT:
            counts = value if isinstance(value, list) else [value]
            for place, count in enumerate(counts):
                others = counts[:place] + counts[place + 1 :]
                label = f"{COUNT}.{place}" if isinstance(value, list) else COUNT
                yield DROPPED, label, {**rest, COUNT: others} if others else rest
                for kind, name, other in _counts(count, types):
                    yield kind, f"{label}.{name}", {**condition, COUNT: [*counts[:place], other, *counts[place + 1 :]]}
        elif key in (FIRED, NOT_FIRED):
            yield DROPPED, key, rest
            yield FLIPPED, key, {**rest, (NOT_FIRED if key == FIRED else FIRED): value}
            for name, fewer in _fewer(value):
                yield VALUE, f"{key}.{name}", {**condition, key: fewer}
        else:
            yield DROPPED, key, rest
            for kind, name, other in _tests(value, types.get(key, "")):
                yield kind, f"{key}{name}", {**condition, key: other}


def _tests(value: Any, type_: str) -> Iterator[tuple[str, str, Any]]:
    """Yield what a field is asked, changed: the words of a table one by one, else the plain value or list."""
    if not isinstance(value, dict):
        yield FLIPPED, "", (not value) if isinstance(value, bool) else {"not_in": value if isinstance(value, list) else [value]}
        for name, fewer in _fewer(value):
            yield VALUE, f".{name}", fewer
        return
    for word, operand in value.items():
        at = f".{word}"
        others = {name: each for name, each in value.items() if name != word}
        if others:
            yield DROPPED, at, others
        if word == "known":
            yield FLIPPED, at, {**others, word: not operand}
        elif word in _OPPOSITE and _OPPOSITE[word] not in others:
            turned = operand if word != "is_not" else [operand]
            yield FLIPPED, at, {**others, _OPPOSITE[word]: turned}
        if word in ("in", "not_in", "like", "not_like", "has", "has_not"):
            for name, fewer in _fewer(operand):
                yield VALUE, f"{at}.{name}", {**value, word: fewer}
        elif word in BOUNDS:
            for name, other in _moved(word, operand, type_):
                yield MOVED, f"{at} {name}", {**others, **other}
        elif word == "near":
            for name, other in _moved_near(operand, type_):
                yield MOVED, f"{at} {name}", {**value, word: other}
        elif word == "days_since":
            for name, other in _moved_days(operand):
                yield MOVED, f"{at} {name}", {**value, word: other}


def _fewer(value: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield a list without each of its values."""
    if isinstance(value, list) and len(value) > 1:
        for place, each in enumerate(value):
            yield str(each), value[:place] + value[place + 1 :]


def _moved(word: str, operand: Any, type_: str) -> Iterator[tuple[str, Table]]:
    """Yield a bound one step either way; where there is no step, with the bound itself on the other side."""
    if type_ == INT and isinstance(operand, int):
        for step in (-1, 1):
            yield str(operand + step), {word: operand + step}
    elif type_ in (DAY, TIME) and not str(operand).startswith(_OTHER_FIELD):
        for step in (-1, 1):
            yield f"{step:+} day", {word: _shifted(operand, step)}
    else:
        yield _STRICTER[word], {_STRICTER[word]: operand}


def _shifted(operand: Any, days: int) -> str:
    moment: date | datetime = operand if isinstance(operand, date) else _moment(str(operand))
    return (moment + timedelta(days=days)).isoformat()


def _moment(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)


def _moved_near(operand: Mapping[str, Any], type_: str) -> Iterator[tuple[str, Table]]:
    """Yield both ends of the days around a moment, moved by a day together and apart."""
    for step in (-1, 1):
        if operand["days"] + step >= 0:
            yield f"days {operand['days'] + step}", {**operand, "days": operand["days"] + step}
        yield f"time {step:+} day", {**operand, "time": _shifted(operand["time"], step)}


def _moved_days(operand: Mapping[str, Any]) -> Iterator[tuple[str, Table]]:
    for word in BOUNDS:
        if word in operand:
            for step in (-1, 1):
                yield f"{word} {operand[word] + step}", {**operand, word: operand[word] + step}


def _counts(count: Mapping[str, Any], types: Mapping[str, str]) -> Changed:
    if "distinct" in count and count.get("at_least") != CHANCE:
        yield DROPPED, "distinct", {name: each for name, each in count.items() if name != "distinct"}
    for kind, name, other in _tables(count.get("among", {}), types):
        yield kind, f"among.{name}", {**count, "among": other}
    per, least = count["per"], count["at_least"]
    for name in per:
        if len(per) > 1 and not (least == CHANCE and name == "last5"):
            yield DROPPED, f"per.{name}", {**count, "per": [each for each in per if each != name]}
    if least != CHANCE:
        for step in (-1, 1):
            if least + step >= 1:
                yield MOVED, f"at_least {least + step}", {**count, "at_least": least + step}
