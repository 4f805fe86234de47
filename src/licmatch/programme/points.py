"""Points by a rubric. Everything is reckoned exactly, as fractions of whole numbers, and rounded once, at the end.

Three worlds are reckoned side by side: as things stand, if all that is open turns out bad, and if it turns out good. What
nobody has data on earns nothing as things stand, and all of it in the good world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from licmatch.programme.record import Input, ItemScore, Score, VetoScore
from licmatch.programme.rubric import Item, Rubric, Section, Veto

AS_IT_STANDS, BAD, GOOD = "value", "bad", "good"
WORLDS = (AS_IT_STANDS, BAD, GOOD)
# States of an item.
COUNTED, NO_DATA, NOT_APPLICABLE, NOT_IN_FORCE, PENDING = "counted", "no_data", "not_applicable", "not_in_force", "pending"
_OUT = (NOT_APPLICABLE, NOT_IN_FORCE)
_EXACT_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Reached:
    """A step as a deadline item sees it: days late (0 in time), or not done; `over`: its day has passed, `due`: it has one."""

    done: bool
    days_late: int = 0
    over: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one place: `counts` of results and records, counts `by_hand`, steps `done`, and `deadlines` by step."""

    unit_id: str
    unit: str
    tier: str
    counts: Mapping[str, int]
    by_hand: Mapping[str, int]
    done: frozenset[str]
    deadlines: Mapping[str, Reached]
    dated: date | None  # the programme's day: what came into force later is not asked for
    after_target: bool = True


def score(rubric: Rubric, known: Known) -> Score:
    """Return the points of a place with the trace of every item.

    Items that do not apply (nothing to count, or not yet in force) give their points to the others of their section in proportion, a
    section of which nothing applies to the other sections: all points can always be earned. Points are null where nothing applies.
    """
    inputs = {name: _input(rubric, name, known) for section in rubric.section for item in section.item for name in item.inputs()}
    worlds = {world: _in_world(rubric, known, inputs, world) for world in WORLDS}
    items = tuple(
        _told(rubric, section, item, {world: earned[item.id] for world, (earned, _) in worlds.items()}, inputs)
        for section in rubric.section
        for item in section.item
    )
    vetoes = tuple(_veto(rubric, veto, known) for veto in rubric.veto if not veto.tiers or known.tier in veto.tiers)
    totals = {world: total for world, (_, total) in worlds.items()}
    if any(total is None for total in totals.values()):
        return Score(known.unit_id, known.unit, None, None, None, None, None, None, items, vetoes)
    points = {world: _capped(rubric, _rounded(rubric, Fraction(total or 0)), vetoes, world) for world, total in totals.items()}
    low, high = min(points.values()), max(points.values())
    stands = points[AS_IT_STANDS]
    grade = _grade(rubric, stands, vetoes, AS_IT_STANDS)
    ends = _grade(rubric, low, vetoes, BAD), _grade(rubric, high, vetoes, GOOD)
    return Score(known.unit_id, known.unit, stands, low, high, grade, *ends, items=items, vetoes=vetoes)


@dataclass(frozen=True, slots=True)
class _Earned:
    share: Fraction  # of the item's points, 0 to 1
    state: str
    most: Fraction = Fraction(0)  # after redistribution

    @property
    def points(self) -> Fraction:
        return self.share * self.most


def _in_world(
    rubric: Rubric, known: Known, inputs: Mapping[str, Input], world: str
) -> tuple[dict[str, _Earned], Fraction | None]:  # fmt: skip
    shares = {item.id: _share(item, known, inputs, world) for section in rubric.section for item in section.item}
    counted = {section.id: [item for item in section.item if shares[item.id].state not in _OUT] for section in rubric.section}
    alive = sum((Fraction(section.points) for section in rubric.section if _weight(counted[section.id])), Fraction(0))
    if not alive:
        return shares, None
    earned = dict(shares)
    for section in rubric.section:
        weight = _weight(counted[section.id])
        if not weight:
            continue
        most = Fraction(section.points) * Fraction(rubric.total) / alive
        for item in counted[section.id]:
            one = shares[item.id]
            earned[item.id] = _Earned(one.share, one.state, Fraction(item.points) * most / weight)
    return earned, sum((one.points for one in earned.values()), Fraction(0))


