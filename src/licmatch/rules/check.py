"""What must hold of one rule besides its shape: words, numbers, conditions and examples. Nothing here reads files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import polars as pl

from licmatch.rules.conditions import Told, read_condition
from licmatch.rules.fields import DEVICE, GRAINS, fields_of
from licmatch.rules.operands import BadValue, text
from licmatch.rules.records import (
    CONCLUSIVE,
    EXEMPT,
    FLAG,
    FLAGS,
    MAX_BRANCHES,
    MAX_EXAMPLES,
    MAX_ROWS,
    MAX_TESTS,
    VERDICTS,
    RuleEntry,
)
from licmatch.schema import FRAMES

EXAMPLE_FRAMES = ("activations", "devices", "units", "traces", "software", "entitlements")
REPEAT = "repeat"  # in an example's row: so many devices like this one
_ID = re.compile(r"[A-Z][A-Z0-9]{0,15}(-[A-Z0-9]{1,15}){1,4}")
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")


def rule_faults(rule: RuleEntry) -> Told:
    """Return everything wrong with a rule by itself: the path to the key, and what is wrong there."""
    told: Told = []
    if not _ID.fullmatch(rule.id):
        told.append((("id",), f"{rule.id!r} is no id: capitals and digits in parts joined by -, as KMS-01"))
    told += _word_faults(rule)
    told += _verdict_faults(rule)
    if rule.about in GRAINS:
        told += _condition_faults(rule)
    else:
        told.append((("about",), f"there is no table of {rule.about!r}; there are: {', '.join(GRAINS)}"))
    told += _example_faults(rule)
    return told


def _word_faults(rule: RuleEntry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    needed = ["title", "title_zh", *(() if rule.verdict in (FLAG, EXEMPT) else ("innocent", "innocent_zh"))]
    for key in ("title", "title_zh", "innocent", "innocent_zh"):
        value = getattr(rule, key)
        if key in needed and not value.strip():
            yield (key,), "wants words"
        try:
            text(value)
        except BadValue as fault:
            yield (key,), str(fault)
    if bool(rule.innocent) != bool(rule.innocent_zh):
        yield ("innocent",), "stands in one language only"
    if not rule.sources:
        yield ("sources",), "wants at least one source"
    if not _SLUG.fullmatch(rule.evidence):
        yield ("evidence",), f"{rule.evidence!r} is no kind of evidence: small letters, digits and _"


def _verdict_faults(rule: RuleEntry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if rule.verdict not in (*VERDICTS, FLAG, EXEMPT):
        yield ("verdict",), f"there is no verdict {rule.verdict!r}; there are: {', '.join((*VERDICTS, FLAG, EXEMPT))}"
    if (rule.verdict == FLAG) != (rule.flag is not None):
        yield ("flag",), f'`flag` stands with verdict = "{FLAG}", and only there'
    if rule.flag is not None and rule.flag not in FLAGS:
        yield ("flag",), f"there is no flag {rule.flag!r}; there are: {', '.join(FLAGS)}"
    if not 0 < rule.confidence <= 1:
        yield ("confidence",), "lies above 0 and at most at 1"
    if rule.verdict == "cracked" and (rule.confidence < CONCLUSIVE or not rule.current or rule.memory):
        yield ("verdict",), f"cracked needs confidence {CONCLUSIVE} or more, current = true, and a source beyond general knowledge"
    if rule.category is not None and rule.about != DEVICE:
        yield ("category",), f'only a rule about = "{DEVICE}" names its category; other rows have their own'
    if rule.category is not None and not _SLUG.fullmatch(rule.category):
        yield ("category",), f"{rule.category!r} is no category"


def _condition_faults(rule: RuleEntry) -> Told:
    told: Told = []
    fields = fields_of(rule.about)
    tests = len(read_condition(rule.when, fields, told, ("when",)))
    if not rule.when and not rule.any:
        told.append((("when",), "a rule without conditions holds always"))
    for key, branches in (("any", rule.any), ("unless", rule.unless)):
        if len(branches) > MAX_BRANCHES:
            told.append(((key,), f"has more than {MAX_BRANCHES} branches"))
            return told
    for place, branch in enumerate(rule.any):
        tests += len(read_condition(branch, fields, told, ("any", place)))
        if not branch:
            told.append((("any", place), "an empty branch holds always"))
    seen: set[str] = set()
    for place, each in enumerate(rule.unless):
        tests += len(read_condition(each.when, fields, told, ("unless", place, "when")))
        if not each.when:
            told.append((("unless", place), "an explanation without conditions holds always"))
        if not _SLUG.fullmatch(each.id) or each.id in seen:
            told.append((("unless", place, "id"), f"{each.id!r} stands twice, or is no id: small letters, digits and _"))
        if not each.title.strip() or not each.title_zh.strip():
            told.append((("unless", place, "title"), "wants words in both languages"))
        seen.add(each.id)
    if tests > MAX_TESTS:
        told.append((("when",), f"the rule has more than {MAX_TESTS} conditions"))
    return told


def _example_faults(rule: RuleEntry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if len(rule.example) > MAX_EXAMPLES:
        yield ("example",), f"has more than {MAX_EXAMPLES} examples"
        return
    if not any(example.fires for example in rule.example):
        yield ("example",), "wants an example on which it fires"
    if all(example.fires for example in rule.example):
        yield ("example",), "wants an example on which it does not fire"
    explanations = {each.id for each in rule.unless}
    for place, example in enumerate(rule.example):
        at = ("example", place)
        if not example.fires and not (example.why or "").strip():
            yield at, "an example on which the rule does not fire says why"
        if example.off_by is not None and (example.fires or example.off_by not in explanations):
            yield (*at, "off_by"), f"{example.off_by!r} names no `unless` of the rule that keeps it quiet"
        rows = 0
        for frame in EXAMPLE_FRAMES:
            for number, row in enumerate(getattr(example, frame)):
                repeat = row.get(REPEAT, 1)
                if isinstance(repeat, bool) or not isinstance(repeat, int) or repeat < 1:
                    yield (*at, frame, number, REPEAT), "wants a whole number above 0"
                else:
                    rows += repeat
                yield from ((((*at, frame, number, column)), fault) for column, fault in _row_faults(frame, row))
        if rows > MAX_ROWS:
            yield at, f"makes more than {MAX_ROWS} rows"
        if not rows:
            yield at, "has no rows"


def _row_faults(frame: str, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    columns = FRAMES[frame]
    for column, value in row.items():
        if column == REPEAT:
            continue
        if column not in columns:
            yield column, f"{frame} have no column {column!r}"
        elif not _fits(columns[column], value):
            yield column, f"{value!r} does not fit the column: {columns[column]}"


def _fits(dtype: pl.DataType, value: Any) -> bool:
    if dtype == pl.String():
        return isinstance(value, str | date | datetime) and len(str(value)) <= 4_000
    if dtype == pl.Boolean():
        return isinstance(value, bool)
    if dtype.is_integer():
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    return isinstance(value, int | float) and not isinstance(value, bool)
