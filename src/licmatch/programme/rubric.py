"""Rubrics as data: sections, items, vetoes and grades, and where every input comes from. This module reads and checks them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from licmatch.errors import InputError
from licmatch.programme.reading import Fault, Table, all_faults, read_toml
from licmatch.programme.workflow import load_workflow

WHAT = "the rubric"
# What an item of each kind must say, beside id, names and points.
NEEDS = {
    "ratio": ("numerator", "denominator", "zero_at", "full_at"),
    "deduct": ("input", "deduct_each"),
    "count": ("input", "full_at"),
    "boolean": ("input",),
    "deadline": ("step", "late_deduct_per_day"),
    "steps": ("steps",),
    "accuracy": ("error", "whole", "zero_at", "full_at"),
}
_SAYS = ("numerator", "denominator", "zero_at", "full_at", "input", "deduct_each", "step", "late_deduct_per_day", "steps", "error", "whole")
EFFECTS = ("grade", "cap")


class Grade(Table, frozen=True):
    """A grade and the lowest points that earn it."""

    code: str
    min: Decimal
    zh: str = ""
    en: str = ""


class Veto(Table, frozen=True):
    """Something that, where its input is above 0, gives a grade outright or caps the points."""

    id: str
    input: str
    effect: str
    zh: str
    en: str
    grade: str | None = None
    cap: Decimal | None = None
    tiers: tuple[str, ...] = ()


class Item(Table, frozen=True):
    """A line of the rubric. Which of the further keys it needs its kind says (`NEEDS`)."""

    id: str
    zh: str
    en: str
    points: Decimal
    kind: str
    input: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    error: str | None = None
    whole: str | None = None
    zero_at: Decimal | None = None
    full_at: Decimal | None = None
    deduct_each: Decimal | None = None
    step: str | None = None
    late_deduct_per_day: Decimal | None = None
    steps: tuple[str, ...] = ()
    when_denominator_zero: str | None = None  # full
    effective_from: date | None = None
    source: tuple[str, ...] = ()

    def inputs(self) -> tuple[str, ...]:
        """Return the names of the inputs it asks for."""
        return tuple(name for name in (self.input, self.numerator, self.denominator, self.error, self.whole) if name is not None)


class Section(Table, frozen=True):
    """A part of the rubric and the points its items add up to."""

    id: str
    zh: str
    en: str
    points: Decimal
    item: tuple[Item, ...]


class InputSource(Table, frozen=True):
    """Where an input comes from: sums of counts as they stand, and if all that is open turns out bad or good."""

    name: str
    value: tuple[str, ...] = ()
    by_hand: bool = False  # nothing but a count by hand tells it
    zh: str = ""
    en: str = ""
    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    only_if: str | None = None  # a count that must be above 0 for the others to say anything
    after_target: bool = False  # counts only once the target's day is over


class Rounding(Table, frozen=True):
    """How the total is rounded."""

    places: int = 2
    mode: str = "half_up"


class Gaps(Table, frozen=True):
    """What an item that does not apply, or whose input nobody has, is worth."""

    na: str = "redistribute_within_section"
    no_data: str = "zero_with_flag"


class Rubric(Table, frozen=True):
    """A rubric. `status` other than `official` prints `note`: nobody shall take an example for his own level's rules."""

    schema: int
    id: str
    title_zh: str
    title_en: str
    total: Decimal
    grade: tuple[Grade, ...]
    section: tuple[Section, ...]
    input: tuple[InputSource, ...]
    status: str = "reconstruction"
    note_zh: str = ""
    note_en: str = ""
    pass_grade: str | None = None
    tiers: tuple[str, ...] = ()
    rounding: Rounding = Rounding()
    policy: Gaps = Gaps()
    veto: tuple[Veto, ...] = ()

    def sources_of(self, name: str) -> tuple[InputSource, ...]:
        """Return where an input may come from, the first one first."""
        return tuple(one for one in self.input if one.name == name)


