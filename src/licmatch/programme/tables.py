"""The board as tables to read, in one language: what the console, the workbook, the page and the CSV all show."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from licmatch.programme.record import STATUSES, Board
from licmatch.programme.wording import (
    day,
    fault_text,
    grades,
    inputs_text,
    joined,
    milestone_title,
    role_title,
    row_title,
    say,
    some,
    status_text,
    step_title,
    tier_title,
    titled,
    veto_text,
)

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its id and title, heads with the kind of their cells (text, short, wrapped, count, points, rate), rows, and a note.

    `marks` has the status of a row, for colour; null where a row has none.
    """

    id: str
    title: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    marks: tuple[str | None, ...] = ()


def tables(board: Board, lang: str) -> tuple[Table, ...]:
    """Return every table of a board, the overview first; tables without rows are left out, the overview never."""
    made = [
        overview(board, lang),
        _rows(board, lang),
        _next(board, lang),
        _places(board, lang),
        _scores(board, lang),
        _items(board, lang),
        _vetoes(board, lang),
        _groups(board, lang),
        _faults(board, lang),
        _slack(board, lang),
        _settings(board, lang),
    ]
    return tuple(table for table in made if table.rows or table.id == "overview")


def overview(board: Board, lang: str) -> Table:
    """Places down, milestones across: the status of each with its days."""
    order = {one.id: titled(one.id, one.zh, one.en, lang) for one in board.milestones}
    held = {(row.unit_id, row.milestone): row for row in board.rows}
    heads = "unit state"
    columns = (*_heads(heads, lang), *((title, "text") for title in order.values()))
    rows = tuple(
        (place.unit, step_title(place.state, lang), *(status_text(held.get((place.unit_id, one)), lang) for one in order))
        for place in board.places
    )
    worst = tuple(_worst(board, place.unit_id) for place in board.places)
    return Table("overview", say("overview", lang), columns, rows, "", worst)


def number(value: Decimal | None) -> float | None:
    """Return exact points as a number a sheet can hold."""
    return None if value is None else float(value)


def _rows(board: Board, lang: str) -> Table:
    heads = (
        "unit tier milestone opens:short due:short done_on:short status:short days_late:count days_left:count progress:short "
        "blocked_by:wrapped who:wrapped document wording ambiguity"
    )
    rows = tuple(
        (
            row.unit,
            tier_title(row.tier, lang),
            row_title(row, lang),
            day(row.opens),
            day(row.due),
            day(row.done_on),
            say(f"status_{row.status}", lang),
            row.days_late,
            row.days_left,
            "" if row.whole is None else f"{row.part}/{row.whole}",
            joined((step_title(one, lang) for one in row.blocked_by), lang),
            joined(row.who, lang),
            row.document_no,
            row.text,
            " ".join(row.settings),
        )
        for row in board.rows
    )
    return Table("rows", say("rows", lang), _heads(heads, lang), rows, "", tuple(row.status for row in board.rows))


def _next(board: Board, lang: str) -> Table:
    heads = "unit step role who:wrapped waits:wrapped"
    rows = tuple(
        (
            one.unit,
            one.title_zh if lang == "zh" else one.title_en,
            role_title(one.role, lang),
            joined(one.holders, lang) or say("nobody", lang),
            some((step_title(step, lang) for step in one.waits), lang),
        )
        for one in board.next
    )
    return Table("next", say("next", lang), _heads(heads, lang), rows)


def _places(board: Board, lang: str) -> Table:
    heads = (
        "unit tier state steps_done units_reported acceptance condition_infringing:count condition_undetermined:count "
        "condition_over_deployed:count condition_without_proof:count"
    )
    rows = tuple(
        (
            place.unit,
            tier_title(place.tier, lang),
            step_title(place.state, lang),
            f"{place.done_steps}/{place.all_steps}" if place.all_steps else "–",
            f"{place.units_reported}/{place.units_expected}",
            say(f"acceptance_{place.acceptance}", lang),
            *(one.against for one in place.conditions),
        )
        for place in board.places
    )
    by = board.places[0].acceptance_by if board.places else "strict"
    return Table(
        "places", say("places", lang), _heads(heads, lang), rows, say("acceptance_note", lang, by=say(f"acceptance_by_{by}", lang))
    )