def _weight(items: list[Item]) -> Fraction:
    return sum((Fraction(item.points) for item in items), Fraction(0))


def _share(item: Item, known: Known, inputs: Mapping[str, Input], world: str) -> _Earned:
    if item.effective_from is not None and known.dated is not None and item.effective_from > known.dated:
        return _Earned(Fraction(0), NOT_IN_FORCE)
    if item.kind == "deadline":
        return _deadline(item, known, world)
    if item.kind == "steps":
        return _Earned(Fraction(sum(step in known.done for step in item.steps), len(item.steps)), COUNTED)
    values = [getattr(inputs[name], world) for name in item.inputs()]
    if any(value is None for value in values):
        return _Earned(Fraction(int(world == GOOD)), NO_DATA)
    return _KINDS[item.kind](item, [Fraction(value) for value in values])


def _ratio(item: Item, values: list[Fraction]) -> _Earned:
    part, whole = values
    if whole == 0:
        return _of_nothing(item)
    return _Earned(_between(item, part / whole), COUNTED)


def _accuracy(item: Item, values: list[Fraction]) -> _Earned:
    error, whole = values
    if whole == 0:
        # Bought although nothing was to be bought is no exact purchase.
        return _of_nothing(item) if error == 0 else _Earned(Fraction(0), COUNTED)
    return _Earned(_between(item, 1 - error / whole), COUNTED)


def _deduct(item: Item, values: list[Fraction]) -> _Earned:
    points = Fraction(item.points)
    left = max(Fraction(0), points - values[0] * Fraction(item.deduct_each or 0))
    return _Earned(left / points if points else Fraction(0), COUNTED)


def _count(item: Item, values: list[Fraction]) -> _Earned:
    full = Fraction(item.full_at or 1)
    return _Earned(min(values[0], full) / full, COUNTED)


def _boolean(item: Item, values: list[Fraction]) -> _Earned:
    return _Earned(Fraction(int(values[0] > 0)), COUNTED)


_KINDS: dict[str, Callable[[Item, list[Fraction]], _Earned]] = {
    "ratio": _ratio, "accuracy": _accuracy, "deduct": _deduct, "count": _count, "boolean": _boolean,
}  # fmt: skip


def _of_nothing(item: Item) -> _Earned:
    return _Earned(Fraction(1), COUNTED) if item.when_denominator_zero == "full" else _Earned(Fraction(0), NOT_APPLICABLE)


def _between(item: Item, value: Fraction) -> Fraction:
    zero, full = Fraction(item.zero_at or 0), Fraction(item.full_at or 1)
    return min(Fraction(1), max(Fraction(0), (value - zero) / (full - zero)))


def _deadline(item: Item, known: Known, world: str) -> _Earned:
    """Full in time, less for every day late, nothing where it is missing; what is not yet due may still come in time."""
    reached = known.deadlines.get(item.step or "", Reached(False))
    points = Fraction(item.points)
    if reached.done:
        left = max(Fraction(0), points - reached.days_late * Fraction(item.late_deduct_per_day or 0))
        return _Earned(left / points if points else Fraction(0), COUNTED)
    return _Earned(Fraction(0), COUNTED) if reached.over else _Earned(Fraction(int(world == GOOD)), PENDING)


