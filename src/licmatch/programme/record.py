"""The board: what it holds, as frozen records and as frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

# Best first: an earlier day never moves a row further down.
STATUSES = ("done", "done_late", "not_due", "due_soon", "late", "missing")


@dataclass(frozen=True, slots=True)
class MilestoneTitle:
    """A milestone that some place has, with the period where it comes again."""

    id: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Row:
    """One place and milestone. `due` is the last day, `opens` the first of a window; `part` of `whole` says how far it is.

    `days_late`: done so many days late, or overdue so many; `days_left` where it is still open; both null where it was done in time.
    `blocked_by`: steps that can be acted upon now and must be done before; `who` must act on them, or on the step itself.
    """

    unit_id: str
    unit: str
    tier: str
    milestone: str
    title_zh: str
    title_en: str
    step: str | None
    opens: date | None
    due: date
    done_on: date | None
    status: str
    days_late: int | None
    days_left: int | None
    part: int | None
    whole: int | None
    blocked_by: tuple[str, ...]
    who: tuple[str, ...]
    document_no: str | None
    text: str
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """A step that a place can act upon now, and whose task it is; `holders` is empty where nobody holds the role."""

    unit_id: str
    unit: str
    step: str
    title_zh: str
    title_en: str
    role: str
    holders: tuple[str, ...]
    waits: tuple[str, ...]  # steps that wait for it


@dataclass(frozen=True, slots=True)
class Place:
    """Where a place stands: the last step reached with everything before it, its units heard from, and its acceptance.

    A town inside its county has no workflow of its own: `state` is null, and there are no steps.
    """

    unit_id: str
    unit: str
    tier: str
    calendar: str
    state: str | None
    branches: tuple[str, ...]
    done_steps: int
    all_steps: int
    units_reported: int
    units_expected: int
    missing_units: tuple[str, ...]
    acceptance: str  # met | not_met | no_data
    acceptance_by: str  # strict | rubric
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of acceptance: how many stand against it; null where nobody knows."""

    id: str
    against: int | None