def _scores(board: Board, lang: str) -> Table:
    heads = "unit points:points low:points high:points grade no_data_items:wrapped"
    rows = tuple(
        (
            score.unit,
            number(score.points),
            number(score.low),
            number(score.high),
            grades(score.grade, score.grade_low, score.grade_high),
            " ".join(item.id for item in score.items if item.state == "no_data"),
        )
        for score in board.scores
    )
    return Table("scores", say("scores", lang), _heads(heads, lang), rows, board.rubric_note_zh if lang == "zh" else board.rubric_note_en)


def _items(board: Board, lang: str) -> Table:
    heads = "unit item name:wrapped most:points points:points low:points high:points item_state inputs:wrapped source"
    rows = tuple(
        (
            score.unit,
            item.id,
            item.title_zh if lang == "zh" else item.title_en,
            number(item.most),
            number(item.points),
            number(item.low),
            number(item.high),
            say(f"item_{item.state}", lang),
            inputs_text(item, lang),
            " ".join(item.source),
        )
        for score in board.scores
        for item in score.items
    )
    return Table("items", say("items", lang), _heads(heads, lang), rows, board.rubric_note_zh if lang == "zh" else board.rubric_note_en)


def _vetoes(board: Board, lang: str) -> Table:
    heads = "unit item name:wrapped item_state"
    rows = tuple(
        (score.unit, veto.id, veto.title_zh if lang == "zh" else veto.title_en, veto_text(veto, lang))
        for score in board.scores
        for veto in score.vetoes
    )
    return Table("vetoes", say("vetoes", lang), _heads(heads, lang), rows)


def _groups(board: Board, lang: str) -> Table:
    heads = "unit group genuine:count installed:count rate:rate"
    rows = tuple((one.unit, one.title_zh if lang == "zh" else one.title_en, one.genuine, one.installed, one.rate) for one in board.groups)
    return Table("groups", say("groups", lang), _heads(heads, lang), rows)


def _faults(board: Board, lang: str) -> Table:
    heads = "unit fault:wrapped code"
    rows = tuple((one.unit, fault_text(one, lang), one.code) for one in board.faults)
    return Table("faults", say("faults", lang), _heads(heads, lang), rows)


def _slack(board: Board, lang: str) -> Table:
    heads = "tier start start_day:short end end_day:short between:count needed:count feasible steps:wrapped"
    rows = tuple(
        (
            tier_title(one.tier, lang),
            milestone_title(board, one.start, lang),
            day(one.start_day),
            milestone_title(board, one.end, lang),
            day(one.end_day),
            one.days,
            one.needed,
            say("feasible_yes" if one.feasible else "feasible_no", lang),
            joined((step_title(step, lang) for step in one.steps), lang),
        )
        for one in board.slack
    )
    marks = tuple(None if one.feasible else "late" for one in board.slack)
    return Table("slack", say("slack", lang), _heads(heads, lang), rows, say("slack_note", lang), marks)


def _settings(board: Board, lang: str) -> Table:
    heads = "ambiguity question:wrapped choice:wrapped chosen_by code"
    rows = tuple(
        (
            one.id,
            one.title_zh if lang == "zh" else one.title_en,
            one.choice_zh if lang == "zh" else one.choice_en,
            say(f"by_{one.by}", lang),
            one.choice,
        )
        for one in board.settings
    )
    return Table("settings", say("settings", lang), _heads(heads, lang), rows)


def _heads(heads: str, lang: str) -> tuple[tuple[str, str], ...]:
    """Heads and kinds out of `id:kind id …`; text where no kind is said."""
    parts = [head.partition(":") for head in heads.split()]
    return tuple((say(head if head.startswith("condition_") else f"col_{head}", lang), kind or "text") for head, _, kind in parts)


def _worst(board: Board, unit_id: str) -> str | None:
    return max((row.status for row in board.rows if row.unit_id == unit_id), key=STATUSES.index, default=None)