def built_in_rubrics() -> tuple[str, ...]:
    """Return the ids of the built-in rubrics, sorted."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml")))


def load_rubric(name: str | Path = "licmatch-demo-100") -> Rubric:
    """Return a built-in rubric by its id, or that of a TOML file. Raises InputError that lists every fault with file and line.

    >>> sum(section.points for section in load_rubric().section)
    Decimal('100')
    """
    if str(name) in built_in_rubrics():
        return _built_in(str(name))
    if not str(name).endswith(".toml"):
        raise InputError(f"there is no rubric {str(name)!r}", hint=f"a .toml file, or one of: {', '.join(built_in_rubrics())}")
    return _read(Path(name))


@cache
def _built_in(name: str) -> Rubric:
    return _read(_folder() / f"{name}.toml")


def _folder() -> Traversable:
    return files("licmatch_catalogs") / "rubrics"


def _read(file: Traversable | Path) -> Rubric:
    rubric, source = read_toml(file, Rubric, WHAT)
    all_faults(WHAT, source, _faults(rubric))
    return rubric


def _faults(rubric: Rubric) -> Iterator[Fault]:
    seen: set[str] = set()
    known = {one.name for one in rubric.input}
    for number, section in enumerate(rubric.section):
        for place, item in enumerate(section.item):
            at = ("section", number, "item", place)
            for name in item.inputs():
                if name not in known:
                    yield at, f"item {item.id}: no [[input]] says where {name!r} comes from"
            if item.id in seen:
                yield (*at, "id"), f"item {item.id!r} is there twice"
            seen.add(item.id)
            for told in _item_faults(item):
                yield at, f"item {item.id}: {told}"
        if sum(item.points for item in section.item) != section.points:
            yield (
                ("section", number, "points"),
                f"section {section.id}: its items add up to {sum(i.points for i in section.item)}, not {section.points}",
            )
    if sum(section.points for section in rubric.section) != rubric.total:
        yield ("total",), f"the sections add up to {sum(section.points for section in rubric.section)}, not {rubric.total}"
    if not rubric.grade or min(grade.min for grade in rubric.grade) > 0:
        yield ("grade",), "some grade must begin at 0"
    codes = {grade.code for grade in rubric.grade}
    if rubric.pass_grade is not None and rubric.pass_grade not in codes:
        yield ("pass_grade",), f"there is no grade {rubric.pass_grade!r}"
    for number, veto in enumerate(rubric.veto):
        if veto.effect not in EFFECTS or (veto.grade if veto.effect == "grade" else veto.cap) is None:
            yield ("veto", number), f"veto {veto.id}: effect is grade (with grade) or cap (with cap)"
        if veto.input not in known:
            yield ("veto", number, "input"), f"veto {veto.id}: no [[input]] says where {veto.input!r} comes from"
        if veto.grade is not None and veto.grade not in codes:
            yield ("veto", number, "grade"), f"veto {veto.id}: there is no grade {veto.grade!r}"
        if veto.cap is not None and veto.cap < 0:
            yield ("veto", number, "cap"), f"veto {veto.id}: the cap is negative"
    for number, one in enumerate(rubric.input):
        if bool(one.value) is one.by_hand:
            yield ("input", number), f"input {one.name}: either counts make it (value), or by_hand = true"
    if rubric.rounding.mode != "half_up" or not 0 <= rubric.rounding.places <= 6:
        yield ("rounding",), "rounding is half_up, with 0 to 6 places"
    if rubric.policy.na != "redistribute_within_section":
        yield ("na",), "na is redistribute_within_section"
    if rubric.policy.no_data != "zero_with_flag":
        yield ("no_data",), "no_data is zero_with_flag"


def _item_faults(item: Item) -> Iterator[str]:
    if item.kind not in NEEDS:
        yield f"kind {item.kind!r} is not one of {', '.join(NEEDS)}"
        return
    lacking = [key for key in NEEDS[item.kind] if getattr(item, key) in (None, ())]
    if lacking:
        yield f"a {item.kind} needs {', '.join(lacking)}"
    idle = [key for key in _SAYS if key not in NEEDS[item.kind] and getattr(item, key) not in (None, ())]
    if idle:
        yield f"a {item.kind} has no use for {', '.join(idle)}"
    if item.points < 0:
        yield "points are negative"
    if item.zero_at is not None and item.full_at is not None and item.full_at <= item.zero_at:
        yield "full_at must be above zero_at"
    if item.kind == "count" and item.full_at is not None and item.full_at <= 0:
        yield "full_at must be above 0"
    for key in ("deduct_each", "late_deduct_per_day"):
        value = getattr(item, key)
        if value is not None and value < 0:
            yield f"{key} is negative"
    if item.when_denominator_zero not in (None, "full") or (item.when_denominator_zero and item.kind not in ("ratio", "accuracy")):
        yield "when_denominator_zero is `full`, for a ratio or accuracy"
    steps = load_workflow().steps
    unknown = [step for step in (*item.steps, *([item.step] if item.step else [])) if step not in steps]
    if unknown:
        yield f"the workflow has no step {unknown[0]!r}"