@dataclass(frozen=True, slots=True)
class Slack:
    """Days between two deadlines of a tier, and the steps that must fit between them; `needed` is what they take at least."""

    tier: str
    start: str
    start_day: date
    end: str
    end_day: date
    days: int
    steps: tuple[str, ...]
    needed: int
    feasible: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a person must look at: its code, the place, and the values its text is made with."""

    code: str
    unit_id: str
    unit: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SettingChosen:
    """An open point and how it was settled."""

    id: str
    choice: str
    by: str
    title_zh: str
    title_en: str
    choice_zh: str
    choice_en: str


@dataclass(frozen=True, slots=True)
class Group:
    """A rate of one class or group of classes, sum over sum; null where there is nothing."""

    unit_id: str
    unit: str
    group: str
    title_zh: str
    title_en: str
    genuine: int
    installed: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class Input:
    """One input of an item: its value as it stands and if all that is open turns out bad or good; null where nobody has it."""

    name: str
    title_zh: str
    title_en: str
    value: Decimal | None
    bad: Decimal | None
    good: Decimal | None
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One item of the rubric: `most` after what does not apply was spread over the others, what was earned, and between what.

    `state`: counted, no_data, not_applicable, not_in_force, pending. Points are not rounded: only the total is.
    """

    id: str
    section: str
    title_zh: str
    title_en: str
    kind: str
    most: Decimal
    points: Decimal
    low: Decimal
    high: Decimal
    state: str
    inputs: tuple[Input, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VetoScore:
    """A veto: whether it holds, and whether anybody could know."""

    id: str
    title_zh: str
    title_en: str
    state: str  # holds | holds_not | no_data
    open: bool  # it may still come to hold


@dataclass(frozen=True, slots=True)
class Score:
    """Points of a place by the rubric, rounded once; an interval where something is open or nobody has it."""

    unit_id: str
    unit: str
    points: Decimal | None
    low: Decimal | None
    high: Decimal | None
    grade: str | None
    grade_low: str | None
    grade_high: str | None
    items: tuple[ItemScore, ...]
    vetoes: tuple[VetoScore, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A campaign on a day. Same campaign, result and day: the same board, whatever the order of the records."""

    programme: str
    title_zh: str
    title_en: str
    title: str
    as_of: date
    result_day: date | None
    milestones: tuple[MilestoneTitle, ...]  # in the order of the programme
    rows: tuple[Row, ...]
    places: tuple[Place, ...]
    next: tuple[Next, ...]
    slack: tuple[Slack, ...]
    faults: tuple[Fault, ...]
    settings: tuple[SettingChosen, ...]
    groups: tuple[Group, ...]
    scores: tuple[Score, ...]
    rubric: str | None
    rubric_note_zh: str
    rubric_note_en: str

    def to_frame(self) -> pl.DataFrame:
        """Return the rows: one a place and milestone, in the order of places and of the programme."""
        return frame_of(Row, self.rows)

    def frames(self) -> dict[str, pl.DataFrame]:
        """Return every part as a frame by its name; `items` has one row a place and item of the rubric."""
        items = [{"unit_id": score.unit_id, "unit": score.unit, **_flat(item)} for score in self.scores for item in score.items]
        scores = [{key: value for key, value in _flat(score).items() if key not in ("items", "vetoes")} for score in self.scores]
        made = {
            "rows": self.to_frame(),
            "places": frame_of(Place, self.places),
            "next": frame_of(Next, self.next),
            "slack": frame_of(Slack, self.slack),
            "faults": frame_of(Fault, self.faults),
            "settings": frame_of(SettingChosen, self.settings),
            "groups": frame_of(Group, self.groups),
        }
        schema = {name: dtype for name, dtype in _schema(Score).items() if name not in ("items", "vetoes")}
        made["scores"] = pl.DataFrame(scores, schema=schema)
        made["items"] = pl.DataFrame(items, schema={"unit_id": pl.String(), "unit": pl.String(), **_schema(ItemScore)})
        return made

    def row(self, unit_id: str, milestone: str) -> Row:
        """Return the row of a place and milestone. Raises KeyError where there is none."""
        for row in self.rows:
            if (row.unit_id, row.milestone) == (unit_id, milestone):
                return row
        raise KeyError((unit_id, milestone))


def frame_of(kind: type, records: tuple[Any, ...]) -> pl.DataFrame:
    """Return records as a frame; lists of texts stay lists, points become numbers, what is deeper becomes JSON."""
    return pl.DataFrame([_flat(record) for record in records], schema=_schema(kind))


def _schema(kind: type) -> dict[str, pl.DataType]:
    types: dict[str, pl.DataType] = {
        "str": pl.String(),
        "str | None": pl.String(),
        "int": pl.Int64(),
        "int | None": pl.Int64(),
        "bool": pl.Boolean(),
        "date": pl.Date(),
        "date | None": pl.Date(),
        "float | None": pl.Float64(),
        "Decimal": pl.Float64(),
        "Decimal | None": pl.Float64(),
        "tuple[str, ...]": pl.List(pl.String()),
    }
    return {field.name: types.get(str(field.type), pl.String()) for field in fields(kind)}


def _flat(record: Any) -> dict[str, Any]:
    import json

    made: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Decimal):
            value = float(value)
        elif isinstance(value, tuple) and str(field.type) == "tuple[str, ...]":
            value = list(value)
        elif isinstance(value, tuple | Mapping):
            value = json.dumps(plain(value), ensure_ascii=False, sort_keys=True)
        made[field.name] = value
    return made


def plain(value: Any) -> Any:
    """Return records as what JSON has: dicts, lists, texts and numbers; days as ISO 8601, exact numbers as texts.

    >>> plain((Condition("infringing", 2), Decimal("1.50")))
    [{'id': 'infringing', 'against': 2}, '1.50']
    """
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value