def _input(rubric: Rubric, name: str, known: Known) -> Input:
    """Take an input from a count by hand, else from the first source whose counts are all there."""
    sources = rubric.sources_of(name)
    titles = (sources[0].zh, sources[0].en) if sources else ("", "")
    if name in known.by_hand:
        value = Decimal(known.by_hand[name])
        return Input(name, *titles, value, value, value, ("by hand",))
    for source in sources:
        if source.by_hand or (source.only_if is not None and not known.counts.get(source.only_if)):
            continue
        sums = {}
        for world, names in ((AS_IT_STANDS, source.value), (BAD, source.bad or source.value), (GOOD, source.good or source.value)):
            if all(one.removeprefix("-") in known.counts for one in names):
                sums[world] = Decimal(sum(-known.counts[one[1:]] if one.startswith("-") else known.counts[one] for one in names))
        if len(sums) == len(WORLDS):
            if source.after_target and not known.after_target:
                return Input(name, *titles, Decimal(0), Decimal(0), Decimal(0), source.value)
            return Input(name, *titles, sums[AS_IT_STANDS], sums[BAD], sums[GOOD], source.value)
    return Input(name, *titles, None, None, None, ())


def _told(rubric: Rubric, section: Section, item: Item, worlds: Mapping[str, _Earned], inputs: Mapping[str, Input]) -> ItemScore:
    points = [_decimal(one.points) for one in worlds.values()]
    used = tuple(inputs[name] for name in item.inputs())
    source = (f"{rubric.id}#{item.id}", *item.source)
    stands = worlds[AS_IT_STANDS]
    return ItemScore(
        item.id,
        section.id,
        item.zh,
        item.en,
        item.kind,
        _decimal(stands.most),
        points[0],
        min(points),
        max(points),
        stands.state,
        used,
        source,
    )


def _veto(rubric: Rubric, veto: Veto, known: Known) -> VetoScore:
    given = _input(rubric, veto.input, known)
    if given.value is None:
        return VetoScore(veto.id, veto.zh, veto.en, NO_DATA, False)
    return VetoScore(veto.id, veto.zh, veto.en, "holds" if given.value > 0 else "holds_not", max(given.value, given.bad or 0) > 0)


def _holding(rubric: Rubric, vetoes: tuple[VetoScore, ...], world: str) -> list[Veto]:
    """The vetoes that hold in a world: one that is open holds in the bad one."""
    told = {one.id: one for one in vetoes}
    return [veto for veto in rubric.veto if veto.id in told and (told[veto.id].state == "holds" or (world == BAD and told[veto.id].open))]


def _capped(rubric: Rubric, points: Decimal, vetoes: tuple[VetoScore, ...], world: str) -> Decimal:
    return min((points, *(veto.cap for veto in _holding(rubric, vetoes, world) if veto.effect == "cap" and veto.cap is not None)))


def _grade(rubric: Rubric, points: Decimal, vetoes: tuple[VetoScore, ...], world: str) -> str:
    outright = [veto.grade for veto in _holding(rubric, vetoes, world) if veto.effect == "grade" and veto.grade is not None]
    steps = sorted(rubric.grade, key=lambda grade: -grade.min)
    reached = [grade.code for grade in steps if points >= grade.min]
    # The worst of what the points and the vetoes say.
    order = [grade.code for grade in steps]
    return max((*reached[:1], *outright), key=order.index)


def _rounded(rubric: Rubric, value: Fraction) -> Decimal:
    """Round an exact value once, halves up.

    >>> _rounded(Rubric(schema=1, id="r", title_zh="", title_en="", total=Decimal(1), grade=(), section=(), input=()), Fraction(1, 200))
    Decimal('0.01')
    """
    step = Fraction(1, 10**rubric.rounding.places)
    whole = (value / step + Fraction(1, 2)).__floor__()
    return (Decimal(whole) * Decimal(1).scaleb(-rubric.rounding.places)).quantize(Decimal(1).scaleb(-rubric.rounding.places), ROUND_HALF_UP)


def _decimal(value: Fraction) -> Decimal:
    """Write a fraction as a decimal long enough that nothing anybody reads is lost."""
    with localcontext() as context:
        context.prec = _EXACT_DIGITS
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize() + 0 if exact else Decimal(0)
